//! `[serve]`: the web server at which readers subscribe, choose and unsubscribe, and where the project's secret is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;

use url::{Host, Url};

use super::{Localised, Project};
use crate::diagnostic::Diagnostic;
use crate::language::Language;
use crate::rule;

/// The whole table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serve {
    /// The address under which readers reach it; messages then link to it. Without it, the secret alone is said here.
    pub url: Option<String>,
    /// Where it listens; as a rule a reverse proxy stands before it.
    #[serde(default = "loopback")]
    pub listen: SocketAddr,
    /// The environment variable that holds the secret.
    pub secret_env: Option<String>,
    /// The command that prints the secret.
    pub secret_command: Option<String>,
    /// The file that holds the secret, seen from the project's folder. Best outside of it.
    pub secret_file: Option<PathBuf>,
    /// The header in which the reverse proxy says from where a request came: `X-Forwarded-For`, `X-Real-IP` …
    pub trusted_proxy_header: Option<String>,
    /// From whom that header is believed: addresses and networks.
    #[serde(default = "this_machine")]
    pub trusted_proxies: Vec<Network>,
    /// In which languages the newsletter can be had; the project's default language where left out.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// What readers can choose.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// What a reader agrees to, above the button; envoi's own words where left out.
    pub consent: Option<Localised>,
    /// What that text is called where consent is proved; made from the text itself where left out.
    pub consent_version: Option<String>,
    /// Where the organisation says what it does with data.
    pub privacy_url: Option<Localised>,
    /// How many hours the link of a confirmation mail is good.
    #[serde(default = "two_days")]
    pub confirm_hours: u16,
    /// Sites of the organisation's own whose forms may be sent here, as in `https://www.example.org`.
    #[serde(default)]
    pub form_origins: Vec<String>,
}

impl Serve {
    /// The address under which readers reach the server, without a slash at its end.
    pub fn base(&self) -> Option<&str> {
        self.url.as_deref().map(|url| url.trim_end_matches('/'))
    }
}

/// Something that readers can choose to get.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The subscriber's tag.
    pub tag: String,
    /// What readers see.
    pub name: Localised,
}

impl Project {
    /// The address of the server's pages, which messages link to; none where there is no such server.
    pub fn serve_base(&self) -> Option<&str> {
        self.config.serve.as_ref().and_then(Serve::base)
    }

    /// What is wrong with `[serve]`.
    pub(super) fn validate_serve(&self, found: &mut Vec<Diagnostic>) {
        let Some(serve) = &self.config.serve else { return };
        let wrong = |key: &str, message: String, hint: &str| {
            Diagnostic::of(&rule::SERVE_VALUE, message).at(self.place_of(key)).hint(hint)
        };
        if let Some(url) = &serve.url {
            if !is_reachable_safely(url) {
                found.push(
                    Diagnostic::of(&rule::SERVE_NOT_HTTPS, format!("`{url}` is no https address"))
                        .at(self.place_of("serve.url"))
                        .hint("write the address at which readers reach the server, as in `https://news.example.org`")
                        .hint("`http://` is for this machine alone: `http://127.0.0.1:8026`"),
                );
            }
            if self.config.unsubscribe.as_ref().is_some_and(|unsubscribe| unsubscribe.url.is_some()) {
                found.push(
                    Diagnostic::of(&rule::TWO_UNSUBSCRIBE_PAGES, "two pages are named at which readers unsubscribe")
                        .at(self.place_of("unsubscribe.url"))
                        .hint("delete this line: `envoi serve` is the page; `mailto` may stay"),
                );
            }
            if serve.secret_env.is_none() && serve.secret_command.is_none() && serve.secret_file.is_none() {
                found.push(
                    Diagnostic::of(&rule::SERVE_NO_SECRET, "`[serve]` does not say where the project's secret is")
                        .at(self.place_of("[serve]"))
                        .hint(
                            "make one: `openssl rand -base64 32`; keep it for ever, mails that were sent depend on it",
                        )
                        .hint("add `secret_env = \"ENVOI_SECRET\"`, `secret_command = \"…\"` or `secret_file = \"…\"`"),
                );
            }
        }
        if let Some(header) = &serve.trusted_proxy_header
            && (header.is_empty() || !header.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        {
            let message = format!("`{header}` is no name of a header");
            found.push(wrong("serve.trusted_proxy_header", message, "write one like `X-Forwarded-For`"));
        }
        for (at, topic) in serve.topics.iter().enumerate() {
            let usual = |c: char| c.is_alphanumeric() || "-_.".contains(c);
            if topic.tag.is_empty() || topic.tag.len() > 40 || !topic.tag.chars().all(usual) {
                let message = format!("`{}` is no tag", topic.tag);
                found.push(wrong("[serve]", message, "a tag is letters, digits, `-`, `_` and `.`, forty at most"));
            } else if serve.topics[..at].iter().any(|other| other.tag.eq_ignore_ascii_case(&topic.tag)) {
                let message = format!("the topic `{}` is there twice", topic.tag);
                found.push(wrong("[serve]", message, "delete one of them"));
            }
        }
        if serve.topics.len() > 20 {
            let message = format!("readers are asked to choose among {} topics", serve.topics.len());
            found.push(wrong("[serve]", message, "offer twenty at most"));
        }
        for origin in &serve.form_origins {
            let parsed = Url::parse(origin).ok().filter(|url| url.origin().ascii_serialization() == *origin);
            if parsed.is_none() {
                let message = format!("`{origin}` is no origin of pages");
                found.push(wrong(
                    "serve.form_origins",
                    message,
                    "write scheme and host alone: `https://www.example.org`",
                ));
            }
        }
        if serve.confirm_hours == 0 {
            let message = "no confirmation could ever be given".to_owned();
            found.push(wrong("serve.confirm_hours", message, "leave it out for two days"));
        }
    }
}

/// Whether an address is one of https, or of this very machine; without question mark, fragment or login.
fn is_reachable_safely(url: &str) -> bool {
    let Ok(parsed) = Url::parse(url) else { return false };
    let loopback = match parsed.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let plain = parsed.query().is_none() && parsed.fragment().is_none() && parsed.username().is_empty();
    let clean = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"'{}\\^`|".contains(&byte));
    plain && clean && url.len() <= 200 && (parsed.scheme() == "https" || parsed.scheme() == "http" && loopback)
}

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 8026))
}

fn this_machine() -> Vec<Network> {
    vec![
        Network { address: IpAddr::from([127, 0, 0, 0]), bits: 8 },
        Network { address: IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), bits: 128 },
    ]
}

fn two_days() -> u16 {
    48
}

/// An address or a network: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether an address lies in it. An IPv4 address is the same in IPv6's clothes.
    pub fn holds(&self, address: IpAddr) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(v4) => (u128::from(v4.to_bits()) << 96, 32),
            IpAddr::V6(v6) => (v6.to_bits(), 128),
        };
        let ((own, width), (other, other_width)) = (bits(self.address), bits(address.to_canonical()));
        let shift = 128 - u32::from(self.bits);
        width == other_width && own.checked_shr(shift) == other.checked_shr(shift)
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is neither an address nor a network; write \"127.0.0.1\" or \"10.0.0.0/8\"");
        let (address, bits) =
            text.split_once('/').map_or((text.as_str(), None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => bits.trim().parse().ok().filter(|bits| *bits <= most).ok_or_else(wrong)?,
        };
        Ok(Self { address, bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_own_addresses() {
        let holds = |network: &str, address: &str| {
            Network::try_from(network.to_owned()).unwrap().holds(address.parse().unwrap())
        };
        assert!(holds("10.0.0.0/8", "10.1.2.3") && holds("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(!holds("10.0.0.0/8", "11.1.2.3") && !holds("10.0.0.0/8", "a00::1"));
        assert!(holds("192.0.2.7", "192.0.2.7") && !holds("192.0.2.7", "192.0.2.8"));
        assert!(holds("0.0.0.0/0", "192.0.2.7") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("::/0", "::1") && holds("fd00::/8", "fdff::1") && !holds("fd00::/8", "fe80::1"));
        for wrong in ["", "example.org", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/"] {
            assert!(Network::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
