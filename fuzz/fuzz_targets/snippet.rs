//! A snippet in any text: its front matter, its passages and its Markdown.
#![no_main]

use envoi::issue::{FrontMatter, Passage};
use envoi::source::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source::new("lead.md", text);
    // whatever an error says, it says where, and can be shown
    let start = match FrontMatter::read(&source) {
        Ok((front, start)) => {
            let _ = front.unused_keys();
            start
        }
        Err(error) => {
            let _ = error.to_string();
            return;
        }
    };
    let _ = Passage::read(&source, start);
});
