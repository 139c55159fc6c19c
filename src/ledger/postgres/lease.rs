//! Leases: a worker is taken for alive as long as it says so, by the database's clock.

use super::{Postgres, work};
use crate::error::Result;
use crate::ledger::statement::{query, query_scalar};

/// How long a worker is taken for alive without a word, in seconds.
const LEASE: f64 = 15.0;

impl Postgres {
    /// Signs this process on, and takes back what workers had taken whose lease is over. Gives how many deliveries
    /// became uncertain.
    pub(in crate::ledger) async fn sign_on(&mut self) -> Result<u64> {
        let name = format!("process {}", std::process::id());
        let id: i64 = work!(self.line, "sign on", transaction => {
            query_scalar(
                "INSERT INTO workers (name, leased) VALUES ($1, now() + $2 * INTERVAL '1 second') RETURNING id",
            )
            .bind(&name)
            .bind(LEASE)
            .fetch_one(&mut *transaction).await?
        })?;
        self.set_worker(Some(id));
        self.settle().await
    }

    /// Signs off: what this process had claimed, and did not send, is pending again.
    pub(in crate::ledger) async fn sign_off(&mut self) -> Result<()> {
        let Some(worker) = self.worker() else { return Ok(()) };
        self.set_worker(None);
        self.take_back(worker, true).await.map(|_| ())
    }

    /// Takes back what workers had taken whose lease is over. Gives how many deliveries became uncertain.
    pub(in crate::ledger) async fn settle(&self) -> Result<u64> {
        let lapsed: Vec<i64> = work!(self.line, "be read", transaction => {
            query_scalar("SELECT id FROM workers WHERE leased < now()").fetch_all(&mut *transaction).await?
        })?;
        let mut uncertain = 0;
        for worker in lapsed {
            uncertain += self.take_back(worker, false).await?;
        }
        Ok(uncertain)
    }

    /// Strikes a worker off, and takes back what it had taken: itself where it signs off, another where its lease is
    /// over.
    async fn take_back(&self, worker: i64, own: bool) -> Result<u64> {
        work!(self.line, "take deliveries back", transaction => {
            let struck = query("DELETE FROM workers WHERE id = $1 AND ($2 OR leased < now())")
                .bind(worker)
                .bind(own)
                .execute(&mut *transaction)
                .await?
                .rows_affected();
            let mut uncertain = 0;
            if struck > 0 {
                // its number stays: where it comes back and knows what became of them, that is the truth
                uncertain = query(
                    "UPDATE deliveries SET state = 'uncertain', reply = 'the process ended before the relay answered'
                     WHERE worker = $1 AND state = 'in-flight'",
                )
                .bind(worker)
                .execute(&mut *transaction)
                .await?
                .rows_affected();
                query("UPDATE deliveries SET state = 'pending', worker = NULL WHERE worker = $1 AND state = 'claimed'")
                    .bind(worker)
                    .execute(&mut *transaction)
                    .await?;
            }
            uncertain
        })
    }
}
