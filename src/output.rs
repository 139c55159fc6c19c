//! Files that envoi writes: whole or not at all.
//!
//! A file is written beside its place and renamed into it, so that a full disk or a killed process leaves what was
//! there before.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

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
    let made: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    let written = stage_and_move(folder, files);
    if written.is_err() {
        // only folders that are empty can be removed, so nothing of anybody else's is lost
        let _ = made.iter().try_for_each(std::fs::remove_dir);
    }
    written
}

fn stage_and_move(folder: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let stage = tempfile::Builder::new().prefix(".envoi-").tempdir_in(folder).map_err(Error::file("write", folder))?;
    let parent = |path: &Path| path.parent().map_or(Ok(()), std::fs::create_dir_all);
    for (name, bytes) in files {
        let aside = stage.path().join(name);
        parent(&aside).and_then(|()| std::fs::write(&aside, bytes)).map_err(Error::file("write", folder.join(name)))?;
    }
    for (name, _) in files {
        let path = folder.join(name);
        parent(&path)
            .and_then(|()| std::fs::rename(stage.path().join(name), &path))
            .map_err(Error::file("write", path))?;
    }
    Ok(())
}
