//! envoi ("dispatch" in French): the newsletter and press desk of an organisation that has one communications officer,
//! a folder of Markdown and no marketing platform.
//!
//! This is the house's map. Data goes one way, and a room imports only rooms that stand above it (`tests/house.rs`
//! reads this list and proves it). Underneath, what every room stands on:
//!
//! ```text
//! language    "fr", "nl-be"             a BCP 47 tag
//! address     text -> Address, Mailbox  valid, and safe in a header
//! token       payload <-> token     what a link carries instead of an address, sealed under the project's secret
//! clock       -> now                    the one place from which time comes
//! rule        a code -> Rule            what is looked at and why: the list of all checks
//! diagnostic  Diagnostic                what is wrong, where, how to mend it
//! error       Error                     what failed, why, what to do next
//! source      file -> Source            a text that was written by hand, and where in it something stands
//! output      bytes -> file             whole or not at all
//! network     IP address -> bool        whether it is one of the open web
//! tls         authorities -> connector  whose certificates are believed
//! ```
//!
//! And the way through, from the officer's folder to her readers:
//!
//! ```text
//! project     envoi.toml -> Project            paths, organisation, sender, relay, languages
//! issue       folder -> Issue                  manifest, snippets, Markdown as a tree, pictures
//! scaffold    a name -> files                  a new project, issue, press release, snippet to begin with
//! check       Issue -> diagnostics, fixes      what the officer would want to know before it goes out
//! render      Issue + Language -> Rendering    Handlebars templates, CSS inlining, plain text
//! audience    CSV -> subscribers               decode, validate, deduplicate, filter
//! ledger      the list, sends, deliveries      the one place that says who is on the list and who got what
//! subscribers Project -> Roll; file -> Import  the list to read, in a file or in the ledger; bringing one in
//! message     Rendering -> Stamper -> Message  MIME, headers, merge fields filled for one subscriber
//! build       Issue -> files                   each edition as a web page, a text and a sample message
//! delivery    Audience + Stamper -> Report     claim, stamp, transmit, record
//! inbox       mailbox -> findings              bounces, complaints and unsubscriptions, taken into the ledger
//! domain      Project + DNS -> Checklist       what the sender's domain says of itself, and what it should
//! serve       Project + ledger -> a web server  where readers subscribe, confirm, choose and unsubscribe
//! press       Issue -> press pages             a press release for journalists: page, text, PDF, kit, data
//! archive     Project + ledger -> a static site  what stays on the web: index, pages, feeds
//! preview     Project -> local web page        what readers will see, while it is written
//! import      feed -> snippets                 what was written elsewhere: RSS, Atom, WordPress's export
//! cli         arguments -> calls, text         parse, call, show: the only room that prints
//! ```
//!
//! A [`project::Project`] is where everything begins; [`render::Proof`] is an issue as it would go out, with all that
//! was found wrong; every failure is an [`error::Error`], every finding a [`diagnostic::Diagnostic`].

pub mod address;
pub mod archive;
pub mod audience;
pub mod build;
pub mod check;
pub mod cli;
pub mod clock;
pub mod delivery;
pub mod diagnostic;
pub mod domain;
pub mod error;
pub mod import;
pub mod inbox;
pub mod issue;
pub mod language;
pub mod ledger;
pub mod message;
pub mod network;
pub mod output;
pub mod press;
pub mod preview;
pub mod project;
pub mod render;
pub mod rule;
pub mod scaffold;
pub mod serve;
pub mod source;
pub mod subscribers;
pub mod tls;
pub mod token;
