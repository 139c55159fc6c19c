//! Words: what stands twice, shouts, never closes, or reads like spam. Texts -> diagnostics.

use std::ops::Range;

use super::text::{Part, Text, words};
use crate::diagnostic::Diagnostic;
use crate::issue::OBJECT;
use crate::rule;
use crate::scaffold::{self, Slot};

/// Words that may well stand twice in a row, in French, Dutch and English.
const TWICE: [&str; 28] = [
    "nous", "vous", "je", "haar", "très", "bla", "oui", "non", "ha", "ah", "cha", "tout", "dat", "die", "het", "zij",
    "heel", "ja", "nee", "er", "had", "that", "very", "yes", "no", "her", "so", "bye",
];

/// Names that are written in capitals and have more than five letters.
const NAMES: [&str; 12] = [
    "UNICEF", "UNESCO", "UNAIDS", "ONUSIDA", "BENELUX", "EUROPOL", "INTERPOL", "FRONTEX", "ERASMUS", "DAPHNE",
    "EUROMED", "ACTIRIS",
];

/// Words of spam where they stand in capitals.
const FREE: [&str; 4] = ["GRATUIT", "GRATUITS", "GRATIS", "FREE"];

/// How many letters an acronym may have.
const ACRONYM: usize = 5;

/// With more findings than this a file is something else than a snippet, and is not looked through to its end.
pub(super) const MANY: usize = 1000;

/// How many exclamation marks a snippet may have.
const EXCLAMATIONS: usize = 3;

/// Looks through texts that are read one after the other.
pub(super) fn look(texts: &[Text<'_>], found: &mut Vec<Diagnostic>) {
    unwritten(texts, found);
    for text in texts {
        if found.len() > MANY {
            break;
        }
        found.extend(double_spaces(text.words()).into_iter().map(|range| {
            let can_be_mended = text.bytes(range.clone()).is_some();
            let hint =
                if can_be_mended { "take one away, or let `envoi check --fix` do it" } else { "write one space" };
            Diagnostic::of(&rule::DOUBLE_SPACE, "two spaces stand in a row").at(text.place(range)).hint(hint)
        }));
        repeated(text, found);
        capitals(text, found);
        spam(text, found);
        found.extend(foreign_field(text));
        emoji(text, found);
    }
    exclamations(texts, found);
    let (body, strings): (Vec<_>, Vec<_>) = texts.iter().partition(|text| text.is_body());
    for text in &strings {
        balance(std::slice::from_ref(text), found);
    }
    balance(&body, found);
}

/// Words that a skeleton began with, and that nobody replaced.
fn unwritten(texts: &[Text<'_>], found: &mut Vec<Diagnostic>) {
    found.extend(texts.iter().filter(|text| is_unwritten(text)).map(|text| {
        Diagnostic::of(&rule::UNWRITTEN, "these words are still those of `envoi new`")
            .at(text.whole())
            .hint("write your own in their place")
    }));
}

/// Whether a text is the one that a skeleton has in its place: elsewhere the same words may be the officer's own.
fn is_unwritten(text: &Text<'_>) -> bool {
    let words = text.words();
    match text.part {
        Part::Subject => scaffold::is_unwritten(Slot::Subject, words),
        Part::Preheader => scaffold::is_unwritten(Slot::Preheader, words),
        Part::Title => scaffold::is_unwritten(Slot::Title, words),
        Part::Line => scaffold::is_unwritten(Slot::Subtitle, words),
        Part::Paragraph => scaffold::is_unwritten(Slot::Text, words),
        Part::Label | Part::Heading | Part::Cell => false,
    }
}

/// Where two or more spaces stand in a row.
pub(super) fn double_spaces(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = text[rest..].find("  ").map(|at| rest + at) {
        let end = start + text[start..].bytes().take_while(|byte| *byte == b' ').count();
        found.push(start..end);
        rest = end;
    }
    found
}

fn repeated(text: &Text<'_>, found: &mut Vec<Diagnostic>) {
    let all: Vec<_> = words(text.words()).collect();
    for (index, pair) in all.windows(2).enumerate() {
        let [(first, word), (second, again)] = pair else { continue };
        // what stands there three times is meant: « non, non et non »
        let around = [index.checked_sub(1), Some(index + 2)].into_iter().flatten().filter_map(|at| all.get(at));
        if around.into_iter().any(|(_, other)| other.to_lowercase() == word.to_lowercase()) {
            continue;
        }
        let between = &text.words()[first.end..second.start];
        let is_word = word.chars().count() > 1 && word.chars().all(char::is_alphabetic);
        let is_name = word.starts_with(char::is_uppercase) && again.starts_with(char::is_uppercase);
        let lower = word.to_lowercase();
        if is_word
            && !is_name
            && between.chars().all(char::is_whitespace)
            && lower == again.to_lowercase()
            && !TWICE.contains(&lower.as_str())
        {
            found.push(
                Diagnostic::of(&rule::REPEATED_WORD, format!("`{again}` stands twice in a row"))
                    .at(text.place(first.start..second.end))
                    .hint("take one away"),
            );
        }
    }
}

/// Letters alone, in capitals all of them.
fn is_loud(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() > 1
        && word.chars().all(|c| c.is_uppercase() || matches!(c, '-' | '’' | '\''))
}

fn capitals(text: &Text<'_>, found: &mut Vec<Diagnostic>) {
    let all: Vec<_> = words(text.words()).collect();
    if text.part == Part::Subject && all.iter().all(|(_, word)| !word.chars().any(char::is_lowercase)) {
        if text.words().chars().filter(|c| c.is_alphabetic()).count() > ACRONYM {
            found.push(
                Diagnostic::of(&rule::SUBJECT_SHOUTS, "the subject stands in capitals")
                    .at(text.whole())
                    .hint("write it in small letters: capitals read like shouting, and count as spam"),
            );
        }
        return;
    }
    let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
    let spam = |word: &str| FREE.contains(&word);
    let roman = |word: &str| word.bytes().all(|byte| b"IVXLCDM".contains(&byte));
    let name = |word: &str| NAMES.contains(&word) || roman(word) || word.contains('-');
    let long = |word: &str| letters(word) > ACRONYM && !name(word) && !spam(word);
    let mut at = 0;
    while at < all.len() {
        // a list of acronyms has its commas
        let mut end = all[at].0.end;
        let follows = |(range, word): &&(Range<usize>, &str)| {
            let joined = text.words()[end.min(range.start)..range.start].chars().all(char::is_whitespace);
            end = range.end;
            joined && is_loud(word)
        };
        let run = all[at..].iter().take_while(follows).count();
        let loud = &all[at..at + run];
        at += run.max(1);
        let meant = if run > 2 {
            loud.first().zip(loud.last()).map(|(first, last)| first.0.start..last.0.end)
        } else {
            loud.iter().find(|(_, word)| long(word)).map(|(range, _)| range.clone())
        };
        if let Some(range) = meant {
            let shown: String = text.words()[range.clone()].chars().take(40).collect();
            found.push(
                Diagnostic::of(&rule::ALL_CAPS, format!("`{shown}` stands in capitals"))
                    .at(text.place(range))
                    .hint("write it in small letters, and in bold (`**…**`) where it matters"),
            );
        }
    }
}

fn spam(text: &Text<'_>, found: &mut Vec<Diagnostic>) {
    let lower = text.words().to_lowercase().replace(['\u{a0}', '\u{202f}'], " ");
    let hundred = ["100 % gratuit", "100% gratuit", "100 % gratis", "100% gratis", "100 % free", "100% free"];
    let phrase = hundred.iter().find(|phrase| lower.contains(*phrase));
    let shouted = words(text.words()).find(|(_, word)| FREE.contains(word));
    let said = phrase.map(|phrase| ((*phrase).to_owned(), text.whole()));
    let said = said.or_else(|| shouted.map(|(range, word)| (word.to_owned(), text.place(range))));
    if let Some((words, place)) = said {
        found.push(
            Diagnostic::of(&rule::SPAM_WORDS, format!("spam filters know the words `{words}`"))
                .at(place)
                .hint("say it in small letters and by the way"),
        );
    }
}

/// A merge field of another program: `*|FNAME|*`, `%%name%%`, `[[name]]`, `${name}`.
fn foreign_field(text: &Text<'_>) -> Option<Diagnostic> {
    foreign(text.words()).map(|range| {
        let shown = text.words()[range.clone()].to_owned();
        Diagnostic::of(&rule::FOREIGN_FIELD, format!("`{shown}` is another program's merge field"))
            .at(text.place(range))
            .hint("write it as `{{ first_name \"friends\" }}`")
    })
}

/// Where such a field stands.
pub(super) fn foreign(text: &str) -> Option<Range<usize>> {
    let marks = [("*|", "|*"), ("%%", "%%"), ("[[", "]]"), ("${", "}"), ("%7B%7B", "%7D%7D"), ("%7b%7b", "%7d%7d")];
    // of `*|FNAME|*` Markdown makes an emphasised `|FNAME|`
    let bare = text.find('|').and_then(|start| {
        let end = start + 1 + text[start + 1..].find('|')?;
        let name = &text[start + 1..end];
        let is_name = name.len() > 1 && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit());
        is_name.then_some(start..end + 1)
    });
    let marked = marks.iter().find_map(|(open, close)| {
        let start = text.find(open)?;
        let inner = start + open.len();
        let end = inner + text[inner..].find(close)?;
        let name = &text[inner..end];
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '-' | ' ' | '%');
        (!name.trim().is_empty() && name.len() <= 40 && name.chars().all(is_name)).then(|| start..end + close.len())
    });
    marked.or(bare)
}

fn emoji(text: &Text<'_>, found: &mut Vec<Diagnostic>) {
    let at_most = match text.part {
        Part::Subject | Part::Preheader | Part::Title | Part::Heading => 1,
        _ => 5,
    };
    let count = count_emoji(text.words());
    if count > at_most {
        found.push(
            Diagnostic::of(&rule::TOO_MANY_EMOJI, format!("{count} emoji stand in one text"))
                .at(text.whole())
                .hint("keep the one that helps: a screen reader reads out the name of each"),
        );
    }
}

fn count_emoji(text: &str) -> usize {
    let mut joined = false;
    let mut flags = 0;
    let mut count = 0;
    for character in text.chars() {
        match character {
            '\u{1f1e6}'..='\u{1f1ff}' => flags += 1,
            '\u{1f3fb}'..='\u{1f3ff}' => {}
            '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{26ff}' | '❤' | '⭐' | '✨' | '✅' | '❌' if !joined => {
                count += 1;
            }
            _ => {}
        }
        joined = character == '\u{200d}';
    }
    count + flags / 2
}

fn exclamations(texts: &[Text<'_>], found: &mut Vec<Diagnostic>) {
    let mut count = 0;
    let mut several = false;
    for text in texts {
        let squeezed = text.words();
        let own = squeezed.matches('!').count();
        count += own;
        let run = squeezed.find("!!").or_else(|| squeezed.find("! !"));
        let run = run.or_else(|| (text.part == Part::Subject && own > 1).then(|| squeezed.find('!')).flatten());
        if let Some(at) = run {
            several = true;
            let length = squeezed[at..].bytes().take_while(|byte| matches!(byte, b'!' | b' ')).count();
            found.push(
                Diagnostic::of(&rule::EXCLAMATION_MARKS, "several exclamation marks")
                    .at(text.place(at..at + length))
                    .hint("one is enough"),
            );
        }
    }
    let body = texts.iter().find(|text| text.is_body() && text.words().contains('!'));
    if let Some(first) = body.filter(|_| count > EXCLAMATIONS && !several) {
        found.push(
            Diagnostic::of(&rule::EXCLAMATION_MARKS, format!("{count} exclamation marks in one snippet"))
                .at(first.place(first.words().find('!').map_or(0..0, |at| at..at + 1)))
                .hint("keep the one that is meant"),
        );
    }
}

/// A mark that opens, and the ones that close it.
const PAIRS: [(char, char); 3] = [('«', '»'), ('“', '”'), ('(', ')')];

/// Marks that open and close, through texts that are read one after the other: a quotation may go on over several
/// paragraphs, each of which may begin with its mark again.
fn balance(texts: &[&Text<'_>], found: &mut Vec<Diagnostic>) {
    for (open, close) in PAIRS {
        if is_other_custom((open, close), texts) {
            continue;
        }
        let mut opened: Vec<(usize, usize)> = Vec::new();
        let mut stray = None;
        for (index, text) in texts.iter().enumerate() {
            let words = text.words();
            let mut before = [' ', ' '];
            for (at, character) in words.char_indices() {
                let first = at == words.len() - words.trim_start().len();
                let goes_on = first && open != '(' && !opened.is_empty() && (character == open || character == close);
                let ends_here = character == close && words[at + close.len_utf8()..].trim().is_empty();
                if goes_on && !ends_here {
                    // the mark of a quotation that goes on
                } else if character == open {
                    opened.push((index, at));
                } else if character == close && opened.pop().is_none() && !is_harmless(close, before, words, at) {
                    stray.get_or_insert((index, at));
                }
                before = [before[1], character];
            }
        }
        let (what, (index, at), mark) = match (stray, opened.first()) {
            (Some(stray), _) => ("closes, but was never opened", stray, close),
            (None, Some(open_one)) => ("opens and never closes", *open_one, open),
            (None, None) => continue,
        };
        let counterpart = if mark == open { close } else { open };
        found.push(
            Diagnostic::of(&rule::UNBALANCED, format!("`{mark}` {what}"))
                .at(texts[index].place(at..at + mark.len_utf8()))
                .hint(format!("put its `{counterpart}` where it belongs, or take it away")),
        );
    }
}

/// Whether the marks are used as other languages do: „so“ and »so« in German, ”so” in Swedish.
fn is_other_custom((open, close): (char, char), texts: &[&Text<'_>]) -> bool {
    let marks = || texts.iter().flat_map(|text| text.words().chars()).filter(|mark| [open, close, '„'].contains(mark));
    let count = |mark: char| marks().filter(|other| *other == mark).count();
    match open {
        '“' => count('„') > 0 || (count(open) == 0 && count(close) % 2 == 0),
        '«' => marks().next() == Some(close) && count(open) == count(close),
        _ => false,
    }
}

/// Whether a closing mark that nothing opened is one by custom: `a)` at the head of a list, a smiley.
fn is_harmless(close: char, before: [char; 2], words: &str, at: usize) -> bool {
    let head = words[..at].trim_start();
    let is_item = !head.is_empty() && head.chars().take(4).count() <= 3 && head.chars().all(char::is_alphanumeric);
    let inner_item = before[1].is_alphanumeric() && before[0].is_whitespace();
    close == ')' && (is_item || inner_item || matches!(before[1], ':' | ';' | '-' | '=') || before[1] == OBJECT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_counted_as_they_are_seen() {
        assert_eq!(count_emoji("a family 👨‍👩‍👧, a flag 🇧🇪, a thumb 👍🏽"), 3);
        assert_eq!(count_emoji("25 ans → 100 % ©"), 0);
    }

    #[test]
    fn other_programs_fields_are_known() {
        assert!(foreign("Dear *|FNAME|*,").is_some() && foreign("?e=%%email%%").is_some());
        assert!(foreign("5 * 3 | 4").is_none() && foreign("100 %% de [[ ]]").is_none());
    }
}
