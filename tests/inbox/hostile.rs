//! What nobody writes but to do harm: the program says so and goes on.

use std::fmt::Write as _;
use std::time::Duration;

use super::sent_to;

#[test]
fn what_is_built_to_break_a_reader_breaks_nothing() {
    let sent = sent_to(&["gone@reader.example"], "");
    let bounce = sent.about("gone@reader.example", "postfix");
    let mut to = String::new();
    for number in 0..50_000 {
        let _ = write!(to, "bounces+{number}aaaaaaaaaaaaaaaa@example.org, ");
    }
    let hostile = [
        String::new(),
        "\0\0\0".repeat(1000),
        "From: a@example.com\n\n".to_owned() + &"x".repeat(5_000_000),
        "Content-Type: message/rfc822\n\n".repeat(50_000),
        "Content-Type: multipart/digest; boundary=\"b\"\n\n--b\n\n".repeat(20_000),
        "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\n".repeat(99),
        bounce.replace("Action: failed", &"Action: failed\n\n".repeat(50_000)),
        bounce.replace("Status: 5.1.1", "Status: 5.999999999999999999999.-1"),
        bounce.replace(
            "Diagnostic-Code: smtp; ",
            &format!("Diagnostic-Code: smtp; {}", "5.1.1 \u{1b}[31m".repeat(99_999)),
        ),
        bounce.replace("To: bounces@example.org", &format!("To: {to}")),
        bounce.replace("rfc822;", "rfc822;;;;<<<>>>"),
        bounce.replace("gone@reader.example", "\u{202e}gone@reader.example\u{0}"),
        bounce.chars().take(bounce.len() / 2).collect(),
    ];
    for (number, text) in hostile.iter().enumerate() {
        sent.put(&format!("{number:02}"), text);
    }
    sent.put("99", &bounce.replace("4D2C1A0B7", "the real one"));
    let run = sent.room.run("inbox returns").exit(0);
    assert!(run.took() < Duration::from_secs(30), "{:?}", run.took());
    assert!(!run.stdout_text().contains('\u{1b}'), "no server's words reach the terminal as they are");
    assert_eq!(sent.suppressed(), ["gone@reader.example bounced"]);
}

/// `found/` holds what `fuzz/` found: parts whose boundaries are cut off made the MIME parser's own assertion fail.
#[test]
fn what_once_broke_the_reader_is_read_or_refused() {
    let sent = sent_to(&["gone@reader.example"], "");
    for (number, entry) in std::fs::read_dir("tests/inbox/found").expect("what was found").enumerate() {
        let name = format!("found-{number}.eml");
        sent.room.write(&name, std::fs::read(entry.expect("an entry").path()).expect("a message"));
        let _ = sent.room.run(&format!("inbox {name}")).exit(0);
    }
    assert!(sent.suppressed().is_empty());
}

/// Every message of the collection, cut off at many places and with its bytes changed.
#[test]
fn damaged_messages_are_read_or_refused_and_never_break_off() {
    let sent = sent_to(&["gone@reader.example"], "");
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below.max(1)
    };
    let mut mbox: Vec<u8> = Vec::new();
    for entry in std::fs::read_dir("tests/inbox/messages").expect("the messages") {
        let name = entry.expect("an entry").path().file_stem().expect("a name").to_string_lossy().into_owned();
        let text = sent.about("gone@reader.example", &name).into_bytes();
        for _ in 0..60 {
            let mut damaged = text.clone();
            for _ in 0..=next(20) {
                let at = next(damaged.len());
                match next(4) {
                    0 => damaged[at] = u8::try_from(next(256)).expect("a byte"),
                    1 => drop(damaged.drain(at..(at + next(200)).min(damaged.len()))),
                    2 => damaged.truncate(at.max(10)),
                    _ => damaged.insert(at, b"\n:;<>@-"[next(7)]),
                }
                if damaged.is_empty() {
                    break;
                }
            }
            mbox.extend_from_slice(b"From x\n");
            mbox.extend_from_slice(&damaged);
            mbox.extend_from_slice(b"\n\n");
        }
    }
    sent.room.write("damaged.mbox", &mbox);
    let run = sent.room.run("inbox damaged.mbox --json").exit(0);
    let read = run.stdout_json()["findings"].as_array().expect("findings").len();
    assert!(read > 500, "{read} messages");
}
