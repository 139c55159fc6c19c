//! The writer of a ledger on a server: one statement for whatever the connections handed in since the last one.
//!
//! While one is on its way the next one gathers, so that the line's round trip is shared by all who wait. Who goes in
//! flight is waited for; what became of deliveries may linger a little for company.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::Postgres;
use crate::error::Result;
use crate::ledger::Outcome;
use crate::ledger::scribe::gone;

/// How many changes a statement holds at most.
const BATCH: usize = 1024;

/// How long what became of deliveries waits for company, where nobody waits for it.
const LINGER: Duration = Duration::from_millis(50);

/// What is to be written of a delivery.
#[derive(Debug)]
pub(super) enum Change {
    /// Its message is about to be sent whole.
    InFlight,
    /// Its message, announced before, is not sent now.
    Withdrawn,
    /// What became of it.
    Outcome(Outcome),
}

/// What is handed in.
#[derive(Debug)]
enum Entry {
    Change(i64, Change, Option<oneshot::Sender<bool>>),
    Flush(oneshot::Sender<()>),
}

/// The writer; clones hand in to the same one.
#[derive(Debug, Clone)]
pub(in crate::ledger) struct Pen(mpsc::UnboundedSender<Entry>);

/// The writer's task.
#[derive(Debug)]
pub(in crate::ledger) struct PenDesk(JoinHandle<Result<()>>);

impl Pen {
    /// Begins to write for this worker.
    pub(super) fn take_up(ledger: Postgres, worker: i64) -> (Self, PenDesk) {
        let (entries, inbox) = mpsc::unbounded_channel();
        (Self(entries), PenDesk(tokio::spawn(write(ledger, worker, inbox))))
    }

    /// Records that a message is about to be sent whole; the answer says whether it may be.
    pub(in crate::ledger) fn in_flight(&self, id: i64) -> oneshot::Receiver<bool> {
        let (done, written) = oneshot::channel();
        // where the writer is gone, `done` is dropped and the answer says so
        let _ = self.0.send(Entry::Change(id, Change::InFlight, Some(done)));
        written
    }

    /// Records that a message which was announced is not sent now.
    pub(in crate::ledger) fn withdraw(&self, id: i64) -> Result<()> {
        self.0.send(Entry::Change(id, Change::Withdrawn, None)).map_err(|_| gone())
    }

    /// Records what became of a delivery, soon.
    pub(in crate::ledger) fn outcome(&self, outcome: Outcome) -> Result<()> {
        self.0.send(Entry::Change(outcome.id, Change::Outcome(outcome), None)).map_err(|_| gone())
    }

    /// Waits until everything handed in so far is written.
    pub(in crate::ledger) async fn flush(&self) -> Result<()> {
        let (done, written) = oneshot::channel();
        let _ = self.0.send(Entry::Flush(done));
        written.await.map_err(|_| gone())
    }
}

impl PenDesk {
    /// Waits until everything is written; every [`Pen`] must be dropped before.
    pub(in crate::ledger) async fn close(self) -> Result<()> {
        self.0.await.unwrap_or_else(|_| Err(gone()))
    }
}

async fn write(ledger: Postgres, worker: i64, mut inbox: mpsc::UnboundedReceiver<Entry>) -> Result<()> {
    let mut entries = Vec::with_capacity(BATCH);
    let mut page = Page::default();
    let mut open = true;
    while open {
        let idle = page.since.map(|since| since + LINGER);
        tokio::select! {
            biased;
            count = inbox.recv_many(&mut entries, BATCH) => open = count > 0,
            () = sleep_until(idle.unwrap_or_else(Instant::now)), if idle.is_some() => page.urgent = true,
        }
        entries.drain(..).for_each(|entry| page.add(entry));
        if page.urgent || !open || page.changes.len() >= BATCH {
            let Page { changes, announced, flushing, .. } = std::mem::take(&mut page);
            let granted = ledger.record(worker, &changes).await?;
            for (id, done) in announced {
                let _ = done.send(granted.contains(&id));
            }
            for done in flushing {
                let _ = done.send(());
            }
        }
    }
    Ok(())
}

/// What the next statement will hold: of each delivery only its last change.
#[derive(Default)]
struct Page {
    changes: BTreeMap<i64, Change>,
    /// Who waits to send.
    announced: Vec<(i64, oneshot::Sender<bool>)>,
    flushing: Vec<oneshot::Sender<()>>,
    /// Somebody waits for it.
    urgent: bool,
    since: Option<Instant>,
}

impl Page {
    fn add(&mut self, entry: Entry) {
        self.since.get_or_insert_with(Instant::now);
        match entry {
            Entry::Change(id, change, done) => {
                self.changes.insert(id, change);
                self.urgent |= done.is_some();
                self.announced.extend(done.map(|done| (id, done)));
            }
            Entry::Flush(done) => {
                self.flushing.push(done);
                self.urgent = true;
            }
        }
    }
}
