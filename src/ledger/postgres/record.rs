//! Records on a server: one statement for many changes, each of which counts only where the delivery is still ours.

use std::collections::{BTreeMap, HashSet};

use super::pen::Change;
use super::{Postgres, now, work};
use crate::clock;
use crate::error::Result;
use crate::ledger::State;
use crate::ledger::erasures::ANONYMOUS;
use crate::ledger::statement::{query, query_as};

/// The changes as columns.
#[derive(Default)]
struct Columns<'c> {
    ids: Vec<i64>,
    states: Vec<&'static str>,
    attempts: Vec<Option<i64>>,
    pauses: Vec<Option<i64>>,
    codes: Vec<Option<i64>>,
    replies: Vec<Option<&'c str>>,
    /// Those whose address is never to be written to again.
    condemned: Vec<i64>,
}

impl<'c> Columns<'c> {
    fn of(changes: &'c BTreeMap<i64, Change>) -> Self {
        let mut columns = Self::default();
        let host = clock::passing_seconds();
        for (id, change) in changes {
            columns.ids.push(*id);
            let outcome = match change {
                Change::Outcome(outcome) => Some(outcome),
                Change::InFlight | Change::Withdrawn => None,
            };
            columns.states.push(match change {
                Change::Outcome(outcome) => outcome.state.name(),
                Change::InFlight => "in-flight",
                Change::Withdrawn => "withdrawn",
            });
            columns.attempts.push(outcome.map(|one| i64::from(one.attempts)));
            // what is due is so by the database's clock: only the pause is ours; who was not tried was due before
            let later = outcome.filter(|one| one.state != State::Pending);
            columns.pauses.push(later.map(|one| (one.due - host).max(0)));
            columns.codes.push(outcome.and_then(|one| one.code).map(i64::from));
            columns.replies.push(outcome.map(|one| one.reply.as_str()));
            columns.condemned.extend(outcome.filter(|one| one.suppress).map(|one| one.id));
        }
        columns
    }
}

impl Postgres {
    /// Records many changes at once. Gives the deliveries of which it was written.
    ///
    /// A delivery goes in flight only while it is this worker's and the lease runs. What became of it is written also
    /// where it was taken back as uncertain meanwhile: then nobody else has sent it, and this is what happened. Who was
    /// erased meanwhile comes to an end without a name, and never waits again. Done a second time it changes nothing.
    pub(super) async fn record(&self, worker: i64, changes: &BTreeMap<i64, Change>) -> Result<HashSet<i64>> {
        if changes.is_empty() {
            return Ok(HashSet::new());
        }
        let columns = Columns::of(changes);
        let written: Vec<(i64,)> = work!(self.desk, "record deliveries", transaction => {
            let written = query_as(concat!(
                "UPDATE deliveries SET
                    state = CASE WHEN deliveries.address = $8 AND row.state IN ('withdrawn', 'pending', 'deferred')
                                 THEN 'suppressed'
                                 WHEN row.state <> 'withdrawn' THEN row.state
                                 WHEN deliveries.state = 'uncertain' THEN 'pending' ELSE 'claimed' END,
                    worker = CASE WHEN row.state = 'in-flight' THEN deliveries.worker
                                  WHEN row.state = 'withdrawn' AND deliveries.state <> 'uncertain'
                                       AND deliveries.address <> $8
                                  THEN deliveries.worker END,
                    attempts = coalesce(row.attempts, deliveries.attempts),
                    due = coalesce(row.pause + ", now!(), ", deliveries.due),
                    code = row.code, reply = CASE WHEN deliveries.address <> $8 THEN row.reply END,
                    changed = ", now!(),
                " FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
                       AS row (id, state, attempts, pause, code, reply)
                 WHERE deliveries.id = row.id AND deliveries.worker = $7
                   AND CASE WHEN row.state = 'in-flight'
                            THEN deliveries.state IN ('claimed', 'in-flight') AND deliveries.address <> $8
                                 AND EXISTS (SELECT 1 FROM workers WHERE workers.id = $7 AND leased > now())
                            ELSE deliveries.state IN ('claimed', 'in-flight', 'uncertain') END
                 RETURNING deliveries.id"
            ))
            .bind(&columns.ids)
            .bind(&columns.states)
            .bind(&columns.attempts)
            .bind(&columns.pauses)
            .bind(&columns.codes)
            .bind(&columns.replies)
            .bind(worker)
            .bind(ANONYMOUS)
            .fetch_all(&mut *transaction)
            .await?;
            let condemned: Vec<i64> =
                columns.condemned.iter().copied().filter(|id| written.contains(&(*id,))).collect();
            if !condemned.is_empty() {
                query(concat!(
                    "INSERT INTO suppressions (key, address, reason, detail, since)
                     SELECT key, address, 'bounced', coalesce(reply, ''), ", now!(),
                    " FROM deliveries WHERE id = ANY($1) AND address <> $2 ON CONFLICT (key) DO NOTHING"
                ))
                .bind(&condemned)
                .bind(ANONYMOUS)
                .execute(&mut *transaction)
                .await?;
            }
            written
        })?;
        Ok(written.into_iter().map(|(id,)| id).collect())
    }
}
