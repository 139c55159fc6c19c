//! Claims and records on a server: what a worker takes, and what becomes of it. Everything is its own only as long as
//! its lease runs.

use super::{Postgres, now, work};
use crate::clock;
use crate::error::{Error, Result, Trouble};
use crate::ledger::statement::{query, query_as, query_scalar};
use crate::ledger::{Delivery, Outcome, SendId, delivery, failed};

/// A claimed row: number, address, edition, values, attempts, whether it is suppressed.
type Row = (i64, String, String, String, i64, bool);

impl Postgres {
    /// Claims up to `limit` deliveries that are due and that nobody else is about to claim.
    pub(in crate::ledger) async fn claim(&self, send: SendId, attempts: u16, limit: usize) -> Result<Vec<Delivery>> {
        let (worker, audience) = (self.worker(), self.audience(send)?);
        let rows: Vec<Row> = work!(self.line, transaction => {
            query_as(concat!(
                "WITH due AS MATERIALIZED (
                    SELECT id FROM deliveries
                    WHERE send = $1 AND audience = $2 AND state IN ('pending', 'deferred') AND attempts < $3
                      AND due <= ",
                now!(),
                " ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED)
                 UPDATE deliveries SET worker = $5, changed = ",
                now!(),
                ", state = CASE WHEN EXISTS (SELECT 1 FROM suppressions WHERE suppressions.key = deliveries.key)
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
            .fetch_all(&mut *transaction).await?
        })
        .map_err(failed("claim deliveries"))?;
        rows.into_iter()
            .filter(|(.., suppressed)| !suppressed)
            .map(|(id, address, edition, values, attempts, _)| {
                delivery(id, &address, edition, &values, u16::try_from(attempts).unwrap_or(u16::MAX))
            })
            .collect()
    }

    /// When the next deferred delivery is due, by this machine's clock.
    pub(in crate::ledger) async fn next_due(&self, send: SendId, attempts: u16) -> Result<Option<i64>> {
        let audience = self.audience(send)?;
        let left: Option<i64> = work!(self.line, transaction => {
            query_scalar(concat!(
                "SELECT min(due) - ",
                now!(),
                " FROM deliveries
                 WHERE send = $1 AND audience = $2 AND state IN ('pending', 'deferred') AND attempts < $3"
            ))
            .bind(send)
            .bind(audience)
            .bind(i32::from(attempts))
            .fetch_one(&mut *transaction).await?
        })
        .map_err(failed("be read"))?;
        Ok(left.map(|seconds| clock::passing_seconds() + seconds.max(0)))
    }

    /// Records what goes in flight, and what became of deliveries, of those that are this worker's.
    pub(in crate::ledger) async fn record(&self, in_flight: &[i64], outcomes: &[Outcome]) -> Result<()> {
        if in_flight.is_empty() && outcomes.is_empty() {
            return Ok(());
        }
        let worker = self.worker();
        let host = clock::passing_seconds();
        let ids: Vec<i64> = outcomes.iter().map(|one| one.id).collect();
        let states: Vec<&str> = outcomes.iter().map(|one| one.state.name()).collect();
        let tried: Vec<i64> = outcomes.iter().map(|one| i64::from(one.attempts)).collect();
        let pauses: Vec<i64> = outcomes.iter().map(|one| (one.due - host).max(0)).collect();
        let codes: Vec<Option<i64>> = outcomes.iter().map(|one| one.code.map(i64::from)).collect();
        let replies: Vec<&str> = outcomes.iter().map(|one| one.reply.as_str()).collect();
        let condemned: Vec<i64> = outcomes.iter().filter(|one| one.suppress).map(|one| one.id).collect();
        let granted: u64 = work!(self.line, transaction => {
            let mut granted = 0;
            if !in_flight.is_empty() {
                granted = query(concat!(
                    "UPDATE deliveries SET state = 'in-flight', changed = ",
                    now!(),
                    " WHERE id = ANY($1) AND worker = $2 AND state IN ('claimed', 'in-flight')
                      AND EXISTS (SELECT 1 FROM workers WHERE id = $2 AND leased > now())"
                ))
                .bind(in_flight)
                .bind(worker)
                .execute(&mut *transaction)
                .await?
                .rows_affected();
            }
            if !outcomes.is_empty() {
                query(concat!(
                    "UPDATE deliveries SET state = row.state, attempts = row.attempts, code = row.code,
                            reply = row.reply, worker = NULL, changed = ",
                    now!(),
                    ", due = row.pause + ",
                    now!(),
                    " FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
                           AS row (id, state, attempts, pause, code, reply)
                     WHERE deliveries.id = row.id AND worker = $7
                       AND deliveries.state IN ('claimed', 'in-flight', 'uncertain')"
                ))
                .bind(&ids)
                .bind(&states)
                .bind(&tried)
                .bind(&pauses)
                .bind(&codes)
                .bind(&replies)
                .bind(worker)
                .execute(&mut *transaction)
                .await?;
            }
            if !condemned.is_empty() {
                query(concat!(
                    "INSERT INTO suppressions (key, address, reason, detail, since)
                     SELECT key, address, 'bounced', coalesce(reply, ''), ",
                    now!(),
                    " FROM deliveries WHERE id = ANY($1) ON CONFLICT (key) DO NOTHING"
                ))
                .bind(&condemned)
                .execute(&mut *transaction)
                .await?;
            }
            granted
        })
        .map_err(failed("record deliveries"))?;
        if granted < in_flight.len() as u64 {
            return Err(Error::Ledger(
                Trouble::new("this worker's lease is over, and its deliveries were given back")
                    .hint("run the command again to go on"),
            ));
        }
        Ok(())
    }

    /// Opens again to everybody what this process had claimed and did not send.
    pub(in crate::ledger) async fn give_back(&self) -> Result<()> {
        let Some(worker) = self.worker() else { return Ok(()) };
        work!(self.line, transaction => {
            query("UPDATE deliveries SET state = 'pending', worker = NULL WHERE worker = $1 AND state = 'claimed'")
                .bind(worker)
                .execute(&mut *transaction)
                .await?;
        })
        .map_err(failed("be written"))
    }
}
