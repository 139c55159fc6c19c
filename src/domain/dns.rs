//! Questions to the domain name system. A name -> [`Answer`], which tells apart what `dig` tells apart: there is
//! nothing, there is no such name, its servers fail, nobody answers.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, RecordType};
use hickory_resolver::{Resolver, TokioResolver};

use crate::error::{Error, Result, Trouble};

/// How long a name server may take; it is asked twice.
const PATIENCE: Duration = Duration::from_secs(4);

/// How many records of one answer are looked at.
const MOST: usize = 50;

/// What the domain name system says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer<T> {
    /// These records.
    Found(Vec<T>),
    /// The name is there, and has no record of this kind.
    Nothing,
    /// There is no such name (NXDOMAIN).
    NoSuchName,
    /// The domain's servers fail, or refuse (SERVFAIL, REFUSED).
    Failed(String),
    /// Nobody answers.
    Silent,
}

impl<T> Answer<T> {
    /// The records; none whatever the reason.
    pub(super) fn records(self) -> Vec<T> {
        match self {
            Self::Found(records) => records,
            _ => Vec::new(),
        }
    }

    /// Why it can't be said whether there is a record.
    pub(super) fn trouble(&self) -> Option<String> {
        match self {
            Self::Failed(why) => Some(format!("the domain's name servers fail ({why})")),
            Self::Silent => Some("no name server answers: the network, or the domain's servers, are silent".to_owned()),
            _ => None,
        }
    }

    /// How it is said that there is no record.
    pub(super) fn lack(&self) -> &'static str {
        if matches!(self, Self::NoSuchName) { "there is no such name (NXDOMAIN)" } else { "it has no such record" }
    }
}

/// Asks.
pub(super) struct Dns(TokioResolver);

impl Dns {
    /// By this machine's name servers, or by one that is named.
    pub(super) fn new(server: Option<SocketAddr>) -> Result<Self> {
        let unset = |error: NetError| {
            Error::Refused(
                Trouble::new("this machine names no name servers")
                    .because(error.to_string())
                    .hint("see `/etc/resolv.conf`, or name one: `--dns 9.9.9.9:53`"),
            )
        };
        let mut builder = match server {
            None => Resolver::builder_tokio().map_err(unset)?,
            Some(server) => {
                let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                    connection.port = server.port();
                    connection
                });
                let server = NameServerConfig::new(server.ip(), true, connections.into());
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                Resolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        options.timeout = PATIENCE;
        options.attempts = 1;
        Ok(Self(builder.build().map_err(unset)?))
    }

    /// Texts, each joined of its pieces.
    pub(super) async fn txt(&self, name: &str) -> Answer<String> {
        self.ask(name, RecordType::TXT, |data| match data {
            RData::TXT(txt) => Some(txt.txt_data.iter().map(|piece| String::from_utf8_lossy(piece)).collect()),
            _ => None,
        })
        .await
    }

    /// Mail servers, the preferred first, with their preference; `""` is the null MX (RFC 7505).
    pub(super) async fn mx(&self, name: &str) -> Answer<(u16, String)> {
        let mut answer = self
            .ask(name, RecordType::MX, |data| match data {
                RData::MX(mx) => Some((mx.preference, plain(&mx.exchange.to_utf8()))),
                _ => None,
            })
            .await;
        if let Answer::Found(servers) = &mut answer {
            servers.sort();
        }
        answer
    }

    /// IP addresses of both kinds.
    pub(super) async fn addresses(&self, name: &str) -> Answer<IpAddr> {
        let four = self.four(name).await;
        let six = self
            .ask(name, RecordType::AAAA, |data| match data {
                RData::AAAA(aaaa) => Some(IpAddr::V6(aaaa.0)),
                _ => None,
            })
            .await;
        match (four, six) {
            (Answer::Found(mut four), six) => {
                four.extend(six.records());
                Answer::Found(four)
            }
            (_, Answer::Found(six)) => Answer::Found(six),
            (four, _) => four,
        }
    }

    /// IP addresses of the older kind.
    pub(super) async fn four(&self, name: &str) -> Answer<IpAddr> {
        self.ask(name, RecordType::A, |data| match data {
            RData::A(a) => Some(IpAddr::V4(a.0)),
            _ => None,
        })
        .await
    }

    /// The names of an IP address.
    pub(super) async fn names(&self, address: IpAddr) -> Answer<String> {
        self.ask(&reverse(address), RecordType::PTR, |data| match data {
            RData::PTR(name) => Some(plain(&name.0.to_utf8())),
            _ => None,
        })
        .await
    }

    async fn ask<T>(&self, name: &str, kind: RecordType, pick: impl Fn(&RData) -> Option<T>) -> Answer<T> {
        // with its dot: a name of the world, not of this machine's domain
        let name = format!("{}.", name.trim_end_matches('.'));
        match self.0.lookup(name, kind).await {
            Ok(lookup) => {
                let found: Vec<T> =
                    lookup.answers().iter().filter_map(|record| pick(&record.data)).take(MOST).collect();
                if found.is_empty() { Answer::Nothing } else { Answer::Found(found) }
            }
            Err(NetError::Dns(DnsError::NoRecordsFound(none))) => match none.response_code {
                ResponseCode::NXDomain => Answer::NoSuchName,
                ResponseCode::NoError => Answer::Nothing,
                ResponseCode::ServFail => Answer::Failed("SERVFAIL".to_owned()),
                other => Answer::Failed(other.to_string()),
            },
            Err(NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail))) => Answer::Failed("SERVFAIL".to_owned()),
            Err(NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused))) => Answer::Failed("REFUSED".to_owned()),
            Err(NetError::Timeout | NetError::NoConnections) => Answer::Silent,
            Err(other) => Answer::Failed(other.to_string()),
        }
    }
}

/// A name without its last dot.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// The name under which the names of an address are (RFC 1035, section 3.5; RFC 3596, section 2.5).
fn reverse(address: IpAddr) -> String {
    match address {
        IpAddr::V4(four) => {
            let [a, b, c, d] = four.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(six) => {
            let digits: Vec<String> =
                six.octets().iter().rev().flat_map(|byte| [byte & 15, byte >> 4]).map(|d| format!("{d:x}")).collect();
            format!("{}.ip6.arpa", digits.join("."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_asked_for_backwards() {
        assert_eq!(reverse("192.0.2.25".parse().unwrap()), "25.2.0.192.in-addr.arpa");
        let six = reverse("2001:db8::1".parse().unwrap());
        assert!(six.starts_with("1.0.0.0.") && six.ends_with(".8.b.d.0.1.0.0.2.ip6.arpa"), "{six}");
    }
}
