//! A text as it was typed -> the same text as it is to be read: spaces, quotation marks and apostrophes by the rules
//! of its language. [`Typography`] works on text only; code, addresses and merge fields are never touched, and no
//! letter or digit is added, taken away or moved.
//!
//! French gets its no-break spaces: U+00A0 before a colon and within « »; before `;`, `!` and `?` a narrow one,
//! U+202F, which every browser and phone shows. In plain text that one too is U+00A0: there all spaces are equally
//! wide, and old fonts of terminals and of Outlook show a box for U+202F. `set` leaves hyphenation, dashes and
//! ellipses to the writer.

use super::abbreviations as words;
use crate::issue::markdown::{Block, Document, Footnote, Inline, Link, List, Table};
use crate::issue::{MergeText, Piece};
use crate::language::Language;
use crate::source::RESERVED;

/// A space at which no line ends.
const NO_BREAK: char = '\u{a0}';
/// The same, a third as wide.
const NARROW: char = '\u{202f}';

/// Stands in a flow of text for what is no text: a merge field, code, a picture.
const OPAQUE: char = RESERVED[0];
/// Stands between two pieces of a flow; the rules look through it.
const BOUNDARY: char = RESERVED[2];

/// One language's rules.
#[derive(Debug, Clone)]
pub(super) struct Typography<'l> {
    on: bool,
    french: bool,
    dutch: bool,
    quotes: Option<(char, char)>,
    narrow: char,
    months: &'l [String],
}

impl<'l> Typography<'l> {
    /// The rules of a language; `months` are its names of months.
    pub(super) fn new(language: &Language, months: &'l [String]) -> Self {
        let quotes = match language.primary() {
            "fr" => Some(('«', '»')),
            "en" | "nl" => Some(('“', '”')),
            "de" => Some(('„', '“')),
            _ => None,
        };
        let (french, dutch) = (language.primary() == "fr", language.primary() == "nl");
        Self { on: true, french, dutch, quotes, narrow: NARROW, months }
    }

    /// The same for plain text, without the narrow space.
    pub(super) fn in_plain_text(mut self) -> Self {
        self.narrow = NO_BREAK;
        self
    }

    /// The same where it is wanted; where it is not, every text stays as it is.
    pub(super) fn wanted(mut self, wanted: bool) -> Self {
        self.on = wanted;
        self
    }

    /// A text without markup.
    pub(super) fn text(&self, text: &str) -> String {
        if self.on && !text.contains(RESERVED) { self.set(text) } else { text.to_owned() }
    }

    /// The same where there is one.
    pub(super) fn maybe(&self, text: Option<&String>) -> Option<String> {
        text.map(|text| self.text(text))
    }

    /// A text with merge fields.
    pub(super) fn merge_text(&self, text: &MergeText) -> MergeText {
        let mut flow = String::new();
        for piece in &text.0 {
            match piece {
                Piece::Text(text) => flow.push_str(text),
                Piece::Field(_) => flow.push(OPAQUE),
            }
            flow.push(BOUNDARY);
        }
        let set = if self.on { self.set(&flow) } else { return text.clone() };
        let pieces = text.0.iter().zip(set.split(BOUNDARY)).map(|(piece, set)| match piece {
            Piece::Text(_) => Piece::Text(set.to_owned()),
            field @ Piece::Field(_) => field.clone(),
        });
        MergeText(pieces.collect())
    }

    /// A text with its markup.
    pub(super) fn document(&self, document: &Document) -> Document {
        if !self.on {
            return document.clone();
        }
        let footnote = |note: &Footnote| Footnote { number: note.number, blocks: self.blocks(&note.blocks) };
        Document { blocks: self.blocks(&document.blocks), footnotes: document.footnotes.iter().map(footnote).collect() }
    }

    fn blocks(&self, blocks: &[Block]) -> Vec<Block> {
        let row = |cells: &[Vec<Inline>]| cells.iter().map(|cell| self.inlines(cell)).collect::<Vec<_>>();
        let set = |block: &Block| match block {
            Block::Paragraph(inlines) => Block::Paragraph(self.inlines(inlines)),
            Block::Heading(level, inlines) => Block::Heading(*level, self.inlines(inlines)),
            Block::List(list) => {
                let items = list.items.iter().map(|item| self.blocks(item)).collect();
                Block::List(List { start: list.start, tight: list.tight, items })
            }
            Block::Quote(inner) => Block::Quote(self.blocks(inner)),
            Block::Table(table) => Block::Table(Table {
                alignments: table.alignments.clone(),
                head: row(&table.head),
                rows: table.rows.iter().map(|cells| row(cells)).collect(),
            }),
            Block::Code(_) | Block::Rule | Block::Html(..) => block.clone(),
        };
        blocks.iter().map(set).collect()
    }

    /// A paragraph is one flow: a quotation mark that opens in bold may close behind it.
    fn inlines(&self, inlines: &[Inline]) -> Vec<Inline> {
        let mut flow = String::new();
        gather(inlines, &mut flow);
        let set = self.set(&flow);
        self.scatter(inlines, &mut set.split(BOUNDARY))
    }

    fn scatter<'s>(&self, inlines: &[Inline], pieces: &mut impl Iterator<Item = &'s str>) -> Vec<Inline> {
        let mut out = Vec::with_capacity(inlines.len());
        for inline in inlines {
            out.push(match inline {
                Inline::Emphasis(inner) => Inline::Emphasis(self.scatter(inner, pieces)),
                Inline::Strong(inner) => Inline::Strong(self.scatter(inner, pieces)),
                Inline::Struck(inner) => Inline::Struck(self.scatter(inner, pieces)),
                Inline::Link(link) => {
                    let content = self.scatter(&link.content, pieces);
                    Inline::Link(Link { url: link.url.clone(), content, place: link.place.clone() })
                }
                leaf => match (leaf, pieces.next().unwrap_or_default()) {
                    (Inline::Text(_), set) => Inline::Text(set.to_owned()),
                    (Inline::Space, set) if set != " " => Inline::Text(set.to_owned()),
                    (Inline::Image(picture), _) => {
                        let mut picture = picture.clone();
                        picture.alt = self.text(&picture.alt);
                        picture.caption = self.maybe(picture.caption.as_ref());
                        Inline::Image(picture)
                    }
                    (other, _) => other.clone(),
                },
            });
        }
        out
    }

    /// A flow, set. Boundaries stay as many and in the same order.
    fn set(&self, flow: &str) -> String {
        let mut flow = Flow::new(flow);
        if let Some(quotes) = self.quotes {
            double_quotes(&mut flow, quotes);
        }
        single_quotes(&mut flow, self.dutch);
        self.spaces(&flow)
    }

    fn spaces(&self, flow: &Flow) -> String {
        let mut out = String::with_capacity(flow.chars.len() + 16);
        let mut at = 0;
        while let Some(&character) = flow.chars.get(at) {
            if !is_blank(character) {
                if self.french && wants_space_before(flow, at) {
                    out.push(self.space_before(character));
                }
                out.push(character);
                if self.french && character == '«' && flow.after(at + 1).is_some_and(|next| !next.is_whitespace()) {
                    out.push(NO_BREAK);
                }
                at += 1;
                continue;
            }
            let end = at + flow.chars[at..].iter().take_while(|c| is_blank(**c)).count();
            let french = if self.french { self.french_space(flow, at, end) } else { None };
            match french {
                Some(space) => out.push(space),
                None if end - at == 1 && character == ' ' && self.holds_together(flow, at) => out.push(NO_BREAK),
                None => out.extend(&flow.chars[at..end]),
            }
            at = end;
        }
        out
    }

    /// The one space that takes the place of those between `from` and `to`, where French has a rule for it.
    fn french_space(&self, flow: &Flow, from: usize, to: usize) -> Option<char> {
        let before = flow.before(from)?;
        let mark = flow.index_after(to)?;
        let next = flow.chars[mark];
        let behind = flow.after(mark + 1);
        let ends = |closers: &str| behind.is_none_or(|c| c.is_whitespace() || closers.contains(c));
        match next {
            '»' => Some(NO_BREAK),
            _ if before == '«' => Some(NO_BREAK),
            // not the faces of old: ;-) and :-)
            ';' if ends("»”’)") => Some(self.narrow),
            ':' if ends("»”)") => Some(NO_BREAK),
            '!' | '?' if !behind.is_some_and(char::is_alphanumeric) && !flow.frozen[mark] => Some(self.narrow),
            _ => None,
        }
    }

    fn space_before(&self, mark: char) -> char {
        if matches!(mark, ':' | '»') { NO_BREAK } else { self.narrow }
    }

    /// Whether the words on both sides of a space belong on one line.
    fn holds_together(&self, flow: &Flow, at: usize) -> bool {
        let (before, after) = (flow.word_before(at), flow.word_after(at + 1));
        let before = before.trim_start_matches(['(', '[', '«', '“', '‘', '"']);
        let before = before.rsplit('’').next().unwrap_or(before);
        let after = after.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '»', '”', '’', '"']);
        words::belong_together(before, after, self.months)
    }
}

/// Whether French wants a space before a mark to which none was typed.
fn wants_space_before(flow: &Flow, at: usize) -> bool {
    let Some(previous) = flow.index_before(at).filter(|_| !flow.frozen[at]) else { return false };
    let before = flow.chars[previous];
    if before.is_whitespace() || flow.frozen[previous] {
        return false;
    }
    let behind = flow.after(at + 1);
    let word = before.is_alphanumeric() || matches!(before, OPAQUE | '»' | '”' | ')' | '%' | '…' | '.');
    match flow.chars[at] {
        '»' => before != '«',
        ';' | '!' | '?' => word && behind.is_none_or(|c| !c.is_alphanumeric() && c != OPAQUE),
        ':' => word && !before.is_ascii_digit() && behind.is_none_or(|c| c.is_whitespace() || c == '»'),
        _ => false,
    }
}

/// Text with boundaries, and which of it is an address that must stay as it is.
struct Flow {
    chars: Vec<char>,
    frozen: Vec<bool>,
}

impl Flow {
    fn new(flow: &str) -> Self {
        let chars: Vec<char> = flow.chars().collect();
        let mut frozen = vec![false; chars.len()];
        let mut at = 0;
        while at < chars.len() {
            let end = at + chars[at..].iter().take_while(|c| !c.is_whitespace()).count();
            let token: String = chars[at..end].iter().filter(|c| **c != BOUNDARY).collect();
            if words::is_address(&token) {
                let edge = |c: &&char| "\"'«»“”‘’()[]<>.,;:!?".contains(**c) || **c == BOUNDARY;
                let start = at + chars[at..end].iter().take_while(edge).count();
                let trailing = chars[start..end].iter().rev().take_while(edge).count();
                frozen[start..end - trailing].fill(true);
            }
            at = end.max(at + 1);
        }
        Self { chars, frozen }
    }

    fn index_before(&self, at: usize) -> Option<usize> {
        self.chars[..at].iter().rposition(|c| *c != BOUNDARY)
    }

    fn index_after(&self, at: usize) -> Option<usize> {
        self.chars.get(at..)?.iter().position(|c| *c != BOUNDARY).map(|offset| at + offset)
    }

    /// What is read before a place.
    fn before(&self, at: usize) -> Option<char> {
        self.index_before(at).map(|at| self.chars[at])
    }

    /// What is read from a place on.
    fn after(&self, at: usize) -> Option<char> {
        self.index_after(at).map(|at| self.chars[at])
    }

    fn word_before(&self, at: usize) -> String {
        let start = self.chars[..at].iter().rposition(|c| c.is_whitespace()).map_or(0, |space| space + 1);
        self.chars[start..at].iter().filter(|c| **c != BOUNDARY).collect()
    }

    fn word_after(&self, at: usize) -> String {
        self.chars[at..].iter().take_while(|c| !c.is_whitespace()).filter(|c| **c != BOUNDARY).collect()
    }
}

/// Straight double quotation marks become the language's own, pair by pair; one that stands alone stays (6").
fn double_quotes(flow: &mut Flow, (open, close): (char, char)) {
    let opens = |flow: &Flow, at: usize| {
        let next = flow.after(at + 1).is_some_and(|c| !c.is_whitespace() && c != '"');
        next && flow.before(at).is_none_or(|c| !c.is_alphanumeric() && c != OPAQUE)
    };
    let closes = |flow: &Flow, at: usize| {
        let before = flow.before(at).is_some_and(|c| !c.is_whitespace() && c != '"');
        before && flow.after(at + 1).is_none_or(|c| !c.is_alphanumeric() && c != OPAQUE)
    };
    let mut marks = Marks::new(flow);
    // marks that were passed over, and the one of them that is looked at again
    let (mut passed, mut again) = (Vec::new(), None);
    while let Some(first) = again.take().or_else(|| marks.next()) {
        if !opens(flow, first) {
            passed.push(first);
            continue;
        }
        // where none closes behind this one, none does behind a later one
        let Some(second) = marks.closing(|at| closes(flow, at)) else { break };
        flow.chars[first] = open;
        flow.chars[second] = close;
        // the mark just before stands beside another character now, and may open
        again = passed.pop();
    }
}

/// The straight double marks of a flow, which are looked at one after the other and set in pairs.
struct Marks {
    places: Vec<usize>,
    taken: Vec<bool>,
    next: usize,
    /// Of those before this one that are still there none closes, but perhaps the next one.
    searched: usize,
}

impl Marks {
    fn new(flow: &Flow) -> Self {
        let places: Vec<usize> =
            (0..flow.chars.len()).filter(|at| flow.chars[*at] == '"' && !flow.frozen[*at]).collect();
        Self { taken: vec![false; places.len()], places, next: 0, searched: 0 }
    }

    /// Takes the next one.
    fn next(&mut self) -> Option<usize> {
        let next = self.upcoming()?;
        self.taken[next] = true;
        Some(self.places[next])
    }

    /// Takes the next one that closes.
    fn closing(&mut self, closes: impl Fn(usize) -> bool) -> Option<usize> {
        let next = self.upcoming()?;
        // the one before it was set since it was looked at
        let found = if closes(self.places[next]) {
            next
        } else {
            let from = self.searched.max(next);
            let found = (from..self.places.len()).find(|at| !self.taken[*at] && closes(self.places[*at]));
            self.searched = found.unwrap_or(self.places.len());
            found?
        };
        self.taken[found] = true;
        Some(self.places[found])
    }

    fn upcoming(&mut self) -> Option<usize> {
        while *self.taken.get(self.next)? {
            self.next += 1;
        }
        Some(self.next)
    }
}

/// Straight single ones become apostrophes, or a quotation within words.
fn single_quotes(flow: &mut Flow, dutch: bool) {
    let view = Flow { chars: flow.chars.clone(), frozen: Vec::new() };
    let last_end = last_end(&view.chars);
    for at in (0..view.chars.len()).filter(|at| view.chars[*at] == '\'' && !flow.frozen[*at]) {
        let (before, after) = (view.before(at), view.after(at + 1));
        let starts = after.is_some_and(|c| c.is_alphanumeric() || c == OPAQUE);
        let replacement = match before {
            // minutes and feet: 5' 30
            Some(c) if c.is_ascii_digit() && !after.is_some_and(char::is_alphabetic) => continue,
            Some(c) if c.is_alphanumeric() || matches!(c, OPAQUE | '.' | ',' | '!' | '?' | '…' | '»' | '”') => '’',
            _ if !starts => continue,
            _ if after.is_some_and(char::is_numeric) || dutch && words::is_clitic(&view.word_after(at + 1)) => '’',
            // a single mark further on ends a word
            _ if last_end.is_some_and(|end| end > at + 1) => '‘',
            _ => '’',
        };
        flow.chars[at] = replacement;
    }
}

/// The last single mark that ends a word.
fn last_end(chars: &[char]) -> Option<usize> {
    (1..chars.len()).rev().find(|at| {
        let end = chars.get(at + 1).is_none_or(|c| !c.is_alphanumeric());
        chars[*at] == '\'' && end && !chars[at - 1].is_whitespace()
    })
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | NO_BREAK | NARROW)
}

fn gather(inlines: &[Inline], flow: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Struck(inner) => {
                gather(inner, flow);
                continue;
            }
            Inline::Link(link) => {
                gather(&link.content, flow);
                continue;
            }
            Inline::Text(text) => flow.push_str(text),
            Inline::Space => flow.push(' '),
            Inline::Break => flow.push('\n'),
            Inline::Html(..) => {}
            Inline::Code(_) | Inline::Field(_) | Inline::Image(_) | Inline::Footnote(_) => flow.push(OPAQUE),
        }
        flow.push(BOUNDARY);
    }
}

#[cfg(test)]
#[path = "typography_tests.rs"]
mod tests;
