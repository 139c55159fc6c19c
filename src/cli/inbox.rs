//! `envoi inbox`: bounces, complaints and unsubscriptions by mail.

use std::path::PathBuf;

use super::ending::Ending;
use super::global::Global;
use super::grammar::Count;
use super::table::table;
use super::{runtime, show};
use crate::error::{Error, Result};
use crate::inbox::{self, Came, Options, Summary};
use crate::ledger::Ledger;
use crate::project::{After, Storage};

/// Read what came back: bounces, complaints and unsubscriptions by mail
///
/// Addresses that are gone, that complained or that unsubscribed are never written to again. Only what shows that it is
/// about a message of ours counts. Reading the same mailbox again changes nothing.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Inbox {
    /// A Maildir, an mbox or one message in a file [default: what `[inbox]` in envoi.toml names]
    path: Option<PathBuf>,
    /// Write nothing: only say what would come of each message
    #[arg(long)]
    dry_run: bool,
    /// Delete the messages that were dealt with; what nobody understood stays
    #[arg(long)]
    delete: bool,
    /// Read a mailbox on a server from its beginning, and not from where the last run ended
    #[arg(long)]
    all: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Inbox {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let options = Options {
            path: self.path,
            rehearse: self.dry_run,
            after: self.delete.then_some(After::Delete),
            from_the_beginning: self.all,
        };
        // a rehearsal leaves nothing behind, not even a ledger
        let nowhere = tempfile::tempdir().map_err(Error::file("create", std::env::temp_dir()))?;
        let storage = project.ledger();
        let storage =
            if self.dry_run && !storage.is_begun() { Storage::File(nowhere.path().join("ledger.db")) } else { storage };
        let summary = runtime::block_on(async {
            let ledger = Ledger::open(&storage).await?;
            let summary = inbox::read(&project, &ledger, &options, |_| Ok(())).await;
            ledger.close().await?;
            summary
        })?;
        if self.json {
            show::json(&summary)?;
        } else {
            report(&summary, self.dry_run)?;
        }
        Ok(Ending::Well)
    }
}

/// A row a message, those noted before left out; then how many came to what.
fn report(summary: &Summary, rehearsed: bool) -> Result<()> {
    let fresh = summary.findings.iter().filter(|finding| finding.came != Came::NotedBefore);
    let rows: Vec<_> = fresh
        .map(|finding| {
            let address = finding.address.clone().unwrap_or_else(|| "-".to_owned());
            [finding.kind.name().to_owned(), address, finding.came.name().to_owned(), finding.detail.clone()]
        })
        .collect();
    if !rows.is_empty() {
        show::text(&table(["message", "address", "came to", "why"], rows))?;
    }
    let kinds =
        [Came::Suppressed, Came::AlreadySuppressed, Came::Counted, Came::NotedBefore, Came::NotOurs, Came::Ignored];
    let counts: Vec<String> = kinds
        .iter()
        .map(|came| (summary.count(*came), came.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let counts = if counts.is_empty() { "nothing to do".to_owned() } else { counts.join(", ") };
    show::line(format_args!("{}: {counts}", Count(summary.findings.len() as u64, "message")))?;
    if summary.taken_out > 0 {
        show::line(format_args!("{} taken out of the mailbox", Count(summary.taken_out, "message")))?;
    }
    if rehearsed {
        show::remark("nothing was written");
    }
    Ok(())
}
