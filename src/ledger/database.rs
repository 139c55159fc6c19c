//! The ledger, whichever database it is in: a SQLite file beside the project, or PostgreSQL for several machines.
//!
//! What both can say in the same words is written once (see `statement`), in the files named after what it is about;
//! what they do in ways of their own, each does in its own file.

use super::postgres::{Address, Postgres};
use super::scribe::{Task, Writer};
use super::sqlite::Sqlite;
use super::{Delivery, Desk, Lease, Scribe, SendId};
use crate::error::Result;
use crate::project::Storage;

/// The ledger, opened. Clones share it.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(super) database: Database,
}

/// The database that a ledger is in.
#[derive(Debug, Clone)]
pub(super) enum Database {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Ledger {
    /// Opens a ledger, making it where there is none.
    pub async fn open(storage: impl Into<Storage>) -> Result<Self> {
        let database = match storage.into() {
            Storage::File(path) => Database::Sqlite(Sqlite::open(&path).await?),
            Storage::Server(server) => Database::Postgres(Postgres::open(&Address::of(&server)?).await?),
        };
        Ok(Self { database })
    }

    /// Opens a ledger where it was begun; none where nothing was ever recorded.
    pub async fn existing(storage: &Storage) -> Result<Option<Self>> {
        if storage.is_begun() { Self::open(storage).await.map(Some) } else { Ok(None) }
    }

    /// Signs this process on as a worker, and takes back what workers that died had taken: what they had only
    /// claimed is pending again, what was in flight is uncertain. Gives how many became uncertain.
    pub async fn sign_on(&mut self) -> Result<u64> {
        match &mut self.database {
            Database::Sqlite(sqlite) => sqlite.sign_on().await,
            Database::Postgres(postgres) => postgres.sign_on().await,
        }
    }

    /// Signs off: what this process had claimed, and did not send, is pending again.
    pub async fn sign_off(&mut self) -> Result<()> {
        match &mut self.database {
            Database::Sqlite(sqlite) => sqlite.sign_off().await,
            Database::Postgres(postgres) => postgres.sign_off().await,
        }
    }

    /// Signs this process on once more, after its lease was ended by others. Gives how many deliveries became
    /// uncertain.
    pub async fn sign_on_again(&self) -> Result<u64> {
        match &self.database {
            Database::Sqlite(_) => Ok(0),
            Database::Postgres(postgres) => postgres.sign_on().await,
        }
    }

    /// The lease under which this process works, through a relay of this name.
    pub fn lease(&self, relay: &str) -> Lease {
        match &self.database {
            Database::Sqlite(_) => Lease::default(),
            Database::Postgres(postgres) => {
                postgres.set_relay(relay);
                postgres.lease()
            }
        }
    }

    /// The lease under which this process works, to be looked at.
    pub fn own_lease(&self) -> Lease {
        match &self.database {
            Database::Sqlite(_) => Lease::default(),
            Database::Postgres(postgres) => postgres.lease(),
        }
    }

    /// Takes back what workers that died had taken: what they had only claimed is pending again, what was in flight is
    /// uncertain. Gives how many became uncertain.
    pub async fn settle(&self) -> Result<u64> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.settle().await,
            Database::Postgres(postgres) => postgres.settle().await,
        }
    }

    /// The writer that records what becomes of deliveries, and its task. Only who has signed on may write.
    pub fn scribe(&self) -> Result<(Scribe, Desk)> {
        Ok(match &self.database {
            Database::Sqlite(sqlite) => {
                let (tray, desk) = sqlite.tray()?;
                (Scribe(Writer::Tray(tray)), Desk(Task::Tray(desk)))
            }
            Database::Postgres(postgres) => {
                let (pen, desk) = postgres.pen()?;
                (Scribe(Writer::Pen(pen)), Desk(Task::Pen(desk)))
            }
        })
    }

    /// Claims up to `limit` deliveries that are due. Addresses that were suppressed meanwhile are marked and left
    /// out. Safe on the disk before it returns, so that a power cut can't make anything that is sent look unclaimed.
    pub async fn claim(&self, send: SendId, attempts: u16, limit: usize) -> Result<Vec<Delivery>> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.claim(send, attempts, limit).await,
            Database::Postgres(postgres) => postgres.claim(send, attempts, limit).await,
        }
    }

    /// When the next deferred delivery is due, if one will be tried again.
    pub async fn next_due(&self, send: SendId, attempts: u16) -> Result<Option<i64>> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.next_due(send, attempts).await,
            Database::Postgres(postgres) => postgres.next_due(send, attempts).await,
        }
    }

    /// Opens again to everybody what this process had claimed and did not send.
    pub async fn give_back(&self) -> Result<()> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.give_back().await,
            Database::Postgres(postgres) => postgres.give_back().await,
        }
    }

    /// Closes the ledger: everything of a file comes into the one file, which can then be copied.
    pub async fn close(self) -> Result<()> {
        match self.database {
            Database::Sqlite(sqlite) => sqlite.close().await,
            Database::Postgres(postgres) => postgres.close().await,
        }
    }
}
