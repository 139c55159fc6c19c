//! Who is in a send, and for whom a run of it is: on a server, where several runs share one audience.

use std::sync::PoisonError;

use super::{Postgres, now, work};
use crate::error::{Error, Result, Trouble};
use crate::ledger::statement::{query, query_as, query_scalar};
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

    /// Everybody of the audience is enlisted.
    pub(in crate::ledger) async fn gathered(&self, send: SendId) -> Result<()> {
        let audience = self.audience(send)?;
        work!(self.line, "enlist subscribers", transaction => {
            query("UPDATE audiences SET filled = true WHERE id = $1").bind(audience).execute(&mut *transaction).await?;
        })
    }

    /// Enlists recipients in a send and in its audience.
    pub(in crate::ledger) async fn enlist(&self, send: SendId, recipients: &[Recipient]) -> Result<Enlisted> {
        let audience = self.audience(send)?;
        let keys: Vec<String> = recipients.iter().map(|one| one.subscriber.address.key()).collect();
        let addresses: Vec<&str> = recipients.iter().map(|one| one.subscriber.address.as_str()).collect();
        let editions: Vec<&str> = recipients.iter().map(|one| one.edition.as_str()).collect();
        let values: Vec<String> =
            recipients.iter().map(|one| serde_json::to_string(&one.subscriber.values).unwrap_or_default()).collect();
        let (added, suppressed): (u64, i64) = work!(self.line, "enlist subscribers", transaction => {
            let suppressed = query_scalar("SELECT count(*) FROM suppressions WHERE key = ANY($1)")
                .bind(&keys)
                .fetch_one(&mut *transaction)
                .await?;
            let added = query(concat!(
                "INSERT INTO deliveries (send, audience, key, address, edition, \"values\", state, changed)
                 SELECT $1, $2, row.key, row.address, row.edition, row.filling, 'pending', ",
                now!(),
                " FROM unnest($3::text[], $4::text[], $5::text[], $6::text[])
                       AS row (key, address, edition, filling)
                 WHERE NOT EXISTS (SELECT 1 FROM suppressions WHERE suppressions.key = row.key)
                 ON CONFLICT (send, key) DO NOTHING"
            ))
            .bind(send)
            .bind(audience)
            .bind(&keys)
            .bind(&addresses)
            .bind(&editions)
            .bind(&values)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            // who was in the send before joins this audience, unless they are done with
            query(
                "UPDATE deliveries SET audience = $2 WHERE send = $1 AND key = ANY($3)
                 AND audience <> $2 AND state NOT IN ('accepted', 'rejected', 'suppressed')",
            )
            .bind(send)
            .bind(audience)
            .bind(&keys)
            .execute(&mut *transaction)
            .await?;
            (added, suppressed)
        })?;
        let suppressed = u64::try_from(suppressed).unwrap_or(0);
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
    pub(super) fn audience(&self, send: SendId) -> Result<i64> {
        let audience = self.audiences.lock().unwrap_or_else(PoisonError::into_inner).get(&send).copied();
        audience.ok_or_else(|| Error::Ledger(Trouble::new("nobody was enlisted in this send")))
    }
}
