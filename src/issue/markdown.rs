//! A snippet's text as a tree: what the HTML, the plain text and the checks are all made from.
//!
//! The tree is our own, small and owned, so that only `parse` knows the Markdown library, and so that merge fields
//! and places are part of it.

use super::media::Media;
use super::merge::{MergeField, MergeText};
use crate::diagnostic::Place;

/// The text of a snippet.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// Its footnotes, in the order of their first mention.
    pub footnotes: Vec<Footnote>,
}

/// A footnote.
#[derive(Debug, Clone)]
pub struct Footnote {
    /// Its number, from 1.
    pub number: u32,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A paragraph and its like.
#[derive(Debug, Clone)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A heading, of level 1 to 6 as written in the snippet.
    Heading(u8, Vec<Inline>),
    /// A list.
    List(List),
    /// A quotation.
    Quote(Vec<Block>),
    /// Code, kept as it is.
    Code(String),
    /// A table.
    Table(Table),
    /// A line across.
    Rule,
    /// HTML as written.
    Html(String, Place),
}

/// A list.
#[derive(Debug, Clone)]
pub struct List {
    /// The first number, where it is numbered.
    pub start: Option<usize>,
    /// Whether its items stand without space between them.
    pub tight: bool,
    /// Its items.
    pub items: Vec<Vec<Block>>,
}

/// How a column of a table is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alignment {
    /// To the left, or as the reader's program does it.
    Start,
    /// In the middle.
    Centre,
    /// To the right.
    End,
}

/// A table: a head and rows, each with one cell a column.
#[derive(Debug, Clone)]
pub struct Table {
    /// One a column.
    pub alignments: Vec<Alignment>,
    /// The head's cells.
    pub head: Vec<Vec<Inline>>,
    /// The rows' cells.
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// Words and what is done to them.
#[derive(Debug, Clone)]
pub enum Inline {
    /// Words.
    Text(String),
    /// A merge field.
    Field(MergeField),
    /// Code, kept as it is.
    Code(String),
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// Struck through.
    Struck(Vec<Inline>),
    /// A link.
    Link(Link),
    /// A picture of the folder.
    Image(Picture),
    /// HTML as written.
    Html(String, Place),
    /// A mention of a footnote.
    Footnote(u32),
    /// A line's end in the file.
    Space,
    /// A line's end that was meant.
    Break,
}

/// A link.
#[derive(Debug, Clone)]
pub struct Link {
    /// Where it leads; its scheme is one of those that are let through.
    pub url: MergeText,
    /// What is shown on it.
    pub content: Vec<Inline>,
    /// Where it stands.
    pub place: Place,
}

/// A picture within the text.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The file.
    pub media: Media,
    /// What is to be seen.
    pub alt: String,
    /// What stands under it.
    pub caption: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// The words of a run of inlines, without what is done to them.
pub fn plain(inlines: &[Inline]) -> String {
    let mut out = String::new();
    collect(inlines, &mut out);
    out
}

fn collect(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Field(field) => out.push_str(field.fallback.as_deref().unwrap_or_default()),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Struck(inner) => collect(inner, out),
            Inline::Link(link) => collect(&link.content, out),
            Inline::Image(picture) => out.push_str(&picture.alt),
            Inline::Space | Inline::Break => out.push(' '),
            Inline::Html(..) | Inline::Footnote(_) => {}
        }
    }
}

/// Calls `visit` on every inline of a document, footnotes included, parents first.
pub fn walk<'d>(document: &'d Document, visit: &mut dyn FnMut(&'d Inline)) {
    walk_blocks(&document.blocks, visit);
    for footnote in &document.footnotes {
        walk_blocks(&footnote.blocks, visit);
    }
}

fn walk_blocks<'d>(blocks: &'d [Block], visit: &mut dyn FnMut(&'d Inline)) {
    for block in blocks {
        match block {
            Block::Paragraph(inlines) | Block::Heading(_, inlines) => walk_inlines(inlines, visit),
            Block::List(list) => list.items.iter().for_each(|item| walk_blocks(item, visit)),
            Block::Quote(inner) => walk_blocks(inner, visit),
            Block::Table(table) => {
                for cell in table.head.iter().chain(table.rows.iter().flatten()) {
                    walk_inlines(cell, visit);
                }
            }
            Block::Code(_) | Block::Rule | Block::Html(..) => {}
        }
    }
}

/// The same for a run of inlines.
pub(super) fn walk_inlines<'d>(inlines: &'d [Inline], visit: &mut dyn FnMut(&'d Inline)) {
    for inline in inlines {
        visit(inline);
        match inline {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Struck(inner) => walk_inlines(inner, visit),
            Inline::Link(link) => walk_inlines(&link.content, visit),
            _ => {}
        }
    }
}
