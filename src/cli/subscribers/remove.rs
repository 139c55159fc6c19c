//! `envoi subscribers remove`: somebody goes off the ledger's list.

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::{runtime, show};
use crate::address::Address;
use crate::error::Result;
use crate::ledger::Ledger;

/// Take somebody off the ledger's list
///
/// They can come back with the next import: to never write to somebody again, use `envoi unsubscribe`. How they agreed and
/// what they were sent stays known; `envoi subscribers erase` forgets that too.
#[derive(Debug, clap::Args)]
pub(super) struct Remove {
    /// The address
    #[arg(value_parser = super::address)]
    address: Address,
}

impl Remove {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let path = global.project()?.ledger();
        let address = &self.address;
        let removed = runtime::block_on(async {
            let ledger = Ledger::open(&path).await?;
            let removed = ledger.remove(address).await?;
            ledger.close().await.map(|()| removed)
        })?;
        if removed {
            show::line(format!("`{address}` is no longer on the list"))?;
            return Ok(Ending::Well);
        }
        show::line(format!("`{address}` is not on the ledger's list"))?;
        Ok(Ending::Failed)
    }
}
