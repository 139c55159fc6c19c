//! Addresses of the web, taken apart as far as the checks need it: scheme, host and path, and whether a host can be
//! reached from outside. RFC 3986 for those addresses that occur; nothing is decoded. The `url` crate joins them.

use std::net::IpAddr;

use crate::network::is_public;

/// An http or https address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Url<'u> {
    /// Whether it is https.
    pub(super) secure: bool,
    /// The host, without a port, an IPv6 address without its brackets.
    pub(super) host: &'u str,
    /// The path, `/` perhaps, without query and fragment.
    pub(super) path: &'u str,
}

/// Takes an http or https address apart.
pub(super) fn split(url: &str) -> Option<Url<'_>> {
    let (scheme, rest) = url.trim().split_once("://")?;
    let secure = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((inner, _)) => inner,
        None => host.split_once(':').map_or(host, |(host, _)| host),
    };
    let path = &behind[..behind.find(['?', '#']).unwrap_or(behind.len())];
    Some(Url { secure, host, path: if path.is_empty() { "/" } else { path } })
}

/// The ending of a path's file, in small letters: `pdf`.
pub(super) fn ending(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let (_, ending) = name.rsplit_once('.')?;
    Some(ending.to_ascii_lowercase())
}

/// Whether a host is one of this computer or this office alone.
pub(super) fn is_private(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if let Ok(address) = host.parse::<IpAddr>() {
        return !is_public(address);
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    !host.contains('.') || ["localhost", "local", "localdomain", "lan", "internal", "intranet", "home"].contains(&last)
}

/// Where a redirection leads: its `Location`, seen from the page that gave it (RFC 9110, section 10.2.2; RFC 3986,
/// section 5.2).
pub(super) fn join(base: &str, location: &str) -> String {
    let joined = url::Url::parse(base).and_then(|base| base.join(location.trim()));
    joined.map_or_else(|_| location.trim().to_owned(), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let url = split("HTTP://user@Example.org:8080/a/b.PDF?c#d").unwrap();
        assert_eq!((url.secure, url.host, url.path), (false, "Example.org", "/a/b.PDF"));
        assert_eq!(ending(url.path).as_deref(), Some("pdf"));
        assert_eq!(split("https://[::1]:8080").map(|url| (url.host, url.path)), Some(("::1", "/")));
        assert_eq!(split("mailto:a@b.org"), None);
    }

    #[test]
    fn what_is_at_home_is_told_from_the_internet() {
        for private in
            ["localhost", "intranet", "printer.local", "10.0.0.8", "192.168.1.1", "::1", "fe80::1", "127.0.0.1."]
        {
            assert!(is_private(private), "{private}");
        }
        for public in ["example.org", "8.8.8.8", "2001:4860:4860::8888", "local.example.org"] {
            assert!(!is_private(public), "{public}");
        }
    }

    #[test]
    fn redirections_are_followed_from_where_they_stand() {
        let base = "https://example.org/a/b?c";
        assert_eq!(join(base, "https://example.com/"), "https://example.com/");
        assert_eq!(join(base, "//example.com/x"), "https://example.com/x");
        assert_eq!(join(base, "/x"), "https://example.org/x");
        assert_eq!(join(base, "x"), "https://example.org/a/x");
        assert_eq!(join(base, "../x"), "https://example.org/x");
        assert_eq!(join(base, "?page=2"), "https://example.org/a/b?page=2");
        assert_eq!(join(base, "/in?to=https://e.org/"), "https://example.org/in?to=https://e.org/");
        assert_eq!(join("https://example.org", "x"), "https://example.org/x");
        assert_eq!(join("no address", "x"), "x");
    }
}
