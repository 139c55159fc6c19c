//! Delivery reports: what a server says became of a message, in fields (RFC 3464), or in the prose of those that write
//! none (Exim's and qmail's bounces).

use super::fields::{Fields, address, addresses, cut, original};
use super::letter::Letter;
use super::status::{Status, precise};
use crate::address::Address;

/// How much of a server's words is kept.
const LONGEST: usize = 300;

/// What became of a message, for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// What was done.
    pub(super) action: Action,
    /// The recipient as the message had it, and as it was at the end of the way.
    pub(super) recipients: Vec<Address>,
    /// The status code that counts.
    pub(super) status: Option<Status>,
    /// The server's words, on one line.
    pub(super) words: String,
}

/// What was done with a message (RFC 3464, section 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// It did not arrive.
    Failed,
    /// It is still on the way.
    Delayed,
    /// It arrived, or went on to where no reports come from.
    Arrived,
}

/// The reports of a letter, one a recipient; none where it is no delivery report.
pub(super) fn reports(letter: &Letter) -> Vec<Report> {
    match &letter.report {
        Some(text) => Fields::blocks(text).iter().filter_map(of_fields).collect(),
        None => of_prose(letter),
    }
}

/// One recipient's block. The block about the message itself has no `Action`.
fn of_fields(block: &Fields) -> Option<Report> {
    let action = block.get("action")?.split([' ', '(', ';']).next()?.to_ascii_lowercase();
    let action = match action.as_str() {
        "failed" => Action::Failed,
        "delayed" => Action::Delayed,
        "delivered" | "relayed" | "expanded" => Action::Arrived,
        _ => return None,
    };
    let first = block.get("original-recipient").and_then(original);
    let recipients = first.into_iter().chain(block.get("final-recipient").and_then(address)).collect();
    let diagnostic = block.get("diagnostic-code").unwrap_or_default();
    let reported = block.get("status").and_then(Status::find);
    let status = precise(reported, diagnostic);
    let words = match diagnostic.split_once(';') {
        Some((kind, rest)) if kind.len() < 12 => rest,
        _ => diagnostic,
    };
    Some(Report { action, recipients, status, words: one_line(words) })
}

/// Bounces in prose.
fn of_prose(letter: &Letter) -> Vec<Report> {
    let (text, _) = split(&letter.text);
    let failed: Vec<Address> = letter.headers.all("x-failed-recipients").flat_map(addresses).take(20).collect();
    if !failed.is_empty() {
        return failed.into_iter().map(|recipient| exim(text, recipient)).collect();
    }
    let lower = cut(text, 2000).to_ascii_lowercase();
    if lower.contains("this is the qmail-send program") {
        return qmail(text);
    }
    // Exim's warning, which it sends under "auto-replied" and without a list of recipients
    if lower.contains("has not yet been delivered to one or more of its recipients") {
        return vec![Report {
            action: Action::Delayed,
            recipients: addresses(text),
            status: None,
            words: String::new(),
        }];
    }
    Vec::new()
}

/// Exim: the address stands alone on a line, and what was said below it, indented further.
fn exim(text: &str, recipient: Address) -> Report {
    let key = recipient.key();
    let lines = text.lines().skip_while(|line| !(line.starts_with(' ') && line.trim().to_ascii_lowercase() == key));
    let said: Vec<&str> = lines.skip(1).take_while(|line| line.starts_with("   ")).map(str::trim).take(20).collect();
    let whole = said.join(" ");
    // "SMTP error from remote mail server after RCPT TO:<…>: 550 5.1.1 …": the server's own words come behind it
    let words = whole
        .split_once("SMTP error from remote mail server after ")
        .and_then(|(_, rest)| rest.split_once(": "))
        .map_or(whole.as_str(), |(_, own)| own);
    Report { action: Action::Failed, recipients: vec![recipient], status: precise(None, words), words: one_line(words) }
}

/// qmail (QSBMF): paragraphs that begin with `<address>:`.
fn qmail(text: &str) -> Vec<Report> {
    let mut reports = Vec::new();
    for paragraph in text.split("\n\n").map(str::trim).take(50) {
        let Some((recipient, said)) = paragraph.strip_prefix('<').and_then(|rest| rest.split_once(">:")) else {
            continue;
        };
        let Some(recipient) = address(recipient) else { continue };
        let said = one_line(said);
        let words = said.split_once("Remote host said: ").map_or(said.as_str(), |(_, own)| own);
        let words = words.split(" Giving up on ").next().unwrap_or(words);
        reports.push(Report {
            action: Action::Failed,
            recipients: vec![recipient],
            status: precise(None, words),
            words: words.to_owned(),
        });
    }
    reports
}

/// The headers of the message that comes back, from the place where it is put.
pub(super) fn returned(letter: &Letter) -> Option<Fields> {
    letter.returned.clone().or_else(|| split(&letter.text).1.map(Fields::read)).filter(|fields| !fields.is_empty())
}

/// A bounce in prose: what it says, and the copy of the message below it.
fn split(text: &str) -> (&str, Option<&str>) {
    let is_mark = |line: &str| {
        line.starts_with("------ This is a copy of ")
            || line.starts_with("--- Below this line is a copy of the message")
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if is_mark(line) {
            return (&text[..start], Some(&text[start + line.len()..]));
        }
        start += line.len();
    }
    (text, None)
}

/// A server's words as they may stand in the ledger and on a terminal.
fn one_line(text: &str) -> String {
    let flat: String = cut(text, 4 * LONGEST).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let flat = flat.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&flat, LONGEST).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_below_a_bounce_is_not_what_it_says() {
        let text = "It failed\n------ This is a copy of the message's headers. ------\n\nMessage-ID: <1@x>\n";
        let (said, copy) = split(text);
        assert_eq!(said, "It failed\n");
        assert_eq!(Fields::read(copy.unwrap()).get("message-id"), Some("<1@x>"));
        assert_eq!(split("only text").1, None);
    }
}
