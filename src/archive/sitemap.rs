//! Entries -> `sitemap.xml` with each page's other languages, and `robots.txt`, which leads to it.
//!
//! <https://www.sitemaps.org/protocol.html>. Search engines read `robots.txt` at the root of a host only: where the
//! archive lies deeper, the line is to be copied into the host's own.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::entry::{Entry, Kind};
use crate::error::{Error, Result};
use crate::language::Language;

/// The most addresses that a map may hold.
const MOST: usize = 50_000;

/// The map of every page.
pub(super) fn sitemap(address: &str, languages: &BTreeSet<&Language>, entries: &[Entry]) -> Result<Vec<u8>> {
    write(address, languages, entries).map_err(Error::file("write", "sitemap.xml"))
}

/// What robots may read: everything.
pub(super) fn robots(address: &str) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {address}sitemap.xml\n")
}

fn write(address: &str, languages: &BTreeSet<&Language>, entries: &[Entry]) -> io::Result<Vec<u8>> {
    let mut versions: BTreeMap<(bool, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        versions.entry((entry.kind == Kind::Release, entry.name.as_str())).or_default().push(entry);
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let spaces =
        [("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9"), ("xmlns:xhtml", "http://www.w3.org/1999/xhtml")];
    writer.create_element("urlset").with_attributes(spaces).write_inner_content(|writer| {
        let indexes: Vec<(String, String)> =
            languages.iter().map(|language| (language.to_string(), format!("{address}{language}/"))).collect();
        for (language, url) in &indexes {
            let own = |entry: &&Entry| entry.language.as_str() == language;
            let newest = entries.iter().filter(own).map(|entry| entry.updated).max();
            let day = newest.map(|moment| moment.strftime("%Y-%m-%d").to_string());
            page(writer, url, day.as_deref(), &indexes)?;
        }
        for entry in entries.iter().take(MOST - indexes.len().min(MOST)) {
            let own = versions.get(&(entry.kind == Kind::Release, entry.name.as_str()));
            let others = own.into_iter().flatten();
            let others: Vec<(String, String)> =
                others.map(|other| (other.language.to_string(), format!("{address}{}", other.address()))).collect();
            let day = entry.updated.strftime("%Y-%m-%d").to_string();
            page(writer, &format!("{address}{}", entry.address()), Some(&day), &others)?;
        }
        Ok(())
    })?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn page(writer: &mut Writer<Vec<u8>>, url: &str, day: Option<&str>, versions: &[(String, String)]) -> io::Result<()> {
    writer.create_element("url").write_inner_content(|writer| {
        writer.create_element("loc").write_text_content(BytesText::new(url))?;
        if let Some(day) = day {
            writer.create_element("lastmod").write_text_content(BytesText::new(day))?;
        }
        if versions.len() > 1 {
            for (language, url) in versions {
                let link = [("rel", "alternate"), ("hreflang", language.as_str()), ("href", url.as_str())];
                writer.create_element("xhtml:link").with_attributes(link).write_empty()?;
            }
        }
        Ok(())
    })?;
    Ok(())
}
