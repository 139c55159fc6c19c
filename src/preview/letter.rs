//! A message as a mail program would show it: bytes (RFC 5322) -> [`Letter`].
//!
//! What an issue looks like is read out of the very message that would be sent, in the same way as a caught one, so
//! that the preview cannot show more than a reader gets. Pictures go into the page as `data:` addresses: a frame that
//! may fetch nothing at all shows them, and there is no address under which a file of the disk could be asked for.
//! Nothing is taken out of the HTML: the page's frame and the policy of the answer see to it that it can do nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{MessageParser, MessagePart, MimeHeaders, PartType};

use crate::render::{Placed, escape};

/// The most that a page may grow to by its pictures, in bytes; those beyond stay away.
const LARGEST: usize = 64 * 1024 * 1024;

/// A message, read.
#[derive(Debug)]
pub(super) struct Letter {
    /// The HTML part with its pictures in it, where there is one.
    pub(super) html: Option<String>,
    /// Bytes of the HTML part as it was in the message, lines ended by one character.
    pub(super) html_bytes: usize,
    /// The plain text part, where there is one.
    pub(super) text: Option<String>,
    /// The message itself.
    pub(super) raw: Vec<u8>,
}

impl Letter {
    /// Reads a message; `linked` are pictures that it leaves on a server, with what is to stand for their address.
    pub(super) fn read(raw: Vec<u8>, linked: &[(String, String)]) -> Self {
        let (mut html, mut html_bytes, mut text) = (None, 0, None);
        if let Some(message) = MessageParser::default().parse(&raw) {
            let parts = |ids: &[u32]| ids.iter().filter_map(|id| message.part(*id)).collect::<Vec<_>>();
            text = parts(&message.text_body).into_iter().find_map(|part| match &part.body {
                PartType::Text(text) => Some(text.to_string()),
                _ => None,
            });
            html = parts(&message.html_body).into_iter().find_map(|part| match &part.body {
                PartType::Html(html) => Some(html.replace("\r\n", "\n")),
                _ => None,
            });
            html_bytes = html.as_ref().map_or(0, String::len);
            let mut pictures: Vec<(String, String)> = message.parts.iter().filter_map(embedded).collect();
            pictures.extend_from_slice(linked);
            html = html.map(|html| with_pictures(html, pictures));
        }
        Self { html, html_bytes, text, raw }
    }
}

/// The pictures that a rendering leaves on a server, which may not have them yet: read from the disk instead.
pub(super) fn linked(pictures: &[Placed]) -> Vec<(String, String)> {
    pictures
        .iter()
        .filter(|placed| !placed.src.starts_with("cid:"))
        .map(|placed| (escape(&placed.src), data(placed.mime, &placed.content)))
        .collect()
}

/// What stands in `src` for a picture inside the message, and the picture as an address of its own.
fn embedded(part: &MessagePart<'_>) -> Option<(String, String)> {
    let id = part.content_id()?.trim_matches(['<', '>']);
    let kind = part.content_type()?;
    let subtype = kind.subtype()?;
    let plain = subtype.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !kind.ctype().eq_ignore_ascii_case("image") || !plain || id.is_empty() {
        return None;
    }
    Some((format!("cid:{id}"), data(&format!("image/{}", subtype.to_ascii_lowercase()), part.contents())))
}

fn data(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(bytes))
}

fn with_pictures(mut html: String, mut pictures: Vec<(String, String)>) -> String {
    // the longest first: one name may be the beginning of another
    pictures.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
    for (from, to) in pictures {
        let grown = html.matches(&from).count().saturating_mul(to.len()).saturating_add(html.len());
        if grown <= LARGEST {
            html = html.replace(&from, &to);
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "Subject: a\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n\
        Content-Type: text/html; charset=utf-8\r\n\r\n<img src=\"cid:a@x\"><img src='cid:ab@x'>\r\n--b\r\n\
        Content-Type: image/png\r\nContent-ID: <a@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nQUE=\r\n--b\r\n\
        Content-Type: image/gif\r\nContent-ID: <ab@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nQUI=\r\n--b\r\n\
        Content-Type: text/html\r\nContent-ID: <c@x>\r\n\r\n<script>alert(1)</script>\r\n--b--\r\n";

    #[test]
    fn pictures_inside_a_message_stand_in_its_page() {
        let letter = Letter::read(MESSAGE.into(), &[]);
        let html = letter.html.unwrap();
        assert!(
            html.starts_with("<img src=\"data:image/png;base64,QUE=\"><img src='data:image/gif;base64,QUI='>"),
            "{html}"
        );
        assert!(letter.text.is_none());
    }

    #[test]
    fn a_message_that_is_none_is_still_a_letter() {
        let letter = Letter::read(Vec::new(), &[]);
        assert!(letter.html.is_none() && letter.text.is_none() && letter.raw.is_empty());
        assert!(Letter::read(b"\0\xff\xfe".to_vec(), &[]).html.is_none());
    }
}
