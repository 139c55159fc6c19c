//! Everything that the ledger knows of one person: what they may ask to see (GDPR, article 15).

use std::collections::BTreeMap;

use serde::Serialize;

use super::statement::{on, query_as};
use super::{Agreed, Ledger, State, Suppression};
use crate::address::Address;
use crate::error::Result;

/// A delivery's row: issue, kind, columns, edition, state, attempts, code, reply, changed, values.
type Row = (String, String, String, String, String, i64, Option<i64>, String, i64, String);

/// Everything about one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dossier {
    /// The address.
    pub address: Address,
    /// Whether they are on the ledger's list.
    pub listed: bool,
    /// When they came on the list, in seconds since 1970.
    pub added: Option<i64>,
    /// When something about them changed last, in seconds since 1970.
    pub changed: Option<i64>,
    /// Their values by column, those that are not empty.
    pub values: BTreeMap<String, String>,
    /// How they agreed.
    pub consents: Vec<Agreed>,
    /// Why they are not written to, where they are not.
    pub suppression: Option<Suppression>,
    /// Suppressions that were taken back.
    pub restorations: Vec<TakenBack>,
    /// Since when everything about them is erased, in seconds since 1970.
    pub erased: Option<i64>,
    /// What came back from them: bounces, complaints, wishes to be left alone.
    pub answers: Vec<Answer>,
    /// What was sent to them, or is to be.
    pub deliveries: Vec<Letter>,
}

/// A suppression that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenBack {
    /// What the suppression was for.
    pub reason: String,
    /// What was said then.
    pub detail: String,
    /// Since when it was, in seconds since 1970.
    pub since: i64,
    /// Why it was taken back.
    pub why: String,
    /// When it was taken back, in seconds since 1970.
    pub restored: i64,
}

/// A message that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// "hard", "soft", "complaint" or "unsubscription".
    pub word: String,
    /// What it said.
    pub detail: String,
    /// When it was read, in seconds since 1970.
    pub noted: i64,
}

/// A delivery to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// The issue's slug.
    pub issue: String,
    /// "issue" or "test".
    pub kind: String,
    /// The language of the edition.
    pub edition: String,
    /// What became of it.
    pub state: State,
    /// How many times it was tried.
    pub attempts: u16,
    /// The relay's reply code.
    pub code: Option<u16>,
    /// The relay's reply, or what went wrong.
    pub reply: String,
    /// When it changed last, in seconds since 1970.
    pub changed: i64,
    /// The values that were filled in, by column.
    pub values: BTreeMap<String, String>,
}

impl Dossier {
    /// Whether nothing is known of them at all.
    pub fn is_empty(&self) -> bool {
        !self.listed
            && self.consents.is_empty()
            && self.suppression.is_none()
            && self.restorations.is_empty()
            && self.erased.is_none()
            && self.answers.is_empty()
            && self.deliveries.is_empty()
    }
}

impl Ledger {
    /// Everything that is known of somebody.
    pub async fn dossier(&self, address: &Address) -> Result<Dossier> {
        let listed = self.listed(address).await?;
        let columns = self.list_columns().await?;
        let values = listed.as_ref().map(|listed| named(&columns.0, &listed.subscriber.values)).unwrap_or_default();
        Ok(Dossier {
            address: address.clone(),
            listed: listed.is_some(),
            added: listed.as_ref().map(|listed| listed.added),
            changed: listed.as_ref().map(|listed| listed.changed),
            values,
            consents: self.consents(address).await?,
            suppression: self.suppression(address).await?,
            restorations: self.restorations(address).await?,
            erased: self.erased_since(address).await?,
            answers: self.answers(address).await?,
            deliveries: self.deliveries_to(address).await?,
        })
    }

    async fn suppression(&self, address: &Address) -> Result<Option<Suppression>> {
        let row: Option<(String, String, i64)> = on!(self, "be read", connection => {
            query_as("SELECT reason, detail, since FROM suppressions WHERE key = $1")
                .bind(address.key())
                .fetch_optional(connection)
        })?;
        Ok(row.map(|(reason, detail, since)| Suppression { address: address.clone(), reason, detail, since }))
    }

    async fn restorations(&self, address: &Address) -> Result<Vec<TakenBack>> {
        let rows: Vec<(String, String, i64, String, i64)> = on!(self, "be read", connection => {
            query_as("SELECT reason, detail, since, why, restored FROM restorations WHERE key = $1 ORDER BY restored")
                .bind(address.key())
                .fetch_all(connection)
        })?;
        let taken_back = |(reason, detail, since, why, restored)| TakenBack { reason, detail, since, why, restored };
        Ok(rows.into_iter().map(taken_back).collect())
    }

    async fn answers(&self, address: &Address) -> Result<Vec<Answer>> {
        let rows: Vec<(String, String, i64)> = on!(self, "be read", connection => {
            query_as("SELECT word, detail, noted FROM bounces WHERE key = $1 ORDER BY noted, digest")
                .bind(address.key())
                .fetch_all(connection)
        })?;
        Ok(rows.into_iter().map(|(word, detail, noted)| Answer { word, detail, noted }).collect())
    }

    async fn deliveries_to(&self, address: &Address) -> Result<Vec<Letter>> {
        // one look a send, each by the index of (send, key)
        let rows: Vec<Row> = on!(self, "be read", connection => {
            query_as(
                "SELECT sends.issue, sends.kind, sends.columns, edition, state, attempts, code, coalesce(reply, ''),
                        changed, \"values\"
                 FROM sends JOIN deliveries ON deliveries.send = sends.id AND deliveries.key = $1
                 ORDER BY deliveries.id",
            )
            .bind(address.key())
            .fetch_all(connection)
        })?;
        let letter = |(issue, kind, columns, edition, state, attempts, code, reply, changed, values): Row| {
            let columns: Vec<String> = serde_json::from_str(&columns).unwrap_or_default();
            let values: Vec<String> = serde_json::from_str(&values).unwrap_or_default();
            Some(Letter {
                issue,
                kind,
                edition,
                state: State::parse(&state)?,
                attempts: u16::try_from(attempts).unwrap_or(u16::MAX),
                code: code.and_then(|code| u16::try_from(code).ok()),
                reply,
                changed,
                values: named(&columns, &values),
            })
        };
        Ok(rows.into_iter().filter_map(letter).collect())
    }
}

fn named(columns: &[String], values: &[String]) -> BTreeMap<String, String> {
    let filled = columns.iter().zip(values).filter(|(column, value)| !column.is_empty() && !value.is_empty());
    filled.map(|(column, value)| (column.clone(), value.clone())).collect()
}
