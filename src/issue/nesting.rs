//! How deep the elements of HTML that is let through lie in each other: so deep at most that whoever walks their tree
//! (the CSS inliner, a mail program) has the stack for it.

use super::markdown::{Block, Document, Inline, walk};
use crate::diagnostic::{Diagnostic, Place};
use crate::rule;

/// How many elements may lie in each other.
const DEEPEST: usize = 256;

/// Elements that have no end tag (HTML, section 13.1.2).
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// The finding, where a text's HTML is too deep.
pub(super) fn too_deep(document: &Document) -> Option<Diagnostic> {
    let mut depth = 0_usize;
    let mut found: Option<&Place> = None;
    let mut look = |html: &str, place| {
        for tag in html.split('<').skip(1) {
            match tag.strip_prefix('/') {
                Some(_) => depth = depth.saturating_sub(1),
                None if opens(tag) => depth += 1,
                None => {}
            }
            if depth > DEEPEST {
                found.get_or_insert(place);
            }
        }
    };
    walk_blocks(&document.blocks, &mut look);
    walk(document, &mut |inline| {
        if let Inline::Html(html, place) = inline {
            look(html, place);
        }
    });
    found.map(|place| {
        Diagnostic::of(&rule::HTML_TOO_DEEP, format!("HTML elements lie more than {DEEPEST} deep in each other"))
            .at(place.clone())
            .hint("close each element that is opened, or write it in Markdown")
    })
}

fn walk_blocks<'d>(blocks: &'d [Block], look: &mut dyn FnMut(&str, &'d Place)) {
    for block in blocks {
        match block {
            Block::Html(html, place) => look(html, place),
            Block::Quote(inner) => walk_blocks(inner, look),
            Block::List(list) => list.items.iter().for_each(|item| walk_blocks(item, look)),
            _ => {}
        }
    }
}

fn opens(tag: &str) -> bool {
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let closes_itself = tag.split('>').next().is_some_and(|inner| inner.ends_with('/'));
    name.starts_with(|first: char| first.is_ascii_alphabetic()) && !closes_itself && !VOID.contains(&name.as_str())
}
