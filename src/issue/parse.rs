//! Markdown -> [`Document`]: with `passage` the only file that knows the Markdown library.
//!
//! CommonMark with tables, footnotes, strikethrough and autolinks. Quotation marks are left as they are: smart ones
//! would be English in a French text.

use std::path::Path;

use comrak::nodes::{AstNode, ListType, NodeLink, NodeValue, Sourcepos, TableAlignment};
use comrak::{Arena, Options};

use super::link;
use super::markdown::{Alignment, Block, Document, Footnote, Inline, Link, List, Picture, Table};
use super::media::Media;
use super::merge::{MergeText, Piece};
use crate::diagnostic::{Diagnostic, Place};
use crate::rule;
use crate::source::{RESERVED, Source, private_use};

/// How deep quotations and lists may lie in each other. More is a slip or an attack, and would exhaust the stack.
const DEEPEST: usize = 32;

/// Reads the Markdown that begins at a byte of a source. Pictures are looked for in `folder`.
/// What is wrong goes to `diagnostics`, and what can be read is read all the same.
pub(super) fn parse(source: &Source, start: usize, folder: &Path, diagnostics: &mut Vec<Diagnostic>) -> Document {
    let text = &source.text[start..];
    let line_offset = source.text[..start].matches('\n').count();
    let mut reader = Reader { source, folder, line_offset, diagnostics, depth: 0 };
    if let Some(at) = text.find(RESERVED) {
        let place = source.place(start + at..start + at + 3);
        reader.diagnostics.push(private_use(place));
        return Document::default();
    }
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, text, &options());
    let private = root.descendants().find(|node| says_reserved(&node.data.borrow().value));
    if let Some(node) = private {
        let place = reader.place(node.data.borrow().sourcepos);
        reader.diagnostics.push(private_use(place));
        return Document::default();
    }
    reader.document(root)
}

/// Whether a node holds a reserved character that the source writes as a character reference (`&#xE000;`).
fn says_reserved(value: &NodeValue) -> bool {
    match value {
        NodeValue::Text(text) => text.contains(RESERVED),
        NodeValue::Code(code) => code.literal.contains(RESERVED),
        NodeValue::Link(link) | NodeValue::Image(link) => link.url.contains(RESERVED) || link.title.contains(RESERVED),
        NodeValue::HtmlInline(html) => refers_to_reserved(html),
        NodeValue::HtmlBlock(html) => refers_to_reserved(&html.literal),
        _ => false,
    }
}

/// HTML is taken as it is written: whoever reads it resolves its references (HTML, section 13.2.5.80).
fn refers_to_reserved(html: &str) -> bool {
    html.split("&#").skip(1).any(|reference| {
        let (digits, radix) = match reference.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16),
            None => (reference, 10),
        };
        let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        let code = u32::from_str_radix(&digits[..end], radix).ok();
        code.and_then(char::from_u32).is_some_and(|character| RESERVED.contains(&character))
    })
}

/// The Markdown that is understood.
pub(super) fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.footnotes = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options
}

/// A Markdown text's words as readers see them. What is no word (a line, a picture) is U+FFFC.
pub fn words(text: &str) -> String {
    let arena = Arena::new();
    let mut out = String::new();
    for node in comrak::parse_document(&arena, text, &options()).descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => out.push_str(text),
            NodeValue::Code(code) => out.push_str(&code.literal),
            NodeValue::CodeBlock(code) => out.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => out.push('\n'),
            NodeValue::Image(_)
            | NodeValue::ThematicBreak
            | NodeValue::HtmlInline(_)
            | NodeValue::HtmlBlock(_)
            | NodeValue::FootnoteReference(_) => out.push('\u{fffc}'),
            _ => {}
        }
    }
    out
}

struct Reader<'s> {
    source: &'s Source,
    folder: &'s Path,
    line_offset: usize,
    diagnostics: &'s mut Vec<Diagnostic>,
    depth: usize,
}

impl Reader<'_> {
    fn document<'a>(&mut self, root: &'a AstNode<'a>) -> Document {
        let mut document = Document::default();
        for node in root.children() {
            let is_footnote = matches!(node.data.borrow().value, NodeValue::FootnoteDefinition(_));
            if is_footnote {
                let number = u32::try_from(document.footnotes.len() + 1).unwrap_or(u32::MAX);
                document.footnotes.push(Footnote { number, blocks: self.blocks(node) });
            } else {
                self.block(node, &mut document.blocks);
            }
        }
        document
    }

    fn place(&self, position: Sourcepos) -> Place {
        let mut place = self.source.place_at(position.start.line + self.line_offset, position.start.column);
        if position.end.line == position.start.line
            && let Some(line) = &place.source
            && let Some(meant) = line.get(position.start.column.saturating_sub(1)..position.end.column)
        {
            place.width = meant.chars().count().max(1);
        }
        place
    }

    fn too_deep(&mut self, position: Sourcepos) {
        let mut place = self.place(position);
        place.width = 1;
        let found = Diagnostic::of(
            &rule::TOO_DEEP,
            format!("lists, quotations and emphasis lie more than {DEEPEST} deep in each other"),
        )
        .at(place)
        .hint("write it flatter");
        if self.diagnostics.last().is_none_or(|last| last.message != found.message) {
            self.diagnostics.push(found);
        }
    }

    fn blocks<'a>(&mut self, parent: &'a AstNode<'a>) -> Vec<Block> {
        let mut blocks = Vec::new();
        if self.depth == DEEPEST {
            self.too_deep(parent.data.borrow().sourcepos);
            return blocks;
        }
        self.depth += 1;
        for node in parent.children() {
            self.block(node, &mut blocks);
        }
        self.depth -= 1;
        blocks
    }

    fn block<'a>(&mut self, node: &'a AstNode<'a>, out: &mut Vec<Block>) {
        let data = node.data.borrow();
        let block = match &data.value {
            NodeValue::Paragraph => Block::Paragraph(self.inlines(node)),
            NodeValue::Heading(heading) => Block::Heading(heading.level, self.inlines(node)),
            NodeValue::BlockQuote => Block::Quote(self.blocks(node)),
            NodeValue::List(list) => Block::List(List {
                start: (list.list_type == ListType::Ordered).then_some(list.start),
                tight: list.tight,
                items: node.children().map(|item| self.blocks(item)).collect(),
            }),
            NodeValue::CodeBlock(code) => Block::Code(code.literal.clone()),
            NodeValue::ThematicBreak => Block::Rule,
            NodeValue::HtmlBlock(html) => Block::Html(html.literal.clone(), self.place(data.sourcepos)),
            NodeValue::Table(table) => {
                let alignments = table
                    .alignments
                    .iter()
                    .map(|alignment| match alignment {
                        TableAlignment::Center => Alignment::Centre,
                        TableAlignment::Right => Alignment::End,
                        TableAlignment::Left | TableAlignment::None => Alignment::Start,
                    })
                    .collect();
                let mut rows: Vec<Vec<Vec<Inline>>> =
                    node.children().map(|row| row.children().map(|cell| self.inlines(cell)).collect()).collect();
                let head = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
                Block::Table(Table { alignments, head, rows })
            }
            _ => {
                out.extend(self.blocks(node));
                return;
            }
        };
        out.push(block);
    }

    fn inlines<'a>(&mut self, parent: &'a AstNode<'a>) -> Vec<Inline> {
        let mut out = Vec::new();
        if self.depth == DEEPEST {
            self.too_deep(parent.data.borrow().sourcepos);
            return out;
        }
        self.depth += 1;
        let mut words: Option<(String, Sourcepos)> = None;
        for node in parent.children() {
            let data = node.data.borrow();
            if let NodeValue::Text(text) = &data.value {
                words.get_or_insert_with(|| (String::new(), data.sourcepos)).0.push_str(text);
                continue;
            }
            self.words(words.take(), &mut out);
            self.inline(node, &mut out);
        }
        self.words(words, &mut out);
        self.depth -= 1;
        out
    }

    /// Words, with the merge fields in them.
    fn words(&mut self, words: Option<(String, Sourcepos)>, out: &mut Vec<Inline>) {
        let Some((text, position)) = words else { return };
        match MergeText::parse(&text) {
            Ok(merge) => out.extend(merge.0.into_iter().map(|piece| match piece {
                Piece::Text(text) => Inline::Text(text),
                Piece::Field(field) => Inline::Field(field),
            })),
            Err(error) => {
                let mut place =
                    self.source.place_at(position.start.line + self.line_offset, position.start.column + error.at);
                place.width = error.len;
                self.diagnostics.push(
                    Diagnostic::of(&rule::BROKEN_FIELD, error.message)
                        .at(place)
                        .hint("write `{{ first_name }}` or `{{ first_name \"friends\" }}`; two braces that are meant as such go between backticks"),
                );
            }
        }
    }

    fn inline<'a>(&mut self, node: &'a AstNode<'a>, out: &mut Vec<Inline>) {
        let data = node.data.borrow();
        let inline = match &data.value {
            NodeValue::SoftBreak => Inline::Space,
            NodeValue::LineBreak => Inline::Break,
            NodeValue::Code(code) => Inline::Code(code.literal.clone()),
            NodeValue::Emph => Inline::Emphasis(self.inlines(node)),
            NodeValue::Strong => Inline::Strong(self.inlines(node)),
            NodeValue::Strikethrough => Inline::Struck(self.inlines(node)),
            NodeValue::HtmlInline(html) => Inline::Html(html.clone(), self.place(data.sourcepos)),
            NodeValue::FootnoteReference(reference) => Inline::Footnote(reference.ix),
            NodeValue::Link(target) => {
                let content = self.inlines(node);
                let place = self.place(data.sourcepos);
                match link::target(&target.url) {
                    Ok(url) => Inline::Link(Link { url, content, place }),
                    Err(diagnostic) => {
                        self.diagnostics.push(diagnostic.at(place));
                        out.extend(content);
                        return;
                    }
                }
            }
            NodeValue::Image(target) => match self.picture(node, target, self.place(data.sourcepos)) {
                Some(picture) => Inline::Image(picture),
                None => return,
            },
            _ => {
                out.extend(self.inlines(node));
                return;
            }
        };
        out.push(inline);
    }

    fn picture<'a>(&mut self, node: &'a AstNode<'a>, target: &NodeLink, place: Place) -> Option<Picture> {
        let alt = super::markdown::plain(&self.inlines(node));
        let caption = Some(target.title.clone()).filter(|title| !title.is_empty());
        match Media::find_by_address(self.folder, &target.url) {
            Ok(media) => Some(Picture { media, alt, caption, place }),
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic.at(place));
                None
            }
        }
    }
}
