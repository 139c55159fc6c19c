//! Bytes -> text; text -> events with their places: XML read with bounds.
//!
//! No entity of a document's own is ever expanded, nothing outside of it is read.

use std::path::Path;

use encoding_rs::Encoding;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::rule;
use crate::source::Source;

/// How deep elements may lie in each other.
const DEEPEST: usize = 100;

/// The text of a feed: UTF-8 as a rule, else what its first line says.
pub(super) fn decode(bytes: Vec<u8>) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(&bytes) {
        return encoding.decode(&bytes).0.into_owned();
    }
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let bytes = error.as_bytes();
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
        let named = head.split_once("encoding=").and_then(|(_, rest)| {
            let quote = rest.chars().next()?;
            Encoding::for_label(rest[1..].split(quote).next()?.as_bytes())
        });
        named.unwrap_or(encoding_rs::WINDOWS_1252).decode(bytes).0.into_owned()
    })
}

/// What stands in an element, step by step.
pub(super) enum Step {
    /// An element begins.
    Open(Element),
    /// Words: entities are resolved, as far as XML knows them.
    Words(String),
    /// The element that was begun last ends.
    Close,
    /// Everything was read.
    End,
}

/// An element's name and attributes.
#[derive(Debug, Clone)]
pub(super) struct Element {
    /// With its prefix: `dc:date`.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// An attribute's value.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn of(start: &BytesStart<'_>) -> std::result::Result<Self, String> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_or_else(|_| attribute.value.to_string(), std::borrow::Cow::into_owned);
            attributes.push((attribute.key.as_ref().to_owned(), value));
        }
        Ok(Self { name: start.name().as_ref().to_owned(), attributes })
    }
}

/// A document being read.
pub(super) struct Xml<'x> {
    reader: Reader<&'x [u8]>,
    text: &'x str,
    path: &'x Path,
    open: Vec<String>,
    /// An element that was closed as it was opened.
    closes: bool,
}

impl<'x> Xml<'x> {
    pub(super) fn new(text: &'x str, path: &'x Path) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().allow_dangling_amp = true;
        Self { reader, text, path, open: Vec::new(), closes: false }
    }

    /// The next step; comments, declarations and instructions are passed over.
    pub(super) fn next(&mut self) -> Result<Step> {
        if self.closes {
            self.closes = false;
            self.open.pop();
            return Ok(Step::Close);
        }
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.broken(&error.to_string(), self.reader.error_position())),
            };
            return Ok(match event {
                Event::Start(start) => self.begin(&start)?,
                Event::Empty(start) => {
                    let step = self.begin(&start)?;
                    self.closes = true;
                    step
                }
                Event::End(_) => {
                    self.open.pop();
                    Step::Close
                }
                Event::Text(text) => Step::Words(text.xml10_content().into_owned()),
                Event::CData(text) => Step::Words(text.xml10_content().into_owned()),
                Event::GeneralRef(reference) => Step::Words(match reference.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    _ => entity(&reference.xml10_content()),
                }),
                Event::Eof => match self.open.last() {
                    Some(name) => {
                        let message = format!("the element `{name}` is opened, but not closed");
                        return Err(self.broken(&message, self.text.len() as u64));
                    }
                    None => Step::End,
                },
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            });
        }
    }

    /// What stands in the element that was begun last, as it is written.
    pub(super) fn markup(&mut self) -> Result<String> {
        let start = usize::try_from(self.reader.buffer_position()).unwrap_or(0);
        let depth = self.open.len();
        if self.closes {
            self.next()?;
            return Ok(String::new());
        }
        let mut end = start;
        while self.open.len() >= depth {
            end = usize::try_from(self.reader.buffer_position()).unwrap_or(end);
            if let Step::End = self.next()? {
                break;
            }
        }
        Ok(self.text.get(start..end).unwrap_or_default().to_owned())
    }

    /// The words in the element that was begun last, and in those within it.
    pub(super) fn words(&mut self) -> Result<String> {
        let depth = self.open.len();
        let mut out = String::new();
        while self.open.len() >= depth {
            match self.next()? {
                Step::Words(words) => out.push_str(&words),
                Step::End => break,
                Step::Open(_) | Step::Close => {}
            }
        }
        Ok(out)
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<Step> {
        let at = self.reader.buffer_position();
        let element = Element::of(start).map_err(|message| self.broken(&message, at))?;
        if self.open.len() == DEEPEST {
            return Err(self.broken(&format!("elements lie more than {DEEPEST} deep in each other"), at));
        }
        self.open.push(element.name.clone());
        Ok(Step::Open(element))
    }

    /// Something is wrong at a byte.
    pub(super) fn broken(&self, message: &str, at: u64) -> Error {
        let at = usize::try_from(at).unwrap_or(self.text.len()).min(self.text.len());
        // the source counts from a text without a byte order mark and with `\n` at line ends
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().len() + 1;
        let place = Source::new(self.path, self.text).place_at(line, column);
        Diagnostic::of(&rule::FEED_BROKEN, format!("the feed is not well-formed: {message}"))
            .at(place)
            .hint("export it again, or ask whoever runs the site; nothing was written")
            .into()
    }
}

/// The five entities of XML; any other stays as it is, since what stands in feeds is HTML more often than not.
fn entity(name: &str) -> String {
    match name {
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "amp" => "&".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => format!("&{other};"),
    }
}
