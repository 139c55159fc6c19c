//! A file of rows, whatever made it: CSV in any of the usual encodings, or a workbook. [`Path`] -> [`Table`], its header
//! found and its rows still to be read.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;

use super::decode::{self, Opened};
use super::header::{Header, LOOKED_AT};
use super::rows::Rows;
use super::workbook::Workbook;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result};
use crate::rule;

/// What a workbook's encoding is called.
pub(super) const WORKBOOK: &str = "xlsx";

/// A table, opened.
pub(super) struct Table {
    pub(super) header: Header,
    shown: PathBuf,
    reader: Reader,
    /// Rows that were read to find the header, and hold subscribers.
    ahead: VecDeque<(usize, Vec<String>)>,
    /// The row at hand, where it is one of them.
    kept: Option<(usize, Vec<String>)>,
    header_line: usize,
}

enum Reader {
    Csv { rows: Rows, encoding: &'static Encoding, separator: u8 },
    Workbook(Workbook),
}

impl Table {
    /// Opens a file and finds its header. `shown` is how diagnostics name it.
    pub(super) fn open(path: &Path, shown: &Path) -> Result<Self> {
        let reader = match decode::open(path, shown)? {
            Opened::Text { file, encoding, head } => {
                let separator = decode::separator(&head, encoding);
                Reader::Csv { rows: Rows::new(file, separator), encoding, separator }
            }
            Opened::Workbook => Reader::Workbook(Workbook::open(path, shown)?),
        };
        let header = Header { written: Vec::new(), names: Vec::new(), above: 0 };
        let mut table =
            Self { header, shown: shown.to_owned(), reader, ahead: VecDeque::new(), kept: None, header_line: 0 };
        table.find_header()?;
        Ok(table)
    }

    fn find_header(&mut self) -> Result<()> {
        let mut lines = Vec::new();
        let mut rows = Vec::new();
        while rows.len() < LOOKED_AT && self.read()? {
            let row: Vec<String> = (0..self.len()).map(|at| self.cell(at).into_owned()).collect();
            if row.iter().any(|cell| !cell.trim().is_empty()) {
                lines.push(self.line());
                rows.push(row);
                if let Some(found) = Header::find(&rows[rows.len() - 1..]).filter(|found| !found.written.is_empty()) {
                    self.header = Header { above: rows.len(), ..found };
                    self.header_line = self.line();
                    return Ok(());
                }
            }
        }
        let first = lines.first().copied().unwrap_or_default();
        let Some(header) = Header::find(&rows) else {
            let Some(names) = rows.first() else {
                return Err(Diagnostic::of(&rule::LIST_EMPTY, "the list is empty")
                    .at(Place::line(&self.shown, first))
                    .hint("its first row names the columns, one of them `email`; each further row is a subscriber")
                    .into());
            };
            let names: Vec<&str> = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
            return Err(Diagnostic::of(&rule::LIST_NO_EMAIL, "the list has no e-mail column")
                .at(Place::line(&self.shown, first))
                .hint(format!("name one column `email`; the first row has: {}", names.join(", ")))
                .into());
        };
        self.ahead = lines.into_iter().zip(rows).skip(header.above).collect();
        self.header = header;
        Ok(())
    }

    /// Goes to the next row; `false` at the end.
    pub(super) fn advance(&mut self) -> Result<bool> {
        self.kept = self.ahead.pop_front();
        if self.kept.is_some() { Ok(true) } else { self.read() }
    }

    fn read(&mut self) -> Result<bool> {
        match &mut self.reader {
            Reader::Csv { rows, .. } => rows.advance().map_err(|error| broken(&self.shown, rows.line(), &error)),
            Reader::Workbook(workbook) => workbook.advance(),
        }
    }

    /// How many cells the row at hand has.
    pub(super) fn len(&self) -> usize {
        match (&self.kept, &self.reader) {
            (Some((_, cells)), _) => cells.len(),
            (None, Reader::Csv { rows, .. }) => rows.record().len(),
            (None, Reader::Workbook(workbook)) => workbook.cells().len(),
        }
    }

    /// A cell of the row at hand, as it is written; empty where there is none.
    pub(super) fn cell(&self, at: usize) -> Cow<'_, str> {
        match (&self.kept, &self.reader) {
            (Some((_, cells)), _) => Cow::Borrowed(cells.get(at).map_or("", String::as_str)),
            (None, Reader::Csv { rows, encoding, .. }) => {
                encoding.decode_without_bom_handling(rows.record().get(at).unwrap_or_default()).0
            }
            (None, Reader::Workbook(workbook)) => Cow::Borrowed(workbook.cells().get(at).map_or("", String::as_str)),
        }
    }

    /// The line on which the row at hand begins, from 1.
    pub(super) fn line(&self) -> usize {
        match (&self.kept, &self.reader) {
            (Some((line, _)), _) => *line,
            (None, Reader::Csv { rows, .. }) => rows.line(),
            (None, Reader::Workbook(workbook)) => workbook.line(),
        }
    }

    /// The line of the header; 0 where there is none.
    pub(super) fn header_line(&self) -> usize {
        self.header_line
    }

    /// How the file is encoded: `xlsx` where it is a workbook.
    pub(super) fn encoding(&self) -> &'static str {
        match &self.reader {
            Reader::Csv { encoding, .. } => encoding.name(),
            Reader::Workbook(_) => WORKBOOK,
        }
    }

    /// What stands between its columns; a comma for a workbook.
    pub(super) fn separator(&self) -> char {
        match &self.reader {
            Reader::Csv { separator, .. } => char::from(*separator),
            Reader::Workbook(_) => ',',
        }
    }

    /// The sheet that is read, where it is a workbook.
    pub(super) fn sheet(&self) -> Option<&str> {
        match &self.reader {
            Reader::Csv { .. } => None,
            Reader::Workbook(workbook) => Some(workbook.sheet()),
        }
    }
}

fn broken(shown: &Path, line: usize, error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(source) if source.kind() != std::io::ErrorKind::InvalidData => {
            let source = std::io::Error::new(source.kind(), source.to_string());
            Error::File { action: "read", path: shown.to_owned(), source }
        }
        _ => Diagnostic::of(&rule::LIST_BROKEN, format!("the list cannot be read: {error}"))
            .at(Place::line(shown, line))
            .hint("look for a quotation mark that is not closed, and save the list again as CSV from your spreadsheet")
            .into(),
    }
}
