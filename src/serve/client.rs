//! Who asks: the client's address, also behind a proxy that is trusted to say it, and the language of its reader.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, HeaderName};

use crate::language::Language;
use crate::project::{Network, Serve};

/// The headers by which a request shows that a proxy handed it on.
const HANDED_ON: [&str; 5] = ["x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via"];

/// Whom to believe about where a request comes from.
#[derive(Debug, Clone)]
pub(super) struct Trust {
    header: Option<HeaderName>,
    proxies: Vec<Network>,
}

impl Trust {
    pub(super) fn new(serve: &Serve) -> Self {
        let header = serve.trusted_proxy_header.as_ref().and_then(|name| name.parse().ok());
        Self { header, proxies: serve.trusted_proxies.clone() }
    }

    /// The client's address. The header is read from its end, where the nearest proxy wrote; what a client made up
    /// stands further in front and is never reached. From anybody who is no trusted proxy it is not read at all.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let Some(header) = &self.header else { return peer };
        let mut client = peer;
        let values: Vec<&str> = headers.get_all(header).iter().map(|value| value.to_str().unwrap_or("?")).collect();
        let mut hops = values.iter().rev().flat_map(|value| value.rsplit(','));
        while self.proxies.iter().any(|proxy| proxy.holds(client)) {
            match hops.next().and_then(address) {
                Some(next) => client = next,
                None => break,
            }
        }
        client
    }

    /// Whether a client's address is another's: a proxy handed the request on, and nobody who is believed says for whom.
    pub(super) fn is_hidden(&self, client: IpAddr, headers: &HeaderMap) -> bool {
        self.is_near(client) && HANDED_ON.iter().any(|name| headers.contains_key(*name))
    }

    /// Whether an address is this machine's or a trusted proxy's.
    pub(super) fn is_near(&self, client: IpAddr) -> bool {
        client.is_loopback() || self.proxies.iter().any(|proxy| proxy.holds(client))
    }
}

/// `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse::<IpAddr>().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))?;
    Some(ip.to_canonical())
}

/// The first of a reader's languages that is there (RFC 9110, section 12.5.4).
pub(super) fn preferred<'l>(
    headers: &HeaderMap,
    there: impl Fn(&Language) -> Option<&'l Language>,
) -> Option<&'l Language> {
    let header = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut wanted: Vec<(u16, Language)> = header
        .split(',')
        .take(20)
        .filter_map(|range| {
            let (tag, quality) = range.split_once(';').unwrap_or((range, ""));
            Some((quality_of(quality), Language::parse(tag)?))
        })
        .filter(|(quality, _)| *quality > 0)
        .collect();
    wanted.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    wanted.iter().find_map(|(_, language)| there(language))
}

/// Thousandths.
fn quality_of(text: &str) -> u16 {
    let number = text.trim().strip_prefix("q=").map_or(Some(1.0), |number| number.parse::<f32>().ok());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a small range")]
    number.map_or(0, |number| (number.clamp(0.0, 1.0) * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn client(peer: &str, pairs: &[(&'static str, &str)]) -> String {
        let network = |text: &str| Network::try_from(text.to_owned()).unwrap();
        let header = Some(HeaderName::from_static("x-forwarded-for"));
        let trust = Trust { header, proxies: vec![network("127.0.0.0/8"), network("10.0.0.0/8")] };
        trust.client(peer.parse().unwrap(), &headers(pairs)).to_string()
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_nobody_else() {
        assert_eq!(client("127.0.0.1", &[("x-forwarded-for", "192.0.2.7")]), "192.0.2.7");
        assert_eq!(client("203.0.113.9", &[("x-forwarded-for", "192.0.2.7")]), "203.0.113.9");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &[("x-real-ip", "192.0.2.7")]), "127.0.0.1");
    }

    #[test]
    fn what_the_client_made_up_is_never_reached() {
        assert_eq!(client("127.0.0.1", &[("x-forwarded-for", "198.51.100.1, 192.0.2.7")]), "192.0.2.7");
        assert_eq!(client("127.0.0.1", &[("x-forwarded-for", "198.51.100.1, 192.0.2.7, 10.0.0.3")]), "192.0.2.7");
        let two = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "192.0.2.7")];
        assert_eq!(client("127.0.0.1", &two), "192.0.2.7");
        assert_eq!(client("127.0.0.1", &[("x-forwarded-for", "192.0.2.7, nonsense")]), "127.0.0.1");
    }

    #[test]
    fn addresses_come_with_and_without_ports() {
        for (text, ip) in
            [("192.0.2.7:80", "192.0.2.7"), ("[2001:db8::1]:80", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1")]
        {
            assert_eq!(client("127.0.0.1", &[("x-forwarded-for", text)]), ip);
        }
    }

    #[test]
    fn the_readers_first_language_that_is_there_is_taken() {
        let there = [Language::parse("en").unwrap(), Language::parse("nl").unwrap()];
        let taken = |accept: &str| {
            let find = |wanted: &Language| there.iter().find(|own| own.primary() == wanted.primary());
            preferred(&headers(&[("accept-language", accept)]), find).map(ToString::to_string)
        };
        assert_eq!(taken("fr, nl-BE;q=0.8, en;q=0.9"), Some("en".to_owned()));
        assert_eq!(taken("nl-BE"), Some("nl".to_owned()));
        assert_eq!(taken("nl;q=0, *"), None);
        assert_eq!(taken(";;;,,q=,x"), None);
    }
}
