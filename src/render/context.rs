//! What the templates see. The field names here are the names in the templates; the README's table lists them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::campaign::Campaign;
use super::embargo::Embargo;
use super::html;
use super::locale::Locale;
use super::look::Look;
use super::phone;
use super::pictures::Pictures;
use super::slots::Slots;
use super::text::{self, Note};
use super::typography::Typography;
use crate::error::Result;
use crate::issue::{Attachment, Document, Kind, MergeText, Snippet, ascii_link, link_target, segment};
use crate::language::Language;
use crate::project::Config;

#[derive(Debug, Serialize)]
pub(super) struct Newsletter<'a> {
    pub(super) lang: &'a Language,
    pub(super) dir: &'static str,
    /// Where a line starts and ends: "left" and "right", or the other way round.
    pub(super) start: &'static str,
    pub(super) end: &'static str,
    /// Whether it is the page for browsers.
    pub(super) web: bool,
    /// Where that page is, in a mail.
    pub(super) web_url: Option<String>,
    pub(super) subject: String,
    pub(super) preheader: String,
    pub(super) date: Option<String>,
    pub(super) organisation: &'a Organisation,
    pub(super) theme: &'a Look,
    pub(super) words: &'a BTreeMap<String, String>,
    pub(super) unsubscribe: Unsubscribe,
    pub(super) editions: Vec<Edition>,
    pub(super) snippets: Vec<SnippetView>,
}

#[derive(Debug, Serialize)]
pub(super) struct Organisation {
    pub(super) name: String,
    pub(super) url: Option<String>,
    /// The same as a link has it.
    pub(super) href: Option<String>,
    pub(super) address: Vec<String>,
    pub(super) copyright: String,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Unsubscribe {
    pub(super) url: Option<String>,
    pub(super) mailto: Option<String>,
    /// Where a reader chooses what to get.
    pub(super) preferences: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Edition {
    pub(super) lang: Language,
    pub(super) name: String,
    /// Whether it is this one.
    pub(super) own: bool,
    pub(super) url: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct SnippetView {
    kind: &'static str,
    name: String,
    /// Where the table of contents leads, and a link of the officer's own.
    pub(super) anchor: String,
    lang: Language,
    foreign: bool,
    title: String,
    date: Option<String>,
    until: Option<String>,
    iso_date: Option<String>,
    period: Option<String>,
    time: Option<String>,
    place: Option<String>,
    body: String,
    image: Option<ImageView>,
    links: Vec<LinkView>,
    documents: Vec<DocumentView>,
    speaker: Option<String>,
    function: Option<String>,
    copyright: Option<String>,
    subtitle: Option<String>,
    dateline: Option<String>,
    embargo: Option<Embargo>,
    quotations: Vec<QuotationView>,
    contacts: Vec<ContactView>,
    boilerplate: Option<String>,
    pub(super) notes: Vec<Note>,
}

#[derive(Debug, Serialize)]
struct ImageView {
    src: String,
    alt: String,
    caption: Option<String>,
    credit: Option<String>,
    wide: bool,
    /// Whether what is behind it can be seen.
    clear: bool,
    width: u32,
    height: u32,
}

#[derive(Debug, Serialize)]
struct LinkView {
    text: String,
    url: String,
    lang: Option<Language>,
    lang_name: Option<String>,
    source: Option<String>,
    date: Option<String>,
}

#[derive(Debug, Serialize)]
struct DocumentView {
    title: String,
    url: String,
    lang: Option<Language>,
    lang_name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    size: Option<String>,
    note: Option<String>,
}

#[derive(Debug, Serialize)]
struct QuotationView {
    words: String,
    speaker: Option<String>,
    function: Option<String>,
}

#[derive(Debug, Serialize)]
struct ContactView {
    name: String,
    function: Option<String>,
    phone: Option<String>,
    phone_href: Option<String>,
    email: Option<String>,
}

/// What is the same for all snippets of an edition.
pub(super) struct Setting<'a> {
    pub(super) language: &'a Language,
    pub(super) locale: &'a Locale,
    pub(super) config: &'a Config,
    pub(super) slots: &'a Slots,
    pub(super) pictures: &'a Pictures<'a>,
    pub(super) campaign: Campaign<'a>,
    /// Where the documents of a snippet's own folder lie, as whoever reads the text reaches them; none where nothing
    /// can lead to them. The address ends in `/`.
    pub(super) beside: &'a dyn Fn(&Snippet) -> Option<String>,
    /// The level of a text's highest headings.
    pub(super) highest: usize,
}

/// A text being made: HTML, or plain text with the number of its next note.
pub(super) enum Target {
    Html,
    Text { next_note: usize },
}

impl Setting<'_> {
    /// The rules of a language for a text that is being made.
    pub(super) fn typography(&self, language: &Language, wanted: bool, target: &Target) -> Typography<'_> {
        let same = language.primary() == self.language.primary();
        let set = Typography::new(language, if same { &self.locale.months } else { &[] }).wanted(wanted);
        match target {
            Target::Html => set,
            Target::Text { .. } => set.in_plain_text(),
        }
    }

    /// What the templates see of a snippet.
    pub(super) fn view(&self, snippet: &Snippet, target: &Target) -> Result<SnippetView> {
        let front = &snippet.front;
        let set = self.typography(&snippet.lang, front.typography, target);
        let set_in =
            |lang: &Option<Language>| self.typography(lang.as_ref().unwrap_or(&snippet.lang), front.typography, target);
        let (body, boilerplate, notes) = self.body(snippet, &set, target)?;
        let date = |day: &Option<crate::issue::Day>| day.map(|day| self.locale.date(day.0));
        let dateline = front.place.as_deref().zip(front.date);
        let dateline = dateline.map(|(place, day)| self.locale.dateline(place, day.0));
        let (body, dateline) = match target {
            Target::Html if front.kind == Kind::PressRelease => join_dateline(body, dateline),
            _ => (body, dateline),
        };
        Ok(SnippetView {
            kind: front.kind.name(),
            name: snippet.name.clone(),
            anchor: anchor(&snippet.name),
            lang: snippet.lang.clone(),
            foreign: !self.is_own(&snippet.lang),
            title: set.text(&front.title),
            date: date(&front.date),
            until: date(&front.until),
            iso_date: front.date.map(|day| day.0.to_string()),
            period: front.date.map(|from| self.locale.period(from.0, front.until.map_or(from.0, |until| until.0))),
            time: set.maybe(front.time.as_ref()),
            place: set.maybe(front.place.as_ref()),
            body,
            image: self.image(snippet, &set, target)?,
            links: front
                .links
                .iter()
                .map(|link| LinkView {
                    text: set_in(&link.lang).text(&link.text),
                    url: self.address(&link.url, target),
                    lang: link.lang.clone(),
                    lang_name: self.foreign_name(link.lang.as_ref()),
                    source: set_in(&link.lang).maybe(link.source.as_ref()),
                    date: date(&link.date),
                })
                .collect(),
            documents: self.documents(snippet, &set, target),
            speaker: set.maybe(front.speaker.as_ref()),
            function: set.maybe(front.function.as_ref()),
            copyright: set.maybe(front.copyright.as_ref()),
            subtitle: set.maybe(front.subtitle.as_ref()),
            dateline,
            embargo: Embargo::of(snippet, (self.language, self.locale), self.config),
            quotations: front
                .quotations
                .iter()
                .map(|quotation| QuotationView {
                    words: set.text(quotation.words.trim()),
                    speaker: set.maybe(quotation.speaker.as_ref()),
                    function: set.maybe(quotation.function.as_ref()),
                })
                .collect(),
            contacts: front
                .contacts
                .iter()
                .map(|contact| ContactView {
                    name: set.text(&contact.name),
                    function: set.maybe(contact.function.as_ref()),
                    phone: contact.phone.clone(),
                    phone_href: contact.phone.as_deref().map(phone::link),
                    email: contact.email.as_ref().map(ToString::to_string),
                })
                .collect(),
            boilerplate,
            notes,
        })
    }

    /// What a snippet offers to download; what nothing can lead to is left out.
    fn documents(&self, snippet: &Snippet, set: &Typography<'_>, target: &Target) -> Vec<DocumentView> {
        let pairs = snippet.front.documents.iter().zip(&snippet.press.documents);
        let view = |(document, file): (&Document, &Option<Attachment>)| {
            let (url, kind, size) = match file.as_ref().filter(|_| document.url.is_empty()) {
                Some(file) => {
                    let url = format!("{}documents/{}", (self.beside)(snippet)?, segment(&file.name));
                    (url, file.kind(), Some(self.locale.size(file.bytes)))
                }
                None => (self.address(&document.url, target), file_type(&document.url), None),
            };
            let language = document.lang.as_ref().unwrap_or(&snippet.lang);
            Some(DocumentView {
                title: self.typography(language, snippet.front.typography, target).text(&document.title),
                url,
                lang: document.lang.clone(),
                lang_name: self.foreign_name(document.lang.as_ref()),
                kind: document.kind.clone().or(kind),
                size: set.maybe(document.size.as_ref()).or(size),
                note: set.maybe(document.note.as_ref()),
            })
        };
        pairs.filter_map(view).collect()
    }

    /// Whether a language is the text's own.
    fn is_own(&self, language: &Language) -> bool {
        language.primary() == self.language.primary()
    }

    /// What another language is called.
    fn foreign_name(&self, language: Option<&Language>) -> Option<String> {
        language.filter(|language| !self.is_own(language)).map(|language| self.locale.language_name(language))
    }

    /// A link's address as readers get it.
    fn address(&self, url: &str, target: &Target) -> String {
        let url = self.campaign.apply(&link_target(url).unwrap_or_default());
        match target {
            Target::Html => self.slots.close(&ascii_link(&url)),
            Target::Text { .. } => self.slots.close(&text::address(&url)),
        }
    }

    fn body(
        &self,
        snippet: &Snippet,
        set: &Typography<'_>,
        target: &Target,
    ) -> Result<(String, Option<String>, Vec<Note>)> {
        let links = |url: &MergeText| self.campaign.apply(url);
        let body = set.document(&snippet.body);
        let boilerplate = snippet.boilerplate.as_ref().map(|boilerplate| set.document(&boilerplate.text));
        let raw = snippet.front.raw_html;
        match target {
            Target::Html => {
                let writer = |highest| html::Writer {
                    slots: self.slots,
                    pictures: self.pictures,
                    raw,
                    highest,
                    levels: RefCell::default(),
                    links: &links,
                };
                let shared = writer(html::BELOW_TITLES);
                let boilerplate = boilerplate.as_ref().map(|text| shared.document(text)).transpose()?;
                Ok((writer(self.highest).document(&body)?, boilerplate, Vec::new()))
            }
            Target::Text { next_note } => {
                let colon = self.locale.words.get("colon").map_or(":", String::as_str);
                let writer = |next| text::Writer::new(self.slots, &links, raw, colon, next);
                let (body, mut notes) = writer(*next_note).document(&body, self.text_width(snippet));
                let Some(boilerplate) = &boilerplate else { return Ok((body, None, notes)) };
                let (boilerplate, more) = writer(next_note + notes.len()).document(boilerplate, text::WIDTH);
                notes.extend(more);
                Ok((body, Some(boilerplate), notes))
            }
        }
    }

    /// How wide a snippet's plain text is: between quotation marks there is room for them on every line.
    fn text_width(&self, snippet: &Snippet) -> usize {
        let mark = |name: &str| self.locale.words.get(name).map_or(0, |mark| mark.width());
        let marks = if snippet.front.kind == Kind::Quotation { mark("quote_open") + mark("quote_close") } else { 0 };
        text::WIDTH.saturating_sub(marks)
    }

    /// A further text of a snippet; its links are numbered after those that are in `notes`.
    pub(super) fn prose(
        &self,
        text: &crate::issue::markdown::Document,
        snippet: &Snippet,
        target: &Target,
        notes: &mut Vec<Note>,
    ) -> Result<String> {
        let links = |url: &MergeText| self.campaign.apply(url);
        let text = self.typography(&snippet.lang, snippet.front.typography, target).document(text);
        let raw = snippet.front.raw_html;
        match target {
            Target::Html => {
                let (levels, highest) = (RefCell::default(), html::BELOW_TITLES);
                html::Writer { slots: self.slots, pictures: self.pictures, raw, highest, levels, links: &links }
                    .document(&text)
            }
            Target::Text { next_note } => {
                let colon = self.locale.words.get("colon").map_or(":", String::as_str);
                let next = next_note + notes.len();
                let (text, more) = text::Writer::new(self.slots, &links, raw, colon, next).document(&text, text::WIDTH);
                notes.extend(more);
                Ok(text)
            }
        }
    }

    fn image(&self, snippet: &Snippet, set: &Typography<'_>, target: &Target) -> Result<Option<ImageView>> {
        let Some(image) = &snippet.image else { return Ok(None) };
        let (src, width, height, wide, clear) = match target {
            Target::Html => {
                let (placed, wide) = self.pictures.illustrate(&image.media)?;
                let clear = placed.is_clear();
                (placed.src, placed.width, placed.height, wide, clear)
            }
            Target::Text { .. } => (String::new(), 0, 0, false, false),
        };
        let (alt, caption) = (set.text(&image.alt), set.maybe(image.caption.as_ref()));
        let credit = set.maybe(image.credit.as_ref());
        Ok(Some(ImageView { src, alt, caption, credit, wide, clear, width, height }))
    }
}

/// Place and day stand at the head of the first paragraph, as a newspaper prints them; by themselves where the text
/// begins otherwise.
fn join_dateline(body: String, dateline: Option<String>) -> (String, Option<String>) {
    match (body.strip_prefix("<p>"), dateline) {
        (Some(rest), Some(dateline)) => {
            (format!("<p><strong class=\"dateline\">{} –</strong> {rest}", html::escape(&dateline)), None)
        }
        (_, dateline) => (body, dateline),
    }
}

/// What an address's ending says of the file: "PDF".
fn file_type(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let (_, file) = path.split_once("://")?.1.rsplit_once('/')?;
    let (_, ending) = file.rsplit_once('.')?;
    let usual = (2..=4).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric());
    (usual && !ending.starts_with("htm") && ending != "php").then(|| ending.to_uppercase())
}

/// A snippet's name as an `id`, which takes no white space (HTML, section 3.2.6).
fn anchor(name: &str) -> String {
    let named = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    format!("s-{}", name.chars().map(named).collect::<String>())
}
