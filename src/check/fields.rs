//! Merge fields: those that the list does not have, those that stand where none is filled in, and those that have
//! nothing to write where a subscriber has nothing; and what was meant as one.

use std::ops::Range;

use super::links::Target;
use super::text::{Part, Text};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::issue::markdown::{Document, Inline, walk};
use crate::issue::{Issue, MergeField, MergeText, Snippet};
use crate::language::Language;
use crate::rule;

/// A merge field without a fallback, in one edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenField {
    /// The edition's language.
    pub language: Language,
    /// The column's name.
    pub name: String,
    /// Where it stands first.
    pub place: Place,
}

/// The merge fields of an issue that leave a gap where a subscriber has no value: each once an edition.
pub fn open_fields(issue: &Issue) -> Vec<OpenField> {
    let mut open: Vec<OpenField> = Vec::new();
    for language in &issue.languages {
        let mut add = |field: &MergeField, place: Place| {
            let known = open.iter().any(|other| other.language == *language && other.name == field.name);
            if field.fallback.is_none() && !known {
                open.push(OpenField { language: language.clone(), name: field.name.clone(), place });
            }
        };
        issue.subject(language).fields().for_each(|field| add(field, issue.place_of("subject")));
        issue.preheader(language).fields().for_each(|field| add(field, issue.place_of("preheader")));
        for snippet in issue.edition(language) {
            for field in of(snippet) {
                add(&field, snippet.place_of_field(&field.name));
            }
        }
    }
    open
}

pub(super) fn look(snippet: &Snippet, fields: &[String], found: &mut Vec<Diagnostic>) {
    let mut unknown: Vec<MergeField> = of(snippet);
    unknown.retain(|field| !fields.contains(&field.name));
    let mut told: Vec<&MergeField> = Vec::new();
    for field in &unknown {
        if !told.contains(&field) {
            told.push(field);
            found.extend(
                unknown_field(field, fields).map(|diagnostic| diagnostic.at(snippet.place_of_field(&field.name))),
            );
        }
    }
    found.extend(unfilled(snippet));
}

pub(super) fn unknown_field(field: &MergeField, fields: &[String]) -> Option<Diagnostic> {
    if fields.contains(&field.name) {
        return None;
    }
    let diagnostic = Diagnostic::of(&rule::UNKNOWN_FIELD, format!("unknown merge field `{}`", field.name));
    Some(match nearest(&field.name, fields.iter().map(String::as_str)) {
        Some(near) => diagnostic.hint(format!("did you mean `{{{{ {near} }}}}`?")),
        None => diagnostic.hint(format!("the list has these columns: {}", fields.join(", "))),
    })
}

/// A merge field in a text that only pages show, which have no subscriber: its name, and a finding without its place.
/// `whose` is the subject of the sentence.
pub(super) fn for_nobody<'d>(text: &'d Document, whose: &str) -> Option<(&'d str, Diagnostic)> {
    let mut field: Option<&MergeField> = None;
    walk(text, &mut |inline| match inline {
        Inline::Field(found) => drop(field.get_or_insert(found)),
        Inline::Link(link) => field = field.or_else(|| link.url.fields().next()),
        _ => {}
    });
    field.map(|field| {
        let message = format!("{whose} no subscriber for `{{{{ {} }}}}`", field.name);
        let finding = Diagnostic::of(&rule::FIELD_FOR_NOBODY, message)
            .hint("write words that suit every reader; the page shows the fallback, or nothing");
        (field.name.as_str(), finding)
    })
}

/// For whom a text is: for subscribers, whose values are filled in, or for everyone who reads a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    Subscribers,
    Everyone,
}

/// What to do about a field that stands where nobody can fill it in.
const NOBODY: &str = "take it out: notes for editors and boilerplates have no subscriber";

/// Fields that have one brace where two are needed, in texts.
pub(super) fn one_brace((texts, readers): (&[Text<'_>], Readers), columns: &[String], found: &mut Vec<Diagnostic>) {
    for text in texts {
        let filled = text.is_body() || matches!(text.part, Part::Subject | Part::Preheader);
        for (range, column) in lone_fields(text.words(), columns) {
            let finding = Diagnostic::of(
                &rule::ONE_BRACE,
                format!("`{}` is no merge field: readers would see it as it is", &text.words()[range.clone()]),
            );
            let finding = finding.at(text.place(range));
            found.push(if readers == Readers::Everyone {
                finding.hint(NOBODY)
            } else if filled {
                finding.hint(format!(
                    "write `{{{{ {column} }}}}`, with two braces on each side; what is meant as it is goes between backticks"
                ))
            } else {
                finding.hint("take it out: merge fields work in the text, in links' addresses, in subject and preheader")
            });
        }
    }
}

/// The same in the addresses of a text's links.
pub(super) fn one_brace_in_links(
    (targets, readers): (&[Target], Readers),
    columns: &[String],
    found: &mut Vec<Diagnostic>,
) {
    for target in targets {
        found.extend(lone_fields(&target.url, columns).into_iter().map(|(range, column)| {
            Diagnostic::of(
                &rule::ONE_BRACE,
                format!("the link holds `{}`, which is no merge field", &target.url[range]),
            )
            .at(target.place.clone())
            .hint(match readers {
                Readers::Subscribers => format!("write `{{{{ {column} }}}}`, with two braces on each side"),
                Readers::Everyone => NOBODY.to_owned(),
            })
        }));
    }
}

/// Where a column's name stands with one brace before it, and one or two behind it.
fn lone_fields<'c>(text: &str, columns: &'c [String]) -> Vec<(Range<usize>, &'c str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('{') {
        let rest = text[at + 1..].trim_start();
        let name = &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())];
        let Some(column) = columns.iter().find(|column| column.to_lowercase() == name.to_lowercase()) else { continue };
        let behind = rest[name.len()..].trim_start();
        let behind = match behind.strip_prefix('"').and_then(|fallback| fallback.split_once('"')) {
            Some((_, behind)) => behind.trim_start(),
            None => behind,
        };
        let braces = behind.len() - behind.trim_start_matches('}').len();
        if braces > 0 && !text[..at].ends_with('{') {
            let end = text.len() - behind.len() + braces.min(2);
            found.push((at..end, column.as_str()));
        }
    }
    found
}

/// The merge fields of a snippet: of its text, and of its links' addresses.
fn of(snippet: &Snippet) -> Vec<MergeField> {
    let mut fields = Vec::new();
    walk(&snippet.body, &mut |inline| match inline {
        Inline::Field(field) => fields.push(field.clone()),
        Inline::Link(link) => fields.extend(link.url.fields().cloned()),
        _ => {}
    });
    let front = &snippet.front;
    let urls = front.links.iter().map(|link| &link.url).chain(front.documents.iter().map(|document| &document.url));
    for url in urls {
        fields.extend(MergeText::parse(url).unwrap_or_default().fields().cloned());
    }
    fields
}

/// The first key of the front matter whose text has braces: readers would get them as they are written.
fn unfilled(snippet: &Snippet) -> Option<Diagnostic> {
    let front = &snippet.front;
    let image = front.image.as_ref();
    let plain = [
        ("title", Some(front.title.as_str())),
        ("subtitle", front.subtitle.as_deref()),
        ("time", front.time.as_deref()),
        ("place", front.place.as_deref()),
        ("speaker", front.speaker.as_deref()),
        ("function", front.function.as_deref()),
        ("copyright", front.copyright.as_deref()),
        ("image", image.map(|image| image.alt.as_str())),
        ("image", image.and_then(|image| image.caption.as_deref())),
        ("image", image.and_then(|image| image.credit.as_deref())),
    ];
    let links = front.links.iter().map(|link| ("links", Some(link.text.as_str())));
    let titles = front.documents.iter().map(|document| ("documents", Some(document.title.as_str())));
    let notes = front.documents.iter().map(|document| ("documents", document.note.as_deref()));
    let words = front.quotations.iter().map(|quotation| ("words", Some(quotation.words.as_str())));
    let mut texts = plain.into_iter().chain(links).chain(titles).chain(notes).chain(words);
    let found = texts.find_map(|(key, text)| text.filter(|text| text.contains("{{")).map(|_| key));
    found.map(|key| {
        Diagnostic::of(
            &rule::UNFILLED_FIELD,
            format!("no merge field is filled in `{key}`: readers would see the braces"),
        )
        .at(snippet.place_of(key))
        .hint("write it in the text; merge fields work there, in links' addresses, in subject and preheader")
    })
}
