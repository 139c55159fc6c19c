//! Who is in a send, and for whom a run of it is.
//!
//! Recipients -> rows. A send's rows stay; the audience is this process's own and forgotten with it. Only who is in
//! both is claimed: somebody who was taken off the list, or whom the conditions of this run leave out, gets nothing,
//! though an earlier run had enlisted them.

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::erasures::{ANONYMOUS, erased_among};
use super::sqlite::Sqlite;
use super::statement::{Link, change, on, query, query_as};
use super::{Database, Enlisted, Ledger, Recipient, SendId, failed};
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
    /// Begins this run's audience of a send: the people on a list whom conditions let through, of which `digest` is
    /// the mark. Gives whether they are all enlisted already, by another run with the same mark.
    pub async fn gather(&self, send: SendId, digest: &str) -> Result<bool> {
        match &self.database {
            Database::Sqlite(_) => Ok(false),
            Database::Postgres(postgres) => postgres.gather(send, digest).await,
        }
    }

    /// Enlists recipients in a send, and in this run's audience. Who is in the send already stays as they are; who is
    /// suppressed is not taken.
    pub async fn enlist(&self, send: SendId, recipients: &[Recipient]) -> Result<Enlisted> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.enlist(send, recipients).await,
            Database::Postgres(postgres) => postgres.enlist(send, recipients).await,
        }
    }

    /// Whether several runs on it may have one audience, which then needs a mark.
    pub fn shares_audiences(&self) -> bool {
        matches!(self.database, Database::Postgres(_))
    }

    /// Makes those whom an earlier run enlisted this run's audience. `false` where nobody was, or not everybody.
    pub async fn join(&self, send: SendId) -> Result<bool> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.join(send).await,
            Database::Postgres(postgres) => postgres.join(send).await,
        }
    }

    /// How many of a send get each edition.
    pub async fn editions(&self, send: SendId) -> Result<Vec<(String, u64)>> {
        let rows: Vec<(String, i64)> = on!(self, "be read", connection => {
            query_as("SELECT edition, count(*) FROM deliveries WHERE send = $1 GROUP BY edition ORDER BY edition")
                .bind(send)
                .fetch_all(connection)
        })?;
        Ok(rows.into_iter().map(|(edition, count)| (edition, count.unsigned_abs())).collect())
    }

    /// Says that everybody of the audience is enlisted.
    pub async fn gathered(&self, send: SendId) -> Result<()> {
        match &self.database {
            Database::Sqlite(_) => Ok(()),
            Database::Postgres(postgres) => postgres.gathered(send).await,
        }
    }

    /// How many of the audience are in the send, but for those who were left out of it as suppressed.
    pub async fn audience_size(&self, send: SendId) -> Result<u64> {
        match &self.database {
            Database::Sqlite(_) => Ok(0),
            Database::Postgres(postgres) => postgres.audience_size(send).await,
        }
    }

    /// How many of the audience's deliveries are still to be sent.
    pub async fn open_deliveries(&self, send: SendId) -> Result<u64> {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.open_deliveries(send).await,
            Database::Postgres(postgres) => postgres.open_deliveries(send).await,
        }
    }

    /// Makes due, within the audience, what a run before gave up on or left out for somebody who was suppressed then and
    /// is not any more, and, where asked, what is uncertain.
    pub async fn reopen(&self, send: SendId, attempts: u16, uncertain: bool) -> Result<()> {
        let of_audience = match &self.database {
            Database::Sqlite(_) => "key IN (SELECT key FROM audience)".to_owned(),
            Database::Postgres(postgres) => format!("audience = {}", postgres.audience(send)?),
        };
        let statement = format!(
            "UPDATE deliveries SET state = 'pending', attempts = 0, due = 0, worker = NULL
             WHERE send = $1 AND (state = 'deferred' AND attempts >= $2 OR state = 'uncertain' AND $3
                  OR state = 'suppressed'
                     AND NOT EXISTS (SELECT 1 FROM suppressions WHERE suppressions.key = deliveries.key))
             AND address <> $4 AND {of_audience}"
        );
        change!(
            self,
            "be written",
            query(AssertSqlSafe(statement.clone()))
                .bind(send)
                .bind(i64::from(attempts))
                .bind(uncertain)
                .bind(ANONYMOUS)
        )?;
        Ok(())
    }
}

impl Sqlite {
    /// Enlists recipients in a send, and makes them this run's audience. Who is in the send already stays as they
    /// are; who is suppressed or was erased is not taken.
    pub(super) async fn enlist(&self, send: SendId, recipients: &[Recipient]) -> Result<Enlisted> {
        let mut connection = self.connection.lock().await;
        // to write from the start: a reader who then wants to write is refused at once where another wrote meanwhile
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("enlist subscribers"))?;
        let keys: Vec<String> = recipients.iter().map(|recipient| recipient.subscriber.address.key()).collect();
        let erased = erased_among(&mut Link::Sqlite(&mut transaction), &keys).await?;
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

    /// Makes everybody in a send this run's audience; `false` where nobody is in it.
    async fn join(&self, send: SendId) -> Result<bool> {
        let mut connection = self.connection.lock().await;
        let joined = sqlx::query("INSERT OR IGNORE INTO audience (key) SELECT key FROM deliveries WHERE send = $1")
            .bind(send)
            .execute(&mut *connection)
            .await
            .map_err(failed("enlist subscribers"))?;
        Ok(joined.rows_affected() > 0)
    }

    /// How many of the audience's deliveries are still to be sent.
    pub(super) async fn open_deliveries(&self, send: SendId) -> Result<u64> {
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
