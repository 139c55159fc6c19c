//! Issue, release, entries -> the archive's pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::{Date, Time};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::entry::{Entry, Found, Kind};
use super::frame::{Frame, frame};
use crate::error::Result;
use crate::issue::markdown::{Inline, walk};
use crate::issue::{Issue, Snippet};
use crate::language::Language;
use crate::press::{material, versions};
use crate::project::Project;
use crate::render::{Dress, Placed, Placing, Renderer, Version};
use crate::subscribers;

/// Where pictures lie, seen from an issue's or a release's page.
const IMAGES: &str = "../../images";

/// How many different words of a page the search knows, so that its index stays small.
const WORDS: usize = 160;

/// Makes pages.
pub(super) struct Desk<'p> {
    pub(super) project: &'p Project,
    renderer: Renderer<'p>,
    /// The archive's address, with `/` at its end.
    pub(super) address: String,
}

/// An index as its template sees it.
#[derive(Serialize)]
struct Index {
    home: bool,
    root: &'static str,
    feed: Option<&'static str>,
    canonical: String,
    languages: Vec<Tongue>,
    years: Vec<Year>,
    policy: &'static str,
}

#[derive(Serialize)]
struct Tongue {
    lang: Language,
    name: String,
    url: String,
    address: String,
    current: bool,
}

#[derive(Serialize)]
struct Year {
    year: i16,
    entries: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    url: String,
    title: String,
    lead: Option<String>,
    date: String,
    iso: String,
    release: bool,
}

/// A page asks nothing of anybody but the archive itself; `file:` is for one that is opened from a disk.
const POLICY: &str = "default-src 'none'; img-src 'self' data: file:; style-src 'unsafe-inline'; script-src 'self' \
                      file:; connect-src 'self'; base-uri 'none'; form-action 'none'";

impl<'p> Desk<'p> {
    pub(super) fn new(project: &'p Project, address: &str) -> Result<Self> {
        let (columns, _) = subscribers::columns(project)?;
        Ok(Self { project, renderer: Renderer::new(project, &columns.0)?, address: address.to_owned() })
    }

    /// A fixed word of the templates.
    pub(super) fn word(&self, language: &Language, name: &str) -> Result<String> {
        self.renderer.word(language, name)
    }

    /// The organisation's name in a language.
    pub(super) fn organisation(&self, language: &Language) -> &str {
        let config = &self.project.config;
        config.organisation.name.get(language, &config.languages.default)
    }

    /// An issue's web version.
    pub(super) fn issue(
        &self,
        issue: &Issue,
        language: &Language,
        sent: i64,
        files: &mut Vec<(PathBuf, Vec<u8>)>,
    ) -> Result<Entry> {
        let page = self.renderer.web(issue, language, Placing::Folder(IMAGES))?;
        let sent = Timestamp::from_second(sent).unwrap_or(Timestamp::UNIX_EPOCH);
        let day = issue.manifest.date.map_or_else(|| sent.to_zoned_datetime(TimeZone::UTC).date(), |day| day.0);
        let moment = issue.manifest.date.map_or(sent, |day| midnight(day.0));
        // where `[web]` says that an edition's page is
        let path = format!("{}/{language}/newsletter.html", issue.slug);
        let (title, lead) = (issue.subject(language).sample(), issue.preheader(language).sample());
        let lead = Some(lead).filter(|lead| !lead.trim().is_empty());
        let html = frame(
            &page.html,
            &Frame {
                language,
                title: &title,
                description: lead.as_deref(),
                organisation: self.organisation(language),
                archive: &self.word(language, "archive")?,
                address: &format!("{}{path}", self.address),
                archive_url: &format!("../../{language}/index.html"),
                feed: &format!("../../{language}/feed.xml"),
            },
        );
        take(files, &page.pictures);
        files.push((PathBuf::from(&path), html.into_bytes()));
        let mut words = Words::new(&title);
        issue.edition(language).iter().for_each(|snippet| words.add(snippet));
        let (name, language, kind) = (issue.slug.clone(), language.clone(), Kind::Issue);
        Ok(Entry { kind, name, language, title, lead, day, moment, updated: moment, path, words: words.text() })
    }

    /// A press release's page.
    pub(super) fn release(
        &self,
        found: &Found,
        release: &Snippet,
        files: &mut Vec<(PathBuf, Vec<u8>)>,
    ) -> Result<Entry> {
        let (issue, front, language) = (&found.issue, &release.front, &release.lang);
        let name = release.name.clone();
        let file = |language: &Language| format!("{language}/press/{name}.html");
        let version = |other: &Snippet| Version {
            language: other.lang.clone(),
            href: format!("../../{}", file(&other.lang)),
            address: Some(format!("{}{}", self.address, file(&other.lang))),
        };
        let dress = Dress {
            placing: Placing::Folder(IMAGES),
            files: Some(format!("../../files/{name}/")),
            versions: versions(issue, &name).into_iter().map(version).collect(),
            home: Some(("../index.html".to_owned(), self.word(language, "archive")?)),
        };
        let page = self.renderer.release(issue, release, &dress)?;
        take(files, &page.pictures);
        files.extend(material(self.project, release, &Path::new("files").join(&name))?);
        let path = file(language);
        files.push((PathBuf::from(&path), page.html.into_bytes()));
        let embargo = front.embargo.as_ref().map(|moment| moment.0.timestamp());
        let sent = Timestamp::from_second(found.sent.unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH);
        let date = front.date.or(issue.manifest.date);
        let day = date.map_or_else(|| embargo.unwrap_or(sent).to_zoned_datetime(TimeZone::UTC).date(), |day| day.0);
        let moment = embargo.or_else(|| date.map(|day| midnight(day.0))).unwrap_or(sent);
        let mut words = Words::new(&front.title);
        words.add(release);
        Ok(Entry {
            kind: Kind::Release,
            name,
            language: language.clone(),
            title: front.title.clone(),
            lead: front.subtitle.clone(),
            day,
            moment,
            updated: front.updated.map_or(moment, |day| midnight(day.0).max(moment)),
            path,
            words: words.text(),
        })
    }

    /// A language's index and what its search reads.
    pub(super) fn index(
        &self,
        language: &Language,
        languages: &BTreeSet<&Language>,
        entries: &[&Entry],
        files: &mut BTreeMap<PathBuf, Vec<u8>>,
    ) -> Result<()> {
        let mut years: Vec<Year> = Vec::new();
        for entry in entries {
            let line = Line {
                url: format!("../{}", entry.path),
                title: entry.title.clone(),
                lead: entry.lead.clone(),
                date: self.renderer.date(language, entry.day)?,
                iso: entry.day.to_string(),
                release: entry.kind == Kind::Release,
            };
            match years.last_mut().filter(|year| year.year == entry.day.year()) {
                Some(year) => year.entries.push(line),
                None => years.push(Year { year: entry.day.year(), entries: vec![line] }),
            }
        }
        let index = Index {
            home: false,
            root: "../",
            feed: Some("feed.xml"),
            canonical: format!("{}{language}/", self.address),
            languages: self.tongues(languages, Some(language), "../"),
            years,
            policy: POLICY,
        };
        let folder = Path::new(language.as_str());
        let (html, pictures) = self.renderer.page("archive", language, Placing::Folder("../images"), &index)?;
        files.extend(
            pictures.into_iter().map(|placed| (Path::new("images").join(&placed.name), placed.content.to_vec())),
        );
        files.insert(folder.join("index.html"), html.into_bytes());
        let words: Vec<&str> = entries.iter().map(|entry| entry.words.as_str()).collect();
        files.insert(folder.join("search.json"), serde_json::to_vec(&words).unwrap_or_default());
        Ok(())
    }

    /// The first page: which languages there are.
    pub(super) fn home(&self, languages: &BTreeSet<&Language>, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
        let default = &self.project.config.languages.default;
        let index = Index {
            home: true,
            root: "",
            feed: None,
            canonical: self.address.clone(),
            languages: self.tongues(languages, None, ""),
            years: Vec::new(),
            policy: POLICY,
        };
        let (html, pictures) = self.renderer.page("archive", default, Placing::Folder("images"), &index)?;
        files.extend(
            pictures.into_iter().map(|placed| (Path::new("images").join(&placed.name), placed.content.to_vec())),
        );
        files.insert("index.html".into(), html.into_bytes());
        Ok(())
    }

    fn tongues(&self, languages: &BTreeSet<&Language>, current: Option<&Language>, root: &str) -> Vec<Tongue> {
        let tongue = |language: &&Language| Tongue {
            lang: (*language).clone(),
            name: self.renderer.name_of(language),
            url: format!("{root}{language}/index.html"),
            address: format!("{}{language}/", self.address),
            current: current == Some(language),
        };
        languages.iter().map(tongue).collect()
    }
}

fn take(files: &mut Vec<(PathBuf, Vec<u8>)>, pictures: &[Placed]) {
    let named = pictures.iter().map(|placed| (Path::new("images").join(&placed.name), placed.content.to_vec()));
    files.extend(named);
}

/// A day's beginning. Feeds want a moment; that of a whole day is the same everywhere in UTC.
fn midnight(day: Date) -> Timestamp {
    day.to_datetime(Time::midnight())
        .to_zoned_datetime(TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// The different words of a page, in small letters, as the search compares them.
struct Words {
    known: BTreeSet<String>,
    text: String,
}

impl Words {
    fn new(title: &str) -> Self {
        let mut words = Self { known: BTreeSet::new(), text: String::new() };
        words.take(title);
        words
    }

    fn add(&mut self, snippet: &Snippet) {
        self.take(&snippet.front.title);
        snippet.front.subtitle.iter().for_each(|subtitle| self.take(subtitle));
        walk(&snippet.body, &mut |inline| {
            if let Inline::Text(text) = inline {
                self.take(text);
            }
        });
    }

    fn take(&mut self, text: &str) {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2);
        for word in words.map(str::to_lowercase) {
            if self.known.len() < WORDS && self.known.insert(word.clone()) {
                self.text.push(' ');
                self.text.push_str(&word);
            }
        }
    }

    fn text(self) -> String {
        self.text.trim_start().to_owned()
    }
}
