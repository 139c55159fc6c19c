//! Tags: short words by which what comes back says itself which delivery it is about.
//!
//! A tag is the delivery's number and a keyed hash of it, in base32 (RFC 4648, section 6) without case, since some
//! servers on the way fold what they carry. The key is the send's own, random and known to the ledger alone: nobody can
//! invent a tag, there is no secret to look after, and a bounce a year later still fits. It stands in the bounce address
//! where the sender asks for it (VERP: `bounces+TAG@example.org`), and in the subject of an unsubscription by mail.

use ring::hmac;

use crate::address::Address;
use crate::project::LONGEST_TAG;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// How many letters of a tag are the hash: 60 bits.
const HASH: usize = 12;

/// How many letters a delivery's number takes at most.
const NUMBER: usize = LONGEST_TAG - HASH;

/// What a tag is for; one is never taken for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It stands in a bounce address, which servers on the way see.
    Bounce,
    /// It stands in `List-Unsubscribe`, which the reader sees.
    Unsubscription,
}

/// Makes the tags of a send.
#[derive(Debug, Clone)]
pub(super) struct Tagger(hmac::Key);

impl Tagger {
    pub(super) fn new(send: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, send.as_bytes()))
    }

    /// The tag of a delivery.
    pub(super) fn tag(&self, role: Role, delivery: i64) -> String {
        let mut tag = String::with_capacity(LONGEST_TAG);
        number(delivery, &mut tag);
        hash(&self.0, role, delivery, &mut tag);
        tag
    }
}

/// A tag as it came back: whose it claims to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The delivery's number.
    pub delivery: i64,
    /// What it is for, as far as the place says where it stood.
    pub role: Role,
    hash: String,
}

impl Tag {
    /// The tag of an address that something was sent to, where it has one and is otherwise this bounce address.
    pub fn of(address: &Address, bounce: &Address) -> Option<Self> {
        let (local, tag) = address.local().rsplit_once('+')?;
        if !local.eq_ignore_ascii_case(bounce.local()) || address.domain() != bounce.domain() {
            return None;
        }
        Self::parse(tag, Role::Bounce)
    }

    /// Reads a tag; nothing where the word is none.
    pub fn parse(word: &str, role: Role) -> Option<Self> {
        if !word.is_ascii() || !(HASH + 1..=LONGEST_TAG).contains(&word.len()) {
            return None;
        }
        let word = word.to_ascii_lowercase();
        let (number, hash) = word.split_at(word.len() - HASH);
        let value = |letter: u8| ALPHABET.iter().position(|own| *own == letter).and_then(|at| i64::try_from(at).ok());
        if !hash.bytes().all(|letter| value(letter).is_some()) {
            return None;
        }
        let delivery =
            number.bytes().try_fold(0_i64, |all, letter| all.checked_mul(32)?.checked_add(value(letter)?))?;
        Some(Self { delivery, role, hash: hash.to_owned() })
    }

    /// Whether it was made by us, for a delivery of the send with this key. Takes the same time for every wrong tag.
    pub fn is_of(&self, send: &str) -> bool {
        let mut own = String::with_capacity(HASH);
        hash(&Tagger::new(send).0, self.role, self.delivery, &mut own);
        let differences = own.bytes().zip(self.hash.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        own.len() == self.hash.len() && differences == 0
    }
}

fn number(delivery: i64, out: &mut String) {
    let mut rest = u64::try_from(delivery).unwrap_or(0);
    let mut letters = [0; NUMBER];
    let mut first = NUMBER;
    while first == NUMBER || rest > 0 {
        first -= 1;
        letters[first] = letter(rest);
        rest /= 32;
    }
    out.extend(letters[first..].iter().map(|letter| char::from(*letter)));
}

fn hash(key: &hmac::Key, role: Role, delivery: i64, out: &mut String) {
    let mut context = hmac::Context::with_key(key);
    context.update(match role {
        Role::Bounce => b"bounce\0",
        Role::Unsubscription => b"unsubscription\0",
    });
    context.update(&delivery.to_be_bytes());
    let signed = context.sign();
    let bits = signed.as_ref().iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    out.extend((0..HASH).map(|at| char::from(letter(bits >> (59 - 5 * at)))));
}

/// The letter of the five lowest bits.
fn letter(bits: u64) -> u8 {
    ALPHABET[usize::try_from(bits & 31).unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounce() -> Address {
        Address::parse("bounces@example.org").unwrap()
    }

    #[test]
    fn a_tag_comes_back_as_it_went_out() {
        let tagger = Tagger::new("0123456789abcdef");
        for delivery in [1, 31, 32, 1_000_000, i64::MAX] {
            let address = bounce().tagged(&tagger.tag(Role::Bounce, delivery));
            assert!(Address::parse(address.as_str()).is_ok(), "{address}");
            let shouted = Address::parse(&address.as_str().to_ascii_uppercase()).unwrap();
            for address in [address, shouted] {
                let tag = Tag::of(&address, &bounce()).unwrap();
                assert_eq!(tag.delivery, delivery);
                assert!(tag.is_of("0123456789abcdef"));
                assert!(!tag.is_of("0123456789abcdee"));
                assert!(!Tag { role: Role::Unsubscription, ..tag }.is_of("0123456789abcdef"));
            }
        }
    }

    #[test]
    fn an_invented_tag_is_nobodys() {
        let tag = Tag::parse(&Tagger::new("key").tag(Role::Bounce, 7), Role::Bounce).unwrap();
        assert!(!Tag { delivery: 8, ..tag.clone() }.is_of("key"));
        assert!(!Tag { hash: "a".repeat(HASH), ..tag }.is_of("key"));
        let odd =
            ["", "a", "aaaaaaaaaaaa", "1111111111111", "777777777777777777777777777", "zzzzzzzzzzzzzaaaaaaaaaaaa"];
        for odd in odd {
            assert!(Tag::parse(odd, Role::Bounce).is_none_or(|tag| !tag.is_of("key")), "{odd}");
        }
        let other = Address::parse("returns+aaaaaaaaaaaaa@example.org").unwrap();
        assert!(Tag::of(&other, &bounce()).is_none());
    }

    #[test]
    fn the_longest_tag_is_as_long_as_the_project_expects() {
        assert_eq!(Tagger::new("key").tag(Role::Bounce, i64::MAX).len(), LONGEST_TAG);
    }
}
