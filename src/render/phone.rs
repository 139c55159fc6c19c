//! A telephone number, as it is written for people -> the link that dials it.
//!
//! Numbers are written in many ways, and a slash or parenthesis may stand within one (`0475/12 34 56`) as well as behind
//! it, before another number or an extension. What has been read so far tells which: it is a whole number, or not yet.

/// With as many digits, the country's code aside, a number is whole.
const WHOLE: usize = 8;

/// With as many it may be one, where as many follow.
const SHORT: usize = 6;

/// RFC 3966: the number's digits, and a plus sign before them. What is said before it and behind (an extension, another
/// number) is dialled by nobody.
pub(super) fn link(phone: &str) -> String {
    let phone = phone.replace("(0)", "");
    let few = |at: &usize| phone[..*at].chars().filter(char::is_ascii_digit).count() < SHORT;
    let begin = phone.find('+').filter(few).or_else(|| phone.find(|c: char| c.is_ascii_digit())).unwrap_or(phone.len());
    let mut dialled = String::new();
    for (at, character) in phone[begin..].char_indices() {
        match character {
            digit if digit.is_ascii_digit() => dialled.push(digit),
            '+' if dialled.is_empty() => dialled.push('+'),
            '(' | '/' if !is_whole(&dialled, &phone[begin + at + 1..]) => {}
            '.' | '-' | ')' | '\u{2010}'..='\u{2013}' => {}
            blank if blank.is_whitespace() => {}
            _ => break,
        }
    }
    format!("tel:{dialled}")
}

/// Whether a number has ended before a slash or parenthesis; `behind` stands behind that.
fn is_whole(dialled: &str, behind: &str) -> bool {
    let international = dialled.strip_prefix('+').or_else(|| dialled.strip_prefix("00"));
    let own = international.map_or(dialled.len(), |number| number.len().saturating_sub(code(number)));
    let ends = |c: char| matches!(c, '(' | '/' | ',' | ';') || c.is_alphabetic();
    let next = behind.split(ends).next().unwrap_or_default();
    let follow = next.chars().filter(char::is_ascii_digit).count();
    own >= WHOLE || (own >= SHORT && follow >= SHORT)
}

/// How many digits of an international number are its country's code (ITU-T E.164).
fn code(number: &str) -> usize {
    match number.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}
