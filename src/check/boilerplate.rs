//! The text on the organisation that ends a press release: looked at like a snippet's, and told once, however many
//! releases share it.

use super::text::Text;
use super::{fields, language, links, pictures, structure, words};
use crate::diagnostic::{Diagnostic, Place};
use crate::issue::Snippet;

/// What there is to say about a release's boilerplate.
pub(super) fn look(snippet: &Snippet, columns: &[String]) -> Vec<Diagnostic> {
    let Some(boilerplate) = &snippet.boilerplate else { return Vec::new() };
    let (texts, mut found) = (Text::of_boilerplate(boilerplate), Vec::new());
    structure::in_text(&boilerplate.text, boilerplate.source(), snippet.front.raw_html, &mut found);
    structure::passages(&texts, &mut found);
    pictures::in_text(&boilerplate.text, &mut found);
    let mut targets = Vec::new();
    links::in_text(&boilerplate.text, &mut targets);
    links::look_at(&targets, &mut found);
    words::look(&texts, &mut found);
    fields::one_brace(&texts, columns, &mut found);
    fields::one_brace_in_links(&targets, columns, &mut found);
    found.extend(fields::in_boilerplate(boilerplate));
    found.extend(language::other(snippet.lang.primary(), &texts).map(|(tag, finding)| {
        let name = snippet.front.boilerplate.as_deref().unwrap_or_default();
        finding
            .at(Place::file(&boilerplate.source().path))
            .hint(format!("name it `{name}.{tag}.md`, and write `{name}.{}.md` beside it", snippet.lang))
    }));
    found
}
