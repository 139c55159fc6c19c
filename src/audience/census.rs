//! A whole list, read once through: [`List`] -> [`Census`], each finding told as it is met, so that a list of any
//! length takes little memory.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Dropped, Finding, List, Row, Subscriber};
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::language::Language;
use crate::rule;

/// How many different values that are no language are told apart; more is a column of something else.
const ODD_LANGUAGES: usize = 20;

/// What a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Census {
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
    /// Rows that were dropped, since the list says that they left.
    pub left: u64,
    /// Rows that cannot be used.
    pub unusable: u64,
}

/// Reads a list to its end. Every finding is told, errors and warnings.
pub fn census(list: &mut List, tell: &mut dyn FnMut(&Diagnostic) -> Result<()>) -> Result<Census> {
    let mut census = Census {
        encoding: list.encoding(),
        separator: list.separator(),
        columns: list.columns.0.clone(),
        subscribers: 0,
        languages: BTreeMap::new(),
        without_language: 0,
        duplicates: 0,
        left: 0,
        unusable: 0,
    };
    let mut oddities = Oddities::default();
    while let Some(row) = list.next_row()? {
        match row {
            Row::Subscriber(subscriber) => {
                census.subscribers += 1;
                oddities.look(list, &subscriber);
                match subscriber.language {
                    Some(language) => *census.languages.entry(language).or_default() += 1,
                    None => census.without_language += 1,
                }
            }
            Row::Finding(Finding { diagnostic, why }) => {
                *(match why {
                    Dropped::Duplicate => &mut census.duplicates,
                    Dropped::Left(..) => &mut census.left,
                    Dropped::Unusable => &mut census.unusable,
                }) += 1;
                tell(&diagnostic)?;
            }
        }
    }
    oddities.warnings().iter().try_for_each(&mut *tell)?;
    if census.subscribers == 0 {
        let mut place = list.place();
        place.line = 0;
        tell(
            &Diagnostic::of(&rule::LIST_EMPTY, "nobody on the list can be written to")
                .at(place)
                .hint("its first row names the columns, one of them `email`; each further row is a subscriber"),
        )?;
    }
    Ok(census)
}

/// What is odd about rows that can be used: told once, where it was met first, with the number of rows.
#[derive(Default)]
struct Oddities {
    languages: BTreeMap<String, (Diagnostic, u64)>,
    garbled: Option<(Diagnostic, u64)>,
}

impl Oddities {
    fn look(&mut self, list: &List, subscriber: &Subscriber) {
        let written = list.columns.value(subscriber, "lang");
        if subscriber.language.is_none() && !written.is_empty() {
            if let Some((_, count)) = self.languages.get_mut(written) {
                *count += 1;
            } else if self.languages.len() < ODD_LANGUAGES {
                let found =
                    Diagnostic::of(&rule::ODD_LANGUAGE, format!("`{written}` in the column `lang` is no language tag"));
                self.languages.insert(written.to_owned(), (found.at(list.place()), 1));
            }
        }
        if let Some(value) = subscriber.values.iter().find(|value| is_garbled(value)) {
            let first = || Diagnostic::of(&rule::GARBLED, format!("`{value}` looks garbled")).at(list.place());
            self.garbled.get_or_insert_with(|| (first(), 0)).1 += 1;
        }
    }

    fn warnings(self) -> Vec<Diagnostic> {
        let language = |(found, count): (Diagnostic, u64)| {
            let who = if count == 1 { "this subscriber gets" } else { &format!("these {count} subscribers get") };
            found.hint(format!("write it like fr, nl or en; as it stands {who} the edition of the first language"))
        };
        let garbled = |(found, count): (Diagnostic, u64)| {
            let rows = if count == 1 { "one row is" } else { &format!("{count} rows are") };
            found.hint(format!("{rows} like that: save the list again from your spreadsheet, as CSV in UTF-8"))
        };
        self.languages.into_values().map(language).chain(self.garbled.map(garbled)).collect()
    }
}

/// Whether a text was written in UTF-8 and read as Windows-1252 somewhere on its way (`ZoÃ«`), or could not be read.
fn is_garbled(value: &str) -> bool {
    // the second byte of a Latin letter in UTF-8, as Windows-1252 shows it
    let second = |c: char| matches!(c, '\u{80}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(c);
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        let broken = matches!(character, 'Ã' | 'Â' | 'Å') && characters.peek().is_some_and(|next| second(*next));
        if broken || character == '\u{fffd}' {
            return true;
        }
    }
    false
}
