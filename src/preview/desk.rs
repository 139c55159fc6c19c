//! The desk: the project as it stands after the last save, and the proofs pulled of it.
//!
//! Files -> [`Snapshot`], taken once a revision, when somebody first asks; a save makes a new revision. All of it
//! blocks and belongs on a thread that may.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::fingerprint::fingerprint;
use super::index::{Entry, index};
use super::lock::lock;
use super::readers::Readers;
use super::report::diagnostics;
use super::sheet::Sheet;
use crate::archive::{self, Catalogue};
use crate::clock;
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::project::Project;

/// How many proofs are kept, the pictures of which fill the memory.
const KEPT: usize = 6;

/// The one place that knows the current state.
pub(super) struct Desk {
    root: PathBuf,
    /// The project as it was opened.
    first: Arc<Project>,
    revision: watch::Sender<u64>,
    current: Mutex<Option<Arc<Snapshot>>>,
}

impl Desk {
    /// Opens the project in a folder. Its issues are looked at when somebody asks.
    pub(super) fn open(root: &Path) -> Result<Self> {
        let first = Arc::new(Project::open(root)?);
        Ok(Self { root: root.to_owned(), first, revision: watch::Sender::new(1), current: Mutex::default() })
    }

    /// The project's folder.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The project as it was opened.
    pub(super) fn first(&self) -> &Project {
        &self.first
    }

    /// Something was saved: what is known is old, and those who listen are told.
    pub(super) fn turn(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// The revisions, as they come.
    pub(super) fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// The project as it stands. While `envoi.toml` cannot be read, it is the one before, with the trouble.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        let mut current = lock(&self.current);
        // read before the files are: a save while they are read makes a newer one
        let revision = *self.revision.borrow();
        let before = match current.take() {
            Some(snapshot) if snapshot.revision == revision => return Arc::clone(current.insert(snapshot)),
            before => before,
        };
        let (project, trouble) = match Project::open(&self.root) {
            Ok(project) => (Arc::new(project), Vec::new()),
            Err(error) => {
                let known = before.as_ref().map_or(&self.first, |before| &before.project);
                (Arc::clone(known), diagnostics(&error))
            }
        };
        Arc::clone(current.insert(Arc::new(Snapshot::take(project, trouble, revision, before.as_deref()))))
    }
}

/// The project at one revision.
pub(super) struct Snapshot {
    pub(super) revision: u64,
    pub(super) project: Arc<Project>,
    /// What is wrong with the project as a whole, so that no issue can be shown.
    pub(super) trouble: Vec<Diagnostic>,
    /// The issues, the newest first.
    pub(super) index: Vec<Entry>,
    pub(super) readers: Readers,
    sheets: Mutex<Vec<(String, Arc<OnceLock<Sheet>>)>>,
    /// The archive as it would be, and of which ledger and minute.
    catalogue: Mutex<Option<(u64, Archive)>>,
}

/// The archive as it would be, or why there is none.
pub(super) type Archive = Arc<Result<Catalogue, Vec<Diagnostic>>>;

impl Snapshot {
    fn take(project: Arc<Project>, mut trouble: Vec<Diagnostic>, revision: u64, before: Option<&Self>) -> Self {
        let index = index(&project, before.map_or(&[], |before| &before.index)).unwrap_or_else(|error| {
            trouble.extend(diagnostics(&error));
            Vec::new()
        });
        let mut languages = vec![project.config.languages.default.clone()];
        for language in index.iter().flat_map(|entry| &entry.languages) {
            if !languages.contains(language) {
                languages.push(language.clone());
            }
        }
        let readers = Readers::of(&project, &languages, before.map(|before| &before.readers));
        let (sheets, catalogue) = (Mutex::default(), Mutex::default());
        Self { revision, project, trouble, index, readers, sheets, catalogue }
    }

    /// An issue's proof; none where there is no such issue. Those who ask at the same time wait for the same one.
    pub(super) fn sheet(&self, slug: &str) -> Option<Arc<OnceLock<Sheet>>> {
        self.index.iter().find(|entry| entry.slug == slug)?;
        let cell = {
            let mut sheets = lock(&self.sheets);
            let known = sheets.iter().position(|(name, _)| name == slug);
            let cell = known.map_or_else(|| (slug.to_owned(), Arc::default()), |at| sheets.remove(at));
            sheets.truncate(KEPT - 1);
            sheets.insert(0, cell.clone());
            cell.1
        };
        cell.get_or_init(|| Sheet::pull(&self.project, slug, &self.readers.columns));
        Some(cell)
    }

    /// What `envoi archive` would write now. A send is no save, and an embargo ends by itself: looked at again when
    /// the ledger was written to, and once a minute.
    pub(super) fn archive(&self) -> Archive {
        let ledger = self.project.ledger();
        let log = ledger.file().map(|file| file.with_extension("db-wal"));
        let files = ledger.file().into_iter().chain(log.as_deref());
        let seen = fingerprint(files).wrapping_add(clock::seconds().cast_unsigned() / 60);
        let mut known = lock(&self.catalogue);
        match &*known {
            Some((of, archive)) if *of == seen => Arc::clone(archive),
            _ => {
                let archive = Arc::new(self.catalogue().map_err(|error| diagnostics(&error)));
                *known = Some((seen, Arc::clone(&archive)));
                archive
            }
        }
    }

    fn catalogue(&self) -> Result<Catalogue> {
        let sent = Handle::current().block_on(archive::sent(&self.project))?;
        Catalogue::of(&self.project, &sent)
    }
}
