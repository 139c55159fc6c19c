//! The project's secret, and the tokens it makes: what a link carries instead of an address.
//!
//! [`Secret`] + purpose + payload -> a token, and back. A token can be neither read nor made without the secret, and
//! needs no database: one from a mail of years ago still says whose it is, when nothing else is known of them any more.
//!
//! HKDF-SHA256 (RFC 5869) makes two keys of the secret. The nonce is HMAC-SHA-256 of purpose and payload, cut to 96
//! bits; the payload is sealed under it by AES-256-GCM with the purpose as associated data. The nonce depends on what
//! is sealed alone (the idea of RFC 5297), so that no two payloads share one by accident of a counter or a clock, and an
//! address has the same token in every message. In the link stands `base64url(version | nonce | sealed)`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Okm, Prk, Salt};
use ring::hmac::{self, HMAC_SHA256};

/// The first byte of every token: how it is made.
const VERSION: u8 = 1;

/// The shortest secret that is taken, in bytes.
pub const SHORTEST_SECRET: usize = 32;

/// The longest payload, in bytes: an address has 254 at most, and a confirmation a little around it.
pub const LONGEST_PAYLOAD: usize = 2048;

/// The longest token, in characters; whatever is longer is not looked at.
pub const LONGEST: usize = ((1 + NONCE_LEN + LONGEST_PAYLOAD + 16) * 4).div_ceil(3);

/// Sets envoi's keys apart from those that anything else makes of the same secret.
const SALT: &[u8] = b"envoi tokens, version 1";

/// What a token is for. One of a purpose is nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// In each message: to leave the list, and to see and change one's own preferences. The payload is the address.
    Reader,
    /// In a confirmation mail: to be taken on the list.
    Confirmation,
    /// In a form: says when this server made it.
    Form,
}

impl Purpose {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Reader => b"reader",
            Self::Confirmation => b"confirmation",
            Self::Form => b"form",
        }
    }
}

/// The project's secret, as keys. It is never shown, and neither are they.
#[derive(Clone)]
pub struct Secret {
    nonces: hmac::Key,
    seal: LessSafeKey,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Makes the keys of a secret: at least [`SHORTEST_SECRET`] bytes that nobody can guess. The error says what is
    /// wrong with it, without a word of it.
    pub fn new(secret: &[u8]) -> Result<Self, String> {
        if secret.len() < SHORTEST_SECRET {
            return Err(format!("it has {} bytes, and {SHORTEST_SECRET} is the least", secret.len()));
        }
        if secret.iter().all(|byte| *byte == secret[0]) {
            return Err("it is one character over and over".to_owned());
        }
        let root = Salt::new(HKDF_SHA256, SALT).extract(secret);
        let unusable = |_| "no keys can be made of it".to_owned();
        Ok(Self {
            nonces: derive(&root, &[b"nonces"], HMAC_SHA256, |key| hmac::Key::from(key)).map_err(unusable)?,
            seal: derive(&root, &[b"seal"], &AES_256_GCM, |key| LessSafeKey::new(UnboundKey::from(key)))
                .map_err(unusable)?,
        })
    }

    /// The token of a payload: letters, digits, `-` and `_`. Empty for a payload of more than [`LONGEST_PAYLOAD`] bytes,
    /// which no address is.
    pub fn seal(&self, purpose: Purpose, payload: &[u8]) -> String {
        let mut token = String::new();
        self.seal_onto(purpose, payload, &mut token);
        token
    }

    /// Writes the token of a payload behind what stands there already.
    pub fn seal_onto(&self, purpose: Purpose, payload: &[u8], out: &mut String) {
        if payload.len() > LONGEST_PAYLOAD {
            return;
        }
        let nonce = self.nonce(purpose, payload);
        let mut bytes = Vec::with_capacity(1 + NONCE_LEN + payload.len() + 16);
        bytes.push(VERSION);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(payload);
        let start = 1 + NONCE_LEN;
        let nonce = Nonce::assume_unique_for_key(nonce);
        if let Ok(tag) = self.seal.seal_in_place_separate_tag(nonce, Aad::from(purpose.name()), &mut bytes[start..]) {
            bytes.extend_from_slice(tag.as_ref());
            URL_SAFE_NO_PAD.encode_string(&bytes, out);
        }
    }

    /// The payload of a token; none where it was not made by this secret for this purpose, whatever is wrong with it.
    /// Tags are compared in constant time (`ring`).
    pub fn open(&self, purpose: Purpose, token: &str) -> Option<Vec<u8>> {
        if token.len() > LONGEST {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (head, sealed) = bytes.split_at_mut_checked(1 + NONCE_LEN)?;
        let (version, nonce) = head.split_first()?;
        if *version != VERSION {
            return None;
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let payload = self.seal.open_in_place(nonce, Aad::from(purpose.name()), sealed).ok()?;
        Some(payload.to_vec())
    }

    fn nonce(&self, purpose: Purpose, payload: &[u8]) -> [u8; NONCE_LEN] {
        let mut context = hmac::Context::with_key(&self.nonces);
        context.update(purpose.name());
        context.update(b"|");
        context.update(payload);
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&context.sign().as_ref()[..NONCE_LEN]);
        nonce
    }
}

/// A key of the secret's own for one use.
fn derive<L: KeyType, K>(
    root: &Prk,
    info: &[&[u8]],
    length: L,
    make: impl FnOnce(Okm<'_, L>) -> K,
) -> Result<K, ring::error::Unspecified> {
    root.expand(info, length).map(make)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secret() -> Secret {
        Secret::new(b"a secret of the tests, 32 bytes or more").unwrap()
    }

    #[test]
    fn a_token_says_its_payload_to_its_own_secret_and_purpose_alone() {
        let token = secret().seal(Purpose::Reader, b"ada@example.org");
        assert_eq!(secret().open(Purpose::Reader, &token).as_deref(), Some(&b"ada@example.org"[..]));
        assert_eq!(secret().open(Purpose::Confirmation, &token), None);
        let other = Secret::new(b"another secret of the tests, as long as it").unwrap();
        assert_eq!(other.open(Purpose::Reader, &token), None);
        assert!(!token.contains("ada") && !token.contains('@'), "{token}");
    }

    #[test]
    fn a_token_stays_the_same_for_ever() {
        // links of mails that lie in mailboxes for years: this very token must open in every version to come
        let token = "AXhkqUGZnDA-HGU7Wohv0dhgqa6VUN2S4ln98QZaMgdIJ7R4jcT377LkEwU";
        assert_eq!(secret().seal(Purpose::Reader, b"ada@example.org"), token);
        assert_eq!(secret().open(Purpose::Reader, token).as_deref(), Some(&b"ada@example.org"[..]));
    }

    #[test]
    fn a_weak_secret_is_refused_without_being_told() {
        for (weak, why) in [(&b"short-and-secret"[..], "16 bytes"), (&[b'x'; 40], "over and over"), (b"", "0 bytes")] {
            let refusal = Secret::new(weak).unwrap_err();
            assert!(refusal.contains(why) && !refusal.contains("short-and"), "{refusal}");
        }
        assert_eq!(format!("{:?}", secret()), "Secret");
    }

    #[test]
    fn what_is_too_long_is_neither_sealed_nor_opened() {
        let longest = vec![7; LONGEST_PAYLOAD];
        let token = secret().seal(Purpose::Form, &longest);
        assert!(token.len() <= LONGEST, "{}", token.len());
        assert_eq!(secret().open(Purpose::Form, &token), Some(longest));
        assert_eq!(secret().seal(Purpose::Form, &vec![7; LONGEST_PAYLOAD + 1]), "");
        assert_eq!(secret().open(Purpose::Form, &"A".repeat(1 << 20)), None);
    }

    proptest! {
        #[test]
        fn every_payload_comes_back(payload in proptest::collection::vec(any::<u8>(), 0..=LONGEST_PAYLOAD)) {
            let token = secret().seal(Purpose::Reader, &payload);
            prop_assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            prop_assert_eq!(secret().open(Purpose::Reader, &token), Some(payload));
        }

        #[test]
        fn no_changed_token_opens(payload in "[a-z]{1,20}@example\\.org", at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let token = secret().seal(Purpose::Reader, payload.as_bytes());
            let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(secret().open(Purpose::Reader, &URL_SAFE_NO_PAD.encode(&bytes)), None);
            bytes[at] ^= 1 << bit;
            bytes.truncate(at);
            prop_assert_eq!(secret().open(Purpose::Reader, &URL_SAFE_NO_PAD.encode(&bytes)), None);
        }

        #[test]
        fn nothing_that_is_made_up_opens_or_panics(text in "\\PC{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(secret().open(Purpose::Reader, &text), None);
            prop_assert_eq!(secret().open(Purpose::Reader, &URL_SAFE_NO_PAD.encode(bytes)), None);
        }

        #[test]
        fn different_payloads_have_different_tokens(one in "[a-z]{1,9}", other in "[a-z]{1,9}") {
            prop_assume!(one != other);
            prop_assert_ne!(secret().seal(Purpose::Reader, one.as_bytes()), secret().seal(Purpose::Reader, other.as_bytes()));
        }
    }
}
