//! Files -> the archive's folder: only what changed is written, only what envoi wrote is taken away.
//!
//! A list of the archive's own files, with what was in them, lies beside them. A file that is not on it is somebody
//! else's and is never touched; one that somebody changed since is not taken away.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result, Trouble};
use crate::output;

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

/// Brings the folder up to date.
pub(super) fn write(folder: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> Result<Changes> {
    let mut own = read(folder)?;
    let mut changes = Changes::default();
    let mut to_write = Vec::new();
    let mut foreign = Vec::new();
    for (name, bytes) in files {
        match std::fs::read(folder.join(name)) {
            Ok(there) if there == *bytes => changes.unchanged += 1,
            Ok(_) if !own.files.contains_key(name) => foreign.push(name),
            _ => to_write.push((name, bytes)),
        }
    }
    if let [first, ..] = foreign.as_slice() {
        return Err(Error::Refused(
            Trouble::new(format!("`{}` is there, and envoi did not write it", folder.join(first).display()))
                .hint("move it away, or choose another folder with `--out DIR`; nothing was written"),
        ));
    }
    let stale: Vec<PathBuf> = own.files.keys().filter(|name| !files.contains_key(*name)).cloned().collect();
    // known as the archive's own before they are written: a process that is killed leaves nothing that looks foreign
    own.files.extend(files.iter().map(|(name, bytes)| (name.clone(), hash(bytes))));
    if !to_write.is_empty() || !stale.is_empty() {
        save(folder, &own)?;
    }
    for (name, bytes) in to_write {
        output::write(&folder.join(name), bytes)?;
        changes.written.push(name.clone());
    }
    for name in stale {
        let before = own.files.remove(&name);
        let path = folder.join(&name);
        match std::fs::read(&path) {
            Ok(there) if before.as_deref() == Some(&hash(&there)) => {
                std::fs::remove_file(&path).map_err(Error::file("remove", &path))?;
                leave_no_empty_folder(folder, &path);
                changes.removed.push(name);
            }
            Ok(_) => changes.kept.push(name),
            Err(_) => {}
        }
    }
    if !changes.removed.is_empty() || !changes.kept.is_empty() {
        save(folder, &own)?;
    }
    Ok(changes)
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
