//! What the officer would want to know before an issue goes out.
//!
//! Issue -> diagnostics, each with file, line and column. What cannot be sent at all is found when the issue is
//! opened; here are unknown merge fields, and the warnings.

mod braces;
mod language;

use crate::clock;
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::issue::markdown::{Block, Inline, walk};
use crate::issue::{Issue, Kind, MergeField, MergeText, Piece, Snippet};
use crate::language::Language;
use crate::project::Project;

/// Above this many bytes of HTML Gmail cuts a message off.
pub const CLIPPED: usize = 102_400;

/// A subject longer than this is cut off on a phone.
const SUBJECT: usize = 50;

/// Pictures above this many bytes make a message heavy.
const HEAVY: u64 = 1_000_000;

/// Everything there is to say about an issue. `fields` are the merge fields there are.
pub fn issue(project: &Project, issue: &Issue, fields: &[String]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    manifest(issue, fields, &mut found);
    language::editions(issue, &mut found);
    found.extend(issue.all_snippets().flat_map(|snippet| self::snippet(snippet, fields)));
    if project.config.unsubscribe.is_none() {
        found.push(
            Diagnostic::warning("readers have no way to unsubscribe").at(project.place_of("[unsubscribe]")).hint(
                "add `[unsubscribe]` with `mailto = \"…\"` to `envoi.toml`; mailbox providers and the GDPR ask for it",
            ),
        );
    }
    found
}

/// What there is to say about a snippet by itself.
pub fn snippet(snippet: &Snippet, fields: &[String]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    merge_fields(snippet, fields, &mut found);
    found.extend(braces::unfilled(snippet));
    raw_html(snippet, &mut found);
    pictures(snippet, &mut found);
    kind(snippet, &mut found);
    found
}

/// What a rendered edition shows.
pub fn rendering(language: &Language, html: &MergeText) -> Option<Diagnostic> {
    let bytes: usize = html.0.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum();
    (bytes > CLIPPED).then(|| {
        Diagnostic::warning(format!(
            "the HTML of the `{language}` edition has {bytes} bytes; Gmail cuts it off at {CLIPPED}"
        ))
        .hint("shorten snippets, or tell the rest on your site and link to it")
    })
}

fn manifest(issue: &Issue, fields: &[String], found: &mut Vec<Diagnostic>) {
    for language in &issue.languages {
        let subject = issue.subject(language);
        let length = subject.sample().chars().count();
        if length > SUBJECT {
            found.push(
                Diagnostic::warning(format!(
                    "the `{language}` subject has {length} characters; phones show about {SUBJECT}"
                ))
                .at(issue.place_of("subject"))
                .hint("say what matters in the first words"),
            );
        }
        for (key, text) in [("subject", subject), ("preheader", issue.preheader(language))] {
            for field in text.fields() {
                if let Some(diagnostic) = unknown_field(field, fields) {
                    let diagnostic = diagnostic.at(issue.place_of(key));
                    if !found.contains(&diagnostic) {
                        found.push(diagnostic);
                    }
                }
            }
        }
        if issue.preheader(language).0.is_empty() {
            found.push(
                Diagnostic::warning(format!("the `{language}` edition has no preheader"))
                    .at(Place::file(format!("issues/{}/issue.toml", issue.slug)))
                    .hint("add `preheader = \"…\"`: the words that an inbox shows behind the subject"),
            );
        }
    }
}

fn unknown_field(field: &MergeField, fields: &[String]) -> Option<Diagnostic> {
    if fields.contains(&field.name) {
        return None;
    }
    let diagnostic = Diagnostic::error(format!("unknown merge field `{}`", field.name));
    Some(match nearest(&field.name, fields.iter().map(String::as_str)) {
        Some(near) => diagnostic.hint(format!("did you mean `{{{{ {near} }}}}`?")),
        None => diagnostic.hint(format!("the list has these columns: {}", fields.join(", "))),
    })
}

fn merge_fields(snippet: &Snippet, fields: &[String], found: &mut Vec<Diagnostic>) {
    let mut unknown: Vec<MergeField> = Vec::new();
    let mut look = |field: &MergeField| {
        if !fields.contains(&field.name) && !unknown.contains(field) {
            unknown.push(field.clone());
        }
    };
    walk(&snippet.body, &mut |inline| match inline {
        Inline::Field(field) => look(field),
        Inline::Link(link) => link.url.fields().for_each(&mut look),
        _ => {}
    });
    let front = &snippet.front;
    let urls = front.links.iter().map(|link| &link.url).chain(front.documents.iter().map(|document| &document.url));
    for url in urls {
        MergeText::parse(url).unwrap_or_default().fields().for_each(&mut look);
    }
    for field in unknown {
        let place = [format!("{{{{ {}", field.name), format!("{{{{{}", field.name), field.name.clone()]
            .iter()
            .map(|text| snippet.place_of_text(text))
            .find(|place| place.line > 0);
        let place = place.unwrap_or_else(|| Place::file(snippet.path()));
        found.extend(unknown_field(&field, fields).map(|diagnostic| diagnostic.at(place)));
    }
}

fn raw_html(snippet: &Snippet, found: &mut Vec<Diagnostic>) {
    if snippet.front.raw_html {
        return;
    }
    let mut places: Vec<&Place> = Vec::new();
    for block in &snippet.body.blocks {
        if let Block::Html(_, place) = block {
            places.push(place);
        }
    }
    walk(&snippet.body, &mut |inline| {
        if let Inline::Html(_, place) = inline {
            places.push(place);
        }
    });
    if let Some(place) = places.first() {
        found.push(
            Diagnostic::warning("HTML in the text will be shown to readers as it is written")
                .at((*place).clone())
                .hint("write it in Markdown, or allow HTML in this snippet with `raw_html = true` in its front matter"),
        );
    }
}

fn pictures(snippet: &Snippet, found: &mut Vec<Diagnostic>) {
    let mut look = |alt: &str, media: &crate::issue::Media, place: Place| {
        if alt.trim().is_empty() {
            found.push(
                Diagnostic::warning(format!("the image `{}` has no alternative text", media.name))
                    .at(place.clone())
                    .hint("say what is to be seen on it, for readers who do not see it"),
            );
        }
        if media.bytes > HEAVY {
            found.push(
                Diagnostic::warning(format!("the image `{}` has {} kB", media.name, media.bytes / 1000))
                    .at(place)
                    .hint("save it smaller: twice the shown width is enough (1200 pixels)"),
            );
        }
    };
    if let Some(image) = &snippet.image {
        look(&image.alt, &image.media, snippet.place_of("image"));
    }
    walk(&snippet.body, &mut |inline| {
        if let Inline::Image(picture) = inline {
            look(&picture.alt, &picture.media, picture.place.clone());
        }
    });
}

fn kind(snippet: &Snippet, found: &mut Vec<Diagnostic>) {
    let front = &snippet.front;
    for key in front.unused_keys() {
        found.push(
            Diagnostic::warning(format!("a snippet of kind `{}` does not use `{key}`", front.kind.name()))
                .at(snippet.place_of(key))
                .hint("take the line out, or set `kind`"),
        );
    }
    if front.kind == Kind::PressRelease && front.contacts.is_empty() {
        found.push(
            Diagnostic::warning("the press release names nobody whom journalists could ask")
                .at(Place::file(snippet.path()))
                .hint("add `contacts = [{ name = \"…\", phone = \"…\", email = \"…\" }]`"),
        );
    }
    if let Some(embargo) = &front.embargo
        && clock::now().timestamp() < embargo.0.timestamp()
    {
        found.push(
            Diagnostic::warning(format!("under embargo until {}", embargo.0.strftime("%Y-%m-%d %H:%M %:z")))
                .at(snippet.place_of("embargo"))
                .hint("`send` refuses it before that time, unless `--break-embargo` is given"),
        );
    }
}
