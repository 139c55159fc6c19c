//! A subscriber list in any bytes: it is read to its end, or refused, and what is read can be written.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use envoi::audience::{List, Row};
use libfuzzer_sys::fuzz_target;

/// A file in memory, one a process.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = PathBuf::from("/dev/shm");
    let folder = if folder.is_dir() { folder } else { std::env::temp_dir() };
    folder.join(format!("envoi-fuzz-list-{}.csv", std::process::id()))
});

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(&*FILE, bytes).expect("a file");
    let Ok(mut list) = List::open(&FILE, "list.csv") else { return };
    let columns = list.columns.clone();
    while let Ok(Some(row)) = list.next_row() {
        let Row::Subscriber(subscriber) = row else { continue };
        assert!(!subscriber.address.as_str().contains(['\r', '\n', '\0', '<', '>']));
        for column in &columns.0 {
            assert!(!columns.value(&subscriber, column).contains('\0'));
        }
        let name = columns.mailbox(&subscriber).to_string();
        assert!(!name.contains(['\r', '\n']), "{name:?}");
    }
});
