//! A line to the database: one connection, dialled when it is first needed, and again after it was cut.
//!
//! A connection is taken for a transaction and kept only when that ended well. Whatever cut it short (an error, a
//! time-out, a future that nobody waits for any more) hangs up, so that no half-read answer is ever taken for another's.
//!
//! Who cannot hang up (a machine that was stopped, a cable that was pulled) would hold its rows for hours: the database
//! ends a transaction in which nothing is said any more.

use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use tokio::sync::{Mutex, MutexGuard};

use crate::ledger::statement::Stop;

/// How long work is tried again while the database is away: a restart, a failover.
const PATIENCE: Duration = Duration::from_mins(1);

/// The first pause before work is tried again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// How long a transaction may say nothing at least, however short the lease: a busy machine takes its time.
const SHORTEST_IDLE: Duration = Duration::from_secs(5);

/// The longest pause before work is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A line to the database.
#[derive(Debug)]
pub(in crate::ledger) struct Line {
    options: PgConnectOptions,
    /// How long one try may take: a database that has been silent for so long is as good as gone.
    pub(in crate::ledger) silence: Duration,
    /// How a transaction begins, in one message.
    begin: String,
    connection: Mutex<Option<PgConnection>>,
}

/// A line's connection, taken by one.
pub(in crate::ledger) struct Held<'l> {
    slot: MutexGuard<'l, Option<PgConnection>>,
    connection: PgConnection,
}

impl Line {
    /// A line that is not dialled yet.
    pub(super) fn new(options: PgConnectOptions, silence: Duration, lease: Duration) -> Self {
        let idle = lease.max(SHORTEST_IDLE).as_millis();
        // for this transaction alone, since a pooler may give the next one another session
        let begin = format!("BEGIN; SET LOCAL idle_in_transaction_session_timeout = {idle}");
        Self { options, silence, begin, connection: Mutex::new(None) }
    }

    /// How a transaction begins.
    pub(in crate::ledger) fn begin(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(self.begin.clone())
    }

    /// Takes the connection, dialling where there is none.
    pub(in crate::ledger) async fn take(&self) -> sqlx::Result<Held<'_>> {
        let mut slot = self.connection.lock().await;
        let connection = match slot.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(Held { slot, connection })
    }

    /// Hangs up politely.
    pub(super) async fn close(&self) {
        if let Some(connection) = self.connection.lock().await.take() {
            let _ = tokio::time::timeout(LONGEST_PAUSE, sqlx::Connection::close(connection)).await;
        }
    }
}

impl Held<'_> {
    /// Leaves the connection for the next one: all that was asked on it was answered.
    pub(in crate::ledger) fn keep(self) {
        let Self { mut slot, connection } = self;
        *slot = Some(connection);
    }
}

impl Deref for Held<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

/// How often and how long something is tried again.
#[derive(Debug)]
pub(in crate::ledger) struct Tries {
    begun: Instant,
    pause: Duration,
}

impl Tries {
    /// Before the first try.
    pub(in crate::ledger) fn new() -> Self {
        Self { begun: Instant::now(), pause: FIRST_PAUSE }
    }

    /// Whether to try again after an error; waits a little before.
    pub(in crate::ledger) async fn again(&mut self, stop: &Stop) -> bool {
        if !stop.database().is_some_and(passes) || self.begun.elapsed() > PATIENCE {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}

/// Does work on a line in one transaction, and again where the database was away. It may be done twice where the line was
/// cut after the last word: the second time must change nothing.
macro_rules! work {
    ($line:expr, $what:expr, $transaction:ident => $work:expr) => {{
        let mut tries = $crate::ledger::postgres::Tries::new();
        loop {
            let tried = tokio::time::timeout($line.silence, async {
                let mut held = $line.take().await?;
                let mut $transaction = sqlx::Connection::begin_with(&mut *held, $line.begin()).await?;
                let found = $work;
                $transaction.commit().await?;
                held.keep();
                Ok::<_, $crate::ledger::statement::Stop>(found)
            });
            match tried.await.unwrap_or_else(|_| Err($crate::ledger::postgres::silent().into())) {
                Err(stop) if tries.again(&stop).await => {}
                done => break done.map_err($crate::ledger::statement::stopped($what)),
            }
        }
    }};
}

pub(in crate::ledger) use work;

/// The database said nothing for too long.
pub(in crate::ledger) fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}

/// Whether an error says that the database is away or busy, and not that the work is wrong.
fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::BeginFailed => true,
        // the classes of PostgreSQL's documentation, appendix A
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            // connections lost; no resources; stopped by an operator; the system
            ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class))
                // a serialization failure, a deadlock; a standby that is about to lead
                || ["40001", "40P01", "25006"].contains(&&*code)
                // nothing was said in a transaction for too long: this process was stopped
                || code == "25P03"
        }),
        _ => false,
    }
}
