//! Issue, release, entries -> the archive's pages, each with the files that it needs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::entry::{Entry, Kind, address_of, release_path};
use super::frame::{Frame, frame};
use crate::audience::Columns;
use crate::error::{Error, Result, Trouble};
use crate::issue::{Issue, Snippet, segment};
use crate::language::Language;
use crate::press::{material, versions};
use crate::project::Project;
use crate::render::{Dress, Placed, Placing, Renderer, Version};
use crate::subscribers;

/// Where pictures lie, seen from an issue's or a release's page.
const IMAGES: &str = "../../images";

/// Where files go as they are made, each under its place within the archive.
pub(super) type Taker<'t> = &'t dyn Fn(PathBuf, &[u8]) -> Result<()>;

/// Makes pages.
pub(super) struct Desk<'p> {
    pub(super) project: &'p Project,
    renderer: Renderer<'p>,
    /// The list's columns, which are the merge fields.
    pub(super) columns: Vec<String>,
    /// The archive's address, with `/` at its end.
    pub(super) address: String,
    /// Whether pages carry their pictures within them instead of beside them.
    inline: bool,
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
    /// A desk for a project; its pages show their pictures from beside them, or carry them.
    pub(super) fn new(project: &'p Project, inline: bool) -> Result<Self> {
        let Some(web) = &project.config.web else {
            return Err(Error::Refused(
                Trouble::new("the archive needs to know where it will lie")
                    .hint("add `[web]` with `base_url = \"https://www.example.org/archive/\"` to `envoi.toml`: feeds and search engines name whole addresses"),
            ));
        };
        let (Columns(columns), _) = subscribers::columns(project)?;
        let renderer = Renderer::new(project, &columns)?;
        let address = format!("{}/", web.base_url.trim_end_matches('/'));
        Ok(Self { project, renderer, columns, address, inline })
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

    fn placing(&self, folder: &'static str) -> Placing {
        if self.inline { Placing::Inline } else { Placing::Folder(folder) }
    }

    /// An issue's web version.
    pub(super) fn issue(&self, issue: &Issue, entry: &Entry, take: Taker<'_>) -> Result<()> {
        let language = &entry.language;
        let page = self.renderer.web(issue, language, self.placing(IMAGES))?;
        let html = frame(
            &page.html,
            &Frame {
                language,
                title: &entry.title,
                description: entry.lead.as_deref(),
                organisation: self.organisation(language),
                archive: &self.word(language, "archive")?,
                address: &format!("{}{}", self.address, entry.address()),
                archive_url: &format!("../../{language}/index.html"),
                feed: &format!("../../{language}/feed.xml"),
            },
        );
        self.pictures(&page.pictures, take)?;
        take(PathBuf::from(&entry.path), html.as_bytes())
    }

    /// A press release's page.
    pub(super) fn release(&self, issue: &Issue, release: &Snippet, entry: &Entry, take: Taker<'_>) -> Result<()> {
        let (language, name) = (&entry.language, &entry.name);
        let version = |other: &Snippet| {
            let path = address_of(&release_path(&other.lang, name));
            let (href, address) = (format!("../../{path}"), Some(format!("{}{path}", self.address)));
            Version { language: other.lang.clone(), href, address }
        };
        let dress = Dress {
            placing: self.placing(IMAGES),
            files: Some(format!("../../{}/", files_of(&segment(name)))),
            versions: versions(issue, name).into_iter().map(version).collect(),
            home: Some(("../index.html".to_owned(), self.word(language, "archive")?)),
        };
        let page = self.renderer.release(issue, release, &dress)?;
        self.pictures(&page.pictures, take)?;
        for one in material(release) {
            take(Path::new(&files_of(name)).join(&one.name), &one.read(self.project)?)?;
        }
        take(PathBuf::from(&entry.path), page.html.as_bytes())
    }

    fn pictures(&self, pictures: &[Placed], take: Taker<'_>) -> Result<()> {
        let mut beside = pictures.iter().filter(|_| !self.inline);
        beside.try_for_each(|placed| take(Path::new("images").join(&placed.name), &placed.content))
    }

    /// A language's index and what its search reads.
    pub(super) fn index(
        &self,
        language: &Language,
        languages: &BTreeSet<&Language>,
        entries: &[&Entry],
        take: Taker<'_>,
    ) -> Result<()> {
        let mut years: Vec<Year> = Vec::new();
        for entry in entries {
            let line = Line {
                url: format!("../{}", entry.address()),
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
        let (html, pictures) = self.renderer.page("archive", language, self.placing("../images"), &index)?;
        self.pictures(&pictures, take)?;
        take(folder.join("index.html"), html.as_bytes())?;
        let words: Vec<&str> = entries.iter().map(|entry| entry.words.as_str()).collect();
        take(folder.join("search.json"), &serde_json::to_vec(&words).unwrap_or_default())
    }

    /// The first page: which languages there are.
    pub(super) fn home(&self, languages: &BTreeSet<&Language>, take: Taker<'_>) -> Result<()> {
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
        let (html, pictures) = self.renderer.page("archive", default, self.placing("images"), &index)?;
        self.pictures(&pictures, take)?;
        take("index.html".into(), html.as_bytes())
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

/// Where a release's documents and photos lie.
pub(super) fn files_of(name: &str) -> String {
    format!("files/{name}")
}
