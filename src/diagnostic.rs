//! What is wrong, where, and how to mend it: the language in which every room speaks of trouble.
//!
//! A [`Diagnostic`] is made wherever something the officer wrote is found wanting, and shown by `cli/` (or the
//! preview). It carries its own source line, so that nobody needs to read the file again to show it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::rule::Rule;
pub use crate::rule::Severity;

/// A position in a file: line and column count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, as the officer would name it: relative to the project where it lies inside.
    pub path: PathBuf,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// How many characters are meant, at least 1.
    pub width: usize,
    /// The line's text, without its end.
    pub source: Option<String>,
}

impl Place {
    /// A file as a whole.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), line: 0, column: 0, width: 1, source: None }
    }

    /// A line of a file, where no column is known.
    pub fn line(path: impl Into<PathBuf>, line: usize) -> Self {
        Self { line, ..Self::file(path) }
    }

    /// The same place with its path shown relative to `root`, where it lies inside.
    #[must_use]
    pub fn relative_to(mut self, root: &Path) -> Self {
        if let Ok(inside) = self.path.strip_prefix(root) {
            self.path = inside.to_owned();
        }
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        Ok(())
    }
}

/// One finding: what is wrong, where, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// The rule that is not kept, with its code and name; none where the machine is at fault and not the text.
    #[serde(flatten)]
    pub rule: Option<&'static Rule>,
    /// What happened: lower case, no full stop, literals in backticks.
    pub message: String,
    /// Where, if there is a place.
    pub place: Option<Place>,
    /// What to do next, each a command or an edit.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// A rule that is not kept: what happened in this very case.
    pub fn of(rule: &'static Rule, message: impl Into<String>) -> Self {
        let (severity, rule) = (rule.severity, Some(rule));
        Self { severity, rule, message: message.into(), place: None, hints: Vec::new() }
    }

    /// Something that must be mended before the issue can go out, under no rule of ours.
    pub fn error(message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, rule: None, message: message.into(), place: None, hints: Vec::new() }
    }

    /// Something that the officer would want to know, under no rule of ours.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Whether it is this rule that is not kept.
    pub fn is(&self, rule: &Rule) -> bool {
        self.rule == Some(rule)
    }

    /// Whether it must be mended before the issue can go out.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// The known word nearest to a mistyped one, where one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len().max(word.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
