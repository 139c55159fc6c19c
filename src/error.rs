//! The one error of the library: it says what failed, and answers what to do next.
//!
//! What the officer wrote wrong comes as diagnostics with file, line and column. Everything else carries a
//! message, its cause and hints. `cli/` turns the kind into an exit code.

use std::io;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;

/// Whatever lies behind a failure.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The library's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the officer wrote cannot be used as it stands: at least one diagnostic.
    #[error("{}", summary(.0))]
    Input(Vec<Diagnostic>),
    /// A file could not be read or written.
    #[error("cannot {action} `{}`", path.display())]
    File {
        /// What was tried, as a verb: "read", "write", "create".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The relay cannot be reached or will not have us.
    #[error(transparent)]
    Relay(Trouble),
    /// The ledger cannot be opened, read or written.
    #[error(transparent)]
    Ledger(Trouble),
    /// The command asks for something that must not or cannot be done.
    #[error(transparent)]
    Refused(Trouble),
}

/// A message with its hints and its cause.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    /// What happened.
    pub message: String,
    /// What to do next.
    pub hints: Vec<String>,
    /// What lies behind it.
    #[source]
    pub cause: Option<Cause>,
}

impl Trouble {
    /// Something happened.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), cause: None }
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says what lies behind it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl Error {
    /// A file could not be handled; made for `map_err`.
    pub fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }

    /// What to do next. Diagnostics carry their own hints.
    pub fn hints(&self) -> Vec<&str> {
        match self {
            Self::Input(_) => Vec::new(),
            Self::File { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull => vec!["make room on the disk and run the command again"],
                io::ErrorKind::PermissionDenied => vec!["check who may read and write it"],
                io::ErrorKind::NotFound => vec!["check how its name is written"],
                _ => Vec::new(),
            },
            Self::Relay(trouble) | Self::Ledger(trouble) | Self::Refused(trouble) => {
                trouble.hints.iter().map(String::as_str).collect()
            }
        }
    }

    /// The diagnostics, where the officer's own words are the trouble.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Input(diagnostics) => diagnostics,
            _ => &[],
        }
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Input(vec![diagnostic])
    }
}

fn summary(diagnostics: &[Diagnostic]) -> String {
    match diagnostics {
        [] => "something is wrong".to_owned(),
        [one] => one.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn what_lies_behind_a_trouble_is_the_cause_of_the_error() {
        let error = Error::Ledger(Trouble::new("the ledger cannot be opened").because("the disk is full"));
        assert_eq!(error.to_string(), "the ledger cannot be opened");
        assert_eq!(error.source().unwrap().to_string(), "the disk is full");
    }
}
