//! E-mail addresses: valid, folded to one spelling, safe in a header and on the wire.
//!
//! envoi writes to people over the public mail, so the policy is stricter than RFC 5321's grammar: a domain with at
//! least two labels, no IP literals, no quoted local parts, ASCII on the wire (an internationalised domain becomes
//! its `xn--` form; an internationalised local part would need SMTPUTF8, which few readers' servers take).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest address (RFC 5321, section 4.5.3.1.3: a path of 256 octets, its angle brackets among them).
const LONGEST: usize = 254;

/// An address as it goes on the wire: ASCII, domain in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

impl Address {
    /// Reads an address, surrounded by spaces perhaps. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or("it has no `@`")?;
        check_local(local)?;
        let address = format!("{local}@{}", domain_name(domain)?);
        if address.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} characters"));
        }
        Ok(Self(address))
    }

    /// An address that is nobody's (RFC 2606, section 3).
    pub fn example() -> Self {
        Self("ada@example.org".to_owned())
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands behind the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The address with a tag behind its local part: `local+TAG@domain`.
    #[must_use]
    pub fn tagged(&self, tag: &str) -> Self {
        Self(format!("{}+{tag}@{}", self.local(), self.domain()))
    }

    /// The spelling under which two addresses are the same person: all in lower case. Strictly only the local
    /// part's own server may fold it (RFC 5321, section 2.4); in practice none tells `Ada@` from `ada@`.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// A domain's name as it goes on the wire: ASCII, in lower case. The error says what is wrong with it.
pub fn domain_name(text: &str) -> Result<String, String> {
    let domain = idna::domain_to_ascii_cow(text.trim_end_matches('.').as_bytes(), idna::AsciiDenyList::URL)
        .map_err(|_| format!("`{text}` is no domain name"))?;
    check_domain(&domain)?;
    Ok(domain.into_owned())
}

/// RFC 5321, section 4.1.2: `Dot-string`, 64 octets at most.
fn check_local(local: &str) -> Result<(), String> {
    if local.is_empty() {
        return Err("nothing stands before the `@`".to_owned());
    }
    if local.len() > 64 {
        return Err("more than 64 characters stand before the `@`".to_owned());
    }
    if let Some(odd) = local.chars().find(|c| !(c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(*c))) {
        let ways = if odd.is_alphabetic() { "; ask for the spelling without accents" } else { "" };
        return Err(format!("`{}` may not stand before the `@`{ways}", odd.escape_debug()));
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err("a dot stands at the edge or beside another before the `@`".to_owned());
    }
    Ok(())
}

/// RFC 1035, section 2.3.4, and a policy: at least two labels, the last not all digits.
fn check_domain(domain: &str) -> Result<(), String> {
    if domain.is_empty() {
        return Err("nothing stands behind the `@`".to_owned());
    }
    let labels: Vec<&str> = domain.split('.').collect();
    let good = |label: &&str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if domain.len() > 253 || !labels.iter().all(good) {
        return Err(format!("`{domain}` is no domain name"));
    }
    if labels.len() < 2 {
        return Err(format!("the domain `{domain}` has no dot"));
    }
    if labels.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
        return Err(format!("the domain `{domain}` ends in a number"));
    }
    Ok(())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|why| format!("`{text}` is no e-mail address: {why}"))
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

/// An address with the name that readers see: `Name <address>`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Mailbox {
    /// The display name, without line breaks or other control characters; empty where there is none.
    pub name: String,
    /// The address.
    pub address: Address,
}

impl Mailbox {
    /// A name and an address; control characters in the name become spaces.
    pub fn new(name: &str, address: Address) -> Self {
        let name = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        Self { name: name.trim().to_owned(), address }
    }

    /// Reads `Name <address>`, `"Name" <address>` or a bare address.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('<') else {
            return Address::try_from(text.to_owned()).map(|address| Self::new("", address));
        };
        let address = rest.strip_suffix('>').ok_or_else(|| format!("`{text}` has a `<` without its `>`"))?;
        Ok(Self::new(name.trim().trim_matches('"'), Address::try_from(address.to_owned())?))
    }
}

impl TryFrom<String> for Mailbox {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() { write!(f, "{}", self.address) } else { write!(f, "{} <{}>", self.name, self.address) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_folded_to_what_goes_on_the_wire() {
        assert_eq!(Address::parse(" Ada@Example.ORG ").unwrap().as_str(), "Ada@example.org");
        assert_eq!(Address::parse("zoe@münchen.example").unwrap().as_str(), "zoe@xn--mnchen-3ya.example");
        assert_eq!(Address::parse("Ada@Example.ORG").unwrap().key(), "ada@example.org");
    }

    #[test]
    fn what_is_no_public_address_is_refused() {
        for bad in [
            "",
            "ada",
            "@example.org",
            "a..b@example.org",
            "a@localhost",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a b@example.org",
            "a@ex ample.org",
            "é@example.org",
            "a@-x.org",
            "a\r\nBcc: b@example.org",
            "a@example.org\nb",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_address_fits_into_a_command() {
        let domain = format!("{0}.{0}.{0}.example", "d".repeat(60));
        let local = |length: usize| "a".repeat(length);
        assert_eq!(Address::parse(&format!("{}@{domain}", local(63))).unwrap().as_str().len(), 254);
        assert!(Address::parse(&format!("{}@{domain}", local(64))).unwrap_err().contains("254"));
    }

    #[test]
    fn what_may_not_stand_in_an_address_is_shown_as_it_is() {
        assert_eq!(
            Address::parse("zoë@example.org").unwrap_err(),
            "`ë` may not stand before the `@`; ask for the spelling without accents"
        );
        assert_eq!(Address::parse("a\u{7}b@example.org").unwrap_err(), "`\\u{7}` may not stand before the `@`");
    }

    #[test]
    fn a_mailbox_never_keeps_a_line_break() {
        let mailbox = Mailbox::new("Ada\r\nBcc: eve@example.org", Address::parse("ada@example.org").unwrap());
        assert_eq!(mailbox.name, "Ada  Bcc: eve@example.org");
    }
}
