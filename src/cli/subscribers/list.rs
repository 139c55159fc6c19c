//! `envoi subscribers list`: the rows of a list, or a part of them, as CSV or JSON.

use std::path::PathBuf;

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::grammar::{Count, GONE, counts};
use super::super::show;
use crate::audience::{Filter, Form, extract};
use crate::error::Result;
use crate::subscribers::Source;

/// Give the rows of a list as CSV, all of them or those for whom a condition holds
///
/// Suppressed subscribers are among them: the ledger remembers those, not the list. What a spreadsheet would take for a
/// formula gets an apostrophe before it; JSON has the values as they are.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// A file, CSV or .xlsx [default: the list that envoi.toml names, or else the ledger's]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Only those for whom this holds: 'lang = fr and not tag:press'. Given several times, all must hold
    #[arg(long = "where", value_name = "CONDITION")]
    conditions: Vec<String>,
    /// Give the rows as JSON
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let source = match &self.file {
            Some(file) => Source::File { path: file.clone(), shown: file.clone() },
            None => Source::of(&global.project()?)?.ok_or_else(|| super::no_list("list"))?,
        };
        let mut list = source.open()?;
        let filter = Filter::parse(&self.conditions, list.columns())?;
        let separator = list.separator();
        let form = if self.json { Form::Json } else { Form::Csv };
        let came =
            extract(&mut list, separator, &mut |one, columns| filter.matches(one, columns), form, &mut |piece| {
                show::text(piece)
            })?;
        let dropped = counts(&[
            Count(came.duplicates, "duplicate"),
            Count(came.left, GONE),
            Count(came.unusable, "unusable row"),
        ]);
        if !dropped.is_empty() {
            show::remark(format_args!("{dropped} left out: `envoi subscribers check` names each"));
        }
        Ok(Ending::Well)
    }
}
