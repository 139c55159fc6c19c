//! What every request can ask: the [`Room`].

use std::sync::Arc;

use tokio::sync::watch;

use super::caught::Outbox;
use super::desk::Desk;

/// What every request can ask.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) desk: Arc<Desk>,
    pub(super) outbox: Arc<Outbox>,
    /// Turns true when the server is to end.
    pub(super) ending: watch::Receiver<bool>,
}
