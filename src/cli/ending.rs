//! How a command ended -> the exit code that scripts read.
//!
//! Bad usage (2) is missing here: clap ends the program itself where the arguments cannot be read.

use std::process::ExitCode;

/// The exit codes, as the footer of `envoi --help` documents them.
pub(super) const FOOTER: &str = "\
Exit codes:
    0  all well
    1  it failed
    2  bad usage
    3  finished, but some deliveries were rejected or deferred
    4  some deliveries are uncertain: a person decides
  130  interrupted; the same command goes on";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All well.
    Well,
    /// It failed.
    Failed,
    /// Finished, but some deliveries were rejected or deferred.
    Undelivered,
    /// Some deliveries are uncertain: a person decides.
    Uncertain,
    /// Interrupted (128 + SIGINT, as shells have it).
    Interrupted,
}

impl Ending {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Failed => 1,
            Self::Undelivered => 3,
            Self::Uncertain => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        ending.code().into()
    }
}
