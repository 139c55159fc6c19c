//! Merge fields: `{{ first_name }}` and `{{ first_name "chers amis" }}`, filled for each subscriber.
//!
//! A [`MergeText`] is a text with such fields still open. It is what subjects, link targets and, at the end of the
//! way, whole renderings are made of.

use super::percent::segment;
use crate::diagnostic::Place;
use crate::source::Source;

/// The name of the field that is filled with the reader's token. No column can have it, and nobody can write it in a
/// text: it has a space.
pub const READER_TOKEN: &str = "reader token";

/// A field that is filled for each subscriber, with what stands there when the subscriber has none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MergeField {
    /// The column's name.
    pub name: String,
    /// What is written where the column is empty.
    pub fallback: Option<String>,
    /// Whether it stands in a link's address, where its value is percent-encoded.
    pub in_url: bool,
}

/// A piece of a text with merge fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The same for everyone.
    Text(String),
    /// Filled for each.
    Field(MergeField),
}

/// A text with merge fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeText(pub Vec<Piece>);

/// What is wrong with a merge field, and where in the text it stands (bytes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeError {
    /// Where it begins.
    pub at: usize,
    /// How long it is.
    pub len: usize,
    /// What is wrong.
    pub message: String,
}

impl MergeText {
    /// Reads a text.
    pub fn parse(text: &str) -> Result<Self, MergeError> {
        let mut pieces = Vec::new();
        let mut rest = 0;
        while let Some(open) = text[rest..].find("{{").map(|at| rest + at) {
            let wrong = |len, message: String| MergeError { at: open, len, message };
            let (inner, end) = field_end(text, open + 2)
                .ok_or_else(|| wrong(2, "a merge field opens with `{{`, but does not close with `}}`".to_owned()))?;
            let field = MergeField::parse(inner).map_err(|message| wrong(end - open, message))?;
            if open > rest {
                pieces.push(Piece::Text(text[rest..open].to_owned()));
            }
            pieces.push(Piece::Field(field));
            rest = end;
        }
        if rest < text.len() {
            pieces.push(Piece::Text(text[rest..].to_owned()));
        }
        Ok(Self(pieces))
    }

    /// The same, as a link's address: values will be percent-encoded.
    #[must_use]
    pub fn in_url(mut self) -> Self {
        for piece in &mut self.0 {
            if let Piece::Field(field) = piece {
                field.in_url = true;
            }
        }
        self
    }

    /// A link's address that ends in the reader's token, with what comes behind it.
    pub fn with_token(before: String, behind: String) -> Self {
        let field = MergeField { name: READER_TOKEN.to_owned(), fallback: Some("sample".to_owned()), in_url: true };
        Self(vec![Piece::Text(before), Piece::Field(field), Piece::Text(behind)])
    }

    /// The fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &MergeField> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Field(field) => Some(field),
            Piece::Text(_) => None,
        })
    }

    /// The text with its fields filled; `fill` gives a subscriber's value, if any.
    pub fn fill<'v>(&'v self, mut fill: impl FnMut(&'v MergeField) -> &'v str) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Field(field) => out.push_str(fill(field)),
            }
        }
        out
    }

    /// The text with each field shown as its fallback, or as its name in brackets: for lists and summaries.
    pub fn sample(&self) -> String {
        self.shown(|field| match &field.fallback {
            Some(fallback) => fallback.clone(),
            None => format!("[{}]", field.name),
        })
    }

    /// The text as everybody may see it: each field is its fallback, nothing where it has none. `write` makes a
    /// fallback fit for where it stands.
    pub fn for_everyone(&self, write: impl Fn(&str) -> String) -> String {
        self.shown(|field| {
            let fallback = field.fallback.as_deref().unwrap_or_default();
            if field.in_url { segment(fallback) } else { write(fallback) }
        })
    }

    fn shown(&self, show: impl Fn(&MergeField) -> String) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Field(field) => show(field),
        };
        self.0.iter().map(piece).collect()
    }
}

/// Where a merge field stands first in a source from a byte on; before it, where it does not stand behind.
pub fn place_of(source: &Source, from: usize, name: &str) -> Place {
    let first = |fields: &[&str], start: usize| {
        let text = source.text.get(start..).unwrap_or_default();
        fields.iter().find_map(|field| Some((start + text.find(field)?, field.len())))
    };
    let braces = [format!("{{{{ {name}"), format!("{{{{{name}")];
    let braces = braces.each_ref().map(String::as_str);
    // with other spaces in it, its name alone is found
    let found = first(&braces, from).or_else(|| first(&braces, 0));
    match found.or_else(|| first(&[name], from)).or_else(|| first(&[name], 0)) {
        Some((at, length)) => source.place(at..at + length),
        None => Place::file(&source.path),
    }
}

/// The text between `{{` and `}}` and where the field ends; a `}}` within quotation marks does not end it.
fn field_end(text: &str, start: usize) -> Option<(&str, usize)> {
    let mut quoted = false;
    for (at, character) in text[start..].char_indices() {
        match character {
            '"' => quoted = !quoted,
            '}' if !quoted && text[start + at..].starts_with("}}") => {
                return Some((&text[start..start + at], start + at + 2));
            }
            '\n' if !quoted => return None,
            _ => {}
        }
    }
    None
}

impl MergeField {
    fn parse(inner: &str) -> Result<Self, String> {
        let inner = inner.trim();
        let (name, fallback) = match inner.split_once('"') {
            None => (inner, None),
            Some((name, rest)) => {
                let fallback = rest
                    .strip_suffix('"')
                    .filter(|fallback| !fallback.contains('"'))
                    .ok_or("a merge field takes one fallback, in double quotation marks")?;
                (name.trim_end(), Some(fallback.to_owned()))
            }
        };
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(format!("`{{{{ {inner} }}}}` is no merge field: write `{{{{ first_name \"friends\" }}}}`"));
        }
        Ok(Self { name: name.to_owned(), fallback, in_url: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_with_their_fallback() {
        let text = MergeText::parse("Bonjour {{ first_name \"chers }} amis\" }}, voici {{lang}}").unwrap();
        let fields: Vec<_> = text.fields().map(|f| (f.name.as_str(), f.fallback.as_deref())).collect();
        assert_eq!(fields, [("first_name", Some("chers }} amis")), ("lang", None)]);
        assert_eq!(text.sample(), "Bonjour chers }} amis, voici [lang]");
    }

    #[test]
    fn what_is_no_field_says_so() {
        assert_eq!(MergeText::parse("ab {{ cd").unwrap_err().at, 3);
        assert!(MergeText::parse("{{ a b }}").unwrap_err().message.contains("no merge field"));
        assert!(MergeText::parse("{{ a \"b\" c }}").is_err());
        assert!(MergeText::parse("{{}}").is_err());
    }
}
