//! `envoi subscribers export`: the list, or a part of it, in a file for another program.

use std::path::PathBuf;

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::grammar::Count;
use super::super::{runtime, show};
use crate::audience::{Columns, Filter, Form, Subscriber, extract};
use crate::error::Result;
use crate::ledger::{Ledger, Suppressed};
use crate::output::Draft;
use crate::subscribers::Source;

/// Write the list, or those for whom a condition holds, into a file: CSV or JSON
///
/// Who is suppressed is left out: whoever uses the file does not ask the ledger. `subscribers import` reads it again.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only those for whom this holds: 'lang = fr and not tag:press'. Given several times, all must hold
    #[arg(long = "where", value_name = "CONDITION")]
    conditions: Vec<String>,
    /// How it is written [default: by the file's ending]
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Csv,
    Json,
}

impl Export {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        super::refuse_to_replace(&self.file, &project, None)?;
        let source = Source::of(&project)?.ok_or_else(|| super::no_list("export"))?;
        let mut list = source.open()?;
        let path = project.ledger();
        let filter = Filter::parse(&self.conditions, list.columns())?;
        let suppressed = if path.is_begun() {
            runtime::block_on(async {
                let ledger = Ledger::open(&path).await?;
                let suppressed = ledger.suppressed().await?;
                ledger.close().await.map(|()| suppressed)
            })?
        } else {
            Suppressed::default()
        };
        let by_ending = self.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let json = self.format.map_or(by_ending, |format| format == Format::Json);
        let form = if json { Form::Json } else { Form::Csv };
        let separator = list.separator();
        let mut draft = Draft::new(&self.file)?;
        let mut left_out = 0_u64;
        let mut wanted = |one: &Subscriber, columns: &Columns| {
            let meant = filter.matches(one, columns);
            let suppressed = meant && suppressed.holds(&one.address);
            left_out += u64::from(suppressed);
            meant && !suppressed
        };
        let came = extract(&mut list, separator, &mut wanted, form, &mut |piece| draft.add(piece))?;
        draft.finish()?;
        let out = if left_out > 0 { format!(", {left_out} suppressed left out") } else { String::new() };
        show::line(format!("{} written to {}{out}", Count(came.written, "subscriber"), self.file.display()))?;
        Ok(Ending::Well)
    }
}
