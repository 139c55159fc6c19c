//! What came back: which delivery a message in the inbox is about, and what follows from it. Everything is written
//! once: a message that was noted before changes nothing.

use super::erasures::{ANONYMOUS, erased_among};
use super::statement::{Link, alter, ask, change, on, query, query_as, query_scalar, together};
use super::{Ledger, SendId, failed};
use crate::address::Address;
use crate::clock;
use crate::error::Result;

/// A delivery, as what comes back is compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its number.
    pub delivery: i64,
    /// The key of its send.
    pub send: String,
    /// To whom.
    pub address: Address,
}

/// What a message says about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The message did not arrive, and never will.
    Hard,
    /// It did not arrive; another one may.
    Soft,
    /// The reader called it spam.
    Complaint,
    /// The reader wants no more.
    Unsubscription,
}

impl Word {
    fn name(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Complaint => "complaint",
            Self::Unsubscription => "unsubscription",
        }
    }

    /// The reason under which the address is suppressed.
    fn reason(self) -> &'static str {
        match self {
            Self::Hard | Self::Soft => "bounced",
            Self::Complaint => "complained",
            Self::Unsubscription => "unsubscribed",
        }
    }
}

/// A message to be noted.
#[derive(Debug, Clone)]
pub struct Note {
    /// By what the message is recognised.
    pub digest: String,
    /// What it says.
    pub word: Word,
    /// About whom.
    pub address: Address,
    /// The delivery it is about; none for an unsubscription from an address alone.
    pub delivery: Option<i64>,
    /// The words that are shown: status code and text.
    pub detail: String,
}

/// When an address that bounces softly is given up.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// After this many sends in a row.
    pub bounces: u32,
    /// That lie at least so many days apart, from the first to the last.
    pub days: u32,
}

/// What came of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// Nothing: it was noted before.
    Before,
    /// The address is never written to again.
    Suppressed,
    /// It was suppressed already.
    AlreadySuppressed,
    /// The address has so many soft bounces in a row.
    Counted(u32),
}

impl Ledger {
    /// The keys of all sends, the latest first.
    pub async fn send_keys(&self) -> Result<Vec<(SendId, String)>> {
        on!(self, "be read", connection => {
            query_as("SELECT id, key FROM sends ORDER BY id DESC").fetch_all(connection)
        })
    }

    /// A delivery by its number.
    pub async fn sent(&self, delivery: i64) -> Result<Option<Sent>> {
        let row: Option<(i64, String, String)> = on!(self, "be read", connection => {
            query_as(
                "SELECT deliveries.id, sends.key, deliveries.address
                 FROM deliveries JOIN sends ON sends.id = deliveries.send WHERE deliveries.id = $1",
            )
            .bind(delivery)
            .fetch_optional(connection)
        })?;
        Ok(row.and_then(sent))
    }

    /// An address's delivery within a send.
    pub async fn sent_to(&self, send: SendId, key: &str) -> Result<Option<Sent>> {
        let row: Option<(i64, String, String)> = on!(self, "be read", connection => {
            query_as(
                "SELECT deliveries.id, sends.key, deliveries.address
                 FROM deliveries JOIN sends ON sends.id = deliveries.send
                 WHERE deliveries.send = $1 AND deliveries.key = $2",
            )
            .bind(send)
            .bind(key)
            .fetch_optional(connection)
        })?;
        Ok(row.and_then(sent))
    }

    /// Whether somebody was ever written to, given by the address's key.
    pub async fn was_written_to(&self, key: &str) -> Result<bool> {
        // by way of the sends: deliveries are found by send and address
        let count: i64 = on!(self, "be read", connection => {
            query_scalar(
                "SELECT count(*) FROM sends JOIN deliveries ON deliveries.send = sends.id AND deliveries.key = $1",
            )
            .bind(key)
            .fetch_one(connection)
        })?;
        Ok(count > 0)
    }

    /// Whether a message was noted before.
    pub async fn is_noted(&self, digest: &str) -> Result<bool> {
        let count: i64 = on!(self, "be read", connection => {
            query_scalar("SELECT count(*) FROM bounces WHERE digest = $1").bind(digest).fetch_one(connection)
        })?;
        Ok(count > 0)
    }

    /// Notes a message and draws its consequences, all or nothing.
    pub async fn note(&self, note: &Note, patience: Patience) -> Result<Noted> {
        let key = note.address.key();
        together!(self, "note a bounce", transaction => {
            // of who was erased nothing is written down again: the message alone is remembered
            let erased = !erased_among(&mut transaction, std::slice::from_ref(&key)).await?.is_empty();
            let (shown, detail) = if erased { (ANONYMOUS, "") } else { (key.as_str(), note.detail.as_str()) };
            let fresh = alter!(
                transaction,
                query(
                    "INSERT INTO bounces (digest, word, key, delivery, detail, noted) VALUES ($1, $2, $3, $4, $5, $6)
                     ON CONFLICT (digest) DO NOTHING",
                )
                .bind(&note.digest)
                .bind(note.word.name())
                .bind(shown)
                .bind(note.delivery)
                .bind(detail)
                .bind(clock::seconds())
            )?;
            if fresh == 0 {
                Noted::Before
            } else if erased {
                Noted::AlreadySuppressed
            } else {
                consequences(&mut transaction, note, &key, patience).await?
            }
        })
    }

    /// Up to where a mailbox on a server was read: its UIDVALIDITY and the last UID (RFC 3501, section 2.3.1.1).
    pub async fn bookmark(&self, mailbox: &str) -> Result<Option<(i64, i64)>> {
        on!(self, "be read", connection => {
            query_as("SELECT validity, uid FROM mailboxes WHERE name = $1").bind(mailbox).fetch_optional(connection)
        })
    }

    /// Remembers up to where a mailbox was read.
    pub async fn set_bookmark(&self, mailbox: &str, validity: i64, uid: i64) -> Result<()> {
        change!(
            self,
            "be written",
            query(
                "INSERT INTO mailboxes (name, validity, uid) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET validity = excluded.validity, uid = excluded.uid",
            )
            .bind(mailbox)
            .bind(validity)
            .bind(uid)
        )?;
        Ok(())
    }
}

/// What follows from a message that was not noted before.
async fn consequences(link: &mut Link<'_>, note: &Note, key: &str, patience: Patience) -> Result<Noted> {
    if let (Word::Hard | Word::Soft, Some(delivery)) = (note.word, note.delivery) {
        // `changed` stays: it says when the message went out, by which runs of soft bounces are measured
        alter!(
            link,
            query(
                "UPDATE deliveries SET state = 'bounced', code = NULL, reply = $2, worker = NULL
                 WHERE id = $1 AND state IN ('accepted', 'uncertain')",
            )
            .bind(delivery)
            .bind(&note.detail)
        )
        .map_err(failed("note a bounce"))?;
    }
    let mut run = 0;
    if note.word == Word::Soft {
        let history: Vec<(i64, bool)> = ask!(link, connection => {
            query_as(
                "SELECT changed, EXISTS (SELECT 1 FROM bounces WHERE bounces.delivery = deliveries.id) AS bounced
                 FROM sends JOIN deliveries ON deliveries.send = sends.id AND deliveries.key = $1
                 WHERE deliveries.state IN ('accepted', 'bounced') ORDER BY deliveries.changed DESC, deliveries.id DESC",
            )
            .bind(key)
            .fetch_all(connection)
        })
        .map_err(failed("note a bounce"))?;
        let (bounces, seconds) = soft_run(&history);
        if bounces < patience.bounces || seconds < i64::from(patience.days) * 86_400 {
            return Ok(Noted::Counted(bounces));
        }
        run = bounces;
    }
    let detail = if run > 0 { format!("{run} times in a row: {}", note.detail) } else { note.detail.clone() };
    let suppressed = alter!(
        link,
        query(
            "INSERT INTO suppressions (key, address, reason, detail, since) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (key) DO NOTHING",
        )
        .bind(key)
        .bind(note.address.as_str())
        .bind(note.word.reason())
        .bind(&detail)
        .bind(clock::seconds())
    )
    .map_err(failed("note a bounce"))?;
    Ok(if suppressed > 0 { Noted::Suppressed } else { Noted::AlreadySuppressed })
}

fn sent((delivery, send, address): (i64, String, String)) -> Option<Sent> {
    Some(Sent { delivery, send, address: Address::parse(&address).ok()? })
}

/// How many of an address's latest deliveries bounced one after the other, and in how many seconds. What went out after
/// the last bounce says nothing yet: its bounce may be on the way.
fn soft_run(history: &[(i64, bool)]) -> (u32, i64) {
    let run: Vec<i64> = history
        .iter()
        .skip_while(|(_, bounced)| !bounced)
        .take_while(|(_, bounced)| *bounced)
        .map(|(at, _)| *at)
        .collect();
    let lasted = run.first().zip(run.last()).map_or(0, |(last, first)| last - first);
    (u32::try_from(run.len()).unwrap_or(u32::MAX), lasted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_where_a_message_arrived() {
        assert_eq!(soft_run(&[]), (0, 0));
        assert_eq!(soft_run(&[(50, true), (40, true), (30, false), (20, true)]), (2, 10));
        assert_eq!(soft_run(&[(60, false), (50, true), (40, true), (30, true)]), (3, 20));
    }
}
