//! Where the values of TOML stand in a file: a path of keys -> bytes.
//!
//! A look at the text alone cannot tell a title from a subtitle that says the same, or from a comment; the TOML can.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{RESERVED, Source};
use crate::diagnostic::Place;

/// A step from a table to one of its values, or from a list to one of its entries.
#[derive(Debug, Clone, Copy)]
pub enum Step<'k> {
    /// The value of a key.
    Key(&'k str),
    /// The entry with this number, from 0.
    Entry(usize),
}

/// The TOML of a source, with the place of every value.
#[derive(Debug)]
pub struct Values<'s> {
    source: &'s Source,
    /// Where the TOML begins in the source.
    start: usize,
    root: Option<Spanned<DeTable<'s>>>,
}

impl Source {
    /// The values of the TOML in a part of the text; none where that cannot be read.
    pub fn values(&self, range: Range<usize>) -> Values<'_> {
        let start = range.start;
        let root = self.text.get(range).and_then(|text| DeTable::parse(text).ok());
        Values { source: self, start, root }
    }
}

impl<'s> Values<'s> {
    /// The source.
    pub fn source(&self) -> &'s Source {
        self.source
    }

    /// The keys of a table, as they are written.
    pub fn keys(&self, path: &[Step<'_>]) -> Vec<&str> {
        let table = match path {
            [] => self.root.as_ref().map(Spanned::get_ref),
            path => self.find(path).and_then(|value| match value.get_ref() {
                DeValue::Table(table) => Some(table),
                _ => None,
            }),
        };
        table.into_iter().flat_map(DeTable::keys).map(|key| key.get_ref().as_ref()).collect()
    }

    /// Where a text begins, without its quotation marks, if its letters stand there one by one as they are read.
    pub fn letters(&self, path: &[Step<'_>]) -> Option<usize> {
        let value = self.find(path)?;
        let DeValue::String(text) = value.get_ref() else { return None };
        let bytes = self.bytes(value);
        let written = self.source.text.get(bytes.clone())?;
        let inner = ["\"\"\"", "'''", "\"", "'"]
            .iter()
            .find_map(|quote| Some((quote.len(), written.strip_prefix(quote)?.strip_suffix(quote)?)));
        let (quote, inner) = inner?;
        // a line's end right behind three quotation marks is none of the text's
        let skipped = usize::from(quote == 3 && inner.starts_with('\n'));
        (inner.get(skipped..)? == text.as_ref()).then_some(bytes.start + quote + skipped)
    }

    /// Where a value stands.
    pub fn place(&self, path: &[Step<'_>]) -> Option<Place> {
        self.find(path).map(|value| self.source.place(self.bytes(value)))
    }

    /// Where a text stands as a value, without its quotation marks; where it is no value, where its letters stand first.
    /// A comment that says the same is passed by.
    pub fn place_of_text(&self, text: &str) -> Place {
        fn within(value: &Spanned<DeValue<'_>>, text: &str) -> Option<Range<usize>> {
            let inner = |all: &mut dyn Iterator<Item = Range<usize>>| all.min_by_key(|found| found.start);
            match value.get_ref() {
                DeValue::String(own) => (own == text).then(|| value.span()),
                DeValue::Array(items) => inner(&mut items.iter().filter_map(|item| within(item, text))),
                DeValue::Table(table) => inner(&mut table.values().filter_map(|item| within(item, text))),
                _ => None,
            }
        }
        let all = self.root.iter().flat_map(|root| root.get_ref().values());
        let found = all.filter_map(|value| within(value, text)).min_by_key(|found| found.start);
        let Some(found) = found else { return self.source.place_of_text(text) };
        let begin = self.start + found.start;
        let written = self.source.text.get(begin..self.start + found.end).unwrap_or_default();
        let skipped = written.find(text).unwrap_or(0);
        self.source.place(begin + skipped..begin + skipped + text.len().min(written.len()))
    }

    fn bytes(&self, value: &Spanned<DeValue<'_>>) -> Range<usize> {
        let span = value.span();
        self.start + span.start..self.start + span.end
    }

    fn find(&self, path: &[Step<'_>]) -> Option<&Spanned<DeValue<'s>>> {
        let (first, rest) = path.split_first()?;
        let Step::Key(first) = first else { return None };
        let first = self.root.as_ref()?.get_ref().get(*first)?;
        rest.iter().try_fold(first, |value, step| match (value.get_ref(), step) {
            (DeValue::Table(table), Step::Key(key)) => table.get(*key),
            (DeValue::Array(array), Step::Entry(number)) => array.get(*number),
            _ => None,
        })
    }
}

/// Where in a TOML text a key or value holds a reserved character, written as it is or escaped.
pub(super) fn reserved(text: &str) -> Option<Range<usize>> {
    fn within(value: &Spanned<DeValue<'_>>) -> Option<Range<usize>> {
        match value.get_ref() {
            DeValue::String(text) => text.contains(RESERVED).then(|| value.span()),
            DeValue::Array(items) => items.iter().find_map(within),
            DeValue::Table(table) => in_table(table),
            _ => None,
        }
    }
    fn in_table(table: &DeTable<'_>) -> Option<Range<usize>> {
        table.iter().find_map(|(key, value)| {
            let named = key.get_ref().contains(RESERVED).then(|| key.span());
            named.or_else(|| within(value))
        })
    }
    if !text.contains(RESERVED) && !text.contains("\\u") && !text.contains("\\U") {
        return None;
    }
    in_table(DeTable::parse(text).ok()?.get_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_where_it_is_meant() {
        let text = "# title = \"a\"\nsubtitle = 'a'\ntitle = \"a\"\nnote = \"\"\"\na\nb\"\"\"\nodd = \"\\u0061\"\n\
                    links = [{ text = \"b\" }, { text = \"a\" }]\n";
        let source = Source::new("a.md", &format!("+++\n{text}+++\na\n"));
        let values = source.values(4..4 + text.len());
        let found = |path: &[Step<'_>]| values.letters(path).map(|at| source.place(at..at + 1).to_string());
        assert_eq!(found(&[Step::Key("title")]).as_deref(), Some("a.md:4:10"));
        assert_eq!(found(&[Step::Key("subtitle")]).as_deref(), Some("a.md:3:13"));
        assert_eq!(found(&[Step::Key("note")]).as_deref(), Some("a.md:6:1"));
        assert_eq!(found(&[Step::Key("odd")]), None);
        assert_eq!(found(&[Step::Key("links"), Step::Entry(1), Step::Key("text")]).as_deref(), Some("a.md:9:36"));
        assert_eq!(values.place(&[Step::Key("odd")]).map(|place| place.to_string()).as_deref(), Some("a.md:8:7"));
        for (text, place) in [("b", "a.md:9:20"), ("a", "a.md:3:13"), ("links", "a.md:9:1"), ("nobody", "a.md")] {
            assert_eq!(values.place_of_text(text).to_string(), place, "{text}");
        }
        assert_eq!(values.keys(&[]).len(), 5);
        assert!(source.values(0..8).keys(&[]).is_empty());
    }
}
