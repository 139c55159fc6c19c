//! Fields: `Name: value` lines, as headers have them (RFC 5322, section 2.2), delivery reports (RFC 3464, section 2.1)
//! and complaints (RFC 5965, section 3). A text -> [`Fields`], unfolded, with a limit to everything.

use crate::address::Address;

/// How many fields are kept of one block.
const MOST_FIELDS: usize = 300;

/// How many bytes are kept of one value.
const LONGEST: usize = 4000;

/// How many blocks are read of one text.
const MOST_BLOCKS: usize = 50;

/// How many addresses are read from one value.
const MOST_ADDRESSES: usize = 20;

/// A block of fields, in their order; names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a text's first block.
    pub(super) fn read(text: &str) -> Self {
        Self::blocks(text).into_iter().next().unwrap_or_default()
    }

    /// Reads all blocks of a text: they are parted by empty lines.
    pub(super) fn blocks(text: &str) -> Vec<Self> {
        let mut blocks = Vec::new();
        let mut block = Self::default();
        for line in text.lines() {
            if line.trim().is_empty() {
                if !block.0.is_empty() {
                    blocks.push(std::mem::take(&mut block));
                }
                if blocks.len() >= MOST_BLOCKS {
                    break;
                }
                continue;
            }
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = block.0.last_mut()
                    && value.len() + line.len() < LONGEST
                {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            if let Some((name, value)) = line.split_once(':')
                && block.0.len() < MOST_FIELDS
            {
                block.0.push((name.trim().to_ascii_lowercase(), cut(value.trim(), LONGEST).to_owned()));
            }
        }
        if !block.0.is_empty() {
            blocks.push(block);
        }
        blocks
    }

    /// The first value under a name, which is in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value under a name.
    pub(super) fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The addresses under some names, in the order of the names.
    pub(super) fn addresses(&self, names: &[&str]) -> Vec<Address> {
        let mut found = Vec::new();
        for value in names.iter().flat_map(|name| self.all(name)) {
            for address in addresses(value) {
                if found.len() < MOST_ADDRESSES && !found.contains(&address) {
                    found.push(address);
                }
            }
        }
        found
    }
}

/// The beginning of a text, within so many bytes.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The addresses in a text: those in angle brackets, where there are any, else every word that is one.
pub(super) fn addresses(text: &str) -> Vec<Address> {
    let bracketed: Vec<Address> = text
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .filter_map(|(inner, _)| address(inner))
        .take(MOST_ADDRESSES)
        .collect();
    if !bracketed.is_empty() {
        return bracketed;
    }
    let breaks = |c: char| c.is_whitespace() || ",;<>()\"'".contains(c);
    text.split(breaks).filter(|word| word.contains('@')).filter_map(address).take(MOST_ADDRESSES).collect()
}

/// An address as reports write it: with its type before it (`rfc822; ada@example.org`), in angle brackets perhaps.
pub(super) fn address(text: &str) -> Option<Address> {
    let text = text.split_once(';').map_or(text, |(_, address)| address);
    let text = text.trim().trim_start_matches('<').trim_end_matches('>').trim().trim_start_matches("mailto:");
    // the longest address (RFC 5321, section 4.5.3.1), with room for what xtext adds
    if text.len() > 400 { None } else { Address::parse(text).ok() }
}

/// The recipient that a message was sent to, as the report says it (RFC 3461, sections 4.2 and 5.2.1): in xtext, `+2B` for
/// `+` and the like.
pub(super) fn original(text: &str) -> Option<Address> {
    let plain = address(text)?;
    let (mut decoded, mut rest) = (String::new(), plain.local());
    while let Some((before, after)) = rest.split_once('+') {
        decoded.push_str(before);
        let hex = after.get(..2).filter(|hex| !hex.contains(|c: char| !matches!(c, '0'..='9' | 'A'..='F')));
        let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) else {
            // a server that writes the address as it is
            return Some(plain);
        };
        decoded.push(char::from(byte));
        rest = &after[2..];
    }
    decoded.push_str(rest);
    Address::parse(&format!("{decoded}@{}", plain.domain())).ok().or(Some(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_fields_are_unfolded_and_blocks_are_parted() {
        let blocks = Fields::blocks("A: 1\r\n 2\r\nB : x\r\n\r\nC: 3\n\n\nD:\n");
        assert_eq!(blocks.len(), 3);
        assert_eq!(blocks[0].get("a"), Some("1 2"));
        assert_eq!(blocks[0].get("b"), Some("x"));
        assert_eq!(blocks[2].get("d"), Some(""));
    }

    #[test]
    fn addresses_are_found_however_they_are_written() {
        let all = |text: &str| addresses(text).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(all("\"eve@example.com\" <Ada@Example.org>, <ben@example.org>"), "Ada@example.org ben@example.org");
        assert_eq!(all("ada@example.org, ben@example.org (Ben)"), "ada@example.org ben@example.org");
        assert_eq!(all("nobody"), "");
        assert_eq!(original("rfc822;a+2Bb+3Dc+2Bd@example.org").unwrap().as_str(), "a+b=c+d@example.org");
        for as_it_is in ["ada+news@example.org", "ada+x@example.org", "ada+@example.org", "ada+0D@example.org"] {
            assert_eq!(original(as_it_is).unwrap().as_str(), as_it_is);
        }
        assert_eq!(address("rfc822;ada+2B@example.org").unwrap().as_str(), "ada+2B@example.org");
        assert_eq!(address("x-local; <ada@example.org>").unwrap().as_str(), "ada@example.org");
    }

    #[test]
    fn nothing_grows_without_limit() {
        let endless = format!("A: x\n{}", " more\n".repeat(100_000));
        assert!(Fields::read(&endless).get("a").unwrap().len() < LONGEST);
        assert!(Fields::blocks(&"A: x\n\n".repeat(10_000)).len() <= MOST_BLOCKS);
        assert!(addresses(&"<a@example.org>".repeat(10_000)).len() <= MOST_ADDRESSES);
        assert_eq!(cut("aé", 2), "a");
    }
}
