//! `envoi build`: an issue as files.

use std::path::PathBuf;

use super::ending::Ending;
use super::global::Global;
use super::{names, show};
use crate::build;
use crate::error::Result;

/// Write an issue as files: web page, plain text and sample message, one of each a language
///
/// DIR/LANG/newsletter.html with its images/, newsletter.txt and newsletter.eml, which is stamped for the first
/// subscriber of that language. Everything is written, or, where the issue has errors, nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Build {
    /// The issue
    #[arg(value_parser = names::issue)]
    issue: String,
    /// The folder to write into [default: out/ISSUE in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Build {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let build = build::Build::of(&project, &self.issue)?;
        let out = self.out.unwrap_or_else(|| project.built(&self.issue));
        build.write(&out)?;
        show::warnings(&build.warnings);
        for (file, _) in &build.files {
            show::line(out.join(file).display())?;
        }
        Ok(Ending::Well)
    }
}
