//! A condition's text -> its [`Token`]s: words, quoted values, `=`, `!=` and parentheses, each with its place. What they
//! mean together is told in `condition.rs`.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::rule;
use crate::source::Source;

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Quoted,
    Equals,
    Differs,
    Open,
    Close,
}

/// A piece of the text, and where in it.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) bytes: Range<usize>,
}

/// The pieces of a text; only a quotation mark that is never closed is refused.
pub(super) fn tokens(source: &Source) -> Result<Vec<Token>> {
    let text = source.text.as_str();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = match first {
            space if space.is_whitespace() => {
                at += space.len_utf8();
                continue;
            }
            '=' => (Kind::Equals, 1),
            '!' if rest.starts_with("!=") => (Kind::Differs, 2),
            '(' => (Kind::Open, 1),
            ')' => (Kind::Close, 1),
            '"' => match rest[1..].find('"') {
                Some(end) => (Kind::Quoted, end + 2),
                None => {
                    return Err(Diagnostic::of(&rule::BAD_CONDITION, "this quotation mark is never closed")
                        .at(source.place(at..text.len()))
                        .hint("close it with `\"`, and put the whole condition between `'` and `'`")
                        .into());
                }
            },
            _ => (Kind::Word, word_length(rest)),
        };
        tokens.push(Token { kind, bytes: at..at + length });
        at += length;
    }
    Ok(tokens)
}

/// A word ends before a space, a parenthesis, a quotation mark, `=` and `!=`.
fn word_length(text: &str) -> usize {
    let ends = |at: usize, c: char| c.is_whitespace() || "=()\"".contains(c) || text[at..].starts_with("!=");
    text.char_indices().find(|(at, c)| ends(*at, *c)).map_or(text.len(), |(at, _)| at)
}
