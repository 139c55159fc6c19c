//! As whom an issue can be read: the first subscribers of the project's list, or sample readers where there is none.
//!
//! [`Project`] -> [`Readers`]. The list is not judged here (that is `envoi subscribers check`): rows that cannot be
//! written to are passed over, and a list that cannot be read at all is a diagnostic beside sample readers.

use super::fingerprint::fingerprint;
use super::report::diagnostics;
use crate::address::Address;
use crate::audience::{Columns, Listing as _, Row, Subscriber};
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::language::Language;
use crate::project::Project;
use crate::subscribers::Source;

/// How many subscribers are offered.
const OFFERED: usize = 50;

/// How many rows are looked at for them: a list may begin with rows that cannot be used.
const LOOKED_AT: usize = 1000;

/// Those as whom an issue can be read.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    /// The list's columns, which are the merge fields.
    pub(super) columns: Columns,
    /// At least one.
    pub(super) people: Vec<Subscriber>,
    /// Whether they are made up.
    pub(super) sample_only: bool,
    /// Why the list cannot be read.
    pub(super) trouble: Vec<Diagnostic>,
    /// Of the list's file, when it was read.
    seen: u64,
}

impl Readers {
    /// Reads the beginning of the list, unless it is as it was `before`. `languages` are those of the issues: each
    /// has a sample reader.
    pub(super) fn of(project: &Project, languages: &[Language], before: Option<&Self>) -> Self {
        let ledger = project.ledger();
        let seen = fingerprint(project.list().as_deref().or(ledger.file()));
        if let Some(before) = before.filter(|before| before.seen == seen && !before.sample_only) {
            return before.clone();
        }
        let (columns, people, trouble) = match read(project) {
            Ok((columns, people)) => (columns, people, Vec::new()),
            Err(error) => (Columns::usual(), Vec::new(), diagnostics(&error)),
        };
        let sample_only = people.is_empty();
        let people = if sample_only { samples(&columns, languages) } else { people };
        Self { columns, people, sample_only, trouble, seen }
    }

    /// The reader of this number, else the first one of a language, else the first.
    pub(super) fn choose(&self, number: Option<usize>, language: &Language) -> Option<(usize, &Subscriber)> {
        let at = number
            .filter(|number| *number < self.people.len())
            .or_else(|| self.people.iter().position(|person| person.language.as_ref() == Some(language)));
        let at = at.unwrap_or(0);
        self.people.get(at).map(|person| (at, person))
    }
}

fn read(project: &Project) -> Result<(Columns, Vec<Subscriber>)> {
    let Some(source) = Source::of(project)? else { return Ok((Columns::usual(), Vec::new())) };
    let mut list = source.open()?;
    let mut people = Vec::new();
    for _ in 0..LOOKED_AT {
        match list.next_row()? {
            Some(Row::Subscriber(subscriber)) if people.len() < OFFERED => people.push(subscriber),
            Some(Row::Finding(_)) => {}
            Some(Row::Subscriber(_)) | None => break,
        }
    }
    Ok((list.columns().clone(), people))
}

/// One made-up reader a language.
fn samples(columns: &Columns, languages: &[Language]) -> Vec<Subscriber> {
    let sample = |language: &Language| {
        let (first, last) = match language.primary() {
            "fr" => ("Camille", "Exemple"),
            "nl" => ("Sanne", "Voorbeeld"),
            "de" => ("Kim", "Beispiel"),
            _ => ("Robin", "Sample"),
        };
        let address = Address::parse(&format!("{}@example.org", first.to_lowercase())).ok()?;
        let value = |column: &String| match column.as_str() {
            "email" => address.to_string(),
            "first_name" => first.to_owned(),
            "last_name" => last.to_owned(),
            "name" => format!("{first} {last}"),
            "lang" => language.to_string(),
            _ => String::new(),
        };
        let values = columns.0.iter().map(value).collect();
        Some(Subscriber { address, language: Some(language.clone()), values })
    };
    languages.iter().filter_map(sample).collect()
}
