//! Files -> the archive's folder: only what changed is written, only what envoi wrote is taken away.
//!
//! A list of the archive's own files, with what was in them, lies beside them. A file that is not on it is somebody
//! else's and is never touched; one that somebody changed since is not taken away. New files are written aside as they
//! come, from several threads, and moved to their places when all of them are whole.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result, Trouble};
use crate::output::{self, Stage};

/// The list of the archive's own files.
const LIST: &str = ".envoi-archive.json";

/// What writing came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// New or changed.
    pub written: Vec<PathBuf>,
    /// As they were.
    pub unchanged: usize,
    /// No longer part of the archive.
    pub removed: Vec<PathBuf>,
    /// No longer part of it, but changed by somebody, and left.
    pub kept: Vec<PathBuf>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Own {
    files: BTreeMap<PathBuf, String>,
}

/// Takes files for the archive's folder.
pub(super) struct Binder {
    folder: PathBuf,
    /// The files of the archive that is there.
    before: Own,
    stage: Stage,
    taken: Mutex<Taken>,
}

/// What came so far.
#[derive(Default)]
struct Taken {
    own: Own,
    written: Vec<PathBuf>,
    foreign: Vec<PathBuf>,
    /// What two different files would be.
    twice: Vec<PathBuf>,
}

impl Binder {
    /// Opens the folder, which need not be there yet. Nothing in it changes before [`Binder::bind`].
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let (before, stage) = (read(folder)?, Stage::new(folder));
        Ok(Self { folder: folder.to_owned(), before, stage, taken: Mutex::default() })
    }

    /// Takes a file under its place within the folder; the same one may come again.
    pub(super) fn put(&self, name: PathBuf, bytes: &[u8]) -> Result<()> {
        let taken = || self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = hash(bytes);
        {
            let mut taken = taken();
            match taken.own.files.entry(name.clone()) {
                Entry::Vacant(place) => drop(place.insert(hash)),
                Entry::Occupied(there) => {
                    if *there.get() != hash {
                        taken.twice.push(name);
                    }
                    return Ok(());
                }
            }
        }
        match std::fs::read(self.folder.join(&name)) {
            Ok(there) if there == bytes => {}
            Ok(_) if !self.before.files.contains_key(&name) => taken().foreign.push(name),
            _ => {
                self.stage.put(&name, bytes)?;
                taken().written.push(name);
            }
        }
        Ok(())
    }

    /// Brings the folder up to date.
    pub(super) fn bind(self) -> Result<Changes> {
        let Self { folder, before, stage, taken } = self;
        let Taken { own: Own { files }, mut written, mut foreign, twice } =
            taken.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(first) = twice.iter().min() {
            return Err(Error::Refused(
                Trouble::new(format!("two different files of the archive would be `{}`", first.display()))
                    .hint("rename one of them; nothing was written"),
            ));
        }
        foreign.sort();
        if let [first, ..] = foreign.as_slice() {
            return Err(Error::Refused(
                Trouble::new(format!("`{}` is there, and envoi did not write it", folder.join(first).display()))
                    .hint("move it away, or choose another folder with `--out DIR`; nothing was written"),
            ));
        }
        written.sort();
        let unchanged = files.len() - written.len();
        let mut own = before;
        let stale: Vec<PathBuf> = own.files.keys().filter(|name| !files.contains_key(*name)).cloned().collect();
        // known as the archive's own before they are written: a process that is killed leaves nothing that looks foreign
        own.files.extend(files);
        if !written.is_empty() || !stale.is_empty() {
            save(&folder, &own)?;
        }
        stage.settle(&written)?;
        let mut changes = Changes { written, unchanged, ..Changes::default() };
        for name in stale {
            let before = own.files.remove(&name);
            let path = folder.join(&name);
            match std::fs::read(&path) {
                Ok(there) if before.as_deref() == Some(&hash(&there)) => {
                    std::fs::remove_file(&path).map_err(Error::file("remove", &path))?;
                    leave_no_empty_folder(&folder, &path);
                    changes.removed.push(name);
                }
                Ok(_) => changes.kept.push(name),
                Err(_) => {}
            }
        }
        if !changes.removed.is_empty() || !changes.kept.is_empty() {
            save(&folder, &own)?;
        }
        output::sweep(&folder);
        Ok(changes)
    }
}

fn read(folder: &Path) -> Result<Own> {
    let path = folder.join(LIST);
    let Ok(text) = std::fs::read(&path) else { return Ok(Own::default()) };
    let broken = |hint: &str| Error::Refused(Trouble::new(format!("`{}` cannot be read", path.display())).hint(hint));
    let own: Own = serde_json::from_slice(&text)
        .map_err(|_| broken("remove the archive's folder and run the command again: it is made anew"))?;
    let inside = |name: &PathBuf| name.components().all(|part| matches!(part, Component::Normal(_)));
    if own.files.keys().all(inside) {
        Ok(own)
    } else {
        Err(broken("a name in it leaves the folder: remove the file, and what it names by hand"))
    }
}

fn save(folder: &Path, own: &Own) -> Result<()> {
    let text = serde_json::to_vec_pretty(own)
        .map_err(|error| Error::Refused(Trouble::new("the archive's list cannot be written").because(error)))?;
    output::write(&folder.join(LIST), &text)
}

/// Takes away the folders that became empty, up to the archive's own.
fn leave_no_empty_folder(root: &Path, file: &Path) {
    let empty = file.ancestors().skip(1).take_while(|folder| *folder != root);
    // the first that is not empty cannot be removed, nor those above it
    let _ = empty.map(std::fs::remove_dir).take_while(std::result::Result::is_ok).count();
}

fn hash(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(32);
    for byte in &Sha256::digest(bytes)[..16] {
        let _ = write!(out, "{byte:02x}");
    }
    out
}
