//! Header lines (RFC 5322), each with its end, folded within 78 columns, never with a line break of their value's.

use std::fmt::Write as _;

use jiff::ZonedDateTime;
use sha2::{Digest, Sha256};

use super::encode;
use crate::address::{Address, Mailbox};
use crate::language::Language;

/// The longest line that need not be folded, without its end.
const LINE: usize = 78;

/// The longest line in which an encoded word stands (RFC 2047, section 2).
const ENCODED_LINE: usize = 76;

/// How long the name of a sender is in `Feedback-ID`.
const SENDER_ID: std::ops::RangeInclusive<usize> = 5..=15;

/// Above this length a word cannot be folded and is encoded instead.
const LONGEST_WORD: usize = 60;

/// A value that is known to be ASCII and short.
pub(super) fn raw(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend(value.bytes().filter(|byte| !byte.is_ascii_control()));
    out.extend_from_slice(b"\r\n");
}

/// A text: as it is where it is ASCII, else in encoded words. Line breaks and other control characters in it
/// become spaces.
pub(super) fn text(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    unstructured(&flat(value), name.len() + 2, out);
    out.extend_from_slice(b"\r\n");
}

/// A mailbox: `From`, `To`, `Reply-To`.
pub(super) fn mailbox(name: &str, mailbox: &Mailbox, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    if mailbox.name.is_empty() {
        out.extend_from_slice(mailbox.address.as_str().as_bytes());
    } else {
        let start = out.len() - name.len() - 2;
        phrase(&flat(&mailbox.name), name.len() + 2, out);
        let column =
            out.len() - out[start..].iter().rposition(|byte| *byte == b'\n').map_or(start, |at| start + at + 1);
        let encoded = out[out.len() - column..].windows(2).any(|two| two == b"=?");
        let line = if encoded { ENCODED_LINE } else { LINE };
        let fits = column + mailbox.address.as_str().len() + 3 <= line;
        out.extend_from_slice(if fits { b" <" } else { b"\r\n <" });
        out.extend_from_slice(mailbox.address.as_str().as_bytes());
        out.push(b'>');
    }
    out.extend_from_slice(b"\r\n");
}

/// `List-ID` (RFC 2919).
pub(super) fn list_id(name: &str, id: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"List-ID: ");
    phrase(&flat(name), 9, out);
    out.extend_from_slice(format!("\r\n <{id}>\r\n").as_bytes());
}

/// `List-Unsubscribe` (RFC 2369) and, where there is an https address, `List-Unsubscribe-Post` (RFC 8058). The tag says
/// which delivery an unsubscription by mail answers.
pub(super) fn list_unsubscribe(url: Option<&str>, mailto: Option<&Address>, tag: Option<&str>, out: &mut Vec<u8>) {
    let tag = tag.map(|tag| format!("%20{tag}")).unwrap_or_default();
    let mailto = mailto.map(|address| format!("<mailto:{address}?subject=unsubscribe{tag}>"));
    let ways: Vec<String> = url.map(|url| format!("<{url}>")).into_iter().chain(mailto).collect();
    raw_folded("List-Unsubscribe", &ways.join(",\n "), out);
    if url.is_some() {
        raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click", out);
    }
}

/// `Feedback-ID`, by which Gmail counts complaints: the issue, the language, what it is, and who sends, in four fields of
/// ASCII. The last must be 5 to 15 characters long and always the same for a sender: their domain, or the beginning of
/// it with a mark of the whole.
pub(super) fn feedback_id(slug: &str, language: &Language, domain: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let slug: String = slug.chars().map(plain).collect();
    let sender = if SENDER_ID.contains(&domain.len()) {
        domain.to_owned()
    } else {
        let mark = Sha256::digest(domain);
        let start: String = domain.chars().take(6).collect();
        mark[..4].iter().fold(format!("{start}-"), |mut sender, byte| {
            let _ = write!(sender, "{byte:02x}");
            sender
        })
    };
    format!("{slug}:{language}:newsletter:{sender}")
}

/// A moment as RFC 5322, section 3.3, writes it.
pub(super) fn date(moment: &ZonedDateTime) -> String {
    moment.strftime("%a, %-d %b %Y %H:%M:%S %z").to_string()
}

fn raw_folded(name: &str, value: &str, out: &mut Vec<u8>) {
    let mut lines = value.split('\n');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(lines.next().unwrap_or_default().as_bytes());
    for line in lines {
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(line.as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

fn flat(value: &str) -> String {
    let spaced: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn unstructured(value: &str, column: usize, out: &mut Vec<u8>) {
    let plain = value.is_ascii() && !value.contains("=?") && value.split(' ').all(|word| word.len() <= LONGEST_WORD);
    if plain { folded(value, column, out) } else { encode::encoded_words(value, column, out) }
}

/// RFC 5322, section 3.2.5: atoms, a quoted string, or encoded words.
fn phrase(name: &str, column: usize, out: &mut Vec<u8>) {
    let atoms = name.split(' ').all(|word| {
        !word.is_empty()
            && word.len() <= LONGEST_WORD
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    });
    if !name.is_ascii() || name.contains("=?") || name.len() > LINE - column - 2 && !atoms {
        encode::encoded_words(name, column, out);
    } else if atoms {
        folded(name, column, out);
    } else {
        out.push(b'"');
        for byte in name.bytes() {
            if byte == b'"' || byte == b'\\' {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b'"');
    }
}

fn folded(value: &str, mut column: usize, out: &mut Vec<u8>) {
    for (index, word) in value.split(' ').enumerate() {
        if index > 0 {
            if column + 1 + word.len() > LINE {
                out.extend_from_slice(b"\r\n ");
                column = 1;
            } else {
                out.push(b' ');
                column += 1;
            }
        }
        out.extend_from_slice(word.as_bytes());
        column += word.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_break_never_gets_into_a_header() {
        let line = written(|out| text("Subject", "Hello\r\nBcc: eve@example.org", out));
        assert_eq!(line, "Subject: Hello Bcc: eve@example.org\r\n");
    }

    #[test]
    fn names_are_quoted_or_encoded_as_they_need() {
        let to = |name: &str| {
            let mailbox_of = Mailbox::new(name, Address::parse("ada@example.org").unwrap());
            written(|out| mailbox("To", &mailbox_of, out))
        };
        assert_eq!(to("Ada Lovelace"), "To: Ada Lovelace <ada@example.org>\r\n");
        assert_eq!(to("Lovelace, Ada \"A\""), "To: \"Lovelace, Ada \\\"A\\\"\" <ada@example.org>\r\n");
        assert_eq!(to("Zoë"), "To: =?utf-8?Q?Zo=C3=AB?= <ada@example.org>\r\n");
        assert_eq!(to(""), "To: ada@example.org\r\n");
    }

    #[test]
    fn lines_with_encoded_words_are_shorter_than_others() {
        for length in 1..60 {
            let of = |name: String| {
                let domain = "d".repeat(length);
                let mailbox_of = Mailbox::new(&name, Address::parse(&format!("a@{domain}.example")).unwrap());
                written(|out| mailbox("To", &mailbox_of, out))
            };
            let encoded = of("Zoë Léonard".to_owned());
            assert!(encoded.lines().filter(|line| line.contains("=?")).all(|line| line.len() <= 76), "{encoded}");
            assert!(of("Ada Lovelace".to_owned()).lines().all(|line| line.len() <= 78));
        }
    }

    #[test]
    fn a_feedback_id_has_four_fields_and_a_short_sender() {
        let id = |slug: &str, domain: &str| feedback_id(slug, &Language::parse("fr").unwrap(), domain);
        assert_eq!(id("2026-11", "example.org"), "2026-11:fr:newsletter:example.org");
        let long = id("été: tout", "newsletter.organisation.example");
        let fields: Vec<&str> = long.split(':').collect();
        assert_eq!(fields[..3], ["-t---tout", "fr", "newsletter"]);
        assert!(
            fields.len() == 4 && SENDER_ID.contains(&fields[3].len()) && fields[3].starts_with("newsle-"),
            "{long}"
        );
        assert_ne!(long, id("été: tout", "newsletter.another.example"));
        assert!(SENDER_ID.contains(&id("x", "a.b").rsplit(':').next().unwrap().len()));
    }

    #[test]
    fn long_subjects_are_folded() {
        let line = written(|out| text("Subject", &"words and ".repeat(20), out));
        assert!(line.lines().all(|line| line.len() <= 78));
    }
}
