//! Sends: begun once an issue, found again by it.

use ring::rand::{SecureRandom as _, SystemRandom};

use super::statement::{ask, on, query_as, query_scalar, together};
use super::{Ledger, NewSend, SendId};
use crate::clock;
use crate::error::{Error, Result, Trouble};

impl Ledger {
    /// Begins a send, or finds the one that an issue has already. Gives its number and the key that names it in
    /// Message-IDs.
    pub async fn begin(&self, send: &NewSend) -> Result<(SendId, String)> {
        let key = random_key()?;
        let columns = serde_json::to_string(&send.columns).unwrap_or_default();
        together!(self, "begin a send", transaction => {
            let found = ask!(transaction, connection => {
                query_as("SELECT id, key FROM sends WHERE key = $1 OR issue = $2 AND kind = 'issue' AND $3 = 'issue'")
                    .bind(&key)
                    .bind(&send.issue)
                    .bind(send.kind.name())
                    .fetch_optional(connection)
            })?;
            match found {
                // the issue's own; or this very one, where the line was cut after the last word
                Some(found) => found,
                None => ask!(transaction, connection => {
                    query_as(
                        "INSERT INTO sends (issue, kind, key, columns, started) VALUES ($1, $2, $3, $4, $5)
                         ON CONFLICT (issue) WHERE kind = 'issue' DO UPDATE SET issue = excluded.issue
                         RETURNING id, key",
                    )
                    .bind(&send.issue)
                    .bind(send.kind.name())
                    .bind(&key)
                    .bind(&columns)
                    .bind(clock::seconds())
                    .fetch_one(connection)
                })?,
            }
        })
    }

    /// The number of an issue's send, where it has begun.
    pub async fn find(&self, issue: &str) -> Result<Option<SendId>> {
        on!(self, "be read", connection => {
            query_scalar("SELECT id FROM sends WHERE issue = $1 AND kind = 'issue'")
                .bind(issue)
                .fetch_optional(connection)
        })
    }

    /// The columns with which a send began, if the issue has one.
    pub async fn columns(&self, send: SendId) -> Result<Vec<String>> {
        let columns: String = on!(self, "be read", connection => {
            query_scalar("SELECT columns FROM sends WHERE id = $1").bind(send).fetch_one(connection)
        })?;
        serde_json::from_str(&columns).map_err(|error| {
            let trouble = Trouble::new("the ledger holds a damaged send: its columns cannot be read").because(error);
            Error::Ledger(trouble.hint("bring the ledger back from a backup; without them every merge field is empty"))
        })
    }
}

/// What names a send in Message-IDs: nobody can guess it.
fn random_key() -> Result<String> {
    let mut bytes = [0; 16];
    let random = SystemRandom::new().fill(&mut bytes);
    random.map_err(|_| Error::Ledger(Trouble::new("the operating system gives no random numbers")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
