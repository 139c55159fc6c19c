//! `envoi subscribers restore`: a suppression is taken back, and why is kept.

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::{names, runtime, show};
use crate::address::Address;
use crate::error::Result;
use crate::ledger::{Ledger, Restored};

/// Let somebody be written to again who was unsubscribed, bounced or erased
///
/// Only where they asked for it: why is kept with the suppression that it takes back. Who is not on the list comes back
/// with `envoi subscribers add`.
#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// The address
    #[arg(value_parser = names::address)]
    address: Address,
    /// Why: who asked for it, when and how
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Restore {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let path = global.project()?.ledger();
        let address = &self.address;
        let restored = runtime::block_on(async {
            let ledger = Ledger::open(&path).await?;
            let restored = ledger.restore(address, &self.reason).await?;
            ledger.close().await.map(|()| restored)
        })?;
        show::line(match restored {
            Restored::Suppressed(before) => {
                format!("`{address}` may be written to again; it was {} ({})", before.reason, before.detail)
            }
            Restored::Erased => format!("`{address}` may be written to again; it was erased"),
            Restored::Nobody => format!("`{address}` is not suppressed"),
        })?;
        Ok(Ending::Well)
    }
}
