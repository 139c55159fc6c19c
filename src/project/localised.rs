//! A text that may differ per language: a plain string, or a table by language.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::language::Language;

/// `name = "…"` for every language, or `name.fr = "…"`, `name.nl = "…"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a text, or a text for each language (`fr = \"…\"`)")]
pub enum Localised {
    /// The same in every language.
    Same(String),
    /// One each.
    Each(BTreeMap<Language, String>),
}

impl Localised {
    /// The text for a language: its own, else its primary language's, else the default's, else the first there is.
    pub fn get(&self, language: &Language, default: &Language) -> &str {
        match self {
            Self::Same(text) => text,
            Self::Each(texts) => self
                .own(language)
                .or_else(|| texts.get(default).map(String::as_str))
                .or_else(|| texts.values().next().map(String::as_str))
                .unwrap_or_default(),
        }
    }

    /// The text written for this very language, or for all.
    pub fn own(&self, language: &Language) -> Option<&str> {
        match self {
            Self::Same(text) => Some(text),
            Self::Each(texts) => texts
                .get(language)
                .or_else(|| texts.iter().find(|(tag, _)| tag.as_str() == language.primary()).map(|(_, text)| text))
                .map(String::as_str),
        }
    }
}

impl Default for Localised {
    fn default() -> Self {
        Self::Same(String::new())
    }
}
