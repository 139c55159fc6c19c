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
