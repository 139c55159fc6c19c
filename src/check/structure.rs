//! How a snippet is built: headings, paragraphs, tables, its title, and whether there is anything in it.

use super::text::{Part, Text, words};
use crate::diagnostic::{Diagnostic, Place};
use crate::issue::markdown::{Block, Document, Inline, Table, plain, walk};
use crate::issue::{Kind, Role, Snippet};
use crate::rule;
use crate::source::Source;

/// A paragraph with more words than this fills a phone's screen twice.
const PARAGRAPH: usize = 150;

/// A table with more columns than this is too wide for a phone.
const COLUMNS: usize = 4;

/// How many characters a phone shows in a row.
const PHONE: usize = 40;

pub(super) fn look(snippet: &Snippet, texts: &[Text<'_>], found: &mut Vec<Diagnostic>) {
    empty(snippet, found);
    in_text(&snippet.body, snippet.source(), snippet.front.raw_html, found);
    passages(texts, found);
}

/// How a text is built, but for its passages.
pub(super) fn in_text(text: &Document, source: &Source, html: bool, found: &mut Vec<Diagnostic>) {
    if !html {
        raw_html(text, found);
    }
    tables(source, &text.blocks, found);
}

/// How the passages of a text are built.
pub(super) fn passages(texts: &[Text<'_>], found: &mut Vec<Diagnostic>) {
    headings(texts, found);
    for text in texts {
        if text.part == Part::Title
            && let Some(stop) = full_stop(text.words())
        {
            found.push(
                Diagnostic::of(&rule::TITLE_FULL_STOP, "the title ends in a full stop")
                    .at(text.place(stop..stop + 1))
                    .hint("take it away, or let `envoi check --fix` do it"),
            );
        }
        let count = if text.part == Part::Paragraph { words(text.words()).count() } else { 0 };
        if count > PARAGRAPH {
            found.push(
                Diagnostic::of(&rule::LONG_PARAGRAPH, format!("a paragraph of {count} words"))
                    .at(text.place(0..1))
                    .hint("make two of it, or shorten it"),
            );
        }
    }
}

/// The full stop at a title's end that can go: one sentence, no ellipsis, no abbreviation.
pub(super) fn full_stop(title: &str) -> Option<usize> {
    let body = title.strip_suffix('.')?;
    let last = body.rsplit(|c: char| c.is_whitespace() || c == '\'' || c == '’').next().unwrap_or_default();
    let is_word = last.chars().count() > 3 && last.chars().all(|c| c.is_alphabetic() || c == '-');
    let one_sentence = !body.contains(['.', '!', '?', '…']);
    (is_word && one_sentence && body.contains(' ')).then_some(body.len())
}

fn headings(texts: &[Text<'_>], found: &mut Vec<Diagnostic>) {
    // a snippet's title stands above its headings, as `#` would
    let mut above = 1;
    for text in texts {
        let Role::Heading(level) = text.passage.role else { continue };
        if level > above + 1 {
            let wants = "#".repeat(usize::from(above) + 1);
            found.push(
                Diagnostic::of(&rule::HEADING_SKIPPED, format!("a heading of level {level} follows level {above}"))
                    .at(text.whole())
                    .hint(format!("write it with `{wants}`")),
            );
        }
        above = level;
    }
}

fn tables(source: &Source, blocks: &[Block], found: &mut Vec<Diagnostic>) {
    for block in blocks {
        match block {
            Block::Table(table) => found.extend(wide(source, table)),
            Block::Quote(inner) => tables(source, inner, found),
            Block::List(list) => list.items.iter().for_each(|item| tables(source, item, found)),
            _ => {}
        }
    }
}

fn wide(source: &Source, table: &Table) -> Option<Diagnostic> {
    let columns = table.alignments.len();
    let longest = |column: usize| {
        let cells = std::iter::once(&table.head).chain(&table.rows).filter_map(|row| row.get(column));
        let word = |cell: &Vec<Inline>| plain(cell).split_whitespace().map(|word| word.chars().count()).max();
        cells.filter_map(word).max().unwrap_or(0)
    };
    let width: usize = (0..columns).map(|column| longest(column) + 2).sum();
    let what = match columns {
        many if many > COLUMNS => format!("a table of {many} columns is too wide for a phone"),
        _ if width > PHONE => format!("a table whose longest words take {width} characters is too wide for a phone"),
        _ => return None,
    };
    let head = table.head.iter().map(|cell| plain(cell)).find(|text| !text.is_empty()).unwrap_or_default();
    Some(
        Diagnostic::of(&rule::WIDE_TABLE, what)
            .at(source.place_of_text(&head))
            .hint("make two tables of it, or a list"),
    )
}

fn raw_html(text: &Document, found: &mut Vec<Diagnostic>) {
    let mut places: Vec<&Place> = Vec::new();
    html_blocks(&text.blocks, &mut places);
    text.footnotes.iter().for_each(|footnote| html_blocks(&footnote.blocks, &mut places));
    walk(text, &mut |inline| {
        if let Inline::Html(_, place) = inline {
            places.push(place);
        }
    });
    if let Some(place) = places.iter().min_by_key(|place| (place.line, place.column)) {
        found.push(
            Diagnostic::of(&rule::SHOWN_HTML, "HTML in the text will be shown to readers as it is written")
                .at((*place).clone())
                .hint("write it in Markdown, or allow HTML in this snippet with `raw_html = true` in its front matter"),
        );
    }
}

/// Where blocks of HTML stand, in quotations and lists too.
fn html_blocks<'d>(blocks: &'d [Block], places: &mut Vec<&'d Place>) {
    for block in blocks {
        match block {
            Block::Html(_, place) => places.push(place),
            Block::Quote(inner) => html_blocks(inner, places),
            Block::List(list) => list.items.iter().for_each(|item| html_blocks(item, places)),
            _ => {}
        }
    }
}

fn empty(snippet: &Snippet, found: &mut Vec<Diagnostic>) {
    let front = &snippet.front;
    let tells = !snippet.body.blocks.is_empty()
        || front.image.is_some()
        || !front.links.is_empty()
        || !front.documents.is_empty()
        || !front.quotations.is_empty()
        || (front.kind == Kind::Event && front.date.is_some());
    if !tells {
        found.push(
            Diagnostic::of(&rule::EMPTY_SNIPPET, "the snippet has a title and nothing else")
                .at(snippet.place_of("title"))
                .hint("write its text under the second `+++` line, or take the file away"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::full_stop;

    #[test]
    fn a_full_stop_goes_where_it_surely_means_nothing() {
        assert_eq!(full_stop("The ferry is back."), Some(17));
        for kept in
            ["Wait for it...", "News from Alizé a.s.b.l.", "Listen. Really listen.", "Mr. X", "Suite etc.", "Ferry."]
        {
            assert_eq!(full_stop(kept), None, "{kept}");
        }
    }
}
