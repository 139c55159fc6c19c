//! What the server answers to the page's questions: one struct an answer, in the words of the page.
//!
//! [`Snapshot`], [`Catalogue`] and [`Caught`] -> JSON. Nothing is decided here; a field that the page reads has its
//! namesake below, or in [`report`](super::report).

use serde::Serialize;

use super::caught::Caught;
use super::desk::Snapshot;
use super::index::Entry;
use super::report::{Finding, findings};
use crate::archive::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::language::Language;

/// `/api/project`: which issues there are, as whom they can be read.
#[derive(Debug, Serialize)]
pub(super) struct ProjectAnswer {
    revision: u64,
    organisation: String,
    /// The newest first.
    issues: Vec<Entry>,
    subscribers: Vec<ReaderAnswer>,
    /// Whether the subscribers are made up, since there is no list to read.
    sample_only: bool,
    /// How many messages were caught.
    outbox: usize,
    /// What is wrong with `envoi.toml`; while it is, everything else is as it was before.
    diagnostics: Vec<Finding>,
}

/// Somebody as whom an issue can be read.
#[derive(Debug, Serialize)]
struct ReaderAnswer {
    index: usize,
    label: String,
    lang: String,
}

impl ProjectAnswer {
    pub(super) fn new(snapshot: &Snapshot, outbox: usize) -> Self {
        let config = &snapshot.project.config;
        let default = &config.languages.default;
        let readers = &snapshot.readers;
        let reader = |(index, person): (usize, &crate::audience::Subscriber)| {
            let mailbox = readers.columns.mailbox(person);
            let label = if mailbox.name.is_empty() { mailbox.address.to_string() } else { mailbox.name };
            ReaderAnswer { index, label, lang: person.language.as_ref().unwrap_or(default).to_string() }
        };
        Self {
            revision: snapshot.revision,
            organisation: config.organisation.name.get(default, default).to_owned(),
            issues: snapshot.index.clone(),
            subscribers: readers.people.iter().enumerate().map(reader).collect(),
            sample_only: readers.sample_only,
            outbox,
            diagnostics: findings(&snapshot.trouble),
        }
    }
}

/// `/api/outbox`: the newest messages that the mail catcher took.
#[derive(Debug, Serialize)]
pub(super) struct OutboxAnswer {
    /// How many there are in all; the list ends earlier.
    pub(super) count: usize,
    pub(super) messages: Vec<Caught>,
}

/// `/api/archive`: what `envoi archive` would write now.
#[derive(Debug, Serialize)]
pub(super) struct ArchiveAnswer {
    revision: u64,
    /// The languages that it has an index in, the project's own first.
    languages: Vec<IndexAnswer>,
    left_out: Vec<LeftOutAnswer>,
    /// Why there is none.
    diagnostics: Vec<Finding>,
}

/// An index of the archive.
#[derive(Debug, Serialize)]
struct IndexAnswer {
    lang: Language,
    pages: usize,
}

/// An issue that is not in the archive.
#[derive(Debug, Serialize)]
struct LeftOutAnswer {
    slug: String,
    why: String,
}

impl ArchiveAnswer {
    pub(super) fn new(snapshot: &Snapshot, catalogue: &Result<Catalogue, Vec<Diagnostic>>) -> Self {
        let revision = snapshot.revision;
        let catalogue = match catalogue {
            Ok(catalogue) => catalogue,
            Err(trouble) => {
                return Self { revision, languages: Vec::new(), left_out: Vec::new(), diagnostics: findings(trouble) };
            }
        };
        let index = |lang: &Language| IndexAnswer { lang: lang.clone(), pages: catalogue.count(lang) };
        let mut languages: Vec<IndexAnswer> = catalogue.languages().into_iter().map(index).collect();
        languages.sort_by_key(|index| index.lang != snapshot.project.config.languages.default);
        let left_out = catalogue.left_out().iter();
        let left_out = left_out.map(|left| LeftOutAnswer { slug: left.slug.clone(), why: left.why.to_string() });
        Self { revision, languages, left_out: left_out.collect(), diagnostics: Vec::new() }
    }
}
