//! Files that envoi writes: whole or not at all.
//!
//! A file is written beside its place and renamed into it, so that a full disk or a killed process leaves what was
//! there before.

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// Writes a file, with the folders that lead to it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".envoi-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut file = builder.tempfile_in(folder).map_err(Error::file("create", path))?;
    file.write_all(bytes).and_then(|()| file.flush()).map_err(Error::file("write", path))?;
    file.persist(path).map_err(|error| Error::File { action: "write", path: path.to_owned(), source: error.error })?;
    Ok(())
}

/// Writes a file that must not be there yet; `false` where it was.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<bool> {
    if path.exists() {
        return Ok(false);
    }
    write(path, bytes).map(|()| true)
}
