//! Addresses that can be written to and are yet worth a second look: a domain that is nearly a large one, and boxes that
//! belong to a function and not to a person.

use std::collections::HashMap;

use crate::address::Address;

/// The large domains of those who read French, Dutch and English. What stands here is never taken for a slip of another
/// one; and only those of eight characters and more are what a slip was meant to be: short names are near to too many.
const LARGE: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "gmail.fr",
    "hotmail.com",
    "hotmail.fr",
    "hotmail.be",
    "hotmail.nl",
    "hotmail.de",
    "hotmail.it",
    "hotmail.es",
    "hotmail.co.uk",
    "outlook.com",
    "outlook.fr",
    "outlook.be",
    "outlook.nl",
    "outlook.de",
    "outlook.es",
    "outlook.it",
    "live.com",
    "live.be",
    "live.fr",
    "live.nl",
    "live.co.uk",
    "msn.com",
    "yahoo.com",
    "yahoo.fr",
    "yahoo.be",
    "yahoo.nl",
    "yahoo.de",
    "yahoo.it",
    "yahoo.es",
    "yahoo.ca",
    "yahoo.co.uk",
    "yahoo.com.br",
    "ymail.com",
    "rocketmail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "aol.fr",
    "mail.com",
    "email.com",
    "gmx.com",
    "gmx.net",
    "gmx.de",
    "gmx.fr",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "freenet.de",
    "protonmail.com",
    "protonmail.ch",
    "proton.me",
    "pm.me",
    "tutanota.com",
    "fastmail.com",
    "zoho.com",
    "skynet.be",
    "telenet.be",
    "proximus.be",
    "scarlet.be",
    "voo.be",
    "brutele.be",
    "belgacom.net",
    "pandora.be",
    "numericable.be",
    "edpnet.be",
    "base.be",
    "orange.be",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "laposte.net",
    "sfr.fr",
    "neuf.fr",
    "bbox.fr",
    "numericable.fr",
    "club-internet.fr",
    "aliceadsl.fr",
    "noos.fr",
    "cegetel.net",
    "bluewin.ch",
    "ziggo.nl",
    "kpnmail.nl",
    "xs4all.nl",
    "planet.nl",
    "home.nl",
    "hetnet.nl",
    "upcmail.nl",
    "chello.nl",
    "casema.nl",
    "quicknet.nl",
    "tele2.nl",
    "telfort.nl",
    "kpnplanet.nl",
    "btinternet.com",
    "sky.com",
    "virginmedia.com",
    "talktalk.net",
    "ntlworld.com",
    "comcast.net",
    "verizon.net",
    "europa.eu",
    "ec.europa.eu",
    "europarl.europa.eu",
];

/// The shortest domain that a slip may have been meant to be.
const SHORTEST: usize = 8;

/// How many domains are remembered: a list of a million has few that come again and again.
const REMEMBERED: usize = 20_000;

/// What stands before the `@` of a box that is no person's.
const ROLES: &[&str] = &[
    "abuse",
    "accounting",
    "admin",
    "administrateur",
    "administratie",
    "administration",
    "administrator",
    "billing",
    "bureau",
    "communicatie",
    "communication",
    "compta",
    "comptabilite",
    "contact",
    "directie",
    "direction",
    "enquiries",
    "events",
    "finance",
    "hello",
    "helpdesk",
    "hostmaster",
    "hr",
    "info",
    "informatie",
    "information",
    "jobs",
    "mail",
    "marketing",
    "media",
    "newsletter",
    "no-reply",
    "noreply",
    "office",
    "onthaal",
    "pers",
    "postmaster",
    "press",
    "presse",
    "privacy",
    "reception",
    "redactie",
    "redaction",
    "root",
    "sales",
    "secretariaat",
    "secretariat",
    "security",
    "service",
    "support",
    "team",
    "webmaster",
    "welcome",
];

/// A look at addresses one after the other, which remembers the domains that it saw.
#[derive(Debug, Default)]
pub struct Suspects(HashMap<String, Option<&'static str>>);

impl Suspects {
    /// The large domain that an address's own may be a slip of.
    pub fn meant(&mut self, address: &Address) -> Option<&'static str> {
        let domain = address.domain();
        if let Some(known) = self.0.get(domain) {
            return *known;
        }
        let meant = meant(domain);
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(domain.to_owned(), meant);
        meant
    }
}

/// Whether the box belongs to a function and not to a person: `info@`, `webmaster@`.
pub fn is_role(address: &Address) -> bool {
    let local = address.local().to_ascii_lowercase();
    ROLES.binary_search(&local.split('+').next().unwrap_or(&local)).is_ok()
}

fn meant(domain: &str) -> Option<&'static str> {
    if LARGE.contains(&domain) {
        return None;
    }
    let own = letters(domain);
    let near = |large: &&&str| {
        let lengths = domain.len().abs_diff(large.len());
        // cheap looks first: a list may have a million domains
        large.len() >= SHORTEST
            && lengths <= 2
            && (own ^ letters(large)).count_ones() <= 4
            && strsim::damerau_levenshtein(domain, large) <= if large.len() >= 11 { 2 } else { 1 }
    };
    LARGE.iter().filter(near).min_by_key(|large| strsim::damerau_levenshtein(domain, large)).copied()
}

/// Which letters and digits a domain has, as bits.
fn letters(domain: &str) -> u64 {
    domain.bytes().fold(0, |bits, byte| bits | 1 << (byte % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Option<&'static str> {
        Suspects::default().meant(&Address::parse(address).unwrap())
    }

    #[test]
    fn slips_of_large_domains_are_seen() {
        for (slip, large) in [
            ("gmial.com", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("gmai.com", "gmail.com"),
            ("hotmial.com", "hotmail.com"),
            ("hotmail.cmo", "hotmail.com"),
            ("skynt.be", "skynet.be"),
            ("telnet.be", "telenet.be"),
            ("outlok.com", "outlook.com"),
            ("wandoo.fr", "wanadoo.fr"),
            ("protonmial.com", "protonmail.com"),
        ] {
            assert_eq!(of(&format!("ada@{slip}")), Some(large), "{slip}");
        }
    }

    #[test]
    fn other_domains_are_none_of_them() {
        for domain in [
            "gmail.com",
            "mail.com",
            "email.com",
            "gmx.de",
            "free.fr",
            "fee.fr",
            "example.org",
            "skynet.org",
            "hotmail.be",
            "unicef.be",
            "planet.be",
            "live.se",
            "xn--mnchen-3ya.example",
        ] {
            assert_eq!(of(&format!("ada@{domain}")), None, "{domain}");
        }
    }

    #[test]
    fn boxes_of_a_function_are_told_from_people() {
        let role = |address: &str| is_role(&Address::parse(address).unwrap());
        assert!(role("info@example.org") && role("Webmaster@example.org") && role("no-reply@example.org"));
        assert!(role("info+news@example.org") && !role("ada@example.org") && !role("infos@example.org"));
        assert!(ROLES.is_sorted(), "{ROLES:?}");
    }
}
