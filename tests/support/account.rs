//! The account: what a server took, held against what the ledger says of it.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};

use super::{Newsroom, OpenPostbox};

/// A number below `end`, another one each time.
pub fn random(end: u64) -> u64 {
    RandomState::new().hash_one(0) % end.max(1)
}

/// The addresses of so many readers.
pub fn readers(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("reader{n:05}@example.com")).collect()
}

/// Everybody whom the server took a message for; nobody may stand there twice.
#[track_caller]
pub fn taken(postbox: &OpenPostbox) -> BTreeSet<String> {
    let mut recipients = BTreeSet::new();
    for message in postbox.messages() {
        for recipient in message.recipients {
            assert!(recipients.insert(recipient.clone()), "{recipient} got it twice");
        }
    }
    recipients
}

/// The addresses of the send's deliveries that are uncertain.
#[track_caller]
pub fn uncertain(room: &Newsroom) -> BTreeSet<String> {
    let status = room.run("status --json --traces 100000").exit(0).stdout_json();
    let traces = status[0]["traces"].as_array().expect("a send has traces").clone();
    let uncertain = traces.iter().filter(|trace| trace["state"] == "uncertain");
    uncertain.map(|trace| trace["address"].as_str().expect("an address").to_owned()).collect()
}

/// How many of the send's deliveries are in a state.
#[track_caller]
pub fn count(room: &Newsroom, state: &str) -> u64 {
    room.run("status --json").exit(0).stdout_json()[0]["deliveries"][state].as_u64().expect("a count")
}

/// Nothing lost, nothing doubled: every delivery came to an end; what the ledger calls accepted the server has, and what
/// the server has beyond that is uncertain. Gives how many are uncertain, and how many of those the server has.
#[track_caller]
pub fn settled(room: &Newsroom, postbox: &OpenPostbox, messages: u64) -> (u64, u64) {
    let taken = taken(postbox);
    let uncertain = uncertain(room);
    let taken_all_the_same = uncertain.intersection(&taken).count() as u64;
    let accepted = count(room, "accepted");
    assert_eq!(accepted + uncertain.len() as u64, messages, "every delivery came to an end");
    assert_eq!(taken.len() as u64, accepted + taken_all_the_same, "what was taken is accepted or uncertain");
    (uncertain.len() as u64, taken_all_the_same)
}
