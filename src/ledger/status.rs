//! What the ledger says of sends: counts by state and by domain, and what did not go well.

use std::collections::BTreeMap;

use super::statement::{either, in_list, on, query_as};
use super::{Ledger, SendId, SendKind, SendStatus, State, Tally, Trace};
use crate::error::Result;

/// A delivery that did not go well: address, state, code, reply, attempts.
type TraceRow = (String, String, Option<i64>, Option<String>, i64);

impl Ledger {
    /// A send's deliveries by state.
    pub async fn tally(&self, send: SendId) -> Result<Tally> {
        let rows = on!(self, "be read", connection => {
            query_as("SELECT state, count(*) FROM deliveries WHERE send = $1 GROUP BY state")
                .bind(send)
                .fetch_all(connection)
        })?;
        Ok(counted(rows))
    }

    /// What a send has come to for some addresses, given by their keys.
    pub async fn tally_of(&self, send: SendId, keys: &[String]) -> Result<Tally> {
        let keys = in_list(keys);
        let rows = on!(self, "be read", connection => {
            either(
                "SELECT state, count(*) FROM deliveries
                 WHERE send = $2 AND key IN (SELECT value FROM json_each($1)) GROUP BY state",
                "SELECT state, count(*) FROM deliveries
                 WHERE send = $2 AND key IN (SELECT value FROM json_array_elements_text($1::json)) GROUP BY state",
            )
            .bind(&keys)
            .bind(send)
            .fetch_all(connection)
        })?;
        Ok(counted(rows))
    }

    /// How many workers are at work on this ledger.
    pub async fn workers(&self) -> Result<u64> {
        let count: (i64,) = on!(self, "be read", connection => {
            either("SELECT count(*) FROM workers", "SELECT count(*) FROM workers WHERE leased > now()")
                .fetch_one(connection)
        })?;
        Ok(count.0.unsigned_abs())
    }

    /// Every send, or those of one issue, the latest first, with at most `traces` of its troubles each.
    pub async fn sends(&self, issue: Option<&str>, traces: u32) -> Result<Vec<SendStatus>> {
        let mut sends = Vec::new();
        let rows: Vec<(i64, String, String, i64, Option<i64>)> = on!(self, "be read", connection => {
            query_as(
                "SELECT id, issue, kind, started, (SELECT max(changed) FROM deliveries WHERE send = sends.id)
                 FROM sends WHERE $1 IS NULL OR issue = $1 ORDER BY id DESC",
            )
            .bind(issue)
            .fetch_all(connection)
        })?;
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

    /// The issues of which at least one message was accepted, and when their sends began (seconds since 1970).
    pub async fn went_out(&self) -> Result<BTreeMap<String, i64>> {
        let rows: Vec<(String, i64)> = on!(self, "be read", connection => {
            query_as(
                "SELECT issue, started FROM sends WHERE kind = 'issue' AND EXISTS
                 (SELECT 1 FROM deliveries WHERE send = sends.id AND state IN ('accepted', 'bounced'))",
            )
            .fetch_all(connection)
        })?;
        Ok(rows.into_iter().collect())
    }

    async fn traces(&self, send: SendId, limit: u32) -> Result<Vec<Trace>> {
        let rows: Vec<TraceRow> = on!(self, "be read", connection => {
            query_as(
                "SELECT address, state, code, reply, attempts FROM deliveries
                 WHERE send = $1 AND state IN ('deferred', 'rejected', 'uncertain', 'bounced')
                 ORDER BY state DESC, id LIMIT $2",
            )
            .bind(send)
            .bind(i64::from(limit))
            .fetch_all(connection)
        })?;
        let trace = |(address, state, code, reply, attempts): TraceRow| {
            Some(Trace {
                address,
                state: State::parse(&state)?,
                code: code.and_then(|code| u16::try_from(code).ok()),
                reply: reply.unwrap_or_default(),
                attempts: u16::try_from(attempts).ok()?,
            })
        };
        Ok(rows.into_iter().filter_map(trace).collect())
    }

    /// A send's deliveries by the domain of their address, and by state.
    async fn domains(&self, send: SendId) -> Result<BTreeMap<String, Tally>> {
        let rows: Vec<(String, String, i64)> = on!(self, "be read", connection => {
            either(
                "SELECT substr(key, instr(key, '@') + 1) AS domain, state, count(*) FROM deliveries WHERE send = $1
                 GROUP BY domain, state",
                "SELECT split_part(key, '@', 2) AS domain, state, count(*) FROM deliveries WHERE send = $1
                 GROUP BY domain, state",
            )
            .bind(send)
            .fetch_all(connection)
        })?;
        let mut domains: BTreeMap<String, Tally> = BTreeMap::new();
        for (domain, state, count) in rows {
            if let (Some(state), Ok(count)) = (State::parse(&state), u64::try_from(count)) {
                domains.entry(domain).or_default().0.insert(state, count);
            }
        }
        Ok(domains)
    }
}

/// Counts by state, as rows tell them.
fn counted(rows: Vec<(String, i64)>) -> Tally {
    let count = |(state, count): (String, i64)| Some((State::parse(&state)?, u64::try_from(count).ok()?));
    Tally(rows.into_iter().filter_map(count).collect())
}
