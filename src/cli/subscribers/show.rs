//! `envoi subscribers show`: everything that is known of one person, for whoever asks to see it.

use std::fmt::Write as _;

use serde::Serialize;

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::grammar::moment;
use super::super::table::table;
use super::super::{explain, names, runtime, show};
use crate::address::Address;
use crate::error::Result;
use crate::ledger::{Dossier, Ledger};
use crate::subscribers::{FileRow, InFile};

/// Show everything known of somebody: values, consents, suppression, and all that was sent to them
///
/// That is what they may ask for under the GDPR (article 15); `--json` gives it in a form to hand over.
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The address
    #[arg(value_parser = names::address)]
    address: Address,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let path = project.ledger();
        let dossier = runtime::block_on(async {
            let ledger = Ledger::open(&path).await?;
            let dossier = ledger.dossier(&self.address).await?;
            ledger.close().await.map(|()| dossier)
        })?;
        let row = match InFile::look(&project, &self.address)? {
            InFile::Yes(row) => Some(row),
            InFile::Unreadable(file) => {
                show::hint(&format!("`{}` cannot be read, and was not looked at", file.display()));
                None
            }
            InFile::No(_) | InFile::NoFile => None,
        };
        let known = !dossier.is_empty() || row.is_some();
        if self.json {
            show::json(&Everything { dossier: &dossier, row: row.as_ref() })?;
        } else if known {
            show::text(&in_words(&dossier, row.as_ref()))?;
        } else {
            show::line(format!("nothing is known of `{}`", self.address))?;
        }
        Ok(if known { Ending::Well } else { Ending::Failed })
    }
}

/// What the ledger knows, and the row of the file that is the list, for who wants to hand it over.
#[derive(Serialize)]
struct Everything<'a> {
    #[serde(flatten)]
    dossier: &'a Dossier,
    row: Option<&'a FileRow>,
}

fn in_words(dossier: &Dossier, row: Option<&FileRow>) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(out, "{name:<10} {}", explain::visible(value));
    };
    // as it was written when they came on the list, where they are on it
    line("address", dossier.values.get("email").map_or(dossier.address.as_str(), String::as_str));
    if let Some(row) = row {
        let values: Vec<String> = row.values.iter().map(|(column, value)| format!("{column} = {value}")).collect();
        line("in file", &format!("{}: {}", row.file.display(), values.join(", ")));
    }
    match (dossier.added, dossier.changed) {
        (Some(added), Some(changed)) => {
            line("on list", &format!("since {}, changed {}", moment(added), moment(changed)));
        }
        _ => line("on list", "no"),
    }
    for (column, value) in dossier.values.iter().filter(|(column, _)| *column != "email") {
        line("value", &format!("{column} = {value}"));
    }
    for agreed in &dossier.consents {
        let given = agreed.given.map_or_else(|| "when is not known".to_owned(), moment);
        let ip = if agreed.ip.is_empty() { String::new() } else { format!(", from {}", agreed.ip) };
        let text = if agreed.text.is_empty() { String::new() } else { format!(", text {}", agreed.text) };
        line("consent", &format!("{given}, by {}: {}{ip}{text}", agreed.how, agreed.source));
    }
    if let Some(suppression) = &dossier.suppression {
        line(
            "suppressed",
            &format!("{} since {}: {}", suppression.reason, moment(suppression.since), suppression.detail),
        );
    }
    for back in &dossier.restorations {
        line("restored", &format!("{}: {}; it was {} ({})", moment(back.restored), back.why, back.reason, back.detail));
    }
    for answer in &dossier.answers {
        line("came back", &format!("{}: {}, {}", moment(answer.noted), answer.word, answer.detail));
    }
    if let Some(since) = dossier.erased {
        line("erased", &moment(since));
    }
    if !dossier.deliveries.is_empty() {
        out.push('\n');
        let rows = dossier.deliveries.iter().map(|sent| {
            let code = sent.code.map(|code| format!("{code} ")).unwrap_or_default();
            let issue = if sent.kind == "test" { format!("{} (test)", sent.issue) } else { sent.issue.clone() };
            [issue, sent.edition.clone(), sent.state.to_string(), moment(sent.changed), format!("{code}{}", sent.reply)]
        });
        out.push_str(&table(["issue", "edition", "state", "when", "reply"], rows));
    }
    out
}
