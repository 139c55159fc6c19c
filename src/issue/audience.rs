//! Who gets a snippet: everybody, or those with a tag (`audience = "tag:press"`).

use serde::{Deserialize, Deserializer, de::Error as _};

/// The column of the list that holds a subscriber's tags, parted by spaces, commas or semicolons.
pub const TAGS: &str = "tags";

/// Those subscribers who have a tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Audience(String);

impl Audience {
    /// Those who have a tag: letters, digits, `-`, `_` and `.`; none where it is no such word.
    pub fn of(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_lowercase();
        (!tag.is_empty() && tag.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))).then_some(Self(tag))
    }

    /// The tag, in lower case.
    pub fn tag(&self) -> &str {
        &self.0
    }

    /// Whether somebody with these tags is one of them.
    pub fn has(&self, tags: &str) -> bool {
        tags.split([' ', ',', ';', '\t']).any(|tag| tag.to_lowercase() == self.0)
    }
}

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.strip_prefix("tag:")
            .and_then(Self::of)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is no audience; write one like \"tag:press\"")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_words_whatever_parts_them() {
        let press = Audience("press".to_owned());
        for tags in ["press", "Press", "school, press", "school;press", "a press b"] {
            assert!(press.has(tags), "{tags}");
        }
        assert!(!press.has("pressing") && !press.has(""));
    }
}
