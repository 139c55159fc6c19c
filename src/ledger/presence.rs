//! Who is at work on a ledger: a locked file a process.
//!
//! The operating system lets go of the lock when the process ends, however it ends; so a worker that died is known
//! at once, and one that is only slow is never taken for dead.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// This process's own lock, held as long as the value lives.
#[derive(Debug)]
pub(super) struct Presence {
    pub(super) name: String,
    path: PathBuf,
    _file: File,
}

impl Drop for Presence {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Where the locks of a ledger lie.
fn folder(ledger: &Path) -> PathBuf {
    let mut name = ledger.as_os_str().to_owned();
    name.push(".workers");
    PathBuf::from(name)
}

/// Where the process of this name keeps its journal.
pub(super) fn journal(ledger: &Path, name: &str) -> PathBuf {
    folder(ledger).join(name).with_extension("journal")
}

/// Announces this process.
pub(super) fn announce(ledger: &Path) -> Result<Presence> {
    let folder = folder(ledger);
    std::fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let mut lock = tempfile::Builder::new();
    lock.prefix("worker-");
    // whoever may write into the ledger sees who is at work on it
    #[cfg(unix)]
    lock.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o664));
    let file = lock.tempfile_in(&folder).map_err(Error::file("create", &folder))?;
    let (file, path) =
        file.keep().map_err(|error| Error::File { action: "create", path: folder, source: error.error })?;
    file.lock().map_err(Error::file("lock", &path))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Presence { name, path, _file: file })
}

/// Whether the process that announced itself under a name has ended.
pub(super) fn has_ended(ledger: &Path, name: &str) -> bool {
    let path = folder(ledger).join(name);
    let file = match File::open(&path) {
        Ok(file) => file,
        // only one that is gone has ended: another user's cannot always be opened, and may be alive
        Err(error) => return error.kind() == std::io::ErrorKind::NotFound,
    };
    match file.try_lock() {
        Ok(()) => {
            let _ = std::fs::remove_file(&path);
            true
        }
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
    }
}

/// What `boot` gives where it cannot be known.
pub(super) const UNKNOWN: &str = "unknown";

/// Which start of the machine this is.
pub(super) fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map_or_else(|_| UNKNOWN.to_owned(), |id| id.trim().to_owned())
}
