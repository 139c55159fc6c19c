//! Files that envoi writes: whole or not at all.
//!
//! A file is written beside its place and renamed into it, so that a full disk or a killed process leaves what was
//! there before.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// Writes a file, with the folders that lead to it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = aside(path, 0o644)?;
    file.write_all(bytes).and_then(|()| file.flush()).map_err(Error::file("write", path))?;
    file.persist(path).map_err(|error| Error::File { action: "write", path: path.to_owned(), source: error.error })?;
    Ok(())
}

/// A file beside the place of another one.
fn aside(path: &Path, mode: u32) -> Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".envoi-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    builder.tempfile_in(folder).map_err(Error::file("create", path))
}

/// A file of people's data that is written piece by piece, and is there only when it is whole. Nobody but its owner
/// can read it.
pub struct Draft {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Draft {
    /// Begins a file.
    pub fn new(path: &Path) -> Result<Self> {
        Ok(Self { file: BufWriter::new(aside(path, 0o600)?), path: path.to_owned() })
    }

    /// Adds a text.
    pub fn add(&mut self, text: &str) -> Result<()> {
        self.file.write_all(text.as_bytes()).map_err(Error::file("write", &self.path))
    }

    /// Puts the file in its place.
    pub fn finish(self) -> Result<()> {
        let Self { file, path } = self;
        let file = file.into_inner().map_err(|error| Error::file("write", &path)(error.into_error()))?;
        file.persist(&path).map_err(|error| Error::File { action: "write", path, source: error.error })?;
        Ok(())
    }
}

/// Writes a file that must not be there yet; `false` where it was.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<bool> {
    if path.exists() {
        return Ok(false);
    }
    write(path, bytes).map(|()| true)
}

/// Writes several files into a folder, all or none: they are written aside first, and moved to their places (seen
/// from the folder) when the last one is whole.
pub fn write_all(folder: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<()> {
    let stage = Stage::new(folder);
    files.iter().try_for_each(|(name, bytes)| stage.put(name, bytes))?;
    stage.settle(files.iter().map(|(name, _)| name))
}

/// Files on their way into a folder: written aside as they come, moved to their places all together. Dropped before
/// that, it leaves nothing behind.
#[derive(Debug)]
pub struct Stage {
    folder: PathBuf,
    aside: OnceLock<TempDir>,
    /// The folders that were made for it, the innermost first.
    made: Vec<PathBuf>,
    settled: bool,
}

impl Stage {
    /// For a folder, which is made with the first file.
    pub fn new(folder: &Path) -> Self {
        let made = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let made = made.map(Path::to_owned).collect();
        Self { folder: folder.to_owned(), aside: OnceLock::new(), made, settled: false }
    }

    /// Writes a file aside; its name is its place, seen from the folder.
    pub fn put(&self, name: &Path, bytes: &[u8]) -> Result<()> {
        let aside = self.aside()?.join(name);
        with_folder(&aside)
            .and_then(|()| std::fs::write(&aside, bytes))
            .map_err(Error::file("write", self.folder.join(name)))
    }

    fn aside(&self) -> Result<&Path> {
        if let Some(aside) = self.aside.get() {
            return Ok(aside.path());
        }
        let folder = &self.folder;
        std::fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
        let aside = tempfile::Builder::new().prefix(".envoi-").tempdir_in(folder);
        let aside = aside.map_err(Error::file("write", folder))?;
        // where two threads make one, the second one's goes
        Ok(self.aside.get_or_init(|| aside).path())
    }

    /// Moves the files to their places.
    pub fn settle<'n>(mut self, names: impl IntoIterator<Item = &'n PathBuf>) -> Result<()> {
        for name in names {
            let (aside, path) = (self.aside()?.join(name), self.folder.join(name));
            with_folder(&path).and_then(|()| std::fs::rename(aside, &path)).map_err(Error::file("write", path))?;
        }
        self.settled = true;
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.aside.take());
        if !self.settled {
            // only folders that are empty can be removed, so nothing of anybody else's is lost
            let _ = self.made.iter().try_for_each(std::fs::remove_dir);
        }
    }
}

/// Makes the folders that lead to a file.
fn with_folder(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), std::fs::create_dir_all)
}
