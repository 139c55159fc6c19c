//! DKIM (RFC 6376): a signature over the headers and the body of a message, by which its reader's server sees that
//! the sender's domain stands behind it. RSA with SHA-256, or Ed25519 (RFC 8463).
//!
//! Message bytes -> a `DKIM-Signature` header before them. The headers are canonicalised `relaxed`, the body
//! `simple`: nothing on the way may change a quoted-printable body, and much refolds headers. The private key is read
//! once and never shown.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};

use crate::error::{Error, Result, Trouble};
use crate::project::Project;

/// The headers that are signed, where they are there (RFC 6376, section 5.4.1; RFC 8058, section 4, asks for the two
/// on unsubscribing).
const SIGNED: [&str; 13] = [
    "from",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-language",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "feedback-id",
];

/// Signs messages for a domain.
#[derive(Clone)]
pub(super) struct Signer {
    domain: String,
    selector: String,
    key: Arc<Key>,
}

enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}._domainkey.{})", self.selector, self.domain)
    }
}

impl Signer {
    /// The project's signer; none where there is no `[dkim]`.
    pub(super) fn of(project: &Project) -> Result<Option<Self>> {
        let Some(config) = &project.config.dkim else { return Ok(None) };
        let path = project.root.join(&config.key);
        let pem = std::fs::read_to_string(&path).map_err(Error::file("read", &path))?;
        let key = Key::read(&pem).ok_or_else(|| {
            Error::Refused(
                Trouble::new(format!("`{}` is no private key for DKIM", project.shown(&path).display()))
                    .hint("make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out dkim.pem`")
                    .hint("an RSA key has 2048 bits or more; Ed25519 is understood too (PKCS #8, PEM)"),
            )
        })?;
        let domain = config.domain.clone().unwrap_or_else(|| project.config.sender.from.address.domain().to_owned());
        Ok(Some(Self { domain, selector: config.selector.clone(), key: Arc::new(key) }))
    }

    /// A message with a signature before it.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let end = message.windows(4).position(|four| four == b"\r\n\r\n").map_or(message.len(), |at| at + 2);
        let (head, body) = message.split_at(end);
        let body_hash = STANDARD.encode(digest(&SHA256, simple(body.strip_prefix(b"\r\n").unwrap_or(body))));
        let headers = headers(head);
        let mut names = Vec::new();
        let mut signed = Vec::new();
        for name in SIGNED {
            if let Some(value) = headers.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value) {
                names.push(name);
                signed.extend_from_slice(format!("{name}:{value}\r\n").as_bytes());
            }
        }
        // named once more than it is there: a second From, put before this one later, breaks the signature
        names.push("from");
        let algorithm = match *self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let value = format!(
            "v=1; a={algorithm}; c=relaxed/simple; d={}; s={};\r\n h={};\r\n bh={body_hash};\r\n b=",
            self.domain,
            self.selector,
            folded(&names)
        );
        signed.extend_from_slice(format!("dkim-signature:{}", relaxed(&value)).as_bytes());
        let mut out = format!("DKIM-Signature: {value}").into_bytes();
        for (index, chunk) in STANDARD.encode(self.key.sign(&signed)).as_bytes().chunks(70).enumerate() {
            if index > 0 {
                out.extend_from_slice(b"\r\n ");
            }
            out.extend_from_slice(chunk);
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(message);
        out
    }
}

/// The public half of a project's key, as it is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimKey {
    /// The domain that signs.
    pub domain: String,
    /// The name under which the key is published.
    pub selector: String,
    /// `rsa` or `ed25519`.
    pub kind: &'static str,
    /// The record, word for word (RFC 6376, section 3.6.1).
    pub record: String,
    key: Vec<u8>,
    /// An RSA key without the frame that says that it is one.
    bare: Vec<u8>,
}

impl DkimKey {
    /// Whether these bytes, published, are this key.
    pub fn is_published_as(&self, bytes: &[u8]) -> bool {
        bytes == self.key || bytes == self.bare
    }
}

/// The public half of the project's key; none where there is no `[dkim]`.
pub fn dkim_key(project: &Project) -> Result<Option<DkimKey>> {
    Ok(Signer::of(project)?.map(|signer| {
        let (kind, key, bare) = match &*signer.key {
            Key::Rsa(pair) => {
                let bare = pair.public().as_ref().to_vec();
                ("rsa", framed(&bare), bare)
            }
            Key::Ed25519(pair) => {
                let key = pair.public_key().as_ref().to_vec();
                ("ed25519", key.clone(), key)
            }
        };
        let record = format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(&key));
        DkimKey { domain: signer.domain, selector: signer.selector, kind, record, key, bare }
    }))
}

/// An `RSAPublicKey` in a `SubjectPublicKeyInfo` (RFC 3279, section 2.3.1), as keys are published.
fn framed(key: &[u8]) -> Vec<u8> {
    // the algorithm: rsaEncryption, without parameters
    const RSA: [u8; 15] = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let mut bits = vec![0];
    bits.extend_from_slice(key);
    let mut inner = RSA.to_vec();
    inner.extend(element(0x03, &bits));
    element(0x30, &inner)
}

/// An element of DER: tag, length, content.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    if content.len() >= 0x80 {
        out.push(0x80 | u8::try_from(significant.len()).unwrap_or(0));
    }
    out.extend_from_slice(if significant.is_empty() { &[0] } else { &significant });
    out.extend_from_slice(content);
    out
}

impl Key {
    /// A private key in PEM: PKCS #8, or the older form of RSA keys (PKCS #1).
    fn read(pem: &str) -> Option<Self> {
        let base64: String = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(base64).ok()?;
        let rsa = || RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der)).ok();
        let ed25519 = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).ok();
        rsa().map(Self::Rsa).or_else(|| ed25519().map(Self::Ed25519))
    }

    fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                match key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature) {
                    Ok(()) => signature,
                    // only a machine without randomness gets here; an empty signature is an invalid one
                    Err(_) => Vec::new(),
                }
            }
            // RFC 8463, section 3: the hash is what is signed
            Self::Ed25519(key) => key.sign(digest(&SHA256, bytes).as_ref()).as_ref().to_vec(),
        }
    }
}

/// A body without its empty last lines, ended by one CRLF (section 3.4.3).
fn simple(mut body: &[u8]) -> &[u8] {
    while body.ends_with(b"\r\n\r\n") {
        body = &body[..body.len() - 2];
    }
    if body.is_empty() { b"\r\n" } else { body }
}

/// Each header's name in lower case and its value, relaxed.
fn headers(head: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(head);
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in text.split_terminator("\r\n") {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push_str(line);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.to_owned()));
        }
    }
    for (_, value) in &mut headers {
        *value = relaxed(value);
    }
    headers
}

/// A value unfolded, its white space single, none at either end (section 3.4.2).
fn relaxed(value: &str) -> String {
    value.split(|c: char| c.is_ascii_whitespace()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Names with colons between them, folded.
fn folded(names: &[&str]) -> String {
    let mut out = String::new();
    let mut column = 3;
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            out.push(':');
            column += 1;
        }
        if column + name.len() > 74 {
            out.push_str("\r\n ");
            column = 1;
        }
        out.push_str(name);
        column += name.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_and_headers_are_canonicalised_as_the_standard_says() {
        assert_eq!(simple(b""), b"\r\n");
        assert_eq!(simple(b"a\r\n\r\n\r\n"), b"a\r\n");
        assert_eq!(simple(b"a\r\n"), b"a\r\n");
        assert_eq!(relaxed(" a\r\n\t b  c "), "a b c");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(Key::read("").is_none());
        assert!(Key::read("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").is_none());
    }
}
