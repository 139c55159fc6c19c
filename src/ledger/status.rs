//! What the ledger says of sends: counts by state and by domain, and what did not go well.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Ledger, SendId, SendKind, SendStatus, State, Tally, Trace, failed};
use crate::error::Result;

impl Ledger {
    /// A send's deliveries by state.
    pub async fn tally(&self, send: SendId) -> Result<Tally> {
        let mut connection = self.connection.lock().await;
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT state, count(*) FROM deliveries WHERE send = $1 GROUP BY state")
                .bind(send)
                .fetch_all(&mut *connection)
                .await
                .map_err(failed("be read"))?;
        let count = |(state, count): (String, i64)| Some((State::parse(&state)?, u64::try_from(count).ok()?));
        Ok(Tally(rows.into_iter().filter_map(count).collect()))
    }

    /// Every send, or those of one issue, the latest first, with at most `traces` of its troubles each.
    pub async fn sends(&self, issue: Option<&str>, traces: u32) -> Result<Vec<SendStatus>> {
        let mut sends = Vec::new();
        let rows: Vec<(i64, String, String, i64, Option<i64>)> = {
            let mut connection = self.connection.lock().await;
            sqlx::query_as(
                "SELECT id, issue, kind, started, (SELECT max(changed) FROM deliveries WHERE send = sends.id)
                 FROM sends WHERE $1 IS NULL OR issue = $1 ORDER BY id DESC",
            )
            .bind(issue)
            .fetch_all(&mut *connection)
            .await
            .map_err(failed("be read"))?
        };
        for (id, issue, kind, started, changed) in rows {
            let kind = if kind == "test" { SendKind::Test } else { SendKind::Issue };
            let deliveries = self.tally(id).await?;
            let domains = self.domains(id).await?;
            let traces = self.traces(id, traces).await?;
            sends.push(SendStatus {
                id,
                issue,
                kind,
                started,
                changed: changed.unwrap_or(started),
                deliveries,
                domains,
                traces,
            });
        }
        Ok(sends)
    }

    async fn traces(&self, send: SendId, limit: u32) -> Result<Vec<Trace>> {
        let mut connection = self.connection.lock().await;
        let rows = sqlx::query(
            "SELECT address, state, code, reply, attempts FROM deliveries
             WHERE send = $1 AND state IN ('deferred', 'rejected', 'uncertain', 'bounced') ORDER BY state DESC, id LIMIT $2",
        )
        .bind(send)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed("be read"))?;
        let trace = |row: &SqliteRow| {
            Some(Trace {
                address: row.get("address"),
                state: State::parse(row.get("state"))?,
                code: row.get("code"),
                reply: row.get::<Option<String>, _>("reply").unwrap_or_default(),
                attempts: row.get("attempts"),
            })
        };
        Ok(rows.iter().filter_map(trace).collect())
    }

    /// A send's deliveries by the domain of their address, and by state.
    async fn domains(&self, send: SendId) -> Result<BTreeMap<String, Tally>> {
        let mut connection = self.connection.lock().await;
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT substr(key, instr(key, '@') + 1) AS domain, state, count(*) FROM deliveries WHERE send = $1
             GROUP BY domain, state",
        )
        .bind(send)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed("be read"))?;
        let mut domains: BTreeMap<String, Tally> = BTreeMap::new();
        for (domain, state, count) in rows {
            if let (Some(state), Ok(count)) = (State::parse(&state), u64::try_from(count)) {
                domains.entry(domain).or_default().0.insert(state, count);
            }
        }
        Ok(domains)
    }
}
