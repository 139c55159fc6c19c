//! Claims on a server: what a worker takes, and gives back.

use super::{Postgres, now, work};
use crate::clock;
use crate::error::Result;
use crate::ledger::erasures::ANONYMOUS;
use crate::ledger::statement::{query, query_as};
use crate::ledger::{Delivery, SendId, delivery};

/// A claimed row: number, address, edition, values, attempts, whether it is suppressed.
type Row = (i64, String, String, String, i64, bool);

impl Postgres {
    /// Claims up to `limit` deliveries that are due and that nobody else is about to claim.
    pub(in crate::ledger) async fn claim(&self, send: SendId, attempts: u16, limit: usize) -> Result<Vec<Delivery>> {
        let (worker, audience) = (self.worker()?.id, self.audience(send)?);
        let rows: Vec<Row> = work!(self.desk, "claim deliveries", transaction => {
            query_as(concat!(
                "WITH due AS MATERIALIZED (
                    SELECT id FROM deliveries
                    WHERE send = $1 AND audience = $2 AND state IN ('pending', 'deferred') AND attempts < $3
                      AND due <= ",
                now!(),
                " ORDER BY due DESC, id LIMIT $4 FOR UPDATE SKIP LOCKED)
                 UPDATE deliveries SET worker = $5, changed = ",
                now!(),
                ", state = CASE WHEN address = $6
                                  OR EXISTS (SELECT 1 FROM suppressions WHERE suppressions.key = deliveries.key)
                                THEN 'suppressed' ELSE 'claimed' END
                 FROM due
                 WHERE deliveries.id = due.id AND EXISTS (SELECT 1 FROM workers WHERE id = $5 AND leased > now())
                 RETURNING deliveries.id, address, edition, \"values\", attempts, state = 'suppressed'"
            ))
            .bind(send)
            .bind(audience)
            .bind(i32::from(attempts))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(worker)
            .bind(ANONYMOUS)
            .fetch_all(&mut *transaction).await?
        })?;
        rows.into_iter()
            .filter(|(.., suppressed)| !suppressed)
            .map(|(id, address, edition, values, attempts, _)| {
                delivery(id, &address, edition, &values, u16::try_from(attempts).unwrap_or(u16::MAX))
            })
            .collect()
    }

    /// When there may be something to claim again, by this machine's clock; none where nothing will be. To be asked by
    /// who holds nothing any more: what is ours was claimed by a word that got lost on its way back, and is given back.
    ///
    /// What other workers hold may come back: who has nothing else to do waits for them.
    pub(in crate::ledger) async fn next_due(&self, send: SendId, attempts: u16) -> Result<Option<i64>> {
        self.give_back().await?;
        let audience = self.audience(send)?;
        let (left, others): (Option<i64>, bool) = work!(self.line, "be read", transaction => {
            query_as(concat!(
                "SELECT (SELECT due FROM deliveries
                         WHERE send = $1 AND audience = $2 AND state IN ('pending', 'deferred') AND attempts < $3
                         ORDER BY due LIMIT 1) - ",
                now!(),
                ", EXISTS (SELECT 1 FROM deliveries
                           WHERE send = $1 AND audience = $2 AND state IN ('claimed', 'in-flight'))"
            ))
            .bind(send)
            .bind(audience)
            .bind(i32::from(attempts))
            .fetch_one(&mut *transaction)
            .await?
        })?;
        let left = left.map(|seconds| seconds.max(0)).into_iter().chain(others.then_some(1)).min();
        Ok(left.map(|seconds| clock::passing_seconds() + seconds))
    }

    /// Opens again to everybody what this process had claimed and did not send.
    pub(in crate::ledger) async fn give_back(&self) -> Result<()> {
        let Ok(worker) = self.worker() else { return Ok(()) };
        work!(self.desk, "be written", transaction => {
            query(
                "UPDATE deliveries SET worker = NULL, state = CASE WHEN address = $2 THEN 'suppressed' ELSE 'pending' END
                 WHERE worker = $1 AND state = 'claimed'",
            )
            .bind(worker.id)
            .bind(ANONYMOUS)
            .execute(&mut *transaction)
            .await?;
        })
    }
}
