//! Bounces in the shapes of the servers that write them, and what follows from them.

use super::sent_to;

/// Every server's bounce for an address that is gone, and its own words.
const SHAPES: [(&str, &str); 7] = [
    ("postfix", "5.1.1"),
    ("exim", "5.1.1"),
    ("exim-dsn", "5.0.0 Unrouteable address"),
    ("exchange", "5.1.10 RESOLVER.ADR.RecipientNotFound"),
    ("gmail", "5.1.1 The email account"),
    ("sendmail", "5.1.1"),
    ("qmail", "no mailbox here by that name"),
];

#[test]
fn an_address_that_is_gone_is_never_written_to_again() {
    for (shape, words) in SHAPES {
        let sent = sent_to(&["ada@example.com", "gone@reader.example"], "");
        sent.put("1", &sent.about("gone@reader.example", shape));
        let run = sent.room.run("inbox returns").exit(0).stdout_has("1 message: 1 suppressed");
        let run = run.stdout_has("hard bounce  gone@reader.example").stdout_has(words);
        assert_eq!(sent.suppressed(), ["gone@reader.example bounced"], "{shape}\n{}", run.stdout_text());
        // the same mailbox again changes nothing
        sent.room.run("inbox returns").exit(0).stdout("1 message: 1 noted before\n");
        assert!(sent.room.exists("returns/new/1"));
        let status = sent.room.run("status 2026-11").exit(0).stdout_has("accepted").stdout_has("bounced");
        status.stdout_has("bounced    gone@reader.example").stdout_has(words);
        sent.room.run("send 2026-11 --yes").exit(0);
        assert_eq!(sent.postbox.count(), 2, "{shape}: nobody gets it twice");
    }
}

#[test]
fn nothing_is_written_in_a_rehearsal() {
    let sent = sent_to(&["gone@reader.example"], "");
    sent.put("1", &sent.about("gone@reader.example", "postfix"));
    sent.room
        .run("inbox returns --dry-run --delete")
        .exit(0)
        .stdout_has("suppressed")
        .stderr_has("nothing was written");
    assert!(sent.suppressed().is_empty());
    assert!(sent.room.exists("returns/new/1"));
}

#[test]
fn soft_bounces_count_until_there_are_too_many_in_a_row() {
    let postbox = super::Postbox::new().start();
    let mut room = super::Newsroom::new()
        .subscribers(["full@reader.example"])
        .config("[inbox]\npath = \"returns\"\nsoft_bounces = 3\nsoft_days = 10")
        .relay(&postbox);
    for issue in ["01", "02", "03", "04"] {
        room = room.issue(issue, "subject = \"Ferry\"\npreheader = \"It sails at nine.\"\n");
        room = room.article(issue, "lead", "Ferry", "It sails at nine.");
    }
    let bounce = |number: usize| {
        let message = &postbox.messages()[number - 1];
        super::about(message, "full").replace("[MARK]", &number.to_string())
    };
    for folder in ["new", "cur"] {
        std::fs::create_dir_all(room.path(&format!("returns/{folder}"))).expect("a folder");
    }
    let issue = |room: &mut super::Newsroom, number: usize, day: &str| {
        room.set_env("ENVOI_NOW", &format!("2015-05-{day}T09:00:00Z"));
        room.run(&format!("send 0{number} --yes")).exit(0);
        room.write(&format!("returns/new/{number}"), bounce(number));
        room.run("inbox").exit(0)
    };
    issue(&mut room, 1, "01").stdout_has("soft bounce").stdout_has("counted").stdout_has("(1 of 3 in a row)");
    // the same day: not sooner than ten days after the first
    issue(&mut room, 2, "02").stdout_has("(2 of 3 in a row)");
    issue(&mut room, 3, "03").stdout_has("(3 of 3 in a row)").stdout_has("1 counted");
    issue(&mut room, 4, "20").stdout_has("1 suppressed");
    room.run("inbox").exit(0).stdout("4 messages: 4 noted before\n");
}

#[test]
fn a_run_ends_with_a_message_that_arrived() {
    let postbox = super::Postbox::new().start();
    let mut room = super::Newsroom::new()
        .subscribers(["full@reader.example"])
        .config("[inbox]\nsoft_bounces = 2\nsoft_days = 0")
        .relay(&postbox);
    for issue in ["01", "02", "03"] {
        room = room.issue(issue, "subject = \"Ferry\"\npreheader = \"It sails at nine.\"\n");
        room = room.article(issue, "lead", "Ferry", "It sails at nine.");
        room.set_env("ENVOI_NOW", &format!("2015-05-{issue}T09:00:00Z"));
        room.run(&format!("send {issue} --yes")).exit(0);
    }
    let of = |number: usize| super::about(&postbox.messages()[number], "full").replace("[MARK]", &number.to_string());
    room.write("first.eml", of(0));
    room.write("third.eml", of(2));
    room.run("inbox first.eml").exit(0).stdout_has("(1 of 2 in a row)");
    // the second arrived
    room.run("inbox third.eml").exit(0).stdout_has("(1 of 2 in a row)");
}

#[test]
fn what_is_no_bounce_suppresses_nobody() {
    let sent = sent_to(&["ada@reader.example"], "");
    for name in ["policy", "delayed", "vacation", "letter"] {
        sent.put(name, &sent.about("ada@reader.example", name));
    }
    let run = sent.room.run("inbox returns").exit(0).stdout_has("4 messages: 4 ignored");
    let run = run.stdout_has("refusal").stdout_has("5.7.26 This mail has been blocked");
    let run = run.stdout_has("delay").stdout_has("automatic").stdout_has("Auto-Submitted: auto-replied");
    run.stdout_has("unknown").stdout_has("a letter that somebody should read: \"A question about the timetable\"");
    assert!(sent.suppressed().is_empty());
}

#[test]
fn who_left_a_list_behind_an_address_takes_nobody_with_them() {
    let sent = sent_to(&["press@paper.example"], "");
    sent.put("1", &sent.about("press@paper.example", "forwarded"));
    let run = sent.room.run("inbox returns").exit(0).stdout_has("soft bounce").stdout_has("1 counted");
    run.stdout_has("(behind it: someone.who.left@elsewhere.example)");
    assert!(sent.suppressed().is_empty());
}

#[test]
fn a_script_reads_the_same() {
    let sent = sent_to(&["gone@reader.example"], "");
    sent.put("1", &sent.about("gone@reader.example", "postfix"));
    let json = sent.room.run("inbox returns --json").exit(0).stdout_json();
    let finding = &json["findings"][0];
    assert_eq!(finding["message"], "1");
    assert_eq!(finding["kind"], "hard-bounce");
    assert_eq!(finding["address"], "gone@reader.example");
    assert_eq!(finding["came"], "suppressed");
    assert_eq!(finding["status"], "5.1.1");
    assert_eq!(json["taken_out"], 0);
}

/// A file has other ends of lines than a server gives.
#[test]
fn a_message_says_the_same_with_either_end_of_its_lines() {
    let sent = sent_to(&["gone@reader.example"], "");
    let project = envoi::project::Project::open(&sent.room.path("")).expect("a project");
    for entry in std::fs::read_dir("tests/inbox/messages").expect("the messages") {
        let path = entry.expect("a message").path();
        let text = sent.about("gone@reader.example", &path.file_stem().expect("a name").to_string_lossy());
        let said = |text: &str| envoi::inbox::gist(&project, text.as_bytes());
        assert_eq!(said(&text), said(&text.replace('\n', "\r\n")), "{}", path.display());
    }
    sent.put("1", &sent.about("gone@reader.example", "qmail").replace('\n', "\r\n"));
    sent.room.run("inbox returns").exit(0).stdout_has("hard bounce  gone@reader.example  suppressed");
}
