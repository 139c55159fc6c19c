//! What is out: project + [`Sent`] -> the issues and press releases that the archive shows.
//!
//! An issue is out when a delivery of it was accepted and no embargo in it lasts. A press release is out when its issue
//! is, or when `published = true` stands in its front matter; never before its embargo, never before its date. A draft
//! can't slip in: something has to have been done for it to appear.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::check;
use crate::clock;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::issue::{self, Issue, Kind as Snippets, Snippet};
use crate::language::Language;
use crate::ledger::{Ledger, SendKind, State, Tally};
use crate::press::complaints;
use crate::project::Project;
use crate::rule;
use crate::subscribers;

/// The issues that went out, and when their sends began (seconds since 1970).
pub type Sent = BTreeMap<String, i64>;

/// Asks the ledger which issues went out: those of whose deliveries at least one was accepted.
pub async fn sent(ledger: &Ledger) -> Result<Sent> {
    let sends = ledger.sends(None, 0).await?;
    let went_out = |tally: &Tally| tally.count(State::Accepted) + tally.count(State::Bounced) > 0;
    let out = sends.into_iter().filter(|send| send.kind == SendKind::Issue && went_out(&send.deliveries));
    Ok(out.map(|send| (send.issue, send.started)).collect())
}

/// What a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
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

/// An issue of which something is out.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) issue: Issue,
    /// When its send began; none where it was not sent or is under embargo.
    pub(super) sent: Option<i64>,
    /// Whether it has anything but press releases, which have pages of their own.
    pub(super) is_newsletter: bool,
    /// The names of its press releases that are out.
    pub(super) releases: Vec<String>,
}

/// Looks through every issue.
pub(super) fn gather(project: &Project, sent: &Sent) -> Result<(Vec<Found>, Vec<String>)> {
    let (columns, _) = subscribers::columns(project)?;
    let (mut found, mut left_out, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for slug in issue::slugs(project)? {
        let issue = match Issue::open(project, &slug) {
            Ok(issue) => issue,
            Err(Error::Input(diagnostics)) if sent.contains_key(&slug) => {
                wrong.extend(diagnostics.into_iter().filter(Diagnostic::is_error));
                continue;
            }
            Err(Error::Input(_)) => {
                left_out.push(format!("{slug}: it cannot be read, and was not sent"));
                continue;
            }
            Err(other) => return Err(other),
        };
        let entry = Found::of(issue, sent.get(&slug).copied(), &mut left_out);
        for name in &entry.releases {
            match names.insert(name.clone(), slug.clone()) {
                Some(other) if other != slug => wrong.push(twice(&entry.issue, name, &other)),
                _ => {}
            }
        }
        let releases = entry.releases.iter().flat_map(|name| crate::press::versions(&entry.issue, name));
        wrong.extend(releases.flat_map(|release| stands_against(release, &columns.0)));
        if entry.sent.is_some() || !entry.releases.is_empty() {
            found.push(entry);
        }
    }
    if wrong.is_empty() { Ok((found, left_out)) } else { Err(Error::Input(wrong)) }
}

fn stands_against(release: &Snippet, columns: &[String]) -> Vec<Diagnostic> {
    let found = check::snippet(release, columns).into_iter().chain(complaints(release));
    found.filter(Diagnostic::is_error).collect()
}

fn twice(issue: &Issue, name: &str, other: &str) -> Diagnostic {
    let place = issue.all_snippets().find(|snippet| snippet.name == name);
    let place = place.map_or_else(|| issue.place_of("subject"), |snippet| snippet.place_of("title"));
    Diagnostic::of(&rule::RELEASE_TWICE, format!("two press releases are called `{name}`: here and in `{other}`"))
        .at(place)
        .hint("rename the files of one of them: a page's address is its name")
}

impl Found {
    fn of(issue: Issue, sent: Option<i64>, left_out: &mut Vec<String>) -> Self {
        let slug = &issue.slug;
        let embargo = issue.embargo().filter(|moment| clock::now().timestamp() < moment.0.timestamp());
        if let (Some(_), Some(embargo)) = (sent, embargo) {
            left_out.push(format!("{slug}: under embargo until {}", embargo.0.strftime("%Y-%m-%d %H:%M %:z")));
        }
        let sent = sent.filter(|_| embargo.is_none());
        if sent.is_none() && embargo.is_none() {
            left_out.push(format!("{slug}: not sent"));
        }
        let mut releases = Vec::new();
        for versions in &issue.snippets {
            let own: Vec<&Snippet> =
                versions.iter().filter(|snippet| snippet.front.kind == Snippets::PressRelease).collect();
            if let Some(first) = own.first()
                && own.iter().all(|release| is_out(release, sent.is_some()))
            {
                releases.push(first.name.clone());
            }
        }
        if sent.is_none() && !releases.is_empty() {
            left_out.retain(|line| *line != format!("{slug}: not sent"));
        }
        let is_newsletter = issue.all_snippets().any(|snippet| snippet.front.kind != Snippets::PressRelease);
        Self { issue, sent, is_newsletter, releases }
    }
}

/// Every language of a release has to be out: pages lead to each other.
fn is_out(release: &Snippet, sent: bool) -> bool {
    let now = clock::now();
    let front = &release.front;
    let embargo = front.embargo.as_ref().is_none_or(|moment| moment.0.timestamp() <= now.timestamp());
    let day = front.date.is_none_or(|day| day.0 <= now.date());
    let said = front.published.unwrap_or(sent);
    said && embargo && day
}
