//! The writer of the ledger: what a send hands in while it goes on, and what it waits for.
//!
//! Each database has its own: beside a file a journal and large commits (see `tray`), on a server small transactions, many
//! connections' changes in each (see `postgres::pen`).

use std::sync::Arc;

use tokio::sync::oneshot;

use super::Outcome;
use super::postgres::{Pen, PenDesk};
use super::tray::{Tray, TrayDesk};
use crate::error::{Error, Result, Trouble};

/// The writer; clones hand in to the same one.
#[derive(Debug, Clone)]
pub struct Scribe(pub(super) Writer);

#[derive(Debug, Clone)]
pub(super) enum Writer {
    Tray(Arc<Tray>),
    Pen(Pen),
}

/// Says whether what was handed in is written.
#[derive(Debug)]
#[must_use = "a message's end may leave only when its row is written"]
pub struct Receipt(Answer);

#[derive(Debug)]
enum Answer {
    Given(Result<bool>),
    Coming(oneshot::Receiver<bool>),
}

/// The writer's task; waited for at the end, so that everything is written and synced.
#[derive(Debug)]
pub struct Desk(pub(super) Task);

#[derive(Debug)]
pub(super) enum Task {
    Tray(TrayDesk),
    Pen(PenDesk),
}

impl Scribe {
    /// Records that a message is about to be sent whole; the receipt says whether it is written, and no message's end
    /// may leave before.
    pub fn in_flight(&self, id: i64) -> Receipt {
        Receipt(match &self.0 {
            Writer::Tray(tray) => Answer::Given(tray.in_flight(id).map(|()| true)),
            Writer::Pen(pen) => Answer::Coming(pen.in_flight(id)),
        })
    }

    /// Records that a message which was announced is not sent now: it waits again.
    pub fn withdraw(&self, id: i64) -> Result<()> {
        match &self.0 {
            Writer::Tray(tray) => tray.withdraw(id),
            Writer::Pen(pen) => pen.withdraw(id),
        }
    }

    /// Records what became of a delivery; the database has it soon.
    pub fn outcome(&self, outcome: Outcome) -> Result<()> {
        match &self.0 {
            Writer::Tray(tray) => tray.outcome(outcome),
            Writer::Pen(pen) => pen.outcome(outcome),
        }
    }

    /// Waits until everything handed in so far is in the database.
    pub async fn flush(&self) -> Result<()> {
        match &self.0 {
            Writer::Tray(tray) => tray.flush().await,
            Writer::Pen(pen) => pen.flush().await,
        }
    }
}

impl Receipt {
    /// Waits until it is written. `false` says that it is not to be sent now: this process was away for longer than a
    /// worker may be, and the delivery may be another's.
    pub async fn written(self) -> Result<bool> {
        match self.0 {
            Answer::Given(answer) => answer,
            Answer::Coming(answer) => answer.await.map_err(|_| gone()),
        }
    }
}

impl Desk {
    /// Waits until everything is written and synced. Nothing may be handed in any more.
    pub async fn close(self) -> Result<()> {
        match self.0 {
            Task::Tray(desk) => desk.close().await,
            Task::Pen(desk) => desk.close().await,
        }
    }
}

/// The writer has ended.
pub(super) fn gone() -> Error {
    Error::Ledger(
        Trouble::new("the ledger can no longer be written")
            .hint("see what stands above; nothing more was sent, run the command again to go on"),
    )
}
