//! Those of whom nothing is left but a salted hash: who is to be erased is never written to again, and that can only be
//! kept by knowing them when they come back.
//!
//! The hash is HMAC-SHA-256 of the folded address under a salt that each ledger has of its own. It tells nobody who it
//! was; but who holds the ledger, and thinks of an address, can find out whether it is among them.

use std::collections::HashSet;
use std::fmt::Write as _;

use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use sqlx::Executor;
use sqlx::query::QueryAs;

use super::many::among;
use super::statement::{Link, alter, ask, look, query, query_scalar, together};
use super::{Database, Ledger, failed};
use crate::address::Address;
use crate::clock;
use crate::error::{Error, Result, Trouble};

/// How many hashes one statement looks up.
const HASHES: usize = 1024;

/// What stands where an address stood.
pub(super) const ANONYMOUS: &str = "(anonymous)";

/// What was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Erased {
    /// Whether they were on the list.
    pub listed: bool,
    /// How many consents there were.
    pub consents: u64,
    /// How many messages that came back were made anonymous.
    pub bounces: u64,
    /// How many deliveries were made anonymous.
    pub deliveries: u64,
    /// Whether they were suppressed.
    pub suppressed: bool,
    /// Whether the log beside the file still holds what was erased, since somebody else was reading. To erase once more
    /// empties it.
    pub lingers: bool,
}

/// The addresses that are never written to: known ones, and erased ones known by their hash.
#[derive(Debug, Clone, Default)]
pub struct Suppressed {
    keys: HashSet<String>,
    erased: HashSet<String>,
    salt: Vec<u8>,
}

impl Suppressed {
    /// Whether an address is among them.
    pub fn holds(&self, address: &Address) -> bool {
        let key = address.key();
        self.keys.contains(&key) || !self.erased.is_empty() && self.erased.contains(&hash(&self.salt, &key))
    }
}

impl Ledger {
    /// The addresses that are never written to, to be asked for many.
    pub async fn suppressed(&self) -> Result<Suppressed> {
        look!(self, "be read", transaction => {
            let keys: Vec<String> =
                ask!(transaction, connection => query_scalar("SELECT key FROM suppressions").fetch_all(connection))?;
            let erased: Vec<String> =
                ask!(transaction, connection => query_scalar("SELECT hash FROM erasures").fetch_all(connection))?;
            let salt = if erased.is_empty() { Vec::new() } else { salt(&mut transaction).await? };
            Suppressed { keys: keys.into_iter().collect(), erased: erased.into_iter().collect(), salt }
        })
    }

    /// Since when somebody is erased, in seconds since 1970, if they are.
    pub async fn erased_since(&self, address: &Address) -> Result<Option<i64>> {
        let key = address.key();
        look!(self, "be read", transaction => {
            if anybody(&mut transaction).await? {
                let hash = hash(&salt(&mut transaction).await?, &key);
                ask!(transaction, connection => {
                    query_scalar("SELECT since FROM erasures WHERE hash = $1").bind(&hash).fetch_optional(connection)
                })?
            } else {
                None
            }
        })
    }

    /// Erases somebody: from the list, their consents, their suppression, and who they were from each delivery. What
    /// is left is a hash among the erased, and deliveries that count. What was still to be sent to them is not sent.
    pub async fn erase(&self, address: &Address) -> Result<Erased> {
        let key = address.key();
        if let Database::Sqlite(sqlite) = &self.database {
            // what is deleted is overwritten, and not only taken off the index
            let mut connection = sqlite.connection.lock().await;
            connection.execute("PRAGMA secure_delete = ON").await.map_err(failed("be written"))?;
        }
        let mut erased = together!(self, "erase", transaction => {
            alone(&mut transaction).await?;
            let hash = hash(&make_salt(&mut transaction).await?, &key);
            alter!(
                transaction,
                query("INSERT INTO erasures (hash, since) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING")
                    .bind(&hash)
                    .bind(clock::seconds())
            )?;
            let mut erased = Erased::default();
            for (sql, count) in [
                ("DELETE FROM consents WHERE key = $1", &mut erased.consents),
                ("DELETE FROM restorations WHERE key = $1", &mut 0),
                // that a message was read stays known, so that it is not read again
                ("UPDATE bounces SET key = '(anonymous)', detail = '' WHERE key = $1", &mut erased.bounces),
                // one look a send, each by the index of (send, key)
                (
                    "UPDATE deliveries SET key = '#' || CAST(id AS TEXT) || '@(anonymous)', address = '(anonymous)',
                            \"values\" = '[]', reply = NULL,
                            worker = CASE WHEN state = 'claimed' THEN NULL ELSE worker END,
                            state = CASE WHEN state IN ('pending', 'claimed', 'deferred') THEN 'suppressed'
                                         ELSE state END
                     WHERE id IN (SELECT deliveries.id FROM sends JOIN deliveries ON deliveries.send = sends.id
                                  AND deliveries.key = $1)",
                    &mut erased.deliveries,
                ),
            ] {
                *count = alter!(transaction, query(sql).bind(&key))?;
            }
            erased.listed = alter!(transaction, query("DELETE FROM subscribers WHERE key = $1").bind(&key))? > 0;
            erased.suppressed = alter!(transaction, query("DELETE FROM suppressions WHERE key = $1").bind(&key))? > 0;
            erased
        })?;
        if let Database::Sqlite(sqlite) = &self.database {
            // the log before it still holds the old pages
            erased.lingers = !sqlite.empty_log().await?;
        }
        Ok(erased)
    }

    /// Forgets that somebody was erased, so that they can come back; `false` where they were not.
    pub async fn unerase(&self, address: &Address) -> Result<bool> {
        let key = address.key();
        together!(self, "be written", transaction => {
            if anybody(&mut transaction).await? {
                let hash = hash(&salt(&mut transaction).await?, &key);
                alter!(transaction, query("DELETE FROM erasures WHERE hash = $1").bind(&hash))? > 0
            } else {
                false
            }
        })
    }
}

/// Lets nobody in another session write an address down until the transaction ends, and waits for those who do. A file
/// has one writer at a time anyway.
async fn alone(link: &mut Link<'_>) -> Result<()> {
    if let Link::Postgres(connection) = link {
        let held = query("SELECT version FROM ledger_version WHERE one FOR UPDATE").execute(&mut **connection).await;
        held.map_err(failed("erase"))?;
    }
    Ok(())
}

/// Those among some keys who were erased; nobody more is until the transaction ends. Hashes are computed only where
/// anybody was.
pub(super) async fn erased_among<'k>(link: &mut Link<'_>, keys: &'k [String]) -> Result<HashSet<&'k str>> {
    if let Link::Postgres(connection) = link {
        let held = query("SELECT version FROM ledger_version WHERE one FOR SHARE").execute(&mut **connection).await;
        held.map_err(failed("be read"))?;
    }
    let mut found = HashSet::new();
    if !anybody(link).await? {
        return Ok(found);
    }
    let salt = salt(link).await?;
    for some in keys.chunks(HASHES) {
        let hashes: Vec<String> = some.iter().map(|key| hash(&salt, key)).collect();
        let question = "SELECT hash FROM erasures WHERE hash IN";
        let erased: Vec<(String,)> = ask!(link, connection => {
            hashes.iter().fold(among(question, hashes.len()), QueryAs::bind).fetch_all(connection)
        })
        .map_err(failed("be read"))?;
        let erased: HashSet<String> = erased.into_iter().map(|(hash,)| hash).collect();
        found.extend(some.iter().zip(&hashes).filter(|(_, hash)| erased.contains(*hash)).map(|(key, _)| key.as_str()));
    }
    Ok(found)
}

/// Whether anybody was erased.
async fn anybody(link: &mut Link<'_>) -> Result<bool> {
    let one: i64 = ask!(link, connection => {
        query_scalar("SELECT count(*) FROM (SELECT 1 FROM erasures LIMIT 1) AS one").fetch_one(connection)
    })
    .map_err(failed("be read"))?;
    Ok(one > 0)
}

/// The ledger's own salt, made when somebody is first erased.
async fn make_salt(link: &mut Link<'_>) -> Result<Vec<u8>> {
    let mut fresh = [0_u8; 32];
    SystemRandom::new()
        .fill(&mut fresh)
        .map_err(|_| Error::Ledger(Trouble::new("the operating system gives no random numbers")))?;
    let fresh = hex(&fresh);
    alter!(
        link,
        query("INSERT INTO salts (name, salt) VALUES ('erasures', $1) ON CONFLICT (name) DO NOTHING").bind(&fresh)
    )
    .map_err(failed("be written"))?;
    salt(link).await
}

/// The ledger's own salt, which there is as soon as anybody was erased.
async fn salt(link: &mut Link<'_>) -> Result<Vec<u8>> {
    let salt: Option<String> = ask!(link, connection => {
        query_scalar("SELECT salt FROM salts WHERE name = 'erasures'").fetch_optional(connection)
    })
    .map_err(failed("be read"))?;
    salt.map(String::into_bytes).ok_or_else(|| {
        let trouble = Trouble::new("the ledger no longer knows who was erased: the salt of their hashes is missing");
        Error::Ledger(trouble.hint("bring it back from a backup: the table `salts` holds it"))
    })
}

fn hash(salt: &[u8], key: &str) -> String {
    hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), key.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
