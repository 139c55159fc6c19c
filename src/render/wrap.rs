//! Words -> lines no longer than a width.

use textwrap::{Options, WordSplitter, WrapAlgorithm};

/// Wraps words at a width; line breaks that were meant stay.
pub(super) fn wrap(words: &str, width: usize) -> String {
    let options = Options::new(width.max(20))
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    words.lines().map(|line| textwrap::fill(line.trim(), &options)).collect::<Vec<_>>().join("\n")
}
