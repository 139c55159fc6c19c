//! The ledger in PostgreSQL, for any number of workers on any hosts.
//!
//! What holds here and not in a file: nothing outlives a transaction (no prepared statement, no temporary table, no
//! setting), so that PgBouncer may give each transaction another session; and no clock counts but the database's.

mod address;
mod claim;
mod enlist;
mod line;
mod pen;
mod record;
mod worker;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;

pub(super) use address::Address;
pub(super) use line::{Tries, silent, work};
pub(super) use pen::{Pen, PenDesk};

use line::Line;
use worker::Worker;

use super::{SendId, schema};
use crate::error::{Error, Result, Trouble};

/// How long a question about a whole send may take: it may have ten million deliveries.
const LONG: Duration = Duration::from_mins(10);

/// How long it may take to be let in, to claim, to record.
const SHORT: Duration = Duration::from_secs(30);

/// Seconds since 1970 by the database's clock.
macro_rules! now {
    () => {
        "CAST(extract(epoch FROM now()) AS BIGINT)"
    };
}

use now;

/// A ledger on a server. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Postgres(Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    /// For all that is asked now and then.
    pub(super) line: Line,
    /// For what is claimed and recorded while a send goes on.
    desk: Line,
    /// For the word that this process is alive, which nothing else may hold up.
    pulse: Line,
    /// How long a worker is taken for alive without a word.
    lease: Duration,
    /// This process as a worker.
    worker: Mutex<Option<Arc<Worker>>>,
    /// The relay through which it sends.
    relay: watch::Sender<String>,
    /// Each send's audience in this run.
    audiences: Mutex<HashMap<SendId, i64>>,
}

impl std::ops::Deref for Postgres {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Postgres {
    /// Connects, and makes the tables where there are none.
    pub(super) async fn open(address: &Address) -> Result<Self> {
        let line = |silence| Line::new(address.options.clone(), silence, address.lease);
        let (line, desk, pulse) = (line(LONG), line(SHORT), line(address.lease / 2));
        let unopened = |error: sqlx::Error| {
            let trouble =
                Trouble::new(format!("the ledger `{}` cannot be opened", address.shown)).because(hidden(error));
            Error::Ledger(trouble.hint("check the server's name, the user and the password; `psql` tries the same"))
        };
        let dialled = tokio::time::timeout(SHORT, line.take()).await;
        let mut held = dialled.unwrap_or_else(|_| Err(silent())).map_err(unopened)?;
        schema::migrate_postgres(&mut held).await?;
        held.keep();
        Ok(Self(Arc::new(Inner {
            line,
            desk,
            pulse,
            lease: address.lease,
            worker: Mutex::default(),
            relay: watch::Sender::new(String::new()),
            audiences: Mutex::default(),
        })))
    }

    /// Closes the connections.
    pub(super) async fn close(self) -> Result<()> {
        self.sign_off().await?;
        for line in [&self.line, &self.desk, &self.pulse] {
            line.close().await;
        }
        Ok(())
    }

    /// The writer that records what becomes of deliveries, and its task. Only who has signed on may write.
    pub(super) fn pen(&self) -> Result<(Pen, PenDesk)> {
        Ok(Pen::take_up(self.clone(), self.worker()?.id))
    }
}

/// A driver's error, of which only what the server or the system said is told.
fn hidden(error: sqlx::Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error {
        sqlx::Error::Database(error) => error.message().into(),
        other => other.into(),
    }
}
