//! Release + [`Options`] -> [`Export`]: its pages, texts, prints, kit, data and mail, each a file.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use super::material::material;
use super::{Release, kit, ninjs, printer};
use crate::check;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result};
use crate::issue::markdown::{Inline, walk};
use crate::issue::{Snippet, segment};
use crate::message;
use crate::output;
use crate::project::Project;
use crate::render::{Dress, Page, Placing, Renderer, Version};
use crate::rule;
use crate::subscribers;

/// The folder of pictures that lie beside pages.
const IMAGES: &str = "images";

/// A form in which a press release goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A page for browsers.
    Html,
    /// Plain text.
    Text,
    /// The page as it is printed.
    Pdf,
    /// The press kit.
    Zip,
    /// News in JSON, as the IPTC defines it.
    Ninjs,
    /// A message to be opened in a mail program and sent by hand.
    Eml,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 6] = [Self::Html, Self::Text, Self::Pdf, Self::Zip, Self::Ninjs, Self::Eml];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "text",
            Self::Pdf => "pdf",
            Self::Zip => "zip",
            Self::Ninjs => "ninjs",
            Self::Eml => "eml",
        }
    }
}

/// What an export is to hold.
#[derive(Debug, Clone)]
pub struct Options {
    /// The forms.
    pub formats: Vec<Format>,
    /// Whether pictures lie beside the page instead of in it.
    pub assets: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { formats: vec![Format::Html, Format::Text], assets: false }
    }
}

/// A press release's files, and what was worth knowing.
#[derive(Debug)]
pub struct Export {
    /// Each file's name within the output folder, and its content.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// What stands against nothing.
    pub warnings: Vec<Diagnostic>,
}

impl Release {
    /// Makes every file. Those of a language bear its tag: `ferry.fr.html`.
    pub fn export(&self, project: &Project, options: &Options) -> Result<Export> {
        let (columns, _) = subscribers::columns(project)?;
        let versions = self.versions();
        let found = versions.iter().flat_map(|snippet| {
            check::snippet(snippet, &columns.0).into_iter().chain(complaints(snippet)).chain(for_nobody(snippet))
        });
        let (errors, warnings): (Vec<_>, Vec<_>) = found.partition(Diagnostic::is_error);
        if !errors.is_empty() {
            return Err(Error::Input(errors));
        }
        let desk = Desk { project, release: self, renderer: Renderer::new(project, &columns.0)?, options };
        let mut files = BTreeMap::new();
        for snippet in &versions {
            desk.version(snippet, &mut files)?;
        }
        if options.formats.contains(&Format::Zip) {
            let kit = desk.kit(&versions)?;
            files.insert(PathBuf::from(format!("{}.zip", self.name)), kit);
        }
        Ok(Export { files: files.into_iter().collect(), warnings })
    }
}

impl Export {
    /// Writes the files into a folder, all or none.
    pub fn write(&self, folder: &Path) -> Result<()> {
        output::write_all(folder, &self.files)
    }
}

/// The files by their names: what two languages share is one file.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// One release being exported.
struct Desk<'d> {
    project: &'d Project,
    release: &'d Release,
    renderer: Renderer<'d>,
    options: &'d Options,
}

impl Desk<'_> {
    fn version(&self, snippet: &Snippet, files: &mut Files) -> Result<()> {
        let issue = &self.release.issue;
        let wants = |format| self.options.formats.contains(&format);
        let file = |ending: &str| PathBuf::from(format!("{}.{}.{ending}", self.release.name, snippet.lang));
        let placing = if self.options.assets { Placing::Folder(IMAGES) } else { Placing::Inline };
        if wants(Format::Html) || wants(Format::Text) {
            let page = self.renderer.release(issue, snippet, &self.dress(placing))?;
            if wants(Format::Html) {
                if self.options.assets {
                    pictures(&page, files);
                }
                self.beside(snippet, Path::new(&self.release.name), files)?;
                files.insert(file("html"), page.html.into_bytes());
            }
            if wants(Format::Text) {
                files.insert(file("txt"), page.text.into_bytes());
            }
        }
        if wants(Format::Pdf) {
            let page = self.renderer.release(issue, snippet, &self.dress(Placing::Inline))?;
            files.insert(file("pdf"), printer::print(&page.html)?);
        }
        if wants(Format::Ninjs) {
            let page = self.renderer.release(issue, snippet, &self.dress(Placing::Folder(IMAGES)))?;
            let item = ninjs::item(self.project, issue, snippet, &page, self.address(snippet).as_deref());
            files.insert(file("ninjs.json"), item.into_bytes());
        }
        if wants(Format::Eml) {
            let mail = self.renderer.release_mail(issue, snippet, &self.mail_dress())?;
            files.insert(file("eml"), message::draft(self.project, &mail));
        }
        Ok(())
    }

    /// The kit: every language's page and text, the pictures beside them, photos and documents.
    fn kit(&self, versions: &[&Snippet]) -> Result<Vec<u8>> {
        let mut files = Files::new();
        for snippet in versions {
            let dress = Dress { files: Some(String::new()), ..self.dress(Placing::Folder(IMAGES)) };
            let page = self.renderer.release(&self.release.issue, snippet, &dress)?;
            pictures(&page, &mut files);
            self.beside(snippet, Path::new(""), &mut files)?;
            let file = |ending| PathBuf::from(format!("{}.{}.{ending}", self.release.name, snippet.lang));
            files.insert(file("html"), page.html.into_bytes());
            files.insert(file("txt"), page.text.into_bytes());
        }
        let folder = PathBuf::from(&self.release.name);
        kit::pack(files.into_iter().map(|(name, bytes)| (folder.join(name), bytes)))
    }

    /// What lies beside a release's page, in a folder.
    fn beside(&self, snippet: &Snippet, folder: &Path, files: &mut Files) -> Result<()> {
        for one in material(snippet) {
            let bytes = one.read(self.project)?;
            match files.entry(folder.join(&one.name)) {
                Entry::Occupied(there) if *there.get() != bytes => return Err(one.is_another()),
                Entry::Occupied(_) => {}
                Entry::Vacant(place) => drop(place.insert(bytes)),
            }
        }
        Ok(())
    }

    fn dress(&self, placing: Placing) -> Dress {
        let versions = self.release.versions().into_iter().map(|snippet| Version {
            language: snippet.lang.clone(),
            href: format!("{}.{}.html", segment(&self.release.name), snippet.lang),
            address: self.address(snippet),
        });
        Dress {
            placing,
            files: Some(format!("{}/", segment(&self.release.name))),
            versions: versions.collect(),
            home: None,
        }
    }

    /// A mail leads to what lies on the web, or to nothing.
    fn mail_dress(&self) -> Dress {
        let base = self.project.config.press.url.as_deref();
        let files = base.map(|base| format!("{}/{}/", base.trim_end_matches('/'), segment(&self.release.name)));
        Dress { files, ..self.dress(Placing::Embed) }
    }

    fn address(&self, snippet: &Snippet) -> Option<String> {
        let (name, lang) = (segment(&self.release.name), &snippet.lang);
        let folder = |url: &str| url.trim_end_matches('/').to_owned();
        let press = self.project.config.press.url.as_deref();
        let archive = self.project.config.web.as_ref().map(|web| web.base_url.as_str());
        press
            .map(|url| format!("{}/{name}.{lang}.html", folder(url)))
            .or_else(|| archive.map(|url| format!("{}/{lang}/press/{name}.html", folder(url))))
    }
}

fn pictures(page: &Page, files: &mut Files) {
    let named = page.pictures.iter().map(|placed| (Path::new(IMAGES).join(&placed.name), placed.content.to_vec()));
    files.extend(named);
}

/// What stands against a release's going out as a page of its own.
pub fn complaints(snippet: &Snippet) -> Option<Diagnostic> {
    snippet.front.contacts.is_empty().then(|| {
        Diagnostic::of(&rule::PAGE_WITHOUT_CONTACT, "the press release names nobody whom journalists could ask")
            .at(Place::file(snippet.path()))
            .hint("add `contacts = [{ name = \"…\", phone = \"…\", email = \"…\" }]`")
    })
}

/// A page is read by everyone: it has no subscriber whose name could stand in it.
fn for_nobody(snippet: &Snippet) -> Option<Diagnostic> {
    let mut field = None;
    walk(&snippet.body, &mut |inline| {
        if let Inline::Field(found) = inline {
            field.get_or_insert(found);
        }
    });
    field.map(|field| {
        Diagnostic::of(
            &rule::FIELD_FOR_NOBODY,
            format!("a press page has no subscriber for `{{{{ {} }}}}`", field.name),
        )
        .at(snippet.place_of_field(&field.name))
        .hint("write words that suit every reader; the page shows the fallback, or nothing")
    })
}
