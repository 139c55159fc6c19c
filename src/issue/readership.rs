//! Who gets a snippet: everybody, or those with a tag (`audience = "tag:press"`). And the parts of a readership for
//! which an edition differs: [`Readership`].

use serde::{Deserialize, Deserializer, de::Error as _};

use super::snippet::Snippet;

/// The column of the list that holds a subscriber's tags, parted by spaces, commas or semicolons.
pub const TAGS: &str = "tags";

/// How many tags one issue may ask for: each doubles the editions.
pub(super) const MOST: usize = 4;

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

/// The readers of an edition who see the same snippets: those who are of some audiences, and not of others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readership {
    of: Vec<Audience>,
    not_of: Vec<Audience>,
}

impl Readership {
    /// Every readership that these snippets make, those first who are of no audience.
    pub(super) fn all(snippets: &[&Snippet]) -> Vec<Self> {
        let mut audiences: Vec<&Audience> =
            snippets.iter().filter_map(|snippet| snippet.front.audience.as_ref()).collect();
        audiences.sort();
        audiences.dedup();
        audiences.truncate(MOST);
        let choose = |choice: usize| {
            let (mut of, mut not_of) = (Vec::new(), Vec::new());
            for (at, audience) in audiences.iter().enumerate() {
                if choice >> at & 1 == 1 { of.push((*audience).clone()) } else { not_of.push((*audience).clone()) }
            }
            Self { of, not_of }
        };
        (0..1_usize << audiences.len()).map(choose).collect()
    }

    /// Whether its readers see a snippet.
    pub fn sees(&self, snippet: &Snippet) -> bool {
        snippet.front.audience.as_ref().is_none_or(|audience| self.of.contains(audience))
    }

    /// Whether a reader with these tags belongs to it.
    pub fn holds(&self, tags: &str) -> bool {
        self.of.iter().all(|audience| audience.has(tags)) && !self.not_of.iter().any(|audience| audience.has(tags))
    }

    /// Whether it is those who are of no audience: the general public.
    pub fn is_public(&self) -> bool {
        self.of.is_empty()
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

    #[test]
    fn every_reader_belongs_to_one_readership() {
        let audience = |tag: &str| Audience(tag.to_owned());
        let (press, school) = (audience("press"), audience("school"));
        let readerships = [
            Readership { of: vec![], not_of: vec![press.clone(), school.clone()] },
            Readership { of: vec![press.clone()], not_of: vec![school.clone()] },
            Readership { of: vec![school.clone()], not_of: vec![press.clone()] },
            Readership { of: vec![press, school], not_of: vec![] },
        ];
        for tags in ["", "press", "school", "press school", "other"] {
            assert_eq!(readerships.iter().filter(|readership| readership.holds(tags)).count(), 1, "{tags}");
        }
    }
}
