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
    let mut statement = String::with_capacity(before.len() + after.len() + rows * columns * 8);
    statement.push_str(before);
    for row in 0..rows {
        statement.push_str(if row == 0 { " (" } else { ", (" });
        add_places::<DB>(&mut statement, row * columns + 1, columns);
        statement.push(')');
    }
    statement.push(' ');
    statement.push_str(after);
    query(AssertSqlSafe(statement))
}

/// `before ($1, $2, $3)`: a question about so many values. Rows are tuples.
pub(super) fn among<'q, DB: Common, O>(before: &str, count: usize) -> QueryAs<'q, DB, O, DB::Arguments>
where
    O: for<'r> FromRow<'r, DB::Row>,
{
    let mut question = String::with_capacity(before.len() + count * 8);
    question.push_str(before);
    question.push_str(" (");
    add_places::<DB>(&mut question, 1, count);
    question.push(')');
    query_as(AssertSqlSafe(question))
}

/// `$1, $2, $3`, in SQLite `?, ?, ?`: written in place, since a million rows have six million of them.
fn add_places<DB: Common>(statement: &mut String, first: usize, count: usize) {
    let numbered = DB::either("?", "$") == "$";
    for number in first..first + count {
        if number > first {
            statement.push_str(", ");
        }
        if numbered {
            statement.push_str(&format!("${number}"));
        } else {
            statement.push('?');
        }
    }
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
