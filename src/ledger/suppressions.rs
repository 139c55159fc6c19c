//! The addresses that are never written to again.

use super::{Ledger, Suppression, failed};
use crate::address::Address;
use crate::clock;
use crate::error::Result;

impl Ledger {
    /// Never writes to an address again. `false` where it was suppressed already.
    pub async fn suppress(&self, address: &Address, reason: &str, detail: &str) -> Result<bool> {
        let mut connection = self.connection.lock().await;
        let result = sqlx::query(
            "INSERT INTO suppressions (key, address, reason, detail, since) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (key) DO NOTHING",
        )
        .bind(address.key())
        .bind(address.as_str())
        .bind(reason)
        .bind(detail)
        .bind(clock::seconds())
        .execute(&mut *connection)
        .await
        .map_err(failed("be written"))?;
        Ok(result.rows_affected() > 0)
    }

    /// Never writes to several addresses again, all or none. Those that were suppressed already stay so for the reason
    /// of then.
    pub(super) async fn suppress_all(&self, leaving: &[(Address, &str)], reason: &str) -> Result<()> {
        let rows: Vec<_> = leaving
            .iter()
            .map(|(address, detail)| serde_json::json!([address.key(), address.as_str(), detail]))
            .collect();
        let mut connection = self.connection.lock().await;
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

    /// Since when an address is suppressed, and why.
    pub async fn suppression(&self, address: &Address) -> Result<Option<(i64, String)>> {
        let mut connection = self.connection.lock().await;
        sqlx::query_as("SELECT since, reason FROM suppressions WHERE key = $1")
            .bind(address.key())
            .fetch_optional(&mut *connection)
            .await
            .map_err(failed("be read"))
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

    /// The addresses that are never written to.
    pub async fn suppressions(&self) -> Result<Vec<Suppression>> {
        let mut connection = self.connection.lock().await;
        let rows: Vec<(String, String, String, i64)> =
            sqlx::query_as("SELECT address, reason, detail, since FROM suppressions ORDER BY key")
                .fetch_all(&mut *connection)
                .await
                .map_err(failed("be read"))?;
        let suppression = |(address, reason, detail, since): (String, String, String, i64)| {
            Some(Suppression { address: Address::parse(&address).ok()?, reason, detail, since })
        };
        Ok(rows.into_iter().filter_map(suppression).collect())
    }
}
