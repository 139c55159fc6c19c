//! Words and marks of a line -> Markdown that says the same.
//!
//! What a mark stands beside decides whether Markdown takes it for one (CommonMark, section 6.2): space and punctuation
//! move out of it where that helps, a mark that ends and begins again goes on, and what still would be read as asterisks
//! is left out. The words come first.

use super::mark::{Mark, at_line_start, destination, is_reserved};
use crate::issue;

/// How long a bare address is, at the most that is looked at.
const ADDRESS: usize = 500;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Words without space, escaped.
    Words(String),
    Space(char),
    Break,
    Open(Mark),
    Close(Mark),
}

/// A line on its way.
#[derive(Debug, Default)]
pub(super) struct Line {
    pieces: Vec<Piece>,
    last: Option<char>,
    /// Whether a brace was the last word.
    brace: bool,
    has_words: bool,
    /// Where an entity may have begun: a piece, a byte of it, how many characters follow.
    entity: Option<(usize, usize, usize)>,
}

impl Line {
    /// The last character that will be seen.
    pub(super) fn last(&self) -> Option<char> {
        self.last
    }

    /// Whether the last word is an opening brace, whatever marks stand behind it.
    pub(super) fn ends_in_brace(&self) -> bool {
        self.brace
    }

    /// Whether the last thing is a letter or digit, without a mark behind it.
    pub(super) fn ends_in_word(&self) -> bool {
        matches!(self.pieces.last(), Some(Piece::Words(words)) if words.ends_with(char::is_alphanumeric))
    }

    /// Whether nothing is to be read in it.
    pub(super) fn is_blank(&self) -> bool {
        !self.has_words
    }

    /// Adds a character that means nothing but itself.
    pub(super) fn push(&mut self, character: char) {
        if character.is_whitespace() {
            self.pieces.push(Piece::Space(character));
            self.entity = None;
        } else {
            self.words(character.encode_utf8(&mut [0; 4]));
            self.note_entity(character);
        }
        self.last = Some(character);
        self.brace = character == '{';
    }

    /// Adds a character of code, where nothing means anything.
    pub(super) fn push_code(&mut self, character: char) {
        self.push(character);
        self.entity = None;
    }

    /// Adds a character that would mean something else.
    pub(super) fn push_escaped(&mut self, character: char) {
        self.words("\\");
        self.push(character);
        self.entity = None;
    }

    /// Adds a picture's marker.
    pub(super) fn picture(&mut self, marker: &str) {
        self.words(marker);
        self.last = marker.chars().last();
        self.entity = None;
    }

    /// Ends the line within its block.
    pub(super) fn line_break(&mut self) {
        self.pieces.push(Piece::Break);
        (self.last, self.entity) = (Some('\n'), None);
    }

    pub(super) fn open(&mut self, mark: Mark) {
        self.pieces.push(Piece::Open(mark));
    }

    pub(super) fn close(&mut self, mark: Mark) {
        self.pieces.push(Piece::Close(mark));
    }

    fn words(&mut self, words: &str) {
        self.has_words = true;
        match self.pieces.last_mut() {
            Some(Piece::Words(there)) => there.push_str(words),
            _ => self.pieces.push(Piece::Words(words.to_owned())),
        }
    }

    /// `&copy;` that was written as words stays that.
    fn note_entity(&mut self, character: char) {
        match (character, &mut self.entity) {
            ('&', _) => {
                let end = if let Some(Piece::Words(words)) = self.pieces.last() { words.len() } else { 1 };
                self.entity = Some((self.pieces.len() - 1, end - 1, 0));
            }
            (';', Some((piece, at, 1..))) => {
                let at = (*piece, *at);
                self.entity = None;
                if let Some(Piece::Words(words)) = self.pieces.get_mut(at.0) {
                    words.insert(at.1, '\\');
                }
            }
            (_, Some((_, _, count))) if (character.is_ascii_alphanumeric() || character == '#') && *count < 40 => {
                *count += 1;
            }
            _ => self.entity = None,
        }
    }

    /// The line in Markdown, without what an entity or a mark would make of its words.
    pub(super) fn markdown(self) -> String {
        let pieces = settle(tidy(nest(self.pieces)));
        let plain = write(&pieces, |_| false);
        let is_set = |piece: &Piece| matches!(piece, Piece::Open(mark) if mark.delimiter().is_some());
        if !pieces.iter().any(is_set) {
            return plain;
        }
        let all = write(&pieces, |_| true);
        if reads_alike(&all, &plain) {
            return all;
        }
        let some = write(&pieces, |mark| *mark == Mark::Strong);
        if reads_alike(&some, &plain) { some } else { plain }
    }
}

/// Marks that cross each other -> marks that lie in each other.
fn nest(pieces: Vec<Piece>) -> Vec<Piece> {
    let (mut out, mut open) = (Vec::with_capacity(pieces.len()), Vec::<Mark>::new());
    for piece in pieces {
        match piece {
            Piece::Open(mark) => {
                open.push(mark.clone());
                out.push(Piece::Open(mark));
            }
            Piece::Close(mark) => {
                let Some(at) = open.iter().rposition(|known| known.is_like(&mark)) else { continue };
                out.extend(open[at..].iter().rev().cloned().map(Piece::Close));
                open.remove(at);
                out.extend(open[at..].iter().cloned().map(Piece::Open));
            }
            other => out.push(other),
        }
    }
    out.extend(open.into_iter().rev().map(Piece::Close));
    out
}

/// Space at the ends of marks and lines, marks around nothing, and marks that end to begin again.
fn tidy(pieces: Vec<Piece>) -> Vec<Piece> {
    let is_gap = |piece: &Piece| matches!(piece, Piece::Space(_) | Piece::Break);
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Open(mark) => match out.last() {
                Some(Piece::Close(before)) if *before == mark => drop(out.pop()),
                _ => out.push(Piece::Open(mark)),
            },
            Piece::Close(mark) => {
                let gaps = out.iter().rev().take_while(|piece| is_gap(piece)).count();
                let gaps = out.split_off(out.len() - gaps);
                match out.last() {
                    Some(Piece::Open(before)) if before.is_like(&mark) => drop(out.pop()),
                    _ => out.push(Piece::Close(mark)),
                }
                for gap in gaps {
                    push_gap(&mut out, gap);
                }
            }
            Piece::Words(words) => match out.last_mut() {
                Some(Piece::Words(before)) => before.push_str(&words),
                _ => out.push(Piece::Words(words)),
            },
            gap => {
                let opened = out.iter().rev().take_while(|piece| matches!(piece, Piece::Open(_))).count();
                let opened = out.split_off(out.len() - opened);
                push_gap(&mut out, gap);
                out.extend(opened);
            }
        }
    }
    let end = out.iter().rposition(|piece| !is_gap(piece)).map_or(0, |at| at + 1);
    out.truncate(end);
    out
}

fn push_gap(out: &mut Vec<Piece>, gap: Piece) {
    match (out.last_mut(), &gap) {
        // a line begins with words, and one space is enough
        (None | Some(Piece::Break), _) | (Some(Piece::Space(' ')), Piece::Space(' ')) => {}
        (Some(before @ Piece::Space(_)), Piece::Break) => {
            *before = Piece::Break;
        }
        _ => out.push(gap),
    }
}

/// Moves punctuation out of marks that a letter follows or precedes: `**Place:**Brussels` would be no mark.
fn settle(pieces: Vec<Piece>) -> Vec<Piece> {
    let is_letter = |character: char| character.is_alphanumeric();
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let Piece::Words(word) = piece else {
            out.push(piece);
            continue;
        };
        let is_set =
            |piece: &&Piece| matches!(piece, Piece::Open(mark) | Piece::Close(mark) if mark.delimiter().is_some());
        let marks = out.len() - out.iter().rev().take_while(is_set).count();
        let opens = matches!(out.get(marks), Some(Piece::Open(_)));
        let marks = out.split_off(marks);
        let starts = word.starts_with(is_letter);
        let (before, word) = match out.last_mut() {
            // what follows a picture's marker may be nothing in the end
            Some(Piece::Words(last)) if last.contains(is_reserved) || word.contains(is_reserved) => (None, word),
            Some(Piece::Words(last)) if starts && !opens && !last.ends_with(is_letter) => {
                let kept = last.trim_end_matches(|c: char| !is_letter(c)).len();
                let moved = if kept > 0 { last.split_off(kept) } else { String::new() };
                (None, moved + &word)
            }
            Some(Piece::Words(last)) if !starts && opens && last.ends_with(is_letter) => {
                let head = word.len() - word.trim_start_matches(|c: char| !is_letter(c)).len();
                let (head, rest) = word.split_at(if head < word.len() { head } else { 0 });
                (Some(head.to_owned()), rest.to_owned())
            }
            _ => (None, word),
        };
        out.extend(before.filter(|before| !before.is_empty()).map(Piece::Words));
        out.extend(marks);
        out.push(Piece::Words(word));
    }
    out
}

/// The Markdown; of the marks that stand beside words alone, those that are kept.
fn write(pieces: &[Piece], keeps: impl Fn(&Mark) -> bool) -> String {
    let mut out = String::new();
    let (mut in_code, mut in_link) = (false, false);
    // where the last code ended, where the last link began
    let (mut code_end, mut link_start) = (None, None);
    for piece in pieces {
        match piece {
            Piece::Words(words) => {
                // a link that begins with it would be a footnote
                if link_start == Some(out.len()) && words.starts_with('^') {
                    out.push('\\');
                }
                match address_in(words).filter(|_| !in_code && !in_link) {
                    Some(address) => {
                        out.push_str(&words[..address.start]);
                        bracket(&mut out);
                        let (address, rest) = (&words[address.clone()], &words[address.end..]);
                        let bare = unescaped(address);
                        let scheme = if bare.starts_with("www.") { "http://" } else { "" };
                        out.push_str(&format!("{address}]({scheme}{})", destination(&bare)));
                        out.push_str(rest);
                    }
                    None => out.push_str(words),
                }
            }
            Piece::Space(' ') => out.push(' '),
            Piece::Space(space) => {
                part_from_address(&mut out);
                out.push(*space);
            }
            Piece::Break if in_code => out.push(' '),
            Piece::Break => {
                part_from_address(&mut out);
                out.push_str("\\\n");
            }
            Piece::Open(Mark::Code) | Piece::Close(Mark::Code) => {
                in_code = matches!(piece, Piece::Open(_));
                if in_code && code_end == Some(out.len()) {
                    // it goes on
                    out.pop();
                    continue;
                }
                if in_code {
                    part_from_address(&mut out);
                }
                out.push('`');
                code_end = Some(out.len());
            }
            _ if in_code => {}
            Piece::Open(Mark::Link(address)) if !address.is_empty() => {
                part_from_address(&mut out);
                bracket(&mut out);
                in_link = true;
                link_start = Some(out.len());
            }
            Piece::Close(Mark::Link(address)) if !address.is_empty() => {
                in_link = false;
                out.push_str(&format!("]({})", destination(address)));
            }
            Piece::Open(mark) | Piece::Close(mark) => {
                out.push_str(mark.delimiter().filter(|_| keeps(mark)).unwrap_or_default());
            }
        }
    }
    out
}

/// Begins a link's words. With the mark of exclamation before it, it would be a picture.
fn bracket(out: &mut String) {
    if out.ends_with('!') {
        out.insert(out.len() - 1, '\\');
    }
    out.push('[');
}

/// A bare address in words, of which Markdown would read the escapes too.
fn address_in(words: &str) -> Option<std::ops::Range<usize>> {
    let start = ["https://", "http://", "www."].iter().filter_map(|begin| words.find(begin)).min()?;
    let address = words[start..].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '\'', '»', '”', '’']);
    address.contains('\\').then(|| start..start + address.len())
}

/// Words without the escapes before what would mean something else.
fn unescaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut characters = words.chars();
    while let Some(character) = characters.next() {
        out.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    out
}

/// A bare address would take in what stands right behind it.
fn part_from_address(out: &mut String) {
    let last: String = out.chars().rev().take(ADDRESS).take_while(|c| !c.is_whitespace()).collect();
    if last.contains("//:") || last.contains(".www") {
        out.push(' ');
    }
}

/// Whether two texts are read as the same words, with their pictures and without.
fn reads_alike(one: &str, other: &str) -> bool {
    let words = |text: &str, picture: &str| issue::words(&at_line_start(&fill(text, picture)));
    let pictures: &[&str] = if one.contains(is_reserved) { &["![](x.png)", ""] } else { &[""] };
    pictures.iter().all(|picture| words(one, picture) == words(other, picture))
}

/// A text with something in the place of each picture's marker.
fn fill(text: &str, picture: &str) -> String {
    let mut parts = text.split('\u{e000}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + picture + part.split_once('\u{e001}').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::super::markdown::convert;
    use crate::issue;

    /// HTML, and what is to be read in it.
    const PIECES: [(&str, &str); 47] = [
        ("<b>", ""),
        ("</b>", ""),
        ("<i>", ""),
        ("</i>", ""),
        ("<s>", ""),
        ("</s>", ""),
        ("<code>", ""),
        ("</code>", ""),
        ("<a href='/x?a=1&amp;copy;=(2)'>", ""),
        ("</a>", ""),
        ("<br>", ""),
        ("<p>", ""),
        ("</p>", ""),
        ("<ul><li>", ""),
        ("</ul>", ""),
        ("<blockquote>", ""),
        ("</blockquote>", ""),
        ("<h2>", ""),
        ("</h2>", ""),
        (" ", ""),
        ("a", "a"),
        ("B", "B"),
        (":", ":"),
        ("!", "!"),
        ("*", "*"),
        ("_", "_"),
        ("&amp;", "&"),
        ("copy;", "copy;"),
        ("«", "«"),
        ("\u{a0}", ""),
        ("é", "é"),
        ("#", "#"),
        ("1.", "1."),
        ("-", "-"),
        ("(", "("),
        ("] ", "]"),
        ("[", "["),
        ("^", "^"),
        ("~", "~"),
        ("\\", "\\"),
        ("|", "|"),
        ("=", "="),
        (" www.example.org ", "www.example.org"),
        ("+", "+"),
        ("&gt;", ">"),
        ("&lt;b&gt;", "<b>"),
        ("漢", "漢"),
    ];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1000))]
        #[test]
        fn readers_read_the_same_words(pieces in proptest::collection::vec(0..PIECES.len(), 0..24)) {
            let html: String = pieces.iter().map(|at| PIECES[*at].0).collect();
            let expected: String = pieces.iter().map(|at| PIECES[*at].1).collect();
            let markdown = convert(&html, Some("https://x.example/"), false).markdown;
            let read: String = issue::words(&markdown).chars().filter(|c| !c.is_whitespace()).collect();
            proptest::prop_assert_eq!(read, expected, "{}\n{}", html, markdown);
        }
    }
}
