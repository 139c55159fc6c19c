//! envoi.
pub mod address;
pub mod audience;
pub mod check;
pub mod clock;
pub mod delivery;
pub mod diagnostic;
pub mod error;
pub mod issue;
pub mod language;
pub mod ledger;
pub mod message;
pub mod output;
pub mod project;
pub mod render;
pub mod source;
