//! Who is in a send, and for whom a run of it is: on a server, where several runs share one audience.

use std::sync::PoisonError;

use sqlx::PgConnection;

use super::{Postgres, work};
use crate::error::{Error, Result, Trouble};
use crate::ledger::erasures::erased_among;
use crate::ledger::statement::{Link, query, query_as, query_scalar};
use crate::ledger::subscribers::suppressed_among;
use crate::ledger::{Enlisted, Recipient, SendId};

impl Postgres {
    /// Joins the audience of this digest where it is the send's latest, and begins it where it is not. Gives whether
    /// everybody is enlisted already.
    pub(in crate::ledger) async fn gather(&self, send: SendId, digest: &str) -> Result<bool> {
        let (audience, filled): (i64, bool) = work!(self.line, "enlist subscribers", transaction => {
            // two runs that begin in the same moment come one after the other
            query("SELECT id FROM sends WHERE id = $1 FOR UPDATE").bind(send).execute(&mut *transaction).await?;
            let latest: Option<(i64, String, bool)> =
                query_as("SELECT id, digest, filled FROM audiences WHERE send = $1 ORDER BY id DESC LIMIT 1")
                    .bind(send)
                    .fetch_optional(&mut *transaction)
                    .await?;
            match latest {
                Some((id, known, filled)) if known == digest => (id, filled),
                _ => {
                    let id = query_scalar(
                        "INSERT INTO audiences (send, digest, filled) VALUES ($1, $2, false) RETURNING id",
                    );
                    (id.bind(send).bind(digest).fetch_one(&mut *transaction).await?, false)
                }
            }
        })?;
        self.audiences.lock().unwrap_or_else(PoisonError::into_inner).insert(send, audience);
        Ok(filled)
    }

    /// Joins the send's latest audience; `false` where it has none, or where not everybody is enlisted.
    pub(in crate::ledger) async fn join(&self, send: SendId) -> Result<bool> {
        let latest: Option<(i64, bool)> = work!(self.line, "be read", transaction => {
            query_as("SELECT id, filled FROM audiences WHERE send = $1 ORDER BY id DESC LIMIT 1")
                .bind(send)
                .fetch_optional(&mut *transaction)
                .await?
        })?;
        let Some((audience, true)) = latest else { return Ok(false) };
        self.audiences.lock().unwrap_or_else(PoisonError::into_inner).insert(send, audience);
        Ok(true)
    }

    /// Everybody of the audience is enlisted.
    pub(in crate::ledger) async fn gathered(&self, send: SendId) -> Result<()> {
        let audience = self.audience(send)?;
        work!(self.line, "enlist subscribers", transaction => {
            query("UPDATE audiences SET filled = true WHERE id = $1").bind(audience).execute(&mut *transaction).await?;
        })
    }

    /// How many are in the audience, and not done with before it was.
    pub(in crate::ledger) async fn audience_size(&self, send: SendId) -> Result<u64> {
        let audience = self.audience(send)?;
        let size: i64 = work!(self.line, "be read", transaction => {
            query_scalar("SELECT count(*) FROM deliveries WHERE send = $1 AND audience = $2 AND state <> 'suppressed'")
                .bind(send)
                .bind(audience)
                .fetch_one(&mut *transaction)
                .await?
        })?;
        Ok(u64::try_from(size).unwrap_or(0))
    }

    /// Enlists recipients in a send and in its audience: by COPY, as long as nobody of them is in it already.
    pub(in crate::ledger) async fn enlist(&self, send: SendId, recipients: &[Recipient]) -> Result<Enlisted> {
        let audience = self.audience(send)?;
        let keys: Vec<String> = recipients.iter().map(|one| one.subscriber.address.key()).collect();
        let (added, suppressed): (u64, u64) = work!(self.line, "enlist subscribers", transaction => {
            // another that enlists the same people comes before or after
            query("SELECT id FROM sends WHERE id = $1 FOR UPDATE").bind(send).execute(&mut *transaction).await?;
            let suppressed = suppressed_among(&mut Link::Postgres(&mut transaction), &keys).await?;
            let erased = erased_among(&mut Link::Postgres(&mut transaction), &keys).await?;
            let left_out = |key: &str| suppressed.contains(key) || erased.contains(key);
            let free = || recipients.iter().zip(&keys).filter(|(_, key)| !left_out(key));
            let known: bool =
                query_scalar("SELECT EXISTS (SELECT 1 FROM deliveries WHERE send = $1 AND key = ANY($2))")
                    .bind(send)
                    .bind(&keys)
                    .fetch_one(&mut *transaction)
                    .await?;
            let added = if known {
                insert(&mut transaction, send, audience, free()).await?
            } else {
                copy(&mut transaction, send, audience, free()).await?
            };
            // who was in the send before joins this audience, unless they are done with
            if known {
                query(
                    "UPDATE deliveries SET audience = $2 WHERE send = $1 AND key = ANY($3)
                     AND audience IS DISTINCT FROM $2 AND state NOT IN ('accepted', 'rejected', 'bounced')",
                )
                .bind(send)
                .bind(audience)
                .bind(&keys)
                .execute(&mut *transaction)
                .await?;
            }
            (added, suppressed.union(&erased.iter().map(|key| (*key).to_owned()).collect()).count() as u64)
        })?;
        Ok(Enlisted { added, known: (recipients.len() as u64).saturating_sub(added + suppressed), suppressed })
    }

    /// How many of the audience's deliveries are still to be sent.
    pub(in crate::ledger) async fn open_deliveries(&self, send: SendId) -> Result<u64> {
        let audience = self.audience(send)?;
        let open: i64 = work!(self.line, "be read", transaction => {
            query_scalar(
                "SELECT count(*) FROM deliveries WHERE send = $1 AND audience = $2 AND state IN ('pending', 'deferred')",
            )
            .bind(send)
            .bind(audience)
            .fetch_one(&mut *transaction).await?
        })?;
        Ok(u64::try_from(open).unwrap_or(0))
    }

    /// The audience of this run.
    pub(in crate::ledger) fn audience(&self, send: SendId) -> Result<i64> {
        let audience = self.audiences.lock().unwrap_or_else(PoisonError::into_inner).get(&send).copied();
        audience.ok_or_else(|| Error::Ledger(Trouble::new("nobody was enlisted in this send")))
    }
}

/// Inserts those who are not in the send yet.
async fn insert<'r>(
    connection: &mut PgConnection,
    send: SendId,
    audience: i64,
    recipients: impl Iterator<Item = (&'r Recipient, &'r String)>,
) -> sqlx::Result<u64> {
    let (mut keys, mut addresses, mut editions, mut values) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (recipient, key) in recipients {
        keys.push(key.as_str());
        addresses.push(recipient.subscriber.address.as_str());
        editions.push(recipient.edition.as_str());
        values.push(serde_json::to_string(&recipient.subscriber.values).unwrap_or_default());
    }
    let inserted = query(
        "INSERT INTO deliveries (send, audience, key, address, edition, \"values\")
         SELECT $1, $2, row.key, row.address, row.edition, row.filling
         FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS row (key, address, edition, filling)
         ON CONFLICT (send, key) DO NOTHING",
    );
    let inserted = inserted.bind(send).bind(audience).bind(&keys).bind(&addresses).bind(&editions).bind(&values);
    Ok(inserted.execute(connection).await?.rows_affected())
}

/// Copies people into a send in which none of them is.
async fn copy<'r>(
    connection: &mut PgConnection,
    send: SendId,
    audience: i64,
    recipients: impl Iterator<Item = (&'r Recipient, &'r String)>,
) -> sqlx::Result<u64> {
    let mut text = String::new();
    for (recipient, key) in recipients {
        let values = serde_json::to_string(&recipient.subscriber.values).unwrap_or_default();
        text.push_str(&format!("{send}\t{audience}"));
        for field in [key, recipient.subscriber.address.as_str(), &recipient.edition, &values] {
            text.push('\t');
            // what COPY's text format gives a meaning
            for character in field.chars() {
                match character {
                    '\\' => text.push_str("\\\\"),
                    '\t' => text.push_str("\\t"),
                    '\n' => text.push_str("\\n"),
                    '\r' => text.push_str("\\r"),
                    other => text.push(other),
                }
            }
        }
        text.push('\n');
    }
    let mut sink = connection
        .copy_in_raw("COPY deliveries (send, audience, key, address, edition, \"values\") FROM STDIN")
        .await?;
    sink.send(text.into_bytes()).await?;
    sink.finish().await
}
