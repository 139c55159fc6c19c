//! How a send is stopped: by Ctrl-C, by a relay that will not have it, by a ledger that cannot be written.
//!
//! Once pulled, nothing new is begun; what is under way is finished. The first reason counts.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::error::Error;

/// The brake of one send; clones pull the same one.
#[derive(Debug, Clone)]
pub struct Brake(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pulled: watch::Sender<bool>,
    reason: Mutex<Option<Error>>,
}

impl Default for Brake {
    fn default() -> Self {
        Self(Arc::new(Inner { pulled: watch::Sender::new(false), reason: Mutex::new(None) }))
    }
}

impl Brake {
    /// Stops the send because somebody asked for it.
    pub fn pull(&self) {
        self.0.pulled.send_replace(true);
    }

    /// Stops the send because of an error.
    pub(super) fn fail(&self, error: Error) {
        self.0.reason.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.pull();
    }

    /// Whether the send is to end.
    pub fn is_pulled(&self) -> bool {
        *self.0.pulled.borrow()
    }

    /// Waits until the send is to end.
    pub(super) async fn pulled(&self) {
        let mut pulled = self.0.pulled.subscribe();
        // the sender lives as long as `self`
        let _ = pulled.wait_for(|pulled| *pulled).await;
    }

    /// The error for which the send was stopped, if it was one.
    pub(super) fn reason(&self) -> Option<Error> {
        self.0.reason.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
