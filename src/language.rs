//! A language as files, columns and attributes name it: a BCP 47 tag in lower case ("fr", "nl-be").

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language tag, lower case, at least a primary subtag of two or three letters (RFC 5646).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// Reads a tag; `_` is taken for `-`, as locales are often written.
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
        let mut parts = tag.split('-');
        let primary = parts.next()?;
        let letters = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
        let rest = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        (letters && rest).then_some(Self(tag))
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary subtag: "nl" of "nl-be".
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// Which way it is written, as HTML's `dir` wants it.
    pub fn direction(&self) -> &'static str {
        match self.primary() {
            "ar" | "fa" | "he" | "ur" | "yi" | "ps" | "dv" | "ug" | "sd" | "ckb" => "rtl",
            _ => "ltr",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(tag: String) -> Result<Self, String> {
        Self::parse(&tag).ok_or_else(|| format!("`{tag}` is no language tag; write one like \"fr\", \"nl\" or \"en\""))
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_of_arabic_and_hebrew_letters_are_written_from_the_right() {
        let direction = |tag: &str| Language::parse(tag).unwrap().direction();
        for tag in ["ar", "ug", "sd", "ckb", "he", "fa-ir"] {
            assert_eq!(direction(tag), "rtl", "{tag}");
        }
        assert_eq!((direction("fr"), direction("ku")), ("ltr", "ltr"));
    }
}
