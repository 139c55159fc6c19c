//! A message of the mailbox -> [`Letter`]: the few pieces of it that are looked at. What came over the network is
//! hostile until it is read: sizes, parts and depths have limits, and beyond them the message is left to a person.

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use sha2::{Digest, Sha256};

use super::fields::{Fields, cut};

/// How many bytes of a message are read. Reports are small; what they return of a message stands at their end.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024;

/// How many parts a message may have that name their type.
const MOST_PARTS: usize = 100;

/// How many lines of a message may begin as boundaries do: not every part names its type, and not every such line is a
/// boundary.
const MOST_BOUNDARIES: usize = 5000;

/// How deep messages within messages are looked into.
const DEPTH: usize = 3;

/// How many bytes of a text are kept.
const LONGEST_TEXT: usize = 64 * 1024;

/// What is looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Letter {
    /// By what it is recognised, whatever way it was read.
    pub(super) digest: String,
    /// Its headers.
    pub(super) headers: Fields,
    /// The subject, decoded.
    pub(super) subject: String,
    /// The delivery report (RFC 3464).
    pub(super) report: Option<String>,
    /// The complaint (RFC 5965).
    pub(super) complaint: Option<Fields>,
    /// The headers of the message that comes back.
    pub(super) returned: Option<Fields>,
    /// The text that a person reads.
    pub(super) text: String,
}

impl Letter {
    /// Reads a message. The error says why it can't be looked at.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        if parts(bytes) > MOST_PARTS || boundaries(bytes) > MOST_BOUNDARIES {
            return Err("it has too many parts");
        }
        let message = MessageParser::default().parse(bytes).ok_or("it is no message")?;
        let headers = Fields::read(&String::from_utf8_lossy(head(bytes)));
        if headers.is_empty() {
            return Err("it is no message");
        }
        let mut letter = Self {
            digest: digest(&headers, bytes),
            subject: cut(message.subject().unwrap_or_default(), 1000).to_owned(),
            headers,
            ..Self::default()
        };
        letter.look_into(&message, 0);
        Ok(letter)
    }

    fn look_into(&mut self, message: &Message, depth: usize) {
        for part in &message.parts {
            let kind = part.content_type().map(|kind| {
                let subtype = kind.subtype().unwrap_or_default();
                format!("{}/{subtype}", kind.ctype()).to_ascii_lowercase()
            });
            let text = || cut(&String::from_utf8_lossy(part.contents()), LONGEST_TEXT).to_owned();
            match (kind.as_deref().unwrap_or("text/plain"), &part.body) {
                ("message/delivery-status" | "message/global-delivery-status", _) if self.report.is_none() => {
                    self.report = Some(text());
                }
                ("message/feedback-report", _) if self.complaint.is_none() => {
                    self.complaint = Some(Fields::read(&text()));
                }
                (_, PartType::Message(inner)) => {
                    if self.returned.is_none() {
                        let head = String::from_utf8_lossy(head(inner.raw_message())).into_owned();
                        self.returned = Some(Fields::read(&head));
                    }
                    if depth < DEPTH {
                        self.look_into(inner, depth + 1);
                    }
                }
                ("text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers", _)
                    if self.returned.is_none() =>
                {
                    self.returned = Some(Fields::read(&text()));
                }
                ("text/plain", PartType::Text(plain)) if depth == 0 && self.text.len() < LONGEST_TEXT => {
                    // however it came: servers and files end lines differently
                    self.text.push_str(&cut(plain, LONGEST_TEXT).replace("\r\n", "\n"));
                    self.text.push('\n');
                }
                _ => {}
            }
        }
    }
}

/// How many lines name a type of content: no fewer than there are parts, and messages within messages.
fn parts(bytes: &[u8]) -> usize {
    const NAME: &[u8] = b"content-type";
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME))
        .count()
}

/// How many lines begin as boundaries do (RFC 2046, section 5.1.1).
fn boundaries(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"--")).count()
}

/// The lines before the first empty one.
fn head(bytes: &[u8]) -> &[u8] {
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line == b"\n" || line == b"\r\n" {
            return &bytes[..start];
        }
        start += line.len();
    }
    bytes
}

/// The same for the same message in a Maildir, an mbox and on a server: without the headers that a delivery adds, and
/// without the ends of lines.
fn digest(headers: &Fields, bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    for name in ["message-id", "date", "from"] {
        hash.update(headers.get(name).unwrap_or_default());
        hash.update([0]);
    }
    let body = &bytes[head(bytes).len()..];
    for line in body.trim_ascii().split(|byte| *byte == b'\n') {
        hash.update(line.trim_ascii_end());
        hash.update([b'\n']);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_the_same_however_it_was_delivered() {
        let first = Letter::read(b"Message-ID: <1@x>\nDate: today\n\nHello\n\nagain\n").unwrap();
        let second = Letter::read(
            b"Return-Path: <>\r\nReceived: by x\r\nMessage-ID: <1@x>\r\nDate: today\r\n\r\nHello\r\n\r\nagain\r\n\r\n",
        )
        .unwrap();
        assert_eq!(first.digest, second.digest);
        let third = Letter::read(b"Message-ID: <1@x>\nDate: today\n\nHello\n\nagain!\n").unwrap();
        assert_ne!(first.digest, third.digest);
    }

    #[test]
    fn a_message_within_messages_without_end_is_refused() {
        let nested = "Content-Type: message/rfc822\n\n".repeat(60_000);
        assert!(Letter::read(nested.as_bytes()).is_err());
        let bearable = "Content-Type: message/rfc822\n\n".repeat(90);
        assert!(Letter::read(bearable.as_bytes()).is_ok());
    }

    #[test]
    fn parts_without_a_type_are_counted_too() {
        let digest = format!("Content-Type: multipart/digest; boundary=x\n\n{}--x--\n", "--x\n\n".repeat(180_000));
        assert!(Letter::read(digest.as_bytes()).is_err());
        let table = format!("Subject: x\n\n{}", "--------\n".repeat(1000));
        assert!(Letter::read(table.as_bytes()).is_ok());
    }

    #[test]
    fn rubbish_is_no_message() {
        assert!(Letter::read(b"").is_err());
        assert!(Letter::read(&[0xff; 1000]).is_err());
        assert!(Letter::read(b"\n\nbody\n").is_err());
    }
}
