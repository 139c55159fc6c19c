//! A whole list, read once through: [`List`] -> [`Survey`], each finding told as it is met, so that a list of any
//! length takes little memory.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Finding, List, Row};
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::language::Language;

/// How many different values that are no language are told apart; more is a column of something else.
const ODD_LANGUAGES: usize = 20;

/// What a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survey {
    /// How it is encoded.
    pub encoding: &'static str,
    /// What stands between its columns.
    pub separator: char,
    /// Its columns.
    pub columns: Vec<String>,
    /// Who can be written to.
    pub subscribers: u64,
    /// How many of them there are by language.
    pub languages: BTreeMap<Language, u64>,
    /// How many of them have no language.
    pub without_language: u64,
    /// Rows that were dropped, since their address stands further up.
    pub duplicates: u64,
    /// Rows that cannot be used.
    pub unusable: u64,
}

/// Reads a list to its end. Every finding is told, errors and warnings.
pub fn survey(list: &mut List, tell: &mut dyn FnMut(&Diagnostic) -> Result<()>) -> Result<Survey> {
    let mut survey = Survey {
        encoding: list.encoding(),
        separator: list.separator(),
        columns: list.columns.0.clone(),
        subscribers: 0,
        languages: BTreeMap::new(),
        without_language: 0,
        duplicates: 0,
        unusable: 0,
    };
    let mut odd: BTreeMap<String, (Diagnostic, u64)> = BTreeMap::new();
    while let Some(row) = list.next_row()? {
        match row {
            Row::Subscriber(subscriber) => {
                survey.subscribers += 1;
                if let Some(language) = subscriber.language {
                    *survey.languages.entry(language).or_default() += 1;
                    continue;
                }
                survey.without_language += 1;
                let written = list.columns.value(&subscriber, "lang");
                if let Some((_, count)) = odd.get_mut(written) {
                    *count += 1;
                } else if !written.is_empty() && odd.len() < ODD_LANGUAGES {
                    let found = Diagnostic::warning(format!("`{written}` in the column `lang` is no language tag"));
                    odd.insert(written.to_owned(), (found.at(list.place()), 1));
                }
            }
            Row::Finding(Finding { diagnostic, duplicate }) => {
                *(if duplicate { &mut survey.duplicates } else { &mut survey.unusable }) += 1;
                tell(&diagnostic)?;
            }
        }
    }
    for (found, count) in odd.into_values() {
        let who = if count == 1 { "this subscriber gets" } else { &format!("these {count} subscribers get") };
        tell(&found.hint(format!("write it like fr, nl or en; as it stands {who} the edition of the first language")))?;
    }
    if survey.subscribers == 0 {
        let mut place = list.place();
        place.line = 0;
        tell(
            &Diagnostic::error("nobody on the list can be written to")
                .at(place)
                .hint("its first row names the columns, one of them `email`; each further row is a subscriber"),
        )?;
    }
    Ok(survey)
}
