//! `envoi export`: a press release as pages for journalists.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::ending::Ending;
use super::global::Global;
use super::runtime::{block_on, interrupted};
use super::{names, show};
use crate::error::{Error, Result, Trouble};
use crate::press::{self, Format, Options, Release};
use crate::project::Project;

/// Write a press release for journalists: page, text, PDF, press kit, data, mail
///
/// NAME.LANG.html and NAME.LANG.txt for each language. The pages need no other file to be read: their pictures are
/// within them. Documents and photos for print that lie in the issue's folder go into NAME/ beside them.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The press release: its name, ISSUE/NAME, or an issue that has but one
    #[arg(value_parser = names::issue)]
    release: String,
    /// The folder to write into [default: out/ISSUE in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// In which forms: html, text, pdf (by an installed Chromium), zip (the press kit), ninjs (for newsrooms'
    /// systems), eml (a mail to be opened, addressed and sent by hand)
    #[arg(long, value_name = "FORMS", value_delimiter = ',', value_parser = formats(), default_value = "html,text", hide_possible_values = true)]
    format: Vec<Format>,
    /// Put the pages' pictures beside them, into images/, instead of into them
    #[arg(long)]
    assets: bool,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    let format = |name: String| Format::ALL.into_iter().find(|format| format.name() == name).unwrap_or(Format::Html);
    PossibleValuesParser::new(Format::ALL.map(Format::name)).map(format)
}

/// Makes the files; none where somebody interrupts it. A browser that prints ends with the program.
fn make(project: Project, release: Release, options: Options) -> Result<Option<press::Export>> {
    block_on(async move {
        let made = tokio::task::spawn_blocking(move || release.export(&project, &options));
        tokio::select! {
            made = made => match made {
                Ok(export) => export.map(Some),
                Err(_) => Err(Error::Refused(Trouble::new("the press release could not be written"))),
            },
            () = interrupted() => {
                press::end_printing();
                Ok(None)
            }
        }
    })
}

impl Export {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let release = Release::find(&project, &self.release)?;
        let options = Options { formats: self.format, assets: self.assets };
        let out = self.out.unwrap_or_else(|| project.built(&release.issue.slug));
        let Some(export) = make(project, release, options)? else { return Ok(Ending::Interrupted) };
        export.write(&out)?;
        show::warnings(&export.warnings);
        for (file, _) in &export.files {
            show::line(out.join(file).display())?;
        }
        Ok(Ending::Well)
    }
}
