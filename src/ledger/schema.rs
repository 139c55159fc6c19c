//! The ledger's tables, and how an older ledger becomes a newer one.

use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};

use super::failed;
use crate::error::{Error, Result, Trouble};

/// One step a version; a step that has been released is never changed.
const STEPS: &[&str] = &[
    "
    CREATE TABLE sends (
        id       INTEGER PRIMARY KEY,
        issue    TEXT    NOT NULL,
        kind     TEXT    NOT NULL CHECK (kind IN ('issue', 'test')),
        key      TEXT    NOT NULL UNIQUE, -- names the send in Message-IDs
        columns  TEXT    NOT NULL,        -- JSON: the names of subscribers' values
        started  INTEGER NOT NULL         -- seconds since 1970, like every time here
    ) STRICT;
    CREATE UNIQUE INDEX one_send_an_issue ON sends (issue) WHERE kind = 'issue';

    CREATE TABLE deliveries (
        id       INTEGER PRIMARY KEY,
        send     INTEGER NOT NULL REFERENCES sends (id),
        key      TEXT    NOT NULL,        -- the address, folded: one delivery an address
        address  TEXT    NOT NULL,
        edition  TEXT    NOT NULL,
        \"values\" TEXT  NOT NULL,        -- JSON: the merge fields
        state    TEXT    NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        due      INTEGER NOT NULL DEFAULT 0,
        worker   INTEGER,
        code     INTEGER,
        reply    TEXT,
        changed  INTEGER NOT NULL,
        UNIQUE (send, key)
    ) STRICT;
    CREATE INDEX claimable ON deliveries (send, id) WHERE state IN ('pending', 'deferred');
    CREATE INDEX taken ON deliveries (worker) WHERE state IN ('claimed', 'in-flight');

    CREATE TABLE suppressions (
        key      TEXT    PRIMARY KEY,
        address  TEXT    NOT NULL,
        reason   TEXT    NOT NULL,
        detail   TEXT    NOT NULL,
        since    INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE workers (
        id       INTEGER PRIMARY KEY,
        lock     TEXT    NOT NULL,        -- the file that the worker holds locked while it lives
        boot     TEXT    NOT NULL,        -- which start of the machine it ran in
        started  INTEGER NOT NULL
    ) STRICT;
",
    "
    CREATE TABLE bounces (                -- what came back, once each
        digest   TEXT    PRIMARY KEY,     -- by what the message is recognised
        word     TEXT    NOT NULL,        -- hard, soft, complaint, unsubscription
        key      TEXT    NOT NULL,        -- the address, folded
        delivery INTEGER REFERENCES deliveries (id) ON DELETE CASCADE,
        detail   TEXT    NOT NULL,
        noted    INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX bounces_of_delivery ON bounces (delivery);
    CREATE INDEX bounces_of_address ON bounces (key);

    CREATE TABLE mailboxes (              -- up to where a mailbox on a server was read
        name     TEXT    PRIMARY KEY,
        validity INTEGER NOT NULL,
        uid      INTEGER NOT NULL
    ) STRICT;
",
];

/// Brings a ledger to this version; refuses one from a newer envoi.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<()> {
    let newest = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if version(connection).await? == newest {
        return Ok(());
    }
    // an exclusive look before anything is changed: another process may be doing the same
    let mut transaction =
        connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("begin a change of its tables"))?;
    let found = version(&mut transaction).await?;
    if found > newest {
        return Err(Error::Ledger(
            Trouble::new(format!(
                "the ledger was written by a newer envoi (its version is {found}, this envoi knows {newest})"
            ))
            .hint("install the newer envoi; this one leaves the ledger as it is"),
        ));
    }
    for (index, step) in STEPS.iter().enumerate().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute(*step).await.map_err(failed("make its tables"))?;
        let pragma = format!("PRAGMA user_version = {}", index + 1);
        transaction.execute(AssertSqlSafe(pragma)).await.map_err(failed("make its tables"))?;
    }
    transaction.commit().await.map_err(failed("make its tables"))
}

async fn version(connection: &mut SqliteConnection) -> Result<i64> {
    sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await.map_err(failed("be read"))
}
