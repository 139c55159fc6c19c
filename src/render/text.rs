//! A snippet's tree -> plain text written for reading, as a person would type it.
//!
//! Wrapped at [`WIDTH`] columns; headings underlined; links as numbered notes, which the template sets under the
//! snippet; lists, quotations and tables kept.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::slots::Slots;
use super::table;
use super::wrap::wrap;
use crate::issue::markdown::{Block, Document, Inline, Link, List};
use crate::issue::{MergeText, Piece, ascii_link};

/// Columns: what RFC 5322 and W3C's mails keep to, with room for a `> ` when somebody answers.
pub const WIDTH: usize = 72;

/// Writes one edition's plain text; the notes are numbered through.
pub(super) struct Writer<'r> {
    slots: &'r Slots,
    links: &'r dyn Fn(&MergeText) -> MergeText,
    raw: bool,
    /// How the language writes a colon.
    colon: &'r str,
    notes: Vec<Note>,
    next: usize,
}

/// A numbered link.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Note {
    pub(super) number: usize,
    pub(super) url: String,
}

impl<'r> Writer<'r> {
    /// A writer whose notes begin with `next`.
    pub(super) fn new(
        slots: &'r Slots,
        links: &'r dyn Fn(&MergeText) -> MergeText,
        raw: bool,
        colon: &'r str,
        next: usize,
    ) -> Self {
        Self { slots, links, raw, colon, notes: Vec::new(), next }
    }

    /// A whole text, so many columns wide, and the notes that belong under it.
    pub(super) fn document(mut self, document: &Document, width: usize) -> (String, Vec<Note>) {
        let mut text = self.blocks(&document.blocks, width, false);
        for footnote in &document.footnotes {
            let mark = format!("({}) ", footnote.number);
            let inner = self.blocks(&footnote.blocks, width.saturating_sub(mark.len()), false);
            text.push_str("\n\n");
            text.push_str(&hang(&inner, &mark));
        }
        (text.trim_end().to_owned(), self.notes)
    }

    fn blocks(&mut self, blocks: &[Block], width: usize, tight: bool) -> String {
        let parts: Vec<String> =
            blocks.iter().map(|block| self.block(block, width)).filter(|part| !part.is_empty()).collect();
        parts.join(if tight { "\n" } else { "\n\n" })
    }

    fn block(&mut self, block: &Block, width: usize) -> String {
        match block {
            Block::Paragraph(inlines) => wrap(&self.words(inlines), width),
            Block::Heading(_, inlines) => underline(&self.plain_words(inlines), '~', width),
            Block::List(list) => self.list(list, width),
            Block::Quote(blocks) => {
                let inner = self.blocks(blocks, width.saturating_sub(2), false);
                inner.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
            }
            Block::Code(code) => indent(code.trim_end_matches('\n'), "    "),
            Block::Table(table) => {
                let cells = |row: &[Vec<Inline>], writer: &mut Self| -> Vec<String> {
                    row.iter().map(|cell| writer.plain_words(cell).replace('\n', " ")).collect()
                };
                let head = cells(&table.head, self);
                let rows: Vec<Vec<String>> = table.rows.iter().map(|row| cells(row, self)).collect();
                table::layout(&head, &rows, &table.alignments, (width, self.colon))
            }
            Block::Rule => "* * *".to_owned(),
            Block::Html(_, _) if self.raw => String::new(),
            Block::Html(html, _) => wrap(html.trim_end(), width),
        }
    }

    fn list(&mut self, list: &List, width: usize) -> String {
        let widest = list.start.map_or(0, |start| (start + list.items.len().saturating_sub(1)).to_string().len());
        let mut items = Vec::new();
        for (index, item) in list.items.iter().enumerate() {
            let mark = match list.start {
                Some(start) => format!("{:>widest$}. ", start + index),
                None => "- ".to_owned(),
            };
            let inner = self.blocks(item, width.saturating_sub(mark.len()), list.tight);
            items.push(hang(&inner, &mark));
        }
        items.join(if list.tight { "\n" } else { "\n\n" })
    }

    /// Words that stand out by where they are: without marks of emphasis.
    fn plain_words(&mut self, inlines: &[Inline]) -> String {
        let unmarked: Vec<Inline> = inlines.iter().flat_map(unmarked).collect();
        self.words(&unmarked)
    }

    fn words(&mut self, inlines: &[Inline]) -> String {
        let mut out = String::new();
        for inline in inlines {
            match inline {
                Inline::Text(text) | Inline::Code(text) => out.push_str(text),
                Inline::Field(field) => out.push_str(&self.slots.token(field)),
                Inline::Emphasis(inner) => {
                    let _ = write!(out, "_{}_", self.words(inner));
                }
                Inline::Strong(inner) => {
                    let _ = write!(out, "*{}*", self.words(inner));
                }
                Inline::Struck(inner) => out.push_str(&self.words(inner)),
                Inline::Link(link) => self.link(link, &mut out),
                Inline::Image(picture) => {
                    let seen = Some(format!("[{}]", picture.alt)).filter(|_| !picture.alt.is_empty());
                    let said: Vec<String> = seen.into_iter().chain(picture.caption.clone()).collect();
                    if said.is_empty() && out.ends_with(' ') {
                        out.pop();
                    }
                    out.push_str(&said.join(" "));
                }
                Inline::Html(_, _) if self.raw => {}
                Inline::Html(html, _) => out.push_str(html),
                Inline::Footnote(number) => {
                    let _ = write!(out, " ({number})");
                }
                Inline::Space => out.push(' '),
                Inline::Break => out.push('\n'),
            }
        }
        out
    }

    fn link(&mut self, link: &Link, out: &mut String) {
        let words = self.words(&link.content);
        let written = self.slots.close(&(self.links)(&link.url));
        let bare =
            |url: &'_ str| url.strip_prefix("mailto:").or_else(|| url.strip_prefix("tel:")).unwrap_or(url).to_owned();
        let says_itself = words == bare(&written) || words == written || written.starts_with('#');
        if says_itself {
            out.push_str(&words);
            return;
        }
        let shown = bare(&self.slots.close(&address(&(self.links)(&link.url))));
        let known = self.notes.iter().find(|note| note.url == shown).map(|note| note.number);
        let number = known.unwrap_or_else(|| {
            self.notes.push(Note { number: self.next, url: shown });
            self.next += 1;
            self.next - 1
        });
        // a space that does not break keeps the number with its words
        let _ = write!(out, "{words}\u{a0}[{number}]");
    }
}

/// A link's address as plain text shows it: such that programs make one link of it, but for what is no page and is
/// read and typed.
pub(super) fn address(url: &MergeText) -> MergeText {
    let read =
        matches!(url.0.first(), Some(Piece::Text(start)) if start.starts_with("mailto:") || start.starts_with("tel:"));
    if read { url.clone() } else { ascii_link(url) }
}

fn unmarked(inline: &Inline) -> Vec<Inline> {
    match inline {
        Inline::Emphasis(inner) | Inline::Strong(inner) => inner.iter().flat_map(unmarked).collect(),
        other => vec![other.clone()],
    }
}

/// A title with a line of characters under its last line, longer than the two hyphens that open a signature.
pub(super) fn underline(title: &str, stroke: char, width: usize) -> String {
    let title = wrap(title, width);
    let longest = title.lines().map(UnicodeWidthStr::width).max().unwrap_or(0);
    format!("{title}\n{}", stroke.to_string().repeat(longest.max(3)))
}

/// Sets a mark before the first line and spaces before the others.
fn hang(text: &str, mark: &str) -> String {
    let space = " ".repeat(UnicodeWidthStr::width(mark));
    let mut lines = text.lines();
    let first = format!("{mark}{}", lines.next().unwrap_or_default());
    lines.fold(first.trim_end().to_owned(), |out, line| out + "\n" + format!("{space}{line}").trim_end())
}

/// The line that opens a signature (RFC 3676, section 4.3).
const SIGNATURE: &str = "-- ";

/// A rendered template, tidied: at most two empty lines in a row, none at either end, no space at a line's end but in
/// the line that opens the signature, and no line that could have been broken longer than [`WIDTH`].
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines().map(|line| if line == SIGNATURE { line } else { line.trim_end() }) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 2 {
            out.push_str(&folded(line));
            out.push('\n');
        }
    }
    out
}

/// A line within the width, with what it begins with (blanks, `>`) before each of its parts. Addresses and code stay
/// whole.
fn folded(line: &str) -> String {
    let words = line.trim_start_matches([' ', '>']);
    let start = line.strip_suffix(words).unwrap_or_default();
    // within a quotation too
    let code = line.trim_start_matches("> ").starts_with("    ");
    if UnicodeWidthStr::width(line) <= WIDTH || code || words.contains("://") {
        return line.to_owned();
    }
    indent(&wrap(words, WIDTH.saturating_sub(start.len())), start)
}

/// Sets the same before every line that has words.
pub(super) fn indent(text: &str, with: &str) -> String {
    text.lines().map(|line| format!("{with}{line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
