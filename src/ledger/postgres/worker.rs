//! Workers: who is at work, by the database's clock, and what becomes of what the others had taken.
//!
//! A worker is a row with a time until which it is taken for alive. Whoever looks strikes off those whose time is over,
//! and takes back every delivery that belongs to no worker: what was only claimed is open again, what was in flight is
//! uncertain. That can be done by many at once, and again: it is a matter of the rows alone.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::{Postgres, work};
use crate::error::{Error, Result, Trouble};
use crate::ledger::erasures::ANONYMOUS;
use crate::ledger::lease::{Lease, Share};
use crate::ledger::statement::{query, query_as, query_scalar};

/// This process as a worker.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) id: i64,
    pub(super) lease: Lease,
    pulse: JoinHandle<()>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.pulse.abort();
    }
}

/// What a beat tells: how many workers there are on the relay, how many came before us, how many have lapsed.
type Beat = (i64, i64, i64);

impl Postgres {
    /// Signs this process on, and takes back what belongs to nobody. Gives how many deliveries became uncertain.
    pub(in crate::ledger) async fn sign_on(&self) -> Result<u64> {
        let name = format!("{} on {}", std::process::id(), host());
        let asked = Instant::now();
        let id: i64 = work!(self.line, "sign on", transaction => {
            query_scalar(
                "INSERT INTO workers (name, relay, leased) VALUES ($1, '', now() + $2 * INTERVAL '1 second')
                 RETURNING id",
            )
            .bind(&name)
            .bind(self.lease.as_secs_f64())
            .fetch_one(&mut *transaction)
            .await?
        })?;
        let lease = Lease::new(asked + self.deadline());
        let pulse = tokio::spawn(self.clone().pulse(id, lease.clone()));
        *self.worker.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Worker { id, lease, pulse }));
        self.settle().await
    }

    /// Signs off: what this process had claimed, and did not send, is open again at once.
    pub(in crate::ledger) async fn sign_off(&self) -> Result<()> {
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(worker) = worker else { return Ok(()) };
        work!(self.line, "sign off", transaction => {
            query("DELETE FROM workers WHERE id = $1").bind(worker.id).execute(&mut *transaction).await?;
        })?;
        self.settle().await.map(|_| ())
    }

    /// Strikes off the workers whose lease is over, and takes back what belongs to nobody. Gives how many deliveries
    /// became uncertain.
    ///
    /// An uncertain delivery keeps the number of its worker: where that one comes back and knows what became of it,
    /// that is the truth.
    pub(in crate::ledger) async fn settle(&self) -> Result<u64> {
        let uncertain: i64 = work!(self.line, "take deliveries back", transaction => {
            query("DELETE FROM workers WHERE leased < now()").execute(&mut *transaction).await?;
            let taken: Vec<(bool,)> = query_as(
                "UPDATE deliveries
                 SET state = CASE WHEN state = 'in-flight' THEN 'uncertain' WHEN address = $1 THEN 'suppressed'
                             ELSE 'pending' END,
                     worker = CASE state WHEN 'in-flight' THEN worker END,
                     reply = CASE state WHEN 'in-flight' THEN 'the process ended before the relay answered' END
                 WHERE state IN ('claimed', 'in-flight')
                   AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.id = deliveries.worker)
                 RETURNING state = 'uncertain'",
            )
            .bind(ANONYMOUS)
            .fetch_all(&mut *transaction)
            .await?;
            i64::try_from(taken.iter().filter(|(uncertain,)| *uncertain).count()).unwrap_or(i64::MAX)
        })?;
        Ok(uncertain.unsigned_abs())
    }

    /// This process as a worker; an error where it did not sign on.
    pub(super) fn worker(&self) -> Result<Arc<Worker>> {
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).clone();
        worker.ok_or_else(|| Error::Ledger(Trouble::new("nobody signed on to the ledger")))
    }

    /// The lease under which this process works.
    pub(in crate::ledger) fn lease(&self) -> Lease {
        self.worker().map(|worker| worker.lease.clone()).unwrap_or_default()
    }

    /// Says through which relay this process sends: what that allows is shared by all who do.
    pub(in crate::ledger) fn set_relay(&self, relay: &str) {
        self.relay.send_replace(relay.to_owned());
    }

    /// How long after a word to the database this process may send: a third of the lease is left then.
    fn deadline(&self) -> Duration {
        self.lease * 2 / 3
    }

    /// Keeps the lease alive, and learns who else is at work.
    async fn pulse(self, id: i64, lease: Lease) {
        let pause = self.lease / 6;
        let mut relay = self.relay.subscribe();
        // since when the others can know of us
        let mut joined: Option<Instant> = None;
        loop {
            let through = relay.borrow_and_update().clone();
            let asked = Instant::now();
            match self.beat(id, &through).await {
                Ok(Some((of, rank, lapsed))) => {
                    let joined = joined.get_or_insert(asked);
                    // each of the others has beaten meanwhile, and gives way
                    let known = of <= 1 || !through.is_empty() && joined.elapsed() > pause * 3 / 2;
                    let share = Share {
                        rank: usize::try_from(rank).unwrap_or(0),
                        of: if known { usize::try_from(of).unwrap_or(1) } else { 0 },
                    };
                    lease.set(|standing| {
                        standing.deadline = asked + self.deadline();
                        standing.share = share;
                    });
                    if lapsed > 0 {
                        // whoever fails to take them back leaves it to the next one
                        let _ = self.settle().await;
                    }
                }
                Ok(None) => {
                    lease.set(|standing| standing.gone = true);
                    return;
                }
                // the deadline speaks for itself
                Err(_) => {}
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                changed = relay.changed() => {
                    joined = None;
                    if changed.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Renews the lease; none where it was ended.
    async fn beat(&self, id: i64, relay: &str) -> Result<Option<Beat>> {
        work!(self.pulse, "say that this process is alive", transaction => {
            query_as(
                "UPDATE workers SET leased = now() + $2 * INTERVAL '1 second', relay = $3 WHERE id = $1
                 RETURNING
                    (SELECT count(*) FROM workers AS w WHERE w.id = $1 OR w.relay = $3 AND w.leased > now()),
                    (SELECT count(*) FROM workers AS w WHERE w.id < $1 AND w.relay = $3 AND w.leased > now()),
                    (SELECT count(*) FROM workers AS w WHERE w.id <> $1 AND w.leased < now())",
            )
            .bind(id)
            .bind(self.lease.as_secs_f64())
            .bind(relay)
            .fetch_optional(&mut *transaction)
            .await?
        })
    }
}

/// This machine's name, for people.
fn host() -> String {
    let name = std::fs::read_to_string("/etc/hostname").or_else(|_| std::env::var("HOSTNAME")).unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    if name.is_empty() { "a machine".to_owned() } else { name }
}
