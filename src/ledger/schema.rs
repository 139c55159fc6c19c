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
    CREATE TABLE subscribers (
        id       INTEGER PRIMARY KEY,     -- the order in which they came
        key      TEXT    NOT NULL UNIQUE, -- the address, folded
        address  TEXT    NOT NULL,
        lang     TEXT    NOT NULL,        -- '' where it is not known
        \"values\" TEXT  NOT NULL,        -- JSON: column -> value, those that are not empty
        added    INTEGER NOT NULL,
        changed  INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE subscriber_columns (
        name     TEXT    PRIMARY KEY,
        position INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE origins (                -- of consents: many have one
        id       INTEGER PRIMARY KEY,
        how      TEXT    NOT NULL CHECK (how IN ('import', 'form', 'hand')),
        source   TEXT    NOT NULL,        -- a file, a form's address, or what was said
        text     TEXT    NOT NULL,        -- the version of the text that was agreed to, '' where it is not known
        UNIQUE (how, source, text)
    ) STRICT;
    CREATE TABLE consents (
        key      TEXT    NOT NULL,
        origin   INTEGER NOT NULL REFERENCES origins (id),
        given    INTEGER NOT NULL,        -- 0 where it is not known
        ip       TEXT    NOT NULL,        -- '' where it is not known
        recorded INTEGER NOT NULL,
        PRIMARY KEY (key, origin, given)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE erasures (               -- suppressions of which nothing but a salted hash is left
        hash     TEXT    PRIMARY KEY,
        since    INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE salts (
        name     TEXT    PRIMARY KEY,
        salt     TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE restorations (           -- suppressions that were taken back
        key      TEXT    NOT NULL,
        reason   TEXT    NOT NULL,        -- of the suppression
        detail   TEXT    NOT NULL,
        since    INTEGER NOT NULL,
        why      TEXT    NOT NULL,        -- it was taken back
        restored INTEGER NOT NULL,
        PRIMARY KEY (key, restored)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE sends ADD COLUMN anonymous INTEGER; -- since when nobody knows who got it
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
