//! A Maildir: each message a file, written beside its place and moved into it, so that a reader never sees half.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock;
use crate::error::{Error, Result};

/// A Maildir that is written to.
#[derive(Debug)]
pub(super) struct Maildir {
    folder: PathBuf,
    written: AtomicU64,
}

impl Maildir {
    /// Opens a Maildir, making it where there is none.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        for part in ["tmp", "new", "cur"] {
            let path = folder.join(part);
            std::fs::create_dir_all(&path).map_err(Error::file("create", path))?;
        }
        Ok(Self { folder: folder.to_owned(), written: AtomicU64::new(0) })
    }

    /// Delivers a message.
    pub(super) fn deliver(&self, message: &[u8]) -> std::io::Result<()> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}.P{}Q{number:06}.envoi", clock::passing_seconds(), std::process::id());
        let unfinished = self.folder.join("tmp").join(&name);
        std::fs::write(&unfinished, message)
            .and_then(|()| std::fs::rename(&unfinished, self.folder.join("new").join(&name)))
            .inspect_err(|_| drop(std::fs::remove_file(&unfinished)))
    }
}
