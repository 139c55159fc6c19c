//! Rendering -> [`Stamper`]; stamper + subscriber -> [`Message`]: MIME, headers, merge fields filled.
//!
//! A stamper encodes an edition once, into fixed segments with slots between them. To stamp is to copy the segments
//! and to encode what goes into the slots, so that a message costs little more than its bytes.

mod dkim;
mod draft;
mod encode;
mod header;
mod letter;
mod mime;
mod segment;
mod tag;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

pub use dkim::{DkimKey, dkim_key};
pub use draft::draft;
pub use letter::LetterWriter;
pub use tag::{Role, Tag};

use self::dkim::Signer;
use self::segment::{Coding, Segment, Slot};
use self::tag::Tagger;
use crate::address::{Address, Mailbox};
use crate::audience::{Columns, Subscriber};
use crate::clock;
use crate::error::Result;
use crate::issue::{MergeText, Piece, READER_TOKEN, Readership, TAGS, ascii_link};
use crate::language::Language;
use crate::project::Project;
use crate::render::Rendering;
use crate::token::{Purpose, Secret};

/// A message for one subscriber, as it goes on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The envelope's sender, to whom bounces go.
    pub from: Address,
    /// The envelope's recipient.
    pub to: Address,
    /// RFC 5322, with CRLF at line ends and one at the very end; ASCII; no line begins with a dot, so that none
    /// needs doubling (RFC 5321, section 4.5.2).
    pub bytes: Vec<u8>,
}

/// An edition, encoded once, ready to be stamped for each of its readers.
#[derive(Debug, Clone)]
pub struct Stamper {
    language: Language,
    readership: Readership,
    from: Mailbox,
    bounce: Address,
    verp: bool,
    tagger: Tagger,
    subject: MergeText,
    unsubscribe: Option<(Option<MergeText>, Option<Address>)>,
    secret: Option<Secret>,
    columns: Columns,
    send: String,
    signer: Option<Signer>,
    segments: Vec<Segment>,
    size: usize,
}

impl Stamper {
    /// Encodes a rendering. `send` names the send, so that a message's Message-ID is always the same for the same
    /// send and subscriber, and a repeat can be recognised.
    pub fn new(project: &Project, slug: &str, rendering: &Rendering, columns: &Columns, send: &str) -> Result<Self> {
        let secret = if project.serve_base().is_some() { project.secret()?.cloned() } else { None };
        Self::with(secret, project, slug, rendering, columns, send)
    }

    /// The same for messages that are shown and not sent: it needs no secret, and the links that would carry a token
    /// carry the word `sample`.
    pub fn sample(project: &Project, slug: &str, rendering: &Rendering, columns: &Columns, send: &str) -> Result<Self> {
        Self::with(None, project, slug, rendering, columns, send)
    }

    fn with(
        secret: Option<Secret>,
        project: &Project,
        slug: &str,
        rendering: &Rendering,
        columns: &Columns,
        send: &str,
    ) -> Result<Self> {
        let sender = &project.config.sender;
        let unsubscribe = project.config.unsubscribe.as_ref();
        let mailto = unsubscribe.and_then(|unsubscribe| unsubscribe.mailto.clone());
        let url = match project.serve_base() {
            Some(base) => Some(MergeText::with_token(format!("{base}/u/"), String::new())),
            None => unsubscribe
                .and_then(|unsubscribe| unsubscribe.url.as_deref())
                .map(|url| MergeText::parse(url).unwrap_or_default().in_url()),
        };
        let url = url.map(|url| ascii_link(&url));
        let unsubscribe = (url.is_some() || mailto.is_some()).then_some((url, mailto));
        let mut stamper = Self {
            language: rendering.language.clone(),
            readership: rendering.readership.clone(),
            from: sender.from.clone(),
            bounce: sender.bounce_address().clone(),
            verp: sender.verp,
            tagger: Tagger::new(send),
            subject: rendering.subject.clone(),
            unsubscribe,
            secret,
            columns: columns.clone(),
            send: send.to_owned(),
            signer: Signer::of(project)?,
            segments: Vec::new(),
            size: 0,
        };
        let mut builder = segment::Builder::new(columns);
        stamper.head(project, slug, &mut builder);
        mime::body(rendering, &mut builder);
        stamper.segments = builder.finish();
        stamper.size = stamper.segments.iter().map(Segment::size).sum();
        Ok(stamper)
    }

    /// The language of the edition.
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// Whether it makes the message that a subscriber gets who gets the edition in this language.
    pub fn serves(&self, language: &str, subscriber: &Subscriber) -> bool {
        self.language.as_str() == language && self.readership.holds(self.columns.value(subscriber, TAGS))
    }

    /// A message as one subscriber would get it: a sample.
    pub fn stamp(&self, subscriber: &Subscriber) -> Message {
        self.fill(subscriber, None)
    }

    /// The message of a delivery: bounces go to an address of its own where the sender asks for it, and so do the
    /// subjects of unsubscriptions by mail say which delivery they answer.
    pub fn stamp_delivery(&self, delivery: i64, subscriber: &Subscriber) -> Message {
        let mut message = self.fill(subscriber, Some(delivery));
        if self.verp {
            message.from = self.bounce.tagged(&self.tagger.tag(Role::Bounce, delivery));
        }
        message
    }

    fn fill(&self, subscriber: &Subscriber, delivery: Option<i64>) -> Message {
        let mut bytes = Vec::with_capacity(self.size + 1024);
        let token = self.token(subscriber);
        for segment in &self.segments {
            match segment {
                Segment::Fixed(fixed) => bytes.extend_from_slice(fixed),
                Segment::Value { column, fallback, coding } => {
                    let value = column.and_then(|column| subscriber.values.get(column)).map_or("", String::as_str);
                    coding.write(if value.is_empty() { fallback } else { value }, &mut bytes);
                }
                Segment::Token => Coding::Text.write(&token, &mut bytes),
                Segment::Head(slot) => self.write_head(*slot, subscriber, (&token, delivery), &mut bytes),
            }
        }
        if let Some(signer) = &self.signer {
            bytes = signer.sign(&bytes);
        }
        Message { from: self.bounce.clone(), to: subscriber.address.clone(), bytes }
    }

    /// The headers that are the same for everyone, with slots for those that are not.
    fn head(&self, project: &Project, slug: &str, out: &mut segment::Builder<'_>) {
        let config = &project.config;
        out.with(|bytes| header::mailbox("From", &self.from, bytes));
        out.head(Slot::To);
        if let Some(reply_to) = &config.sender.reply_to {
            out.with(|bytes| header::mailbox("Reply-To", reply_to, bytes));
        }
        if self.subject.fields().next().is_some() {
            out.head(Slot::Subject);
        } else {
            out.with(|bytes| header::text("Subject", &self.subject.sample(), bytes));
        }
        out.head(Slot::Date);
        out.head(Slot::MessageId);
        let list = format!("{}.{}", self.from.address.local().replace('+', "."), self.from.address.domain());
        let name = config.organisation.name.get(&self.language, &config.languages.default);
        out.with(|bytes| header::list_id(name, &list, bytes));
        if self.unsubscribe.is_some() {
            out.head(Slot::ListUnsubscribe);
        }
        let feedback = header::feedback_id(slug, &self.language, self.from.address.domain());
        out.with(|bytes| {
            header::raw("Feedback-ID", &feedback, bytes);
            header::text("Precedence", "bulk", bytes);
            header::text("Content-Language", self.language.as_str(), bytes);
            header::text("MIME-Version", "1.0", bytes);
        });
    }

    fn write_head(
        &self,
        slot: Slot,
        subscriber: &Subscriber,
        (token, delivery): (&str, Option<i64>),
        bytes: &mut Vec<u8>,
    ) {
        match slot {
            Slot::To => header::mailbox("To", &self.columns.mailbox(subscriber), bytes),
            Slot::Subject => {
                let subject = self.subject.fill(|field| self.columns.fill(subscriber, field));
                header::text("Subject", &subject, bytes);
            }
            Slot::Date => header::raw("Date", &header::date(&clock::now()), bytes),
            Slot::MessageId => {
                let id = self.message_id(&subscriber.address);
                header::raw("Message-ID", &format!("<{id}>"), bytes);
            }
            Slot::ListUnsubscribe => {
                let Some((url, mailto)) = &self.unsubscribe else { return };
                let url = url.as_ref().map(|url| self.fill_url(url, subscriber, token));
                let tag = delivery.map(|delivery| self.tagger.tag(Role::Unsubscription, delivery));
                header::list_unsubscribe(url.as_deref(), mailto.as_ref(), tag.as_deref(), bytes);
            }
        }
    }

    /// What the reader's links carry: of the address alone, so that it is the same in every message.
    fn token(&self, subscriber: &Subscriber) -> String {
        match &self.secret {
            Some(secret) => secret.seal(Purpose::Reader, subscriber.address.key().as_bytes()),
            None => "sample".to_owned(),
        }
    }

    /// The message's own Message-ID.
    pub fn message_id(&self, address: &Address) -> String {
        message_id(&self.send, address, self.from.address.domain())
    }

    fn fill_url(&self, url: &MergeText, subscriber: &Subscriber, token: &str) -> String {
        url.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Field(field) if field.name == READER_TOKEN => token.to_owned(),
                Piece::Field(field) => crate::issue::segment(self.columns.fill(subscriber, field)),
            })
            .collect()
    }
}

/// A Message-ID (RFC 5322, section 3.6.4): deterministic, from the send's key, the address and the sender's domain, so
/// that a message that comes back can be recognised, and that nobody who does not know the key can invent one.
pub fn message_id(send: &str, address: &Address, domain: &str) -> String {
    let hash = Sha256::new().chain_update(send).chain_update([0]).chain_update(address.key()).finalize();
    let mut id = String::with_capacity(64);
    for byte in &hash[..16] {
        let _ = write!(id, "{byte:02x}");
    }
    format!("{id}@{domain}")
}
