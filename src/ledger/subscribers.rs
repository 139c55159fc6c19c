//! The list in the ledger: [`Newcomer`]s are taken in, many at once, and [`Subscriber`]s read again in the order in
//! which they came, a page at a time.
//!
//! To take somebody in twice changes nothing. Who is suppressed, or was erased, is never taken in. What is known stays
//! known: an empty value replaces nothing, and tags are added to those that are there.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::Executor;
use sqlx::query::QueryAs;

use super::consents::{Consent, record_consents};
use super::erasures::erased_among;
use super::many::{among, on_rows};
use super::statement::{Link, alter, ask, change, look, on, query, query_as, query_scalar, together};
use super::{Database, Ledger, failed};
use crate::address::Address;
use crate::audience::{Columns, Subscriber};
use crate::clock;
use crate::error::{Error, Result, Trouble};
use crate::issue::TAGS;
use crate::language::Language;

/// How many rows one statement writes.
const ROWS: usize = 256;

/// How many keys one statement looks up.
const KEYS: usize = 1024;

/// Somebody to be taken into the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// Where the mail goes.
    pub address: Address,
    /// The language of the edition they get.
    pub language: Option<Language>,
    /// Their values by column, without `email` and `lang`; what is empty says nothing.
    pub values: Vec<(String, String)>,
    /// How they agreed. One that is `new_only` is recorded only where they were not on the list before.
    pub consent: Option<Consent>,
}

/// What became of somebody who was to be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// New on the list.
    Added,
    /// On it already, with something new.
    Changed,
    /// On it already, just so.
    Unchanged,
    /// Not taken in: suppressed.
    Suppressed,
    /// Not taken in: everything about them was erased.
    Erased,
}

/// Somebody on the list, with what the ledger knows of them beside their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Their values, in the order of the list's columns.
    pub subscriber: Subscriber,
    /// When they came, in seconds since 1970.
    pub added: i64,
    /// When something about them changed last, in seconds since 1970.
    pub changed: i64,
}

/// A row as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stored {
    address: String,
    lang: String,
    values: String,
}

impl Ledger {
    /// The list's columns, those that are always understood first.
    pub async fn list_columns(&self) -> Result<Columns> {
        let names: Vec<String> = on!(self, "be read", connection => {
            query_scalar("SELECT name FROM subscriber_columns ORDER BY position, name").fetch_all(connection)
        })?;
        Ok(if names.is_empty() { Columns::usual() } else { Columns(names) })
    }

    /// Adds columns that the list lacks, behind those that it has.
    pub async fn add_columns(&self, columns: &[String]) -> Result<()> {
        let usual = Columns::usual().0.into_iter().chain([TAGS.to_owned()]);
        for name in usual.chain(columns.iter().cloned()).filter(|name| !name.is_empty()) {
            change!(
                self,
                "be written",
                query(
                    "INSERT INTO subscriber_columns (name, position)
                     VALUES ($1, (SELECT coalesce(max(position), 0) + 1 FROM subscriber_columns))
                     ON CONFLICT (name) DO NOTHING",
                )
                .bind(&name)
            )?;
        }
        Ok(())
    }

    /// A page of the list: those who came after a number, at most `limit` of them, each with their own number.
    pub async fn page(&self, columns: &Columns, after: i64, limit: u32) -> Result<Vec<(i64, Subscriber)>> {
        let rows: Vec<(i64, String, String, String)> = on!(self, "be read", connection => {
            query_as("SELECT id, address, lang, \"values\" FROM subscribers WHERE id > $1 ORDER BY id LIMIT $2")
                .bind(after)
                .bind(i64::from(limit))
                .fetch_all(connection)
        })?;
        let subscriber = |(id, address, lang, values): (i64, String, String, String)| {
            Ok((id, subscriber(columns, &address, &lang, &values)?))
        };
        rows.into_iter().map(subscriber).collect()
    }

    /// How many are on the list, the suppressed ones too.
    pub async fn list_length(&self) -> Result<u64> {
        let count: i64 = on!(self, "be read", connection => {
            query_scalar("SELECT count(*) FROM subscribers").fetch_one(connection)
        })?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Somebody on the list.
    pub async fn listed(&self, address: &Address) -> Result<Option<Listed>> {
        let columns = self.list_columns().await?;
        let row: Option<(String, String, String, i64, i64)> = on!(self, "be read", connection => {
            query_as("SELECT address, lang, \"values\", added, changed FROM subscribers WHERE key = $1")
                .bind(address.key())
                .fetch_optional(connection)
        })?;
        row.map(|(address, lang, values, added, changed)| {
            Ok(Listed { subscriber: subscriber(&columns, &address, &lang, &values)?, added, changed })
        })
        .transpose()
    }

    /// Takes somebody off the list; `false` where they were not on it. What was sent to them, how they agreed and
    /// whether they are suppressed stays known.
    pub async fn remove(&self, address: &Address) -> Result<bool> {
        let key = address.key();
        let removed = change!(self, "be written", query("DELETE FROM subscribers WHERE key = $1").bind(&key))?;
        Ok(removed > 0)
    }

    /// Makes ready for many of them: SQLite's own memory is small, and each newcomer lies somewhere else in its index.
    pub async fn expect_many(&self) -> Result<()> {
        if let Database::Sqlite(sqlite) = &self.database {
            let mut connection = sqlite.connection.lock().await;
            connection
                .execute("PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 16000")
                .await
                .map_err(failed("be written"))?;
        }
        Ok(())
    }

    /// Takes people in, all or none, and says what became of each. No two of them may be one person.
    pub async fn take_in(&self, newcomers: &[Newcomer]) -> Result<Vec<Fate>> {
        together!(self, "take subscribers in", transaction => { weigh(&mut transaction, newcomers, true).await? })
    }

    /// What would become of people who were taken in; changes nothing.
    pub async fn would_take_in(&self, newcomers: &[Newcomer]) -> Result<Vec<Fate>> {
        look!(self, "be read", transaction => { weigh(&mut transaction, newcomers, false).await? })
    }
}

/// Decides what becomes of each newcomer, and writes it where asked to.
async fn weigh(link: &mut Link<'_>, newcomers: &[Newcomer], write: bool) -> Result<Vec<Fate>> {
    let keys: Vec<String> = newcomers.iter().map(|newcomer| newcomer.address.key()).collect();
    let suppressed = suppressed_among(link, &keys).await?;
    let erased = erased_among(link, &keys).await?;
    let stored = stored(link, &keys).await?;
    let mut fates = Vec::with_capacity(newcomers.len());
    let mut rows = Vec::new();
    let mut consents = Vec::new();
    for (newcomer, key) in newcomers.iter().zip(&keys) {
        let fate = if erased.contains(key.as_str()) {
            Fate::Erased
        } else if suppressed.contains(key) {
            Fate::Suppressed
        } else {
            let before = stored.get(key);
            let after = merged(before, newcomer)?;
            match before {
                Some(before) if *before == after => Fate::Unchanged,
                before => {
                    rows.push((key.as_str(), after));
                    if before.is_some() { Fate::Changed } else { Fate::Added }
                }
            }
        };
        let taken = matches!(fate, Fate::Added | Fate::Changed | Fate::Unchanged);
        let agreed = newcomer.consent.as_ref().filter(|consent| taken && (fate == Fate::Added || !consent.new_only));
        consents.extend(agreed.map(|consent| (key.as_str(), consent)));
        fates.push(fate);
    }
    if write {
        upsert(link, &rows).await?;
        record_consents(link, &consents).await?;
    }
    Ok(fates)
}

/// The rows of those who are on the list already.
async fn stored(link: &mut Link<'_>, keys: &[String]) -> Result<HashMap<String, Stored>> {
    let mut found = HashMap::new();
    for some in keys.chunks(KEYS) {
        let question = "SELECT key, address, lang, \"values\" FROM subscribers WHERE key IN";
        let rows: Vec<(String, String, String, String)> = ask!(link, connection => {
            some.iter().fold(among(question, some.len()), QueryAs::bind).fetch_all(connection)
        })
        .map_err(failed("be read"))?;
        found.extend(rows.into_iter().map(|(key, address, lang, values)| (key, Stored { address, lang, values })));
    }
    Ok(found)
}

/// Those among some keys who are suppressed.
pub(super) async fn suppressed_among(link: &mut Link<'_>, keys: &[String]) -> Result<HashSet<String>> {
    let any: i64 = ask!(link, connection => {
        query_scalar("SELECT count(*) FROM (SELECT 1 FROM suppressions LIMIT 1) AS one").fetch_one(connection)
    })
    .map_err(failed("be read"))?;
    let mut found = HashSet::new();
    for some in keys.chunks(KEYS).filter(|_| any > 0) {
        let question = "SELECT key FROM suppressions WHERE key IN";
        let keys: Vec<(String,)> = ask!(link, connection => {
            some.iter().fold(among(question, some.len()), QueryAs::bind).fetch_all(connection)
        })
        .map_err(failed("be read"))?;
        found.extend(keys.into_iter().map(|(key,)| key));
    }
    Ok(found)
}

async fn upsert(link: &mut Link<'_>, rows: &[(&str, Stored)]) -> Result<()> {
    let now = clock::seconds();
    for some in rows.chunks(ROWS) {
        let insert = "INSERT INTO subscribers (key, address, lang, \"values\", added, changed) VALUES";
        let size = (some.len(), 6);
        let update = "ON CONFLICT (key) DO UPDATE SET address = excluded.address, lang = excluded.lang,
                      \"values\" = excluded.\"values\", changed = excluded.changed";
        alter!(link, {
            some.iter().fold(on_rows(insert, size, update), |query, (key, row)| {
                query.bind(*key).bind(&row.address).bind(&row.lang).bind(&row.values).bind(now).bind(now)
            })
        })
        .map_err(failed("take subscribers in"))?;
    }
    Ok(())
}

/// A newcomer's row, laid over what is known of them.
fn merged(before: Option<&Stored>, newcomer: &Newcomer) -> Result<Stored> {
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    let known: BTreeMap<String, String> = match before {
        Some(before) => parse(&before.values, &before.address)?,
        None => BTreeMap::new(),
    };
    values.extend(known.iter().map(|(column, value)| (column.as_str(), value.as_str())));
    let filled = newcomer.values.iter().filter(|(column, value)| !column.is_empty() && !value.is_empty());
    values.extend(filled.map(|(column, value)| (column.as_str(), value.as_str())));
    let tags = match (known.get(TAGS), values.get(TAGS)) {
        (Some(old), Some(new)) if old != new => Some(both(old, new)),
        _ => None,
    };
    if let Some(tags) = &tags {
        values.insert(TAGS, tags);
    }
    let lang = newcomer.language.as_ref().map(Language::as_str).or(before.map(|before| before.lang.as_str()));
    let values = serde_json::to_string(&values)
        .map_err(|error| Error::Ledger(Trouble::new("a subscriber's values cannot be written").because(error)))?;
    Ok(Stored { address: newcomer.address.to_string(), lang: lang.unwrap_or_default().to_owned(), values })
}

/// Tags of both, each once.
fn both(old: &str, new: &str) -> String {
    let mut tags: Vec<&str> = Vec::new();
    for tag in [old, new].into_iter().flat_map(|tags| tags.split([' ', ',', ';'])).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|other| other.to_lowercase() == tag.to_lowercase()) {
            tags.push(tag);
        }
    }
    // where nothing is new, they stay as they were written
    let known = |tag: &&str| old.split([' ', ',', ';']).any(|other| other.to_lowercase() == tag.to_lowercase());
    if tags.iter().all(known) { old.to_owned() } else { tags.join(" ") }
}

fn parse(values: &str, address: &str) -> Result<BTreeMap<String, String>> {
    serde_json::from_str(values).map_err(|_| damaged(address))
}

fn subscriber(columns: &Columns, address: &str, lang: &str, values: &str) -> Result<Subscriber> {
    let mut known = parse(values, address)?;
    let address = Address::parse(address).map_err(|_| damaged(address))?;
    let value = |column: &String| match column.as_str() {
        "email" => address.to_string(),
        "lang" => lang.to_owned(),
        other => known.remove(other).unwrap_or_default(),
    };
    let values = columns.0.iter().map(value).collect();
    Ok(Subscriber { language: Language::parse(lang), address, values })
}

fn damaged(address: &str) -> Error {
    Error::Ledger(Trouble::new(format!("the ledger holds a damaged subscriber: {address}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_added_to_those_that_are_there() {
        assert_eq!(both("press", "board"), "press board");
        assert_eq!(both("Press, board", "press"), "Press, board");
        assert_eq!(both("", "press press"), "press");
        assert_eq!(both("Presse presse", "presse"), "Presse presse");
        assert_eq!(both("Presse presse", "board"), "Presse board");
    }

    #[test]
    fn an_empty_value_replaces_nothing() {
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let mut ada = Newcomer {
            address: Address::example(),
            language: Language::parse("fr"),
            values: pairs(&[("first_name", "Ada"), ("city", "")]),
            consent: None,
        };
        let first = merged(None, &ada).unwrap();
        assert_eq!(first.values, r#"{"first_name":"Ada"}"#);
        ada.language = None;
        ada.values = pairs(&[("first_name", ""), ("city", "Paris")]);
        let second = merged(Some(&first), &ada).unwrap();
        assert_eq!((second.lang.as_str(), second.values.as_str()), ("fr", r#"{"city":"Paris","first_name":"Ada"}"#));
        assert_eq!(merged(Some(&second), &ada).unwrap(), second);
    }
}
