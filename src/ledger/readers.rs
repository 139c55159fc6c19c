//! What readers do themselves: leave, many at once; look at what they get, and choose.

use std::collections::BTreeMap;

use sqlx::query::Query;

use super::erasures::erased_among;
use super::statement::{Common, alter, ask, either, on, query, query_as, query_scalar, together};
use super::{Database, Ledger, Suppression};
use crate::address::Address;
use crate::clock;
use crate::error::{Error, Result, Trouble};
use crate::issue::TAGS;
use crate::language::Language;

/// What a reader chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The language of the edition; none leaves it as it is.
    pub language: Option<Language>,
    /// The tags that could be chosen.
    pub offered: Vec<String>,
    /// Those of them that were.
    pub chosen: Vec<String>,
}

/// Why somebody is not written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutOfReach {
    /// Everything about them was erased.
    Erased {
        /// When, in seconds since 1970.
        since: i64,
    },
    /// They are among the suppressions.
    Suppressed(Suppression),
}

impl OutOfReach {
    /// Since when, in seconds since 1970.
    pub fn since(&self) -> i64 {
        match self {
            Self::Erased { since } => *since,
            Self::Suppressed(suppression) => suppression.since,
        }
    }

    /// Whether they wanted it themselves, and may want it otherwise; not where they complained, where their mailbox is
    /// gone, or where the officer wrote them down.
    pub fn is_their_own(&self) -> bool {
        match self {
            Self::Erased { .. } => true,
            Self::Suppressed(suppression) => suppression.reason == "unsubscribed" && suppression.detail != "by hand",
        }
    }
}

impl Ledger {
    /// Never writes to several addresses again, all or none. Those that were suppressed already stay so for the reason
    /// of then; those that were erased stay unknown.
    pub(super) async fn suppress_all(&self, leaving: &[(Address, &str)], reason: &str) -> Result<()> {
        let keys: Vec<String> = leaving.iter().map(|(address, _)| address.key()).collect();
        together!(self, "be written", transaction => {
            let erased = erased_among(&mut transaction, &keys).await?;
            let rows: Vec<_> = leaving
                .iter()
                .zip(&keys)
                .filter(|(_, key)| !erased.contains(key.as_str()))
                .map(|((address, detail), key)| serde_json::json!([key, address.as_str(), detail]))
                .collect();
            let rows = serde_json::to_string(&rows).unwrap_or_default();
            alter!(transaction, suppressing().bind(&rows).bind(reason).bind(clock::seconds()))?;
        })
    }

    /// Since when an address is suppressed, if it is.
    pub async fn suppressed_since(&self, address: &Address) -> Result<Option<i64>> {
        if let Some(since) = self.erased_since(address).await? {
            return Ok(Some(since));
        }
        let key = address.key();
        on!(self, "be read", connection => {
            query_scalar("SELECT since FROM suppressions WHERE key = $1").bind(&key).fetch_optional(connection)
        })
    }

    /// Why an address is not written to, if it is not.
    pub async fn out_of_reach(&self, address: &Address) -> Result<Option<OutOfReach>> {
        if let Some(since) = self.erased_since(address).await? {
            return Ok(Some(OutOfReach::Erased { since }));
        }
        let key = address.key();
        let row: Option<(String, String, i64)> = on!(self, "be read", connection => {
            query_as("SELECT reason, detail, since FROM suppressions WHERE key = $1").bind(&key).fetch_optional(connection)
        })?;
        let suppression = |(reason, detail, since)| Suppression { address: address.clone(), reason, detail, since };
        Ok(row.map(suppression).map(OutOfReach::Suppressed))
    }

    /// Does what a reader who is on the list wishes; tags that could not be chosen stay as they are. `false` where they
    /// are not on the list.
    pub async fn choose(&self, address: &Address, wish: &Wish) -> Result<bool> {
        let key = address.key();
        together!(self, "be written", transaction => {
            let row: Option<(String, String)> = ask!(transaction, connection => {
                either(
                    "SELECT lang, \"values\" FROM subscribers WHERE key = $1",
                    "SELECT lang, \"values\" FROM subscribers WHERE key = $1 FOR UPDATE",
                )
                .bind(&key)
                .fetch_optional(connection)
            })?;
            match row {
                None => false,
                Some((lang, values)) => {
                    let lang = wish.language.as_ref().map_or(lang, ToString::to_string);
                    let values = values_after(&values, address, wish)?;
                    alter!(
                        transaction,
                        query("UPDATE subscribers SET lang = $2, \"values\" = $3, changed = $4 WHERE key = $1")
                            .bind(&key)
                            .bind(&lang)
                            .bind(&values)
                            .bind(clock::seconds())
                    )?;
                    true
                }
            }
        })
    }

    /// Whether the ledger can be read.
    pub async fn is_readable(&self) -> Result<()> {
        let _: Option<i64> = on!(self, "be read", connection => {
            query_scalar("SELECT since FROM suppressions LIMIT 1").fetch_optional(connection)
        })?;
        Ok(())
    }

    /// Makes sure that a ledger which was just made is not lost as a whole.
    pub async fn rooted(&self) -> Result<()> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.sync_folder().await,
            Database::Postgres(_) => Ok(()),
        }
    }

    /// Waits until what was written is on the disk. PostgreSQL has it there with the commit.
    pub async fn synced(&self) -> Result<()> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.sync().await,
            Database::Postgres(_) => Ok(()),
        }
    }
}

/// Takes rows of key, address and detail.
fn suppressing<'q, DB: Common>() -> Query<'q, DB, DB::Arguments> {
    query(DB::either(
        "INSERT INTO suppressions (key, address, reason, detail, since)
         SELECT value ->> 0, value ->> 1, $2, value ->> 2, $3 FROM json_each($1) WHERE true
         ON CONFLICT (key) DO NOTHING",
        "INSERT INTO suppressions (key, address, reason, detail, since)
         SELECT value ->> 0, value ->> 1, $2, value ->> 2, $3 FROM json_array_elements($1::json) AS row(value)
         ON CONFLICT (key) DO NOTHING",
    ))
}

/// A reader's values with the tags that they wish.
fn values_after(values: &str, address: &Address, wish: &Wish) -> Result<String> {
    let damaged = |_| Error::Ledger(Trouble::new(format!("the ledger holds a damaged subscriber: {address}")));
    let mut values: BTreeMap<String, String> = serde_json::from_str(values).map_err(damaged)?;
    let tags = tags_after(values.get(TAGS).map_or("", String::as_str), wish);
    if tags.is_empty() {
        values.remove(TAGS)
    } else {
        values.insert(TAGS.to_owned(), tags)
    };
    serde_json::to_string(&values).map_err(damaged)
}

/// A reader's tags: those that could not be chosen, and those that were.
fn tags_after(before: &str, wish: &Wish) -> String {
    let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
    let offered = |tag: &str| wish.offered.iter().any(|offered| same(offered, tag));
    let kept = before.split([' ', ',', ';']).filter(|tag| !tag.is_empty() && !offered(tag));
    let chosen = wish.chosen.iter().map(String::as_str).filter(|tag| offered(tag));
    kept.chain(chosen).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_could_not_be_chosen_stay() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let wish =
            |chosen: &[&str]| Wish { language: None, offered: texts(&["press", "events"]), chosen: texts(chosen) };
        assert_eq!(tags_after("board, Press", &wish(&["events"])), "board events");
        assert_eq!(tags_after("press", &wish(&[])), "");
        assert_eq!(tags_after("", &wish(&["board", "press"])), "press", "nobody chooses what is not offered");
    }
}
