//! A Maildir: a file a message, in `new/` and `cur/`. Nothing in it is changed unless that is asked for.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::letter::MOST_BYTES;
use super::utf7::utf7;
use super::{Mark, Message};
use crate::error::{Error, Result};
use crate::project::After;

/// A Maildir that is being read.
#[derive(Debug)]
pub(super) struct Maildir {
    root: PathBuf,
    /// The files still to be read, the first last.
    files: Vec<PathBuf>,
}

impl Maildir {
    /// Whether a folder is one.
    pub(super) fn is_one(path: &Path) -> bool {
        path.join("new").is_dir() && path.join("cur").is_dir()
    }

    /// Lists its messages, in the order of their names, which begin with the time of their delivery.
    pub(super) fn open(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        for inner in ["new", "cur"] {
            let folder = root.join(inner);
            for entry in fs::read_dir(&folder).map_err(Error::file("read", &folder))? {
                let path = entry.map_err(Error::file("read", &folder))?.path();
                let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
                if !hidden && path.is_file() {
                    files.push(path);
                }
            }
        }
        files.sort_by(|a, b| b.file_name().cmp(&a.file_name()));
        Ok(Self { root: root.to_owned(), files })
    }

    /// The next message; one that another program took away meanwhile is passed over.
    pub(super) fn next(&mut self) -> Result<Option<Message>> {
        while let Some(path) = self.files.pop() {
            match start_of(&path) {
                Ok(bytes) => {
                    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                    return Ok(Some(Message { name, bytes, mark: Mark::File(path) }));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(Error::file("read", &path)(error)),
            }
        }
        Ok(None)
    }

    /// Takes a message out, as asked for.
    pub(super) fn take_out(&self, path: &Path, after: &After) -> Result<()> {
        match after {
            After::Keep => Ok(()),
            After::Delete => match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file("delete", path)(error)),
                _ => Ok(()),
            },
            After::Move(folder) => {
                // a folder within a Maildir is a Maildir whose name begins with a dot (Maildir++), and is that of IMAP
                let root = self.root.join(format!(".{}", utf7(folder)));
                for inner in ["tmp", "new", "cur"] {
                    let inner = root.join(inner);
                    fs::create_dir_all(&inner).map_err(Error::file("create", &inner))?;
                }
                let mut name = path.file_name().unwrap_or_default().to_owned();
                if !name.to_string_lossy().contains(":2,") {
                    name.push(":2,");
                }
                match fs::rename(path, root.join("cur").join(name)) {
                    Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file("move", path)(error)),
                    // another program took it away meanwhile
                    _ => Ok(()),
                }
            }
        }
    }
}

/// A file's content, up to what is read of a message.
pub(super) fn start_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_program_took_away_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        for inner in ["new", "cur"] {
            fs::create_dir(folder.path().join(inner)).unwrap();
        }
        let maildir = Maildir::open(folder.path()).unwrap();
        let gone = folder.path().join("new/1");
        for after in [After::Keep, After::Delete, After::Move("Done".to_owned())] {
            assert!(maildir.take_out(&gone, &after).is_ok());
        }
    }
}
