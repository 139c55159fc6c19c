//! DMARC (RFC 7489): what a domain asks of those who get mail in its name, and which names stand for the same
//! organisation.

use super::dns::Dns;

/// How many labels are walked up at most, from a long name.
const MOST_LABELS: usize = 8;

/// A domain's policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Policy {
    /// Where it was found: the domain, or one above it.
    pub(super) domain: String,
    /// Whose organisation it is: the topmost domain on the way up that has a policy.
    pub(super) organisation: String,
    /// The record.
    pub(super) record: String,
    /// `none`, `quarantine`, `reject`.
    pub(super) asks: String,
    /// Whether reports go somewhere.
    pub(super) reports: bool,
    /// Whether the signing domain, and the bounce domain, must be the very same.
    pub(super) strict: (bool, bool),
}

/// What came of looking for a policy.
pub(super) enum Found {
    Policy(Policy),
    None,
    Broken(String),
    Unknown(String),
}

/// What stands at `_dmarc` of a domain.
enum Stands {
    Nothing,
    Record(String),
    Several,
    Trouble(String),
}

async fn look(dns: &Dns, name: &str) -> Stands {
    let answer = dns.txt(&format!("_dmarc.{name}")).await;
    if let Some(trouble) = answer.trouble() {
        return Stands::Trouble(trouble);
    }
    let is_record = |text: &String| text.split(';').next().is_some_and(|v| tag(v) == ("v".into(), "DMARC1".into()));
    let mut records: Vec<String> = answer.records().into_iter().filter(is_record).collect();
    match records.len() {
        0 => Stands::Nothing,
        1 => records.pop().map_or(Stands::Nothing, Stands::Record),
        _ => Stands::Several,
    }
}

/// Looks for a domain's policy: at the domain, then at those above it. From there it goes on to the top, since names that
/// have policies of their own may be one organisation's all the same.
pub(super) async fn find(dns: &Dns, domain: &str) -> Found {
    let labels: Vec<&str> = domain.split('.').collect();
    let start = labels.len().saturating_sub(MOST_LABELS);
    let mut found: Option<Policy> = None;
    // a top-level domain has no policy for those below it
    for from in start..labels.len().saturating_sub(1).max(start + 1) {
        let name = labels[from..].join(".");
        match (look(dns, &name).await, &mut found) {
            (Stands::Record(record), None) => match parse(&name, &record, name == domain) {
                Ok(mut policy) => {
                    if is_of_a_suffix(&record) {
                        policy.organisation = labels[from.saturating_sub(1)..].join(".");
                    }
                    found = Some(policy);
                }
                Err(why) => return Found::Broken(format!("_dmarc.{name}: {why}")),
            },
            (Stands::Record(record), Some(policy)) if !is_of_a_suffix(&record) => policy.organisation = name,
            (Stands::Several, None) => {
                return Found::Broken(format!("_dmarc.{name} has more than one record, so that none counts"));
            }
            (Stands::Trouble(trouble), None) => return Found::Unknown(format!("_dmarc.{name}: {trouble}")),
            _ => {}
        }
    }
    found.map_or(Found::None, Found::Policy)
}

/// Whether a record is that of a public suffix, which is nobody's organisation (RFC 9091).
fn is_of_a_suffix(record: &str) -> bool {
    record.split(';').map(tag).any(|(name, value)| name == "psd" && value.eq_ignore_ascii_case("y"))
}

fn tag(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (name.trim().to_ascii_lowercase(), value.trim().to_owned())
}

fn parse(domain: &str, record: &str, own: bool) -> Result<Policy, String> {
    let mut policy = Policy {
        domain: domain.to_owned(),
        organisation: domain.to_owned(),
        record: record.to_owned(),
        ..Policy::default()
    };
    let mut of_subdomains = None;
    for (name, value) in record.split(';').skip(1).map(tag) {
        match name.as_str() {
            "p" => policy.asks = value.to_ascii_lowercase(),
            "sp" => of_subdomains = Some(value.to_ascii_lowercase()),
            "rua" => policy.reports = value.contains("mailto:"),
            "adkim" => policy.strict.0 = value.eq_ignore_ascii_case("s"),
            "aspf" => policy.strict.1 = value.eq_ignore_ascii_case("s"),
            _ => {}
        }
    }
    if let (false, Some(sp)) = (own, of_subdomains) {
        policy.asks = sp;
    }
    match policy.asks.as_str() {
        "none" | "quarantine" | "reject" => Ok(policy),
        "" => Err("it says no policy (`p=`)".to_owned()),
        other => Err(format!("its policy is `{}`, and can be `none`, `quarantine` or `reject`", other.escape_debug())),
    }
}

/// Whether two domains stand for the same organisation (section 3.1): the same, or both below the domain that has the
/// policy. `strict` wants them to be the very same.
pub(super) fn aligned(from: &str, other: &str, organisation: &str, strict: bool) -> bool {
    let (from, other) = (from.to_ascii_lowercase(), other.to_ascii_lowercase());
    let below =
        |name: &str, above: &str| name == above || name.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'));
    from == other
        || !strict
            && (below(&from, organisation) && below(&other, organisation)
                || below(&from, &other) && other.contains('.')
                || below(&other, &from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_read() {
        let policy = parse("example.org", "v=DMARC1; p=none; rua=mailto:a@example.org; adkim=s", true).unwrap();
        assert_eq!((policy.asks.as_str(), policy.reports, policy.strict), ("none", true, (true, false)));
        assert_eq!(parse("example.org", "v=DMARC1; p=none; sp=reject", false).unwrap().asks, "reject");
        assert!(parse("example.org", "v=DMARC1; rua=mailto:a@example.org", true).is_err());
        assert!(parse("example.org", "v=DMARC1; p=maybe", true).is_err());
    }

    #[test]
    fn a_public_suffix_is_nobodys_organisation() {
        assert!(is_of_a_suffix("v=DMARC1; p=reject; psd=y"));
        assert!(!is_of_a_suffix("v=DMARC1; p=reject; psd=n") && !is_of_a_suffix("v=DMARC1; p=none"));
    }

    #[test]
    fn alignment_is_by_organisation() {
        assert!(aligned("example.org", "example.org", "example.org", true));
        assert!(aligned("example.org", "bounces.example.org", "example.org", false));
        assert!(!aligned("example.org", "bounces.example.org", "example.org", true));
        assert!(aligned("news.example.org", "bounces.example.org", "example.org", false));
        assert!(!aligned("example.org", "example.com", "example.org", false));
        assert!(!aligned("example.org", "notexample.org", "example.org", false));
    }
}
