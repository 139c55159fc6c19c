//! `Records`: what the postbox took and saw. The dialogues write it, the test reads it; a message is in it from
//! the moment the postbox has decided to take it, which is before the sender can know.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::letter::Letter;

/// A message that the postbox took.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The envelope sender, without angle brackets.
    pub sender: String,
    /// The recipients that were not refused, in order.
    pub recipients: Vec<String>,
    /// The message exactly as it was sent, after dot-unstuffing or from the chunks.
    pub bytes: Vec<u8>,
    /// The connection it came by, counted from 1.
    pub connection: usize,
    /// The parameters of MAIL, as in `SIZE=1200`.
    pub parameters: Vec<String>,
    /// Whether it came by BDAT.
    pub chunked: bool,
    /// Whether the connection was encrypted.
    pub encrypted: bool,
    /// The user that the client had logged in as.
    pub user: Option<String>,
    /// When the postbox took it.
    pub at: Instant,
}

impl Taken {
    /// The message as a mail program reads it.
    #[track_caller]
    #[must_use]
    pub fn parsed(&self) -> Letter {
        Letter::parse(&self.bytes)
    }
}

#[derive(Default)]
pub(super) struct Records {
    book: Mutex<Book>,
    grown: Condvar,
}

/// Everything that is written down, behind one lock.
#[derive(Default)]
pub(super) struct Book {
    pub(super) taken: Vec<Taken>,
    /// The lines of each connection's dialogue, the client's marked `C: ` and the postbox's `S: `.
    pub(super) lines: BTreeMap<usize, Vec<String>>,
    pub(super) connections: usize,
    pub(super) open: usize,
    pub(super) most_open: usize,
    pub(super) round_trips: usize,
    pub(super) bytes_for_nobody: u64,
    /// What a client did that the standards forbid.
    pub(super) faults: Vec<String>,
}

impl Records {
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.book)
    }

    /// Writes a message down and wakes whoever waits for it.
    pub(super) fn take(&self, message: Taken) {
        self.book().taken.push(message);
        self.grown.notify_all();
    }

    /// Opens a connection and gives its number.
    pub(super) fn open(&self) -> usize {
        let mut book = self.book();
        book.connections += 1;
        book.open += 1;
        book.most_open = book.most_open.max(book.open);
        book.connections
    }

    pub(super) fn close(&self) {
        self.book().open -= 1;
        self.grown.notify_all();
    }

    pub(super) fn line(&self, connection: usize, line: String) {
        self.book().lines.entry(connection).or_default().push(line);
    }

    pub(super) fn fault(&self, connection: usize, what: &str) {
        self.book().faults.push(format!("connection {connection}: {what}"));
    }

    /// Waits until the book fulfils a condition; false if it doesn't in time.
    pub(super) fn wait_until(&self, timeout: Duration, condition: impl Fn(&Book) -> bool) -> bool {
        let waited = self.grown.wait_timeout_while(self.book(), timeout, |book| !condition(book));
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// How many messages were taken within the last second.
    pub(super) fn within_a_second(&self) -> usize {
        let recent = |message: &&Taken| message.at.elapsed() < Duration::from_secs(1);
        self.book().taken.iter().rev().take_while(recent).count()
    }
}

impl Book {
    /// Messages taken in each second since the first one.
    pub(super) fn per_second(&self) -> Vec<usize> {
        let mut seconds = Vec::new();
        let Some(first) = self.taken.first() else { return seconds };
        for message in &self.taken {
            let second = usize::try_from((message.at - first.at).as_secs()).expect("a test ends within its century");
            seconds.resize(seconds.len().max(second + 1), 0);
            seconds[second] += 1;
        }
        seconds
    }

    /// The dialogue of every connection, as text.
    pub(super) fn transcript(&self) -> String {
        let mut text = String::new();
        for (connection, lines) in &self.lines {
            let _ = writeln!(text, "connection {connection}");
            for line in lines {
                let _ = writeln!(text, "  {line}");
            }
        }
        text
    }

    /// What the clients said, without the replies, by connection.
    pub(super) fn commands(&self) -> Vec<Vec<String>> {
        let said = |lines: &Vec<String>| {
            lines.iter().filter_map(|line| line.strip_prefix("C: ")).map(str::to_owned).collect::<Vec<_>>()
        };
        self.lines.values().map(said).collect()
    }
}

/// Locks, also after another thread panicked: its panic is reported where the thread is joined.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
