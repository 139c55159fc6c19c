//! Entries -> an Atom feed (RFC 4287) of a language.
//!
//! Built of what the entries say and nothing else: no clock, so that the same archive has the same feed.

use std::io;

use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::entry::{Entry, Kind};
use super::pages::Desk;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::press::lasting_name;

/// How many of the newest entries a feed has.
const NEWEST: usize = 50;

/// A language's feed; `entries` are its own, the newest first.
pub(super) fn feed(desk: &Desk<'_>, language: &Language, entries: &[&Entry]) -> Result<Vec<u8>> {
    let config = &desk.project.config;
    let organisation = desk.organisation(language);
    let words = Words {
        title: format!("{organisation} – {}", desk.word(language, "archive")?),
        release: desk.word(language, "press_release")?,
        issue: desk.word(language, "newsletter")?,
    };
    let copyright = config.organisation.copyright.get(language, &config.languages.default);
    let feed = Feed {
        id: lasting_name(desk.project, &["archive", language.as_str()]),
        address: &desk.address,
        language,
        organisation,
        site: config.organisation.url.as_deref(),
        copyright,
        words: &words,
    };
    feed.write(&entries[..entries.len().min(NEWEST)]).map_err(Error::file("write", "feed.xml"))
}

struct Words {
    title: String,
    release: String,
    issue: String,
}

struct Feed<'f> {
    id: String,
    address: &'f str,
    language: &'f Language,
    organisation: &'f str,
    site: Option<&'f str>,
    copyright: &'f str,
    words: &'f Words,
}

impl Feed<'_> {
    fn write(&self, entries: &[&Entry]) -> io::Result<Vec<u8>> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let (address, lang) = (self.address, self.language.as_str());
        let own = format!("{address}{lang}/feed.xml");
        let attributes = [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", lang)];
        let updated = entries.iter().map(|entry| entry.updated).max().unwrap_or(Timestamp::UNIX_EPOCH);
        writer.create_element("feed").with_attributes(attributes).write_inner_content(|writer| {
            text(writer, "title", &self.words.title)?;
            text(writer, "id", &self.id)?;
            text(writer, "updated", &updated.to_string())?;
            link(writer, &[("rel", "self"), ("type", "application/atom+xml"), ("href", &own)])?;
            let index = format!("{address}{lang}/");
            link(writer, &[("rel", "alternate"), ("type", "text/html"), ("hreflang", lang), ("href", &index)])?;
            writer.create_element("author").write_inner_content(|writer| {
                text(writer, "name", self.organisation)?;
                self.site.map_or(Ok(()), |site| text(writer, "uri", site))
            })?;
            if !self.copyright.is_empty() {
                text(writer, "rights", self.copyright)?;
            }
            text(writer, "generator", "envoi")?;
            entries.iter().try_for_each(|entry| self.entry(writer, entry))
        })?;
        let mut bytes = writer.into_inner();
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn entry(&self, writer: &mut Writer<Vec<u8>>, entry: &Entry) -> io::Result<()> {
        let address = format!("{}{}", self.address, entry.address());
        let (term, label) = match entry.kind {
            Kind::Release => ("press-release", &self.words.release),
            Kind::Issue => ("newsletter", &self.words.issue),
        };
        writer.create_element("entry").write_inner_content(|writer| {
            text(writer, "title", &entry.title)?;
            text(writer, "id", &entry.id)?;
            text(writer, "published", &entry.moment.to_string())?;
            text(writer, "updated", &entry.updated.to_string())?;
            let lang = entry.language.as_str();
            link(writer, &[("rel", "alternate"), ("type", "text/html"), ("hreflang", lang), ("href", &address)])?;
            let category = writer.create_element("category");
            category.with_attributes([("term", term), ("label", label.as_str())]).write_empty()?;
            entry.lead.as_ref().map_or(Ok(()), |lead| text(writer, "summary", lead))
        })?;
        Ok(())
    }
}

fn text(writer: &mut Writer<Vec<u8>>, name: &str, words: &str) -> io::Result<()> {
    let words = printable(words);
    writer.create_element(name).write_text_content(BytesText::new(&words)).map(drop)
}

fn link(writer: &mut Writer<Vec<u8>>, attributes: &[(&str, &str)]) -> io::Result<()> {
    writer.create_element("link").with_attributes(attributes.iter().copied()).write_empty().map(drop)
}

/// Without the characters that no XML may hold (XML 1.0, section 2.2).
pub(super) fn printable(words: &str) -> String {
    let allowed = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    words
        .chars()
        .map(|c| if c.is_whitespace() && c != '\u{a0}' && c != '\u{202f}' { ' ' } else { c })
        .filter(allowed)
        .collect()
}
