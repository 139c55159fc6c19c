//! What the officer would want to know before an issue goes out.
//!
//! Issue -> diagnostics, each with its rule, file, line and column. What cannot be sent at all is found when the issue
//! is opened; here are unknown merge fields, and the warnings. Each file looks for one family of rules; what a rule is
//! about stands in [`rule`](crate::rule). Findings that the officer allows are taken out by [`Allowances`], whoever
//! made them.

mod allow;
mod beside;
mod dates;
mod editions;
mod fields;
mod fix;
mod headline;
mod kinds;
mod language;
mod links;
mod pictures;
mod reach;
mod sender;
mod size;
mod structure;
mod text;
mod unread;
mod url;
mod words;

pub use allow::Allowances;
pub use fields::{OpenField, open_fields};
pub use fix::{Fix, Mended, fixes};
pub use reach::{Reach, Reached};
pub use size::{CLIPPED, Shown, rendering};

use self::fields::Readers;
use self::text::Text;
use crate::diagnostic::Diagnostic;
use crate::issue::{Issue, Snippet};
use crate::project::Project;

/// Everything there is to say about an issue. `fields` are the merge fields there are.
pub fn issue(project: &Project, issue: &Issue, fields: &[String]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    headline::look(issue, fields, &mut found);
    editions::look(issue, &mut found);
    for snippet in issue.all_snippets() {
        let mut own = self::snippet(snippet, fields);
        let texts: Vec<Text<'_>> = Text::of_snippet(snippet).into_iter().chain(Text::of_notes(snippet)).collect();
        dates::look(issue, snippet, &texts, &mut own);
        links::unreached(project, snippet, &mut own);
        own.sort_by_key(|found| {
            let place = found.place.as_ref();
            place.map(|place| (place.path != snippet.path(), place.line, place.column))
        });
        // what stands in a boilerplate that several releases share is told once
        found.extend(few(own).into_iter().filter(|own| !found.contains(own)).collect::<Vec<_>>());
    }
    links::alike(issue, &mut found);
    sender::look(project, issue, &mut found);
    found
}

/// What there is to say about a snippet by itself, wherever it stands.
pub fn snippet(snippet: &Snippet, fields: &[String]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let texts = Text::of_snippet(snippet);
    fields::look(snippet, fields, &mut found);
    fields::one_brace((&texts, Readers::Subscribers), fields, &mut found);
    fields::one_brace_in_links((&links::targets(snippet), Readers::Subscribers), fields, &mut found);
    structure::look(snippet, &texts, &mut found);
    pictures::look(snippet, &mut found);
    links::look(snippet, &mut found);
    unread::look(&texts, &mut found);
    kinds::look(snippet, &mut found);
    words::look(&texts, &mut found);
    language::look(snippet, &texts, &mut found);
    found.extend(beside::notes(snippet, fields));
    found.extend(beside::boilerplate(snippet, fields));
    found
}

/// How often one rule is told of one snippet.
const ENOUGH: usize = 10;

/// The findings, of each rule no more than an officer reads; the last one says how many there are more.
fn few(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<(Diagnostic, usize)> = Vec::new();
    for diagnostic in found {
        let mut alike = kept.iter_mut().filter(|(other, _)| other.rule == diagnostic.rule);
        match alike.nth(ENOUGH - 1) {
            Some((_, more)) => *more += 1,
            None => kept.push((diagnostic, 0)),
        }
    }
    let told = |(diagnostic, more): (Diagnostic, usize)| match more {
        0 => diagnostic,
        _ => diagnostic.hint(format!("{more} more like this stand in the snippet")),
    };
    kept.into_iter().map(told).collect()
}
