//! `envoi inbox`: what servers and readers write back, in the shapes in which they write it. The messages are in
//! `messages/`; what is in capitals in them is filled in from a message that envoi really sent.

#[path = "../support/mod.rs"]
mod support;

mod bounces;
mod hostile;
mod mailboxes;
mod readers;
mod real;
mod servers;
mod tags;

use std::fs;

use envoi::ledger::Ledger;
use support::{Newsroom, OpenPostbox, Postbox, Taken};

/// A newsroom that has sent one issue.
struct Sent {
    room: Newsroom,
    postbox: OpenPostbox,
    messages: Vec<Taken>,
}

/// Sends an issue to these.
fn sent_to(readers: &[&str], config: &str) -> Sent {
    let postbox = Postbox::new().start();
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails at nine.\"\n")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(readers.iter().copied())
        .config(config)
        .relay(&postbox);
    room.run("send 2026-11 --yes").exit(0);
    let messages = postbox.messages();
    assert_eq!(messages.len(), readers.len());
    Sent { room, postbox, messages }
}

impl Sent {
    /// The message that a reader got.
    #[track_caller]
    fn message(&self, reader: &str) -> &Taken {
        self.messages.iter().find(|message| message.recipients == [reader]).expect("it was sent")
    }

    /// A message of `messages/` about the one that a reader got.
    #[track_caller]
    fn about(&self, reader: &str, name: &str) -> String {
        about(self.message(reader), name)
    }

    /// Puts a message into the Maildir `returns/`.
    fn put(&self, name: &str, text: &str) {
        for folder in ["new", "cur", "tmp"] {
            fs::create_dir_all(self.room.path(&format!("returns/{folder}"))).expect("a folder");
        }
        self.room.write(&format!("returns/new/{name}"), text);
    }

    /// Whom the ledger suppresses, with the reasons: `ada@example.com bounced`.
    fn suppressed(&self) -> Vec<String> {
        let path = self.room.path("ledger.db");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let all = runtime.block_on(async { Ledger::open(&path).await?.suppressions().await }).expect("a ledger");
        all.into_iter().map(|one| format!("{} {}", one.address, one.reason)).collect()
    }
}

/// A message of `messages/` about one that was sent.
#[track_caller]
fn about(message: &Taken, name: &str) -> String {
    let template = fs::read_to_string(format!("tests/inbox/messages/{name}.eml")).expect("a message");
    let original = String::from_utf8(message.bytes.clone()).expect("ASCII").replace("\r\n", "\n");
    let headers = original.split("\n\n").next().unwrap_or_default();
    let recipient = &message.recipients[0];
    let id = message.parsed().header("Message-ID").expect("an id").trim_matches(['<', '>']).to_owned();
    template
        .replace("[BOUNCE]", &message.sender)
        .replace("[RECIPIENT]", recipient)
        .replace("[MESSAGE-ID]", &id)
        .replace("[ORIGINAL]", &original)
        .replace("[REDACTED]", &original.replace(recipient.as_str(), "redacted"))
        .replace("[HEADERS]", headers)
}
