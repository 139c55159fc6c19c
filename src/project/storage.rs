//! Where the ledger is: in a file beside the project, or on a server.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{Ledger, Project};

/// The variable that names another ledger than `envoi.toml` does.
const URL: &str = "ENVOI_LEDGER_URL";

/// Where a ledger is.
#[derive(Debug, Clone)]
pub enum Storage {
    /// In a file.
    File(PathBuf),
    /// On a server.
    Server(Box<Server>),
}

/// A database server, as it was named.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its URL; a password may be in it.
    pub url: SecretString,
    /// Whether the URL stands in `envoi.toml`.
    pub written: bool,
    /// What else `[ledger]` says.
    pub config: Ledger,
    /// The project's folder, from which files are seen.
    pub root: PathBuf,
}

impl Project {
    /// Where the ledger is: on the server that `ENVOI_LEDGER_URL` or else `url` names, or in the file.
    pub fn ledger(&self) -> Storage {
        let config = &self.config.ledger;
        let set = std::env::var(URL).ok().filter(|url| !url.is_empty());
        let written = set.is_none();
        match set.or_else(|| config.url.clone()) {
            Some(url) => Storage::Server(Box::new(Server {
                url: url.into(),
                written,
                config: config.clone(),
                root: self.root.clone(),
            })),
            None => Storage::File(self.root.join(&config.path)),
        }
    }
}

impl Storage {
    /// Whether something may have been recorded there: a file that is not there holds nothing.
    pub fn is_begun(&self) -> bool {
        match self {
            Self::File(path) => path.is_file(),
            Self::Server(_) => true,
        }
    }

    /// The file, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Server(_) => None,
        }
    }
}

impl From<&Path> for Storage {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<&PathBuf> for Storage {
    fn from(path: &PathBuf) -> Self {
        Self::File(path.clone())
    }
}

impl From<&Storage> for Storage {
    fn from(storage: &Storage) -> Self {
        storage.clone()
    }
}
