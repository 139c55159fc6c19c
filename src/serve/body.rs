//! What a form sends: a request's body -> its fields. Bounded, and hostile until read.
//!
//! Browsers send `application/x-www-form-urlencoded`; mailbox providers that unsubscribe somebody may send
//! `multipart/form-data` as well (RFC 8058, section 3.2).

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use url::form_urlencoded;

/// The largest body, in bytes.
pub(super) const LARGEST: usize = 16 * 1024;

/// How many fields are looked at.
const FIELDS: usize = 64;

/// A form's fields, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body. Refused are one that is too large, and one that is no form.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, StatusCode> {
        let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > LARGEST) {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let bytes = to_bytes(body, LARGEST).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let (essence, parameters) = kind.split_once(';').unwrap_or((kind, ""));
        match essence.trim().to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Ok(Self::urlencoded(&bytes)),
            "multipart/form-data" => boundary(parameters)
                .and_then(|boundary| Self::multipart(&bytes, boundary))
                .ok_or(StatusCode::BAD_REQUEST),
            _ => Err(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        }
    }

    fn urlencoded(bytes: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(bytes).take(FIELDS);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// RFC 7578: parts between lines of the boundary, each with its headers and its value.
    fn multipart(bytes: &[u8], boundary: &str) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let line = format!("--{boundary}");
        let mut parts = text.split(line.as_str());
        parts.next()?;
        let mut fields = Vec::new();
        for part in parts.take(FIELDS) {
            if part.starts_with("--") {
                return Some(Self(fields));
            }
            let (head, value) = part.split_once("\r\n\r\n")?;
            let name = head.lines().find_map(|line| {
                let (header, rest) = line.split_once(':')?;
                let rest = header.eq_ignore_ascii_case("content-disposition").then_some(rest)?;
                parameter(rest, "name")
            })?;
            fields.push((name.to_owned(), value.strip_suffix("\r\n")?.to_owned()));
        }
        None
    }

    /// A field's value; the first where it is there several times.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

fn boundary(parameters: &str) -> Option<&str> {
    parameter(parameters, "boundary").filter(|boundary| (1..=70).contains(&boundary.len()))
}

/// A parameter of a header: `name="value"` or `name=value`.
fn parameter<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    header.split(';').find_map(|one| {
        let (own, value) = one.split_once('=')?;
        own.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    async fn read(kind: &str, body: &str) -> Result<Fields, StatusCode> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        Fields::read(&headers, Body::from(body.to_owned())).await
    }

    #[tokio::test]
    async fn both_kinds_of_forms_are_read() {
        let fields =
            read("application/x-www-form-urlencoded; charset=UTF-8", "List-Unsubscribe=One-Click&a=b+c%C3%A9&a=2")
                .await
                .unwrap();
        assert_eq!(fields.get("List-Unsubscribe"), Some("One-Click"));
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["b cé", "2"]);
        let body = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        let fields = read("multipart/form-data; boundary=\"x\"", body).await.unwrap();
        assert_eq!(fields.get("List-Unsubscribe"), Some("One-Click"));
    }

    #[tokio::test]
    async fn what_is_no_form_or_too_large_is_refused() {
        assert_eq!(read("text/plain", "List-Unsubscribe=One-Click").await, Err(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        assert_eq!(read("multipart/form-data", "--x--").await, Err(StatusCode::BAD_REQUEST));
        assert_eq!(read("multipart/form-data; boundary=x", "--x\r\nno end").await, Err(StatusCode::BAD_REQUEST));
        let large = "a=".to_owned() + &"b".repeat(LARGEST);
        assert_eq!(read("application/x-www-form-urlencoded", &large).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
        let many = read("application/x-www-form-urlencoded", &"a=b&".repeat(3000)).await.unwrap();
        assert_eq!(many.all("a").count(), FIELDS);
    }

    proptest! {
        #[test]
        fn no_body_makes_it_stumble(body in proptest::collection::vec(any::<u8>(), 0..400), boundary in "[a-z-]{1,4}") {
            let _ = Fields::urlencoded(&body);
            let _ = Fields::multipart(&body, &boundary);
        }
    }
}
