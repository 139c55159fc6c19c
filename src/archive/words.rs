//! A page's texts -> the different words of it, in small letters, as the search compares them.

use std::collections::BTreeSet;

use crate::issue::Snippet;
use crate::issue::markdown::{Inline, walk};

/// How many different words of a page the search knows: more than an issue has, but for a book.
const MOST: usize = 5_000;

/// The different words of a page.
pub(super) struct Words {
    known: BTreeSet<String>,
    text: String,
}

impl Words {
    pub(super) fn new(title: &str) -> Self {
        let mut words = Self { known: BTreeSet::new(), text: String::new() };
        words.take(title);
        words
    }

    pub(super) fn add(&mut self, snippet: &Snippet) {
        self.take(&snippet.front.title);
        snippet.front.subtitle.iter().for_each(|subtitle| self.take(subtitle));
        walk(&snippet.body, &mut |inline| {
            if let Inline::Text(text) = inline {
                self.take(text);
            }
        });
    }

    fn take(&mut self, text: &str) {
        // short ones too: readers look for the EU, and every word of a question has to be found
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words.map(str::to_lowercase) {
            if self.known.len() < MOST && self.known.insert(word.clone()) {
                self.text.push(' ');
                self.text.push_str(&word);
            }
        }
    }

    pub(super) fn text(self) -> String {
        self.text.trim_start().to_owned()
    }
}
