//! The way of the mail: the servers to which answers and bounces come, the names of the relay, its TLS.

use super::Looked;
use super::item::{Item, State};
use super::relay;
use crate::error::Result;
use crate::project::Tls;

const MX: &str =
    "mail to the domain of `From`, and bounces, must arrive (RFC 5321); Microsoft: a sender can be answered";
const PTR: &str = "Gmail and Yahoo: the sending address has a name, and the name has the address";
const TLS: &str = "Gmail: mail is sent over TLS";

/// How many mail servers of a domain are looked at.
const MOST: usize = 10;

/// The mail servers of the sender's and of the bounce domain.
pub(super) async fn mail_servers(looked: &Looked<'_>) -> Vec<Item> {
    let mut items = vec![of_domain(looked, &looked.from, "answers").await];
    if looked.bounce != looked.from {
        items.push(of_domain(looked, &looked.bounce, "bounces").await);
    }
    items
}

async fn of_domain(looked: &Looked<'_>, domain: &str, what: &str) -> Item {
    let item = |state, found: String| Item::new("MX", MX, state, found);
    let answer = looked.dns.mx(domain).await;
    if let Some(trouble) = answer.trouble() {
        return item(State::Fail, format!("`{domain}`: {trouble}"));
    }
    let lack = answer.lack();
    let servers = answer.records();
    if servers.is_empty() {
        return if looked.dns.addresses(domain).await.records().is_empty() {
            item(State::Fail, format!("`{domain}` has no mail server ({lack}): {what} cannot arrive")).publish(
                "MX",
                domain,
                format!("10 mail.{domain}."),
            )
        } else {
            item(State::Warn, format!("`{domain}` has no MX record; its own address stands in for one")).publish(
                "MX",
                domain,
                format!("10 {domain}."),
            )
        };
    }
    if servers.iter().any(|(_, host)| host.is_empty()) {
        return item(State::Fail, format!("`{domain}` says that it takes no mail (null MX): {what} cannot arrive"));
    }
    let mut lost = Vec::new();
    for (_, host) in servers.iter().take(MOST) {
        let addresses = looked.dns.addresses(host).await;
        if let Some(trouble) = addresses.trouble() {
            lost.push(format!("`{host}`: {trouble}"));
        } else if addresses.records().is_empty() {
            lost.push(format!("`{host}` has no address"));
        }
    }
    let names: Vec<String> = servers.iter().take(MOST).map(|(_, host)| format!("`{host}`")).collect();
    if lost.is_empty() {
        item(State::Ok, format!("{what} to `{domain}` go to {}", names.join(", ")))
    } else if lost.len() == names.len() {
        item(State::Fail, format!("no mail server of `{domain}` can be found: {}", lost.join("; ")))
    } else {
        item(State::Warn, format!("a mail server of `{domain}` cannot be found: {}", lost.join("; ")))
    }
}

/// The names of the relay's addresses, which must lead back to them.
pub(super) async fn names(looked: &Looked<'_>) -> Item {
    let item = |state, found: String| Item::new("PTR", PTR, state, found);
    if looked.senders.is_empty() {
        let why = looked.unknown.clone().unwrap_or_else(|| "the relay has no address".to_owned());
        return item(State::Warn, format!("the name of the relay's address is not known: {why}"))
            .hint("name the address from which it sends: `--ip ADDRESS`");
    }
    let mut good = Vec::new();
    for address in looked.senders.iter().take(MOST) {
        let answer = looked.dns.names(*address).await;
        if let Some(trouble) = answer.trouble() {
            return item(State::Fail, format!("the name of {address}: {trouble}"));
        }
        let lack = answer.lack();
        let names = answer.records();
        let Some(first) = names.first() else {
            return item(State::Fail, format!("{address} has no name: {lack}"))
                .hint("who runs the relay's network sets it: ask your provider");
        };
        let mut leads_back = false;
        for name in names.iter().take(MOST) {
            leads_back |= looked.dns.addresses(name).await.records().contains(address);
        }
        if !leads_back {
            return item(State::Fail, format!("{address} is called `{first}`, which does not lead back to it"))
                .hint("who runs the relay's network sets it: ask your provider");
        }
        good.push(format!("{address} is `{first}`, and back"));
    }
    item(State::Ok, good.join("; "))
}

/// The version of TLS that the relay speaks with envoi.
pub(super) async fn tls(looked: &Looked<'_>) -> Result<Item> {
    let item = |state, found: String| Item::new("TLS", TLS, state, found);
    let Some(relay) = &looked.project.config.relay else {
        return Ok(item(State::Warn, "envoi.toml names no relay".to_owned()));
    };
    if relay.tls == Tls::None {
        return Ok(item(State::Warn, format!("`{}` is spoken to without TLS, as envoi.toml says", relay.host))
            .hint("whether it sends on over TLS, its operator knows"));
    }
    Ok(match relay::tls_version(looked.project, relay).await? {
        Ok(version) => item(State::Ok, format!("`{}` speaks {version}, and its certificate is good", relay.host)),
        Err(why) => item(State::Fail, format!("no protected connection to `{}`: {why}", relay.host))
            .hint("`envoi doctor` alone tries the connection step by step"),
    })
}
