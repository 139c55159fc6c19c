//! A letter to one person, outside of any send: rendering + address -> [`Message`], signed like every other.

use std::fmt::Write as _;

use ring::rand::{SecureRandom, SystemRandom};

use super::dkim::Signer;
use super::segment::{Builder, Segment};
use super::{Message, header, mime};
use crate::address::{Address, Mailbox};
use crate::audience::Columns;
use crate::clock;
use crate::error::Result;
use crate::project::Project;
use crate::render::Rendering;

/// Writes the project's letters.
#[derive(Debug, Clone)]
pub struct LetterWriter {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    bounce: Address,
    signer: Option<Signer>,
}

impl LetterWriter {
    /// With the sender of `envoi.toml`, and its key for DKIM where there is one.
    pub fn new(project: &Project) -> Result<Self> {
        let sender = &project.config.sender;
        Ok(Self {
            from: sender.from.clone(),
            reply_to: sender.reply_to.clone(),
            bounce: sender.bounce_address().clone(),
            signer: Signer::of(project)?,
        })
    }

    /// The letter. The rendering has no open merge field any more: nothing is filled in here.
    pub fn write(&self, rendering: &Rendering, to: &Address) -> Message {
        let columns = Columns(Vec::new());
        let mut builder = Builder::new(&columns);
        builder.with(|bytes| {
            header::mailbox("From", &self.from, bytes);
            header::mailbox("To", &Mailbox::new("", to.clone()), bytes);
            if let Some(reply_to) = &self.reply_to {
                header::mailbox("Reply-To", reply_to, bytes);
            }
            header::text("Subject", &rendering.subject.sample(), bytes);
            header::raw("Date", &header::date(&clock::now()), bytes);
            header::raw("Message-ID", &format!("<{}@{}>", unique(), self.from.address.domain()), bytes);
            // RFC 3834, section 5: no machine answers it
            header::raw("Auto-Submitted", "auto-generated", bytes);
            header::text("Content-Language", rendering.language.as_str(), bytes);
            header::text("MIME-Version", "1.0", bytes);
        });
        mime::body(rendering, &mut builder);
        let mut bytes = Vec::new();
        for segment in builder.finish() {
            if let Segment::Fixed(fixed) = segment {
                bytes.extend_from_slice(&fixed);
            }
        }
        if let Some(signer) = &self.signer {
            bytes = signer.sign(&bytes);
        }
        Message { from: self.bounce.clone(), to: to.clone(), bytes }
    }
}

/// What no other letter has.
fn unique() -> String {
    let mut bytes = [0; 16];
    // where the operating system has no randomness, the time must do
    if SystemRandom::new().fill(&mut bytes).is_err() {
        bytes = clock::now().timestamp().as_nanosecond().to_be_bytes();
    }
    bytes.iter().fold(String::new(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}
