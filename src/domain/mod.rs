//! The sender's domain, as the servers of its readers look at it: SPF, DKIM, DMARC, MX, PTR, TLS, and the headers that
//! let readers leave. Project + domain + DNS -> a [`Checklist`] with what to publish, word for word.
//!
//! The rules are those that Gmail and Yahoo (since February 2024) and Microsoft (Outlook.com, since May 2025) publish for
//! whoever sends in bulk. Nothing is sent, and nobody logs in.

mod dns;
mod identity;
mod item;
mod key;
mod leaving;
mod policy;
mod relay;
mod route;
mod spf;

use std::net::{IpAddr, SocketAddr};

use serde::Serialize;

pub use self::item::{Item, Record, State};

use self::dns::{Answer, Dns};
use self::policy::Found;
use crate::address::Address;
use crate::error::{Error, Result, Trouble};
use crate::message::{DkimKey, dkim_key};
use crate::project::Project;

/// How a domain is looked at.
#[derive(Debug, Clone)]
pub struct Options {
    /// The domain of the `From` addresses.
    pub domain: String,
    /// The address from which the relay sends, where that is not the one it is reached at.
    pub address: Option<IpAddr>,
    /// The name server to ask, rather than this machine's.
    pub server: Option<SocketAddr>,
}

/// All points, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checklist {
    /// The domain.
    pub domain: String,
    /// Its points.
    pub items: Vec<Item>,
}

impl Checklist {
    /// How many stand so.
    pub fn count(&self, state: State) -> usize {
        self.items.iter().filter(|item| item.state == state).count()
    }
}

/// What every check knows.
struct Looked<'l> {
    project: &'l Project,
    dns: Dns,
    /// The domain of the `From` addresses.
    from: String,
    /// The domain of the bounce addresses.
    bounce: String,
    /// The addresses from which the relay sends, as far as they are known.
    senders: Vec<IpAddr>,
    /// Why they are not known.
    unknown: Option<String>,
    /// The key with which envoi signs.
    key: Option<DkimKey>,
}

/// Looks at a domain.
pub async fn check(project: &Project, options: &Options) -> Result<Checklist> {
    let domain = normal(&options.domain)?;
    let sender = &project.config.sender;
    let bounce = if sender.from.address.domain() == domain {
        sender.bounce_address().domain().to_owned()
    } else {
        domain.clone()
    };
    let mut looked = Looked {
        project,
        dns: Dns::new(options.server)?,
        from: domain.clone(),
        bounce,
        senders: Vec::new(),
        unknown: None,
        key: dkim_key(project)?,
    };
    if looked.dns.txt(&domain).await == Answer::Silent {
        // each further question would only take its time
        return Err(Error::Refused(
            Trouble::new(format!("no name server answers when it is asked about `{domain}`"))
                .hint("check the network, and try again: a domain's servers may be silent for a while"),
        ));
    }
    looked.find_senders(options.address).await;
    let policy = policy::find(&looked.dns, &domain).await;
    let mut items = Vec::new();
    items.push(identity::spf(&looked).await);
    items.push(identity::dkim(&looked).await);
    items.push(identity::dmarc(&looked, &policy));
    items.push(identity::alignment(&looked, &policy));
    items.extend(route::mail_servers(&looked).await);
    items.push(route::names(&looked).await);
    items.push(route::tls(&looked).await?);
    items.extend(leaving::look(&looked));
    Ok(Checklist { domain, items })
}

impl Looked<'_> {
    /// The addresses from which the relay sends: the given one, or those at which it is reached.
    async fn find_senders(&mut self, given: Option<IpAddr>) {
        if let Some(address) = given {
            self.senders.push(address);
            return;
        }
        let Some(relay) = &self.project.config.relay else {
            self.unknown = Some("envoi.toml names no relay".to_owned());
            return;
        };
        let answer = relay::addresses(&self.dns, relay).await;
        if let Some(trouble) = answer.trouble() {
            self.unknown = Some(format!("`{}`: {trouble}", relay.host));
            return;
        }
        let lack = answer.lack();
        let (public, private): (Vec<IpAddr>, Vec<IpAddr>) =
            answer.records().into_iter().partition(|address| crate::network::is_public(*address));
        self.senders = public;
        if self.senders.is_empty() {
            self.unknown = Some(if private.is_empty() {
                format!("`{}`: {lack}", relay.host)
            } else {
                format!("`{}` is in this network, and what it looks like from outside is not known here", relay.host)
            });
        }
    }

    fn policy_domain<'p>(&'p self, found: &'p Found) -> &'p str {
        match found {
            Found::Policy(policy) => &policy.organisation,
            _ => &self.from,
        }
    }
}

/// A domain as it is asked for: in lower case, in ASCII, without its last dot.
fn normal(text: &str) -> Result<String> {
    let domain = text.trim().trim_start_matches('@').trim_end_matches('.');
    let domain = domain.rsplit_once('@').map_or(domain, |(_, domain)| domain);
    Address::parse(&format!("postmaster@{domain}")).map(|address| address.domain().to_owned()).map_err(|why| {
        Error::Refused(
            Trouble::new(format!("`{text}` is no domain: {why}"))
                .hint("give the domain alone: `envoi doctor example.org`"),
        )
    })
}
