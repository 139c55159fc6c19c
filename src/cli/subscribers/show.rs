//! `envoi subscribers show`: everything that is known of one person, for whoever asks to see it.

use std::fmt::Write as _;

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::table::table;
use super::super::{explain, runtime, show};
use crate::address::Address;
use crate::error::Result;
use crate::ledger::{Dossier, Ledger};

/// Show everything known of somebody: values, consents, suppression, and all that was sent to them
///
/// That is what they may ask for under the GDPR (article 15); `--json` gives it in a form to hand over.
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The address
    #[arg(value_parser = super::address)]
    address: Address,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let path = global.project()?.ledger();
        let dossier = runtime::block_on(async {
            let ledger = Ledger::open(&path).await?;
            let dossier = ledger.dossier(&self.address).await?;
            ledger.close().await.map(|()| dossier)
        })?;
        if self.json {
            show::json(&dossier)?;
        } else {
            show::text(&in_words(&dossier))?;
        }
        Ok(if dossier.is_empty() { Ending::Failed } else { Ending::Well })
    }
}

fn in_words(dossier: &Dossier) -> String {
    let address = &dossier.address;
    if dossier.is_empty() {
        return format!("nothing is known of `{address}`\n");
    }
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(out, "{name:<10} {}", explain::visible(value));
    };
    line("address", address.as_str());
    match (dossier.added, dossier.changed) {
        (Some(added), Some(changed)) => {
            line("on list", &format!("since {}, changed {}", super::time(added), super::time(changed)));
        }
        _ => line("on list", "no"),
    }
    for (column, value) in &dossier.values {
        line("value", &format!("{column} = {value}"));
    }
    for agreed in &dossier.consents {
        let given = agreed.given.map_or_else(|| "when is not known".to_owned(), super::time);
        let ip = if agreed.ip.is_empty() { String::new() } else { format!(", from {}", agreed.ip) };
        let text = if agreed.text.is_empty() { String::new() } else { format!(", text {}", agreed.text) };
        line("consent", &format!("{given}, by {}: {}{ip}{text}", agreed.how, agreed.source));
    }
    if let Some(suppression) = &dossier.suppression {
        line(
            "suppressed",
            &format!("{} since {}: {}", suppression.reason, super::time(suppression.since), suppression.detail),
        );
    }
    for back in &dossier.restorations {
        line(
            "restored",
            &format!("{}: {}; it was {} ({})", super::time(back.restored), back.why, back.reason, back.detail),
        );
    }
    for answer in &dossier.answers {
        line("came back", &format!("{}: {}, {}", super::time(answer.noted), answer.word, answer.detail));
    }
    if let Some(since) = dossier.erased {
        line("erased", &super::time(since));
    }
    if !dossier.deliveries.is_empty() {
        out.push('\n');
        let rows = dossier.deliveries.iter().map(|sent| {
            let code = sent.code.map(|code| format!("{code} ")).unwrap_or_default();
            let issue = if sent.kind == "test" { format!("{} (test)", sent.issue) } else { sent.issue.clone() };
            [
                issue,
                sent.edition.clone(),
                sent.state.to_string(),
                super::time(sent.changed),
                format!("{code}{}", sent.reply),
            ]
        });
        out.push_str(&table(["issue", "edition", "state", "when", "reply"], rows));
    }
    out
}
