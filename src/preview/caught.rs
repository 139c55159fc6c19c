//! The mail catcher's `outbox/`: a Maildir -> the newest messages, as [`Caught`]; one of them -> its bytes.
//!
//! A message is named by its file, and found by that name among the files that are there: nothing that is asked for
//! becomes a path. Only headers are read for the list, and only once, since a caught message never changes. What it
//! looks like is the [`Letter`](super::letter::Letter)'s part.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use mail_parser::{Address, MessageParser};
use serde::Serialize;

use super::lock::lock;

/// The most messages that are listed.
const LISTED: usize = 200;

/// How many bytes of a message are read for its headers.
const HEAD: u64 = 64 * 1024;

/// The largest message that is shown, in bytes; relays take less.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A caught message, as the list shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Caught {
    /// Its file's name, without the flags that a mail program adds.
    id: String,
    subject: String,
    to: String,
    /// RFC 3339, where the message says when.
    date: Option<String>,
    bytes: u64,
    /// When the file was written, in nanoseconds since 1970.
    #[serde(skip)]
    written: u128,
}

/// The outbox, with what was read of it.
pub(super) struct Outbox {
    folder: PathBuf,
    known: Mutex<HashMap<String, Caught>>,
}

impl Outbox {
    /// The outbox in a folder that need not be there yet.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, known: Mutex::default() }
    }

    /// How many messages there are.
    pub(super) fn count(&self) -> usize {
        self.files().count()
    }

    /// How many messages there are, and the newest of them.
    pub(super) fn newest(&self) -> (usize, Vec<Caught>) {
        let mut files: Vec<(u64, String, PathBuf)> = self.files().map(|(id, path)| (second(&id), id, path)).collect();
        files.sort_unstable_by(|one, other| other.cmp(one));
        let count = files.len();
        files.truncate(LISTED);
        let mut known = lock(&self.known);
        let before = std::mem::take(&mut *known);
        for (_, id, path) in files {
            if let Some(caught) = before.get(&id).cloned().or_else(|| read(id.clone(), &path)) {
                known.insert(id, caught);
            }
        }
        let mut messages: Vec<Caught> = known.values().cloned().collect();
        messages.sort_unstable_by(|one, other| (other.written, &other.id).cmp(&(one.written, &one.id)));
        (count, messages)
    }

    /// A message's bytes.
    pub(super) fn message(&self, id: &str) -> Option<Vec<u8>> {
        let (_, path) = self.files().find(|(name, _)| name == id)?;
        let file = open(&path)?;
        let mut bytes = Vec::new();
        file.take(LARGEST).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// The messages' names and files.
    fn files(&self) -> impl Iterator<Item = (String, PathBuf)> {
        let folders = ["new", "cur"].map(|name| self.folder.join(name));
        folders.into_iter().flat_map(std::fs::read_dir).flatten().flatten().filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            // a link leads elsewhere: no mail program makes one
            let plain = !name.starts_with('.') && entry.file_type().is_ok_and(|kind| kind.is_file());
            let id = name.split_once(":2,").map_or(name.as_str(), |(id, _)| id).to_owned();
            plain.then(|| (id, entry.path()))
        })
    }
}

/// The second in which a Maildir's message was delivered: its name begins with it.
fn second(id: &str) -> u64 {
    let digits = id.bytes().take_while(u8::is_ascii_digit).count();
    id[..digits].parse().unwrap_or(0)
}

fn open(path: &Path) -> Option<File> {
    let file = File::open(path).ok()?;
    file.metadata().ok()?.is_file().then_some(file)
}

fn read(id: String, path: &Path) -> Option<Caught> {
    let file = open(path)?;
    let data = file.metadata().ok()?;
    let since_1970 = data.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head).ok()?;
    let message = MessageParser::default().parse_headers(&head);
    let message = message.as_ref();
    Some(Caught {
        id,
        subject: message.and_then(|message| message.subject()).unwrap_or_default().to_owned(),
        to: message.and_then(|message| message.to()).map(written).unwrap_or_default(),
        date: message.and_then(|message| message.date()).map(mail_parser::DateTime::to_rfc3339),
        bytes: data.len(),
        written: since_1970.map_or(0, |since| since.as_nanos()),
    })
}

/// Addresses as they are read: `Name <address>`, with commas between.
fn written(addresses: &Address<'_>) -> String {
    let one = |address: &mail_parser::Addr<'_>| match (address.name(), address.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    };
    addresses.iter().map(one).collect::<Vec<_>>().join(", ")
}
