//! An address -> bytes: bounded in size, time and number, and only from the open web.
//!
//! What a feed names must not reach into the officer's own network (a router, a printer's page): private addresses are
//! refused after the name is resolved, for every redirect anew. A feed whose address is one of this network by its name
//! alone (`192.168.1.7`, `intranet.local`) may name its neighbours.

use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use url::{Host, Url};

use crate::error::{Cause, Error, Result, Trouble};
use crate::network::is_public;

/// Names that nobody can own on the open web; neither can one without a dot.
const LOCAL: [&str; 6] = ["local", "localhost", "internal", "lan", "intranet", "test"];

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long all of them may take together.
const PATIENCE_IN_ALL: Duration = Duration::from_mins(15);

/// How many redirects are followed.
const REDIRECTS: u32 = 5;

/// Fetches what a feed names.
#[derive(Debug)]
pub(super) struct Fetcher {
    agent: Agent,
    started: Mutex<Option<Instant>>,
}

impl Fetcher {
    /// For a feed on the web: where its host is one of this network, its pictures may lie there too.
    pub(super) fn for_feed(address: &str) -> Result<Self> {
        let wrong = || Error::Refused(Trouble::new(format!("`{address}` is no web address")));
        let url = Url::parse(address).map_err(|_| wrong())?;
        Ok(Self::new(is_local(&url.host().ok_or_else(wrong)?)))
    }

    /// For a feed that is a file: it may come from anywhere.
    pub(super) fn for_file() -> Self {
        Self::new(false)
    }

    fn new(is_local: bool) -> Self {
        let config = Config::builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(REDIRECTS)
            // a proxy would resolve names itself, and pass by the look at their addresses
            .proxy(None)
            .user_agent(concat!("envoi/", env!("CARGO_PKG_VERSION")))
            .build();
        let watch = Watch { inner: DefaultResolver::default(), is_local };
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), watch), started: Mutex::new(None) }
    }

    /// What lies at an address, at most so many bytes of it.
    pub(super) fn get(&self, address: &str, largest: u64) -> std::result::Result<Vec<u8>, Cause> {
        if let Ok(mut started) = self.started.lock()
            && started.get_or_insert_with(Instant::now).elapsed() > PATIENCE_IN_ALL
        {
            return Err("there was no time left".into());
        }
        let mut answer = self.agent.get(address).call().map_err(plain)?;
        answer.body_mut().with_config().limit(largest).read_to_vec().map_err(plain)
    }
}

/// Whether a host is one of this network by its name alone. What a name of the open web leads to is no proof of it: who
/// owns the name can have it lead into any office.
fn is_local(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => !is_public((*address).into()),
        Host::Ipv6(address) => !is_public((*address).into()),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let (_, last) = name.rsplit_once('.').unwrap_or(("", "local"));
            LOCAL.contains(&last) || name.ends_with(".home.arpa")
        }
    }
}

/// What the library says, without its own words around what we said.
fn plain(error: ureq::Error) -> Cause {
    match error {
        ureq::Error::StatusCode(code) => format!("the server answered {code}").into(),
        ureq::Error::BodyExceedsLimit(limit) => format!("it has more than {} MB", limit / 1024 / 1024).into(),
        ureq::Error::Timeout(_) => "the server took too long".into(),
        ureq::Error::HostNotFound => "there is no such server".into(),
        ureq::Error::Io(error) => error.into(),
        other => Box::new(other),
    }
}

/// Resolves names, and refuses those that lead into a private network.
#[derive(Debug)]
struct Watch {
    inner: DefaultResolver,
    is_local: bool,
}

impl Resolver for Watch {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> std::result::Result<ResolvedSocketAddrs, ureq::Error> {
        let addresses = self.inner.resolve(uri, config, timeout)?;
        if self.is_local || addresses.iter().all(|address| is_public(address.ip())) {
            return Ok(addresses);
        }
        Err(ureq::Error::Io(io::Error::new(io::ErrorKind::PermissionDenied, "its address is a private one")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_of_this_network_opens_it() {
        let is_local = |address: &str| is_local(&Url::parse(address).unwrap().host().unwrap());
        for own in
            ["127.0.0.1", "192.168.1.7:8080", "[::1]", "[fd00::7]", "localhost", "intranet", "wiki.local", "a.lan."]
        {
            assert!(is_local(&format!("http://{own}/feed")), "{own}");
        }
        // whatever they resolve to
        for other in ["www.example.org", "localhost.example.org", "local.example", "203.0.114.9", "[2606:4700::1]"] {
            assert!(!is_local(&format!("http://{other}/feed")), "{other}");
        }
    }
}
