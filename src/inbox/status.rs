//! Status codes: what a report says of an address -> how much it weighs. RFC 3463 has the codes; which of them mean that
//! an address is gone is our own judgement, with its reasons beside it.

use std::fmt;

/// An enhanced status code: `5.1.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) class: u8,
    pub(super) subject: u16,
    pub(super) detail: u16,
}

/// How much a failure weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The address is gone.
    Hard,
    /// It did not arrive this time.
    Soft,
    /// It was refused for what we are or for what we sent: nothing against the address.
    Ours,
}

/// Words of servers that give no code of their own, or a wrong one, for an address that does not exist.
const GONE: [&str; 21] = [
    "user unknown",
    "unknown user",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "does not exist",
    "doesn't exist",
    "doesn't have a",
    "recipient not found",
    "recipientnotfound",
    "recipient address rejected: access denied",
    "invalid recipient",
    "unknown recipient",
    "mailbox unavailable",
    "mailbox not found",
    "unrouteable address",
    "account has been disabled",
    "account is disabled",
    "unknown address",
    "no mailbox here by that name",
    "mx records point to non-existent hosts",
];

impl Status {
    /// The first status code in a text.
    pub(super) fn find(text: &str) -> Option<Self> {
        let breaks = |c: char| !c.is_ascii_digit() && c != '.';
        text.split(breaks).take(400).find_map(Self::parse)
    }

    /// Reads a code that stands alone.
    fn parse(word: &str) -> Option<Self> {
        let mut parts = word.trim_end_matches('.').split('.');
        let class = parts.next()?;
        let number = |part: &str| if part.len() > 3 { None } else { part.parse().ok() };
        let (subject, detail) = (number(parts.next()?)?, number(parts.next()?)?);
        // four numbers are an IP address
        if parts.next().is_some() || !["2", "4", "5"].contains(&class) {
            return None;
        }
        Some(Self { class: class.parse().ok()?, subject, detail })
    }

    /// Whether it says nothing but its class.
    fn is_vague(self) -> bool {
        self.subject == 0
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// The reply code (RFC 5321) with which a text begins, after the kind of the diagnostic perhaps (`smtp; 550 …`).
fn reply_code(text: &str) -> Option<u16> {
    let text = text.split_once(';').map_or(text, |(kind, rest)| if kind.len() < 12 { rest } else { text });
    let word = text.trim_start().split([' ', '-']).next()?;
    word.parse().ok().filter(|code| (200..600).contains(code) && word.len() == 3)
}

/// The code that counts: the remote server's own where the report's says nothing but "failed".
pub(super) fn precise(reported: Option<Status>, diagnostic: &str) -> Option<Status> {
    let remote = Status::find(diagnostic);
    match (reported, remote) {
        (Some(reported), Some(remote)) if reported.is_vague() && remote.class == reported.class => Some(remote),
        (Some(reported), _) => Some(reported),
        (None, remote) => remote,
    }
}

/// How much a failure weighs, by its code and the server's words.
#[expect(clippy::match_same_arms, reason = "each arm has its own reason")]
pub(super) fn weigh(status: Option<Status>, diagnostic: &str) -> Weight {
    let words = diagnostic.to_lowercase();
    let says_gone = GONE.iter().any(|gone| words.contains(gone));
    let Some(Status { class, subject, detail }) = status else {
        let about_address = matches!(reply_code(diagnostic), None | Some(550 | 551 | 553));
        return if about_address && says_gone { Weight::Hard } else { Weight::Soft };
    };
    if class != 5 {
        // tried for days and given up: a server that is down, a mailbox that stays full
        return Weight::Soft;
    }
    match (subject, detail) {
        // the address: does not exist, its domain does not, is written wrong, has moved, takes no mail (null MX)
        (1, 1 | 2 | 3 | 6 | 10) => Weight::Hard,
        // the sender's address is what is wrong
        (1, 7 | 8) => Weight::Ours,
        // "other": some servers' word for an unknown address, others' for anything
        (1, _) if says_gone => Weight::Hard,
        // the mailbox was closed
        (2, 1) => Weight::Hard,
        // the message is too long for the mailbox, or for the system
        (2, 3) | (3, 4) => Weight::Ours,
        (2, 2) => Weight::Soft,
        // no route: the domain has no mail server. 5.4.310 is Exchange's "domain does not exist"
        (4, 4 | 310) => Weight::Hard,
        // Exchange Online at its edge: 5.4.1 with "recipient address rejected" is an unknown address, without it a
        // network that did not answer. Outlook.com says 5.5.0 for a mailbox that is not there
        (0 | 2 | 3 | 4 | 5, _) if says_gone => Weight::Hard,
        // what was sent, and security and policy: blocklists, authentication, content
        (6 | 7, _) => Weight::Ours,
        _ => Weight::Soft,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(text: &str) -> Weight {
        weigh(precise(None, text), text)
    }

    #[test]
    fn codes_are_found_in_what_servers_say() {
        let found = |text: &str| Status::find(text).map(|status| status.to_string()).unwrap_or_default();
        assert_eq!(found("smtp; 550-5.1.1 The email account"), "5.1.1");
        assert_eq!(found("#5.1.10 SMTP; 550 5.1.10 RESOLVER.ADR.RecipientNotFound"), "5.1.10");
        assert_eq!(found("host mx [192.0.2.1] said: 550 no"), "");
        assert_eq!(found("5.1.1.2 5.99999.1"), "");
        assert_eq!(found("(5.4.4)"), "5.4.4");
    }

    #[test]
    fn what_is_about_us_is_not_held_against_the_address() {
        assert_eq!(weight("smtp; 550 5.7.1 blocked by a list"), Weight::Ours);
        assert_eq!(weight("smtp; 550 5.7.26 unauthenticated mail"), Weight::Ours);
        assert_eq!(weight("smtp; 554 5.6.0 bad content"), Weight::Ours);
        assert_eq!(weight("smtp; 552 5.3.4 message too big"), Weight::Ours);
        assert_eq!(weight("smtp; 553 5.1.8 sender's domain does not exist"), Weight::Ours);
    }

    #[test]
    fn gone_is_told_from_full_and_slow() {
        assert_eq!(weight("smtp; 550 5.1.1 user unknown"), Weight::Hard);
        assert_eq!(weight("smtp; 550 5.2.1 disabled"), Weight::Hard);
        assert_eq!(weight("smtp; 552 5.2.2 over quota"), Weight::Soft);
        assert_eq!(weight("smtp; 550 5.4.1 Recipient address rejected: Access denied."), Weight::Hard);
        assert_eq!(weight("smtp; 550 5.4.1 no answer from host"), Weight::Soft);
        assert_eq!(weight("smtp; 550 5.5.0 Requested action not taken: mailbox unavailable"), Weight::Hard);
        assert_eq!(weight("smtp; 421 4.4.1 connection timed out"), Weight::Soft);
        assert_eq!(weight("550 No such user here"), Weight::Hard);
        assert_eq!(weight("550 spam"), Weight::Soft);
        assert_eq!(weight(""), Weight::Soft);
    }

    #[test]
    fn the_remote_servers_code_counts_where_the_report_has_none_of_its_own() {
        let vague = Status::find("5.0.0");
        assert_eq!(precise(vague, "smtp; 550 5.1.1 gone").unwrap().to_string(), "5.1.1");
        assert_eq!(precise(Status::find("5.2.2"), "smtp; 550 5.1.1 gone").unwrap().to_string(), "5.2.2");
        assert_eq!(precise(None, "nothing"), None);
    }
}
