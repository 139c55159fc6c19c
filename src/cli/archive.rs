//! `envoi archive`: what was sent and released -> a static site.

use std::path::PathBuf;

use super::ending::Ending;
use super::global::Global;
use super::grammar::Count;
use super::{runtime, show};
use crate::archive::{self, Written};
use crate::error::Result;

/// Write what was sent and released as a website: archive, press room, feeds
///
/// Only what is out appears: issues of which the relay accepted messages, and press releases that were sent or say
/// `published = true`, none before its embargo. What did not change is left as it is.
#[derive(Debug, clap::Args)]
pub(super) struct Archive {
    /// The folder to write into [default: out/archive in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Archive {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let sent = runtime::block_on(archive::sent(&project))?;
        let out = self.out.unwrap_or_else(|| project.built("archive"));
        let Written { issues, releases, left_out, changes } = archive::write(&project, &sent, &out)?;
        for left in &left_out {
            show::remark(format_args!("left out: {left}"));
        }
        for file in &changes.kept {
            show::remark(format_args!("changed by hand, and left: {}", out.join(file).display()));
        }
        show::line(format_args!(
            "{}, {} in {}: {} written, {} unchanged, {} removed",
            Count::of(issues, "issue page"),
            Count::of(releases, "press page"),
            out.display(),
            Count::of(changes.written.len(), "file"),
            changes.unchanged,
            changes.removed.len()
        ))?;
        Ok(Ending::Well)
    }
}
