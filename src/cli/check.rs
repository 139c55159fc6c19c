//! `envoi check`: what the officer would want to know before an issue goes out.

use serde::Serialize;

use super::ending::Ending;
use super::explain::{self, tally};
use super::global::Global;
use super::{names, show};
use crate::audience;
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::issue;
use crate::render::{Placing, Proof};

/// Check issues: what is wrong or worth knowing, where, and how to mend it
///
/// Exits with 1 where there is an error. Warnings stop nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The issues to check [default: all of them]
    #[arg(value_name = "ISSUE", value_parser = names::issue)]
    issues: Vec<String>,
    /// Give the findings as JSON
    #[arg(long)]
    json: bool,
}

/// What there is to say about an issue.
#[derive(Debug, Serialize)]
struct Verdict {
    issue: String,
    ready: bool,
    errors: usize,
    warnings: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Check {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let (columns, about_list) = audience::columns(&project)?;
        let slugs = if self.issues.is_empty() { issue::slugs(&project)? } else { self.issues };
        if slugs.is_empty() && !self.json {
            show::remark("there is no issue yet; `envoi new issue SLUG` makes one");
        }
        let mut verdicts = Vec::new();
        for slug in slugs {
            let proof = Proof::pull(&project, &slug, &columns.0, &Placing::in_messages(&project))?;
            let mut diagnostics = about_list.clone();
            diagnostics.extend(proof.diagnostics);
            diagnostics.sort_by_key(|diagnostic| diagnostic.severity);
            verdicts.push(Verdict::new(slug, diagnostics));
        }
        if self.json {
            show::json(&verdicts)?;
        } else {
            show::text(&report(&verdicts))?;
        }
        Ok(if verdicts.iter().all(|verdict| verdict.ready) { Ending::Well } else { Ending::Failed })
    }
}

impl Verdict {
    fn new(issue: String, diagnostics: Vec<Diagnostic>) -> Self {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        Self { issue, ready: errors == 0, errors, warnings: diagnostics.len() - errors, diagnostics }
    }

    fn closing_line(&self) -> String {
        let verdict = if self.ready { "is ready to go out" } else { "cannot go out yet" };
        match tally(&self.diagnostics).as_str() {
            "" => format!("{} {verdict}\n", self.issue),
            counts => format!("{} {verdict} ({counts})\n", self.issue),
        }
    }
}

/// Each issue's findings and its closing line. What concerns all issues alike is told once.
fn report(verdicts: &[Verdict]) -> String {
    let mut told: Vec<&Diagnostic> = Vec::new();
    let mut out = String::new();
    for verdict in verdicts {
        let news: Vec<&Diagnostic> = verdict.diagnostics.iter().filter(|found| !told.contains(found)).collect();
        if !out.is_empty() && !news.is_empty() {
            out.push('\n');
        }
        for diagnostic in news {
            out.push_str(&explain::diagnostic(diagnostic));
            out.push('\n');
            told.push(diagnostic);
        }
        out.push_str(&verdict.closing_line());
    }
    out
}
