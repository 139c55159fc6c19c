//! `envoi man`: the manual pages, made from the same words as `--help`.

use std::path::PathBuf;

use clap::{Command, CommandFactory};
use clap_mangen::Man as Page;

use super::ending::Ending;
use super::{Envoi, show};
use crate::error::{Error, Result};
use crate::output;

/// Write the manual pages: one for envoi and one for each command
#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// The folder for all pages; without it the main page goes to stdout
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self) -> Result<Ending> {
        let mut envoi = Envoi::command().disable_help_subcommand(true);
        envoi.build();
        let Some(folder) = &self.out else {
            show::text(&String::from_utf8_lossy(&page(&envoi)?.1))?;
            return Ok(Ending::Well);
        };
        let mut pages = Vec::new();
        gather(&envoi, &mut pages)?;
        for (name, bytes) in pages {
            let path = folder.join(name);
            output::write(&path, &bytes)?;
            show::line(path.display())?;
        }
        Ok(Ending::Well)
    }
}

/// The pages of a command and of all commands below it.
fn gather(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    pages.push(page(command)?);
    command.get_subcommands().filter(|command| !command.is_hide_set()).try_for_each(|command| gather(command, pages))
}

/// A page's file name and its text.
fn page(command: &Command) -> Result<(String, Vec<u8>)> {
    let page = Page::new(command.clone());
    let mut bytes = Vec::new();
    page.render(&mut bytes).map_err(Error::file("write", "the manual page"))?;
    Ok((page.get_filename(), bytes))
}
