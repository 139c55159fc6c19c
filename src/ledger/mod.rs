//! The ledger: the list, sends, deliveries and suppressions. The one place that says who got what.
//!
//! A row a delivery, and a journal a process, written before and after. What a killed process leaves behind is read from
//! both: what was only claimed is sent again, what was in flight is uncertain. SQLite, in WAL mode, beside the project.

mod bounces;
mod consents;
mod dossier;
mod enlist;
mod erasures;
mod journal;
mod presence;
mod retention;
mod rows;
mod schema;
mod scribe;
mod sqlite;
mod status;
mod subscribers;
mod suppressions;

pub use bounces::{Note, Noted, Patience, Sent, Word};
pub use consents::{Agreed, Consent, How};
pub use dossier::{Answer, Dossier, Letter, TakenBack};
pub use erasures::{Erased, Suppressed};
pub use rows::{
    Delivery, Enlisted, NewSend, Outcome, Recipient, SendId, SendKind, SendStatus, State, Suppression, Tally, Trace,
};
pub use scribe::{Desk, Receipt, Scribe};
pub use sqlite::Ledger;
pub use subscribers::{Fate, Listed, Newcomer};
pub use suppressions::Restored;

use crate::error::{Cause, Error, Trouble};

/// Something the database said, in the officer's terms.
fn failed(what: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
    move |error| {
        let full = error.to_string().contains("full");
        let trouble = Trouble::new(format!("the ledger: cannot {what}")).because(Cause::from(error));
        Error::Ledger(if full {
            trouble.hint("make room on the disk and run the command again; nothing is sent twice")
        } else {
            trouble.hint("`envoi status` shows what the ledger knows; run the command again to go on")
        })
    }
}
