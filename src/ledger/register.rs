//! The register of those who leave: many at once in one commit and one sync, so that each can be told that it is done.
//!
//! Addresses in, a word to each when theirs is on the disk. Nobody is told before; a disk that cannot be written is
//! told to everybody who waits. Nobody is told either whether an address was suppressed already: it costs the same.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::Ledger;
use crate::address::Address;
use crate::error::{Error, Result, Trouble};

/// How many leave in one commit at most.
const BATCH: usize = 1024;

/// How many may wait to be written; more are told to come again.
const QUEUE: usize = 8192;

/// How long somebody is kept waiting, where another process holds the ledger.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why somebody is suppressed who left by a link.
const REASON: &str = "unsubscribed";

struct Entry {
    address: Address,
    detail: &'static str,
    written: oneshot::Sender<bool>,
}

/// Where leaving is written down; clones write to the same one.
#[derive(Clone)]
pub struct Register {
    entries: mpsc::Sender<Entry>,
    counts: Arc<Counts>,
}

/// What the register did so far.
#[derive(Debug, Default)]
struct Counts {
    commits: AtomicU64,
    left: AtomicU64,
}

/// The register's task; waited for at the end, so that everything is written.
#[must_use = "what is not waited for may not be written"]
pub struct Closing(JoinHandle<()>);

impl Register {
    /// Opens the register of a ledger.
    pub fn open(ledger: Ledger) -> (Self, Closing) {
        let (entries, inbox) = mpsc::channel(QUEUE);
        let counts = Arc::new(Counts::default());
        let task = tokio::spawn(write(ledger, inbox, Arc::clone(&counts)));
        (Self { entries, counts }, Closing(task))
    }

    /// Somebody leaves; returns when it is on the disk. `detail` says by which way.
    pub async fn leave(&self, address: Address, detail: &'static str) -> Result<()> {
        let (written, done) = oneshot::channel();
        self.entries.try_send(Entry { address, detail, written }).map_err(|_| unwritten())?;
        match tokio::time::timeout(PATIENCE, done).await {
            Ok(Ok(true)) => Ok(()),
            // what comes too late is written all the same; nobody was promised anything
            _ => Err(unwritten()),
        }
    }

    /// How many commits were made, and for how many people.
    pub fn counts(&self) -> (u64, u64) {
        (self.counts.commits.load(Ordering::Relaxed), self.counts.left.load(Ordering::Relaxed))
    }
}

impl Closing {
    /// Waits until everything is written; every [`Register`] must be dropped before.
    pub async fn wait(self) {
        let _ = self.0.await;
    }
}

fn unwritten() -> Error {
    Error::Ledger(Trouble::new("the ledger cannot be written").hint("see whether its disk is full"))
}

async fn write(ledger: Ledger, mut inbox: mpsc::Receiver<Entry>, counts: Arc<Counts>) {
    let mut entries = Vec::with_capacity(BATCH);
    while inbox.recv_many(&mut entries, BATCH).await > 0 {
        let mut waiting = Vec::with_capacity(entries.len());
        let mut leaving = BTreeMap::new();
        for Entry { address, detail, written } in entries.drain(..) {
            leaving.insert(address.key(), (address, detail));
            waiting.push(written);
        }
        let leaving: Vec<(Address, &str)> = leaving.into_values().collect();
        let written = match ledger.suppress_all(&leaving, REASON).await {
            Ok(()) => ledger.synced().await.is_ok(),
            Err(_) => false,
        };
        if written {
            counts.commits.fetch_add(1, Ordering::Relaxed);
            counts.left.fetch_add(leaving.len() as u64, Ordering::Relaxed);
        }
        for done in waiting {
            let _ = done.send(written);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_leave_in_few_commits_and_each_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.db")).await.unwrap();
        let (register, closing) = Register::open(ledger.clone());
        let address = |number: usize| Address::parse(&format!("reader{}@example.org", number % 400)).unwrap();
        let leaving = (0..500).map(|number| register.leave(address(number), "one click"));
        let told = futures_util::future::join_all(leaving).await;
        assert!(told.iter().all(Result::is_ok));
        assert_eq!(ledger.suppressions().await.unwrap().len(), 400);
        let (commits, _) = register.counts();
        assert!(commits <= 3, "{commits} commits for 500 people");
        drop(register);
        closing.wait().await;
    }

    #[tokio::test]
    async fn nobody_is_told_what_was_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.db")).await.unwrap();
        {
            let crate::ledger::Database::Sqlite(sqlite) = &ledger.database else { panic!("a file is SQLite") };
            let mut connection = sqlite.connection.lock().await;
            sqlx::Executor::execute(&mut *connection, "DROP TABLE suppressions").await.unwrap();
        }
        let (register, _closing) = Register::open(ledger);
        let error = register.leave(Address::example(), "one click").await.unwrap_err();
        assert_eq!(error.to_string(), "the ledger cannot be written");
    }
}
