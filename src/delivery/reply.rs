//! The relay's replies, and what they mean for a delivery.

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::response::Response;

/// A reply: its code and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The code (RFC 5321, section 4.2).
    pub code: u16,
    /// The text, its lines joined by spaces.
    pub text: String,
}

impl Reply {
    /// Whether it is this very code. `2yz` and `3yz` alike are "positive" to the library; a dialogue out of step shows
    /// by the exact code alone.
    pub fn is(&self, code: u16) -> bool {
        self.code == code
    }

    /// 2yz.
    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// 4yz.
    pub fn is_transient(&self) -> bool {
        (400..500).contains(&self.code)
    }

    /// 5yz.
    pub fn is_permanent(&self) -> bool {
        (500..600).contains(&self.code)
    }

    /// Whether a refusal is about the reader's address and not about us or the message: the enhanced code says so
    /// (RFC 3463: 5.1.x addressing, but for 5.1.7 and 5.1.8, which are the sender's address; 5.2.x mailbox), or, without
    /// one, the code (RFC 5321: 550, 551, 553), where the text does not speak of us.
    pub fn blames_address(&self) -> bool {
        match self.enhanced() {
            Some((5, 1, 7 | 8)) => false,
            Some((5, subject, _)) => subject == 1 || subject == 2,
            Some(_) => false,
            None => [550, 551, 553].contains(&self.code) && !self.speaks_of_us(),
        }
    }

    /// Whether the address will never take mail: it does not exist, or was closed. A full mailbox (5.2.2) or a
    /// message that is too large for it is not that.
    pub fn condemns_address(&self) -> bool {
        match self.enhanced() {
            Some((5, 1, _)) | None => self.blames_address(),
            Some((5, 2, detail)) => detail == 1,
            Some(_) => false,
        }
    }

    /// Whether it has an enhanced status code (RFC 2034).
    pub fn is_enhanced(&self) -> bool {
        self.enhanced().is_some()
    }

    /// The class, subject and detail of its enhanced status code: at the text's start (RFC 2034), or in brackets at its
    /// end, as qmail writes it (`sorry, no mailbox here by that name. (#5.1.1)`).
    fn enhanced(&self) -> Option<(u8, u16, u16)> {
        let first = self.text.split(' ').next()?;
        let last = || self.text.rsplit(' ').next()?.strip_prefix("(#")?.strip_suffix(')');
        enhanced(first).or_else(|| enhanced(last()?))
    }

    /// Whether the text of a refusal without an enhanced code is about what we may do, or about our address.
    fn speaks_of_us(&self) -> bool {
        let text = self.text.to_ascii_lowercase();
        ["relay", "sender", "authenticat"].iter().any(|word| text.contains(word))
    }
}

/// An enhanced status code (RFC 3463): class, subject, detail.
fn enhanced(word: &str) -> Option<(u8, u16, u16)> {
    let mut parts = word.split('.');
    let code = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(code)
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The connection ended or broke.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// Nothing came within the time a reply may take.
    #[error("no reply within {0} seconds")]
    Silent(u64),
    /// The relay said that it closes the connection (421).
    #[error("the relay closed the connection: {0}")]
    Goodbye(String),
    /// What came is no reply.
    #[error("the relay's answer is no SMTP reply: {0}")]
    Garbled(String),
    /// We were away for longer than we may be, and broke off before a message's end.
    #[error("this process was away for too long to go on")]
    Late,
}

/// The library's result as a reply or a fault.
pub(super) fn reply(result: Result<Response, SmtpError>) -> Result<Reply, Fault> {
    match result {
        Ok(response) => {
            let text = response.message().collect::<Vec<_>>().join(" ");
            Ok(Reply { code: response.code().into(), text: clean(&text) })
        }
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            match error.status() {
                Some(code) => Ok(Reply { code: code.into(), text: clean(&source) }),
                None if error.is_response() && source != "incomplete response" => Err(Fault::Garbled(clean(&source))),
                None => Err(Fault::Lost(clean(if source.is_empty() { "it was closed" } else { &source }))),
            }
        }
    }
}

/// A relay's text as it may stand in the ledger and on a terminal: one line, no control characters, not endless.
fn clean(text: &str) -> String {
    let flat: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
    flat.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_the_address_are_told_from_refusals_of_the_message() {
        let reply = |code, text: &str| Reply { code, text: text.to_owned() };
        assert!(reply(550, "5.1.1 no such user").condemns_address());
        assert!(reply(550, "no such user").condemns_address());
        assert!(reply(552, "5.2.2 mailbox full").blames_address());
        assert!(!reply(552, "5.2.2 mailbox full").condemns_address());
        assert!(!reply(554, "5.7.1 relay access denied").blames_address());
        assert!(!reply(554, "transaction failed").blames_address());
        assert!(reply(550, "5.1.2 no such domain").condemns_address());
        assert!(reply(550, "5.2.1 mailbox disabled").condemns_address());
        assert!(reply(550, "5.1.10 null MX").condemns_address());
    }

    #[test]
    fn a_refusal_that_means_us_is_no_readers_fault() {
        for (code, text) in [
            // RFC 3463, section 3.2: X.1.7 and X.1.8 are the sender's address
            (550, "5.1.7 <post@example.org>: Sender address rejected"),
            (550, "5.1.8 <post@example.org>: Sender address rejected: Domain not found"),
            (550, "relay not permitted"),
            (550, "Relaying denied. Please authenticate first."),
            (550, "Sender verify failed"),
            (553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
        ] {
            let reply = Reply { code, text: text.to_owned() };
            assert!(!reply.blames_address() && !reply.condemns_address(), "{code} {text}");
        }
        let qmail = Reply { code: 550, text: "sorry, no mailbox here by that name. (#5.1.1)".to_owned() };
        assert!(qmail.is_enhanced() && qmail.condemns_address());
    }
}
