//! As whom an issue can be read: the first subscribers of the project's list, or sample readers where there is none.
//!
//! [`Project`] -> [`Readers`]. The list is not judged here (that is `envoi subscribers check`): rows that cannot be
//! written to are passed over, and a list that cannot be read at all is a diagnostic beside sample readers.

use std::path::PathBuf;

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
        let files = files(project);
        let seen = fingerprint(files.iter().map(PathBuf::as_path));
        // of a database elsewhere no file tells whether it is as it was
        let is_kept = |before: &&Self| !files.is_empty() && before.seen == seen && !before.sample_only;
        if let Some(before) = before.filter(is_kept) {
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

/// The files in which the list lies; what SQLite wrote last stands beside the ledger for a while.
fn files(project: &Project) -> Vec<PathBuf> {
    let ledger = project.ledger();
    match (project.list(), ledger.file()) {
        (Some(list), _) => vec![list],
        (None, Some(file)) => {
            let mut beside = file.as_os_str().to_owned();
            beside.push("-wal");
            vec![file.to_owned(), PathBuf::from(beside)]
        }
        (None, None) => Vec::new(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Ledger, Newcomer};

    #[test]
    fn who_was_just_taken_into_the_ledger_is_offered() {
        let folder = tempfile::tempdir().unwrap();
        let config = "[organisation]\nname = \"Post\"\n[sender]\nfrom = \"post@example.org\"\n";
        std::fs::write(folder.path().join("envoi.toml"), config).unwrap();
        let project = Project::open(folder.path()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let ledger = runtime.block_on(Ledger::open(&project.ledger())).unwrap();
        let take_in = |name: &str| {
            let address = Address::parse(&format!("{name}@example.org")).unwrap();
            let one = Newcomer { address, language: None, values: Vec::new(), consent: None };
            runtime.block_on(async {
                ledger.add_columns(&[]).await.unwrap();
                ledger.take_in(&[one]).await.unwrap();
            });
        };
        take_in("ada");
        let before = Readers::of(&project, &[], None);
        assert_eq!((before.people.len(), before.sample_only), (1, false));
        // the ledger stays open: what is new stands beside its file
        take_in("ben");
        assert_eq!(Readers::of(&project, &[], Some(&before)).people.len(), 2);
    }
}
