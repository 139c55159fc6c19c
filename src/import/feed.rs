//! Text -> [`Feed`]: the posts of RSS 0.9 to 2.0, Atom 1.0, and WordPress's export (WXR), which is an RSS.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;

use super::markdown;
use super::xml::{Element, Step, Xml};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::Result;
use crate::language::Language;
use crate::rule;

/// A feed.
#[derive(Debug, Default)]
pub(super) struct Feed {
    pub(super) title: String,
    pub(super) link: Option<String>,
    pub(super) language: Option<Language>,
    pub(super) items: Vec<Item>,
    /// What in it is no post.
    pub(super) left: Vec<String>,
}

/// A post.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) title: String,
    pub(super) html: String,
    /// Whether empty lines part its paragraphs, as WordPress keeps them.
    pub(super) loose: bool,
    pub(super) link: Option<String>,
    pub(super) date: Option<Date>,
    /// How much the element that said the date is to be believed.
    rank: u8,
    pub(super) language: Option<Language>,
    pub(super) categories: Vec<String>,
    /// The picture above the text.
    pub(super) image: Option<String>,
    pub(super) is_draft: bool,
    /// WordPress's own word for a post that is none.
    gone: Option<String>,
    summary: String,
    kind: String,
    id: String,
    /// Of an attachment: where its file lies. Of a post: the number of its picture.
    file: Option<String>,
    thumbnail: Option<String>,
}

/// Reads a feed.
pub(super) fn read(text: &str, path: &Path) -> Result<Feed> {
    let mut xml = Xml::new(text, path);
    let mut feed = Feed::default();
    let root = loop {
        match xml.next()? {
            Step::Open(root) => break root,
            Step::End => return Err(no_feed(path)),
            _ => {}
        }
    };
    feed.language = root.attribute("xml:lang").and_then(Language::parse);
    if !["rss", "feed", "rdf:RDF"].contains(&root.name.as_str()) {
        return Err(no_feed(path));
    }
    loop {
        match xml.next()? {
            Step::Open(element) if ["item", "entry"].contains(&element.name.as_str()) => {
                let item = item(&mut xml, &element)?;
                feed.items.push(item);
            }
            Step::Open(element) if element.name == "channel" => {}
            Step::Open(element) => of_the_feed(&mut feed, &mut xml, &element, root.name == "feed")?,
            Step::End => break,
            Step::Words(_) | Step::Close => {}
        }
    }
    sort_out(&mut feed);
    Ok(feed)
}

fn no_feed(path: &Path) -> crate::error::Error {
    Diagnostic::of(&rule::FEED_UNKNOWN, "the file is no RSS, no Atom and no WordPress export")
        .at(Place::file(path))
        .hint("in WordPress: Tools, Export; of a site: the address behind its feed's sign")
        .into()
}

fn of_the_feed(feed: &mut Feed, xml: &mut Xml<'_>, element: &Element, is_atom: bool) -> Result<()> {
    match element.name.as_str() {
        "title" if feed.title.is_empty() => feed.title = markdown::plain(&construct(xml, element, is_atom)?),
        "language" | "dc:language" => feed.language = Language::parse(&xml.words()?).or(feed.language.take()),
        "link" => {
            let link = link(xml, element)?;
            feed.link = feed.link.take().or(link);
        }
        _ => drop(xml.words()?),
    }
    Ok(())
}

/// The address that an element names: its words in RSS, its attribute in Atom.
fn link(xml: &mut Xml<'_>, element: &Element) -> Result<Option<String>> {
    let alternate = element.attribute("rel").is_none_or(|rel| rel == "alternate");
    let address = element.attribute("href").map(str::to_owned);
    let words = xml.words()?.trim().to_owned();
    Ok(address.filter(|_| alternate).or(Some(words)).filter(|address| address.starts_with("http")))
}

fn item(xml: &mut Xml<'_>, element: &Element) -> Result<Item> {
    let mut item = Item { language: element.attribute("xml:lang").and_then(Language::parse), ..Item::default() };
    let is_atom = element.name == "entry";
    let mut key = String::new();
    // what stands within an item's own elements is read with them: a close is the item's
    loop {
        let element = match xml.next()? {
            Step::Open(element) => element,
            Step::Words(_) => continue,
            Step::Close | Step::End => break,
        };
        match element.name.as_str() {
            "title" => item.title = markdown::plain(&construct(xml, &element, is_atom)?),
            "link" => {
                let link = link(xml, &element)?;
                item.link = item.link.take().or(link);
            }
            "guid" => {
                let words = xml.words()?;
                let permanent = element.attribute("isPermaLink") != Some("false");
                item.link = item.link.take().or(Some(words).filter(|words| permanent && words.starts_with("http")));
            }
            "content:encoded" => item.html = xml.words()?,
            "content" | "summary" | "description" => {
                let is_content = element.name == "content";
                let html = construct(xml, &element, is_atom)?;
                if is_content { item.html = html } else { item.summary = html }
            }
            "pubDate" | "dc:date" | "published" | "wp:post_date" | "updated" => {
                let rank = rank(&element.name);
                if let Some(day) = date(&xml.words()?).filter(|_| rank > item.rank) {
                    (item.date, item.rank) = (Some(day), rank);
                }
            }
            "dc:language" => item.language = Language::parse(&xml.words()?),
            "category" => {
                let label = element.attribute("label").or(element.attribute("term")).map(str::to_owned);
                let words = xml.words()?;
                let category = label.unwrap_or(words).trim().to_owned();
                if !category.is_empty() && !item.categories.contains(&category) {
                    item.categories.push(category);
                }
            }
            "enclosure" | "media:content" | "media:thumbnail" => {
                let kind = element.attribute("type").or(element.attribute("medium")).unwrap_or("image");
                let url = element.attribute("url").filter(|_| kind.starts_with("image")).map(str::to_owned);
                item.image = item.image.take().or(url);
                xml.words()?;
            }
            "wp:post_type" => item.kind = xml.words()?,
            "wp:status" => {
                let status = xml.words()?;
                item.is_draft = ["draft", "pending", "private", "future"].contains(&status.trim());
                item.gone = ["trash", "auto-draft"].contains(&status.trim()).then(|| status.trim().to_owned());
            }
            "wp:post_id" => item.id = xml.words()?,
            "wp:attachment_url" => item.file = Some(xml.words()?.trim().to_owned()),
            "wp:postmeta" => meta(xml, &mut key, &mut item)?,
            _ => drop(xml.words()?),
        }
    }
    Ok(item)
}

/// A text as HTML. In Atom it is plain, HTML that is escaped, or XHTML that is not, and plain where nothing is said
/// (RFC 4287, section 3.1).
fn construct(xml: &mut Xml<'_>, element: &Element, is_atom: bool) -> Result<String> {
    match element.attribute("type") {
        Some("xhtml" | "application/xhtml+xml") => xml.markup(),
        Some("text" | "text/plain") => Ok(crate::render::escape(&xml.words()?)),
        None if is_atom => Ok(crate::render::escape(&xml.words()?)),
        _ => xml.words(),
    }
}

/// Which of several dates is the post's: the site's own day before that of another zone, the first day before that of a
/// change.
fn rank(element: &str) -> u8 {
    match element {
        "wp:post_date" => 4,
        "published" => 3,
        "updated" => 1,
        _ => 2,
    }
}

/// One of WordPress's own notes on a post: a key and a value.
fn meta(xml: &mut Xml<'_>, key: &mut String, item: &mut Item) -> Result<()> {
    loop {
        match xml.next()? {
            Step::Open(element) if element.name == "wp:meta_key" => *key = xml.words()?,
            Step::Open(element) if element.name == "wp:meta_value" => {
                let value = xml.words()?;
                if key == "_thumbnail_id" {
                    item.thumbnail = Some(value.trim().to_owned());
                }
            }
            Step::Open(_) => drop(xml.words()?),
            Step::Words(_) => {}
            Step::Close | Step::End => return Ok(()),
        }
    }
}

/// Keeps the posts; what else WordPress exports is named, and a post's picture found among it.
fn sort_out(feed: &mut Feed) {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for item in feed.items.iter().filter(|item| item.kind == "attachment") {
        files.extend(item.file.clone().map(|file| (item.id.clone(), file)));
    }
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    feed.items.retain(|item| {
        if let Some(status) = item.gone.as_ref().filter(|_| item.kind != "attachment") {
            *others.entry(format!("status `{status}`")).or_default() += 1;
            return false;
        }
        let wanted = ["", "post", "page"].contains(&item.kind.as_str());
        if !wanted && item.kind != "attachment" {
            *others.entry(format!("kind `{}`", item.kind)).or_default() += 1;
        }
        wanted
    });
    feed.left.extend(others.into_iter().map(|(kind, count)| format!("{count} of the {kind}")));
    for item in &mut feed.items {
        let picture = item.thumbnail.as_ref().and_then(|id| files.get(id)).cloned();
        item.image = item.image.take().or(picture);
        if item.html.trim().is_empty() {
            item.html = std::mem::take(&mut item.summary);
        }
        item.loose = !item.kind.is_empty() && !item.html.contains("<p>") && !item.html.contains("<p ");
    }
}

/// A day, as RFC 2822, RFC 3339 or WordPress writes it.
fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    let iso = text.get(..10).and_then(|day| day.parse().ok());
    iso.or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|moment| moment.date()))
}
