//! Percent-encoding (RFC 3986, section 2.1): a name or value within an address, and an address as a whole.

use std::fmt::Write as _;

/// A file's name or a field's value within an address: nothing but unreserved characters stays (section 2.3).
pub fn segment(name: &str) -> String {
    encoded(name, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// An address, of which what may not stand in one is encoded; what is encoded already stays.
pub(super) fn address(text: &str) -> String {
    encoded(text, |byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
}

fn encoded(text: &str, stays: impl Fn(u8) -> bool) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if stays(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// What a text with encoded bytes stands for; none where it has none, or they are no text.
pub fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind.get(..2).filter(|hex| *first == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        let byte = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(out).ok().filter(|decoded| decoded != text)
}
