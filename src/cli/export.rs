//! `envoi export`: a press release as pages for journalists.

use std::path::PathBuf;

use super::ending::Ending;
use super::global::Global;
use super::{names, show};
use crate::error::Result;
use crate::press::Release;

/// Write a press release as HTML and text pages, one of each a language
///
/// NAME.LANG.html and NAME.LANG.txt. The pages need no other file: their pictures are within them.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The press release: its name, ISSUE/NAME, or an issue that has but one
    #[arg(value_parser = names::issue)]
    release: String,
    /// The folder to write into [default: out/ISSUE in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Export {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let release = Release::find(&project, &self.release)?;
        let export = release.export(&project)?;
        let out = self.out.unwrap_or_else(|| project.built(&release.issue.slug));
        export.write(&out)?;
        show::warnings(&export.warnings);
        for (file, _) in &export.files {
            show::line(out.join(file).display())?;
        }
        Ok(Ending::Well)
    }
}
