//! A command line in a test, split into words as a shell would: quotes, double quotes and backslashes count,
//! nothing is expanded.

/// Splits a command line.
#[track_caller]
pub(super) fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            (own, Some(open)) if own == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            ('\\', None | Some('"')) => {
                let escaped = characters.next().unwrap_or_else(|| panic!("nothing after the backslash in: {line}"));
                word.get_or_insert_default().push(escaped);
            }
            (space, None) if space.is_whitespace() => words.extend(word.take()),
            (other, _) => word.get_or_insert_default().push(other),
        }
    }
    assert!(quote.is_none(), "a quote is left open in: {line}");
    words.extend(word);
    words
}
