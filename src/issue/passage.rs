//! Markdown -> [`Passage`]s: the running words of each paragraph, heading and cell of a table, with the place in the
//! source of every one of them. For checks on words, which the tree of `markdown` is no help with: it has no places.
//!
//! Code, merge fields, pictures and addresses shown as they are stand as one [`OBJECT`] each, so that no rule on words
//! looks into them; HTML and the marks of emphasis and links are left out.

use std::ops::Range;

use comrak::Arena;
use comrak::arena_tree::NodeEdge;
use comrak::nodes::{AstNode, NodeValue, Sourcepos};

use super::parse::options;
use crate::source::Source;

/// Stands for what is no word: code, a merge field, a picture (U+FFFC, object replacement character).
pub const OBJECT: char = '\u{fffc}';

/// What a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A paragraph, in a list or quotation perhaps.
    Paragraph,
    /// A heading, of level 1 to 6.
    Heading(u8),
    /// A cell of a table.
    Cell,
}

/// Words that are read in one go.
#[derive(Debug, Clone)]
pub struct Passage {
    /// What it is.
    pub role: Role,
    /// The words; a line's end in the source is a space.
    pub text: String,
    pieces: Vec<Piece>,
    /// Where white space stands in the source at the end of a line, that means nothing.
    pub trailing: Vec<Range<usize>>,
    start: usize,
}

/// A stretch of the text, and where it comes from.
#[derive(Debug, Clone)]
struct Piece {
    text: Range<usize>,
    source: usize,
    /// Whether it stands in the source letter by letter.
    exact: bool,
}

impl Passage {
    /// Reads the passages of the Markdown that begins at a byte of a source.
    pub(super) fn read(source: &Source, start: usize) -> Vec<Self> {
        let arena = Arena::new();
        let lines = Lines::new(source, start);
        let root = comrak::parse_document(&arena, &source.text[start..], &options());
        let mut passages = Vec::new();
        for node in root.descendants() {
            let role = match &node.data.borrow().value {
                NodeValue::Paragraph => Role::Paragraph,
                NodeValue::Heading(heading) => Role::Heading(heading.level),
                NodeValue::TableCell => Role::Cell,
                _ => continue,
            };
            passages.push(Self::of(node, role, &lines));
        }
        passages
    }

    fn of<'a>(node: &'a AstNode<'a>, role: Role, lines: &Lines<'_>) -> Self {
        let start = lines.start_of(node.data.borrow().sourcepos);
        let mut passage = Self { role, text: String::new(), pieces: Vec::new(), trailing: Vec::new(), start };
        // what is in one of these is no running text
        let mut opaque = 0_usize;
        for edge in node.traverse() {
            let (node, opens) = match edge {
                NodeEdge::Start(node) => (node, true),
                NodeEdge::End(node) => (node, false),
            };
            let data = node.data.borrow();
            let at = lines.start_of(data.sourcepos);
            match &data.value {
                NodeValue::Image(_) | NodeValue::Link(_) if is_opaque(node, &data.value) => {
                    if opens && opaque == 0 {
                        passage.push(&OBJECT.to_string(), at, false);
                    }
                    opaque = if opens { opaque + 1 } else { opaque.saturating_sub(1) };
                }
                _ if !opens || opaque > 0 => {}
                NodeValue::Text(text) => passage.push(text, at, lines.text_at(at).starts_with(text.as_ref() as &str)),
                NodeValue::Code(_) => passage.push(&OBJECT.to_string(), at, false),
                NodeValue::SoftBreak => {
                    passage.push(" ", at, false);
                    passage.trailing.extend(lines.blank_before_end(at));
                }
                NodeValue::LineBreak => passage.push(" ", at, false),
                _ => {}
            }
        }
        if role == Role::Paragraph {
            let end = passage.pieces.last().map_or(start, |last| last.source + last.text.len());
            passage.trailing.extend(lines.blank_before_end(end));
        }
        passage.hide_fields();
        passage
    }

    /// A single line that stands in the source at a byte, letter by letter.
    pub fn line(text: &str, source: usize) -> Self {
        let mut passage = Self {
            role: Role::Paragraph,
            text: String::new(),
            pieces: Vec::new(),
            trailing: Vec::new(),
            start: source,
        };
        passage.push(text, source, true);
        passage.hide_fields();
        passage
    }

    /// Where a part of the text stands in the source, in bytes; the passage's beginning where that cannot be told.
    pub fn locate(&self, text: Range<usize>) -> Range<usize> {
        let Some(first) = self.piece(text.start) else { return self.start..self.start + 1 };
        let begin = first.source + if first.exact { text.start - first.text.start } else { 0 };
        let last = self.piece(text.end.saturating_sub(1).max(text.start)).filter(|last| last.exact);
        let end = last.map_or(begin + 1, |last| last.source + (text.end - last.text.start));
        begin..end.max(begin + 1)
    }

    /// The same where it stands there letter by letter and in one piece, so that it can be changed.
    pub fn locate_exactly(&self, text: Range<usize>) -> Option<Range<usize>> {
        let piece = self.piece(text.start).filter(|piece| piece.exact && text.end <= piece.text.end)?;
        let begin = piece.source + (text.start - piece.text.start);
        Some(begin..begin + text.len())
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        let index = self.pieces.partition_point(|piece| piece.text.end <= at);
        self.pieces.get(index)
    }

    fn push(&mut self, text: &str, source: usize, exact: bool) {
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push(Piece { text: start..self.text.len(), source, exact });
    }

    /// Puts objects over the merge fields: as many bytes as they had, so that every place stays right.
    fn hide_fields(&mut self) {
        let mut from = 0;
        while let Some(open) = self.text[from..].find("{{").map(|at| from + at) {
            let Some(close) = self.text[open..].find("}}").map(|at| open + at + 2) else { return };
            let length = close - open;
            let cover: String =
                [OBJECT.to_string().repeat(length / OBJECT.len_utf8()), "~".repeat(length % OBJECT.len_utf8())]
                    .concat();
            self.text.replace_range(open..close, &cover);
            from = close;
        }
    }
}

/// Whether a link shows nothing but its own address, or is a picture.
fn is_opaque<'a>(node: &'a AstNode<'a>, value: &NodeValue) -> bool {
    match value {
        NodeValue::Image(_) => true,
        NodeValue::Link(link) => {
            let shown = node.first_child().filter(|first| first.next_sibling().is_none());
            shown.is_some_and(|shown| match &shown.data.borrow().value {
                NodeValue::Text(text) => !text.contains(' ') && link.url.ends_with(text.as_ref()),
                _ => false,
            })
        }
        _ => false,
    }
}

/// Where the lines of the Markdown begin in the source.
struct Lines<'s> {
    source: &'s Source,
    begins: Vec<usize>,
}

impl<'s> Lines<'s> {
    fn new(source: &'s Source, start: usize) -> Self {
        let breaks = source.text[start..].match_indices('\n').map(|(at, _)| start + at + 1);
        Self { source, begins: std::iter::once(start).chain(breaks).collect() }
    }

    fn start_of(&self, position: Sourcepos) -> usize {
        let line = self.begins.get(position.start.line.saturating_sub(1)).copied().unwrap_or(self.source.text.len());
        let mut at = (line + position.start.column.saturating_sub(1)).min(self.source.text.len());
        while !self.source.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn text_at(&self, at: usize) -> &'s str {
        self.source.text.get(at..).unwrap_or_default()
    }

    /// The white space that ends the line, where from here on there is nothing else on it.
    fn blank_before_end(&self, at: usize) -> Option<Range<usize>> {
        let rest = self.text_at(at).split('\n').next().unwrap_or_default();
        // a picture or code stands for other characters than it is written with: its end may lie anywhere
        let inside = self.source.text.get(..at)?.trim_end_matches([' ', '\t']).len();
        let end = at + rest.len();
        (rest.chars().all(|c| c == ' ' || c == '\t') && inside < end).then_some(inside..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_or_code_at_a_paragraphs_end_may_hold_any_letters() {
        for text in ["![École du village](ecran.png)", "Voir `aé`", "- `né`", "Voir `é`", "![é](é.png) `éé`"] {
            passages(text);
        }
    }

    fn passages(text: &str) -> (Source, Vec<Passage>) {
        let source = Source::new("a.md", text);
        let passages = Passage::read(&source, 0);
        (source, passages)
    }

    #[test]
    fn words_know_where_they_stand() {
        let text = "# Élan\n\nIt **sails** at\nnine, `x  y`, <https://example.org/a>, é &amp; ü {{ lang \"é\" }} end.\n\n| a | bé |\n|--|--|\n| c | dé |\n";
        let (source, passages) = passages(text);
        let texts: Vec<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(texts[0], "Élan");
        assert!(texts[1].starts_with("It sails at nine, \u{fffc}, \u{fffc}, é & ü \u{fffc}"), "{}", texts[1]);
        assert_eq!(&texts[2..], ["a", "bé", "c", "dé"]);
        for (passage, word) in [(1, "sails"), (1, "nine"), (5, "dé"), (0, "lan")] {
            let passage = &passages[passage];
            let at = passage.text.find(word).unwrap();
            let found = passage.locate_exactly(at..at + word.len()).unwrap();
            assert_eq!(&source.text[found], word);
        }
    }

    #[test]
    fn white_space_at_a_lines_end_is_found_where_it_means_nothing() {
        let (source, passages) = passages("one \ntwo  \nthree   \n\n    code  \n");
        let found: Vec<&str> = passages[0].trailing.iter().map(|range| &source.text[range.clone()]).collect();
        assert_eq!(found, [" ", "   "]);
        assert_eq!(passages.len(), 1);
    }
}
