//! A CSV file -> its rows, each with the line on which it begins.
//!
//! The CSV reader passes over empty lines without counting them into the next row's place, and reads on for ever
//! behind a quotation mark that nobody closed. So the bytes of the row at hand are kept for a look: they tell the line,
//! and their number is bounded.

use std::fs::File;
use std::io::{self, Read};

/// The longest row, in bytes.
const LONGEST: usize = 1024 * 1024;

/// The rows of a file.
pub(super) struct Rows {
    reader: csv::Reader<Window>,
    record: csv::ByteRecord,
    line: u64,
}

/// What was read of the file and is not forgotten yet.
struct Window {
    file: File,
    bytes: Vec<u8>,
    /// Where in the file the bytes begin.
    start: u64,
    /// How many of them are no longer needed; they go when more are read, so that a row costs no copy of the rest.
    forgotten: usize,
}

impl Rows {
    pub(super) fn new(file: File, separator: u8) -> Self {
        let window = Window { file, bytes: Vec::new(), start: 0, forgotten: 0 };
        let reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(64 * 1024)
            .from_reader(window);
        Self { reader, record: csv::ByteRecord::new(), line: 0 }
    }

    /// Reads the next row; `false` at the end.
    pub(super) fn advance(&mut self) -> Result<bool, csv::Error> {
        let from = self.reader.position().clone();
        self.reader.get_mut().forget_until(from.byte());
        let more = self.reader.read_byte_record(&mut self.record).inspect_err(|_| self.line = from.line())?;
        if more {
            self.line = from.line() + self.reader.get_ref().line_ends_at_start();
        }
        Ok(more)
    }

    /// The fields of the row at hand.
    pub(super) fn record(&self) -> &csv::ByteRecord {
        &self.record
    }

    /// The line on which the row at hand begins, from 1.
    pub(super) fn line(&self) -> usize {
        usize::try_from(self.line).unwrap_or(usize::MAX)
    }
}

impl Window {
    fn forget_until(&mut self, at: u64) {
        self.forgotten = usize::try_from(at.saturating_sub(self.start)).unwrap_or(0).min(self.bytes.len());
    }

    /// How many line ends stand before the first byte of a row.
    fn line_ends_at_start(&self) -> u64 {
        let empty = self.bytes[self.forgotten..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        empty.map(|byte| u64::from(*byte == b'\n')).sum()
    }
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.drain(..self.forgotten);
        self.start += self.forgotten as u64;
        self.forgotten = 0;
        if self.bytes.len() > LONGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a row of more than a megabyte"));
        }
        let count = self.file.read(buffer)?;
        self.bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}
