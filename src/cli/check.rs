//! `envoi check`: what the officer would want to know before an issue goes out.

use serde::Serialize;

use super::ending::Ending;
use super::explain::{self, tally};
use super::global::Global;
use super::grammar::{Count, counts};
use super::{names, sarif, show};
use crate::audience;
use crate::check::{Fix, Mended, Reach, fixes};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::issue::{self, Issue};
use crate::project::Project;
use crate::render::{Placing, Proof};
use crate::subscribers;

/// Check issues: what is wrong or worth knowing, where, and how to mend it
///
/// Each finding bears the code of a rule; `envoi explain CODE` says what it is about and how to let it pass.
/// Exits with 1 where there is an error. Warnings stop nothing, unless --deny-warnings is given.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Check {
    /// The issues to check [default: all of them]
    #[arg(value_name = "ISSUE", value_parser = names::issue)]
    issues: Vec<String>,
    /// Ask each link whether its page is there, has moved or is gone; what was well is remembered for a day
    #[arg(long)]
    links: bool,
    /// Mend what is safe: double spaces, spaces at a line's end, a full stop behind a title
    #[arg(long)]
    fix: bool,
    /// With --fix: show what would be mended, and mend nothing
    #[arg(long, requires = "fix", conflicts_with_all = ["json", "sarif"])]
    dry_run: bool,
    /// Exit with 1 where there is a warning, too
    #[arg(long)]
    deny_warnings: bool,
    /// Give the findings as JSON
    #[arg(long)]
    json: bool,
    /// Give the findings as SARIF 2.1.0, for an editor or CI
    #[arg(long, conflicts_with = "json")]
    sarif: bool,
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
        let all = issue::slugs(&project)?;
        let slugs = if self.issues.is_empty() { all.clone() } else { self.issues.clone() };
        if slugs.is_empty() && !self.json && !self.sarif {
            show::remark("there is no issue yet; `envoi new issue SLUG` makes one");
        }
        if self.fix && self.mend(&project, &slugs)? {
            return Ok(Ending::Well);
        }
        let verdicts = self.verdicts(&project, slugs, all.len())?;
        if self.json {
            show::json(&verdicts)?;
        } else if self.sarif {
            show::json(&sarif::log(&project.root, &once(&verdicts)))?;
        } else {
            show::text(&report(&verdicts))?;
        }
        let passes = |verdict: &Verdict| verdict.ready && (verdict.warnings == 0 || !self.deny_warnings);
        Ok(if verdicts.iter().all(passes) { Ending::Well } else { Ending::Failed })
    }

    fn verdicts(&self, project: &Project, slugs: Vec<String>, all: usize) -> Result<Vec<Verdict>> {
        let (columns, about_list) = subscribers::columns(project)?;
        let mut reach = self.links.then(|| Reach::new(Reach::usual_memory()));
        let mut idle: Option<Vec<Diagnostic>> = None;
        let mut found = Vec::new();
        for slug in slugs {
            let mut proof = Proof::pull(project, &slug, &columns.0, &Placing::in_messages(project))?;
            proof.add(about_list.clone());
            if let Some(issue) = &proof.issue {
                let mut more = match subscribers::readable(project)? {
                    Some(mut list) => audience::gaps(&mut list, issue)?,
                    None => Vec::new(),
                };
                more.extend(reach.as_mut().map(|reach| reach.ask(project, issue)).unwrap_or_default());
                proof.add(more);
            }
            // an issue that does not open may be the one that needs it
            let own = if proof.issue.is_some() { proof.idle_allowances() } else { Vec::new() };
            match &mut idle {
                None => idle = Some(own),
                Some(idle) => idle.retain(|entry| own.contains(entry)),
            }
            found.push((slug, proof.diagnostics));
        }
        // what the project allows is for nothing only where no issue at all makes use of it
        let idle = idle.filter(|_| found.len() == all).unwrap_or_default();
        Ok(found
            .into_iter()
            .map(|(slug, mut diagnostics)| {
                diagnostics.extend(idle.iter().cloned());
                Verdict::new(slug, diagnostics)
            })
            .collect())
    }

    /// Mends what is safe; `true` where that is all that was asked for.
    fn mend(&self, project: &Project, slugs: &[String]) -> Result<bool> {
        for slug in slugs {
            let issue = match Issue::open(project, slug) {
                Ok(issue) => issue,
                // what stands against opening it is told by the check
                Err(Error::Input(_)) => continue,
                Err(other) => return Err(other),
            };
            for fix in fixes(project, &issue) {
                if self.dry_run {
                    show::text(&fix.diff())?;
                } else if fix.apply()? {
                    show::remark(mended(&fix));
                } else {
                    show::remark(format_args!("{}: changed meanwhile, and left as it is", fix.shown.display()));
                }
            }
        }
        Ok(self.dry_run)
    }
}

fn mended(fix: &Fix) -> String {
    let count = |(what, count): (Mended, usize)| {
        Count::of(
            count,
            match what {
                Mended::DoubleSpace => "double space",
                Mended::TrailingSpace => "trailing space",
                Mended::FullStop => "full stop behind a title",
            },
        )
    };
    format!("{}: mended {}", fix.shown.display(), counts(&fix.account().into_iter().map(count).collect::<Vec<_>>()))
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

/// Every finding of every issue, once.
fn once(verdicts: &[Verdict]) -> Vec<&Diagnostic> {
    let mut told: Vec<&Diagnostic> = Vec::new();
    for found in verdicts.iter().flat_map(|verdict| &verdict.diagnostics) {
        if !told.contains(&found) {
            told.push(found);
        }
    }
    told
}
