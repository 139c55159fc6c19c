//! Links and pictures that Markdown does not take for any, so that readers see brackets and an address.
//!
//! What stands between parentheses is as often a remark as an address: only what cannot be anything else is told.

use std::cell::OnceCell;

use super::text::Text;
use super::words::MANY;
use crate::diagnostic::Diagnostic;
use crate::issue::OBJECT;
use crate::rule;

/// A longer text between parentheses is no address, in bytes.
const LONGEST: usize = 2000;

/// More of what is read on it is not shown, in characters.
const SHOWN: usize = 40;

/// With what an address begins, whatever follows.
const BEGINNINGS: [&str; 8] = ["https:", "http:", "mailto:", "tel:", "www.", "/", "./", "../"];

/// How long a file's ending or the last part of a host's name is, in letters.
const ENDING: std::ops::RangeInclusive<usize> = 2..=4;

pub(super) fn look(texts: &[Text<'_>], found: &mut Vec<Diagnostic>) {
    for text in texts.iter().filter(|text| text.is_body()) {
        let words = text.words();
        let any_escaped = OnceCell::new();
        let mut behind = 0;
        while found.len() <= MANY
            && let Some(bracket) = words[behind..].find("](").map(|at| behind + at)
        {
            let address = bracket + 2;
            let open = words[behind..bracket].rfind('[').map(|at| behind + at);
            behind = address;
            let Some((open, inner)) = open.and_then(|open| Some((open, up_to_parenthesis(&words[address..])?))) else {
                continue;
            };
            if !is_address(inner) {
                continue;
            }
            let escaped = text.is_escaped(open).zip(text.is_escaped(bracket)).map(|(open, close)| open || close);
            if escaped.unwrap_or_else(|| *any_escaped.get_or_init(|| text.has_escaped_brackets())) {
                continue;
            }
            let is_picture = words[..open].ends_with('!');
            let start = if is_picture { open - 1 } else { open };
            let what = if is_picture { "picture" } else { "link" };
            let shown: String = text.written(start..bracket + 1).chars().take(SHOWN).collect();
            found.push(
                Diagnostic::of(&rule::UNREAD_LINK, format!("`{shown}(…)` is no {what}: readers see it as it is"))
                    .at(text.place(start..address + inner.len() + 1))
                    .hint(remedy(inner, is_picture)),
            );
        }
    }
}

/// What stands before the next closing parenthesis; none where that is far away.
fn up_to_parenthesis(text: &str) -> Option<&str> {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].split_once(')').map(|(inner, _)| inner)
}

fn remedy(address: &str, is_picture: bool) -> String {
    match address.trim().strip_prefix("tel:") {
        Some(number) if !number.contains(OBJECT) => {
            let number: String = number.chars().filter(|c| !c.is_whitespace()).collect();
            format!("write the number without spaces: `[…](tel:{number})`")
        }
        _ => {
            let mark = if is_picture { "!" } else { "" };
            format!("write its address between angle brackets, `{mark}[…](<…>)`, or each space as `%20`")
        }
    }
}

/// Whether a text between parentheses is meant as an address.
fn is_address(text: &str) -> bool {
    let text = text.trim();
    let lower: String = text.chars().take(10).collect::<String>().to_lowercase();
    // an address that is one by itself, or a merge field, stands for an object
    let begins = text.starts_with(OBJECT) || BEGINNINGS.iter().any(|begin| lower.starts_with(begin));
    let anchor = text.strip_prefix('#').is_some_and(|name| name.starts_with(char::is_alphanumeric));
    begins || anchor || text.split_whitespace().any(has_ending)
}

/// Whether a word is a file or a host with its ending: `ferry.png`, `example.org/quay`; `p.ex.` is none, nor is `3.5`.
fn has_ending(word: &str) -> bool {
    word.match_indices('.').any(|(at, _)| {
        let stem = word[..at].rsplit('/').next().unwrap_or_default();
        let behind = &word[at + 1..];
        let ending = &behind[..behind.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(behind.len())];
        let one_case =
            !ending.bytes().any(|b| b.is_ascii_uppercase()) || !ending.bytes().any(|b| b.is_ascii_lowercase());
        stem.chars().rev().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).count() > 1
            && ending.starts_with(|first: char| first.is_ascii_alphabetic())
            && ENDING.contains(&ending.len())
            && one_case
            && behind[ending.len()..].chars().next().is_none_or(|next| "/?#:\"'".contains(next))
    })
}
