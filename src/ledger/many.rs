//! Statements on many rows at once, in both databases' words.
//!
//! SQLite has its parameters without a number: sqlx asks for each one's name, and SQLite looks through all names for
//! it, so that a thousand of them would cost a million looks.

use sqlx::query::{Query, QueryAs};
use sqlx::{AssertSqlSafe, FromRow};

use super::statement::{Common, query, query_as};

/// `before ($1, $2), ($3, $4) after`: a statement on so many rows of so many columns.
pub(super) fn on_rows<'q, DB: Common>(
    before: &str,
    (rows, columns): (usize, usize),
    after: &str,
) -> Query<'q, DB, DB::Arguments> {
    let row = |row: usize| format!("({})", places::<DB>(row * columns + 1, columns));
    let rows: Vec<String> = (0..rows).map(row).collect();
    query(AssertSqlSafe(format!("{before} {} {after}", rows.join(", "))))
}

/// `before ($1, $2, $3)`: a question about so many values. Rows are tuples.
pub(super) fn among<'q, DB: Common, O>(before: &str, count: usize) -> QueryAs<'q, DB, O, DB::Arguments>
where
    O: for<'r> FromRow<'r, DB::Row>,
{
    query_as(AssertSqlSafe(format!("{before} ({})", places::<DB>(1, count))))
}

fn places<DB: Common>(first: usize, count: usize) -> String {
    let place = |number: usize| match DB::either("?", "$") {
        "$" => format!("${number}"),
        unnumbered => unnumbered.to_owned(),
    };
    (first..first + count).map(place).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use sqlx::{Execute, Postgres, Sqlite};

    use super::*;

    #[test]
    fn each_database_has_its_parameters() {
        let sqlite = on_rows::<Sqlite>("INSERT INTO t VALUES", (2, 3), "ON CONFLICT DO NOTHING");
        assert_eq!(sqlite.sql().as_str(), "INSERT INTO t VALUES (?, ?, ?), (?, ?, ?) ON CONFLICT DO NOTHING");
        let postgres = on_rows::<Postgres>("INSERT INTO t VALUES", (2, 3), "");
        assert_eq!(postgres.sql().as_str(), "INSERT INTO t VALUES ($1, $2, $3), ($4, $5, $6) ");
    }
}
