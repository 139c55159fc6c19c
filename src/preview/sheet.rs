//! A proof on the desk: an issue as it would go out, ready to be shown to any reader in any of its languages.
//!
//! [`Project`] + slug -> [`Sheet`]; sheet + language + subscriber -> [`Letter`] and [`Report`]. A sheet is pulled once
//! a revision. What is wrong is in its diagnostics; a sheet that shows nothing says why.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use super::letter::{self, Letter};
use super::lock::lock;
use super::readers::Readers;
use super::report::{Report, diagnostics, findings};
use crate::audience::{Columns, Subscriber};
use crate::check::CLIPPED;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::issue::{Issue, Kind, TAGS, segment};
use crate::language::Language;
use crate::message::Stamper;
use crate::press::{material, versions};
use crate::project::{ImagesMode, Project};
use crate::render::{Dress, Page, Placing, Proof, Renderer, Rendering};

/// The send that previewed messages are stamped for; only their Message-ID shows it.
const SEND: &str = "preview";

/// An issue, proofed.
pub(super) struct Sheet {
    issue: Option<Issue>,
    editions: Vec<Edition>,
    diagnostics: Vec<Diagnostic>,
    fields: Vec<String>,
    releases: Mutex<Vec<(String, Language, Arc<Page>)>>,
}

/// One of its editions, with the message last stamped of it.
struct Edition {
    rendering: Rendering,
    ready: OnceLock<Result<Ready>>,
    last: Mutex<Option<(Subscriber, Arc<Letter>)>>,
}

/// An edition that can be stamped.
struct Ready {
    stamper: Stamper,
    /// See [`letter::linked`].
    linked: Vec<(String, String)>,
}

/// Of what a sheet is: the project, and as whom it can be read.
#[derive(Clone, Copy)]
pub(super) struct Desk<'d> {
    pub(super) project: &'d Project,
    pub(super) readers: &'d Readers,
}

/// Why there is nothing to show.
#[derive(Debug)]
pub(super) enum Missing {
    /// There is no such thing.
    Nothing(&'static str),
    /// It cannot be shown as it stands.
    Broken(String),
}

impl Sheet {
    /// Pulls the proof of an issue.
    pub(super) fn pull(project: &Project, slug: &str, columns: &Columns) -> Self {
        let placing = match (&project.config.images.mode, &project.config.images.base_url) {
            (ImagesMode::Link, Some(base)) => Placing::Link(base.clone()),
            _ => Placing::Embed,
        };
        let fields = columns.0.clone();
        let releases = Mutex::default();
        match Proof::pull(project, slug, &fields, &placing) {
            Ok(Proof { issue, renderings, variants, diagnostics, .. }) => {
                let edition = |rendering| Edition { rendering, ready: OnceLock::new(), last: Mutex::default() };
                let editions = renderings.into_iter().chain(variants).map(edition).collect();
                Self { issue, editions, diagnostics, fields, releases }
            }
            Err(error) => {
                Self { issue: None, editions: Vec::new(), diagnostics: diagnostics(&error), fields, releases }
            }
        }
    }

    /// What there is to say about an edition and the message that a reader gets.
    pub(super) fn report(&self, desk: Desk<'_>, language: &Language, number: Option<usize>) -> Report {
        let mut found = self.diagnostics.clone();
        found.extend(desk.readers.trouble.iter().cloned());
        let mut report = Report::default();
        let reader = desk.readers.choose(number, language);
        let columns = &desk.readers.columns;
        let edition = reader.and_then(|(_, reader)| self.edition(language, columns, reader));
        if let (Some(edition), Some((_, reader))) = (edition, reader) {
            match edition.letter(desk, self.slug(), reader) {
                Ok(letter) => {
                    let rendering = &edition.rendering;
                    report.rendered = true;
                    report.from = desk.project.config.sender.from.to_string();
                    report.to = columns.mailbox(reader).to_string();
                    report.subject = rendering.subject.fill(|field| columns.fill(reader, field));
                    report.preheader = rendering.preheader.fill(|field| columns.fill(reader, field));
                    report.html_bytes = letter.html_bytes;
                    report.message_bytes = letter.raw.len();
                    report.clipped = letter.html_bytes > CLIPPED;
                }
                Err(error) => found.extend(diagnostics(error)),
            }
        }
        found.sort_by_key(|diagnostic| diagnostic.severity);
        report.diagnostics = findings(&found);
        report
    }

    /// The message that a reader gets.
    pub(super) fn letter(
        &self,
        desk: Desk<'_>,
        language: &Language,
        number: Option<usize>,
    ) -> Result<Arc<Letter>, Missing> {
        let (_, reader) = desk.readers.choose(number, language).ok_or(Missing::Nothing("there is no reader"))?;
        let edition = self
            .edition(language, &desk.readers.columns, reader)
            .ok_or_else(|| self.missing("the issue has no edition in this language"))?;
        edition.letter(desk, self.slug(), reader).map_err(|error| Missing::Broken(error.to_string()))
    }

    /// The page of a press release in a language.
    pub(super) fn release(&self, project: &Project, name: &str, language: &Language) -> Result<Arc<Page>, Missing> {
        let none = "the issue has no press release of this name in this language";
        let issue = self.issue.as_ref().ok_or_else(|| self.missing(none))?;
        let mut pages = lock(&self.releases);
        if let Some((_, _, page)) = pages.iter().find(|(known, lang, _)| known == name && lang == language) {
            return Ok(Arc::clone(page));
        }
        let serving = issue.edition(language).into_iter().find(|snippet| snippet.name == name);
        let release =
            serving.filter(|snippet| snippet.front.kind == Kind::PressRelease).ok_or(Missing::Nothing(none))?;
        let files = format!("/material/{}/{}/", segment(&issue.slug), segment(name));
        let dress = Dress::in_preview(issue, release, files);
        let page = Renderer::new(project, &self.fields).and_then(|renderer| renderer.release(issue, release, &dress));
        let page = Arc::new(page.map_err(|error| Missing::Broken(error.to_string()))?);
        pages.push((name.to_owned(), language.clone(), Arc::clone(&page)));
        Ok(page)
    }

    /// A photo or document of a press release: its media type and its bytes.
    pub(super) fn material(
        &self,
        project: &Project,
        name: &str,
        file: &str,
    ) -> Result<(&'static str, Vec<u8>), Missing> {
        let none = "the press release has no such file";
        let issue = self.issue.as_ref().ok_or_else(|| self.missing(none))?;
        let all = versions(issue, name).into_iter().flat_map(material);
        let wanted = all.into_iter().find(|one| one.name == Path::new(file)).ok_or(Missing::Nothing(none))?;
        let bytes = wanted.read(project).map_err(|error| Missing::Broken(error.to_string()))?;
        Ok((wanted.mime(), bytes))
    }

    /// What a reader gets in a language.
    fn edition(&self, language: &Language, columns: &Columns, reader: &Subscriber) -> Option<&Edition> {
        let tags = columns.value(reader, TAGS);
        let gets = |rendering: &Rendering| rendering.language == *language && rendering.readership.holds(tags);
        self.editions.iter().find(|edition| gets(&edition.rendering))
    }

    fn slug(&self) -> &str {
        self.issue.as_ref().map_or("", |issue| &issue.slug)
    }

    /// Nothing there, or nothing there for an error.
    fn missing(&self, nothing: &'static str) -> Missing {
        match self.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
            Some(error) => Missing::Broken(error.to_string()),
            None => Missing::Nothing(nothing),
        }
    }
}

impl Edition {
    /// Stamps the message for a reader, as a send would, and reads it again, as the reader's program would.
    fn letter(&self, desk: Desk<'_>, slug: &str, reader: &Subscriber) -> Result<Arc<Letter>, &Error> {
        let ready = self.ready.get_or_init(|| {
            let stamper = Stamper::sample(desk.project, slug, &self.rendering, &desk.readers.columns, SEND)?;
            Ok(Ready { stamper, linked: letter::linked(&self.rendering.pictures) })
        });
        let Ready { stamper, linked } = ready.as_ref()?;
        let mut last = lock(&self.last);
        match &*last {
            Some((person, letter)) if person == reader => Ok(Arc::clone(letter)),
            _ => {
                let letter = Arc::new(Letter::read(stamper.stamp(reader).bytes, linked));
                *last = Some((reader.clone(), Arc::clone(&letter)));
                Ok(letter)
            }
        }
    }
}
