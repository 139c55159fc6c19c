//! A snippet's tree -> HTML that mail programs and browsers agree on.
//!
//! Plain elements, few with a class: the templates' style sheet speaks of `p`, `h3`, `blockquote`, `table` and the
//! inliner writes it onto them. A text's highest headings stand one below what the template sets over it, and the
//! others follow without a gap.

use std::cell::RefCell;
use std::fmt::Write as _;

use super::engine::Form;
use super::pictures::Pictures;
use super::slots::Slots;
use crate::error::Result;
use crate::issue::markdown::{Alignment, Block, Document, Inline, Link, List, Picture, Table, plain};
use crate::issue::{MergeText, ascii_link};

/// The level of a text's highest headings where its snippet's title is an `h2`.
pub(super) const BELOW_TITLES: usize = 3;

/// What is needed to write HTML.
pub(super) struct Writer<'r> {
    pub(super) slots: &'r Slots,
    pub(super) pictures: &'r Pictures<'r>,
    /// Whether HTML in the Markdown is let through.
    pub(super) raw: bool,
    /// The level of the text's highest headings.
    pub(super) highest: usize,
    /// The levels of headings that the text has.
    pub(super) levels: RefCell<Vec<u8>>,
    /// Turns a link's address into what readers get (campaign parameters).
    pub(super) links: &'r dyn Fn(&MergeText) -> MergeText,
}

impl Writer<'_> {
    /// A whole text, with its footnotes under it.
    pub(super) fn document(&self, document: &Document) -> Result<String> {
        let mut out = String::new();
        self.levels.replace(heading_levels(&document.blocks));
        self.blocks(&document.blocks, &mut out)?;
        for footnote in &document.footnotes {
            let mut inner = String::new();
            self.blocks(&footnote.blocks, &mut inner)?;
            let number = format!("<p class=\"footnote\"><sup>{}</sup> ", footnote.number);
            out.push_str(&inner.replacen("<p>", &number, 1));
        }
        Ok(out)
    }

    fn blocks(&self, blocks: &[Block], out: &mut String) -> Result<()> {
        blocks.iter().try_for_each(|block| self.block(block, out))
    }

    fn block(&self, block: &Block, out: &mut String) -> Result<()> {
        match block {
            Block::Paragraph(inlines) => match inlines.as_slice() {
                [Inline::Image(picture)] => self.figure(picture, out)?,
                _ => self.element("p", inlines, out)?,
            },
            Block::Heading(level, inlines) => {
                let below = self.levels.borrow().iter().position(|used| used == level).unwrap_or(0);
                self.element(&format!("h{}", (self.highest + below).min(6)), inlines, out)?;
            }
            Block::List(list) => self.list(list, out)?,
            Block::Quote(blocks) => {
                out.push_str("<blockquote>\n");
                self.blocks(blocks, out)?;
                out.push_str("</blockquote>\n");
            }
            Block::Code(code) => {
                let _ = writeln!(out, "<pre><code>{}</code></pre>", escape(code));
            }
            Block::Table(table) => self.table(table, out)?,
            Block::Rule => out.push_str("<hr>\n"),
            Block::Html(html, _) if self.raw => out.push_str(html),
            Block::Html(html, _) => {
                let _ = writeln!(out, "<p>{}</p>", escape(html.trim_end()));
            }
        }
        Ok(())
    }

    fn element(&self, name: &str, inlines: &[Inline], out: &mut String) -> Result<()> {
        let _ = write!(out, "<{name}>");
        self.inlines(inlines, out)?;
        let _ = writeln!(out, "</{name}>");
        Ok(())
    }

    fn figure(&self, picture: &Picture, out: &mut String) -> Result<()> {
        out.push_str("<p class=\"figure\">");
        self.image(picture, out)?;
        if let Some(caption) = &picture.caption {
            let _ = write!(out, "<br><span class=\"caption\">{}</span>", escape(caption));
        }
        out.push_str("</p>\n");
        Ok(())
    }

    fn image(&self, picture: &Picture, out: &mut String) -> Result<()> {
        let placed = self.pictures.place(&picture.media)?;
        let _ = write!(
            out,
            "<img src=\"{}\" alt=\"{}\" width=\"{}\" height=\"{}\">",
            escape(&placed.src),
            escape(&picture.alt),
            placed.width,
            placed.height
        );
        Ok(())
    }

    fn list(&self, list: &List, out: &mut String) -> Result<()> {
        let name = if list.start.is_some() { "ol" } else { "ul" };
        match list.start {
            Some(start) if start != 1 => {
                let _ = writeln!(out, "<ol start=\"{start}\">");
            }
            _ => {
                let _ = writeln!(out, "<{name}>");
            }
        }
        for item in &list.items {
            out.push_str("<li>");
            for block in item {
                match block {
                    Block::Paragraph(inlines) if list.tight => self.inlines(inlines, out)?,
                    other => self.block(other, out)?,
                }
            }
            out.push_str("</li>\n");
        }
        let _ = writeln!(out, "</{name}>");
        Ok(())
    }

    fn table(&self, table: &Table, out: &mut String) -> Result<()> {
        let align = |column: usize| match table.alignments.get(column) {
            Some(Alignment::Centre) => " class=\"middle\"",
            Some(Alignment::End) => " class=\"right\"",
            _ => "",
        };
        let row = |cells: &[Vec<Inline>], name: &str, attributes: &str, out: &mut String| -> Result<()> {
            out.push_str("<tr>");
            for (column, cell) in cells.iter().enumerate() {
                let _ = write!(out, "<{name}{attributes}{}>", align(column));
                self.inlines(cell, out)?;
                let _ = write!(out, "</{name}>");
            }
            out.push_str("</tr>\n");
            Ok(())
        };
        out.push_str("<table class=\"data\">\n<thead>\n");
        row(&table.head, "th", " scope=\"col\"", out)?;
        out.push_str("</thead>\n<tbody>\n");
        for cells in &table.rows {
            row(cells, "td", "", out)?;
        }
        out.push_str("</tbody>\n</table>\n");
        Ok(())
    }

    fn inlines(&self, inlines: &[Inline], out: &mut String) -> Result<()> {
        for inline in inlines {
            match inline {
                Inline::Text(text) => out.push_str(&escape(text)),
                Inline::Field(field) => out.push_str(&self.slots.token(field)),
                Inline::Code(code) => {
                    let _ = write!(out, "<code>{}</code>", escape(code));
                }
                Inline::Emphasis(inner) => self.wrap("em", inner, out)?,
                Inline::Strong(inner) => self.wrap("strong", inner, out)?,
                Inline::Struck(inner) => self.wrap("del", inner, out)?,
                Inline::Link(link) => self.link(link, out)?,
                Inline::Image(picture) => self.image(picture, out)?,
                Inline::Html(html, _) if self.raw => out.push_str(html),
                Inline::Html(html, _) => out.push_str(&escape(html)),
                Inline::Footnote(number) => {
                    let _ = write!(out, "<sup>{number}</sup>");
                }
                Inline::Space => out.push('\n'),
                Inline::Break => out.push_str("<br>\n"),
            }
        }
        Ok(())
    }

    fn wrap(&self, name: &str, inner: &[Inline], out: &mut String) -> Result<()> {
        let _ = write!(out, "<{name}>");
        self.inlines(inner, out)?;
        let _ = write!(out, "</{name}>");
        Ok(())
    }

    fn link(&self, link: &Link, out: &mut String) -> Result<()> {
        let url = (self.links)(&link.url);
        // paper need not say once more where it leads
        let bare = if says_itself(link) { " class=\"bare\"" } else { "" };
        let _ = write!(out, "<a{bare} href=\"{}\">", escape(&self.slots.close(&ascii_link(&url))));
        self.inlines(&link.content, out)?;
        out.push_str("</a>");
        Ok(())
    }
}

/// Whether what is read on a link is its address, with or without what a browser adds.
fn says_itself(link: &Link) -> bool {
    let (url, words) = (link.url.sample(), plain(&link.content));
    let bare = |text: &str| text.split_once("://").map_or(text, |(_, rest)| rest).trim_end_matches('/').to_owned();
    !words.is_empty() && bare(&words) == bare(&url)
}

/// The levels that a text's headings have, the highest first.
fn heading_levels(blocks: &[Block]) -> Vec<u8> {
    let level = |block: &Block| if let Block::Heading(level, _) = block { Some(*level) } else { None };
    let mut levels: Vec<u8> = blocks.iter().filter_map(level).collect();
    levels.sort_unstable();
    levels.dedup();
    levels
}

/// A rendering as everybody may see it, in whatever it is written.
pub(super) fn for_everyone(text: &MergeText, form: Form) -> String {
    text.for_everyone(|value| if form == Form::Html { escape(value) } else { value.to_owned() })
}

/// A text as it stands in HTML, within an element or a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
