//! `envoi subscribers check`: a file -> what is wrong with it, row by row.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::grammar::{Count, GONE, counts};
use super::super::{explain, show};
use crate::audience::{self, Census, census};
use crate::check::Allowances;
use crate::error::Result;

/// Read a list and say what is wrong with it, row by row
///
/// Exits with 1 where a row cannot be used. Duplicates are dropped, which is no error.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// A file, CSV or .xlsx [default: the list that envoi.toml names]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Give findings and summary as JSON
    #[arg(long)]
    json: bool,
}

/// The summary for a script, behind the findings.
#[derive(Serialize)]
struct Summary<'s> {
    file: &'s Path,
    errors: u64,
    #[serde(flatten)]
    census: &'s Census,
}

impl Check {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let (path, shown) = super::file(self.file.as_ref(), "check", global)?;
        let mut list = audience::List::open(&path, &shown)?;
        // a list may be looked at outside a project, where nothing is allowed
        let mut allowances = global.project().map(|project| Allowances::of(&project, None)).unwrap_or_default();
        let (mut errors, mut told) = (0, 0);
        if self.json {
            show::text("{\"findings\":[")?;
        }
        // findings are shown as they are met: a long list of them is never held in memory
        let census = census(&mut list, &mut |found| {
            errors += u64::from(found.is_error());
            if allowances.allows(found) {
                return Ok(());
            }
            told += 1;
            match (self.json, told) {
                (true, 1) => show::text(&show::as_json(found)?),
                (true, _) => show::text(&format!(",{}", show::as_json(found)?)),
                (false, _) => show::line(explain::diagnostic(found)),
            }
        })?;
        if self.json {
            let summary = show::as_json(&Summary { file: &shown, errors, census: &census })?;
            show::line(format!("],{}", summary.trim_start_matches('{')))?;
        } else {
            show::text(&in_words(&shown, &census))?;
        }
        Ok(if errors == 0 { Ending::Well } else { Ending::Failed })
    }
}

fn in_words(shown: &Path, census: &Census) -> String {
    let mut out = format!("{} in {}", Count(census.subscribers, "subscriber"), shown.display());
    let languages = census.languages.iter().map(|(language, count)| format!("{count} {language}"));
    let none = (census.without_language > 0).then(|| format!("{} without a language", census.without_language));
    let languages: Vec<String> = languages.chain(none).collect();
    if !languages.is_empty() {
        let _ = write!(out, ": {}", languages.join(", "));
    }
    let dropped = counts(&[
        Count(census.duplicates, "duplicate"),
        Count(census.left, GONE),
        Count(census.unusable, "unusable row"),
    ]);
    if !dropped.is_empty() {
        let _ = write!(out, "\n{dropped} left out");
    }
    let separator = match census.separator {
        ';' => "semicolons",
        '\t' => "tabs",
        '|' => "strokes",
        _ => "commas",
    };
    let how = match census.encoding {
        "xlsx" => "a workbook with".to_owned(),
        encoding => format!("{encoding} with {separator} between"),
    };
    let columns: Vec<&str> = census.columns.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let _ = writeln!(out, "\nread as {how} the columns {}", columns.join(", "));
    out
}
