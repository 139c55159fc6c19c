//! DKIM keys as they are published (RFC 6376, section 3.6.1; RFC 8463 for Ed25519): a text -> [`Published`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A published key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Published {
    /// `rsa` or `ed25519`.
    pub(super) kind: String,
    /// The key; empty where it was revoked.
    pub(super) key: Vec<u8>,
    /// Whether the domain says that it only tests.
    pub(super) testing: bool,
    /// Whether SHA-256 may be used with it.
    pub(super) sha256: bool,
    /// How many bits an RSA key has.
    pub(super) bits: usize,
}

impl Published {
    /// Reads a record. The error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut published = Self { kind: "rsa".to_owned(), sha256: true, ..Self::default() };
        let mut has_key = false;
        for (index, tag) in text.split(';').map(str::trim).filter(|tag| !tag.is_empty()).enumerate() {
            let (name, value) = tag.split_once('=').ok_or_else(|| format!("`{}` is no tag", shortened(tag)))?;
            let value: String = value.split_ascii_whitespace().collect();
            match name.trim() {
                "v" if index > 0 || value != "DKIM1" => return Err("its `v=` is not `DKIM1` at the start".to_owned()),
                "k" => published.kind = value.to_ascii_lowercase(),
                "h" => published.sha256 = value.split(':').any(|hash| hash == "sha256"),
                "t" => published.testing = value.split(':').any(|flag| flag == "y"),
                "p" => {
                    has_key = true;
                    published.key =
                        STANDARD.decode(value.as_bytes()).map_err(|_| "its `p=` is no base64".to_owned())?;
                }
                _ => {}
            }
        }
        if !has_key {
            return Err("it has no key (`p=`)".to_owned());
        }
        if published.kind == "rsa" && !published.key.is_empty() {
            published.bits = modulus_bits(&published.key).ok_or("its `p=` is no RSA key")?;
        }
        Ok(published)
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// The length of an RSA key's modulus: of a `SubjectPublicKeyInfo`, or of an `RSAPublicKey` alone.
fn modulus_bits(der: &[u8]) -> Option<usize> {
    let (0x30, inner, _) = element(der)? else { return None };
    let (tag, first, rest) = element(inner)?;
    let modulus = match tag {
        0x02 => first,
        // the algorithm; then the key in a bit string, behind the number of its unused bits
        0x30 => {
            let (0x03, bits, _) = element(rest)? else { return None };
            let (0x30, key, _) = element(bits.get(1..)?)? else { return None };
            let (0x02, modulus, _) = element(key)? else { return None };
            modulus
        }
        _ => return None,
    };
    let significant = modulus.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<_>>();
    let first = significant.first()?;
    Some(significant.len() * 8 - first.leading_zeros() as usize)
}

/// The first element of DER: its tag, its content, and what comes behind it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match *length {
        short @ 0..=0x7f => (usize::from(short), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => (usize::from(*rest.first()?) << 8 | usize::from(*rest.get(1)?), rest.get(2..)?),
        _ => return None,
    };
    Some((*tag, rest.get(..length)?, rest.get(length..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_record_is_said() {
        assert!(Published::parse("v=DKIM1; k=rsa").unwrap_err().contains("no key"));
        assert!(Published::parse("v=DKIM2; p=AAAA").unwrap_err().contains("DKIM1"));
        assert!(Published::parse("v=DKIM1; p=***").unwrap_err().contains("base64"));
        assert!(Published::parse("hello").unwrap_err().contains("no tag"));
        assert!(Published::parse("v=DKIM1; p=AAAA").unwrap_err().contains("no RSA key"));
        assert!(Published::parse("v=DKIM1; p=").unwrap().key.is_empty());
        let odd = Published::parse("k=ed25519; t=y:s; h=sha1; p=AA AA").unwrap();
        assert!(odd.testing && !odd.sha256 && odd.key.len() == 3);
    }

    #[test]
    fn cut_off_keys_are_no_keys() {
        let der: Vec<u8> = (0..=255).collect();
        for end in 0..der.len() {
            assert!(modulus_bits(&der[..end]).is_none_or(|bits| bits < 4096));
        }
        assert!(modulus_bits(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).is_none());
        assert_eq!(modulus_bits(&[0x30, 6, 2, 1, 0x80, 2, 1, 3]), Some(8));
    }
}
