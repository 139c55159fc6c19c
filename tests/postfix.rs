//! A real Postfix takes a send: TLS, login, refusals of both kinds, and mailboxes that an independent parser reads.

mod support;

use std::time::Duration;

use support::{Newsroom, Postfix, Service, need};

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn an_issue_arrives_in_real_mailboxes() {
    if !need(Service::Postfix) {
        return;
    }
    let postfix =
        Postfix::new().login("desk", "secret").rejecting("gone@example.com").deferring("full@example.com").start();
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"La liaison reprend à neuf heures\"\npreheader = \"Dès lundi.\"")
        .article(
            "2026-11",
            "lead",
            "La liaison reprend",
            "Bonjour {{ first_name \"à vous\" }},\n\n.Une ligne qui commence par un point, et « des guillemets ».\n\n\
             [Les horaires](https://www.example.org/horaires?du=1&au=2)",
        )
        .subscribers(["ada@example.com,Zoë,fr", "gone@example.com", "full@example.com", "ben@example.net,Ben,fr"])
        .relay_with(&postfix, "pause = 0\nattempts = 2\nconnections = 2");
    room.run("doctor")
        .exit(0)
        .stdout_has("`desk` was let in")
        .stdout_has("PIPELINING")
        .stdout_has("the relay is ready");
    room.run("send 2026-11 --yes").exit(3).stdout_has("2 accepted, 1 deferred, 1 rejected");
    postfix.wait_for_mail(2, PATIENCE);
    postfix.wait_until_quiet(PATIENCE);
    assert_eq!(postfix.mail_count(), 2);

    let mail = postfix.mail("ada@example.com");
    assert_eq!(mail.len(), 1);
    let letter = &mail[0];
    assert_eq!(letter.subject, "La liaison reprend à neuf heures");
    assert_eq!(letter.to, "Zoë <ada@example.com>");
    assert_eq!(letter.header("Return-Path"), Some("<bounces@example.org>"));
    assert!(letter.text.contains("Bonjour Zoë,"), "{}", letter.text);
    assert!(letter.text.lines().any(|line| line.starts_with(".Une ligne")), "{}", letter.text);
    assert!(letter.html.contains("« des guillemets »"));
    assert!(letter.html.contains("https://www.example.org/horaires?du=1&amp;au=2"));

    let status = room.run("status 2026-11").exit(0).stdout_text();
    assert!(status.contains("rejected   gone@example.com  550 5.1.1"), "{status}");
    assert!(status.contains("deferred   full@example.com  451 4.2.1"), "{status}");
    // run again: nobody gets it twice, the deferred one is tried again
    room.run("send 2026-11 --yes").exit(3);
    postfix.wait_until_quiet(PATIENCE);
    assert_eq!(postfix.mail_count(), 2);
}

#[test]
fn a_long_list_goes_through_quickly() {
    if !need(Service::Postfix) {
        return;
    }
    let postfix = Postfix::new().start();
    let readers: Vec<String> = (0..200).map(|n| format!("reader{n:03}@example.com")).collect();
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(readers.iter().map(String::as_str))
        .relay_with(&postfix, "connections = 2");
    room.run("send 2026-11 --yes").exit(0).stdout_has("200 accepted");
    postfix.wait_for_mail(200, PATIENCE);
    for reader in &readers {
        assert_eq!(postfix.mail(reader).len(), 1, "{reader}");
    }
}
