//! What the tests share: a project in a temporary folder, a scripted SMTP server, an independent reader of
//! messages, and the real programs (Postfix, Chromium) as second opinions.
//!
//! ```ignore
//! mod support;
//! use support::{Act, Newsroom, Point, Postbox};
//!
//! #[test]
//! fn a_refused_address_does_not_stop_the_others() {
//!     let postbox = Postbox::new().starttls().login("desk", "secret")
//!         .rejecting("ben@example.com", 550, "no such user")
//!         .on(Point::AfterEnd.nth(2), Act::HangUp)
//!         .start();
//!     let room = Newsroom::new()
//!         .issue("2026-11", r#"subject = "Ferry back in service""#)
//!         .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
//!         .subscribers(["ada@example.com", "ben@example.com"])
//!         .relay(&postbox);
//!     room.run("send 2026-11 --yes").exit(3).stderr_has("1 rejected");
//!     assert_eq!(postbox.messages()[0].recipients, ["ada@example.com"]);
//!     assert_eq!(postbox.messages()[0].parsed().subject, "Ferry back in service");
//!     postbox.was_treated_politely();
//! }
//! ```
//!
//! Nothing in here uses the library under test: what the program says about itself is no proof.

#![allow(dead_code, unused_imports, reason = "every test file compiles this module for itself and uses a part of it")]
#![allow(unreachable_pub, reason = "`pub` marks what is offered to the tests")]

pub mod account;
pub mod book;
mod certificate;
mod letter;
mod newsroom;
pub mod pdf;
mod picture;
mod postbox;
mod services;
mod site;
pub mod web;

pub use certificate::Certificate;
pub use letter::{Letter, Part};
pub use newsroom::{Newsroom, Relay, Run, Running, Security};
pub use picture::PIXEL;
pub use postbox::{Act, Moment, OpenPostbox, Point, Postbox, Taken};
pub use services::{
    Chromium, Dovecot, Nsd, OpenNsd, OpenPostfix, OpenPostgres, PgBouncer, Postfix, Postgres, Service, axe, defects,
    dumped, html_errors, need, read_feed, spam_score, unsupported,
};
pub use site::Site;
pub use web::{Answer, Served};
