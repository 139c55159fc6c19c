//! How long the ledger knows who got what: deliveries of old sends become anonymous, and go on to be counted.
//!
//! A send becomes anonymous as a whole, when its last delivery has been as it is for longer than the project keeps
//! them. Nobody can say any more who got it; so it is never gone on with, or they would get it twice.

use super::erasures::ANONYMOUS;
use super::statement::{alter, change, on, query, query_scalar, together};
use super::{Ledger, SendId};
use crate::clock;
use crate::error::{Error, Result, Trouble};

/// How many deliveries are made anonymous in one transaction.
const BATCH: i64 = 20_000;

impl Ledger {
    /// Makes the deliveries of all sends anonymous in which nothing changed since a moment, in seconds since 1970.
    /// Gives how many deliveries. Killed in its midst, it goes on the next time.
    pub async fn forget_before(&self, moment: i64) -> Result<u64> {
        let old: Vec<i64> = on!(self, "be read", connection => {
            query_scalar(
                "SELECT id FROM sends WHERE started < $1
                 AND NOT EXISTS (SELECT 1 FROM deliveries WHERE send = sends.id AND changed >= $1)
                 AND (anonymous IS NULL OR EXISTS
                      (SELECT 1 FROM deliveries WHERE send = sends.id AND address <> $2))",
            )
            .bind(moment)
            .bind(ANONYMOUS)
            .fetch_all(connection)
        })?;
        let mut forgotten = 0;
        for send in old {
            // first of all nobody goes on with it
            change!(
                self,
                "be written",
                query("UPDATE sends SET anonymous = coalesce(anonymous, $2) WHERE id = $1")
                    .bind(send)
                    .bind(clock::seconds())
            )?;
            loop {
                let some = self.forget_some(send).await?;
                forgotten += some;
                if some == 0 {
                    break;
                }
            }
        }
        Ok(forgotten)
    }

    async fn forget_some(&self, send: SendId) -> Result<u64> {
        together!(self, "be written", transaction => {
            let some = alter!(
                transaction,
                query(
                    "UPDATE deliveries SET key = '#' || CAST(id AS TEXT) || '@(anonymous)', address = $2,
                            \"values\" = '[]', reply = NULL
                     WHERE id IN (SELECT id FROM deliveries WHERE send = $1 AND address <> $2 LIMIT $3)",
                )
                .bind(send)
                .bind(ANONYMOUS)
                .bind(BATCH)
            )?;
            alter!(
                transaction,
                query(
                    "UPDATE bounces SET key = $2, detail = '' WHERE key <> $2
                     AND delivery IN (SELECT id FROM deliveries WHERE send = $1 AND address = $2)",
                )
                .bind(send)
                .bind(ANONYMOUS)
            )?;
            some
        })
    }

    /// Refuses a send whose deliveries are anonymous.
    pub async fn refuse_forgotten(&self, send: SendId, issue: &str) -> Result<()> {
        let anonymous: Option<i64> = on!(self, "be read", connection => {
            query_scalar("SELECT anonymous FROM sends WHERE id = $1").bind(send).fetch_one(connection)
        })?;
        if anonymous.is_none() {
            return Ok(());
        }
        Err(Error::Refused(
            Trouble::new(format!("`{issue}` was sent so long ago that the ledger no longer knows who got it"))
                .hint("to send it again, copy its folder to a new name under `issues/`: it is a new send then"),
        ))
    }
}
