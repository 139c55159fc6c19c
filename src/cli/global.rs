//! What every command takes: where the project is, and whether to use colours.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::project::Project;

/// The options of every command.
#[derive(Debug, clap::Args)]
pub(super) struct Global {
    /// The project's folder, or one inside it; the current folder where left out
    #[arg(long, short = 'C', global = true, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Whether to colour what is shown
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Colours,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Colours {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Global {
    /// Opens the project that was asked for.
    pub(super) fn project(&self) -> Result<Project> {
        Project::find(&self.folder()?)
    }

    /// The folder of that project, which may be broken.
    pub(super) fn root(&self) -> Result<PathBuf> {
        Project::folder_of(&self.folder()?).map(Path::to_owned)
    }

    fn folder(&self) -> Result<PathBuf> {
        match &self.project {
            Some(folder) => std::path::absolute(folder).map_err(Error::file("find", folder)),
            None => std::env::current_dir().map_err(Error::file("find", ".")),
        }
    }

    /// Whether colours were asked for, for everything that is printed from now on.
    pub(super) fn set_colours(&self) {
        let choice = match self.color {
            Colours::Auto => anstream::ColorChoice::Auto,
            Colours::Always => anstream::ColorChoice::Always,
            Colours::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}
