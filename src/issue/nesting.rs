//! How deep the elements of HTML that is let through lie in each other: so deep at most that whoever walks their tree
//! (the CSS inliner, a mail program) has the stack for it.
//!
//! As its writer means it: an end tag closes the innermost element of its name. What a parser makes of crossed tags
//! may lie deeper; `render` looks at that once more before it inlines.

use super::markdown::{Block, Document, Inline, walk_inlines};
use crate::diagnostic::{Diagnostic, Place};
use crate::rule;

/// How many elements may lie in each other.
const DEEPEST: usize = 256;

/// Elements that have no end tag (HTML, section 13.1.2).
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements whose end tag may be left out (HTML, section 13.1.2.4).
const OMISSIBLE: [&str; 13] =
    ["p", "li", "dt", "dd", "option", "caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th"];

/// Elements whose start ends the paragraph before it (HTML, section 13.1.2.4).
const BLOCKS: [&str; 39] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "ul",
    "listing",
];

/// Elements in which a list's entry cannot be ended from within.
const LISTS: [&str; 8] = ["ul", "ol", "menu", "dl", "blockquote", "section", "article", "fieldset"];

/// The same for a paragraph.
const CELLS: [&str; 6] = ["table", "caption", "td", "th", "button", "object"];

/// The finding, where a text's HTML is too deep.
pub(super) fn too_deep(document: &Document) -> Option<Diagnostic> {
    let mut open: Vec<String> = Vec::new();
    let mut found: Option<&Place> = None;
    let mut look = |html: &str, place| {
        for tag in tags(html) {
            if found.is_some() {
                return;
            }
            step(&mut open, &tag);
            found = (open.len() > DEEPEST).then_some(place);
        }
    };
    in_blocks(&document.blocks, &mut look);
    document.footnotes.iter().for_each(|footnote| in_blocks(&footnote.blocks, &mut look));
    found.map(|place| {
        Diagnostic::of(&rule::HTML_TOO_DEEP, format!("HTML elements lie more than {DEEPEST} deep in each other"))
            .at(place.clone())
            .hint("close each element that is opened, or write it in Markdown")
    })
}

/// Every piece of HTML, in the order in which it is written out.
fn in_blocks<'d>(blocks: &'d [Block], look: &mut dyn FnMut(&str, &'d Place)) {
    let in_words = |inlines: &'d [Inline], look: &mut dyn FnMut(&str, &'d Place)| {
        walk_inlines(inlines, &mut |inline| {
            if let Inline::Html(html, place) = inline {
                look(html, place);
            }
        });
    };
    for block in blocks {
        match block {
            Block::Html(html, place) => look(html, place),
            Block::Quote(inner) => in_blocks(inner, look),
            Block::List(list) => list.items.iter().for_each(|item| in_blocks(item, look)),
            Block::Paragraph(inlines) | Block::Heading(_, inlines) => in_words(inlines, look),
            Block::Table(table) => {
                table.head.iter().chain(table.rows.iter().flatten()).for_each(|cell| in_words(cell, look));
            }
            Block::Code(_) | Block::Rule => {}
        }
    }
}

/// A start or end tag.
struct Tag {
    name: String,
    ends: bool,
    /// Whether it is written as one that closes itself.
    empty: bool,
}

/// The tags of a piece of HTML; what stands in comments and attributes is none.
fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, behind)) = rest.split_once('<') {
        rest = behind;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
            continue;
        }
        let (ends, named) = rest.strip_prefix('/').map_or((false, rest), |named| (true, named));
        let name: String = named.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            continue;
        }
        let mut quote = None;
        let end = rest.find(|c| match (quote, c) {
            (None, '>') => true,
            (None, '"' | '\'') => {
                quote = Some(c);
                false
            }
            (Some(open), c) => {
                if open == c {
                    quote = None;
                }
                false
            }
            _ => false,
        });
        let (inner, behind) = end.and_then(|end| rest.split_at_checked(end)).unwrap_or((rest, ""));
        tags.push(Tag { name: name.to_ascii_lowercase(), ends, empty: inner.ends_with('/') });
        rest = behind;
    }
    tags
}

fn step(open: &mut Vec<String>, tag: &Tag) {
    let may_end = |name: &String| OMISSIBLE.contains(&name.as_str());
    if tag.ends {
        let Some(at) = open.iter().rposition(|name| *name == tag.name) else { return };
        if open[at + 1..].iter().all(may_end) {
            open.truncate(at);
        } else {
            open.remove(at);
        }
        return;
    }
    // only what is drawn knows tags that close themselves: `<div/>` opens an element
    let drawn = tag.empty && open.iter().any(|name| name == "svg" || name == "math");
    if VOID.contains(&tag.name.as_str()) || drawn {
        return;
    }
    end_before(open, &tag.name);
    open.push(tag.name.clone());
}

/// Ends what a start tag ends, since no end tag is needed there.
fn end_before(open: &mut Vec<String>, name: &str) {
    let mut end = |ended: &[&str], within: &[&str]| {
        let inside = open.iter().rposition(|name| within.contains(&name.as_str())).map_or(0, |at| at + 1);
        if let Some(at) = open[inside..].iter().position(|name| ended.contains(&name.as_str())) {
            open.truncate(inside + at);
        }
    };
    match name {
        "td" | "th" => end(&["td", "th"], &["table"]),
        "tr" => end(&["tr", "td", "th", "caption", "colgroup"], &["table"]),
        "thead" | "tbody" | "tfoot" | "caption" | "colgroup" => {
            end(&["thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup"], &["table"]);
        }
        "li" => end(&["li"], &[&LISTS[..], &CELLS].concat()),
        "dt" | "dd" => end(&["dt", "dd"], &[&LISTS[..], &CELLS].concat()),
        "option" | "optgroup" => end(&["option"], &["select", "datalist"]),
        _ => {}
    }
    if BLOCKS.contains(&name) {
        end(&["p"], &CELLS);
    }
}
