//! An issue: one folder `issues/<slug>/` with its `issue.toml`, its snippets and their pictures.
//!
//! Folder -> [`Issue`]. An issue that opens is whole: its Markdown is parsed, its pictures are found, its links may
//! go out. Everything that is wrong is reported at once.

mod attachment;
mod audience;
mod date;
mod front_matter;
mod link;
pub mod markdown;
mod media;
mod merge;
mod nesting;
mod parse;
mod passage;
mod percent;
mod press_matter;
mod readership;
mod snippet;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

pub use attachment::Attachment;
pub use audience::{Audience, TAGS};
pub use date::{Day, Moment};
pub use front_matter::{Contact, Document, FrontMatter, Image, Kind, Link, Quotation};
pub use link::{ascii as ascii_link, ascii_url, target as link_target};
pub(crate) use media::LARGEST_SIDE;
pub use media::Media;
pub use merge::{MergeError, MergeField, MergeText, Piece, READER_TOKEN, place_of as place_of_field};
pub use parse::words;
pub use passage::{OBJECT, Passage, Role};
pub use percent::{decoded, segment};
pub use press_matter::{Photo, PressMatter};
pub use readership::Readership;
pub use snippet::{Boilerplate, Illustration, Snippet};

use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::error::{Error, Result, Trouble};
use crate::language::Language;
use crate::project::{Localised, Project};
use crate::rule;
use crate::source::Source;

/// The file that makes a folder an issue.
pub const FILE: &str = "issue.toml";

/// What `issue.toml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The subject.
    pub subject: Localised,
    /// The words that an inbox shows behind the subject.
    #[serde(default)]
    pub preheader: Localised,
    /// The day that the issue bears.
    pub date: Option<Day>,
    /// Its editions; the project's default language where left out.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// The order of its snippets; by file name where left out.
    pub snippets: Option<Vec<String>>,
    /// Rules by code or name whose findings are not told in this issue.
    #[serde(default)]
    pub allow: Vec<String>,
}

impl Manifest {
    /// Reads the `issue.toml` of an issue, whatever its snippets are like.
    pub fn read(project: &Project, slug: &str) -> Result<Self> {
        manifest_source(project, &folder(project, slug)?)?.toml()
    }
}

fn manifest_source(project: &Project, folder: &std::path::Path) -> Result<Source> {
    let path = folder.join(FILE);
    Source::read(&path, project.shown(&path))
}

/// An issue, opened.
#[derive(Debug, Clone)]
pub struct Issue {
    /// Its folder's name.
    pub slug: String,
    /// Its folder.
    pub folder: PathBuf,
    /// What `issue.toml` says.
    pub manifest: Manifest,
    /// Its editions' languages, the first one first.
    pub languages: Vec<Language>,
    /// Its snippets in order, each in the languages in which it is there.
    pub snippets: Vec<Vec<Snippet>>,
    /// The names of those in its folder that `snippets` does not list, so that no reader gets them.
    pub unlisted: Vec<String>,
    fallback: BTreeMap<Language, Vec<Language>>,
    source: Source,
}

/// The slugs of a project's issues, the latest name last.
pub fn slugs(project: &Project) -> Result<Vec<String>> {
    let folder = project.issues();
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut slugs = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(Error::file("read", &folder))? {
        let entry = entry.map_err(Error::file("read", &folder))?;
        if entry.path().join(FILE).is_file()
            && let Ok(slug) = entry.file_name().into_string()
        {
            slugs.push(slug);
        }
    }
    slugs.sort();
    Ok(slugs)
}

/// The folder of an issue that is there.
pub fn folder(project: &Project, slug: &str) -> Result<PathBuf> {
    let folder = project.issues().join(slug);
    let plain = !slug.is_empty() && !slug.starts_with('.') && !slug.contains(['/', '\\']);
    if plain && folder.join(FILE).is_file() {
        return Ok(folder);
    }
    let there = slugs(project)?;
    let trouble = Trouble::new(format!("there is no issue `{slug}`"));
    Err(Error::Refused(match nearest(slug, there.iter().map(String::as_str)) {
        Some(near) => trouble.hint(format!("did you mean `{near}`?")),
        None => trouble.hint("`envoi list` shows the issues; `envoi new issue SLUG` makes one"),
    }))
}

impl Issue {
    /// Opens an issue by its slug. Where anything in it is wrong, the error holds every diagnostic.
    pub fn open(project: &Project, slug: &str) -> Result<Self> {
        let folder = folder(project, slug)?;
        let source = manifest_source(project, &folder)?;
        let manifest: Manifest = source.toml()?;
        let mut diagnostics = Vec::new();
        let (files, unlisted) = files(&folder, &manifest)?;
        let found = read_snippets(project, &folder, &files, &mut diagnostics)?;
        let snippets = in_order(found, &unlisted, (&manifest, &source, slug), &mut diagnostics);
        let mut languages = manifest.languages.clone();
        if languages.is_empty() {
            languages.push(project.config.languages.default.clone());
        }
        let fallback = project.config.languages.fallback.clone();
        let issue = Self { slug: slug.to_owned(), folder, manifest, languages, snippets, unlisted, fallback, source };
        issue.check_manifest(&mut diagnostics);
        if diagnostics.iter().any(Diagnostic::is_error) { Err(Error::Input(diagnostics)) } else { Ok(issue) }
    }

    /// The snippets of one language's edition, in order: each snippet's own file for that language, else the file
    /// that serves every language.
    pub fn edition(&self, language: &Language) -> Vec<&Snippet> {
        let serving = |versions: &'_ Vec<Snippet>| {
            let own = versions.iter().position(|snippet| snippet.only && snippet.lang == *language);
            own.or_else(|| versions.iter().position(|snippet| !snippet.only))
        };
        self.snippets.iter().filter_map(|versions| serving(versions).map(|at| &versions[at])).collect()
    }

    /// The parts of an edition's readers that see the same snippets, the general public first.
    pub fn readerships(&self, language: &Language) -> Vec<Readership> {
        Readership::all(&self.edition(language))
    }

    /// Every version of every snippet.
    pub fn all_snippets(&self) -> impl Iterator<Item = &Snippet> {
        self.snippets.iter().flatten()
    }

    /// The language of this issue's edition that suits a reader best: their own, its primary language's, the first of
    /// the project's fallbacks for it that the issue has, else the issue's first.
    pub fn language_for(&self, reader: Option<&Language>) -> &Language {
        let same = |wanted: &str| self.languages.iter().find(|language| language.as_str() == wanted);
        let suits = |reader: &Language| same(reader.as_str()).or_else(|| same(reader.primary()));
        let chain = |reader: &Language| {
            let own = self.fallback.get(reader).or_else(|| {
                let mut chains = self.fallback.iter();
                chains.find(|(language, _)| language.as_str() == reader.primary()).map(|(_, chain)| chain)
            });
            own.into_iter().flatten().find_map(suits)
        };
        reader.and_then(|reader| suits(reader).or_else(|| chain(reader))).unwrap_or(&self.languages[0])
    }

    /// Where a key stands in `issue.toml`.
    pub fn place_of(&self, key: &str) -> Place {
        self.source.place_of_key(key)
    }

    /// `issue.toml`, as it is written.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The subject in a language, with its merge fields.
    pub fn subject(&self, language: &Language) -> MergeText {
        MergeText::parse(self.manifest.subject.get(language, &self.languages[0])).unwrap_or_default()
    }

    /// The preheader in a language, with its merge fields.
    pub fn preheader(&self, language: &Language) -> MergeText {
        MergeText::parse(self.manifest.preheader.get(language, &self.languages[0])).unwrap_or_default()
    }

    /// The moment before which the issue must not go out: the latest embargo of the press releases in it.
    pub fn embargo(&self) -> Option<&Moment> {
        self.all_snippets()
            .filter_map(|snippet| snippet.front.embargo.as_ref())
            .max_by_key(|embargo| embargo.0.timestamp())
    }

    fn check_manifest(&self, diagnostics: &mut Vec<Diagnostic>) {
        for (key, text) in [("subject", &self.manifest.subject), ("preheader", &self.manifest.preheader)] {
            for language in &self.languages {
                let words = text.get(language, &self.languages[0]);
                let wrong = match MergeText::parse(words) {
                    Err(error) => Some(error.message),
                    Ok(_) if words.contains(['\r', '\n']) => Some(format!("the {key} holds a line break")),
                    Ok(_) if key == "subject" && words.trim().is_empty() => {
                        Some(format!("the subject is empty in `{language}`"))
                    }
                    Ok(_) => None,
                };
                if let Some(wrong) = wrong {
                    diagnostics.push(
                        Diagnostic::of(&rule::BAD_HEADLINE, wrong)
                            .at(self.place_of(key))
                            .hint("write it as one line of text"),
                    );
                    break;
                }
            }
        }
        let twice = |(at, language): &(usize, &Language)| self.languages[..*at].contains(language);
        if let Some((_, language)) = self.languages.iter().enumerate().find(twice) {
            diagnostics.push(
                Diagnostic::of(&rule::LANGUAGE_TWICE, format!("`languages` names `{language}` twice"))
                    .at(self.place_of("languages"))
                    .hint("name it once: each reader gets one edition"),
            );
        }
        if diagnostics.iter().any(Diagnostic::is_error) {
            // a snippet that cannot be read may be the one that an edition lacks
            return;
        }
        let mut audiences: Vec<&Audience> =
            self.all_snippets().filter_map(|snippet| snippet.front.audience.as_ref()).collect();
        audiences.sort();
        audiences.dedup();
        if audiences.len() > readership::MOST {
            diagnostics.push(
                Diagnostic::of(
                    &rule::TOO_MANY_AUDIENCES,
                    format!("the issue's snippets are for {} different audiences", audiences.len()),
                )
                .at(Place::file(&self.source.path))
                .hint(format!("at most {} can be told apart; each doubles the editions", readership::MOST)),
            );
        }
        let every = |language: &Language| !self.edition(language).is_empty();
        for language in self.languages.iter().filter(|language| !every(language)) {
            diagnostics.push(
                Diagnostic::of(&rule::EMPTY_EDITION, format!("the `{language}` edition has no snippet"))
                    .at(self.place_of("languages"))
                    .hint(format!(
                        "write one (`NAME.{language}.md` or `NAME.md`), or take `{language}` out of `languages`"
                    )),
            );
        }
    }
}

/// The files of a folder that are snippets, as far as the manifest lists them, and the names of the others.
fn files(folder: &std::path::Path, manifest: &Manifest) -> Result<(Vec<String>, Vec<String>)> {
    let (mut files, mut unlisted) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).map_err(Error::file("read", folder))? {
        let entry = entry.map_err(Error::file("read", folder))?;
        let Ok(file) = entry.file_name().into_string() else { continue };
        let Some((name, _)) = snippet::split_name(&file).filter(|_| !file.starts_with('.')) else { continue };
        match &manifest.snippets {
            Some(order) if !order.iter().any(|listed| listed == name) => unlisted.push(name.to_owned()),
            _ => files.push(file),
        }
    }
    files.sort();
    unlisted.sort();
    unlisted.dedup();
    Ok((files, unlisted))
}

/// Every snippet of these files by name, each in the languages in which it is there.
fn read_snippets(
    project: &Project,
    folder: &std::path::Path,
    files: &[String],
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<BTreeMap<String, Vec<Snippet>>> {
    let mut found: BTreeMap<String, Vec<Snippet>> = BTreeMap::new();
    for file in files {
        let Some((name, lang)) = snippet::split_name(file) else { continue };
        let versions = found.entry(name.to_owned()).or_default();
        versions.extend(Snippet::read(project, &folder.join(file), (name, lang), diagnostics)?);
    }
    Ok(found)
}

/// The snippets in the manifest's order, or by name. `others` are the names of what it does not list.
fn in_order(
    mut found: BTreeMap<String, Vec<Snippet>>,
    others: &[String],
    (manifest, source, slug): (&Manifest, &Source, &str),
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Vec<Snippet>> {
    let Some(order) = &manifest.snippets else { return found.into_values().collect() };
    let mut snippets = Vec::new();
    for name in order {
        let quoted = format!("\"{name}\"");
        if let Some(versions) = found.remove(name) {
            snippets.push(versions);
            continue;
        }
        let start = source.text.find("snippets").unwrap_or(0);
        let place = source.text[start..]
            .find(&quoted)
            .map_or_else(|| source.place_of_key("snippets"), |at| source.place(start + at..start + at + quoted.len()));
        let twice = order.iter().filter(|other| *other == name).count() > 1
            && snippets.iter().flatten().any(|s: &Snippet| s.name == *name);
        let diagnostic = if twice {
            Diagnostic::of(&rule::SNIPPET_TWICE, format!("issue `{slug}` lists the snippet `{name}` twice"))
                .hint("name it once")
        } else {
            let diagnostic = Diagnostic::of(
                &rule::SNIPPET_MISSING,
                format!("issue `{slug}` lists a snippet that does not exist: `{name}`"),
            );
            match nearest(name, found.keys().map(String::as_str).chain(others.iter().map(String::as_str))) {
                Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                None => diagnostic.hint(format!(
                    "create it with `envoi new snippet {slug} {name}`, or take it out of line {}",
                    place.line
                )),
            }
        };
        diagnostics.push(diagnostic.at(place));
    }
    snippets
}
