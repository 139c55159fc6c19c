//! A text file that the officer wrote: its path, its text, and where in it something stands.
//!
//! Every reader of TOML, Markdown or templates starts here, so that every diagnostic can point at file, line and
//! column. TOML goes through [`Source::toml`], which names the nearest known key where one is unknown.

mod slips;
mod values;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::de::DeserializeOwned;

pub use self::values::{Step, Values};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::error::{Error, Result};
use crate::rule::{self, Rule};

/// The largest text file that is taken for one: an editor's slip (a video called `.md`) must not fill the memory.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The longest line that a place carries with it, in bytes: a thousand diagnostics on one endless line must not fill
/// the memory.
const LONGEST_LINE: usize = 10_000;

/// The characters that stand for open merge fields on the way through the templates; no text may hold them.
pub(crate) const RESERVED: [char; 3] = ['\u{e000}', '\u{e001}', '\u{e002}'];

/// What is said where one of them stands in a text all the same.
pub(crate) fn private_use(place: Place) -> Diagnostic {
    Diagnostic::of(&rule::PRIVATE_USE, "a character of Unicode's private use stands in the text")
        .at(place)
        .hint("delete it: no reader could see it")
}

/// A text file, read.
#[derive(Debug, Clone)]
pub struct Source {
    /// As diagnostics name it.
    pub path: PathBuf,
    /// Without a byte order mark, with `\n` at line ends.
    pub text: String,
    /// Where its lines begin, once somebody asks: a text has as many links and findings as it likes.
    lines: OnceLock<Vec<usize>>,
}

impl Source {
    /// Reads a file. `path` is opened, `shown` is how diagnostics name it.
    pub fn read(path: &Path, shown: impl Into<PathBuf>) -> Result<Self> {
        let shown = shown.into();
        let size = std::fs::metadata(path).map_err(Error::file("read", &shown))?.len();
        if size > LARGEST {
            return Err(Diagnostic::of(&rule::TOO_LARGE, format!("the file is too large for a text: {size} bytes"))
                .at(Place::file(shown))
                .hint("put pictures and films beside the snippet and link to them")
                .into());
        }
        let bytes = std::fs::read(path).map_err(Error::file("read", &shown))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(shown, &text)),
            Err(error) => {
                let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()].split(|b| *b == b'\n').count() - 1;
                Err(Diagnostic::of(&rule::NOT_UTF_8, "the file is not UTF-8")
                    .at(Place::line(shown, line))
                    .hint("save it as UTF-8 in your editor")
                    .into())
            }
        }
    }

    /// A text that is already in memory.
    pub fn new(path: impl Into<PathBuf>, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { path: path.into(), text: text.replace("\r\n", "\n"), lines: OnceLock::new() }
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(breaks).collect()
        })
    }

    /// Where a line ends, without its line break.
    fn end_of_line(&self, index: usize) -> usize {
        self.lines().get(index + 1).map_or(self.text.len(), |next| next - 1)
    }

    /// Where a range of bytes of the text stands.
    pub fn place(&self, bytes: Range<usize>) -> Place {
        let start = floor_boundary(&self.text, bytes.start);
        let end = floor_boundary(&self.text, bytes.end.max(start));
        let line = self.lines().partition_point(|begin| *begin <= start);
        let (line_start, line_end) = (self.lines()[line - 1], self.end_of_line(line - 1));
        Place {
            path: self.path.clone(),
            line,
            column: self.text[line_start..start].chars().count() + 1,
            width: self.text[start..end.min(line_end).max(start)].chars().count().max(1),
            source: (line_end - line_start <= LONGEST_LINE).then(|| self.text[line_start..line_end].to_owned()),
        }
    }

    /// Where a line and a column in bytes stand (both from 1), as parsers report them.
    pub fn place_at(&self, line: usize, column: usize) -> Place {
        let index = line.saturating_sub(1);
        let start = self.lines().get(index).copied().unwrap_or(self.text.len());
        let at = (start + column.saturating_sub(1)).min(self.end_of_line(index));
        self.place(at..at + 1)
    }

    /// Where a text stands, as written; the file as a whole where it does not.
    pub fn place_of_text(&self, text: &str) -> Place {
        match self.text.find(text) {
            Some(at) if !text.is_empty() => self.place(at..at + text.len()),
            _ => Place::file(self.path.clone()),
        }
    }

    /// Where a key stands, as far as a look at the text can tell, for diagnostics on values that were read long ago:
    /// `subject`, `[unsubscribe]` for a table, or `unsubscribe.url` for a key within one. A key that is written as a
    /// table or as several is found by the first one's head: `[image]`, `[[contacts]]`.
    pub fn place_of_key(&self, key: &str) -> Place {
        let within = key.rsplit_once('.').and_then(|(table, inner)| {
            let (_, start) = self.line_with(0, &format!("[{table}]"))?;
            let end = self.text[start..].find("\n[").map_or(self.text.len(), |at| start + at);
            self.line_with(start, inner).map(|(found, _)| found).filter(|found| found.start < end)
        });
        let head = || [format!("[{key}]"), format!("[[{key}]]")].iter().find_map(|head| self.line_with(0, head));
        match within.or_else(|| self.line_with(0, key).or_else(head).map(|(found, _)| found)) {
            Some(found) => self.place(found),
            None => Place::file(self.path.clone()),
        }
    }

    /// Where an item of a key's list stands: `"W503"` behind `allow`.
    pub fn place_of_item(&self, key: &str, item: &str) -> Place {
        let quoted = format!("\"{item}\"");
        let list = self.line_with(0, key).map_or(0, |(found, _)| found.start);
        match self.text[list..].find(&quoted) {
            Some(at) => self.place(list + at..list + at + quoted.len()),
            None => self.place_of_key(key),
        }
    }

    /// The first line from `start` on that begins with a key or a table's head: where that stands, and the line's end.
    fn line_with(&self, start: usize, key: &str) -> Option<(Range<usize>, usize)> {
        let mut offset = start;
        for line in self.text[start..].split_inclusive('\n') {
            let trimmed = line.trim_start();
            let rest = trimmed.strip_prefix(key).map(str::trim_start);
            if rest.is_some_and(|rest| key.starts_with('[') || rest.starts_with(['=', '.'])) {
                let at = offset + line.len() - trimmed.len();
                return Some((at..at + key.len(), offset + line.len()));
            }
            offset += line.len();
        }
        None
    }

    /// Reads the whole text as TOML.
    pub fn toml<T: DeserializeOwned>(&self) -> Result<T> {
        self.toml_in(0..self.text.len())
    }

    /// Reads a part of the text as TOML (front matter), with places in the whole file.
    pub fn toml_in<T: DeserializeOwned>(&self, range: Range<usize>) -> Result<T> {
        let text = &self.text[range.clone()];
        if let Some(at) = values::reserved(text) {
            return Err(private_use(self.place(range.start + at.start..range.start + at.end)).into());
        }
        toml::from_str(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let place = self.place(range.start + span.start..range.start + span.end);
            // what is TOML and still refused has a value that will not do
            let other =
                if toml::from_str::<toml::Table>(text).is_ok() { &rule::WRONG_VALUE } else { &rule::BROKEN_TOML };
            let written = text.get(span).unwrap_or_default();
            toml_diagnostic(error.message(), written, other).at(place).into()
        })
    }
}

/// A TOML error in the officer's terms; under the rule `other` where its message says no more. `written` is what the
/// message is about.
fn toml_diagnostic(message: &str, written: &str, other: &'static Rule) -> Diagnostic {
    let message = message.trim_end();
    if message.starts_with("unknown field ") || message.starts_with("unknown variant ") {
        let is_key = message.starts_with("unknown field ");
        let (rule, what) = if is_key { (&rule::UNKNOWN_KEY, "key") } else { (&rule::UNKNOWN_VALUE, "value") };
        let mut words = message.split('`').skip(1).step_by(2);
        let unknown = words.next().unwrap_or_default();
        let known: Vec<&str> = words.collect();
        let diagnostic = Diagnostic::of(rule, format!("unknown {what} `{unknown}`"));
        return match nearest(unknown, known.iter().copied()) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!("known are: {}", known.join(", "))),
        };
    }
    if let Some((given, wanted)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        return wrong_type(given, wanted);
    }
    let mut lines = message.lines();
    let first = lines.next().unwrap_or("the TOML cannot be read");
    if let Some(key) = first.strip_prefix("missing field ") {
        return Diagnostic::of(&rule::MISSING_KEY, format!("missing key {key}"))
            .hint(format!("add a line `{} = …`", key.trim_matches('`')));
    }
    let diagnostic = Diagnostic::of(other, first);
    let diagnostic = lines.fold(diagnostic, |diagnostic, line| diagnostic.hint(line.trim().to_owned()));
    match slips::remedy(first, written).filter(|_| diagnostic.hints.is_empty()) {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// A value of the wrong kind, in words that need no programmer.
fn wrong_type(given: &str, wanted: &str) -> Diagnostic {
    let is = match given.split([' ', ',']).next().unwrap_or_default() {
        "string" => "a text",
        "integer" | "floating" => "a number",
        "boolean" => "true or false",
        "map" => "a table",
        "sequence" => "a list",
        "datetime" => "a date",
        _ => given,
    };
    let (wants, hint) = match wanted {
        "a string" => ("a text", "write it between quotation marks: `\"…\"`"),
        "a sequence" => ("a list", "write it in brackets: `[\"…\"]`"),
        "a boolean" => ("true or false", "write `true` or `false`, without quotation marks"),
        "a TOML datetime" => ("a date", "write it without quotation marks, like 2015-04-24"),
        "u16" | "u32" | "u64" | "usize" => ("a whole number", "write it without quotation marks, like 10"),
        "path string" => ("a file's name", "write it between quotation marks: `\"…\"`"),
        wanted if wanted.starts_with("struct ") => ("a table", "write `{ key = … }`"),
        wanted => (wanted, "see the comments in the files that `envoi init` writes"),
    };
    Diagnostic::of(&rule::WRONG_VALUE, format!("{is} stands where {wants} is needed")).hint(hint)
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let source = Source::new("a.toml", "é = 1\nnaïve = 2\n");
        let place = source.place(11..12);
        assert_eq!((place.line, place.column), (2, 4));
        assert_eq!(place.source.as_deref(), Some("naïve = 2"));
    }

    #[test]
    fn a_place_beyond_the_text_is_its_end() {
        let source = Source::new("a.toml", "one\n\ntwo");
        for (line, column, shown) in
            [(1, 9, "a.toml:1:4"), (2, 1, "a.toml:2:1"), (3, 4, "a.toml:3:4"), (9, 9, "a.toml:3:4")]
        {
            assert_eq!(source.place_at(line, column).to_string(), shown);
        }
        assert_eq!(source.place(4..5).source.as_deref(), Some(""));
        assert_eq!(Source::new("a.toml", "").place(7..9).to_string(), "a.toml:1:1");
    }

    #[test]
    fn an_unknown_key_names_the_nearest_known_one() {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            #[allow(dead_code)]
            subject: Option<String>,
        }
        let error = Source::new("issue.toml", "\nsubjet = \"a\"\n").toml::<File>().err().unwrap();
        let diagnostic = &error.diagnostics()[0];
        assert_eq!(diagnostic.message, "unknown key `subjet`");
        assert_eq!(diagnostic.hints, ["did you mean `subject`?"]);
        assert_eq!(diagnostic.place.as_ref().unwrap().to_string(), "issue.toml:2:1");
    }

    #[test]
    fn a_key_is_found_in_its_own_table() {
        let source =
            Source::new("envoi.toml", "[organisation]\nurl = 1\n[unsubscribe]\n  url = 2 # two\n[list]\nfile = 3\n");
        assert_eq!(source.place_of_key("unsubscribe.url").to_string(), "envoi.toml:4:3");
        assert_eq!(source.place_of_key("unsubscribe.url").width, 3);
        assert_eq!(source.place_of_key("[list]").to_string(), "envoi.toml:5:1");
        assert_eq!(source.place_of_key("list.url").to_string(), "envoi.toml");
        let dotted = Source::new("envoi.toml", "list.file = 3\n");
        assert_eq!(dotted.place_of_key("list.file").to_string(), "envoi.toml:1:1");
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_told_in_plain_words() {
        #[derive(Debug, serde::Deserialize)]
        struct File {
            #[expect(dead_code)]
            width: u32,
        }
        let error = Source::new("theme.toml", "width = \"600\"\n").toml::<File>().unwrap_err();
        assert_eq!(error.diagnostics()[0].message, "a text stands where a whole number is needed");
        let error = Source::new("theme.toml", "with = 600\n").toml::<File>().unwrap_err();
        assert_eq!(error.diagnostics()[0].message, "missing key `width`");
        assert_eq!(error.diagnostics()[0].hints, ["add a line `width = …`"]);
    }
}
