//! What every request must be, and what every answer says about itself.
//!
//! Request -> refusal or answer. The server is one person's and shows drafts and subscribers, so that no other site
//! may read them through her browser: only GET, only under the server's own name (against DNS rebinding), nothing to
//! be framed or loaded by other sites. Messages are hostile until proven otherwise: they may fetch and run nothing.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// For everything that is not a message: scripts and styles of this server, frames of this server.
const OWN: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                   frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For messages and press releases: only what they carry with them. `allow-same-origin` lets the page outside measure
/// the message; without `allow-scripts` nothing inside can make use of it.
pub(super) const MESSAGE: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; \
                                  form-action 'none'; frame-ancestors 'self'; \
                                  sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox";

/// Lets a request through or refuses it, and sets the headers of the answer.
pub(super) async fn watch_over(State(address): State<SocketAddr>, request: Request, next: Next) -> Response {
    let mut response = if !matches!(*request.method(), Method::GET | Method::HEAD) {
        (StatusCode::METHOD_NOT_ALLOWED, "the preview only answers questions: GET\n").into_response()
    } else if !is_ours(request.headers(), address) {
        let refusal = format!("the preview answers to `{}` and to no other name\n", base(address));
        (StatusCode::MISDIRECTED_REQUEST, refusal).into_response()
    } else {
        next.run(request).await
    };
    let own = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    let headers = response.headers_mut();
    for (name, value) in own {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(OWN));
    response
}

/// The address of a page of the server, without its path.
pub(super) fn base(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// Whether a request was meant for this server. Another site's name can be made to lead here, but its pages then send
/// that name; an address in digits is nobody's name.
fn is_ours(headers: &HeaderMap, bound: SocketAddr) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) else { return false };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
        _ => (host, Some(80)),
    };
    if port != Some(bound.port()) {
        return false;
    }
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let digits = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let asked: Option<IpAddr> = digits.parse().ok();
    asked.is_some_and(|asked| asked.is_loopback() || asked == bound.ip() || bound.ip().is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(host: &str, bound: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        is_ours(&headers, bound.parse().unwrap())
    }

    #[test]
    fn only_the_servers_own_names_are_answered() {
        for host in ["127.0.0.1:8025", "localhost:8025", "LocalHost:8025", "[::1]:8025"] {
            assert!(ours(host, "127.0.0.1:8025"), "{host}");
        }
        for host in [
            "evil.example:8025",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1.evil.example:8025",
            "localhost:8025:8025",
            "localhost.:8025",
            "192.168.1.7:8025",
            "",
            ":8025",
            "[::1",
            "localhost:8025@evil.example",
        ] {
            assert!(!ours(host, "127.0.0.1:8025"), "{host}");
        }
    }

    #[test]
    fn another_address_is_answered_where_it_was_asked_for() {
        assert!(ours("192.168.1.7:8025", "192.168.1.7:8025"));
        assert!(ours("192.168.1.7:8025", "0.0.0.0:8025"));
        assert!(!ours("press-desk.example:8025", "0.0.0.0:8025"));
        assert!(ours("localhost", "127.0.0.1:80"));
    }

    #[test]
    fn the_address_can_be_opened() {
        assert_eq!(base("0.0.0.0:80".parse().unwrap()), "http://127.0.0.1:80");
        assert_eq!(base("[::1]:8025".parse().unwrap()), "http://[::1]:8025");
    }
}
