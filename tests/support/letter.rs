//! `Letter`: what a mail program would see in a message. Bytes in, an owned summary out, read by mail-parser,
//! which shares no code with what wrote the message.

use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};

/// A message as its reader's program understands it.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Every header of the message itself, in order: name, and value as written but unfolded.
    pub headers: Vec<(String, String)>,
    /// The subject, decoded; empty where there is none.
    pub subject: String,
    /// The author as `Name <address>`, or the bare address where there is no name.
    pub from: String,
    /// The recipients written like `from`, separated by `, `.
    pub to: String,
    /// The first `text/plain` part, decoded; empty where there is none.
    pub text: String,
    /// The first `text/html` part, decoded; empty where there is none.
    pub html: String,
    /// Every part that is not a multipart container, in order.
    pub parts: Vec<Part>,
}

/// One leaf of the MIME tree.
#[derive(Clone, Debug)]
pub struct Part {
    /// The media type without parameters, as in `image/png`.
    pub content_type: String,
    /// The Content-ID without its angle brackets.
    pub content_id: Option<String>,
    /// The file name, from Content-Disposition or Content-Type.
    pub name: Option<String>,
    /// The content, its transfer encoding undone.
    pub bytes: Vec<u8>,
}

impl Letter {
    /// Reads a message.
    #[track_caller]
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let Some(message) = MessageParser::default().parse(bytes) else {
            panic!("no mail program could read this message:\n{}", String::from_utf8_lossy(bytes));
        };
        let body = |wanted: fn(&PartType) -> Option<String>| {
            message.parts.iter().find_map(|part| wanted(&part.body)).unwrap_or_default()
        };
        Self {
            headers: message.headers_raw().map(|(name, value)| (name.to_owned(), unfolded(value))).collect(),
            subject: message.subject().unwrap_or_default().to_owned(),
            from: written(message.from()),
            to: written(message.to()),
            text: body(|part| if let PartType::Text(text) = part { Some(text.to_string()) } else { None }),
            html: body(|part| if let PartType::Html(html) = part { Some(html.to_string()) } else { None }),
            parts: leaves(&message),
        }
    }

    /// The first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The part that `cid:` links with this Content-ID mean.
    pub fn part(&self, content_id: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.content_id.as_deref() == Some(content_id))
    }
}

fn leaves(message: &Message) -> Vec<Part> {
    let is_leaf = |part: &&MessagePart| !matches!(part.body, PartType::Multipart(_));
    message.parts.iter().filter(is_leaf).map(leaf).collect()
}

fn leaf(part: &MessagePart) -> Part {
    let content_type = part.content_type().map_or_else(
        || "text/plain".to_owned(),
        |kind| match &kind.c_subtype {
            Some(subtype) => format!("{}/{subtype}", kind.c_type),
            None => kind.c_type.to_string(),
        },
    );
    Part {
        content_type,
        content_id: part.content_id().map(|id| id.trim_matches(['<', '>']).to_owned()),
        name: part.attachment_name().map(str::to_owned),
        bytes: part.contents().to_vec(),
    }
}

fn written(address: Option<&Address>) -> String {
    let one = |name: Option<&str>, address: Option<&str>| match (name, address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    };
    let all: Vec<String> =
        address.into_iter().flat_map(Address::iter).map(|each| one(each.name(), each.address())).collect();
    all.join(", ")
}

/// A folded header as one line (RFC 5322, section 2.2.3): the line breaks go, the white space after them stays.
fn unfolded(value: &str) -> String {
    value.replace(['\r', '\n'], "").trim().to_owned()
}
