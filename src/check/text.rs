//! The texts that rules on words look into: a snippet's passages and the strings of its front matter, an issue's
//! subjects and preheaders. Each knows what it is and where in its file every word of it stands.

use std::ops::Range;

use crate::diagnostic::Place;
use crate::issue::{Boilerplate, Issue, OBJECT, Passage, Role, Snippet};
use crate::language::Language;
use crate::source::Step::{self, Entry, Key};
use crate::source::{Source, Values};

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
        let values = snippet.values();
        let mut texts = Vec::new();
        let mut add = |part, path: &[Step<'_>], text: &str| texts.push(Self::string(part, path, text, &values));
        add(Part::Title, &[Key("title")], &front.title);
        let optional = [
            (Part::Line, "subtitle", &front.subtitle),
            (Part::Label, "time", &front.time),
            (Part::Label, "place", &front.place),
            (Part::Label, "speaker", &front.speaker),
            (Part::Label, "function", &front.function),
            (Part::Line, "copyright", &front.copyright),
        ];
        for (part, key, text) in optional {
            if let Some(text) = text {
                add(part, &[Key(key)], text);
            }
        }
        if let Some(image) = &front.image {
            add(Part::Line, &[Key("image"), Key("alt")], &image.alt);
            image.caption.iter().for_each(|text| add(Part::Line, &[Key("image"), Key("caption")], text));
            image.credit.iter().for_each(|text| add(Part::Label, &[Key("image"), Key("credit")], text));
        }
        for (number, link) in front.links.iter().enumerate() {
            add(Part::Label, &[Key("links"), Entry(number), Key("text")], &link.text);
        }
        for (number, document) in front.documents.iter().enumerate() {
            let path = |key| [Key("documents"), Entry(number), Key(key)];
            add(Part::Label, &path("title"), &document.title);
            document.note.iter().for_each(|note| add(Part::Line, &path("note"), note));
        }
        for (number, quotation) in front.quotations.iter().enumerate() {
            add(Part::Line, &[Key("quotations"), Entry(number), Key("words")], &quotation.words);
        }
        texts.extend(snippet.passages().into_iter().map(|passage| Self::passage(passage, snippet.source())));
        texts
    }

    /// The texts of a press release's notes for editors.
    pub(super) fn of_notes(snippet: &'s Snippet) -> Vec<Self> {
        let source = snippet.source();
        let (passages, exact) = snippet.notes();
        let instead = || snippet.place_of("notes_for_editors");
        let text = |passage| Self { instead: (!exact).then(instead), ..Self::passage(passage, source) };
        passages.into_iter().map(text).collect()
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
        Self::headline(issue, Part::Subject, "subject", issue.manifest.subject.own(language), language)
    }

    /// The same of the preheader.
    pub(super) fn preheader(issue: &'s Issue, language: &Language) -> Option<Self> {
        Self::headline(issue, Part::Preheader, "preheader", issue.manifest.preheader.own(language), language)
    }

    fn headline(issue: &'s Issue, part: Part, key: &str, text: Option<&str>, language: &Language) -> Option<Self> {
        let text = text.filter(|text| !text.is_empty())?;
        let source = issue.source();
        let values = source.values(0..source.text.len());
        // one text for all languages, or a table with one for each
        let tags = values.keys(&[Key(key)]);
        let own =
            |wanted: &str| tags.iter().find(|tag| Language::parse(tag).is_some_and(|parsed| parsed.as_str() == wanted));
        Some(match own(language.as_str()).or_else(|| own(language.primary())) {
            Some(tag) => Self::string(part, &[Key(key), Key(tag)], text, &values),
            None => Self::string(part, &[Key(key)], text, &values),
        })
    }

    /// A string of TOML: found where it stands as it is read.
    fn string(part: Part, path: &[Step<'_>], text: &str, values: &Values<'s>) -> Self {
        let source = values.source();
        let found = values.letters(path);
        let instead = || values.place(path).unwrap_or_else(|| Place::file(source.path.clone()));
        let instead = if found.is_none() { Some(instead()) } else { None };
        Self { part, passage: Passage::line(text, found.unwrap_or(0)), source, instead }
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

    /// A part of the words as it is written in the source: with its code and merge fields, where that can be told.
    pub(super) fn written(&self, range: Range<usize>) -> String {
        let words = &self.words()[range.clone()];
        if !words.contains(OBJECT) {
            return words.to_owned();
        }
        let source = if self.instead.is_some() { None } else { self.source.text.get(self.passage.locate(range)) };
        source.map_or_else(|| words.replace('~', "").replace(OBJECT, "…"), str::to_owned)
    }

    /// Whether a mark is written with a backslash before it, so as to stand for itself; none where that cannot be told.
    pub(super) fn is_escaped(&self, mark: usize) -> Option<bool> {
        self.bytes(mark..mark + 1).map(|found| self.source.text[..found.start].ends_with('\\'))
    }

    /// Whether brackets are so written anywhere in the paragraph.
    pub(super) fn has_escaped_brackets(&self) -> bool {
        let begin = if self.instead.is_some() { usize::MAX } else { self.passage.locate(0..1).start };
        let paragraph = self.source.text.get(begin..).and_then(|text| text.split("\n\n").next()).unwrap_or_default();
        paragraph.contains("\\[") || paragraph.contains("\\]")
    }

    /// Where in the source white space stands at the end of its lines that means nothing.
    pub(super) fn trailing(&self) -> impl Iterator<Item = Range<usize>> {
        let known = if self.instead.is_some() { &[][..] } else { &self.passage.trailing };
        known.iter().cloned()
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
