//! Who is in a send, and for whom a run of it is.
//!
//! Recipients -> rows. A send's rows stay; the audience is this process's own and forgotten with it. Only who is in
//! both is claimed: somebody who was taken off the list, or whom the conditions of this run leave out, gets nothing,
//! though an earlier run had enlisted them.

use sqlx::{Connection, SqliteConnection};

use super::erasures::{ANONYMOUS, erased_among};
use super::{Enlisted, Ledger, Recipient, SendId, State, Tally, failed};
use crate::clock;
use crate::error::Result;

/// Makes the table of this run's audience.
pub(super) async fn prepare(connection: &mut SqliteConnection) -> Result<()> {
    sqlx::query("CREATE TEMP TABLE audience (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
        .execute(connection)
        .await
        .map_err(failed("be read"))?;
    Ok(())
}

impl Ledger {
    /// Enlists recipients in a send, and makes them this run's audience. Who is in the send already stays as they
    /// are; who is suppressed or was erased is not taken.
    pub async fn enlist(&self, send: SendId, recipients: &[Recipient]) -> Result<Enlisted> {
        let mut connection = self.connection.lock().await;
        // to write from the start: a reader who then wants to write is refused at once where another wrote meanwhile
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("enlist subscribers"))?;
        let keys: Vec<String> = recipients.iter().map(|recipient| recipient.subscriber.address.key()).collect();
        let erased = erased_among(&mut transaction, &keys).await?;
        let rows: Vec<_> = recipients
            .iter()
            .filter(|recipient| erased.is_empty() || !erased.contains(recipient.subscriber.address.key().as_str()))
            .map(|recipient| {
                serde_json::json!([
                    recipient.subscriber.address.key(),
                    recipient.subscriber.address.as_str(),
                    recipient.edition,
                    serde_json::to_string(&recipient.subscriber.values).unwrap_or_default(),
                ])
            })
            .collect();
        let rows = serde_json::to_string(&rows).unwrap_or_default();
        let suppressed: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM json_each($1) AS row JOIN suppressions ON suppressions.key = row.value ->> 0",
        )
        .bind(&rows)
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed("enlist subscribers"))?;
        let added = sqlx::query(
            "INSERT INTO deliveries (send, key, address, edition, \"values\", state, changed)
             SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, 'pending', $3 FROM json_each($2)
             WHERE value ->> 0 NOT IN (SELECT key FROM suppressions)
             ON CONFLICT (send, key) DO NOTHING",
        )
        .bind(send)
        .bind(&rows)
        .bind(clock::seconds())
        .execute(&mut *transaction)
        .await
        .map_err(failed("enlist subscribers"))?
        .rows_affected();
        sqlx::query("INSERT OR IGNORE INTO audience (key) SELECT value ->> 0 FROM json_each($1)")
            .bind(&rows)
            .execute(&mut *transaction)
            .await
            .map_err(failed("enlist subscribers"))?;
        transaction.commit().await.map_err(failed("enlist subscribers"))?;
        let suppressed = u64::try_from(suppressed).unwrap_or(0) + erased.len() as u64;
        Ok(Enlisted { added, known: recipients.len() as u64 - added - suppressed, suppressed })
    }

    /// Makes due what a run before gave up on, and, where asked, what is uncertain.
    pub async fn reopen(&self, send: SendId, attempts: u16, uncertain: bool) -> Result<()> {
        let mut connection = self.connection.lock().await;
        sqlx::query(
            "UPDATE deliveries SET state = 'pending', attempts = 0, due = 0, worker = NULL
             WHERE send = $1 AND (state = 'deferred' AND attempts >= $2 OR state = 'uncertain' AND $3)
             AND address <> $4",
        )
        .bind(send)
        .bind(attempts)
        .bind(uncertain)
        .bind(ANONYMOUS)
        .execute(&mut *connection)
        .await
        .map_err(failed("be written"))?;
        Ok(())
    }

    /// The number of an issue's send, where it has begun.
    pub async fn find(&self, issue: &str) -> Result<Option<SendId>> {
        let mut connection = self.connection.lock().await;
        sqlx::query_scalar("SELECT id FROM sends WHERE issue = $1 AND kind = 'issue'")
            .bind(issue)
            .fetch_optional(&mut *connection)
            .await
            .map_err(failed("be read"))
    }

    /// What a send has come to for some addresses, given by their keys.
    pub async fn tally_of(&self, send: SendId, keys: &[String]) -> Result<Tally> {
        let mut connection = self.connection.lock().await;
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT state, count(*) FROM deliveries WHERE send = $1 AND key IN (SELECT value FROM json_each($2))
             GROUP BY state",
        )
        .bind(send)
        .bind(serde_json::to_string(keys).unwrap_or_default())
        .fetch_all(&mut *connection)
        .await
        .map_err(failed("be read"))?;
        let count = |(state, count): (String, i64)| Some((State::parse(&state)?, u64::try_from(count).ok()?));
        Ok(Tally(rows.into_iter().filter_map(count).collect()))
    }

    /// How many of the audience's deliveries are still to be sent.
    pub async fn open_deliveries(&self, send: SendId) -> Result<u64> {
        let mut connection = self.connection.lock().await;
        let open: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM deliveries WHERE send = $1 AND state IN ('pending', 'deferred')
             AND key IN (SELECT key FROM audience)",
        )
        .bind(send)
        .fetch_one(&mut *connection)
        .await
        .map_err(failed("be read"))?;
        Ok(u64::try_from(open).unwrap_or(0))
    }
}
