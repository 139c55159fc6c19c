//! A page of the archive, as indexes, feeds and maps name it: [`Entry`].

use jiff::Timestamp;
use jiff::civil::Date;

use crate::language::Language;

/// What a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An issue of the newsletter.
    Issue,
    /// A press release.
    Release,
}

/// A page of the archive, as indexes, feeds and maps name it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    /// Its issue's slug, or its release's name: the same in every language.
    pub(super) name: String,
    pub(super) language: Language,
    pub(super) title: String,
    /// A line on it.
    pub(super) lead: Option<String>,
    pub(super) day: Date,
    /// When it came out.
    pub(super) moment: Timestamp,
    /// When it was last corrected.
    pub(super) updated: Timestamp,
    /// Its place within the archive: `fr/press/ferry.html`.
    pub(super) path: String,
    /// What the search looks through.
    pub(super) words: String,
}
