//! Somebody of a file, packed into one piece of memory: [`Packed`] goes from the thread that reads to the one that
//! takes in, and through temporary files.
//!
//! Of some twenty small pieces that a person is made of, each would be given back by another thread than the one that
//! took it, and threads wait for each other there. A packed one is one piece, and small.

use std::io;

use crate::address::Address;
use crate::language::Language;
use crate::ledger::{Consent, How, Newcomer};

/// Somebody to be taken in, and what is worth telling of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Incoming {
    pub(super) newcomer: Newcomer,
    /// The line on which they stand.
    pub(super) line: usize,
    /// The large domain that theirs may be a slip of.
    pub(super) meant: Option<String>,
    /// Whether their address belongs to a function.
    pub(super) role: bool,
}

/// [`Incoming`] as bytes: the key of the address first, by which they are sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packed(pub(super) Box<[u8]>);

impl Packed {
    /// The person again; an error where the bytes were damaged on their way.
    pub(super) fn open(&self) -> io::Result<Incoming> {
        open(&self.0).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }
}

/// Packs somebody behind what is there already.
pub(super) fn pack(incoming: &Incoming, into: &mut Vec<u8>) {
    let Incoming { newcomer: Newcomer { address, language, values, consent }, line, meant, role } = incoming;
    put(into, &address.key());
    put(into, address.as_str());
    put(into, language.as_ref().map_or("", Language::as_str));
    into.extend((*line as u64).to_le_bytes());
    put(into, meant.as_deref().unwrap_or_default());
    into.extend([u8::from(*role), u8::from(consent.is_some())]);
    if let Some(Consent { how, source, text, given, ip, new_only }) = consent {
        into.extend([u8::from(given.is_some()), u8::from(*new_only)]);
        into.extend(given.unwrap_or_default().to_le_bytes());
        for text in [how.name(), source, text, ip] {
            put(into, text);
        }
    }
    into.extend((values.len() as u64).to_le_bytes());
    for (name, value) in values {
        put(into, name);
        put(into, value);
    }
}

fn put(into: &mut Vec<u8>, text: &str) {
    into.extend((text.len() as u64).to_le_bytes());
    into.extend(text.as_bytes());
}

/// The key of a packed person.
pub(super) fn key(mut packed: &[u8]) -> &[u8] {
    get(&mut packed).unwrap_or_default().as_bytes()
}

fn open(mut packed: &[u8]) -> Option<Incoming> {
    let from = &mut packed;
    get(from)?;
    let address = Address::parse(get(from)?).ok()?;
    let language = Language::parse(get(from)?);
    let line = usize::try_from(u64::from_le_bytes(take(from)?)).ok()?;
    let meant = Some(get(from)?).filter(|meant| !meant.is_empty()).map(str::to_owned);
    let [role, agreed] = take(from)?;
    let consent = if agreed == 1 { Some(consent(from)?) } else { None };
    let count = u64::from_le_bytes(take(from)?);
    let values = (0..count).map(|_| Some((get(from)?.to_owned(), get(from)?.to_owned()))).collect::<Option<_>>()?;
    let newcomer = Newcomer { address, language, values, consent };
    Some(Incoming { newcomer, line, meant, role: role == 1 })
}

fn consent(from: &mut &[u8]) -> Option<Consent> {
    let [is_given, new_only] = take(from)?;
    let given = i64::from_le_bytes(take(from)?);
    let how = match get(from)? {
        "form" => How::Form,
        "hand" => How::Hand,
        _ => How::Import,
    };
    let mut text = || get(from).map(str::to_owned);
    let (source, text, ip) = (text()?, text()?, text()?);
    Some(Consent { how, source, text, given: (is_given == 1).then_some(given), ip, new_only: new_only == 1 })
}

fn get<'p>(from: &mut &'p [u8]) -> Option<&'p str> {
    let length = usize::try_from(u64::from_le_bytes(take(from)?)).ok()?;
    let (text, rest) = from.split_at_checked(length)?;
    *from = rest;
    std::str::from_utf8(text).ok()
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*bytes)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::subscribers) fn incoming(number: usize) -> Incoming {
        // in no order: 7919 is prime
        let address = format!("reader{}@example.org", number * 7919 % 1_000_003);
        let consent = Consent {
            how: How::Form,
            source: "fair".to_owned(),
            text: "2".to_owned(),
            given: number.is_multiple_of(2).then_some(-3),
            ip: "::1".to_owned(),
            new_only: number.is_multiple_of(3),
        };
        Incoming {
            newcomer: Newcomer {
                address: Address::parse(&address).unwrap(),
                language: Language::parse("fr").filter(|_| number.is_multiple_of(5)),
                values: vec![("first_name".to_owned(), "Zoé".to_owned())],
                consent: Some(consent).filter(|_| !number.is_multiple_of(7)),
            },
            line: number,
            meant: Some("gmail.com".to_owned()).filter(|_| number.is_multiple_of(11)),
            role: number % 2 == 1,
        }
    }

    pub(in crate::subscribers) fn packed(number: usize) -> Packed {
        let mut bytes = Vec::new();
        pack(&incoming(number), &mut bytes);
        Packed(bytes.into_boxed_slice())
    }

    #[test]
    fn who_is_packed_comes_out_the_same() {
        for number in 0..200 {
            assert_eq!(packed(number).open().unwrap(), incoming(number));
            assert_eq!(key(&packed(number).0), incoming(number).newcomer.address.key().as_bytes());
        }
    }

    #[test]
    fn what_was_cut_off_is_an_error() {
        let whole = packed(4).0;
        for end in 0..whole.len() {
            assert!(Packed(whole[..end].into()).open().is_err(), "{end}");
        }
    }
}
