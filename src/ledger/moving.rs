//! A ledger moved to another database: every row copied, a page at a time, and then compared, by number and by checksum.
//!
//! What is there already is not copied again, so that a move that was cut off goes on when it is begun again. What a
//! process alone needs (workers, audiences) stays behind. Senders are seen; who else writes meanwhile (`serve`, `inbox`)
//! is known by what has changed in the end.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;

use super::statement::{change, on, query, query_as, query_scalar};
use super::{Database, Ledger};
use crate::error::{Error, Result, Trouble};

/// How many rows go at once.
const PAGE: usize = 2000;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
}

/// A table: its columns, of which the first ones are its key.
struct Table {
    name: &'static str,
    keys: usize,
    columns: &'static [(&'static str, Kind)],
}

/// A table, of whose columns the first ones are its key: `table!(name 1: id N, key T)`; N is a number, T a text.
macro_rules! table {
    (@ T) => { Kind::Text };
    (@ N) => { Kind::Number };
    ($name:ident $keys:literal: $($column:ident $kind:ident),+) => {
        Table { name: stringify!($name), keys: $keys, columns: &[$((stringify!($column), table!(@ $kind))),+] }
    };
}

/// All tables, those before others that refer to them.
const TABLES: &[Table] = &[
    table!(sends 1: id N, issue T, kind T, key T, columns T, started N, anonymous N),
    table!(deliveries 1: id N, send N, key T, address T, edition T, values T, state T, attempts N, due N, code N,
           reply T, changed N),
    table!(suppressions 1: key T, address T, reason T, detail T, since N),
    table!(subscribers 1: id N, key T, address T, lang T, values T, added N, changed N),
    table!(subscriber_columns 1: name T, position N),
    table!(origins 1: id N, how T, source T, text T),
    table!(consents 3: key T, origin N, given N, ip T, recorded N),
    table!(erasures 1: hash T, since N),
    table!(salts 1: name T, salt T),
    table!(restorations 2: key T, restored N, reason T, detail T, since N, why T),
    table!(bounces 1: digest T, word T, key T, delivery N, detail T, noted N),
    table!(mailboxes 1: name T, validity N, uid N),
];

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// How many rows each table has, by its name.
    pub tables: Vec<(&'static str, u64)>,
}

/// Rows, known by their number and a sum that does not depend on their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Checksum {
    rows: u64,
    sum: u128,
}

impl Checksum {
    fn add_all<'r>(&mut self, rows: impl IntoIterator<Item = &'r Value>) {
        for row in rows {
            self.add(row);
        }
    }

    fn add(&mut self, row: &Value) {
        let digest = Sha256::digest(row.to_string());
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        self.rows += 1;
        self.sum = self.sum.wrapping_add(u128::from_le_bytes(first));
    }
}

impl Ledger {
    /// Refuses where somebody is sending from this ledger; `which` it is, for people.
    pub async fn at_rest(&self, which: &str) -> Result<()> {
        self.settle().await?;
        if self.workers().await? == 0 {
            return Ok(());
        }
        Err(Error::Refused(
            Trouble::new(format!("somebody is sending from {which} ledger")).hint("wait until the send has ended"),
        ))
    }

    /// Copies everything into another ledger, which must be empty or hold a part of this one, and compares the two.
    pub async fn move_to(&self, other: &Self) -> Result<Moved> {
        self.at_rest("this").await?;
        other.at_rest("the other").await?;
        let known: Vec<String> = self.send_keys().await?.into_iter().map(|(_, key)| key).collect();
        if other.send_keys().await?.iter().any(|(_, key)| !known.contains(key)) {
            return Err(Error::Refused(
                Trouble::new("there is another ledger already, with sends that this one does not know")
                    .hint("name an empty database, or a file that is not there"),
            ));
        }
        let mut copied = Vec::new();
        for table in TABLES {
            let mut own = Checksum::default();
            let mut last: Option<Value> = None;
            loop {
                let page = self.rows(table, last.as_ref()).await?;
                own.add_all(&page);
                let Some(end) = page.last().cloned() else { break };
                other.take_rows(table, &page).await?;
                last = Some(end);
            }
            if let Database::Postgres(_) = other.database {
                other.go_on_counting(table).await?;
            }
            let theirs = other.checksum(table).await?;
            if theirs != own {
                return Err(Error::Ledger(
                    Trouble::new(format!(
                        "`{}` did not arrive as it is: {} rows here, {} there",
                        table.name, own.rows, theirs.rows
                    ))
                    .hint("nothing was changed here; empty the other database, and move again"),
                ));
            }
            copied.push(own);
        }
        for (table, own) in TABLES.iter().zip(&copied) {
            if self.checksum(table).await? != *own {
                return Err(Error::Ledger(
                    Trouble::new(format!("`{}` changed here while the ledger was copied", table.name))
                        .hint("stop `envoi serve` and `envoi inbox`, and start them when the ledger is moved")
                        .hint("empty the other database (or delete the file), which holds what was here before; then move again"),
                ));
            }
        }
        self.at_rest("this").await?;
        Ok(Moved { tables: TABLES.iter().zip(&copied).map(|(table, own)| (table.name, own.rows)).collect() })
    }

    async fn checksum(&self, table: &Table) -> Result<Checksum> {
        let mut sum = Checksum::default();
        let mut last: Option<Value> = None;
        loop {
            let page = self.rows(table, last.as_ref()).await?;
            sum.add_all(&page);
            match page.last() {
                Some(end) => last = Some(end.clone()),
                None => return Ok(sum),
            }
        }
    }

    /// A page of a table's rows in the order of its key, those after a row; each is a list of its values.
    async fn rows(&self, table: &Table, after: Option<&Value>) -> Result<Vec<Value>> {
        let sqlite = matches!(self.database, Database::Sqlite(_));
        let after = after.map(Value::to_string);
        let sql = table.page(sqlite, after.is_some());
        let rows: Vec<(String,)> = on!(self, "be read", connection => {
            let query = query_as(AssertSqlSafe(sql.clone()));
            match &after {
                Some(after) => query.bind(after),
                None => query,
            }
            .fetch_all(connection)
        })?;
        let damaged =
            |error| Error::Ledger(Trouble::new(format!("a row of `{}` is damaged", table.name)).because(error));
        rows.iter().map(|(text,)| serde_json::from_str(text).map_err(damaged)).collect()
    }

    /// Takes rows in that are not there yet.
    async fn take_rows(&self, table: &Table, rows: &[Value]) -> Result<()> {
        let sqlite = matches!(self.database, Database::Sqlite(_));
        let sql = table.insert(sqlite);
        let rows = serde_json::to_string(rows).unwrap_or_default();
        change!(self, "be written", query(AssertSqlSafe(sql.clone())).bind(&rows)).map(|_| ())
    }

    /// Lets PostgreSQL give the next number after the ones that were moved.
    async fn go_on_counting(&self, table: &Table) -> Result<()> {
        if table.columns[0] != ("id", Kind::Number) {
            return Ok(());
        }
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{0}', 'id'), (SELECT max(id) FROM {0})) FROM {0} LIMIT 1",
            table.name
        );
        let _: Option<i64> = on!(self, "be written", connection => {
            query_scalar(AssertSqlSafe(sql.clone())).fetch_optional(connection)
        })?;
        Ok(())
    }
}

impl Table {
    /// The columns' names, as both databases take them.
    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }

    /// The values of a row that is given as a list, in the database's own types.
    fn values(&self, list: &str, count: usize, sqlite: bool) -> String {
        let value = |(index, (_, kind)): (usize, &(&str, Kind))| match (kind, sqlite) {
            (Kind::Number, false) => format!("CAST({list} ->> {index} AS BIGINT)"),
            _ => format!("{list} ->> {index}"),
        };
        self.columns.iter().enumerate().take(count).map(value).collect::<Vec<_>>().join(", ")
    }

    fn page(&self, sqlite: bool, after: bool) -> String {
        let list = if sqlite { "json_array" } else { "json_build_array" };
        let keys =
            self.columns[..self.keys].iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let given = if sqlite { "$1" } else { "CAST($1 AS JSON)" };
        let after =
            if after { format!("WHERE ({keys}) > ({})", self.values(given, self.keys, sqlite)) } else { String::new() };
        format!("SELECT CAST({list}({}) AS TEXT) FROM {} {after} ORDER BY {keys} LIMIT {PAGE}", self.names(), self.name)
    }

    fn insert(&self, sqlite: bool) -> String {
        let values = self.values("value", self.columns.len(), sqlite);
        if sqlite {
            format!("INSERT OR IGNORE INTO {} ({}) SELECT {values} FROM json_each($1)", self.name, self.names())
        } else {
            format!(
                "INSERT INTO {} ({}) SELECT {values} FROM json_array_elements(CAST($1 AS JSON)) AS row (value)
                 ON CONFLICT DO NOTHING",
                self.name,
                self.names()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_table_and_column_is_moved() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.db")).await.unwrap();
        let columns: Vec<(String, String)> = on!(ledger, "be read", connection => {
            query_as(
                "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'workers'",
            )
            .fetch_all(connection)
        })
        .unwrap();
        for (table, column) in columns.iter().filter(|(_, column)| column != "worker") {
            let known =
                TABLES.iter().find(|known| known.name == table).unwrap_or_else(|| panic!("{table} stays behind"));
            assert!(known.columns.iter().any(|(name, _)| name == column), "{table}.{column} stays behind");
        }
    }

    #[test]
    fn rows_are_compared_whatever_their_order() {
        let rows = [serde_json::json!([1, "a"]), serde_json::json!([2, "b"])];
        let (mut one, mut other) = (Checksum::default(), Checksum::default());
        one.add_all(&rows);
        other.add_all(rows.iter().rev());
        assert_eq!(one, other);
        other.add(&rows[0]);
        one.add(&rows[1]);
        assert_ne!(one, other);
    }
}
