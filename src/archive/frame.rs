//! An edition's HTML -> a page of the archive: what search engines and readers need around a message.
//!
//! The message stays as it was sent. Into its head go its address and its other languages, before its first line the
//! way back to the archive.

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
    /// Every language in which it is there.
    pub(super) links: &'f [Link],
}

/// The page in a language.
pub(super) struct Link {
    pub(super) language: Language,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) address: String,
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
        out.push_str(&format!("<meta name=\"description\" content=\"{}\">\n", escape(description)));
    }
    out.push_str(&format!("<link rel=\"canonical\" href=\"{}\">\n", escape(frame.address)));
    for link in frame.links {
        let (lang, address) = (&link.language, escape(&link.address));
        out.push_str(&format!("<link rel=\"alternate\" hreflang=\"{lang}\" href=\"{address}\">\n"));
    }
    out.push_str("<link rel=\"icon\" href=\"data:,\">\n");
    out.push_str("<link rel=\"alternate\" type=\"application/atom+xml\" href=\"../feed.xml\">\n");
    out
}

/// Plain elements with their own style: a message has no style sheet that a page could lean on.
fn bar(frame: &Frame<'_>) -> String {
    let link = |url: &str, words: &str, lang: &Language| {
        format!(
            "<a href=\"{}\" lang=\"{lang}\" style=\"color:inherit;display:inline-block;padding:4px 0\">{}</a>",
            escape(url),
            escape(words)
        )
    };
    let mut links = vec![link("../index.html", &format!("← {}", frame.archive), frame.language)];
    let others = frame.links.iter().filter(|link| link.language != *frame.language);
    links.extend(others.map(|other| link(&other.url, &other.name, &other.language)));
    format!(
        "\n<nav aria-label=\"{}\" style=\"display:flex;flex-wrap:wrap;gap:4px 24px;max-width:600px;margin:0 auto;\
         padding:10px 20px;font:15px/1.4 sans-serif;color-scheme:light dark;color:CanvasText\">{}</nav>\n",
        escape(frame.archive),
        links.join("\n")
    )
}
