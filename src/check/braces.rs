//! Merge fields where none is filled in: a reader would get the braces as they are written.
//!
//! They are filled in a snippet's text, in its links' addresses, and in an issue's subject and preheader.

use crate::diagnostic::Diagnostic;
use crate::issue::Snippet;

/// The first key of the front matter whose text has braces.
pub(super) fn unfilled(snippet: &Snippet) -> Option<Diagnostic> {
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
        Diagnostic::error(format!("no merge field is filled in `{key}`: readers would see the braces"))
            .at(snippet.place_of(key))
            .hint("write it in the text; merge fields work there, in links' addresses, in subject and preheader")
    })
}
