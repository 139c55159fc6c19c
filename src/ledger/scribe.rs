//! The writer of the ledger: many deliveries' changes in one commit, so that no send waits for the ledger.
//!
//! Workers hand in their changes and go on; whoever must be sure that a change is written (a message is about to
//! go in flight) waits for the commit that holds it, together with all others that came in meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::{Ledger, Outcome};
use crate::error::{Error, Result, Trouble};

/// How many changes a commit holds at most.
const BATCH: usize = 1024;

/// How long what became of deliveries waits for company, where nobody waits for it.
const LINGER: Duration = Duration::from_millis(10);

/// How long a change stays with the operating system alone.
const SYNCED: Duration = Duration::from_millis(500);

/// What is handed in.
#[derive(Debug)]
enum Entry {
    InFlight(Vec<i64>, oneshot::Sender<()>),
    Outcome(Outcome),
}

/// The writer; clones hand in to the same one.
#[derive(Debug, Clone)]
pub struct Scribe {
    entries: mpsc::UnboundedSender<Entry>,
}

/// Says when what was handed in is written.
#[derive(Debug)]
#[must_use = "a message's end may leave only when its row is written"]
pub struct Receipt(oneshot::Receiver<()>);

/// The writer's task; waited for at the end, so that everything is written and synced.
#[derive(Debug)]
pub struct Desk(JoinHandle<Result<()>>);

impl Scribe {
    pub(super) fn start(ledger: Ledger) -> (Self, Desk) {
        let (entries, inbox) = mpsc::unbounded_channel();
        (Self { entries }, Desk(tokio::spawn(write(ledger, inbox))))
    }

    /// Records that messages are about to be sent whole; the receipt says when it is written, and no message's end
    /// may leave before.
    pub fn in_flight(&self, ids: Vec<i64>) -> Receipt {
        let (done, written) = oneshot::channel();
        // where the writer is gone, `done` is dropped and the receipt says so
        let _ = self.entries.send(Entry::InFlight(ids, done));
        Receipt(written)
    }

    /// Waits until everything handed in so far is written.
    pub async fn flush(&self) -> Result<()> {
        self.in_flight(Vec::new()).written().await
    }

    /// Records what became of a delivery, soon.
    pub fn outcome(&self, outcome: Outcome) -> Result<()> {
        self.entries.send(Entry::Outcome(outcome)).map_err(|_| gone())
    }
}

impl Receipt {
    /// Waits until it is written.
    pub async fn written(self) -> Result<()> {
        self.0.await.map_err(|_| gone())
    }
}

impl Desk {
    /// Waits until everything is written; every [`Scribe`] must be dropped before.
    pub async fn close(self) -> Result<()> {
        self.0.await.unwrap_or_else(|_| Err(gone()))
    }
}

fn gone() -> Error {
    Error::Ledger(
        Trouble::new("the ledger can no longer be written")
            .hint("see what stands above; nothing more was sent, run the command again to go on"),
    )
}

async fn write(ledger: Ledger, mut inbox: mpsc::UnboundedReceiver<Entry>) -> Result<()> {
    let mut tick = interval(SYNCED / 2);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut entries = Vec::with_capacity(BATCH);
    let mut changes = Changes::default();
    let mut unsynced: Option<Instant> = None;
    let mut open = true;
    while open {
        let idle = changes.since.map(|since| since + LINGER);
        tokio::select! {
            biased;
            count = inbox.recv_many(&mut entries, BATCH) => open = count > 0,
            () = sleep_until(idle.unwrap_or_else(Instant::now)), if idle.is_some() => changes.urgent = true,
            _ = tick.tick() => {}
        }
        entries.drain(..).for_each(|entry| changes.add(entry));
        if changes.urgent || !open || changes.outcomes.len() >= BATCH {
            let Changes { in_flight, outcomes, waiting, .. } = std::mem::take(&mut changes);
            let in_flight: Vec<i64> = in_flight.into_iter().collect();
            let outcomes: Vec<Outcome> = outcomes.into_values().collect();
            ledger.record(&in_flight, &outcomes).await?;
            unsynced.get_or_insert_with(Instant::now);
            for done in waiting {
                let _ = done.send(());
            }
        }
        if unsynced.is_some_and(|since| since.elapsed() > SYNCED) {
            ledger.sync().await?;
            unsynced = None;
        }
    }
    ledger.sync().await
}

/// What the next commit will hold: of each delivery only its last change.
#[derive(Default)]
struct Changes {
    in_flight: BTreeSet<i64>,
    outcomes: BTreeMap<i64, Outcome>,
    waiting: Vec<oneshot::Sender<()>>,
    /// Somebody waits for it.
    urgent: bool,
    since: Option<Instant>,
}

impl Changes {
    fn add(&mut self, entry: Entry) {
        self.since.get_or_insert_with(Instant::now);
        match entry {
            Entry::InFlight(ids, done) => {
                for id in ids {
                    self.outcomes.remove(&id);
                    self.in_flight.insert(id);
                }
                self.waiting.push(done);
                self.urgent = true;
            }
            Entry::Outcome(outcome) => {
                self.in_flight.remove(&outcome.id);
                self.outcomes.insert(outcome.id, outcome);
            }
        }
    }
}
