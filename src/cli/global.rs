//! What every command takes: where the project is, and whether to use colours.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::project::Project;

/// Sets these options apart from each command's own.
const HEADING: &str = "Global options";

/// The options of every command.
#[derive(Debug, clap::Args)]
pub(super) struct Global {
    /// The project's folder, or one inside it [default: the current one]
    #[arg(long, short = 'C', global = true, value_name = "DIR", help_heading = HEADING)]
    project: Option<PathBuf>,
    /// Use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = HEADING)]
    color: Colours,
}

/// When to use colours. The variants have no words of their own: `--help` would spend ten lines on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Colours {
    Auto,
    Always,
    Never,
}

impl Global {
    /// Opens the project that was asked for.
    pub(super) fn project(&self) -> Result<Project> {
        Project::find(&self.existing()?)
    }

    /// The folder of that project, which may be broken.
    pub(super) fn root(&self) -> Result<PathBuf> {
        Project::folder_of(&self.existing()?).map(Path::to_owned)
    }

    /// The folder that was asked for, which is there: a misspelt one must not end in the project around it, nor `..` in
    /// the project that it leads out of.
    fn existing(&self) -> Result<PathBuf> {
        let Some(folder) = &self.project else { return self.folder() };
        std::fs::metadata(folder).map_err(Error::file("find", folder))?;
        // Windows takes `..` out of a path by itself, and its canonical paths are not for people
        if cfg!(windows) { self.folder() } else { folder.canonicalize().map_err(Error::file("find", folder)) }
    }

    /// The folder that was asked for, from the root. It may not be there yet.
    pub(super) fn folder(&self) -> Result<PathBuf> {
        let folder = self.project.as_deref().unwrap_or(Path::new("."));
        std::path::absolute(folder).map_err(Error::file("find", folder))
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
