//! `envoi unsubscribe`: somebody is never written to again.

use super::ending::Ending;
use super::global::Global;
use super::{names, runtime, show};
use crate::address::Address;
use crate::audience::{Dropped, Finding, Listing as _, Row};
use crate::error::Result;
use crate::ledger::Ledger;
use crate::project::Project;
use crate::subscribers;

/// Never write to an address again, whatever list it stands on
///
/// The ledger remembers it; the list itself is left as it is.
#[derive(Debug, clap::Args)]
pub(super) struct Unsubscribe {
    /// The address
    #[arg(value_parser = names::address)]
    address: Address,
}

impl Unsubscribe {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let address = &self.address;
        let is_new = runtime::block_on(async {
            Ledger::open(&project.ledger()).await?.suppress(address, "unsubscribed", "by hand").await
        })?;
        if is_new {
            show::line(format!("`{address}` will not be written to again"))?;
        } else {
            show::line(format!("`{address}` is suppressed already"))?;
        }
        if !is_listed(&project, address) {
            show::hint(&format!("`{address}` is not on the list: check how it is spelt"));
        }
        Ok(Ending::Well)
    }
}

/// Whether an address is on the project's list; where there is none that can be read there is nothing to say of it.
fn is_listed(project: &Project, address: &Address) -> bool {
    let Ok(Some(mut list)) = subscribers::readable(project) else { return true };
    let key = address.key();
    loop {
        match list.next_row() {
            Ok(Some(Row::Subscriber(subscriber))) if subscriber.address.key() == key => return true,
            Ok(Some(Row::Finding(Finding { why: Dropped::Left(left, _), .. }))) if left.key() == key => return true,
            Ok(Some(_)) => {}
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
}
