//! The ledger: the list, sends, deliveries and suppressions. The one place that says who got what.
//!
//! A row a delivery, and beside a file a journal a process, written before and after. What a killed process leaves behind
//! is read from them: what was only claimed is sent again, what was in flight is uncertain. The ledger is a SQLite file
//! beside the project, or, for several machines, a database on PostgreSQL.

mod bounces;
mod consents;
mod database;
mod dossier;
mod enlist;
mod erasures;
mod journal;
mod lease;
mod many;
mod moving;
mod postgres;
mod presence;
mod readers;
mod register;
mod retention;
mod rows;
mod schema;
mod scribe;
mod sends;
mod sqlite;
mod statement;
mod status;
mod subscribers;
mod suppressions;
mod tray;

pub use bounces::{Note, Noted, Patience, Sent, Word};
pub use consents::{Agreed, Consent, How};
pub use database::Ledger;
pub use dossier::{Answer, Dossier, Letter, TakenBack};
pub use erasures::{Erased, Suppressed};
pub use lease::{Lease, Share, Watch};
pub use moving::Moved;
pub use readers::{OutOfReach, Wish};
pub use register::{Closing, Register};
pub use rows::{
    Delivery, Enlisted, NewSend, Outcome, Recipient, SendId, SendKind, SendStatus, State, Suppression, Tally, Trace,
};
pub use scribe::{Desk, Receipt, Scribe};
pub use subscribers::{Fate, Listed, Newcomer};
pub use suppressions::Restored;

use database::Database;

use crate::address::Address;
use crate::audience::Subscriber;
use crate::error::{Cause, Error, Result, Trouble};
use crate::language::Language;

/// Something the database said, in the officer's terms.
fn failed(what: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
    move |error| {
        let full = is_full(&error);
        let trouble = Trouble::new(format!("the ledger: cannot {what}")).because(Cause::from(error));
        Error::Ledger(if full {
            trouble.hint("make room on the disk and run the command again; nothing is sent twice")
        } else {
            trouble.hint("`envoi status` shows what the ledger knows; run the command again to go on")
        })
    }
}

/// Whether the disk is full: `SQLITE_FULL`, PostgreSQL's `disk_full`.
fn is_full(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| ["13", "53100"].contains(&&*code))
}

/// A delivery as its row tells it.
fn delivery(id: i64, address: &str, edition: String, values: &str, attempts: u16) -> Result<Delivery> {
    let damaged = |what: &str| Error::Ledger(Trouble::new(format!("the ledger holds a damaged delivery: {what}")));
    let address = Address::parse(address).map_err(|_| damaged(address))?;
    let values = serde_json::from_str(values).map_err(|_| damaged(address.as_str()))?;
    let language = Language::parse(&edition);
    Ok(Delivery { id, subscriber: Subscriber { address, language, values }, edition, attempts })
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, Executor as _, SqliteConnection};

    use super::*;

    #[tokio::test]
    async fn a_disk_that_is_full_is_known_by_its_code() {
        let mut small = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        small.execute("CREATE TABLE t (c); PRAGMA max_page_count = 3").await.unwrap();
        let full = small.execute("INSERT INTO t VALUES (zeroblob(100000))").await.unwrap_err();
        assert!(failed("be written")(full).hints()[0].starts_with("make room on the disk"));
        let other = sqlx::Error::Protocol("it ended before it was successfully read".into());
        assert!(failed("be written")(other).hints()[0].starts_with("`envoi status`"));
    }
}
