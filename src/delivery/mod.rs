//! Delivery: audience + stamper + relay -> [`Report`]. Claim, stamp, transmit, record.
//!
//! A run claims deliveries from the ledger into a queue ([`Run`]). For each connection a worker takes them, has the
//! dialogue with the relay, and hands each verdict to the clerk, who records it and draws the consequences: the next
//! attempt, the suppression, the slower pace, the brake.
//!
//! [`Dispatch`] is the front door: it makes an issue ready, enlists its audience, and runs the send.
//!
//! Nothing here prints or asks: whoever runs a send looks at its [`Progress`] and pulls its [`Brake`].

mod brake;
mod catcher;
mod clear_text;
mod clerk;
mod connection;
mod dialogue;
mod dispatch;
mod letter;
mod maildir;
mod meaning;
mod offer;
mod pace;
mod plan;
mod progress;
mod queue;
mod relay;
mod reply;
mod run;
mod worker;

pub use brake::Brake;
pub use catcher::Catcher;
pub use connection::Connection;
pub use dispatch::{Audience, Begun, Dispatch, Options, Rehearsal, not_prepared};
pub use letter::Carried;
pub use offer::Offer;
pub use plan::{Plan, Survey};
pub use progress::Progress;
pub use relay::{NoConnection, Relay};
pub use reply::{Fault, Reply};
pub use run::{Report, Run};
