//! A PDF, read by poppler: its text, its fonts, its paper.

use std::path::Path;
use std::process::Command;

/// A font in a PDF.
#[derive(Debug)]
pub struct Font {
    /// Its name.
    pub name: String,
    /// Whether its glyphs are in the file.
    pub embedded: bool,
}

/// What stands on the pages.
#[track_caller]
#[must_use]
pub fn text(path: &Path) -> String {
    run(Command::new("pdftotext").arg(path).arg("-"))
}

/// Every font that the pages use.
#[track_caller]
#[must_use]
pub fn fonts(path: &Path) -> Vec<Font> {
    let listed = run(Command::new("pdffonts").arg(path));
    let font = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        // name, type in one or two words, encoding, emb, sub, uni, object, generation
        let embedded = words.len().checked_sub(5).map(|at| words[at] == "yes")?;
        Some(Font { name: words[0].to_owned(), embedded })
    };
    listed.lines().skip(2).filter_map(font).collect()
}

/// The paper's name.
#[track_caller]
#[must_use]
pub fn page_size(path: &Path) -> String {
    let told = run(Command::new("pdfinfo").arg(path));
    let line = told.lines().find(|line| line.starts_with("Page size:")).unwrap_or_default();
    line.rsplit_once('(').map_or(line, |(_, name)| name.trim_end_matches(')')).to_owned()
}

#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
