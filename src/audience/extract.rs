//! The rows of a list that are wanted, as a text: [`Listing`] -> CSV or JSON, given in pieces so that a
//! list of any length takes little memory.
//!
//! CSV has the separator that is asked for, and is safe to open in a spreadsheet: what would be taken for a formula gets an
//! apostrophe before it. JSON has the values as they are. Suppressions are the ledger's and play no part here.

use serde::Serializer as _;
use serde::ser::Error as _;

use super::{Columns, Dropped, Finding, Listing, Row, Subscriber};
use crate::error::{Error, Result, Trouble};

/// How many bytes are gathered before they are given away.
const PIECE: usize = 64 * 1024;

/// How an extract is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A header and a line for each row, in UTF-8.
    Csv,
    /// An array of objects, each with the named columns.
    Json,
}

/// What an extract came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extract {
    /// Rows that were written.
    pub written: u64,
    /// Rows that are not wanted.
    pub filtered: u64,
    /// Rows whose address stands further up.
    pub duplicates: u64,
    /// Rows of which the list says that they left.
    pub left: u64,
    /// Rows that cannot be used.
    pub unusable: u64,
}

/// Reads a list to its end and gives the rows that are meant, piece by piece.
pub fn extract(
    list: &mut dyn Listing,
    separator: char,
    wanted: &mut dyn FnMut(&Subscriber, &Columns) -> bool,
    form: Form,
    give: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Extract> {
    let mut extract = Extract::default();
    let mut piece = match form {
        Form::Csv => line(list.columns().0.iter().map(String::as_str), separator),
        Form::Json => "[".to_owned(),
    };
    while let Some(row) = list.next_row()? {
        match row {
            Row::Finding(Finding { why: Dropped::Duplicate, .. }) => extract.duplicates += 1,
            Row::Finding(Finding { why: Dropped::Left(..), .. }) => extract.left += 1,
            Row::Finding(Finding { why: Dropped::Unusable, .. }) => extract.unusable += 1,
            Row::Subscriber(subscriber) if !wanted(&subscriber, list.columns()) => extract.filtered += 1,
            Row::Subscriber(subscriber) => {
                match form {
                    Form::Csv => piece.push_str(&line(subscriber.values.iter().map(String::as_str), separator)),
                    Form::Json => {
                        piece.push_str(if extract.written == 0 { "\n" } else { ",\n" });
                        piece.push_str(&object(&list.columns().0, &subscriber)?);
                    }
                }
                extract.written += 1;
            }
        }
        if piece.len() >= PIECE {
            give(&piece)?;
            piece.clear();
        }
    }
    if form == Form::Json {
        piece.push_str("\n]\n");
    }
    give(&piece)?;
    Ok(extract)
}

/// A line of CSV (RFC 4180, with a line feed at its end).
fn line<'v>(values: impl Iterator<Item = &'v str>, separator: char) -> String {
    let cells: Vec<String> = values.map(|value| quoted(&harmless(value), separator)).collect();
    format!("{}\n", cells.join(&separator.to_string()))
}

/// A line of CSV that no spreadsheet takes for formulas.
pub fn csv_line(values: &[String], separator: char) -> String {
    line(values.iter().map(String::as_str), separator)
}

fn quoted(value: &str, separator: char) -> String {
    if value.contains([separator, '"', '\n', '\r']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

/// A value that no spreadsheet takes for a formula (OWASP, "CSV Injection").
fn harmless(value: &str) -> String {
    let apostrophe = if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("{apostrophe}{value}")
}

fn object(columns: &[String], subscriber: &Subscriber) -> Result<String> {
    let named = columns.iter().zip(&subscriber.values).filter(|(column, _)| !column.is_empty());
    let mut bytes = Vec::new();
    serde_json::Serializer::new(&mut bytes)
        .collect_map(named)
        .and_then(|()| String::from_utf8(bytes).map_err(serde_json::Error::custom))
        .map_err(|error| Error::Refused(Trouble::new("the row cannot be written as JSON").because(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_a_formula() {
        let values = ["=1+1", "+32 2", "-1", "@x", "\tx", "\rx", "a=b", "'t Hof", ""];
        let shown = values.map(harmless);
        assert_eq!(shown, ["'=1+1", "'+32 2", "'-1", "'@x", "'\tx", "'\rx", "a=b", "'t Hof", ""]);
    }

    #[test]
    fn a_cell_holds_what_stands_in_it() {
        assert_eq!(
            line(["a;b", "say \"hi\"", "c,d", "=x;y"].into_iter(), ';'),
            "\"a;b\";\"say \"\"hi\"\"\";c,d;\"'=x;y\"\n"
        );
    }
}
