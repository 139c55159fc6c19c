//! The addresses that are never written to again.

use super::statement::{change, on, query, query_as};
use super::{Ledger, Suppression};
use crate::address::Address;
use crate::clock;
use crate::error::Result;

impl Ledger {
    /// Never writes to an address again. `false` where it was suppressed already.
    pub async fn suppress(&self, address: &Address, reason: &str, detail: &str) -> Result<bool> {
        let added = change!(
            self,
            "be written",
            query(
                "INSERT INTO suppressions (key, address, reason, detail, since) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (key) DO NOTHING",
            )
            .bind(address.key())
            .bind(address.as_str())
            .bind(reason)
            .bind(detail)
            .bind(clock::seconds())
        )?;
        Ok(added > 0)
    }

    /// The addresses that are never written to.
    pub async fn suppressions(&self) -> Result<Vec<Suppression>> {
        let rows: Vec<(String, String, String, i64)> = on!(self, "be read", connection => {
            query_as("SELECT address, reason, detail, since FROM suppressions ORDER BY key").fetch_all(connection)
        })?;
        let suppression = |(address, reason, detail, since): (String, String, String, i64)| {
            Some(Suppression { address: Address::parse(&address).ok()?, reason, detail, since })
        };
        Ok(rows.into_iter().filter_map(suppression).collect())
    }
}
