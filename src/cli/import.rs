//! `envoi import`: a feed or a WordPress export -> snippets.

use super::ending::Ending;
use super::global::Global;
use super::grammar::Count;
use super::show;
use crate::error::Result;
use crate::import;
use crate::scaffold::Slug;

/// Bring in a website's posts as snippets, from RSS, Atom or a WordPress export
///
/// The texts become Markdown in one issue's folder, their pictures beside them. Nothing is overwritten; what could
/// not be carried over is listed.
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// A file, or the address of a feed
    source: String,
    /// The issue that gets the snippets; made where it is not there yet
    #[arg(long, value_name = "ISSUE", value_parser = Slug::parse, default_value = "imported")]
    into: Slug,
}

impl Import {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let import = import::Import::of(&project, &self.source, &self.into)?;
        import.write(&project)?;
        for (file, _) in &import.files {
            show::line(import.folder.join(file).display())?;
        }
        for line in &import.left {
            show::remark(format_args!("not carried over: {line}"));
        }
        let posts = import.files.iter().filter(|(file, _)| file.extension().is_some_and(|ending| ending == "md"));
        show::remark(format_args!("{} in `{}`", Count::of(posts.count(), "new snippet"), self.into));
        Ok(Ending::Well)
    }
}
