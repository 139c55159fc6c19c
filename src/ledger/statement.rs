//! One statement for both databases: SQL in the words that SQLite and PostgreSQL share, run on the one that the ledger
//! is in.
//!
//! [`on!`] asks, [`change!`] changes (and gives how many rows), [`together!`] does several things in one transaction,
//! [`look!`] asks several questions in one:
//!
//! ```ignore
//! let found = on!(self, "be read", connection => {
//!     query_as("SELECT id, key FROM sends WHERE issue = $1").bind(issue).fetch_optional(connection)
//! })?;
//! let rows = change!(self, "be written", query("DELETE FROM suppressions WHERE key = $1").bind(&key))?;
//! together!(self, "be written", transaction => {
//!     let rows = alter!(transaction, query("…").bind(id))?;
//!     let found = ask!(transaction, connection => query_as("…").bind(id).fetch_all(connection))?;
//!     further(&mut transaction).await?;
//!     rows
//! })?;
//! ```
//!
//! A function that is called within a transaction takes a `&mut Link<'_>`, and asks and alters on it.
//!
//! What they share: `$1`, `ON CONFLICT`, `RETURNING`, `CASE`, `coalesce`, 64-bit numbers (bind and read `i64`, `bool`,
//! `String`, `Option`s of them), rows read as tuples. Where they differ ([`either`]) a statement has two texts with the
//! same values; a set of keys is bound as a JSON list ([`in_list`]).
//!
//! On PostgreSQL a line that was cut is dialled again and the work done again. Where the cut came after the last word,
//! the work is done twice: write it so that the second time changes nothing.

use sqlx::database::HasStatementCache;
use sqlx::query::{Query, QueryAs, QueryScalar};
use sqlx::{Database, FromRow, PgConnection, SqlSafeStr, SqliteConnection};

use super::failed;
use crate::error::Error;

/// A connection to either, within a transaction.
pub(super) enum Link<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Link<'_> {
    /// The same, lent out once more.
    pub(super) fn lend(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(connection) => Link::Sqlite(connection),
            Self::Postgres(connection) => Link::Postgres(connection),
        }
    }
}

/// Why work was broken off: by the database, or by something that was already told.
pub(super) enum Stop {
    Database(sqlx::Error),
    Told(Error),
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}

impl Stop {
    /// What the database said, if it was the database.
    pub(super) fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Told(Error::Ledger(trouble)) => trouble.cause.as_ref()?.downcast_ref(),
            Self::Told(_) => None,
        }
    }
}

/// Why work was broken off, in the officer's terms.
pub(super) fn stopped(what: &'static str) -> impl FnOnce(Stop) -> Error {
    move |stop| match stop {
        Stop::Database(error) => failed(what)(error),
        Stop::Told(error) => error,
    }
}

/// A database that the ledger may be in.
pub(super) trait Common: Database + HasStatementCache {
    /// Whether a connection may keep a statement for the next time.
    const KEEPS: bool;

    /// Chooses between two texts.
    fn either(sqlite: &'static str, postgres: &'static str) -> &'static str;
}

impl Common for sqlx::Sqlite {
    const KEEPS: bool = true;

    fn either(sqlite: &'static str, _: &'static str) -> &'static str {
        sqlite
    }
}

impl Common for sqlx::Postgres {
    // behind PgBouncer the next transaction may be in another session
    const KEEPS: bool = false;

    fn either(_: &'static str, postgres: &'static str) -> &'static str {
        postgres
    }
}

/// A statement in the common words.
pub(super) fn query<'q, DB: Common>(sql: impl SqlSafeStr) -> Query<'q, DB, DB::Arguments> {
    sqlx::query(sql).persistent(DB::KEEPS)
}

/// The same, whose rows are tuples.
pub(super) fn query_as<'q, DB: Common, O>(sql: impl SqlSafeStr) -> QueryAs<'q, DB, O, DB::Arguments>
where
    O: for<'r> FromRow<'r, DB::Row>,
{
    sqlx::query_as(sql).persistent(DB::KEEPS)
}

/// The same, whose rows are one value.
pub(super) fn query_scalar<'q, DB: Common, O>(sql: impl SqlSafeStr) -> QueryScalar<'q, DB, O, DB::Arguments>
where
    (O,): for<'r> FromRow<'r, DB::Row>,
{
    sqlx::query_scalar(sql).persistent(DB::KEEPS)
}

/// A statement whose text differs between the two; the values are the same. Rows are tuples.
pub(super) fn either<'q, DB: Common, O>(
    sqlite: &'static str,
    postgres: &'static str,
) -> QueryAs<'q, DB, O, DB::Arguments>
where
    O: for<'r> FromRow<'r, DB::Row>,
{
    query_as(DB::either(sqlite, postgres))
}

/// A set of texts, to be bound where `sqlite` reads `json_each($1)` and `postgres` reads
/// `json_array_elements_text($1::json)`; both call the text `value`.
pub(super) fn in_list(texts: &[String]) -> String {
    serde_json::to_string(texts).unwrap_or_default()
}

/// Asks on a link, within a transaction. The connection goes to the statement's `fetch_…`.
macro_rules! ask {
    ($link:expr, $connection:ident => $statement:expr) => {
        match $link.lend() {
            $crate::ledger::statement::Link::Sqlite($connection) => $statement.await,
            $crate::ledger::statement::Link::Postgres($connection) => $statement.await,
        }
    };
}

/// Changes something on a link, within a transaction, and gives how many rows.
macro_rules! alter {
    ($link:expr, $statement:expr) => {
        match $link.lend() {
            $crate::ledger::statement::Link::Sqlite(connection) => {
                $statement.execute(connection).await.map(|done| done.rows_affected())
            }
            $crate::ledger::statement::Link::Postgres(connection) => {
                $statement.execute(connection).await.map(|done| done.rows_affected())
            }
        }
    };
}

/// Asks by one statement. The connection goes to its `fetch_…`.
macro_rules! on {
    ($ledger:expr, $what:expr, $connection:ident => $statement:expr) => {
        match &$ledger.database {
            $crate::ledger::Database::Sqlite(sqlite) => {
                let mut held = sqlite.connection.lock().await;
                let $connection = &mut *held;
                $statement.await.map_err($crate::ledger::failed($what))
            }
            $crate::ledger::Database::Postgres(postgres) => {
                $crate::ledger::postgres::work!(postgres.line, $what, transaction => {
                    let $connection = &mut *transaction;
                    $statement.await?
                })
            }
        }
    };
}

/// Changes something by one statement, and gives how many rows.
macro_rules! change {
    ($ledger:expr, $what:expr, $statement:expr) => {
        match &$ledger.database {
            $crate::ledger::Database::Sqlite(sqlite) => {
                let mut held = sqlite.connection.lock().await;
                let done = $statement.execute(&mut *held).await;
                done.map(|done| done.rows_affected()).map_err($crate::ledger::failed($what))
            }
            $crate::ledger::Database::Postgres(postgres) => {
                $crate::ledger::postgres::work!(postgres.line, $what, transaction => {
                    $statement.execute(&mut *transaction).await?.rows_affected()
                })
            }
        }
    };
}

/// Does several things in one transaction: a block with `?` in it, on a [`Link`].
macro_rules! together {
    ($ledger:expr, $what:expr, $transaction:ident => $work:block) => {
        // to write from the start: who reads and then wants to write is refused where another wrote meanwhile
        $crate::ledger::statement::within!($ledger, $what, "BEGIN IMMEDIATE", $transaction => $work)
    };
}

/// Asks several questions of one state of things, and waits for nobody who writes.
macro_rules! look {
    ($ledger:expr, $what:expr, $transaction:ident => $work:block) => {
        $crate::ledger::statement::within!($ledger, $what, "BEGIN", $transaction => $work)
    };
}

/// A block in a transaction, which begins in SQLite with these words.
macro_rules! within {
    ($ledger:expr, $what:expr, $begin:literal, $transaction:ident => $work:block) => {
        match &$ledger.database {
            $crate::ledger::Database::Sqlite(sqlite) => {
                let mut held = sqlite.connection.lock().await;
                async {
                    let mut begun = sqlx::Connection::begin_with(&mut *held, $begin).await?;
                    let mut $transaction = $crate::ledger::statement::Link::Sqlite(&mut begun);
                    let found = $work;
                    begun.commit().await?;
                    Ok::<_, $crate::ledger::statement::Stop>(found)
                }
                .await
                .map_err($crate::ledger::statement::stopped($what))
            }
            $crate::ledger::Database::Postgres(postgres) => {
                $crate::ledger::postgres::work!(postgres.line, $what, begun => {
                    let mut $transaction = $crate::ledger::statement::Link::Postgres(&mut begun);
                    $work
                })
            }
        }
    };
}

pub(super) use {alter, ask, change, look, on, together, within};
