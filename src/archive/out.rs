//! What is out: an issue of the folder + when it was sent -> [`Found`], or why it is left out.
//!
//! An issue is out when a delivery of it was accepted and no embargo in it lasts. A press release is out when its issue
//! is and it is for every reader, or when `published = true` stands in its front matter. Nothing is before its embargo or
//! its date. A draft can't slip in: something has to have been done for it to appear.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use crate::check;
use crate::clock;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result};
use crate::issue::{Issue, Kind, Moment, Snippet};
use crate::ledger::Ledger;
use crate::press::{complaints, versions};
use crate::project::Project;
use crate::rule;

/// The issues that went out, and when their sends began (seconds since 1970).
pub type Sent = BTreeMap<String, i64>;

/// Asks the project's ledger which issues went out: those of whose deliveries at least one was accepted.
pub async fn sent(project: &Project) -> Result<Sent> {
    let Some(ledger) = Ledger::existing(&project.ledger()).await? else { return Ok(Sent::new()) };
    ledger.went_out().await
}

/// An issue that is not in the archive, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The issue's slug.
    pub slug: String,
    /// Why.
    pub why: Why,
}

/// Why an issue is not in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// No message of it was accepted by a relay.
    NotSent,
    /// It was sent, or will be, and must not appear before this moment.
    Embargo(Moment),
    /// It was sent, but bears a later day.
    Date(Date),
    /// It cannot be read, and was not sent.
    Unreadable,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent => f.write_str("not sent"),
            Self::Embargo(moment) => write!(f, "under embargo until {}", moment.0.strftime("%Y-%m-%d %H:%M %:z")),
            Self::Date(day) => write!(f, "its date is {day}"),
            Self::Unreadable => f.write_str("it cannot be read, and was not sent"),
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.slug, self.why)
    }
}

/// What an issue of the folder comes to.
#[derive(Debug)]
pub(super) struct Looked {
    /// What of it is out.
    pub(super) found: Option<Found>,
    pub(super) left_out: Option<LeftOut>,
    /// What stands against its appearing.
    pub(super) wrong: Vec<Diagnostic>,
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

/// Looks at an issue; `columns` are the merge fields there are.
pub(super) fn look(project: &Project, slug: &str, sent: Option<i64>, columns: &[String]) -> Result<Looked> {
    let issue = match Issue::open(project, slug) {
        Ok(issue) => issue,
        Err(Error::Input(found)) => {
            let left_out = sent.is_none().then(|| LeftOut { slug: slug.to_owned(), why: Why::Unreadable });
            let found = found.into_iter().filter(|diagnostic| diagnostic.is_error() && sent.is_some());
            return Ok(Looked { found: None, left_out, wrong: found.collect() });
        }
        Err(other) => return Err(other),
    };
    let now = clock::now();
    let embargo = issue.embargo().filter(|moment| now.timestamp() < moment.0.timestamp()).cloned();
    let later = issue.manifest.date.map(|day| day.0).filter(|day| now.date() < *day);
    let was_sent = sent.is_some();
    let sent = sent.filter(|_| embargo.is_none() && later.is_none());
    let releases = releases(&issue, sent.is_some());
    let why = match (embargo, later) {
        (Some(moment), _) if was_sent || releases.is_empty() => Some(Why::Embargo(moment)),
        (_, Some(day)) if was_sent => Some(Why::Date(day)),
        _ if sent.is_none() && releases.is_empty() => Some(Why::NotSent),
        _ => None,
    };
    let wrong = releases.iter().flat_map(|name| versions(&issue, name));
    let wrong = wrong.flat_map(|release| stands_against(release, columns)).collect();
    let left_out = why.map(|why| LeftOut { slug: slug.to_owned(), why });
    let is_newsletter = issue.all_snippets().any(|snippet| snippet.front.kind != Kind::PressRelease);
    let is_out = sent.is_some() || !releases.is_empty();
    Ok(Looked { found: is_out.then_some(Found { issue, sent, is_newsletter, releases }), left_out, wrong })
}

/// The names of an issue's press releases that are out.
fn releases(issue: &Issue, sent: bool) -> Vec<String> {
    let own = |versions: &Vec<Snippet>| {
        let releases = versions.iter().filter(|snippet| snippet.front.kind == Kind::PressRelease);
        let releases: Vec<&Snippet> = releases.collect();
        // every language of a release has to be out: pages lead to each other
        let first = releases.first().filter(|_| releases.iter().all(|release| is_out(issue, release, sent)))?;
        Some(first.name.clone())
    };
    issue.snippets.iter().filter_map(own).collect()
}

fn is_out(issue: &Issue, release: &Snippet, sent: bool) -> bool {
    let now = clock::now();
    let front = &release.front;
    let embargo = front.embargo.as_ref().is_none_or(|moment| moment.0.timestamp() <= now.timestamp());
    let day = front.date.or(issue.manifest.date).is_none_or(|day| day.0 <= now.date());
    // what went to some readers only is out for the others where somebody says so
    front.published.unwrap_or(sent && front.audience.is_none()) && embargo && day
}

fn stands_against(release: &Snippet, columns: &[String]) -> Vec<Diagnostic> {
    let found = check::snippet(release, columns).into_iter().chain(complaints(release));
    found.filter(Diagnostic::is_error).collect()
}

impl Found {
    /// Where each of its press releases says what it is called.
    pub(super) fn release_places(&self) -> impl Iterator<Item = (&String, Place)> {
        self.releases.iter().map(|name| {
            let place = self.issue.all_snippets().find(|snippet| snippet.name == *name);
            (name, place.map_or_else(|| self.issue.place_of("subject"), |snippet| snippet.place_of("title")))
        })
    }
}

/// The finding that two issues have a press release of one name.
pub(super) fn twice(name: &str, other: &str, place: Place) -> Diagnostic {
    Diagnostic::of(&rule::RELEASE_TWICE, format!("two press releases are called `{name}`: here and in `{other}`"))
        .at(place)
        .hint("rename the files of one of them: a page's address is its name")
}
