//! What readers do themselves: leave, many at once; look at what they get, and choose.

use std::collections::BTreeMap;

use sqlx::Connection;

use super::erasures::erased_among;
use super::{Ledger, failed};
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

impl Ledger {
    /// Never writes to several addresses again, all or none. Those that were suppressed already stay so for the reason
    /// of then; those that were erased stay unknown.
    pub(super) async fn suppress_all(&self, leaving: &[(Address, &str)], reason: &str) -> Result<()> {
        let keys: Vec<String> = leaving.iter().map(|(address, _)| address.key()).collect();
        let mut connection = self.connection.lock().await;
        let erased = erased_among(&mut connection, &keys).await?;
        let rows: Vec<_> = leaving
            .iter()
            .zip(&keys)
            .filter(|(_, key)| !erased.contains(key.as_str()))
            .map(|((address, detail), key)| serde_json::json!([key, address.as_str(), detail]))
            .collect();
        sqlx::query(
            "INSERT INTO suppressions (key, address, reason, detail, since)
             SELECT value ->> 0, value ->> 1, $2, value ->> 2, $3 FROM json_each($1) WHERE true
             ON CONFLICT (key) DO NOTHING",
        )
        .bind(serde_json::to_string(&rows).unwrap_or_default())
        .bind(reason)
        .bind(clock::seconds())
        .execute(&mut *connection)
        .await
        .map_err(failed("be written"))?;
        Ok(())
    }

    /// Since when an address is suppressed, if it is.
    pub async fn suppressed_since(&self, address: &Address) -> Result<Option<i64>> {
        if let Some(since) = self.erased_since(address).await? {
            return Ok(Some(since));
        }
        let mut connection = self.connection.lock().await;
        sqlx::query_scalar("SELECT since FROM suppressions WHERE key = $1")
            .bind(address.key())
            .fetch_optional(&mut *connection)
            .await
            .map_err(failed("be read"))
    }

    /// Does what a reader who is on the list wishes; tags that could not be chosen stay as they are. `false` where they
    /// are not on the list.
    pub async fn choose(&self, address: &Address, wish: &Wish) -> Result<bool> {
        let mut connection = self.connection.lock().await;
        // to write from the start: what is read here must still hold when it is written
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("be written"))?;
        let row: Option<(String, String)> = sqlx::query_as("SELECT lang, \"values\" FROM subscribers WHERE key = $1")
            .bind(address.key())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed("be read"))?;
        let Some((lang, values)) = row else { return Ok(false) };
        let damaged = |_| Error::Ledger(Trouble::new(format!("the ledger holds a damaged subscriber: {address}")));
        let mut values: BTreeMap<String, String> = serde_json::from_str(&values).map_err(damaged)?;
        let tags = tags_after(values.get(TAGS).map_or("", String::as_str), wish);
        if tags.is_empty() {
            values.remove(TAGS)
        } else {
            values.insert(TAGS.to_owned(), tags)
        };
        sqlx::query("UPDATE subscribers SET lang = $2, \"values\" = $3, changed = $4 WHERE key = $1")
            .bind(address.key())
            .bind(wish.language.as_ref().map_or(lang, ToString::to_string))
            .bind(serde_json::to_string(&values).map_err(damaged)?)
            .bind(clock::seconds())
            .execute(&mut *transaction)
            .await
            .map_err(failed("be written"))?;
        transaction.commit().await.map_err(failed("be written"))?;
        Ok(true)
    }

    /// Whether the ledger can be read.
    pub async fn is_readable(&self) -> Result<()> {
        let mut connection = self.connection.lock().await;
        let _: Option<i64> = sqlx::query_scalar("SELECT 1 FROM suppressions LIMIT 1")
            .fetch_optional(&mut *connection)
            .await
            .map_err(failed("be read"))?;
        Ok(())
    }

    /// Waits until what was written is on the disk.
    pub async fn synced(&self) -> Result<()> {
        self.sync().await
    }
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
