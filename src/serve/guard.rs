//! What every request must be, and what every answer says of itself.
//!
//! No request is longer than it must be, and none takes for ever. No answer may be framed, kept, sniffed, or tell
//! another site where its reader was: the address of a page carries a token.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::desk::Desk;

/// The longest address of a page, in bytes.
const LONGEST: usize = 4096;

/// How long an answer may take; its request's body included.
const PATIENCE: Duration = Duration::from_secs(15);

/// Lets a request through or refuses it, and sets the headers of the answer.
pub(super) async fn watch_over(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let length = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    let mut response = if length > LONGEST {
        (StatusCode::URI_TOO_LONG, "this address is too long\n").into_response()
    } else if let Ok(response) = tokio::time::timeout(PATIENCE, next.run(request)).await {
        response
    } else {
        ([(CONNECTION, "close")], StatusCode::REQUEST_TIMEOUT).into_response()
    };
    let own = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "interest-cohort=(), browsing-topics=()"),
    ];
    let headers = response.headers_mut();
    for (name, value) in own {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if desk.is_https() {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    let nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(nothing));
    desk.meter.answered(response.status().as_u16(), began.elapsed());
    response
}

/// From where a form was sent, as far as the browser says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// From a page of this server, or from something that is no browser.
    Own,
    /// From a site of the organisation's that `form_origins` names.
    Friend,
    /// From anywhere else.
    Foreign,
}

/// Reads `Sec-Fetch-Site` (Fetch Metadata) and `Origin` (RFC 6454). The pages' own `no-referrer` makes browsers send
/// `Origin: null`, so that the former, where it is there, has the say; old browsers have the form's token alone.
pub(super) fn site(headers: &HeaderMap, own: &str, friends: &[String]) -> Site {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let origin = text(ORIGIN);
    if origin.is_some_and(|origin| friends.iter().any(|friend| friend == origin)) {
        return Site::Friend;
    }
    match (text(HeaderName::from_static("sec-fetch-site")), origin) {
        (Some("same-origin"), _) | (None, None | Some("null")) => Site::Own,
        (None, Some(origin)) if origin == own => Site::Own,
        _ => Site::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_another_site_is_told_by_what_the_browser_says() {
        let from = |fetch: Option<&str>, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            fetch.map(|fetch| headers.insert("sec-fetch-site", fetch.parse().unwrap()));
            origin.map(|origin| headers.insert(ORIGIN, origin.parse().unwrap()));
            site(&headers, "https://news.example.org", &["https://www.example.org".to_owned()])
        };
        assert_eq!(from(Some("same-origin"), Some("null")), Site::Own);
        assert_eq!(from(Some("same-origin"), Some("https://news.example.org")), Site::Own);
        assert_eq!(from(None, Some("https://news.example.org")), Site::Own);
        assert_eq!(from(None, None), Site::Own);
        assert_eq!(from(Some("same-site"), Some("https://www.example.org")), Site::Friend);
        for (fetch, origin) in [
            (Some("cross-site"), Some("null")),
            (Some("cross-site"), Some("https://news.example.org")),
            (Some("same-site"), Some("https://evil.example.org")),
            (Some("none"), None),
            (None, Some("https://evil.example")),
            (None, Some("https://news.example.org.evil.example")),
        ] {
            assert_eq!(from(fetch, origin), Site::Foreign, "{fetch:?} {origin:?}");
        }
    }
}
