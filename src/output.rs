//! Files that envoi writes: whole or not at all.
//!
//! A file is written beside its place and renamed into it, so that a full disk or a killed process leaves what was
//! there before.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::{NamedTempFile, TempDir};

use crate::error::{Error, Result};

/// What the names of files and folders begin with that are on their way to their places.
const ASIDE: &str = ".envoi-";

/// How long nothing is on its way.
const AGED: Duration = Duration::from_hours(24);

/// Writes a file, with the folders that lead to it. Who could read and write the one that was there, still can.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = aside(path, 0o644)?;
    file.write_all(bytes)
        .and_then(|()| file.flush())
        .and_then(|()| keep_mode(file.path(), path))
        .map_err(Error::file("write", path))?;
    file.persist(path).map_err(|error| Error::File { action: "write", path: path.to_owned(), source: error.error })?;
    Ok(())
}

/// A file beside the place of another one.
fn aside(path: &Path, mode: u32) -> Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(ASIDE);
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
    let mut file = aside(path, 0o644)?;
    file.write_all(bytes).and_then(|()| file.flush()).map_err(Error::file("write", path))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(true),
        // another process was quicker
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Error::file("write", path)(error.error)),
    }
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
        let aside = tempfile::Builder::new().prefix(ASIDE).tempdir_in(folder);
        let aside = aside.map_err(Error::file("write", folder))?;
        // where two threads make one, the second one's goes
        Ok(self.aside.get_or_init(|| aside).path())
    }

    /// Moves the files to their places.
    pub fn settle<'n>(mut self, names: impl IntoIterator<Item = &'n PathBuf>) -> Result<()> {
        let places: Vec<(&PathBuf, PathBuf)> = names.into_iter().map(|name| (name, self.folder.join(name))).collect();
        // what stands in the way is found before the first file is in its place
        if let Some((_, path)) = places.iter().find(|(_, path)| path.is_dir()) {
            return Err(Error::file("write", path)(ErrorKind::IsADirectory.into()));
        }
        for (_, path) in &places {
            with_folder(path).map_err(Error::file("write", path))?;
        }
        for (name, path) in places {
            let aside = self.aside()?.join(name);
            keep_mode(&aside, &path)
                .and_then(|()| std::fs::rename(aside, &path))
                .map_err(Error::file("write", path))?;
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

/// Takes away what processes that were killed left in a folder: whatever was written aside there long ago.
pub fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_aged = |data: std::fs::Metadata| {
            data.is_dir() && data.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age > AGED))
        };
        if entry.file_name().to_string_lossy().starts_with(ASIDE) && entry.metadata().is_ok_and(is_aged) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Gives a file the permissions of the one whose place it takes, where there is one.
fn keep_mode(file: &Path, place: &Path) -> std::io::Result<()> {
    match std::fs::metadata(place) {
        Ok(there) if there.is_file() => std::fs::set_permissions(file, there.permissions()),
        _ => Ok(()),
    }
}

/// Makes the folders that lead to a file.
fn with_folder(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), std::fs::create_dir_all)
}
