//! The parts of an edition's readers for which it differs: [`Readership`].

use super::audience::Audience;
use super::snippet::Snippet;

/// How many tags one issue may ask for: each doubles the editions.
pub(super) const MOST: usize = 4;

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
    fn every_reader_belongs_to_one_readership() {
        let audience = |tag: &str| Audience::of(tag).unwrap();
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
