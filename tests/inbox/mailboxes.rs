//! Where messages lie: a Maildir, an mbox, one file; and what becomes of them there.

use super::{Newsroom, sent_to};

#[test]
fn only_what_was_dealt_with_is_deleted_and_only_where_asked() {
    let sent = sent_to(&["gone@reader.example"], "");
    sent.put("1", &sent.about("gone@reader.example", "postfix"));
    sent.put("2", &sent.about("gone@reader.example", "vacation"));
    sent.put("3", &sent.about("gone@reader.example", "letter"));
    // what we have to mend at our side
    sent.put("4", &sent.about("gone@reader.example", "policy"));
    let run = sent.room.run("inbox returns --delete").exit(0).stdout_has("4 messages: 1 suppressed, 3 ignored");
    run.stdout_has("2 messages taken out of the mailbox");
    assert_eq!(sent.room.files("returns"), ["new/3", "new/4"]);
}

#[test]
fn what_was_dealt_with_goes_into_a_folder_where_the_project_says_so() {
    let sent = sent_to(&["gone@reader.example"], "[inbox]\npath = \"returns\"\nafter = \"move:Traité\"");
    sent.put("1", &sent.about("gone@reader.example", "postfix"));
    sent.room.run("inbox").exit(0).stdout_has("1 message taken out of the mailbox");
    assert_eq!(sent.room.files("returns"), [".Trait&AOk-/cur/1:2,"]);
}

#[test]
fn an_mbox_is_read_and_left_as_it_is() {
    let sent = sent_to(&["gone@reader.example", "left@reader.example"], "");
    let one = sent.about("gone@reader.example", "postfix");
    let other = sent.about("left@reader.example", "gmail");
    let mbox = format!(
        "From MAILER-DAEMON Mon May  4 09:00:03 2015\n{one}\nFrom MAILER-DAEMON Mon May  4 09:00:05 2015\n{other}\n"
    );
    sent.room.write("returns.mbox", &mbox);
    sent.room.run("inbox returns.mbox").exit(0).stdout_has("2 messages: 2 suppressed");
    assert_eq!(sent.room.read("returns.mbox"), mbox);
    // the same message out of another mailbox is the same message
    sent.put("1", &one.replace("Return-Path: <>\n", "Return-Path: <>\nReceived: from elsewhere\n"));
    sent.room.run("inbox returns").exit(0).stdout("1 message: 1 noted before\n");
    let run = sent.room.run("inbox returns.mbox --delete").exit(1).stderr_has("envoi takes no messages out of files");
    run.stderr_has("leave `--delete`");
}

#[test]
fn a_message_of_the_web_mail_is_a_file() {
    let sent = sent_to(&["gone@reader.example"], "");
    sent.room.write("bounce.eml", sent.about("gone@reader.example", "exchange").replace('\n', "\r\n"));
    sent.room.run("inbox bounce.eml").exit(0).stdout_has("1 suppressed");
}

#[test]
fn an_empty_mailbox_is_no_trouble() {
    let sent = sent_to(&["ada@example.com"], "");
    for folder in ["new", "cur"] {
        std::fs::create_dir_all(sent.room.path(&format!("returns/{folder}"))).expect("a folder");
    }
    sent.room.run("inbox returns").exit(0).stdout("0 messages: nothing to do\n");
    sent.room.write("empty.mbox", "");
    sent.room.run("inbox empty.mbox").exit(0).stdout("0 messages: nothing to do\n");
}

#[test]
fn what_is_no_mailbox_is_refused_with_a_way_out() {
    let room = Newsroom::new();
    room.run("inbox").exit(1).stderr_has("does not say where bounces arrive").stderr_has("envoi inbox PATH");
    room.run("inbox nowhere").exit(1).stderr_has("cannot read");
    std::fs::create_dir(room.path("folder")).expect("a folder");
    room.run("inbox folder").exit(1).stderr_has("is no Maildir");
    let odd = Newsroom::new().config("[inbox]\nafter = \"burn\"");
    odd.run("inbox folder").exit(1).stderr_has("`burn` is not known").stderr_has("envoi.toml:");
    let misspelt = Newsroom::new().config("[inbox]\nsoft_bounce = 3");
    misspelt.run("inbox folder").exit(1).stderr_has("soft_bounces");
    // a rehearsal leaves not even a ledger behind
    let room = Newsroom::new().file("letter.eml", "Subject: x\n\nx\n");
    room.run("inbox letter.eml --dry-run").exit(0).stdout_has("1 ignored");
    assert!(!room.exists("ledger.db"));
}
