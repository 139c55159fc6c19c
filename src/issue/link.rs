//! Link targets: which of them reach a reader; and what a name is within an address.

use super::merge::MergeText;
use crate::diagnostic::Diagnostic;
use crate::rule;

/// The schemes that a mail program opens and that do no harm.
const SCHEMES: [&str; 4] = ["https", "http", "mailto", "tel"];

/// Reads a link target with its merge fields. The diagnostic has no place yet; who asked knows where it stands.
pub fn target(url: &str) -> Result<MergeText, Diagnostic> {
    let url = url.trim();
    let text = MergeText::parse(url).map_err(|error| Diagnostic::of(&rule::BROKEN_FIELD, error.message))?.in_url();
    if url.is_empty() {
        return Err(Diagnostic::of(&rule::LINK_NOWHERE, "a link leads nowhere")
            .hint("write its address between the parentheses"));
    }
    if url.chars().any(char::is_control) {
        return Err(Diagnostic::of(&rule::LINK_CONTROL, "a link's address holds a control character")
            .hint("write the address anew"));
    }
    if url.starts_with('#') || url.starts_with("{{") {
        return Ok(text);
    }
    match scheme(url) {
        Some(scheme) if SCHEMES.contains(&scheme.as_str()) => Ok(text),
        Some(scheme) => {
            Err(Diagnostic::of(&rule::LINK_SCHEME, format!("a link begins with `{scheme}:`, which is not let through"))
                .hint("links may begin with https:, http:, mailto: or tel:"))
        }
        None => Err(Diagnostic::of(&rule::LINK_NOWHERE, format!("the link `{url}` leads nowhere from within a mail"))
            .hint("write the whole address, beginning with `https://`")),
    }
}

/// RFC 3986, section 3.1.
fn scheme(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    let mut characters = scheme.chars();
    let first = characters.next()?.is_ascii_alphabetic();
    (first && characters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))).then(|| scheme.to_ascii_lowercase())
}

/// A file's name within an address (RFC 3986, section 3.3).
pub fn segment(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
