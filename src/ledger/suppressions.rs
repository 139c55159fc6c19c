//! The addresses that are never written to again.

use super::erasures::erased_among;
use super::many::on_rows;
use super::statement::{alter, ask, on, query, query_as, together};
use super::subscribers::suppressed_among;
use super::{Ledger, Suppression};
use crate::address::Address;
use crate::clock;
use crate::error::Result;

/// How many rows one statement writes.
const ROWS: usize = 256;

/// What was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restored {
    /// A suppression.
    Suppressed(Suppression),
    /// An erasure.
    Erased,
    /// Nothing: they may be written to anyway.
    Nobody,
}

impl Ledger {
    /// Never writes to an address again. `false` where it was suppressed already; who was erased is, and stays
    /// unknown.
    pub async fn suppress(&self, address: &Address, reason: &str, detail: &str) -> Result<bool> {
        let suppression = Suppression {
            address: address.clone(),
            reason: reason.to_owned(),
            detail: detail.to_owned(),
            since: clock::seconds(),
        };
        Ok(self.take_out(&[suppression], true).await?.contains(&true))
    }

    /// Never writes to many addresses again; those among them that are suppressed or erased already stay as they are.
    /// Gives for each whether it is new. Where `write` is false nothing is changed.
    pub async fn take_out(&self, suppressions: &[Suppression], write: bool) -> Result<Vec<bool>> {
        let keys: Vec<String> = suppressions.iter().map(|one| one.address.key()).collect();
        together!(self, "be written", transaction => {
            let known = suppressed_among(&mut transaction, &keys).await?;
            let erased = erased_among(&mut transaction, &keys).await?;
            let new: Vec<bool> =
                keys.iter().map(|key| !known.contains(key) && !erased.contains(key.as_str())).collect();
            let fresh: Vec<_> = suppressions.iter().zip(&keys).zip(&new).filter(|(_, new)| **new && write).collect();
            for some in fresh.chunks(ROWS) {
                let insert = "INSERT INTO suppressions (key, address, reason, detail, since) VALUES";
                let size = (some.len(), 5);
                alter!(transaction, {
                    some.iter().fold(on_rows(insert, size, "ON CONFLICT (key) DO NOTHING"), |query, ((one, key), _)| {
                        query.bind(*key).bind(one.address.as_str()).bind(&one.reason).bind(&one.detail).bind(one.since)
                    })
                })?;
            }
            new
        })
    }

    /// Lets somebody be written to again who was suppressed or erased, and keeps why. Gives the suppression that was
    /// taken back; `Restored::Nobody` where there was none.
    pub async fn restore(&self, address: &Address, why: &str) -> Result<Restored> {
        if self.unerase(address).await? {
            return Ok(Restored::Erased);
        }
        let key = address.key();
        together!(self, "be written", transaction => {
            let row: Option<(String, String, i64)> = ask!(transaction, connection => {
                query_as("DELETE FROM suppressions WHERE key = $1 RETURNING reason, detail, since")
                    .bind(&key)
                    .fetch_optional(connection)
            })?;
            match row {
                None => Restored::Nobody,
                Some((reason, detail, since)) => {
                    alter!(
                        transaction,
                        query(
                            "INSERT INTO restorations (key, reason, detail, since, why, restored)
                             VALUES ($1, $2, $3, $4, $5, $6)
                             ON CONFLICT (key, restored) DO UPDATE SET why = excluded.why",
                        )
                        .bind(&key)
                        .bind(&reason)
                        .bind(&detail)
                        .bind(since)
                        .bind(why)
                        .bind(clock::seconds())
                    )?;
                    Restored::Suppressed(Suppression { address: address.clone(), reason, detail, since })
                }
            }
        })
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
