//! A [`Letter`] -> [`Reading`]: what a message of the mailbox is taken for. Nothing here asks whether it is true; that is
//! the business of `evidence.rs`.

use super::automatic;
use super::fields::Fields;
use super::letter::Letter;
use super::report::{Action, Report, reports};
use crate::address::Address;
use crate::message::{Role, Tag};
use crate::project::Project;

/// Where servers write to whom a message was delivered, the most reliable first.
pub(super) const TO: [&str; 9] = [
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "x-gm-original-to",
    "to",
    "cc",
    "resent-to",
];

/// Words of readers and their programs that want no more, where the address is one that other mail comes to as well.
const WANTS_OUT: [&str; 9] =
    ["unsubscribe", "désabonn", "desabonn", "désinscri", "desinscri", "uitschrij", "afmeld", "abmeld", "opt out"];

/// What a message is taken for.
#[derive(Debug, Clone)]
pub(super) enum Reading {
    /// It says that a message did not arrive.
    Bounce(Vec<Report>),
    /// A message is late; another report follows, or it arrives.
    Delay,
    /// A message arrived.
    Arrival,
    /// A reader called a message spam.
    Complaint(Fields),
    /// A reader's mail program or provider says that they want no more.
    OptOut(Fields),
    /// A reader wants no more.
    Unsubscription(Vec<Tag>),
    /// An automatic answer, or other automatic mail.
    Automatic(String),
    /// None of these.
    Unknown(&'static str),
}

/// What a letter is taken for.
pub(super) fn read(letter: &Letter, project: &Project) -> Reading {
    if let Some(complaint) = &letter.complaint {
        // RFC 5965, section 3.1, and the registry that it began
        return match complaint.get("feedback-type").unwrap_or_default().to_ascii_lowercase().as_str() {
            "not-spam" => Reading::Unknown("a reader says that it is no spam"),
            "auth-failure" => Reading::Unknown("a report on authentication (RFC 6591)"),
            "opt-out" | "opt-out-list" => Reading::OptOut(complaint.clone()),
            _ => Reading::Complaint(complaint.clone()),
        };
    }
    let reports = reports(letter);
    let of = |action| reports.iter().any(|report| report.action == action);
    if of(Action::Failed) {
        return Reading::Bounce(reports.into_iter().filter(|report| report.action == Action::Failed).collect());
    }
    if of(Action::Delayed) {
        return Reading::Delay;
    }
    if of(Action::Arrived) {
        return Reading::Arrival;
    }
    if let Some(why) = automatic::answers(letter) {
        return Reading::Automatic(why);
    }
    if let Some(tags) = unsubscription(letter, project) {
        return Reading::Unsubscription(tags);
    }
    if automatic::is_from_a_mail_system(letter) {
        return Reading::Unknown("a report in a form that envoi does not know");
    }
    match automatic::is_automatic(letter) {
        Some(why) => Reading::Automatic(why),
        None => Reading::Unknown("a letter that somebody should read"),
    }
}

/// Whether it asks for an unsubscription, and the tags that its subject may have.
fn unsubscription(letter: &Letter, project: &Project) -> Option<Vec<Tag>> {
    let config = &project.config;
    let to = letter.headers.addresses(&TO);
    let subject = letter.subject.to_lowercase();
    let wants_out = WANTS_OUT.iter().any(|word| subject.contains(word));
    let words = letter.subject.split_whitespace().take(20);
    let tags: Vec<Tag> = words.filter_map(|word| Tag::parse(word, Role::Unsubscription)).collect();
    let mailto = config.unsubscribe.as_ref()?.mailto.as_ref()?;
    if !to.iter().any(|address| is_same(address, mailto)) {
        // forwarded or fetched into one mailbox with others, its address lost on the way
        return (wants_out && !tags.is_empty()).then_some(tags);
    }
    let sender = &config.sender;
    let others = [Some(&sender.from.address), sender.reply_to.as_ref().map(|own| &own.address), sender.bounce.as_ref()];
    let shared = others.into_iter().flatten().any(|other| is_same(other, mailto));
    (!shared || wants_out).then_some(tags)
}

/// Whether an address is a mailbox's, with or without something behind a `+` of its own: what stands behind one in the
/// mailbox's own address is a part of it.
fn is_same(address: &Address, mailbox: &Address) -> bool {
    let (address, mailbox) = (address.key(), mailbox.key());
    let (Some((local, domain)), Some((own, at))) = (address.rsplit_once('@'), mailbox.rsplit_once('@')) else {
        return false;
    };
    domain == at && local.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('+'))
}
