//! The writer of a ledger in a file: many deliveries' changes in one commit, so that no send waits for the ledger.
//!
//! Connections hand in their changes and go on. A line in the process's own journal makes each safe from its death at once;
//! the database gets what became of deliveries in large commits, a few a second.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::Outcome;
use super::journal::Journal;
use super::scribe::gone;
use super::sqlite::Sqlite;
use crate::error::Result;

/// How many changes are in a commit at least, unless they have waited for [`LINGER`].
const BATCH: usize = 2048;

/// How long what became of a delivery waits for company.
const LINGER: Duration = Duration::from_millis(200);

/// How long a change stays with the operating system alone.
const SYNCED: Duration = Duration::from_millis(500);

/// How many bytes the journal may have before it is begun anew.
const LONG: u64 = 4 << 20;

/// What is handed in and not yet in the database, with the journal that keeps it safe.
#[derive(Debug)]
pub(super) struct Tray {
    inner: Mutex<Inner>,
    handed_in: Notify,
}

#[derive(Debug)]
struct Inner {
    journal: Journal,
    /// Of each delivery its last outcome.
    outcomes: BTreeMap<i64, Outcome>,
    /// Since when the oldest waits.
    since: Option<Instant>,
    /// Who waits until everything is in the database.
    waiting: Vec<oneshot::Sender<()>>,
    /// Nothing more comes.
    closed: bool,
    /// The database takes nothing more.
    failed: bool,
}

/// The writer's task; waited for at the end, so that everything is written and synced.
#[derive(Debug)]
pub(super) struct TrayDesk {
    tray: Arc<Tray>,
    task: JoinHandle<Result<()>>,
}

impl Tray {
    pub(super) fn new(journal: Journal) -> Self {
        let outcomes = BTreeMap::new();
        let inner = Inner { journal, outcomes, since: None, waiting: Vec::new(), closed: false, failed: false };
        Self { inner: Mutex::new(inner), handed_in: Notify::new() }
    }

    /// What is in flight.
    pub(super) fn under_way(&self) -> Vec<i64> {
        self.inner().journal.under_way().iter().copied().collect()
    }

    /// Records that a message is about to be sent whole.
    pub(super) fn in_flight(&self, id: i64) -> Result<()> {
        let mut inner = self.inner();
        if inner.failed { Err(gone()) } else { inner.journal.in_flight(id) }
    }

    /// Records that a message which was announced is not sent now: it waits again.
    pub(super) fn withdraw(&self, id: i64) -> Result<()> {
        self.inner().journal.withdraw(id)
    }

    /// Records what became of a delivery; the database has it soon.
    pub(super) fn outcome(&self, outcome: Outcome) -> Result<()> {
        let mut inner = self.inner();
        inner.journal.outcome(&outcome)?;
        inner.outcomes.insert(outcome.id, outcome);
        let first = inner.since.is_none();
        inner.since.get_or_insert_with(Instant::now);
        if inner.failed {
            return Err(gone());
        }
        let full = inner.outcomes.len() == BATCH;
        drop(inner);
        if first || full {
            self.handed_in.notify_one();
        }
        Ok(())
    }

    /// Waits until everything handed in so far is in the database.
    pub(super) async fn flush(&self) -> Result<()> {
        let (done, written) = oneshot::channel();
        {
            let mut inner = self.inner();
            // nobody would ever answer
            if inner.failed {
                return Err(gone());
            }
            inner.waiting.push(done);
        }
        self.handed_in.notify_one();
        // where the writer is gone, `done` is dropped with its tray's list
        written.await.map_err(|_| gone())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TrayDesk {
    /// Begins to empty a tray into the database.
    pub(super) fn open(ledger: Sqlite, tray: Arc<Tray>) -> Self {
        tray.inner().closed = false;
        let task = tokio::spawn(write(ledger, Arc::clone(&tray)));
        Self { tray, task }
    }

    /// Waits until everything is written and synced. Nothing may be handed in any more.
    pub(super) async fn close(self) -> Result<()> {
        self.tray.inner().closed = true;
        self.tray.handed_in.notify_one();
        self.task.await.unwrap_or_else(|_| Err(gone()))
    }
}

async fn write(ledger: Sqlite, tray: Arc<Tray>) -> Result<()> {
    let written = keep_writing(&ledger, &tray).await;
    let mut inner = tray.inner();
    inner.failed = written.is_err();
    inner.waiting.clear();
    written
}

async fn keep_writing(ledger: &Sqlite, tray: &Tray) -> Result<()> {
    let mut tick = interval(SYNCED / 2);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut unsynced: Option<Instant> = None;
    loop {
        let (since, urgent, closed) = {
            let inner = tray.inner();
            let urgent = inner.closed || !inner.waiting.is_empty() || inner.outcomes.len() >= BATCH;
            (inner.since, urgent, inner.closed)
        };
        if urgent || since.is_some_and(|since| since.elapsed() >= LINGER) {
            let (outcomes, waiting) = {
                let mut inner = tray.inner();
                inner.since = None;
                (std::mem::take(&mut inner.outcomes), std::mem::take(&mut inner.waiting))
            };
            let outcomes: Vec<Outcome> = outcomes.into_values().collect();
            ledger.record(&outcomes).await?;
            unsynced.get_or_insert_with(Instant::now);
            for done in waiting {
                let _ = done.send(());
            }
        }
        if closed || unsynced.is_some_and(|since| since.elapsed() > SYNCED) {
            ledger.sync().await?;
            unsynced = None;
            tray.inner().shorten()?;
        }
        if closed {
            return Ok(());
        }
        tokio::select! {
            () = tray.handed_in.notified() => {}
            () = sleep_until(since.map_or_else(Instant::now, |since| since + LINGER)), if since.is_some() => {}
            _ = tick.tick() => {}
        }
    }
}

impl Inner {
    /// Begins a long journal anew, once the disk has what the database took from it.
    fn shorten(&mut self) -> Result<()> {
        if self.journal.length() < LONG {
            return Ok(());
        }
        self.journal.begin_anew(self.outcomes.values())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_waits_for_a_writer_that_has_failed() {
        let folder = tempfile::tempdir().unwrap();
        let tray = Tray::new(Journal::begin(folder.path().join("journal")).unwrap());
        tray.inner().failed = true;
        let flushed = tokio::time::timeout(Duration::from_secs(5), tray.flush()).await;
        assert!(flushed.is_ok_and(|flushed| flushed.is_err()));
    }
}
