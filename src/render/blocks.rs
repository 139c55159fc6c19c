//! The blocks of a template that are opened and never closed: what the template library reports at the file's end.

use std::ops::Range;

/// Where the first block that nobody closes opens, and its name (`if`).
pub(super) fn unclosed(template: &str) -> Option<(Range<usize>, &str)> {
    let mut open: Vec<(Range<usize>, &str)> = Vec::new();
    let mut at = 0;
    while let Some(start) = template[at..].find("{{").map(|found| at + found) {
        let inner = template[start..].trim_start_matches('{');
        let (skip, close) = if inner.starts_with("!--") { (3, "--}}") } else { (0, "}}") };
        let from = template.len() - inner.len() + skip;
        let end = template[from..].find(close).map_or(template.len(), |found| from + found + close.len());
        let word = inner.trim_start_matches('~');
        if let Some(block) = word.strip_prefix('#') {
            open.push((start..end, name(block)));
        } else if let Some(block) = word.strip_prefix('/') {
            // what closes the wrong block closes those within it as well: the place is then where the error began
            if let Some(index) = open.iter().rposition(|(_, opened)| *opened == name(block)) {
                if index + 1 < open.len() {
                    return open.into_iter().nth(index + 1);
                }
                open.truncate(index);
            }
        }
        at = end;
    }
    open.into_iter().next_back()
}

fn name(block: &str) -> &str {
    let block = block.trim_start_matches(['>', '*', ' ']);
    block.split(|c: char| c.is_whitespace() || c == '}' || c == '~').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_that_nobody_closes_is_found() {
        let found = |text| unclosed(text).map(|(range, name)| (range.start, name));
        assert_eq!(found("{{#if a}}{{#each b}}{{this}}{{/each}}{{/if}}"), None);
        assert_eq!(found("ab{{#if a}} c"), Some((2, "if")));
        assert_eq!(found("{{#if a}}{{#each b}}{{/if}}"), Some((9, "each")));
        assert_eq!(found("{{!-- {{#if a}} --}}{{~#if b~}}{{~/if~}}"), None);
        assert_eq!(found("{{#> page}}x{{/page}}{{{raw}}}{{ open"), None);
    }
}
