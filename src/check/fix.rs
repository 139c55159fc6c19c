//! What can be mended without anybody's judgement: two spaces in a row, white space at a line's end, a full stop behind
//! a title. Issue -> [`Fix`]es, one a file.
//!
//! Words are changed only where they stand in the file letter by letter; code, addresses and merge fields are no words
//! (see [`Passage`](crate::issue::Passage)), and what is allowed stays. Everything else about the file stays as it is,
//! its line ends too. Spaces that French and Dutch want are the typography's work and no slip.

use std::ops::Range;
use std::path::PathBuf;

use super::allow::Allowances;
use super::structure::full_stop;
use super::text::{Part, Text};
use super::words::double_spaces;
use crate::error::{Error, Result};
use crate::issue::{Boilerplate, Issue};
use crate::output;
use crate::project::Project;
use crate::rule;
use crate::source::Source;

/// What can be mended in a file.
#[derive(Debug, Clone)]
pub struct Fix {
    /// The file, as diagnostics name it.
    pub shown: PathBuf,
    path: PathBuf,
    /// The text in which the places are.
    text: String,
    changes: Vec<Change>,
}

/// A part of the text that is replaced; it never holds a line's end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    range: Range<usize>,
    with: &'static str,
    what: Mended,
}

/// What was mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mended {
    /// Two spaces in a row.
    DoubleSpace,
    /// White space at a line's end.
    TrailingSpace,
    /// A full stop behind a title.
    FullStop,
}

impl Mended {
    /// Whether this may be what a part of a file holds.
    fn stands_as(self, text: &str) -> bool {
        !text.is_empty()
            && match self {
                Self::DoubleSpace => text.bytes().all(|byte| byte == b' '),
                Self::TrailingSpace => text.bytes().all(|byte| matches!(byte, b' ' | b'\t')),
                Self::FullStop => text == ".",
            }
    }
}

/// What can be mended in an issue, file by file.
pub fn fixes(project: &Project, issue: &Issue) -> Vec<Fix> {
    let allowances = Allowances::of(project, Some(issue));
    let mut files = Vec::new();
    let headlines = |language| [Text::subject(issue, language), Text::preheader(issue, language)];
    let texts: Vec<Text<'_>> = issue.languages.iter().flat_map(headlines).flatten().collect();
    files.push(Fix::of(project, issue.source(), &texts, &allowances));
    for snippet in issue.all_snippets() {
        let texts: Vec<Text<'_>> = Text::of_snippet(snippet).into_iter().chain(Text::of_notes(snippet)).collect();
        files.push(Fix::of(project, snippet.source(), &texts, &allowances));
    }
    let mut boilerplates: Vec<&Boilerplate> = issue.all_snippets().filter_map(|own| own.boilerplate.as_ref()).collect();
    boilerplates.sort_by_key(|boilerplate| &boilerplate.source().path);
    boilerplates.dedup_by_key(|boilerplate| &boilerplate.source().path);
    for boilerplate in boilerplates {
        files.push(Fix::of(project, boilerplate.source(), &Text::of_boilerplate(boilerplate), &allowances));
    }
    files.retain(|fix| !fix.changes.is_empty());
    files
}

impl Fix {
    fn of(project: &Project, source: &Source, texts: &[Text<'_>], allowances: &Allowances) -> Self {
        let mut changes: Vec<Change> = Vec::new();
        for text in texts {
            if !allowances.covers(&rule::DOUBLE_SPACE, &source.path) {
                let ranges = double_spaces(text.words()).into_iter().filter_map(|range| text.bytes(range));
                changes.extend(ranges.map(|range| Change { range, with: " ", what: Mended::DoubleSpace }));
            }
            let stop = full_stop(text.words()).filter(|_| text.part == Part::Title);
            if let Some(range) = stop.and_then(|at| text.bytes(at..at + 1))
                && !allowances.covers(&rule::TITLE_FULL_STOP, &source.path)
            {
                changes.push(Change { range, with: "", what: Mended::FullStop });
            }
            changes.extend(text.trailing().map(|range| Change { range, with: "", what: Mended::TrailingSpace }));
        }
        // whatever a place was taken for: nothing else than what is mended is ever changed
        changes.retain(|change| source.text.get(change.range.clone()).is_some_and(|text| change.what.stands_as(text)));
        changes.sort_by_key(|change| change.range.start);
        changes.dedup_by(|next, last| next.range.start < last.range.end);
        Self { shown: source.path.clone(), path: project.root.join(&source.path), text: source.text.clone(), changes }
    }

    /// What is mended, and how often.
    pub fn account(&self) -> Vec<(Mended, usize)> {
        let count = |what| self.changes.iter().filter(|change| change.what == what).count();
        let all = [Mended::DoubleSpace, Mended::TrailingSpace, Mended::FullStop];
        all.into_iter().map(|what| (what, count(what))).filter(|(_, count)| *count > 0).collect()
    }

    /// Mends the file, whole or not at all. `false` where it was changed meanwhile, and nothing is done.
    pub fn apply(&self) -> Result<bool> {
        // a link of the file system stays one: what it leads to is mended
        let path = self.path.canonicalize().map_err(Error::file("read", &self.shown))?;
        let raw = std::fs::read(&path).map_err(Error::file("read", &self.shown))?;
        let Ok(raw) = String::from_utf8(raw) else { return Ok(false) };
        if Source::new(&self.shown, &raw).text != self.text {
            return Ok(false);
        }
        output::write(&path, self.mended(&raw).as_bytes()).map(|()| true)
    }

    /// The file's text with its own line ends and its byte order mark, mended.
    fn mended(&self, raw: &str) -> String {
        let mark = raw.len() - raw.strip_prefix('\u{feff}').unwrap_or(raw).len();
        // a place in the text stands further down in the file by every `\r` that was taken out before it
        let returns = raw.match_indices("\r\n").enumerate().map(|(taken, (at, _))| at - mark - taken);
        let returns: Vec<usize> = returns.collect();
        let in_raw = |at: usize| at + mark + returns.partition_point(|found| *found < at);
        let mut out = String::with_capacity(raw.len());
        let mut copied = 0;
        for change in &self.changes {
            out.push_str(&raw[copied..in_raw(change.range.start)]);
            out.push_str(change.with);
            copied = in_raw(change.range.end);
        }
        out.push_str(&raw[copied..]);
        out
    }

    /// The change as a unified diff without context.
    pub fn diff(&self) -> String {
        let shown = self.shown.display();
        let mut out = format!("--- {shown}\n+++ {shown}\n");
        let mut changes = self.changes.iter().peekable();
        let mut begin = 0;
        for (index, line) in self.text.split_inclusive('\n').enumerate() {
            let end = begin + line.len();
            let mut mended = String::new();
            let mut copied = begin;
            while let Some(change) = changes.next_if(|change| change.range.start < end) {
                mended.push_str(&self.text[copied..change.range.start]);
                mended.push_str(change.with);
                copied = change.range.end;
            }
            if copied > begin {
                mended.push_str(&self.text[copied..end]);
                let number = index + 1;
                let (old, new) = (line.trim_end_matches('\n'), mended.trim_end_matches('\n'));
                out.push_str(&format!("@@ -{number} +{number} @@\n-{old}\n+{new}\n"));
            }
            begin = end;
        }
        out
    }
}
