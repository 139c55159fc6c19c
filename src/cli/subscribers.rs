//! `envoi subscribers`: the list of those who get the newsletter.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::ending::Ending;
use super::global::Global;
use super::grammar::{Count, counts};
use super::{explain, show};
use crate::audience::{self, Census, Filter, Form, census, extract};
use crate::error::{Error, Result, Trouble};

/// Look after the list of subscribers
#[derive(Debug, clap::Args)]
pub(super) struct Subscribers {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Check(Check),
    List(List),
}

/// Read a list and say what is wrong with it, row by row
///
/// Exits with 1 where a row cannot be used. Duplicates are dropped, which is no error.
#[derive(Debug, clap::Args)]
struct Check {
    /// A CSV file [default: the list that envoi.toml names]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Give findings and summary as JSON
    #[arg(long)]
    json: bool,
}

/// Give the rows of a list as CSV, all of them or those for whom a condition holds
///
/// Suppressed subscribers are among them: the ledger remembers those, not the list. What a spreadsheet would take for a
/// formula gets an apostrophe before it; JSON has the values as they are.
#[derive(Debug, clap::Args)]
struct List {
    /// A CSV file [default: the list that envoi.toml names]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Only those for whom this holds: 'lang = fr and not tag:press'. Given several times, all must hold
    #[arg(long = "where", value_name = "CONDITION")]
    conditions: Vec<String>,
    /// Give the rows as JSON
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

impl Subscribers {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        match &self.what {
            What::Check(check) => check.run(global),
            What::List(list) => list.run(global),
        }
    }
}

impl Check {
    fn run(&self, global: &Global) -> Result<Ending> {
        let (path, shown) = chosen(self.file.as_ref(), "check", global)?;
        let mut list = audience::List::open(&path, &shown)?;
        let (mut errors, mut told) = (0, 0);
        if self.json {
            show::text("{\"findings\":[")?;
        }
        // findings are shown as they are met: a long list of them is never held in memory
        let census = census(&mut list, &mut |found| {
            errors += u64::from(found.is_error());
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

impl List {
    fn run(&self, global: &Global) -> Result<Ending> {
        let (path, shown) = chosen(self.file.as_ref(), "list", global)?;
        let mut list = audience::List::open(&path, &shown)?;
        let filter = Filter::parse(&self.conditions, &list.columns)?;
        let form = if self.json { Form::Json } else { Form::Csv };
        let came = extract(&mut list, &filter, form, &mut |piece| show::text(piece))?;
        let dropped = counts(&[Count(came.duplicates, "duplicate"), Count(came.unusable, "unusable row")]);
        if !dropped.is_empty() {
            show::remark(format_args!("{dropped} left out: `envoi subscribers check` names each"));
        }
        Ok(Ending::Well)
    }
}

/// The list that was asked for, or else the one that `envoi.toml` names; and how it is shown.
fn chosen(file: Option<&PathBuf>, command: &str, global: &Global) -> Result<(PathBuf, PathBuf)> {
    if let Some(file) = file {
        return Ok((file.clone(), file.clone()));
    }
    let project = global.project()?;
    let path = project.list().ok_or_else(|| {
        Error::Refused(
            Trouble::new("`envoi.toml` names no list")
                .hint(format!("name a file: `envoi subscribers {command} FILE`"))
                .hint("or add `[list]` with `file = \"subscribers.csv\"` to `envoi.toml`"),
        )
    })?;
    let shown = project.shown(&path);
    Ok((path, shown))
}

fn in_words(shown: &Path, census: &Census) -> String {
    let mut out = format!("{} in {}", Count(census.subscribers, "subscriber"), shown.display());
    let languages = census.languages.iter().map(|(language, count)| format!("{count} {language}"));
    let none = (census.without_language > 0).then(|| format!("{} without a language", census.without_language));
    let languages: Vec<String> = languages.chain(none).collect();
    if !languages.is_empty() {
        let _ = write!(out, ": {}", languages.join(", "));
    }
    let dropped = counts(&[Count(census.duplicates, "duplicate"), Count(census.unusable, "unusable row")]);
    if !dropped.is_empty() {
        let _ = write!(out, "\n{dropped} left out");
    }
    let separator = match census.separator {
        ';' => "semicolons",
        '\t' => "tabs",
        _ => "commas",
    };
    let _ = writeln!(
        out,
        "\nread as {} with {separator} between the columns {}",
        census.encoding,
        census.columns.join(", ")
    );
    out
}
