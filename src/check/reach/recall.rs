//! What was well is remembered for a day: a small JSON file in the user's cache folder.
//!
//! A memory that cannot be read or written is no reason to stop: the pages are asked again.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Reached;
use crate::clock;
use crate::output;

/// How long an answer holds, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// How large the file may be, in bytes; a larger one is none of ours.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The memory, and where it is kept.
pub(super) struct Memory {
    path: Option<PathBuf>,
    entries: BTreeMap<String, Entry>,
    changed: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    /// When it was asked, in seconds since 1970.
    asked: i64,
    answer: Reached,
}

impl Memory {
    pub(super) fn open(path: Option<PathBuf>) -> Self {
        let small = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|data| data.len() <= LARGEST);
        let read = path.as_ref().filter(|path| small(path)).and_then(|path| std::fs::read(path).ok());
        let mut entries: BTreeMap<String, Entry> =
            read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let now = clock::seconds();
        entries.retain(|_, entry| entry.answer == Reached::Well && (0..DAY).contains(&now.saturating_sub(entry.asked)));
        Self { path, entries, changed: false }
    }

    pub(super) fn known(&self) -> HashMap<String, Reached> {
        self.entries.iter().map(|(url, entry)| (url.clone(), entry.answer.clone())).collect()
    }

    /// Takes an answer in, where all is well: what is not may be mended within the hour.
    pub(super) fn note(&mut self, url: &str, answer: &Reached) {
        if *answer == Reached::Well {
            self.entries.insert(url.to_owned(), Entry { asked: clock::seconds(), answer: answer.clone() });
            self.changed = true;
        }
    }

    /// Writes it down.
    pub(super) fn keep(&mut self) {
        if let Some(path) = self.path.as_ref().filter(|_| self.changed)
            && let Ok(bytes) = serde_json::to_vec(&self.entries)
        {
            let _ = output::write(path, &bytes);
            self.changed = false;
        }
    }
}

/// The user's folder for what can be made again.
pub(super) fn folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return set("LOCALAPPDATA");
    }
    let usual = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(usual)))
}
