//! The writer of the ledger: many deliveries' changes in one commit, so that no send waits for the ledger.
//!
//! Workers hand in their changes and go on; whoever must be sure that a change is written (a message is about to
//! go in flight) waits for the commit that holds it, together with all others that came in meanwhile.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{Ledger, Outcome};
use crate::error::{Error, Result, Trouble};

/// How many changes a commit holds at most.
const BATCH: usize = 1024;

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
    let mut tick = interval(Duration::from_millis(500));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut entries = Vec::with_capacity(BATCH);
    let mut unsynced: Option<Instant> = None;
    loop {
        tokio::select! {
            biased;
            count = inbox.recv_many(&mut entries, BATCH) => {
                if count == 0 {
                    break;
                }
                let (mut in_flight, mut outcomes, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
                for entry in entries.drain(..) {
                    match entry {
                        Entry::InFlight(ids, done) => {
                            in_flight.extend(ids);
                            waiting.push(done);
                        }
                        Entry::Outcome(outcome) => outcomes.push(outcome),
                    }
                }
                ledger.record(&in_flight, &outcomes).await?;
                unsynced.get_or_insert_with(Instant::now);
                for done in waiting {
                    let _ = done.send(());
                }
            }
            _ = tick.tick() => {}
        }
        if unsynced.is_some_and(|since| since.elapsed() > Duration::from_millis(500)) {
            ledger.sync().await?;
            unsynced = None;
        }
    }
    ledger.sync().await
}
