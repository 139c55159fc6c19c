//! An edition's HTML -> a page of the archive: what search engines and readers need around a message.
//!
//! The edition's own template says its address and its other languages. Into its head go what may be loaded and what
//! social networks show, before its first line the way back to the archive.

use crate::language::Language;
use crate::render::escape;

/// What a page gets around it.
pub(super) struct Frame<'f> {
    pub(super) language: &'f Language,
    pub(super) title: &'f str,
    pub(super) description: Option<&'f str>,
    pub(super) organisation: &'f str,
    pub(super) archive: &'f str,
    /// The page's own address.
    pub(super) address: &'f str,
    /// The language's index, seen from the page.
    pub(super) archive_url: &'f str,
    /// Its feed, seen from the page.
    pub(super) feed: &'f str,
}

/// Nothing but the archive's own pictures, whatever HTML a snippet lets through.
const POLICY: &str =
    "default-src 'none'; img-src 'self' data: file:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Sets the frame around a message.
pub(super) fn frame(html: &str, frame: &Frame<'_>) -> String {
    let head = head(frame);
    let bar = bar(frame);
    let Some(end) = html.find("</head>") else { return format!("{head}{bar}{html}") };
    let body = html[end..].find("<body").and_then(|at| Some(end + at + html[end + at..].find('>')? + 1));
    let body = body.unwrap_or(end + "</head>".len());
    format!("{}{head}{}{bar}{}", &html[..end], &html[end..body], &html[body..])
}

fn head(frame: &Frame<'_>) -> String {
    let mut out = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", escape(POLICY));
    let mut property = |name: &str, content: &str| {
        out.push_str(&format!("<meta property=\"{name}\" content=\"{}\">\n", escape(content)));
    };
    property("og:type", "article");
    property("og:title", frame.title);
    property("og:site_name", frame.organisation);
    property("og:url", frame.address);
    if let Some(description) = frame.description {
        property("og:description", description);
    }
    out.push_str("<link rel=\"icon\" href=\"data:,\">\n");
    let feed = escape(frame.feed);
    out.push_str(&format!("<link rel=\"alternate\" type=\"application/atom+xml\" href=\"{feed}\">\n"));
    out
}

/// Plain elements with their own style: a message has no style sheet that a page could lean on. The page itself leads
/// to its other languages.
fn bar(frame: &Frame<'_>) -> String {
    format!(
        "\n<nav aria-label=\"{name}\" style=\"max-width:600px;margin:0 auto;padding:10px 20px;font:16px/1.4 sans-serif;\
         color-scheme:light dark;color:CanvasText\"><a href=\"{url}\" lang=\"{lang}\" \
         style=\"color:inherit;display:inline-block;padding:4px 0\">← {name}</a></nav>\n",
        name = escape(frame.archive),
        url = escape(frame.archive_url),
        lang = frame.language,
    )
}
