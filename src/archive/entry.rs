//! A page of the archive, as indexes, feeds and maps name it: what is out -> [`Entry`].

use jiff::civil::{Date, Time};
use jiff::{Timestamp, tz::TimeZone};

use super::out::Found;
use super::words::Words;
use crate::issue::{Issue, Snippet, segment};
use crate::language::Language;
use crate::press::{lasting_name, versions};
use crate::project::Project;

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
    /// What feed readers know it by, wherever the archive lies (RFC 4287, section 4.2.6).
    pub(super) id: String,
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

impl Entry {
    /// Its address, seen from the archive's own.
    pub(super) fn address(&self) -> String {
        address_of(&self.path)
    }
}

/// The address of a place within the archive: a file's name may hold what means something there.
pub(super) fn address_of(path: &str) -> String {
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// An issue's pages, as indexes name them.
pub(super) fn entries(project: &Project, found: &Found) -> Vec<Entry> {
    let issue = &found.issue;
    let mut entries = Vec::new();
    if let Some(sent) = found.sent.filter(|_| found.is_newsletter) {
        entries.extend(issue.languages.iter().map(|language| of_issue(project, issue, language, sent)));
    }
    let releases = found.releases.iter().flat_map(|name| versions(issue, name));
    entries.extend(releases.map(|release| of_release(project, found, release)));
    entries
}

fn of_issue(project: &Project, issue: &Issue, language: &Language, sent: i64) -> Entry {
    let sent = Timestamp::from_second(sent).unwrap_or(Timestamp::UNIX_EPOCH);
    let date = issue.manifest.date;
    let day = date.map_or_else(|| sent.to_zoned_datetime(TimeZone::UTC).date(), |day| day.0);
    let moment = date.map_or(sent, |day| midnight(day.0));
    let (title, lead) = (issue.subject(language).sample(), issue.preheader(language).sample());
    let mut words = Words::new(&title);
    // what is for some readers only is no more to be searched for than to be read
    let public = issue.readerships(language).into_iter().next().unwrap_or_default();
    issue.edition(language).into_iter().filter(|snippet| public.sees(snippet)).for_each(|snippet| words.add(snippet));
    Entry {
        kind: Kind::Issue,
        id: lasting_name(project, &["newsletter", &issue.slug, language.as_str()]),
        name: issue.slug.clone(),
        language: language.clone(),
        title,
        lead: Some(lead).filter(|lead| !lead.trim().is_empty()),
        day,
        moment,
        updated: moment,
        // where `[web]` says that an edition's page is
        path: format!("{}/{language}/newsletter.html", issue.slug),
        words: words.text(),
    }
}

fn of_release(project: &Project, found: &Found, release: &Snippet) -> Entry {
    let front = &release.front;
    let embargo = front.embargo.as_ref().map(|moment| moment.0.timestamp());
    let sent = Timestamp::from_second(found.sent.unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH);
    let date = front.date.or(found.issue.manifest.date);
    let day = date.map_or_else(|| embargo.unwrap_or(sent).to_zoned_datetime(TimeZone::UTC).date(), |day| day.0);
    let moment = embargo.or_else(|| date.map(|day| midnight(day.0))).unwrap_or(sent);
    let mut words = Words::new(&front.title);
    words.add(release);
    Entry {
        kind: Kind::Release,
        id: lasting_name(project, &["press", &found.issue.slug, &release.name, release.lang.as_str()]),
        name: release.name.clone(),
        language: release.lang.clone(),
        title: front.title.clone(),
        lead: front.subtitle.clone(),
        day,
        moment,
        updated: front.updated.map_or(moment, |day| midnight(day.0).max(moment)),
        path: release_path(&release.lang, &release.name),
        words: words.text(),
    }
}

/// The place of a release's page.
pub(super) fn release_path(language: &Language, name: &str) -> String {
    format!("{language}/press/{name}.html")
}

/// A day's beginning. Feeds want a moment; that of a whole day is the same everywhere in UTC.
fn midnight(day: Date) -> Timestamp {
    day.to_datetime(Time::midnight())
        .to_zoned_datetime(TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}
