//! Whose mail it is: SPF, DKIM, DMARC, and whether they speak of the same organisation as `From`.

use super::Looked;
use super::dns::Answer;
use super::item::{Item, State};
use super::key::Published;
use super::policy::{Found, aligned};
use super::spf::{self, MOST_LOOKUPS};

const SPF: &str = "Gmail, Yahoo and Microsoft: bulk mail passes SPF";
const DKIM: &str = "Gmail, Yahoo and Microsoft: bulk mail passes DKIM, with a key of 1024 bits at least";
const DMARC: &str = "Gmail, Yahoo and Microsoft: the domain of `From` has a DMARC policy, `p=none` at least";
const ALIGNMENT: &str = "Gmail, Yahoo and Microsoft: the domain of `From` is that of SPF or of DKIM, best of both";

/// The bounce domain's SPF record: it is the envelope that SPF looks at.
pub(super) async fn spf(looked: &Looked<'_>) -> Item {
    let domain = &looked.bounce;
    let item = |state, found: String| Item::new("SPF", SPF, state, found);
    let suggestion = suggested(looked);
    let answer = looked.dns.txt(domain).await;
    if let Some(trouble) = answer.trouble() {
        return item(State::Fail, format!("`{domain}`: {trouble}"));
    }
    let record = match spf::records(&answer).as_slice() {
        [] => {
            let lack = if matches!(answer, Answer::NoSuchName) { answer.lack() } else { "it has no SPF record" };
            return item(State::Fail, format!("`{domain}`: {lack}")).publish("TXT", domain, suggestion);
        }
        [record] => (*record).clone(),
        records => {
            let kept = records.first().map(|record| (*record).clone()).unwrap_or_default();
            return item(
                State::Fail,
                format!("`{domain}` has {} SPF records, so that none of them counts", records.len()),
            )
            .hint("keep one, and move what the others allow into it")
            .publish("TXT", domain, kept);
        }
    };
    let spf = spf::walk(&looked.dns, domain, &record, &looked.senders).await;
    if let Some(why) = &spf.broken {
        return item(State::Fail, format!("the SPF record of `{domain}` cannot be used: {why}"));
    }
    if spf.lookups > MOST_LOOKUPS {
        return item(
            State::Fail,
            format!("the SPF record of `{domain}` costs {} look-ups, and {MOST_LOOKUPS} is the most", spf.lookups),
        )
        .hint("take out what no longer sends for you, and write addresses (`ip4:`) in place of names");
    }
    if spf.all == Some('+') {
        let item = item(State::Fail, format!("the SPF record of `{domain}` lets the whole world send (`+all`)"));
        return match spf::redirect(&record) {
            Some(target) => item.hint(format!("the record at `{target}` says so: end it with `~all` or `-all`")),
            None => item.hint("end it with `~all`, or with `-all` when all that sends for you is in it").publish(
                "TXT",
                domain,
                spf::softly(&record),
            ),
        };
    }
    let refused: Vec<String> =
        spf.verdicts.iter().filter(|(_, verdict)| *verdict != '+').map(|(address, _)| address.to_string()).collect();
    let cost = format!("{} of {MOST_LOOKUPS} look-ups", spf.lookups);
    if !refused.is_empty() {
        let state = if spf.depends { State::Warn } else { State::Fail };
        return item(state, format!("the SPF record of `{domain}` does not allow the relay ({})", refused.join(", ")))
            .hint("your provider's manual names what to add: often an `include:`")
            .publish("TXT", domain, with(&record, &refused));
    }
    if let Some(why) = &looked.unknown {
        return item(State::Warn, format!("`{record}` ({cost}); whether it allows the relay is not known: {why}"))
            .hint("name the address from which it sends: `--ip ADDRESS`");
    }
    if spf.all.is_none() || spf.all == Some('?') {
        let item = item(State::Warn, format!("`{record}` allows the relay ({cost}), and says nothing of others"));
        return match spf::redirect(&record) {
            Some(target) => item.hint(format!("the record at `{target}` is the one to end with `~all`")),
            None => item.hint("end it with `~all`").publish("TXT", domain, spf::softly(&record)),
        };
    }
    item(State::Ok, format!("`{record}` allows the relay ({cost})"))
}

/// A first record.
fn suggested(looked: &Looked<'_>) -> String {
    let addresses: Vec<String> = looked.senders.iter().map(|address| mechanism(&address.to_string())).collect();
    let allowed = match (&looked.project.config.relay, addresses.is_empty()) {
        (_, false) => addresses.join(" "),
        (Some(relay), true) if relay.host.parse::<std::net::IpAddr>().is_err() && relay.host.contains('.') => {
            format!("a:{}", relay.host)
        }
        _ => "mx".to_owned(),
    };
    format!("v=spf1 {allowed} ~all")
}

/// A record that allows some addresses more.
fn with(record: &str, addresses: &[String]) -> String {
    let more: Vec<String> = addresses.iter().map(|address| mechanism(address)).collect();
    let (first, rest) = record.split_once(' ').unwrap_or((record, "~all"));
    format!("{first} {} {rest}", more.join(" "))
}

fn mechanism(address: &str) -> String {
    if address.contains(':') { format!("ip6:{address}") } else { format!("ip4:{address}") }
}

/// The key with which envoi signs, and the one that is published.
pub(super) async fn dkim(looked: &Looked<'_>) -> Item {
    let item = |state, found: String| Item::new("DKIM", DKIM, state, found);
    let Some(own) = &looked.key else {
        return item(State::Warn, "envoi does not sign; whether the relay does is not known here".to_owned())
            .hint("ask your provider; or make a key (`openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out dkim.pem`) and name it under `[dkim]`");
    };
    let name = format!("{}._domainkey.{}", own.selector, own.domain);
    let item = |state, found: String| item(state, found).publish("TXT", &name, &own.record);
    let answer = looked.dns.txt(&name).await;
    if let Some(trouble) = answer.trouble() {
        return item(State::Fail, format!("`{name}`: {trouble}"));
    }
    let lack = answer.lack();
    let records = answer.records();
    let record = match records.as_slice() {
        [] => return item(State::Fail, format!("`{name}`: {lack}")),
        [record] => record,
        _ => return item(State::Fail, format!("`{name}` has more than one record")).hint("leave only this one"),
    };
    let published = match Published::parse(record) {
        Ok(published) => published,
        Err(why) => return item(State::Fail, format!("the key at `{name}` cannot be used: {why}")),
    };
    if published.key.is_empty() {
        return item(State::Fail, format!("the key at `{name}` was revoked (`p=` is empty)"))
            .hint("take another selector for a new key");
    }
    if published.kind != own.kind || !own.is_published_as(&published.key) {
        return item(State::Fail, format!("the key at `{name}` is not the one that signs"))
            .hint("publish this one, or sign with the other (`key` under `[dkim]`)");
    }
    if !published.sha256 {
        return item(State::Fail, format!("the key at `{name}` does not allow SHA-256 (`h=`)"));
    }
    let found = format!("the key at `{name}` is the one that signs");
    match (published.kind.as_str(), published.bits) {
        _ if published.testing => {
            Item::new("DKIM", DKIM, State::Warn, format!("{found}; it says that you only test (`t=y`)"))
                .hint("publish it without `t=y`")
                .publish("TXT", &name, &own.record)
        }
        ("rsa", bits) if bits < 1024 => Item::new("DKIM", DKIM, State::Fail, format!("{found}; it has {bits} bits"))
            .hint("make a new one with 2048 bits"),
        ("rsa", bits) if bits < 2048 => Item::new("DKIM", DKIM, State::Warn, format!("{found}; it has {bits} bits"))
            .hint("make a new one with 2048 bits, under another selector"),
        ("rsa", bits) => Item::new("DKIM", DKIM, State::Ok, format!("{found}, with {bits} bits")),
        _ => Item::new("DKIM", DKIM, State::Warn, format!("{found} (Ed25519)"))
            .hint("not every provider reads Ed25519: sign with an RSA key of 2048 bits"),
    }
}

/// The policy.
pub(super) fn dmarc(looked: &Looked<'_>, found: &Found) -> Item {
    let domain = &looked.from;
    let item = |state, found: String| Item::new("DMARC", DMARC, state, found);
    let first = format!("v=DMARC1; p=none; rua=mailto:postmaster@{domain}");
    match found {
        Found::Unknown(why) => item(State::Fail, why.clone()),
        Found::None => item(State::Fail, format!("`{domain}` has no DMARC policy")).publish(
            "TXT",
            format!("_dmarc.{domain}"),
            first,
        ),
        Found::Broken(why) => item(State::Fail, why.clone()).publish("TXT", format!("_dmarc.{domain}"), first),
        Found::Policy(policy) => {
            let record = &policy.record;
            if policy.reports {
                item(State::Ok, format!("_dmarc.{}: `{record}`", policy.domain))
            } else {
                let more = format!("{}; rua=mailto:postmaster@{domain}", record.trim_end().trim_end_matches(';'));
                item(State::Warn, format!("_dmarc.{}: `{record}` asks for no reports (`rua=`)", policy.domain)).publish(
                    "TXT",
                    format!("_dmarc.{}", policy.domain),
                    more,
                )
            }
        }
    }
}

/// Whether the bounce domain and the signing domain are those of `From`.
pub(super) fn alignment(looked: &Looked<'_>, found: &Found) -> Item {
    let item = |state, found: String| Item::new("alignment", ALIGNMENT, state, found);
    let organisation = looked.policy_domain(found);
    let strict = match found {
        Found::Policy(policy) => policy.strict,
        _ => (false, false),
    };
    let by_spf = aligned(&looked.from, &looked.bounce, organisation, strict.1);
    let by_dkim = looked
        .key
        .as_ref()
        .map(|key| (key.domain.as_str(), aligned(&looked.from, &key.domain, organisation, strict.0)));
    let from = &looked.from;
    let bounce = &looked.bounce;
    match (by_spf, by_dkim) {
        (true, Some((signing, true))) => {
            item(State::Ok, format!("bounces go to `{bounce}`, and `{signing}` signs: both are `{from}`'s"))
        }
        (true, None) => {
            item(State::Warn, format!("bounces go to `{bounce}`, which is `{from}`'s; who signs is not known"))
                .hint("DKIM survives forwarding, SPF does not: let `[dkim]` or the relay sign as the same domain")
        }
        (true, Some((signing, false))) => item(
            State::Warn,
            format!("bounces go to `{bounce}`, which is `{from}`'s; `{signing}`, which signs, is not"),
        )
        .hint(format!("sign as `{from}`: leave `domain` under `[dkim]` out")),
        (false, Some((signing, true))) => {
            item(State::Warn, format!("`{signing}` signs, which is `{from}`'s; `{bounce}`, where bounces go, is not"))
                .hint(format!("let bounces go to an address at `{from}`, or at a domain below it"))
        }
        (false, _) => item(State::Fail, format!("neither who signs nor `{bounce}`, where bounces go, is `{from}`'s"))
            .hint(format!("let bounces go to an address at `{from}`, or sign as it (`[dkim]`)")),
    }
}
