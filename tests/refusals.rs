//! Relays that refuse, or that speak with two voices: what means a reader, what means us, and whom it costs.

mod support;

use support::{Act, Newsroom, Point, Postbox, account};

#[test]
fn a_refused_sender_stops_the_send_and_costs_nobody_their_message() {
    let postbox = Postbox::new().on(Point::Mail.first(1), Act::reply(550, "5.7.1 not your domain")).start();
    let readers = account::readers(5);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 1");
    room.run("send 2026-11 --yes").exit(1).stderr_has("error: the relay refuses the sender: 550 5.7.1 not your domain");
    assert_eq!(postbox.count(), 0);
    room.run("send 2026-11 --yes").exit(0).stdout_has("5 accepted");
}

#[test]
fn refused_content_stops_the_send() {
    for (code, text) in [(552, "5.3.4 too big"), (554, "5.7.1 looks like spam")] {
        let postbox = Postbox::new().on(Point::AfterEnd.first(1), Act::reply(code, text)).start();
        let readers = account::readers(5);
        let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 1");
        room.run("send 2026-11 --yes").exit(1).stderr_has(&format!("the relay refuses the message: {code} {text}"));
        room.run("send 2026-11 --yes").exit(0);
        assert_eq!(account::taken(&postbox).len(), 5);
    }
}

#[test]
fn a_relay_that_refuses_everybody_stops_the_send() {
    let postbox = Postbox::new().on(Point::Rcpt, Act::reply(554, "5.7.1 relay access denied")).start();
    let readers = account::readers(50);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 1");
    room.run("send 2026-11 --yes").exit(1).stderr_has("the relay refuses one recipient after the other");
    assert!(account::count(&room, "rejected") == 0 && account::count(&room, "pending") >= 40);
}

#[test]
fn a_refusal_that_means_us_suppresses_nobody() {
    for (text, since) in [
        // Exim's, without an enhanced code
        ("relay not permitted", 1),
        // RFC 3463: X.1.8 is the sender's address
        ("5.1.8 <bounces@example.org>: Sender address rejected: Domain not found", 1),
        // as of readers who do not exist, but of everybody
        ("5.1.1 unknown in relay recipient table", 1),
        ("administrative prohibition", 1),
        // a hoster's limit, reached on the way
        ("Domain example.org has exceeded the max emails per hour", 20),
    ] {
        let postbox = Postbox::new().on(Point::Rcpt.since(since), Act::reply(550, text)).start();
        let readers = account::readers(60);
        let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 2");
        room.run("send 2026-11 --yes").exit(1).stderr_has("the relay refuses one recipient after the other");
        assert_eq!(account::count(&room, "rejected"), 0, "{text}");
        assert_eq!(account::count(&room, "accepted"), since as u64 - 1, "{text}");
        let next = room.issue("2026-12", "subject = \"Next\"").article("2026-12", "lead", "Next", "More.");
        next.run("send 2026-12 --dry-run").exit(0).stderr_lacks("suppressed").stdout_has("60 messages made");
    }
}

#[test]
fn an_address_that_does_not_exist_is_condemned_without_an_enhanced_code_too() {
    let mut postbox = Postbox::new();
    for dead in [0, 1, 2, 20, 21, 22, 23, 24, 25, 26] {
        postbox = postbox.rejecting(&format!("reader{dead:05}@example.com"), 550, "no such user here");
    }
    let postbox = postbox.start();
    let readers = account::readers(40);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 1");
    room.run("send 2026-11 --yes").exit(3).stdout_has("30 accepted, 10 rejected");
    let next = room.issue("2026-12", "subject = \"Next\"").article("2026-12", "lead", "Next", "More.");
    next.run("send 2026-12 --dry-run").exit(0).stderr_has("10 suppressed addresses");
}

#[test]
fn words_that_were_put_behind_the_answer_to_starttls_are_no_replies() {
    for chunking in [false, true] {
        let injected = Act::raw("220 go ahead\r\n250 INJECTED\r\n");
        let postbox = Postbox::new().starttls().chunking(chunking).on(Point::StartTls, injected).start();
        let room =
            Newsroom::with_an_issue(["ada@example.com", "ben@example.com"]).relay_with(&postbox, "connections = 1");
        room.run("send 2026-11 --yes").exit(1).stderr_has("no protected connection to the relay");
        assert_eq!(postbox.count(), 0, "{}", postbox.transcript());
        assert_eq!(account::count(&room, "accepted") + account::count(&room, "uncertain"), 0);
    }
}

#[test]
fn a_connection_that_was_refused_once_comes_back() {
    let postbox = Postbox::new().on(Point::Banner.nth(2), Act::goodbye(421, "4.7.0 too many connections")).start();
    let readers = account::readers(120);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str))
        .relay_with(&postbox, "connections = 2\nrate = \"10/s\"");
    room.run("send 2026-11 --yes").exit(0).stdout_has("120 accepted");
    assert_eq!(postbox.connections(), 3, "{}", postbox.transcript());
    let on = |number| postbox.messages().iter().filter(|taken| taken.connection == number).count();
    assert!(on(3) >= 10, "{}", on(3));
}
