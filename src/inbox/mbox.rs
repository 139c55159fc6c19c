//! An mbox: one file, each message after a line that begins with `From ` (RFC 4155). It is only read: to take messages
//! out of it, the whole file would have to be written anew under the eyes of the mail server that writes to it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::letter::MOST_BYTES;
use super::{Mark, Message};
use crate::error::{Error, Result};

/// How much of a line is taken at once.
const PIECE: u64 = 64 * 1024;

/// An mbox that is being read.
#[derive(Debug)]
pub(super) struct Mbox {
    path: PathBuf,
    reader: BufReader<File>,
    /// How many messages were given.
    count: u64,
    /// The `From ` line of the next message was read.
    begun: bool,
}

impl Mbox {
    /// Whether a file is one: it begins with `From `.
    pub(super) fn is_one(start: &[u8]) -> bool {
        start.starts_with(b"From ")
    }

    /// Opens it.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(Error::file("read", path))?;
        Ok(Self { path: path.to_owned(), reader: BufReader::new(file), count: 0, begun: false })
    }

    /// The next message; of a long one, its beginning.
    pub(super) fn next(&mut self) -> Result<Option<Message>> {
        let mut bytes = Vec::new();
        let mut piece = Vec::new();
        let (mut at_line_start, mut after_empty_line) = (true, !self.begun);
        loop {
            piece.clear();
            let read = (&mut self.reader).take(PIECE).read_until(b'\n', &mut piece);
            if read.map_err(Error::file("read", &self.path))? == 0 {
                let any = std::mem::take(&mut self.begun);
                return Ok(any.then(|| self.message(bytes)));
            }
            if at_line_start && after_empty_line && piece.starts_with(b"From ") {
                if self.begun {
                    return Ok(Some(self.message(bytes)));
                }
                self.begun = true;
                after_empty_line = false;
                at_line_start = piece.ends_with(b"\n");
                continue;
            }
            after_empty_line = at_line_start && (piece == b"\n" || piece == b"\r\n");
            if self.begun && bytes.len() < MOST_BYTES {
                bytes.extend_from_slice(if at_line_start { unquoted(&piece) } else { &piece });
            }
            at_line_start = piece.ends_with(b"\n");
        }
    }

    fn message(&mut self, bytes: Vec<u8>) -> Message {
        self.count += 1;
        let name = format!("{} {}", self.path.file_name().unwrap_or_default().to_string_lossy(), self.count);
        Message { name, bytes, mark: Mark::None }
    }
}

/// A line without the `>` that protects a `From ` at its start.
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    if marks > 0 && line[marks..].starts_with(b"From ") { &line[1..] } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mbox");
        std::fs::write(&path, text).unwrap();
        let mut mbox = Mbox::open(&path).unwrap();
        let mut messages = Vec::new();
        while let Some(message) = mbox.next().unwrap() {
            messages.push(String::from_utf8(message.bytes).unwrap());
        }
        messages
    }

    #[test]
    fn messages_are_parted_where_they_begin_and_nowhere_else() {
        assert!(read("").is_empty());
        assert_eq!(
            read("From a\nA: 1\n\nx\nFrom the sea\n>From here\n>>From there\n\nFrom b\nB: 2\n\ny\n"),
            ["A: 1\n\nx\nFrom the sea\nFrom here\n>From there\n\n", "B: 2\n\ny\n"]
        );
        assert_eq!(read("From a\n"), [""]);
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let messages = read(&format!("From a\nA: 1\n\n{}\n\nFrom b\nB: 2\n\n", "x".repeat(3 * MOST_BYTES)));
        assert_eq!(messages.len(), 2);
        assert!(messages[0].len() <= MOST_BYTES + 64 * 1024);
    }
}
