//! How text becomes the ASCII of a message: quoted-printable and base64 (RFC 2045), encoded words (RFC 2047).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest line, without its end (RFC 2045, section 6.7, rule 5).
const LINE: usize = 76;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Writes a text quoted-printable, from the start of a line, its `\n` as CRLF; gives the column at which it ends.
///
/// A dot that begins a line is encoded, so that SMTP need not double it; so is the `F` of a `From ` that does, which
/// mailbox files would mangle. A character is never torn apart by a soft line break.
pub(super) fn quoted_printable(text: &str, out: &mut Vec<u8>) -> usize {
    let mut column = 0;
    let mut rest = text.chars().peekable();
    let mut seen = 0;
    while let Some(character) = rest.next() {
        let start = seen;
        seen += character.len_utf8();
        if character == '\n' {
            out.extend_from_slice(b"\r\n");
            column = 0;
            continue;
        }
        let ends_line = matches!(rest.peek(), None | Some('\n'));
        let literal = match character {
            ' ' | '\t' => !ends_line,
            '.' => column > 0,
            'F' => column > 0 || !text[start..].starts_with("From "),
            '=' => false,
            other => other.is_ascii_graphic(),
        };
        let width = if literal { 1 } else { 3 * character.len_utf8() };
        // room for the `=` of a soft break, unless the line ends here of itself
        let room = if ends_line && rest.peek().is_some() { LINE } else { LINE - 1 };
        if column + width > room {
            out.extend_from_slice(b"=\r\n");
            column = 0;
            if character == '.' {
                out.extend_from_slice(b"=2E");
                column = 3;
                continue;
            }
        }
        if literal {
            out.push(character as u8);
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                hex(b'=', byte, out);
            }
        }
        column += width;
    }
    column
}

/// Ends a line softly, unless nothing stands on it.
pub(super) fn soft_break(column: usize, out: &mut Vec<u8>) {
    if column > 0 {
        out.extend_from_slice(b"=\r\n");
    }
}

/// Writes bytes as base64 in lines, each with its end.
pub(super) fn base64_lines(bytes: &[u8], out: &mut Vec<u8>) {
    for line in bytes.chunks(LINE / 4 * 3) {
        out.extend_from_slice(STANDARD.encode(line).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

/// Writes a text as encoded words (RFC 2047), folded, from a column on. Q where at least half of it is ASCII, B where not.
/// The Q words hold nothing but letters, digits and encoded bytes, so that they may stand in a display name
/// (section 5, rule 3).
pub(super) fn encoded_words(text: &str, mut column: usize, out: &mut Vec<u8>) {
    let plain = text.bytes().filter(u8::is_ascii).count();
    let (open, q) = if plain * 2 >= text.len() { ("=?utf-8?Q?", true) } else { ("=?utf-8?B?", false) };
    let mut word = String::new();
    let mut rest = text.chars().peekable();
    let length = |word: &str| {
        if q {
            word.bytes().map(|byte| if q_literal(byte) || byte == b' ' { 1 } else { 3 }).sum()
        } else {
            word.len().div_ceil(3) * 4
        }
    };
    while let Some(character) = rest.next() {
        word.push(character);
        let next = rest.peek().map(|next| format!("{word}{next}"));
        let full = next.as_deref().is_none_or(|next| column + open.len() + length(next) + 2 > LINE - 1);
        if !full {
            continue;
        }
        out.extend_from_slice(open.as_bytes());
        if q {
            for byte in word.bytes() {
                match byte {
                    b' ' => out.push(b'_'),
                    byte if q_literal(byte) => out.push(byte),
                    byte => hex(b'=', byte, out),
                }
            }
        } else {
            out.extend_from_slice(STANDARD.encode(&word).as_bytes());
        }
        out.extend_from_slice(b"?=");
        word.clear();
        if rest.peek().is_some() {
            out.extend_from_slice(b"\r\n ");
            column = 1;
        }
    }
}

fn q_literal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!*+-/".contains(&byte)
}

fn hex(mark: u8, byte: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(&[mark, HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn qp(text: &str) -> String {
        let mut out = Vec::new();
        quoted_printable(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn quoted_printable_keeps_lines_short_and_characters_whole() {
        let encoded = qp(&"é".repeat(100));
        assert!(encoded.lines().all(|line| line.len() <= 76));
        assert!(encoded.lines().all(|line| line.trim_end_matches('=').len() % 6 == 0));
    }

    #[test]
    fn no_line_begins_with_a_dot_or_from() {
        assert_eq!(qp(".a\n.\nFrom me\nFrom"), "=2Ea\r\n=2E\r\n=46rom me\r\nFrom");
        for length in 70..80 {
            let encoded = qp(&format!("{}....", "a".repeat(length)));
            assert!(encoded.lines().all(|line| !line.starts_with('.') && line.len() <= 76), "{encoded}");
        }
    }

    #[test]
    fn space_at_a_lines_end_is_kept() {
        assert_eq!(qp("a \nb\t"), "a=20\r\nb=09");
    }

    #[test]
    fn encoded_words_fit_their_lines() {
        let mut out = Vec::new();
        encoded_words(&"Été à l'école ".repeat(12), 9, &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.len() <= 76), "{text}");
        assert!(text.lines().all(|line| line.trim().ends_with("?=")));
    }
}
