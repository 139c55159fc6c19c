//! The clerk of the inbox: one message in, its consequences drawn, a [`Finding`] out.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use super::evidence::Evidence;
use super::fields::Fields;
use super::finding::{Came, Finding, Kind};
use super::letter::Letter;
use super::reading::{Reading, read};
use super::report::Report;
use super::status::{Weight, weigh};
use crate::address::Address;
use crate::audience::{self, Dropped, List, Row, Subscriber};
use crate::error::Result;
use crate::ledger::{Ledger, Note, Noted, Patience, SendId, Sent, Word};
use crate::project::Project;

/// Draws the consequences of messages, one by one.
pub(super) struct Clerk<'c> {
    project: &'c Project,
    ledger: &'c Ledger,
    sends: Vec<(SendId, String)>,
    patience: Patience,
    /// Whether nothing is written.
    rehearsing: bool,
    /// The addresses of the project's list, hashed, once they were asked for.
    listed: Option<(RandomState, HashSet<u64>)>,
}

impl<'c> Clerk<'c> {
    pub(super) async fn new(project: &'c Project, ledger: &'c Ledger, rehearsing: bool) -> Result<Self> {
        let config = &project.config.inbox;
        let patience = Patience { bounces: config.soft_bounces.max(1), days: config.soft_days };
        Ok(Self { project, ledger, sends: ledger.send_keys().await?, patience, rehearsing, listed: None })
    }

    /// Deals with a message.
    pub(super) async fn deal(&mut self, name: String, bytes: &[u8]) -> Result<Finding> {
        let finding =
            |kind, came, detail: String| Finding { message: name, kind, address: None, came, status: None, detail };
        let letter = match Letter::read(bytes) {
            Ok(letter) => letter,
            Err(why) => return Ok(finding(Kind::Unreadable, Came::Ignored, why.to_owned())),
        };
        match read(&letter, self.project) {
            Reading::Bounce(reports) => self.bounce(finding, &letter, &reports).await,
            Reading::Complaint(fields) => {
                let base = finding(Kind::Complaint, Came::NotOurs, String::new());
                self.complaint(base, &letter, &fields, Word::Complaint).await
            }
            Reading::OptOut(fields) => {
                let base = finding(Kind::Unsubscription, Came::NotOurs, String::new());
                self.complaint(base, &letter, &fields, Word::Unsubscription).await
            }
            Reading::Unsubscription(tags) => {
                let base = finding(Kind::Unsubscription, Came::NotOurs, String::new());
                let sent = Evidence::of_tags(tags).delivery(self.ledger, &self.sends).await?;
                self.unsubscription(base, &letter, sent).await
            }
            Reading::Delay => Ok(finding(Kind::Delay, Came::Ignored, "the message is still on its way".to_owned())),
            Reading::Arrival => Ok(finding(Kind::Arrival, Came::Ignored, "the message arrived".to_owned())),
            Reading::Automatic(why) => Ok(finding(Kind::Automatic, Came::Ignored, why)),
            Reading::Unknown(why) => {
                let subject: String = letter.subject.chars().take(80).collect();
                Ok(finding(Kind::Unknown, Came::Ignored, format!("{why}: \"{subject}\"")))
            }
        }
    }

    async fn bounce(
        &self,
        finding: impl FnOnce(Kind, Came, String) -> Finding,
        letter: &Letter,
        reports: &[Report],
    ) -> Result<Finding> {
        let bounce = self.project.config.sender.bounce_address();
        let sent = Evidence::of(letter, bounce, reports, None).delivery(self.ledger, &self.sends).await?;
        let own = sent.as_ref().and_then(|sent| reports.iter().find(|report| concerns(report, &sent.address)));
        let Some(report) = own.or(reports.first()) else {
            return Ok(finding(Kind::Unknown, Came::Ignored, "a report about nobody".to_owned()));
        };
        let mut weight = weigh(report.status, &report.words);
        // it failed behind the address: a forwarding, or one member of a list whose others may have it
        let behind = own.is_none() && !report.recipients.is_empty() && sent.is_some();
        if behind && weight == Weight::Hard {
            weight = Weight::Soft;
        }
        let (kind, word) = match weight {
            Weight::Hard => (Kind::HardBounce, Some(Word::Hard)),
            Weight::Soft => (Kind::SoftBounce, Some(Word::Soft)),
            Weight::Ours => (Kind::Refusal, None),
        };
        let status = report.status.map(|status| status.to_string());
        let mut words = report.words.clone();
        if let Some(status) = &status
            && !words.contains(status.as_str())
        {
            words.insert_str(0, &format!("{status} "));
        }
        if behind && let Some(last) = report.recipients.last() {
            words = format!("{words} (behind it: {last})");
        }
        let mut found = Finding { status, ..finding(kind, Came::NotOurs, words.clone()) };
        let Some(sent) = sent else {
            found.address = report.recipients.first().map(ToString::to_string);
            found.detail = format!("not about a message of ours; it says: {words}");
            return Ok(found);
        };
        found.address = Some(sent.address.to_string());
        if let Some(word) = word {
            return self.note(found, letter, &sent.address, Some(&sent), word).await;
        }
        // left in the mailbox: it says what is to be mended at our side
        found.came = Came::Ignored;
        Ok(found)
    }

    async fn complaint(&self, mut found: Finding, letter: &Letter, fields: &Fields, word: Word) -> Result<Finding> {
        let bounce = self.project.config.sender.bounce_address();
        let sent = Evidence::of(letter, bounce, &[], Some(fields)).delivery(self.ledger, &self.sends).await?;
        let by = fields.get("user-agent").or(fields.get("reported-domain")).unwrap_or_default();
        let kind = fields.get("feedback-type").unwrap_or_default();
        found.detail = format!("{kind} {by}").trim().chars().filter(|c| !c.is_control()).take(200).collect();
        let Some(sent) = sent else {
            found.detail = format!("not about a message of ours; it says: {}", found.detail);
            return Ok(found);
        };
        found.address = Some(sent.address.to_string());
        self.note(found, letter, &sent.address, Some(&sent), word).await
    }

    /// By the tag in its subject; without one, only somebody to whom we write can leave by writing to the address.
    async fn unsubscription(&mut self, mut found: Finding, letter: &Letter, sent: Option<Sent>) -> Result<Finding> {
        if let Some(sent) = sent {
            found.address = Some(sent.address.to_string());
            found.detail = String::from("by mail, with the tag of a message of ours");
            return self.note(found, letter, &sent.address.clone(), Some(&sent), Word::Unsubscription).await;
        }
        let Some(from) = letter.headers.addresses(&["from"]).into_iter().next() else {
            found.detail = String::from("it names no sender");
            return Ok(found);
        };
        found.address = Some(from.to_string());
        let known = self.ledger.was_written_to(&from.key()).await? || self.ledger.listed(&from).await?.is_some();
        if !known && !self.is_listed(&from)? {
            found.detail = String::from("nobody to whom we write");
            return Ok(found);
        }
        found.detail = String::from("by mail");
        self.note(found, letter, &from, None, Word::Unsubscription).await
    }

    async fn note(
        &self,
        mut found: Finding,
        letter: &Letter,
        address: &Address,
        sent: Option<&Sent>,
        word: Word,
    ) -> Result<Finding> {
        if self.ledger.erased_since(address).await?.is_some() {
            // nothing is to be known of them any more, not even this
            found.came = Came::AlreadySuppressed;
            return Ok(found);
        }
        if self.rehearsing {
            let before = self.ledger.is_noted(&letter.digest).await?;
            found.came = match word {
                _ if before => Came::NotedBefore,
                Word::Soft => Came::Counted,
                _ => Came::Suppressed,
            };
            return Ok(found);
        }
        let note = Note {
            digest: letter.digest.clone(),
            word,
            address: address.clone(),
            delivery: sent.map(|sent| sent.delivery),
            detail: found.detail.clone(),
        };
        found.came = match self.ledger.note(&note, self.patience).await? {
            Noted::Before => Came::NotedBefore,
            Noted::Suppressed => Came::Suppressed,
            Noted::AlreadySuppressed => Came::AlreadySuppressed,
            Noted::Counted(run) => {
                found.detail = format!("{} ({run} of {} in a row)", found.detail, self.patience.bounces);
                Came::Counted
            }
        };
        Ok(found)
    }

    /// Whether an address is on the project's list. A list that can't be read to its end says nothing: the message is
    /// left for a run that can.
    fn is_listed(&mut self, address: &Address) -> Result<bool> {
        if self.listed.is_none() {
            let hasher = RandomState::new();
            let listed = listed(self.project, &hasher)?;
            self.listed = Some((hasher, listed));
        }
        let holds = |(hasher, listed): &(RandomState, HashSet<u64>)| listed.contains(&hasher.hash_one(address.key()));
        Ok(self.listed.as_ref().is_some_and(holds))
    }
}

/// Whether a report is about the address itself, and not about one behind it.
fn concerns(report: &Report, address: &Address) -> bool {
    match report.recipients.last() {
        // the end of the way: the same mailbox, perhaps on a host below its domain
        Some(last) => {
            let (end, own) = (last.domain(), address.domain());
            let within = |inner: &str, outer: &str| inner.strip_suffix(outer).is_some_and(|rest| rest.ends_with('.'));
            last.local().eq_ignore_ascii_case(address.local()) && (end == own || within(end, own) || within(own, end))
        }
        None => true,
    }
}

/// Everybody on the project's list; nobody where it is not there (yet).
fn listed(project: &Project, hasher: &RandomState) -> Result<HashSet<u64>> {
    let mut keys = HashSet::new();
    let Some(path) = project.list().filter(|path| path.is_file()) else { return Ok(keys) };
    let mut list = List::open(&path, project.shown(&path))?;
    while let Some(row) = list.next_row()? {
        // who left, as the list says, may want to be sure of it
        if let Row::Subscriber(Subscriber { address, .. })
        | Row::Finding(audience::Finding { why: Dropped::Left(address, _), .. }) = row
        {
            keys.insert(hasher.hash_one(address.key()));
        }
    }
    Ok(keys)
}
