//! `envoi completions`: a script with which a shell completes envoi's commands and options.

use clap::CommandFactory;

use super::ending::Ending;
use super::{Envoi, show};
use crate::error::Result;

/// Write a script with which your shell completes envoi's commands
///
/// For bash: `envoi completions bash > ~/.local/share/bash-completion/completions/envoi`.
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// Your shell
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Result<Ending> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Envoi::command(), "envoi", &mut script);
        show::text(&String::from_utf8_lossy(&script))?;
        Ok(Ending::Well)
    }
}
