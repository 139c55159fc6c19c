//! Link targets: which of them reach a reader, and how they are written in ASCII.

use super::merge::{MergeText, Piece};
use super::percent;
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
    if url.starts_with('#') {
        return Ok(text);
    }
    if url.starts_with("{{") {
        return Err(Diagnostic::of(&rule::LINK_NOWHERE, "a link's address begins with a merge field").hint(
            "begin it with `https://`: what is filled in is percent-encoded, and can be a part of an address alone",
        ));
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

/// A link's address in ASCII: the host by IDNA (RFC 5891), since a resolver knows it by no other name; of the rest what
/// may not stand in an address is percent-encoded (RFC 3986, section 2.1). What is encoded already stays.
pub fn ascii(url: &MergeText) -> MergeText {
    let mut pieces = url.0.clone();
    // a text that follows was put behind the whole address
    let open = matches!(pieces.get(1), Some(Piece::Field(_)));
    for (at, piece) in pieces.iter_mut().enumerate() {
        let Piece::Text(text) = piece else { continue };
        let host = if at == 0 { host(text, open) } else { None };
        *text = match host {
            Some((before, host, behind)) => [percent::address(before), host, percent::address(behind)].concat(),
            None => percent::address(text),
        };
    }
    MergeText(pieces)
}

/// The same of an address in which nothing is filled in.
pub fn ascii_url(url: &str) -> String {
    ascii(&MergeText(vec![Piece::Text(url.to_owned())])).sample()
}

/// The host of a web address that is not ASCII, as it goes into the network, and what stands before and behind it.
/// `open`: something follows that is filled in, and is a part of the host where nothing ends that.
fn host(url: &str, open: bool) -> Option<(&str, String, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let end = rest.find(['/', '?', '#']);
    if end.is_none() && open {
        return None;
    }
    let authority = &rest[..end.unwrap_or(rest.len())];
    let start = authority.rfind('@').map_or(0, |at| at + 1);
    let host = authority[start..].split(':').next()?;
    if host.is_ascii() {
        return None;
    }
    let ascii = idna::domain_to_ascii_cow(host.as_bytes(), idna::AsciiDenyList::URL).ok()?;
    let start = scheme.len() + "://".len() + start;
    Some((&url[..start], ascii.into_owned(), &url[start + host.len()..]))
}
