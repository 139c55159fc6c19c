//! `envoi subscribers erase`: everything about one person goes, but for a hash that keeps them from being written to.

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::grammar::{Count, counts};
use super::super::{names, runtime, show};
use crate::address::Address;
use crate::error::Result;
use crate::ledger::Ledger;

/// Erase everything known of somebody, and never write to them again
///
/// That is what they may ask for under the GDPR (article 17). What they were sent goes on to be counted, without a name.
/// All that is left is a salted hash of the address, by which an import or a send knows that they must stay out.
#[derive(Debug, clap::Args)]
pub(super) struct Erase {
    /// The address
    #[arg(value_parser = names::address)]
    address: Address,
    /// Erase without asking
    #[arg(long, short)]
    yes: bool,
}

impl Erase {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let address = &self.address;
        let question = format!("Erase everything known of {address}? It cannot be brought back.");
        if !self.yes && !show::ask(&question, "the erasure", "give `--yes` to erase without asking")? {
            show::remark("nothing was erased");
            return Ok(Ending::Failed);
        }
        let path = project.ledger();
        let erased = runtime::block_on(async {
            let ledger = Ledger::open(&path).await?;
            let erased = ledger.erase(address).await?;
            ledger.close().await.map(|()| erased)
        })?;
        let what = counts(&[
            Count(u64::from(erased.listed), "list row"),
            Count(erased.consents, "consent"),
            Count(u64::from(erased.suppressed), "suppression"),
            Count(erased.bounces, "returned message"),
        ]);
        let what = if what.is_empty() { "nothing else was known".to_owned() } else { format!("{what} erased") };
        let named = if erased.deliveries > 0 {
            format!(", {} made anonymous", Count(erased.deliveries, "delivery"))
        } else {
            String::new()
        };
        show::line(format!("`{address}` will never be written to again: {what}{named}"))?;
        if erased.lingers {
            show::hint(
                "the ledger's log (`…-wal` beside it) still holds what was erased, since somebody reads from it: \
                 erase once more when nobody does",
            );
        }
        let files = project.list().map(|path| project.shown(&path).display().to_string());
        let files = files.map(|file| format!("`{file}`, ")).unwrap_or_default();
        show::hint(&format!(
            "look for the address in what the ledger does not hold: {files}`outbox/`, backups, your mailbox"
        ));
        Ok(Ending::Well)
    }
}
