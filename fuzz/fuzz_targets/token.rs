//! A token in any text: nobody makes one that opens, but the secret; and what it sealed, it opens.
#![no_main]

use std::sync::LazyLock;

use envoi::token::{Purpose, Secret};
use libfuzzer_sys::fuzz_target;

static SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new(b"a secret of enough bytes for a fuzz target").expect("long"));

const PURPOSES: [Purpose; 3] = [Purpose::Reader, Purpose::Confirmation, Purpose::Form];

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for purpose in PURPOSES {
        assert_eq!(SECRET.open(purpose, &text), None, "a forged token");
    }
    if bytes.len() <= envoi::token::LONGEST_PAYLOAD {
        let token = SECRET.seal(Purpose::Reader, bytes);
        assert_eq!(SECRET.open(Purpose::Reader, &token).as_deref(), Some(bytes));
        assert_eq!(SECRET.open(Purpose::Form, &token), None);
        // one character less, or another one, and it opens nothing
        assert_eq!(SECRET.open(Purpose::Reader, &token[1..]), None);
        if let Some(first) = bytes.first() {
            let at = usize::from(*first) % token.len();
            let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
            let mut changed = token.clone();
            changed.replace_range(at..=at, other);
            assert_eq!(SECRET.open(Purpose::Reader, &changed), None);
        }
    }
});
