//! What a program printed, made comparable: `[DIR]` for the project's folder, `[TIME]` for durations and rates,
//! `[PORT]` for ports on loopback; and the difference between two texts, line by line.

use std::path::Path;

/// Units of time; a number before one of them, with or without a space between, is a duration.
const UNITS: [&str; 17] = [
    "ns", "µs", "us", "ms", "s", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "h", "hour",
    "hours", "m",
];
/// What makes a number a rate.
const RATES: [&str; 5] = ["/s", "/min", "/h", " a second", " a minute"];

/// Replaces what differs from run to run.
pub(super) fn steady(text: &str, folder: &Path) -> String {
    let mut steady = text.to_owned();
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    for name in [real.as_path(), folder] {
        steady = steady.replace(&*name.to_string_lossy(), "[DIR]");
    }
    let steady = without_times(&without_ports(&steady));
    // `59 s` and `1 min 2 s` are to look alike
    let mut steady = steady;
    while steady.contains("[TIME] [TIME]") {
        steady = steady.replace("[TIME] [TIME]", "[TIME]");
    }
    steady
}

fn without_ports(text: &str) -> String {
    let mut steady = text.to_owned();
    for host in ["127.0.0.1:", "localhost:", "[::1]:"] {
        let mut pieces = steady.split(host);
        let mut whole = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let rest = piece.trim_start_matches(|character: char| character.is_ascii_digit());
            let port = if rest.len() < piece.len() { "[PORT]" } else { "" };
            whole.push_str(&format!("{host}{port}{rest}"));
        }
        steady = whole;
    }
    steady
}

fn without_times(text: &str) -> String {
    let mut steady = String::new();
    let mut rest = text;
    let mut before = ' ';
    while let Some(character) = rest.chars().next() {
        let starts_number = character.is_ascii_digit() && !before.is_alphanumeric() && !"./,:-_".contains(before);
        if let Some(length) = starts_number.then(|| time_length(rest)).flatten() {
            steady.push_str("[TIME]");
            rest = &rest[length..];
            before = ']';
        } else {
            steady.push(character);
            rest = &rest[character.len_utf8()..];
            before = character;
        }
    }
    steady
}

/// How long the duration or rate is that the text begins with.
fn time_length(text: &str) -> Option<usize> {
    let number = text.find(|character: char| !character.is_ascii_digit() && !".,".contains(character))?;
    let rest = &text[number..];
    let rate = RATES.iter().find(|rate| ends_word(rest.strip_prefix(**rate)));
    if let Some(rate) = rate {
        return Some(number + rate.len());
    }
    let spaced = rest.strip_prefix([' ', '\u{a0}', '\u{202f}']).unwrap_or(rest);
    let unit = UNITS.iter().find(|unit| ends_word(spaced.strip_prefix(**unit)))?;
    // `10 messages/s` is a rate too, but `10 m` is only ever a time where it is written without the space
    if *unit == "m" && spaced.len() != rest.len() {
        return None;
    }
    Some(number + (rest.len() - spaced.len()) + unit.len())
}

/// Whether what follows is there and doesn't go on with the same word.
fn ends_word(rest: Option<&str>) -> bool {
    rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '/'))
}

/// An expected text as it is meant: where it begins with a line break, that one and the common indentation go.
pub(super) fn unindented(text: &str) -> String {
    let Some(text) = text.strip_prefix('\n') else { return text.to_owned() };
    let lines: Vec<&str> = text.split('\n').collect();
    let depth = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let common = lines.iter().filter(|line| !line.trim().is_empty()).map(depth).min().unwrap_or(0);
    let cut: Vec<&str> = lines.iter().map(|line| line.get(common..).unwrap_or_default()).collect();
    cut.join("\n")
}

/// The difference between two texts: lines that are only expected with `-`, lines that only came with `+`.
pub(super) fn difference(expected: &str, actual: &str) -> String {
    let (expected, actual) = (lines(expected), lines(actual));
    // lengths[i][j]: how many lines expected[i..] and actual[j..] have in common, in order
    let mut lengths = vec![vec![0_usize; actual.len() + 1]; expected.len() + 1];
    for i in (0..expected.len()).rev() {
        for j in (0..actual.len()).rev() {
            lengths[i][j] = if expected[i] == actual[j] {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut difference = String::new();
    while i < expected.len() || j < actual.len() {
        let (mark, line) = if i < expected.len() && j < actual.len() && expected[i] == actual[j] {
            (i, j) = (i + 1, j + 1);
            (' ', expected[i - 1])
        } else if j == actual.len() || i < expected.len() && lengths[i + 1][j] >= lengths[i][j + 1] {
            i += 1;
            ('-', expected[i - 1])
        } else {
            j += 1;
            ('+', actual[j - 1])
        };
        difference.push_str(&format!("{mark} {line}\n"));
    }
    difference
}

/// The lines, with a mark where the last line has no end or a line ends in white space.
fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.split('\n').collect();
    match lines.last() {
        Some(&"") => drop(lines.pop()),
        _ => lines.push("\\ no line break at the end"),
    }
    lines
}
