//! The templates' files: those built into envoi, and the project's own, each of which wins over its namesake.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::error::{Error, Result};
use crate::issue::Media;
use crate::language::Language;
use crate::project::{Project, TEMPLATES};
use crate::rule;
use crate::source::Source;

/// Where templates come from.
#[derive(Debug, Clone)]
pub(super) struct TemplateFiles {
    folder: PathBuf,
}

impl TemplateFiles {
    pub(super) fn new(project: &Project) -> Self {
        Self { folder: project.templates() }
    }

    /// Whether a file is there, built in or the project's own.
    pub(super) fn has(&self, name: &str) -> bool {
        self.folder.join(name).is_file() || embedded(name).is_some()
    }

    /// A file's text.
    pub(super) fn source(&self, name: &str) -> Result<Source> {
        let path = self.folder.join(name);
        if path.is_file() {
            return Source::read(&path, Path::new("templates").join(name));
        }
        embedded(name).map(|text| Source::new(Path::new("templates").join(name), text)).ok_or_else(|| {
            Error::from(
                Diagnostic::of(&rule::NO_TEMPLATE, format!("the template `{name}` is not there"))
                    .at(Place::file(Path::new("templates").join(name))),
            )
        })
    }

    /// Every partial with this ending (`.html.hbs`), by its name in templates.
    pub(super) fn partials(&self, ending: &str) -> Vec<(String, String)> {
        let mut files: BTreeSet<String> = TEMPLATES.iter().map(|(name, _)| (*name).to_owned()).collect();
        let own = std::fs::read_dir(self.folder.join("partials")).into_iter().flatten().flatten();
        files.extend(own.filter_map(|entry| Some(format!("partials/{}", entry.file_name().to_str()?))));
        let partial = |file: &String| {
            let name = file.strip_prefix("partials/")?.strip_suffix(ending)?.to_owned();
            Some((name, file.clone()))
        };
        files.iter().filter_map(partial).collect()
    }

    /// The names of the themes, built in and the project's own.
    pub(super) fn themes(&self) -> Vec<String> {
        let mut names: BTreeSet<String> = TEMPLATES.iter().map(|(name, _)| (*name).to_owned()).collect();
        let own = std::fs::read_dir(self.folder.join("themes")).into_iter().flatten().flatten();
        names.extend(own.filter_map(|entry| Some(format!("themes/{}", entry.file_name().to_str()?))));
        let theme = |name: &String| Some(name.strip_prefix("themes/")?.strip_suffix(".toml")?.to_owned());
        names.iter().filter_map(theme).collect()
    }

    /// The languages that have a file of words, built in and the project's own.
    pub(super) fn languages(&self) -> Vec<Language> {
        let mut names: BTreeSet<String> = TEMPLATES.iter().map(|(name, _)| (*name).to_owned()).collect();
        let own = std::fs::read_dir(self.folder.join("i18n")).into_iter().flatten().flatten();
        names.extend(own.filter_map(|entry| Some(format!("i18n/{}", entry.file_name().to_str()?))));
        let language = |name: &String| Language::parse(name.strip_prefix("i18n/")?.strip_suffix(".toml")?);
        names.iter().filter_map(language).collect()
    }

    /// The fixed words of a built-in file, under a table's name; none where there is no such file. Those of `i18n/en.toml` are all that the
    /// templates use.
    pub(super) fn words(name: &str, table: &str) -> Result<BTreeMap<String, String>> {
        let Some(text) = embedded(name) else { return Ok(BTreeMap::new()) };
        let mut tables: toml::Table = Source::new(Path::new("templates").join(name), text).toml()?;
        Ok(tables.remove(table).and_then(|words| words.try_into().ok()).unwrap_or_default())
    }

    /// A picture beside the theme; none where it is not there.
    pub(super) fn picture(&self, name: &str) -> Result<Option<Media>> {
        if !self.folder.join(name).is_file() {
            return Ok(None);
        }
        Media::find(&self.folder, name)
            .map(Some)
            .map_err(|diagnostic| diagnostic.at(Place::file("templates/theme.toml")).into())
    }
}

fn embedded(name: &str) -> Option<&'static str> {
    TEMPLATES.iter().find(|(file, _)| *file == name).map(|(_, text)| *text)
}
