//! `envoi subscribers import`: a file -> what was recognised, a question, a report by line, an account.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Serialize;

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::grammar::Count;
use super::super::table::table;
use super::super::{explain, runtime, show};
use crate::audience::{Standing, csv_line};
use crate::check::Allowances;
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::ledger::Ledger;
use crate::output::Draft;
use crate::subscribers::{Account, Agreement, Import as Opened, Recognised, Rejection};

/// Bring a file into the ledger's list: CSV, .xlsx, or an export of Mailchimp, Brevo or listmonk
///
/// Says first what it recognised, and asks. Who left the other service is not written to here either, and who is
/// suppressed stays so. To import a file twice changes nothing. Exits with 3 where rows could not be used.
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where and how they agreed to be written to [default: the file's name]
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// When they agreed: 2026-11-24, or a moment [default: what the rows say]
    #[arg(long, value_name = "DATE", value_parser = super::moment)]
    consent_date: Option<i64>,
    /// A tag for all of them. May be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Write the rows that could not be used, each with its line and why, as CSV
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Say what would come of it, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Import without asking
    #[arg(long, short)]
    yes: bool,
    /// Give what was recognised, the report and the account as JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let path = project.ledger();
        if let Some(rejects) = &self.rejects {
            super::refuse_to_replace(rejects, &project, Some(&self.file))?;
        }
        let agreement = Agreement { source: self.source.clone(), given: self.consent_date, tags: self.tags.clone() };
        let import = Opened::open(&self.file, &self.file, agreement)?;
        let recognised = import.recognised();
        if !self.json {
            show::remark(in_words(&recognised).trim_end());
        }
        if !self.dry_run && !self.yes && !confirmed(&recognised)? {
            show::remark("nothing was imported");
            return Ok(Ending::Failed);
        }
        let mut rejects = self.rejects.as_deref().map(Draft::new).transpose()?;
        let separator = import.separator();
        if let Some(rejects) = &mut rejects {
            let headers = ["envoi_line", "envoi_reason"].map(str::to_owned).into_iter().chain(import.written());
            rejects.add(&csv_line(&headers.collect::<Vec<_>>(), separator))?;
        }
        if self.json {
            show::text(&format!("{{\"recognised\":{},\"findings\":[", show::as_json(&recognised)?))?;
        }
        let mut allowances = Allowances::of(&project, None);
        let mut told = 0_u64;
        let mut tell = |found: &Diagnostic, rejection: Option<&Rejection>| {
            if let (Some(rejects), Some(Rejection { line, reason, cells })) = (&mut rejects, rejection) {
                let row = [line.to_string(), reason.clone()].into_iter().chain(cells.iter().cloned());
                rejects.add(&csv_line(&row.collect::<Vec<_>>(), separator))?;
            }
            if allowances.allows(found) {
                return Ok(());
            }
            told += 1;
            match (self.json, told) {
                (true, 1) => show::text(&show::as_json(found)?),
                (true, _) => show::text(&format!(",{}", show::as_json(found)?)),
                (false, _) => show::line(explain::diagnostic(found)),
            }
        };
        let account = runtime::block_on(async {
            // a rehearsal makes no ledger
            if self.dry_run && !path.is_begun() {
                return import.run(None, false, &mut tell).await;
            }
            let ledger = Ledger::open(&path).await?;
            let account = import.run(Some(&ledger), !self.dry_run, &mut tell).await?;
            ledger.close().await.map(|()| account)
        })?;
        if let Some(rejects) = rejects {
            rejects.finish()?;
        }
        if self.json {
            let account = show::as_json(&Summary { dry_run: self.dry_run, account: &account })?;
            show::line(format!("],{}", account.trim_start_matches('{')))?;
        } else {
            show::text(&sum(&account, self.dry_run))?;
        }
        super::hint_at_file(&project);
        Ok(if account.rejected == 0 { Ending::Well } else { Ending::Undelivered })
    }
}

/// The account for a script, behind the findings.
#[derive(Serialize)]
struct Summary<'s> {
    dry_run: bool,
    #[serde(flatten)]
    account: &'s Account,
}

fn confirmed(recognised: &Recognised) -> Result<bool> {
    let question = match recognised.everybody {
        None => "Import it like that?",
        Some(_) => "Take them all for people who must not be written to?",
    };
    let hint = "give `--dry-run` to see what would come of it, `--yes` to import without asking";
    show::ask(question, "the import", hint)
}

fn in_words(recognised: &Recognised) -> String {
    let Recognised { file, export, encoding, separator, sheet, header_line, everybody, columns } = recognised;
    let mut out = format!("{}: {}, ", file.display(), export.name());
    match (sheet, separator) {
        (Some(sheet), _) => out.push_str(&format!("the sheet `{sheet}` of a workbook")),
        (None, Some(';')) => out.push_str(&format!("in {encoding}, with semicolons")),
        (None, Some('\t')) => out.push_str(&format!("in {encoding}, with tabs")),
        (None, Some('|')) => out.push_str(&format!("in {encoding}, with strokes")),
        (None, _) => out.push_str(&format!("in {encoding}, with commas")),
    }
    match header_line {
        0 => out.push_str(", without a header"),
        1 => {}
        line => out.push_str(&format!(", its header on line {line}")),
    }
    out.push_str("\n\n");
    let rows = columns.iter().map(|(written, becomes)| [written.clone(), becomes.clone()]);
    out.push_str(&table(["column", "becomes"], rows));
    match everybody {
        Some(Standing::Unconfirmed) => out.push_str("\nnobody in it agreed to be written to: nobody is taken in\n"),
        Some(standing) => {
            let _ = writeln!(out, "\neverybody in it is {}: they are suppressed, and not on the list", standing.name());
        }
        None => {}
    }
    out
}

fn sum(account: &Account, dry_run: bool) -> String {
    let Account { added, changed, unchanged, suppressed, left, duplicates, rejected, left_before, suspect, roles } =
        account;
    let would = if dry_run { "nothing was changed; it would be: " } else { "" };
    let mut out = format!(
        "{would}{added} added, {changed} changed, {unchanged} unchanged, {suppressed} suppressed, {rejected} rejected\n"
    );
    if *duplicates > 0 {
        let _ = writeln!(out, "{} left out", Count(*duplicates, "duplicate"));
    }
    if *left > 0 {
        let before = if *left_before > 0 { format!(" ({left_before} of them before)") } else { String::new() };
        let _ = writeln!(out, "{left} who left there are suppressed here{before}");
    }
    let look = [(*suspect, "with a domain like a large one's"), (*roles, "of a function")];
    let look: Vec<String> =
        look.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if !look.is_empty() {
        let _ = writeln!(out, "worth a second look: {}", look.join(", "));
    }
    out
}
