//! The archive as it would be written now, a file at a time: for the preview, which shows what somebody asks for.
//!
//! Pages carry their pictures within them. A file is found among those that the archive has: nothing that is asked for
//! becomes a path.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::entry::Entry;
use super::out::{Found, LeftOut, Sent};
use super::pages::{Desk, files_of};
use super::shelf::{self, Shelf};
use super::{around, of_language};
use crate::error::Result;
use crate::language::Language;
use crate::press::{material, versions};
use crate::project::Project;

/// What an archive has, and nothing rendered yet.
#[derive(Debug)]
pub struct Catalogue {
    shelf: Shelf,
    found: Vec<(Found, Vec<Entry>)>,
}

impl Catalogue {
    /// Looks through the issues. `sent` says which of them went out, and when.
    pub fn of(project: &Project, sent: &Sent) -> Result<Self> {
        let desk = Desk::new(project, true)?;
        let kept = Mutex::new(Vec::new());
        let shelf = shelf::shelve(&desk, sent, &|found, entries| {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push((found, entries.to_vec()));
            Ok(())
        })?;
        Ok(Self { shelf, found: kept.into_inner().unwrap_or_else(PoisonError::into_inner) })
    }

    /// The issues that are not in it, and why.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.shelf.left_out
    }

    /// The languages that it has an index in.
    pub fn languages(&self) -> BTreeSet<&Language> {
        self.shelf.entries.iter().map(|entry| &entry.language).collect()
    }

    /// How many pages it has in a language.
    pub fn count(&self, language: &Language) -> usize {
        self.shelf.entries.iter().filter(|entry| entry.language == *language).count()
    }

    /// Whether an issue has a page in it, or a press release of its.
    pub fn has(&self, slug: &str) -> bool {
        self.found.iter().any(|(found, entries)| found.issue.slug == slug && !entries.is_empty())
    }

    /// A file of it by its place: `fr/index.html`. None where it has no such file.
    pub fn file(&self, project: &Project, path: &str) -> Result<Option<Vec<u8>>> {
        if let Some(file) = path.strip_prefix("files/") {
            return self.material(project, file);
        }
        let desk = Desk::new(project, true)?;
        let wanted = RefCell::new(None);
        let take = |name: PathBuf, bytes: &[u8]| {
            if name == Path::new(path) {
                wanted.replace(Some(bytes.to_vec()));
            }
            Ok(())
        };
        let page = self.found.iter().find_map(|(found, entries)| {
            let entry = entries.iter().find(|entry| entry.path == path)?;
            Some((found, std::slice::from_ref(entry)))
        });
        let folder = path.split('/').next().unwrap_or_default();
        match (page, self.languages().into_iter().find(|language| language.as_str() == folder)) {
            (Some((found, entries)), _) => shelf::render(&desk, found, entries, &take)?,
            (None, Some(language)) => of_language(&desk, language, &self.shelf.entries, &take)?,
            (None, None) => around(&desk, &self.shelf.entries, &take)?,
        }
        Ok(wanted.into_inner())
    }

    /// A photo or a document of a release.
    fn material(&self, project: &Project, file: &str) -> Result<Option<Vec<u8>>> {
        for (found, _) in &self.found {
            for release in found.releases.iter().flat_map(|name| versions(&found.issue, name)) {
                let folder = files_of(&release.name);
                let own = |name: &Path| format!("{folder}/{}", name.display()) == format!("files/{file}");
                if let Some(one) = material(release).into_iter().find(|one| own(&one.name)) {
                    return one.read(project).map(Some);
                }
            }
        }
        Ok(None)
    }
}
