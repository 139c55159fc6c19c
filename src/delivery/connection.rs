//! A connection to the relay: bytes out in one piece, replies in one by one.
//!
//! Commands are gathered and leave together with the next wait for a reply, so that a group of them, and a whole
//! message before it, is one write and one round trip (RFC 2920). What the replies mean is the `dialogue`'s business.

use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::time::timeout;

use super::offer::Offer;
use super::reply::{Fault, Reply, reply};
use crate::ledger::Lease;

/// A connection to the relay, protected and logged in.
pub struct Connection {
    pub(super) smtp: AsyncSmtpConnection,
    /// What the relay offers.
    pub offer: Offer,
    /// How long a reply may take.
    timeout: Duration,
    /// What leaves with the next wait.
    gathered: Vec<u8>,
    /// Under which messages may leave.
    lease: Lease,
}

impl Connection {
    pub(super) fn new(smtp: AsyncSmtpConnection, offer: Offer, timeout: Duration) -> Self {
        Self { smtp, offer, timeout, gathered: Vec::new(), lease: Lease::default() }
    }

    /// Lets nothing leave but under this lease.
    pub(super) fn under(self, lease: Lease) -> Self {
        Self { lease, ..self }
    }

    /// Gathers bytes: whole commands, each with its CRLF, or a whole message.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.gathered.extend_from_slice(bytes);
    }

    /// Forgets what was gathered and has not left, where the lease has run out; says whether it has.
    pub(super) fn is_late(&mut self) -> bool {
        let late = !self.lease.holds();
        if late {
            self.gathered.clear();
        }
        late
    }

    /// Writes what was gathered, unless the lease has run out by now, and waits for the oldest reply that is still to come.
    pub(super) async fn next_reply(&mut self) -> Result<Reply, Fault> {
        let answer = if self.gathered.is_empty() {
            timeout(self.timeout, self.smtp.read_response()).await
        } else {
            // the last look: whatever this process waited for, or was stopped for, lies before it
            if !self.lease.holds() {
                return Err(Fault::Late);
            }
            // commands and messages are ASCII: addresses and encodings see to it
            let text = String::from_utf8(std::mem::take(&mut self.gathered))
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            let answer = timeout(self.timeout, self.smtp.command(text.as_str())).await;
            // the buffer is used again
            self.gathered = text.into_bytes();
            self.gathered.clear();
            answer
        };
        answer.map_or_else(|_| Err(Fault::Silent(self.timeout.as_secs())), reply)
    }

    /// Says goodbye, briefly.
    pub async fn quit(mut self) {
        let _ = timeout(Duration::from_secs(2), self.smtp.quit()).await;
    }

    /// Whether it is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.smtp.is_encrypted()
    }
}
