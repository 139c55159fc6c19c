//! The real programs: Postfix writes the bounces of a real send, Dovecot gives them out by IMAP.

use std::time::Duration;

use super::support::{Dovecot, Newsroom, Postfix, Postgres, Service, need};
use super::{Sent, sent_to};

const PATIENCE: Duration = Duration::from_secs(30);

/// Postfix takes every message, and finds only then that two of the readers can't be delivered to.
#[test]
fn the_bounces_of_a_real_send_are_read_back() {
    if !need(Service::Postfix) {
        return;
    }
    for verp in ["false", "true"] {
        let postfix = Postfix::new()
            .bouncing("gone@reader.example", "5.1.1 no such mailbox here")
            .bouncing("full@reader.example", "5.2.2 the mailbox is full")
            .start();
        let room = Newsroom::new();
        let config = room.read("envoi.toml").replace("bounce = ", &format!("verp = {verp}\nbounce = "));
        room.write("envoi.toml", config);
        let room = room
            .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails at nine.\"")
            .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
            .subscribers(["ada@reader.example", "gone@reader.example", "full@reader.example"])
            .relay(&postfix);
        room.run("send 2026-11 --yes").exit(0).stdout_has("3 accepted");
        // one letter and two bounces
        postfix.wait_for_mail(3, PATIENCE);
        let maildir = postfix.maildir();
        let run = room.run(&format!("inbox {}", maildir.display())).exit(0);
        let run = run.stdout_has("3 messages: 1 suppressed, 1 counted, 1 ignored");
        let run = run.stdout_has("gone@reader.example").stdout_has("5.1.1 no such mailbox here");
        run.stdout_has("5.2.2 the mailbox is full (1 of 5 in a row)").stdout_has("Precedence: bulk");
        let run = room.run(&format!("inbox {}", maildir.display())).exit(0);
        run.stdout_has("3 messages: 2 noted before, 1 ignored");
        room.run("status 2026-11").exit(0).stdout_has("bounced    gone@reader.example");
        assert_eq!(postfix.mail_count(), 3, "nothing is taken out of the mailbox");
        if verp == "true" {
            let sender = postfix.mail("ada@reader.example")[0].header("Return-Path").expect("a sender").to_owned();
            assert!(sender.starts_with("<bounces+"), "{sender}");
        }
    }
}

/// A send, two messages about it on an IMAP server and one that is nothing.
fn on_a_server() -> (Sent, Dovecot) {
    let mut sent = sent_to(&["gone@reader.example", "ada@reader.example"], "");
    let dovecot = Dovecot::start();
    sent.room.write("imap-ca.pem", dovecot.authority_pem());
    sent.room.set_env("IMAP_PASSWORD", "secret");
    dovecot.deliver("1", &sent.about("gone@reader.example", "postfix"));
    dovecot.deliver("2", &sent.about("ada@reader.example", "complaint"));
    dovecot.deliver("3", &sent.about("ada@reader.example", "letter"));
    sent.room = std::mem::replace(&mut sent.room, Newsroom::empty()).config(&dovecot.inbox());
    (sent, dovecot)
}

#[test]
fn a_mailbox_on_a_server_is_read_and_left_as_it_is() {
    if !need(Service::Dovecot) {
        return;
    }
    let (sent, dovecot) = on_a_server();
    sent.room.run("inbox --dry-run").exit(0).stdout_has("2 suppressed");
    sent.room.run("inbox").exit(0).stdout_has("3 messages: 2 suppressed, 1 ignored");
    assert_eq!(sent.suppressed(), ["ada@reader.example complained", "gone@reader.example bounced"]);
    let messages = dovecot.messages("");
    assert_eq!(messages.len(), 3);
    assert!(
        !messages.iter().any(|name| name.split(":2,").nth(1).is_some_and(|flags| flags.contains('S'))),
        "{messages:?}"
    );
    // the next run reads only what came since
    sent.room.run("inbox").exit(0).stdout("0 messages: nothing to do\n");
    dovecot.deliver("4", &sent.about("gone@reader.example", "delayed"));
    sent.room.run("inbox").exit(0).stdout_has("1 message: 1 ignored");
    sent.room.run("inbox --all").exit(0).stdout_has("4 messages: 2 noted before, 2 ignored");
}

#[test]
fn only_what_was_dealt_with_leaves_the_server_and_only_where_asked() {
    if !need(Service::Dovecot) {
        return;
    }
    let (sent, dovecot) = on_a_server();
    sent.room.run("inbox --delete").exit(0).stdout_has("2 messages taken out of the mailbox");
    assert_eq!(dovecot.messages("").len(), 1);
    let (sent, dovecot) = on_a_server();
    let room = sent.room.config("after = \"move:Done\"");
    room.run("inbox").exit(0).stdout_has("2 messages taken out of the mailbox");
    assert_eq!((dovecot.messages("").len(), dovecot.messages("Done").len()), (1, 2));
    room.run("inbox --all").exit(0).stdout_has("1 message: 1 ignored");
}

#[test]
fn a_server_is_never_asked_without_a_good_certificate() {
    if !need(Service::Dovecot) {
        return;
    }
    let (mut sent, dovecot) = on_a_server();
    let config = sent.room.read("envoi.toml");
    let with = |room: &Newsroom, from: &str, to: &str| room.write("envoi.toml", config.replace(from, to));
    // STARTTLS on the other port
    with(
        &sent.room,
        &format!("port = {}\nca", dovecot.port),
        &format!("port = {}\ntls = \"required\"\nca", dovecot.starttls),
    );
    sent.room.run("inbox --dry-run").exit(0).stdout_has("2 suppressed");
    // an authority that nobody knows
    with(&sent.room, "ca = \"imap-ca.pem\"\n", "");
    let run = sent.room.run("inbox").exit(1).stderr_has("gives no protected connection");
    run.stderr_has("envoi never goes on without TLS");
    with(&sent.room, "user = \"bounces@example.org\"\n", "user = \"bounces@example.org\"\ntls = \"none\"\n");
    sent.room.run("inbox").exit(1).stderr_has("asks for a connection without TLS");
    with(&sent.room, "", "");
    sent.room.set_env("IMAP_PASSWORD", "wrong-word");
    let run = sent.room.run("inbox").exit(1).stderr_has("refused the login of `bounces@example.org`");
    run.stderr_lacks("wrong-word");
    sent.room.set_env("IMAP_PASSWORD", "");
    sent.room.run("inbox").exit(1).stderr_has("the variable `IMAP_PASSWORD` is not set").stderr_has("[inbox]");
    with(&sent.room, &format!("port = {}", dovecot.port), "port = 1");
    sent.room.set_env("IMAP_PASSWORD", "secret");
    sent.room.run("inbox").exit(1).stderr_has("cannot be reached");
    assert!(sent.suppressed().is_empty());
}

#[test]
fn what_comes_back_is_taken_into_postgresql_as_into_a_file() {
    if !need(Service::Postgres) || !need(Service::Dovecot) {
        return;
    }
    let postgres = Postgres::new().start();
    let readers = ["gone@reader.example", "full@reader.example", "ada@reader.example"];
    let mut sent = sent_to(&readers, &format!("[ledger]\nurl = \"{}\"", postgres.url()));
    let dovecot = Dovecot::start();
    sent.room.write("imap-ca.pem", dovecot.authority_pem());
    sent.room.set_env("IMAP_PASSWORD", "secret");
    dovecot.deliver("1", &sent.about("gone@reader.example", "postfix"));
    dovecot.deliver("2", &sent.about("full@reader.example", "full").replace("[MARK]", "1"));
    dovecot.deliver("3", &sent.about("ada@reader.example", "complaint"));
    let room = std::mem::replace(&mut sent.room, Newsroom::empty()).config(&dovecot.inbox());
    let run = room.run("inbox").exit(0).stdout_has("3 messages: 2 suppressed, 1 counted");
    run.stdout_has("(1 of 5 in a row)");
    room.run("inbox").exit(0).stdout("0 messages: nothing to do\n");
    room.run("inbox --all").exit(0).stdout("3 messages: 3 noted before\n");
    let suppressed = postgres.ask("SELECT address, reason FROM suppressions ORDER BY address");
    assert_eq!(suppressed, "ada@reader.example|complained\ngone@reader.example|bounced");
    room.run("status 2026-11").exit(0).stdout_has("bounced    gone@reader.example");
    // the run that is long enough
    let config = room.read("envoi.toml").replace("[inbox]", "[inbox]\nsoft_bounces = 1\nsoft_days = 0");
    room.write("envoi.toml", config);
    dovecot.deliver("4", &sent.about("full@reader.example", "full").replace("[MARK]", "2"));
    room.run("inbox").exit(0).stdout_has("1 message: 1 suppressed");
    assert!(!room.exists("ledger.db"));
}

/// Folders have names in the officer's language.
#[test]
fn a_folder_may_be_called_what_it_is() {
    if !need(Service::Dovecot) {
        return;
    }
    let (sent, dovecot) = on_a_server();
    let room = sent.room.config("after = \"move:Traité & lu\"");
    room.run("inbox").exit(0).stdout_has("2 messages taken out of the mailbox");
    assert_eq!(dovecot.messages("Trait&AOk- &- lu").len(), 2);
    let config = room.read("envoi.toml");
    let config = config.replace("after = \"move:Traité & lu\"", "after = \"keep\"\nfolder = \"Traité & lu\"");
    room.write("envoi.toml", config);
    room.run("inbox").exit(0).stdout("2 messages: 2 noted before\n");
}
