//! SPF (RFC 7208): which addresses may send for a domain. The whole record is walked, so that its look-ups are counted as
//! a reader's server would count them in the worst case.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use super::dns::{Answer, Dns};

/// How many look-ups a record may cost (section 4.6.4).
pub(super) const MOST_LOOKUPS: u32 = 10;

/// How many look-ups may lead nowhere (section 4.6.4).
const MOST_VOIDS: u32 = 2;

/// How many mail servers a domain that is asked for them may have (section 4.6.4).
const MOST_SERVERS: usize = 10;

/// How many look-ups are made here at most; a record beyond that is not walked to its end.
const ENOUGH: u32 = 40;

/// What a record comes to for some addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spf {
    /// How many look-ups it costs.
    pub(super) lookups: u32,
    /// The addresses, each with what the record says of it: `+`, `-`, `~`, `?`.
    pub(super) verdicts: Vec<(IpAddr, char)>,
    /// How it ends for everybody else: `+all` and the like.
    pub(super) all: Option<char>,
    /// What makes it unusable, or nobody can read.
    pub(super) broken: Option<String>,
    /// Whether it asks things of the message that can't be known here (macros, section 7).
    pub(super) depends: bool,
    /// How many look-ups led nowhere.
    voids: u32,
}

/// A text's record: it begins with `v=spf1`, as a word.
pub(super) fn is_record(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower == "v=spf1" || lower.starts_with("v=spf1 ")
}

/// Walks a domain's record.
pub(super) async fn walk(dns: &Dns, domain: &str, record: &str, addresses: &[IpAddr]) -> Spf {
    let mut spf = Spf::default();
    let mut verdicts: Vec<Option<char>> = vec![None; addresses.len()];
    spf.record(dns, domain, record, addresses, &mut verdicts, true).await;
    spf.verdicts =
        addresses.iter().zip(&verdicts).map(|(address, verdict)| (*address, verdict.unwrap_or('?'))).collect();
    spf
}

impl Spf {
    /// One record, and those that it includes. `top` is the domain's own.
    fn record<'w>(
        &'w mut self,
        dns: &'w Dns,
        domain: &'w str,
        record: &'w str,
        addresses: &'w [IpAddr],
        verdicts: &'w mut [Option<char>],
        top: bool,
    ) -> Pin<Box<dyn Future<Output = ()> + 'w>> {
        Box::pin(async move {
            let mut redirect = None;
            for term in record.split_ascii_whitespace().skip(1) {
                if self.broken.is_some() {
                    return;
                }
                let lower = term.to_ascii_lowercase();
                if let Some(target) = lower.strip_prefix("redirect=") {
                    redirect = Some(target.to_owned());
                    continue;
                }
                // `exp=` and modifiers of the future
                if lower.split([':', '/']).next().is_some_and(|name| name.contains('=')) {
                    continue;
                }
                let (sign, mechanism) = match lower.split_at_checked(1) {
                    Some(("+" | "-" | "~" | "?", rest)) => (lower.chars().next().unwrap_or('+'), rest),
                    _ => ('+', lower.as_str()),
                };
                let matches = self.mechanism(dns, domain, mechanism, addresses).await;
                if mechanism == "all" {
                    if top {
                        self.all = Some(sign);
                    }
                    set(verdicts, addresses, &|_| true, sign);
                    return;
                }
                set(verdicts, addresses, &|address| matches.contains(address), sign);
            }
            if let Some(target) = redirect {
                if !self.look_up() {
                    return;
                }
                if target.contains('%') {
                    self.depends = true;
                    return;
                }
                match self.of(dns, &target).await {
                    Some(record) => self.record(dns, &target, &record, addresses, verdicts, top).await,
                    None => self.fail(format!("`redirect={target}` leads to no record")),
                }
            }
        })
    }

    /// Those of the addresses that a mechanism matches.
    async fn mechanism(&mut self, dns: &Dns, domain: &str, text: &str, addresses: &[IpAddr]) -> Vec<IpAddr> {
        let (name, argument) = text.split_once(':').unwrap_or((text, ""));
        let (name, lengths) = name.split_once('/').map_or((name, ""), |(name, lengths)| (name, lengths));
        if argument.contains('%') {
            self.depends = true;
            if ["include", "a", "mx", "exists", "ptr"].contains(&name) {
                self.look_up();
            }
            return Vec::new();
        }
        match name {
            "all" => Vec::new(),
            "ip4" | "ip6" => match Range::parse(argument) {
                Some(range) => addresses.iter().copied().filter(|address| range.holds(*address)).collect(),
                None => self.none(format!("`{text}` is no range of addresses")),
            },
            "include" | "a" | "mx" | "exists" if !self.look_up() => Vec::new(),
            "include" => {
                let Some(record) = self.of(dns, argument).await else {
                    return self.none(format!("`include:{argument}` leads to no record"));
                };
                let mut within = vec![None; addresses.len()];
                self.record(dns, argument, &record, addresses, &mut within, false).await;
                let pass = |(address, verdict): (&IpAddr, &Option<char>)| (*verdict == Some('+')).then_some(*address);
                addresses.iter().zip(&within).filter_map(pass).collect()
            }
            "a" | "mx" => {
                let (target, more) = argument.split_once('/').unwrap_or((argument, lengths));
                let target = if target.is_empty() { domain } else { target };
                let hosts = if name == "mx" {
                    self.found(target, dns.mx(target).await).into_iter().map(|(_, host)| host).collect()
                } else {
                    vec![target.to_owned()]
                };
                if hosts.len() > MOST_SERVERS {
                    return self.none(format!("`{text}`: `{target}` has more than {MOST_SERVERS} mail servers"));
                }
                let mut found = Vec::new();
                for host in hosts {
                    found.extend(self.found(&host, dns.addresses(&host).await));
                }
                let ranges: Vec<Range> = found.into_iter().map(|address| Range::around(address, more)).collect();
                addresses.iter().copied().filter(|own| ranges.iter().any(|range| range.holds(*own))).collect()
            }
            "exists" => {
                let found = self.found(argument, dns.four(argument).await);
                if found.is_empty() { Vec::new() } else { addresses.to_vec() }
            }
            // slow and unreliable, and not to be used (section 5.5); counted all the same
            "ptr" => {
                self.look_up();
                self.depends = true;
                Vec::new()
            }
            _ => self.none(format!("`{text}` is nothing that SPF knows")),
        }
    }

    /// The records of an answer. One that can't be had makes the whole unusable (section 2.6.6), and so do too many that
    /// lead nowhere.
    fn found<T>(&mut self, name: &str, answer: Answer<T>) -> Vec<T> {
        if let Some(trouble) = answer.trouble() {
            return self.none(format!("`{name}`: {trouble}"));
        }
        let records = answer.records();
        if records.is_empty() {
            self.voids += 1;
            if self.voids > MOST_VOIDS {
                return self.none(format!("more than {MOST_VOIDS} of its look-ups lead nowhere, the last to `{name}`"));
            }
        }
        records
    }

    /// The one record of a domain that another leads to.
    async fn of(&mut self, dns: &Dns, domain: &str) -> Option<String> {
        let answer = dns.txt(domain).await;
        if let Some(trouble) = answer.trouble() {
            self.fail(format!("`{domain}`: {trouble}"));
            return None;
        }
        let mut records: Vec<String> = answer.records().into_iter().filter(|text| is_record(text)).collect();
        if records.len() > 1 {
            self.fail(format!("`{domain}` has more than one record"));
        }
        records.pop()
    }

    /// Counts a look-up; false where enough were made.
    fn look_up(&mut self) -> bool {
        self.lookups += 1;
        self.lookups < ENOUGH
    }

    fn fail(&mut self, why: String) {
        self.broken.get_or_insert(why);
    }

    fn none<T>(&mut self, why: String) -> Vec<T> {
        self.fail(why);
        Vec::new()
    }
}

/// Gives a verdict to those that match and have none.
fn set(verdicts: &mut [Option<char>], addresses: &[IpAddr], matches: &dyn Fn(&IpAddr) -> bool, sign: char) {
    for (verdict, address) in verdicts.iter_mut().zip(addresses) {
        if verdict.is_none() && matches(address) {
            *verdict = Some(sign);
        }
    }
}

/// Addresses that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    address: IpAddr,
    length: u8,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Some(most), |length| length.parse().ok())?;
        (length <= most).then_some(Self { address, length })
    }

    /// `a/24//64`: with the lengths for both kinds.
    fn around(address: IpAddr, lengths: &str) -> Self {
        let (four, six) = lengths.split_once("//").unwrap_or((lengths, lengths.strip_prefix('/').unwrap_or("")));
        let (text, most) = if address.is_ipv4() { (four, 32) } else { (six, 128) };
        Self { address, length: text.parse().unwrap_or(most).min(most) }
    }

    fn holds(self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.length);
                u32::from(own).checked_shr(shift).unwrap_or(0) == u32::from(other).checked_shr(shift).unwrap_or(0)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - u32::from(self.length);
                u128::from(own).checked_shr(shift).unwrap_or(0) == u128::from(other).checked_shr(shift).unwrap_or(0)
            }
            _ => false,
        }
    }
}

/// What a domain says, and what came of asking.
pub(super) fn records(answer: &Answer<String>) -> Vec<&String> {
    match answer {
        Answer::Found(texts) => texts.iter().filter(|text| is_record(text)).collect(),
        _ => Vec::new(),
    }
}

/// Whether a term says what holds for everybody else: `all`, `~all`.
fn is_all(term: &str) -> bool {
    term.trim_start_matches(['+', '-', '~', '?']).eq_ignore_ascii_case("all")
}

/// Where a record says that another rules in its place; none where its own `all` makes that count for nothing
/// (section 6.1).
pub(super) fn redirect(record: &str) -> Option<&str> {
    let mut terms = record.split_ascii_whitespace();
    if terms.clone().any(is_all) {
        return None;
    }
    let prefix = "redirect=";
    terms.find_map(|term| term.get(..prefix.len())?.eq_ignore_ascii_case(prefix).then(|| &term[prefix.len()..]))
}

/// A record that ends with `~all`, and is as it was otherwise.
pub(super) fn softly(record: &str) -> String {
    let terms: Vec<&str> = record.split_ascii_whitespace().filter(|term| !is_all(term)).collect();
    format!("{} ~all", terms.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_what_begins_alike() {
        let holds = |range: &str, address: &str| Range::parse(range).unwrap().holds(address.parse().unwrap());
        assert!(holds("192.0.2.0/24", "192.0.2.25"));
        assert!(!holds("192.0.2.0/24", "192.0.3.25"));
        assert!(holds("0.0.0.0/0", "203.0.113.1"));
        assert!(holds("2001:db8::/32", "2001:db8::1"));
        assert!(!holds("192.0.2.1", "192.0.2.2"));
        assert!(Range::parse("192.0.2.0/33").is_none());
        assert!(Range::parse("nothing").is_none());
    }

    #[test]
    fn only_a_records_own_end_is_mended() {
        assert_eq!(softly("v=spf1 mx +ALL"), "v=spf1 mx ~all");
        assert_eq!(softly("v=spf1 ip4:192.0.2.1 all"), "v=spf1 ip4:192.0.2.1 ~all");
        assert_eq!(softly("v=spf1 include:all.example ?all"), "v=spf1 include:all.example ~all");
        assert_eq!(softly("v=spf1 mx"), "v=spf1 mx ~all");
        assert_eq!(redirect("v=spf1 Redirect=_spf.a.test"), Some("_spf.a.test"));
        assert_eq!(redirect("v=spf1 redirect=_spf.a.test +all"), None);
        assert_eq!(redirect("v=spf1 mx"), None);
    }

    #[test]
    fn a_record_is_told_from_its_like() {
        assert!(is_record("v=spf1 -all"));
        assert!(is_record("V=SPF1"));
        assert!(!is_record("v=spf10 -all"));
        assert!(!is_record("spf2.0/pra -all"));
    }
}
