//! A snippet: one Markdown file, read.

use std::path::Path;

use super::front_matter::{FrontMatter, Kind};
use super::link;
use super::markdown::Document;
use super::media::Media;
use super::merge;
use super::nesting;
use super::parse::parse;
use super::passage::Passage;
use super::percent::segment;
use super::press_matter::PressMatter;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::Error;
use crate::language::Language;
use crate::project::Project;
use crate::rule;
use crate::source::{Source, Values};

/// A picture with what is said about it.
#[derive(Debug, Clone)]
pub struct Illustration {
    /// The file.
    pub media: Media,
    /// What is to be seen.
    pub alt: String,
    /// What stands under it.
    pub caption: Option<String>,
    /// Who made it.
    pub credit: Option<String>,
}

/// A text on the organisation that ends a press release, shared by releases.
#[derive(Debug, Clone)]
pub struct Boilerplate {
    /// The text.
    pub text: Document,
    source: Source,
}

impl Boilerplate {
    /// The file, as it is written.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Its text in passages, each of which knows where in the source its words stand.
    pub fn passages(&self) -> Vec<Passage> {
        Passage::read(&self.source, 0)
    }
}

/// One Markdown file: a title, a body, and what its kind adds.
#[derive(Debug, Clone)]
pub struct Snippet {
    /// Its name: the file's, without language and ending.
    pub name: String,
    /// The language in which it is written.
    pub lang: Language,
    /// Whether the file's name says so: then it serves that language's edition alone.
    pub only: bool,
    /// What stands between the `+++` lines.
    pub front: FrontMatter,
    /// The text.
    pub body: Document,
    /// The picture above the text.
    pub image: Option<Illustration>,
    /// The text on the organisation that ends a press release.
    pub boilerplate: Option<Boilerplate>,
    /// What a press release has beside its text.
    pub press: PressMatter,
    source: Source,
    /// Where in the source its text begins.
    start: usize,
}

/// A snippet's name and language as its file name says them: `justice.fr.md`.
pub(super) fn split_name(file: &str) -> Option<(&str, Option<Language>)> {
    let stem = file.strip_suffix(".md")?;
    match stem.rsplit_once('.') {
        Some((name, tag)) => Language::parse(tag).map_or(Some((stem, None)), |lang| Some((name, Some(lang)))),
        None => Some((stem, None)),
    }
}

impl Snippet {
    /// Reads a file of the folder. What is wrong goes to `diagnostics`.
    pub(super) fn read(
        project: &Project,
        path: &Path,
        (name, lang): (&str, Option<Language>),
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Option<Self>, Error> {
        let read = Source::read(path, project.shown(path))
            .and_then(|source| FrontMatter::read(&source).map(|(front, body)| (source, front, body)));
        let (source, front, start) = match read {
            Ok(parts) => parts,
            Err(Error::Input(found)) => {
                diagnostics.extend(found);
                return Ok(None);
            }
            Err(other) => return Err(other),
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        let body = parse(&source, start, folder, diagnostics);
        let only = lang.is_some();
        let lang = lang.or_else(|| front.lang.clone()).unwrap_or_else(|| project.config.languages.default.clone());
        let press = PressMatter::find(&front, (&source, start), folder, diagnostics);
        let mut snippet = Self {
            name: name.to_owned(),
            lang,
            only,
            front,
            body,
            image: None,
            boilerplate: None,
            press,
            source,
            start,
        };
        snippet.find_image(folder, diagnostics);
        snippet.check_links(diagnostics);
        snippet.find_boilerplate(project, diagnostics)?;
        if snippet.front.raw_html {
            let shared = snippet.boilerplate.as_ref().map(|boilerplate| &boilerplate.text);
            diagnostics.extend([&snippet.body].into_iter().chain(shared).filter_map(nesting::too_deep));
            let notes = snippet.press.notes.as_ref().and_then(nesting::too_deep);
            diagnostics.extend(notes.map(|found| found.at(snippet.place_of("notes_for_editors"))));
        }
        Ok(Some(snippet))
    }

    /// The file, as diagnostics name it.
    pub fn path(&self) -> &Path {
        &self.source.path
    }

    /// The file, as it is written.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Its text in passages, each of which knows where in the source its words stand.
    pub fn passages(&self) -> Vec<Passage> {
        Passage::read(&self.source, self.start)
    }

    /// Its notes for editors in passages, and whether these know where in the source their words stand.
    pub fn notes(&self) -> (Vec<Passage>, bool) {
        let Some(notes) = &self.front.notes_for_editors else { return (Vec::new(), true) };
        let (source, start) = PressMatter::source_of_notes(notes, &self.source, self.start);
        (Passage::read(&source, start.unwrap_or(0)), start.is_some())
    }

    /// The address under which the archive, or whoever puts exports onto the press desk's site, keeps the documents of
    /// this release's own folder; none for what has no page of its own, and where `envoi.toml` names no address.
    pub fn beside_on_the_web(&self, project: &Project) -> Option<String> {
        if self.front.kind != Kind::PressRelease {
            return None;
        }
        let (press, web) = (&project.config.press.url, &project.config.web);
        let press = press.as_ref().map(|url| format!("{}/{}/", url.trim_end_matches('/'), segment(&self.name)));
        press.or_else(|| {
            Some(format!("{}/files/{}/", web.as_ref()?.base_url.trim_end_matches('/'), segment(&self.name)))
        })
    }

    /// Where a key stands in the front matter.
    pub fn place_of(&self, key: &str) -> Place {
        self.source.place_of_key(key)
    }

    /// The values of its front matter.
    pub fn values(&self) -> Values<'_> {
        self.source.values(FrontMatter::bytes(&self.source, self.start))
    }

    /// Where a text of the front matter stands.
    pub fn place_of_value(&self, text: &str) -> Place {
        self.values().place_of_text(text)
    }

    /// Where a merge field stands first: in the text, and where it is not there, in the front matter.
    pub fn place_of_field(&self, name: &str) -> Place {
        merge::place_of(&self.source, self.start, name)
    }

    /// Where a text stands, as written; the file as a whole where it does not.
    pub fn place_of_text(&self, text: &str) -> Place {
        self.source.place_of_text(text)
    }

    fn find_image(&mut self, folder: &Path, diagnostics: &mut Vec<Diagnostic>) {
        let Some(image) = &self.front.image else { return };
        match Media::find(folder, &image.file) {
            Ok(media) => {
                let (alt, caption, credit) = (image.alt.clone(), image.caption.clone(), image.credit.clone());
                self.image = Some(Illustration { media, alt, caption, credit });
            }
            Err(diagnostic) => diagnostics.push(diagnostic.at(self.place_of_value(&image.file))),
        }
    }

    fn check_links(&self, diagnostics: &mut Vec<Diagnostic>) {
        let links = self.front.links.iter().map(|link| &link.url);
        let documents = self.front.documents.iter().filter(|document| document.file.is_none());
        let documents = documents.map(|document| &document.url);
        let values = self.values();
        for url in links.chain(documents) {
            if let Err(diagnostic) = link::target(url) {
                diagnostics.push(diagnostic.at(values.place_of_text(url)));
            }
        }
    }

    fn find_boilerplate(&mut self, project: &Project, diagnostics: &mut Vec<Diagnostic>) -> Result<(), Error> {
        let Some(name) = &self.front.boilerplate else { return Ok(()) };
        let folder = project.templates().join("boilerplates");
        let plain_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
        let path = [format!("{name}.{}.md", self.lang), format!("{name}.md")]
            .map(|file| folder.join(file))
            .into_iter()
            .find(|path| plain_name && path.is_file());
        let Some(path) = path else {
            let file = project.shown(&folder).join(format!("{name}.{}.md", self.lang));
            diagnostics.push(
                Diagnostic::of(
                    &rule::BOILERPLATE_MISSING,
                    format!("the boilerplate `{name}` is not there in `{}`", self.lang),
                )
                .at(self.place_of("boilerplate"))
                .hint(format!("write it in `{}`", file.display())),
            );
            return Ok(());
        };
        let source = Source::read(&path, project.shown(&path))?;
        let text = parse(&source, 0, &folder, diagnostics);
        self.boilerplate = Some(Boilerplate { text, source });
        Ok(())
    }
}
