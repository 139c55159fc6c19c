//! The list of issues, the newest first: what can be chosen on the page.
//!
//! [`Project`] -> [`Entry`] an issue. An issue with an error in it keeps the entry that it had, so that it does not
//! jump about in the list while the officer types; what is wrong is said by its [`Sheet`](super::sheet::Sheet).

use serde::Serialize;

use super::fingerprint::fingerprint;
use crate::error::Result;
use crate::issue::{FILE, Issue, Kind, Manifest, MergeText, Snippet, slugs};
use crate::language::Language;
use crate::project::Project;
use crate::source::Source;

/// An issue as the list names it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    pub(super) slug: String,
    subject: String,
    /// `2015-05-04`; none where the issue bears no date yet.
    date: Option<String>,
    pub(super) languages: Vec<Language>,
    /// The names of its press releases.
    pub(super) releases: Vec<String>,
    /// Until when an embargo in it lasts: `2014-11-06 10:30 +01:00`; it may be over by now.
    embargo: Option<String>,
    /// Of its folder when it was read whole, else 0.
    #[serde(skip)]
    seen: u64,
    #[serde(skip)]
    default: Language,
}

/// Lists the project's issues; `before` is the list of the last save, from which what did not change is taken.
pub(super) fn index(project: &Project, before: &[Entry]) -> Result<Vec<Entry>> {
    let default = &project.config.languages.default;
    let entry = |slug: String| {
        let seen = fingerprint([project.issues().join(&slug).as_path()]);
        match before.iter().find(|entry| entry.slug == slug) {
            Some(known) if known.seen == seen && known.default == *default => known.clone(),
            known => read(project, &slug, seen, known),
        }
    };
    let mut entries: Vec<Entry> = slugs(project)?.into_iter().map(entry).collect();
    // an issue without a date is being written: it comes first
    let order = |entry: &Entry| (entry.date.is_none(), entry.date.clone(), entry.slug.clone());
    entries.sort_by_cached_key(|entry| std::cmp::Reverse(order(entry)));
    Ok(entries)
}

fn read(project: &Project, slug: &str, seen: u64, known: Option<&Entry>) -> Entry {
    let default = &project.config.languages.default;
    let mut entry = known.cloned().unwrap_or_else(|| Entry {
        slug: slug.to_owned(),
        subject: String::new(),
        date: None,
        languages: vec![default.clone()],
        releases: Vec::new(),
        embargo: None,
        seen: 0,
        default: default.clone(),
    });
    entry.default = default.clone();
    let path = project.issues().join(slug).join(FILE);
    if let Ok(manifest) = Source::read(&path, FILE).and_then(|source| source.toml::<Manifest>()) {
        entry.languages = manifest.languages;
        if entry.languages.is_empty() {
            entry.languages.push(default.clone());
        }
        let subject = manifest.subject.get(&entry.languages[0], &entry.languages[0]);
        entry.subject = MergeText::parse(subject).map_or_else(|_| subject.to_owned(), |text| text.sample());
        entry.date = manifest.date.map(|day| day.0.to_string());
    }
    match Issue::open(project, slug) {
        Ok(issue) => {
            let release = |version: &&Snippet| version.front.kind == Kind::PressRelease;
            let releases = issue.snippets.iter().filter_map(|versions| versions.iter().find(release));
            entry.releases = releases.map(|release| release.name.clone()).collect();
            entry.embargo = issue.embargo().map(|moment| moment.0.strftime("%Y-%m-%d %H:%M %:z").to_string());
            entry.seen = seen;
        }
        // what is amiss may lie elsewhere (a boilerplate): looked at again after the next save
        Err(_) => entry.seen = 0,
    }
    entry
}
