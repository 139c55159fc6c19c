//! Somebody who asked to be subscribed, as the link of their confirmation mail carries them: no database knows of them
//! until they confirm.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::language::Language;
use crate::token::{Purpose, Secret};

/// What was asked for. The names are short since they travel in a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Joining {
    /// Who.
    #[serde(rename = "a")]
    pub(super) address: Address,
    /// When, in seconds since 1970.
    #[serde(rename = "t")]
    pub(super) asked: i64,
    /// In which language.
    #[serde(rename = "l")]
    pub(super) language: Language,
    /// The tags of what they chose.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) topics: Vec<String>,
    /// The version of the text that they agreed to.
    #[serde(rename = "v")]
    pub(super) version: String,
    /// The site of the form, where it is not the server's own.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub(super) form: Option<String>,
    /// From where it was sent, where that is known.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub(super) client: Option<IpAddr>,
}

impl Joining {
    /// The token of the link; empty where it would be too long for one.
    pub(super) fn seal(&self, secret: &Secret) -> String {
        serde_json::to_vec(self).map_or_else(|_| String::new(), |json| secret.seal(Purpose::Confirmation, &json))
    }

    /// What a token says, if this project made it for a confirmation.
    pub(super) fn open(secret: &Secret, token: &str) -> Option<Self> {
        serde_json::from_slice(&secret.open(Purpose::Confirmation, token)?).ok()
    }

    /// Whether the link is still good.
    pub(super) fn is_good(&self, now: i64, hours: u16) -> bool {
        (self.asked - 60..self.asked + i64::from(hours) * 3600).contains(&now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_comes_back_until_it_expires() {
        let secret = Secret::new(b"a secret of the tests, 32 bytes or more").unwrap();
        let joining = Joining {
            address: Address::example(),
            asked: 1_000_000,
            language: Language::parse("fr").unwrap(),
            topics: vec!["press".to_owned()],
            version: "2026-11".to_owned(),
            form: None,
            client: Some("192.0.2.7".parse().unwrap()),
        };
        let token = joining.seal(&secret);
        assert!(token.len() < 300, "a link of {} characters", token.len());
        assert_eq!(Joining::open(&secret, &token), Some(joining.clone()));
        assert_eq!(Joining::open(&secret, &secret.seal(Purpose::Reader, b"ada@example.org")), None);
        assert_eq!(Joining::open(&secret, &secret.seal(Purpose::Confirmation, b"{}")), None);
        assert!(joining.is_good(1_000_000, 48) && joining.is_good(1_172_799, 48));
        assert!(!joining.is_good(1_172_800, 48) && !joining.is_good(900_000, 48));
    }
}
