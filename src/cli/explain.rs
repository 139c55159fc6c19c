//! Errors and diagnostics -> the text that the officer reads, with its colours as ANSI codes.
//!
//! ```text
//! error: unknown key `subjet` [E101]
//!   at issues/2026-11/issue.toml:2:1
//!   2 | subjet = "Ferry back in service"
//!     | ^^^^^^
//! hint: did you mean `subject`?
//! ```
//!
//! Everything is readable without colour; `show` takes the codes away where nobody sees them. Control characters of
//! foreign texts are replaced, so that a list or a file name cannot write on the terminal.

use std::error::Error as _;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar;

use super::grammar::{Count, counts};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::error::Error;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const MESSAGE: Style = Style::new().bold();
const MARGIN: Style = Style::new().dimmed();

/// How many columns of a source line are shown; a longer one is cut around the place.
const WIDEST: usize = 72;

/// How many columns before the place are kept where a line is cut.
const BEFORE: usize = 32;

/// A whole error: its diagnostics, or its message, causes and hints.
pub(super) fn error(error: &Error) -> String {
    if !error.diagnostics().is_empty() {
        return diagnostics(error.diagnostics());
    }
    let mut out = headline(Severity::Error, &error.to_string());
    let mut cause = error.source();
    while let Some(because) = cause {
        let _ = writeln!(out, "{MARGIN}because{MARGIN:#}: {}", visible(&because.to_string()));
        cause = because.source();
    }
    hints(error.hints(), &mut out);
    out
}

/// Several diagnostics, an empty line between them, and how many there are at the end.
pub(super) fn diagnostics(found: &[Diagnostic]) -> String {
    let mut out = found.iter().map(diagnostic).collect::<Vec<_>>().join("\n");
    if found.len() > 1 {
        let _ = write!(out, "\n{}\n", tally(found));
    }
    out
}

/// How many errors and warnings there are: `2 errors, 1 warning`.
pub(super) fn tally(found: &[Diagnostic]) -> String {
    let errors = found.iter().filter(|diagnostic| diagnostic.is_error()).count();
    counts(&[Count::of(errors, "error"), Count::of(found.len() - errors, "warning")])
}

/// One diagnostic.
pub(super) fn diagnostic(diagnostic: &Diagnostic) -> String {
    let mut out = headline(diagnostic.severity, &diagnostic.message);
    if let Some(rule) = diagnostic.rule {
        out.truncate(out.trim_end().len());
        let _ = writeln!(out, " {MARGIN}[{}]{MARGIN:#}", rule.code);
    }
    if let Some(place) = &diagnostic.place {
        let _ = writeln!(out, "  {MARGIN}at{MARGIN:#} {}", visible(&place.to_string()).replace('\n', "\u{fffd}"));
        quote(place, diagnostic.severity, &mut out);
    }
    hints(diagnostic.hints.iter().map(String::as_str), &mut out);
    out
}

fn headline(severity: Severity, message: &str) -> String {
    let style = style_of(severity);
    format!("{style}{severity}{style:#}{MESSAGE}: {}{MESSAGE:#}\n", visible(message))
}

fn style_of(severity: Severity) -> Style {
    match severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
    }
}

fn hints<'h>(hints: impl IntoIterator<Item = &'h str>, out: &mut String) {
    for hint in hints {
        out.push_str(&self::hint(hint));
    }
}

/// What to do next.
pub(super) fn hint(hint: &str) -> String {
    format!("{HINT}hint{HINT:#}: {}\n", visible(hint))
}

/// The source line with its place underlined.
fn quote(place: &Place, severity: Severity, out: &mut String) {
    let Some(source) = place.source.as_deref().filter(|source| place.line > 0 && !source.trim().is_empty()) else {
        return;
    };
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let (line, before, width) = window(source, place.column.saturating_sub(1), place.width);
    let _ = writeln!(out, "  {MARGIN}{number} |{MARGIN:#} {line}");
    if place.column > 0 {
        let style = style_of(severity);
        let (space, mark) = (" ".repeat(before), "^".repeat(width));
        let _ = writeln!(out, "  {MARGIN}{margin} |{MARGIN:#} {space}{style}{mark}{style:#}");
    }
}

/// A line, cut around `at..at + width` (characters) where it is long; and the columns before the place, and of it.
fn window(source: &str, at: usize, width: usize) -> (String, usize, usize) {
    let characters: Vec<String> = source.trim_end().chars().map(shown).collect();
    let columns = |range: &[String]| range.iter().flat_map(|text| text.chars()).map(|c| c.width().unwrap_or(0)).sum();
    let whole: usize = columns(&characters);
    let at = at.min(characters.len());
    let mut start = if whole > WIDEST { at } else { 0 };
    let mut kept = 0;
    while start > 0 && kept < BEFORE {
        start -= 1;
        kept += columns(&characters[start..=start]);
    }
    let mut end = start;
    let mut used = 0;
    while end < characters.len() && (whole <= WIDEST || used < WIDEST) {
        used += columns(&characters[end..=end]);
        end += 1;
    }
    let left = if start > 0 { "… " } else { "" };
    let right = if end < characters.len() { " …" } else { "" };
    let line = format!("{left}{}{right}", characters[start..end].concat());
    let marked = &characters[at.min(end)..(at + width).clamp(at.min(end), end)];
    (line, left.chars().count() + columns(&characters[start..at]), columns(marked).max(1))
}

/// A text without control characters, that no terminal obeys.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c.to_string() } else { shown(c) }).collect()
}

fn shown(character: char) -> String {
    match character {
        '\t' => "    ".to_owned(),
        // the marks that turn the direction of a text could make a line read as another one
        control if control.is_control() || matches!(control, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
            '\u{fffd}'.to_string()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_place_is_underlined_where_it_stands() {
        let source = Source::new("a.toml", "a = 1\n\tnaïve = 漢字\n");
        let found = Diagnostic::error("odd").at(source.place(16..22)).hint("look");
        assert_eq!(
            plain(&diagnostic(&found)),
            "error: odd\n  at a.toml:2:10\n  2 |     naïve = 漢字\n    |             ^^^^\nhint: look\n"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_its_place() {
        let source = Source::new("a.toml", &format!("{}here{}", "x".repeat(200), "y".repeat(200)));
        let found = plain(&diagnostic(&Diagnostic::warning("odd").at(source.place(200..204))));
        let lines: Vec<&str> = found.lines().collect();
        assert_eq!(lines[2], format!("  1 | … {}here{} …", "x".repeat(32), "y".repeat(36)));
        assert_eq!(lines[3], format!("    |   {}^^^^", " ".repeat(32)));
    }

    #[test]
    fn foreign_texts_cannot_write_on_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
