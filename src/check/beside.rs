//! What stands on a press release's page beside its text: the text on the organisation that ends it, and the notes for
//! editors. Both are looked at like a snippet's text; what is told of the first is told once, however many releases
//! share it.

use super::fields::Readers;
use super::text::Text;
use super::{fields, language, links, pictures, structure, unread, words};
use crate::diagnostic::{Diagnostic, Place};
use crate::issue::markdown::Document;
use crate::issue::{Snippet, place_of_field};
use crate::source::Source;

/// What there is to say about a release's boilerplate.
pub(super) fn boilerplate(snippet: &Snippet, columns: &[String]) -> Vec<Diagnostic> {
    let Some(boilerplate) = &snippet.boilerplate else { return Vec::new() };
    let texts = Text::of_boilerplate(boilerplate);
    let (html, source) = (snippet.front.raw_html, boilerplate.source());
    let mut found = in_text(&boilerplate.text, source, html, columns);
    in_passages(&texts, columns, &mut found);
    found.extend(
        fields::for_nobody(&boilerplate.text, "a boilerplate has")
            .map(|(field, finding)| finding.at(place_of_field(source, 0, field))),
    );
    found.extend(language::other(snippet.lang.primary(), &texts).map(|(tag, finding)| {
        let name = snippet.front.boilerplate.as_deref().unwrap_or_default();
        finding
            .at(Place::file(&source.path))
            .hint(format!("name it `{name}.{tag}.md`, and write `{name}.{}.md` beside it", snippet.lang))
    }));
    found
}

/// What there is to say about a release's notes for editors.
pub(super) fn notes(snippet: &Snippet, columns: &[String]) -> Vec<Diagnostic> {
    let Some(notes) = &snippet.press.notes else { return Vec::new() };
    let mut found = in_text(notes, snippet.source(), snippet.front.raw_html, columns);
    found.extend(
        fields::for_nobody(notes, "notes for editors have")
            .map(|(field, finding)| finding.at(place_of_field(snippet.source(), 0, field))),
    );
    if !snippet.press.notes_in_lines {
        // the tree counts lines from the notes' own beginning
        let place = snippet.place_of("notes_for_editors");
        for finding in &mut found {
            finding.place = Some(place.clone());
        }
    }
    in_passages(&Text::of_notes(snippet), columns, &mut found);
    found
}

fn in_text(text: &Document, source: &Source, html: bool, columns: &[String]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    structure::in_text(text, source, html, &mut found);
    pictures::in_text(text, &mut found);
    let mut targets = Vec::new();
    links::in_text(text, &mut targets);
    links::look_at(&targets, &mut found);
    fields::one_brace_in_links((&targets, Readers::Everyone), columns, &mut found);
    found
}

fn in_passages(texts: &[Text<'_>], columns: &[String], found: &mut Vec<Diagnostic>) {
    structure::passages(texts, found);
    unread::look(texts, found);
    words::look(texts, found);
    fields::one_brace((texts, Readers::Everyone), columns, found);
}
