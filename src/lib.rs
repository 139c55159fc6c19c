//! envoi.
pub mod address;
pub mod audience;
pub mod check;
pub mod clock;
pub mod diagnostic;
pub mod error;
pub mod issue;
pub mod language;
pub mod ledger;
pub mod message;
pub mod output;
pub mod preview;
pub mod project;
pub mod render;
pub mod source;
