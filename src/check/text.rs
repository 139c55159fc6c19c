//! The texts that rules on words look into: a snippet's passages and the strings of its front matter, an issue's
//! subjects and preheaders. Each knows what it is and where in its file every word of it stands.

use std::ops::Range;

use crate::diagnostic::Place;
use crate::issue::{Boilerplate, Issue, Passage, Role, Snippet};
use crate::language::Language;
use crate::source::Source;

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A subject.
    Subject,
    /// What an inbox shows behind it.
    Preheader,
    /// A snippet's title.
    Title,
    /// A sentence or two of the front matter: a caption, a note, somebody's words.
    Line,
    /// A name, a place, hours, a link's text: words that are no sentence.
    Label,
    /// A paragraph of a body.
    Paragraph,
    /// A heading of a body.
    Heading,
    /// A cell of a table.
    Cell,
}

/// A text that somebody reads in one go.
pub(super) struct Text<'s> {
    /// What it is.
    pub(super) part: Part,
    /// Its words.
    pub(super) passage: Passage,
    source: &'s Source,
    /// Where it stands as a whole, where it is not in the file letter by letter.
    instead: Option<Place>,
}

impl<'s> Text<'s> {
    /// The texts of a snippet: its front matter's strings, then its body.
    pub(super) fn of_snippet(snippet: &'s Snippet) -> Vec<Self> {
        let front = &snippet.front;
        let mut texts = Vec::new();
        let mut add = |part, key: &str, text: &str| {
            texts.push(Self::string(part, key, text, snippet.source(), snippet.front_text()));
        };
        add(Part::Title, "title", &front.title);
        let image = front.image.as_ref();
        let optional = [
            (Part::Line, "subtitle", &front.subtitle),
            (Part::Label, "time", &front.time),
            (Part::Label, "place", &front.place),
            (Part::Label, "speaker", &front.speaker),
            (Part::Label, "function", &front.function),
            (Part::Line, "copyright", &front.copyright),
            (Part::Line, "image", &image.map(|image| image.alt.clone())),
            (Part::Line, "image", &image.and_then(|image| image.caption.clone())),
            (Part::Label, "image", &image.and_then(|image| image.credit.clone())),
        ];
        for (part, key, text) in optional {
            if let Some(text) = text {
                add(part, key, text);
            }
        }
        for link in &front.links {
            add(Part::Label, "links", &link.text);
        }
        for document in &front.documents {
            add(Part::Label, "documents", &document.title);
            document.note.iter().for_each(|note| add(Part::Line, "documents", note));
        }
        for quotation in &front.quotations {
            add(Part::Line, "words", &quotation.words);
        }
        texts.extend(snippet.passages().into_iter().map(|passage| Self::passage(passage, snippet.source())));
        texts
    }

    /// The texts of a boilerplate.
    pub(super) fn of_boilerplate(boilerplate: &'s Boilerplate) -> Vec<Self> {
        boilerplate.passages().into_iter().map(|passage| Self::passage(passage, boilerplate.source())).collect()
    }

    fn passage(passage: Passage, source: &'s Source) -> Self {
        let part = match passage.role {
            Role::Paragraph => Part::Paragraph,
            Role::Heading(_) => Part::Heading,
            Role::Cell => Part::Cell,
        };
        Self { part, passage, source, instead: None }
    }

    /// An issue's subject in a language; none where it is another language's.
    pub(super) fn subject(issue: &'s Issue, language: &Language) -> Option<Self> {
        Self::headline(issue, Part::Subject, "subject", issue.manifest.subject.own(language))
    }

    /// The same of the preheader.
    pub(super) fn preheader(issue: &'s Issue, language: &Language) -> Option<Self> {
        Self::headline(issue, Part::Preheader, "preheader", issue.manifest.preheader.own(language))
    }

    fn headline(issue: &'s Issue, part: Part, key: &str, text: Option<&str>) -> Option<Self> {
        let text = text.filter(|text| !text.is_empty())?;
        Some(Self::string(part, key, text, issue.source(), &issue.source().text))
    }

    /// A string of TOML: found where it stands between quotation marks as it is.
    fn string(part: Part, key: &str, text: &str, source: &'s Source, within: &str) -> Self {
        let found = ['"', '\''].iter().find_map(|quote| within.find(&format!("{quote}{text}{quote}")));
        let instead = if found.is_none() { Some(source.place_of_key(key)) } else { None };
        Self { part, passage: Passage::line(text, found.map_or(0, |at| at + 1)), source, instead }
    }

    /// The words.
    pub(super) fn words(&self) -> &str {
        &self.passage.text
    }

    /// Whether it stands in a body.
    pub(super) fn is_body(&self) -> bool {
        matches!(self.part, Part::Paragraph | Part::Heading | Part::Cell)
    }

    /// Where a part of the words stands.
    pub(super) fn place(&self, range: Range<usize>) -> Place {
        match &self.instead {
            Some(place) => place.clone(),
            None => self.source.place(self.passage.locate(range)),
        }
    }

    /// Where the whole text stands.
    pub(super) fn whole(&self) -> Place {
        self.place(0..self.words().len())
    }

    /// The bytes of the source that are this part of the words, letter by letter.
    pub(super) fn bytes(&self, range: Range<usize>) -> Option<Range<usize>> {
        if self.instead.is_some() { None } else { self.passage.locate_exactly(range) }
    }
}

/// The words of a text with where they stand: letters and digits, with apostrophes and hyphens between them.
pub(super) fn words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-');
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(is_word)?;
        let end = text[start..].find(|c| !is_word(c)).map_or(text.len(), |at| start + at);
        rest = end;
        Some((start..end, &text[start..end]))
    })
}
