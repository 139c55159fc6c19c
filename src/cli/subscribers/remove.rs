//! `envoi subscribers remove`: somebody goes off the ledger's list.

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::{names, runtime, show};
use crate::address::Address;
use crate::error::Result;
use crate::ledger::Ledger;
use crate::subscribers::InFile;

/// Take somebody off the ledger's list
///
/// They can come back with the next import: to never write to somebody again, use `envoi unsubscribe`. How they agreed and
/// what they were sent stays known; `envoi subscribers erase` forgets that too.
#[derive(Debug, clap::Args)]
pub(super) struct Remove {
    /// The address
    #[arg(value_parser = names::address)]
    address: Address,
}

impl Remove {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let path = project.ledger();
        let address = &self.address;
        let removed = runtime::block_on(async {
            let ledger = Ledger::open(&path).await?;
            let removed = ledger.remove(address).await?;
            ledger.close().await.map(|()| removed)
        })?;
        if removed {
            show::line(format!("`{address}` is no longer on the ledger's list"))?;
        } else {
            show::line(format!("`{address}` is not on the ledger's list"))?;
        }
        // a file is the officer's: what stands in it goes on to be sent to
        match InFile::look(&project, address)? {
            InFile::Yes(row) => {
                show::hint(&format!("sends go to `{0}`: take the row out of `{0}`", row.file.display()));
            }
            InFile::Unreadable(file) => {
                show::hint(&format!("`{}` cannot be read, and was not looked at", file.display()));
            }
            InFile::No(_) | InFile::NoFile => {}
        }
        Ok(if removed { Ending::Well } else { Ending::Failed })
    }
}
