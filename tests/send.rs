//! Stories of a send: who gets what, what the ledger says, how the program ends.

mod support;

use std::time::Duration;

use support::{Act, Newsroom, Point, Postbox, account};

#[test]
fn without_a_relay_the_messages_are_kept_in_the_outbox() {
    let room = Newsroom::with_an_issue(["ada@example.com,Ada", "ben@example.com"]);
    room.run("send 2026-11 --yes").exit(0).stderr(
        "
        Subject   Ferry back in service
        From      The Harbour Post <post@example.org>
        To        2 subscribers of subscribers.csv: 2 en
        Through   outbox/, a folder on this computer (envoi.toml names no relay)
        read them with `envoi preview 2026-11`, or in outbox/new
        ",
    );
    let mut texts: Vec<String> = room.messages().into_iter().map(|letter| letter.text).collect();
    texts.sort();
    assert!(texts[0].contains("Dear Ada, it sails at nine."), "{}", texts[0]);
    assert!(texts[1].contains("Dear reader, it sails at nine."), "{}", texts[1]);
}

#[test]
fn a_message_goes_over_tls_with_login_and_reads_as_it_was_written() {
    let postbox = Postbox::new().starttls().login("desk", "secret").start();
    let room = Newsroom::with_an_issue(["ada@example.com,Ada"]).relay(&postbox);
    room.run("send 2026-11 --yes").exit(0).stdout("1 accepted in [TIME]\n");
    let taken = &postbox.messages()[0];
    assert!(taken.encrypted);
    assert_eq!(taken.user.as_deref(), Some("desk"));
    assert_eq!(taken.sender, "bounces@example.org");
    assert_eq!(taken.recipients, ["ada@example.com"]);
    let letter = taken.parsed();
    assert_eq!(letter.subject, "Ferry back in service");
    assert_eq!(letter.from, "The Harbour Post <post@example.org>");
    assert_eq!(letter.to, "Ada <ada@example.com>");
    assert!(letter.html.contains("Dear Ada, it sails at nine."));
    assert_eq!(letter.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    assert!(letter.header("List-Unsubscribe").is_some_and(|value| value.contains("address=ada%40example.com")));
    postbox.was_treated_politely();
}

#[test]
fn a_refused_address_does_not_stop_the_others_and_is_never_written_to_again() {
    let postbox = Postbox::new().rejecting("ben@example.com", 550, "5.1.1 no such user").start();
    let room = Newsroom::with_an_issue(["ada@example.com", "ben@example.com", "cleo@example.com"]).relay(&postbox);
    room.run("send 2026-11 --yes").exit(3).stdout("2 accepted, 1 rejected in [TIME]\n");
    assert_eq!(account::count(&room, "rejected"), 1);
    assert_eq!(postbox.bytes_for_nobody(), 0);
    room.run("send 2026-11 --yes").exit(0);
    assert_eq!(postbox.count(), 2);
    let next = room.issue("2026-12", "subject = \"Next\"").article("2026-12", "lead", "Next", "More.");
    next.run("send 2026-12 --yes").exit(0).stderr_has("1 suppressed address").stdout_has("2 accepted");
    postbox.was_treated_politely();
}

#[test]
fn a_deferred_delivery_is_tried_again_after_a_pause() {
    let postbox = Postbox::new().deferring("ben@example.com", 451, 2).start();
    let room = Newsroom::with_an_issue(["ada@example.com", "ben@example.com"]).relay_with(&postbox, "pause = 0");
    room.run("send 2026-11 --yes").exit(0).stdout_has("2 accepted");
    assert_eq!(postbox.count(), 2);
    postbox.was_treated_politely();
}

#[test]
fn what_is_deferred_to_the_limit_is_left_for_another_run() {
    let postbox = Postbox::new().deferring("ben@example.com", 451, 4).start();
    let room =
        Newsroom::with_an_issue(["ada@example.com", "ben@example.com"]).relay_with(&postbox, "pause = 0\nattempts = 3");
    room.run("send 2026-11 --yes")
        .exit(3)
        .stdout_has("1 accepted, 1 deferred")
        .stderr_has("`envoi send 2026-11` tries the deferred ones again");
    room.run("send 2026-11 --yes").exit(0).stdout_has("1 accepted");
    assert_eq!(postbox.count(), 2);
}

#[test]
fn one_round_trip_a_message_where_the_relay_pipelines() {
    let postbox = Postbox::new().start();
    let readers = account::readers(40);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 1");
    room.run("send 2026-11 --yes").exit(0).stdout_has("40 accepted");
    postbox.wait_until_quiet(Duration::from_secs(5));
    // the banner and two EHLO, one message each, the first envelope, the goodbye
    assert!(postbox.round_trips() <= 40 + 6, "{}\n{}", postbox.round_trips(), postbox.transcript());
    postbox.was_treated_politely();
}

#[test]
fn less_than_one_round_trip_a_message_where_the_relay_takes_chunks() {
    let postbox = Postbox::new().chunking(true).round_trip(Duration::from_millis(100)).start();
    let readers = account::readers(80);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str))
        .relay_with(&postbox, "connections = 1\nwindow = 16");
    let run = room.run("send 2026-11 --yes").exit(0).stdout_has("80 accepted");
    assert!(postbox.messages().iter().all(|taken| taken.chunked));
    assert_eq!(account::taken(&postbox).len(), 80);
    // a round trip a message would be eight seconds
    assert!(run.took() < Duration::from_secs(8), "{:?}", run.took());
    postbox.was_treated_politely();
}

#[test]
fn lockstep_where_the_relay_offers_neither() {
    let postbox = Postbox::new().pipelining(false).rejecting("reader00003@example.com", 550, "5.1.1 no").start();
    let readers = account::readers(10);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay(&postbox);
    room.run("send 2026-11 --yes").exit(3).stdout_has("9 accepted, 1 rejected");
    postbox.was_treated_politely();
}

#[test]
fn a_refused_recipient_among_chunks_shifts_no_reply_onto_another() {
    let postbox = Postbox::new()
        .chunking(true)
        .rejecting("reader00003@example.com", 550, "5.1.1 no such user")
        .rejecting("reader00007@example.com", 554, "5.7.1 not for you")
        .start();
    let readers = account::readers(20);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str))
        .relay_with(&postbox, "connections = 1\nattempts = 1");
    room.run("send 2026-11 --yes").exit(3).stdout_has("18 accepted, 2 rejected");
    let status = room.run("status").exit(0);
    let text = status.stdout_text();
    assert!(text.contains("rejected   reader00003@example.com  550 5.1.1 no such user"), "{text}");
    assert!(text.contains("rejected   reader00007@example.com  554 5.7.1 not for you"), "{text}");
    assert_eq!(account::taken(&postbox).len(), 18);
    postbox.was_treated_politely();
}

#[test]
fn who_is_uncertain_is_sent_again_only_where_this_run_is_for_them() {
    let postbox = Postbox::new().on(Point::AfterEnd.first(2), Act::HangUp).start();
    let room = Newsroom::with_an_issue(["ada@example.com,Ada", "ben@example.com,Ben"])
        .relay_with(&postbox, "connections = 1\npause = 0");
    room.run("send 2026-11 --yes").exit(4);
    assert_eq!(account::count(&room, "uncertain"), 2);
    // she was asked about Ada alone
    room.run("send 2026-11 --yes --where 'email = ada@example.com' --resend-uncertain")
        .exit(4)
        .stdout_has("1 accepted");
    room.run("send 2026-11 --yes").exit(4);
    assert_eq!((account::count(&room, "accepted"), account::count(&room, "uncertain")), (1, 1));
}

#[test]
fn who_is_interrupted_may_go_on_though_somebody_is_uncertain() {
    let postbox =
        Postbox::new().on(Point::AfterEnd.first(1), Act::HangUp).reply_delay(Duration::from_millis(20)).start();
    let readers = account::readers(60);
    let room =
        Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 1\npause = 0");
    let running = room.spawn("send 2026-11 --yes");
    postbox.wait_for(3, Duration::from_secs(20));
    running.interrupt();
    // what a service manager reads: the same command goes on
    running.wait().exit(130).stderr_has("goes on").stderr_has("uncertain");
    // and at the end a person is called
    room.run("send 2026-11 --yes").exit(4);
}

#[test]
fn a_relay_that_hangs_up_somewhere_loses_and_doubles_nothing() {
    for chunking in [false, true] {
        for (point, uncertain) in [
            (Point::Banner, 0),
            (Point::Ehlo, 0),
            (Point::Mail, usize::from(chunking)),
            (Point::Rcpt, usize::from(chunking)),
            (Point::Data, 0),
            (Point::MidBody, 1),
            (Point::AfterEnd, 1),
            (Point::Accepted, 1),
        ] {
            if chunking && matches!(point, Point::Data) {
                continue;
            }
            let postbox = Postbox::new().chunking(chunking).on(point.nth(3), Act::HangUp).start();
            let readers = account::readers(12);
            let room = Newsroom::with_an_issue(readers.iter().map(String::as_str))
                .relay_with(&postbox, "connections = 1\npause = 0\nwindow = 3");
            let _ = room.run("send 2026-11 --yes");
            let (accepted, unsure) = (account::count(&room, "accepted"), account::count(&room, "uncertain"));
            let window = if chunking { 3 } else { 1 };
            let what = format!("{point:?}, chunking {chunking}\n{}", postbox.transcript());
            assert!(unsure <= (uncertain * window) as u64, "{unsure} uncertain at {what}");
            assert_eq!(accepted + unsure, 12, "{what}");
            // lost nothing: who is accepted by the ledger has it; doubled nothing
            let taken = account::taken(&postbox).len() as u64;
            assert!(accepted <= taken && taken <= accepted + unsure, "{taken} taken, {what}");
        }
    }
}

#[test]
fn a_relay_that_falls_silent_leaves_its_message_uncertain() {
    let postbox = Postbox::new().on(Point::AfterEnd.nth(2), Act::StallForever).start();
    let readers = account::readers(4);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str))
        .relay_with(&postbox, "connections = 1\ntimeout = 1");
    room.run("send 2026-11 --yes").exit(4).stdout_has("3 accepted, 1 uncertain");
    room.run("send 2026-11 --yes").exit(4).stdout("nothing is left to send\n");
    room.run("send 2026-11 --yes --resend-uncertain").exit(0).stdout_has("1 accepted");
}

#[test]
fn a_relay_that_fails_in_what_it_offers_gets_it_simpler() {
    let postbox = Postbox::new().chunking(true).on(Point::Bdat, Act::reply(502, "what is BDAT?")).start();
    let readers = account::readers(6);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 1");
    room.run("send 2026-11 --yes").exit(0).stdout_has("6 accepted");
    assert_eq!(account::taken(&postbox).len(), 6);
}

#[test]
fn the_rate_is_kept_over_all_connections() {
    let postbox = Postbox::new().start();
    let readers = account::readers(25);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "rate = \"10/s\"");
    let run = room.run("send 2026-11 --yes").exit(0);
    assert!(run.took() >= Duration::from_millis(2300), "{:?}", run.took());
    let mut taken: Vec<_> = postbox.messages().iter().map(|message| message.at).collect();
    taken.sort();
    // at no moment more than the rate allows by then; one that comes late makes no later one early
    for (before, at) in taken.iter().enumerate() {
        let since = (*at - taken[0]).as_secs_f64();
        assert!(before as f64 <= 10.0 * since + 11.0, "{before} before the one after {since} s");
    }
}

#[test]
fn a_relay_that_says_not_so_fast_is_obeyed() {
    let postbox = Postbox::new().at_most_a_second(20).start();
    let readers = account::readers(60);
    let room =
        Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 2\npause = 1");
    room.run("send 2026-11 --yes").exit(0).stdout_has("60 accepted");
    assert_eq!(account::taken(&postbox).len(), 60);
    postbox.was_treated_politely();
}

#[test]
fn a_relay_with_few_connections_is_enough() {
    let postbox = Postbox::new().at_most_connections(1).start();
    let readers = account::readers(30);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 4");
    room.run("send 2026-11 --yes").exit(0).stdout_has("30 accepted");
}

#[test]
fn a_connection_carries_no_more_than_the_relay_allows() {
    for (own, theirs) in [("messages_per_connection = 5", 100), ("", 5)] {
        let postbox = Postbox::new().messages_per_connection(theirs).start();
        let readers = account::readers(17);
        let room = Newsroom::with_an_issue(readers.iter().map(String::as_str))
            .relay_with(&postbox, &format!("connections = 1\n{own}"));
        room.run("send 2026-11 --yes").exit(0).stdout_has("17 accepted");
        assert!(postbox.connections() >= 4, "{}", postbox.connections());
        assert_eq!(account::taken(&postbox).len(), 17);
    }
}

#[test]
fn tls_is_never_dropped() {
    let plain = Postbox::new().login("desk", "secret").start();
    let room = Newsroom::with_an_issue(["ada@example.com"]);
    let room = room.config(&format!(
        "[relay]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"desk\"\npassword_env = \"ENVOI_PASSWORD\"\n",
        support::Relay::port(&plain)
    ));
    let room = room.env("ENVOI_PASSWORD", "secret");
    room.run("send 2026-11 --yes").exit(1).stderr_has("does not offer TLS (STARTTLS)").stderr_lacks("secret");
    assert_eq!(plain.count(), 0);
    assert!(!plain.transcript().contains("AUTH ****"));

    let stranger = Postbox::new().starttls().certificate_for(["other.example.org"]).start();
    let room = Newsroom::with_an_issue(["ada@example.com"]).relay(&stranger);
    room.run("send 2026-11 --yes").exit(1).stderr_has("no protected connection to the relay");
    assert_eq!(stranger.count(), 0);
}

#[test]
fn a_refused_login_is_said_without_the_password() {
    let postbox = Postbox::new().starttls().login("desk", "right").start();
    let mut room = Newsroom::with_an_issue(["ada@example.com"]).relay(&postbox);
    room.set_env("ENVOI_PASSWORD", "wr0ng-passw0rd");
    room.run("send 2026-11 --yes")
        .exit(1)
        .stderr_has("refused the login of `desk`: 535 5.7.8 credentials invalid")
        .stderr_lacks("wr0ng-passw0rd");
    room.run("doctor").exit(1).stderr_has("refused the login of `desk`").stderr_lacks("wr0ng-passw0rd");
    assert!(!String::from_utf8_lossy(&room.read_bytes("ledger.db")).contains("wr0ng-passw0rd"));
}

#[test]
fn a_missing_password_is_said_before_anything_is_asked() {
    let postbox = Postbox::new().starttls().login("desk", "right").start();
    let mut room = Newsroom::with_an_issue(["ada@example.com"]).relay(&postbox);
    room.set_env("ENVOI_PASSWORD", "");
    room.run("send 2026-11 --yes").exit(1).stderr_has("the variable `ENVOI_PASSWORD` is not set");
    assert_eq!(postbox.connections(), 0);
}

#[test]
fn ctrl_c_finishes_what_is_under_way_and_says_how_to_go_on() {
    let postbox = Postbox::new().reply_delay(Duration::from_millis(20)).start();
    let readers = account::readers(60);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 1");
    let running = room.spawn("send 2026-11 --yes");
    postbox.wait_for(5, Duration::from_secs(20));
    running.interrupt();
    running.wait().exit(130).stderr_has("`envoi send 2026-11` goes on");
    assert_eq!(account::count(&room, "accepted"), postbox.count() as u64);
    assert_eq!(
        account::count(&room, "uncertain") + account::count(&room, "in-flight") + account::count(&room, "claimed"),
        0
    );
    room.run("send 2026-11 --yes").exit(0);
    assert_eq!(account::taken(&postbox).len(), 60);
}

#[test]
fn nobody_is_sent_to_without_a_yes() {
    let room = Newsroom::with_an_issue(["ada@example.com"]);
    room.run("send 2026-11").exit(1).stderr_has("error: nobody is there to confirm the send");
    assert!(!room.exists("outbox"));
    room.run_with_input("send 2026-11", "yes\n").exit(1).stderr_has("give `--yes` to send without asking");
}

#[test]
fn a_dry_run_writes_nothing() {
    let room = Newsroom::with_an_issue(["ada@example.com", "ben@example.com"]);
    room.run("send 2026-11 --dry-run").exit(0).stdout_has("2 messages made, none sent");
    assert!(!room.exists("outbox") && !room.exists("ledger.db"));
}

#[test]
fn a_test_goes_to_one_address_and_counts_for_nothing() {
    let room = Newsroom::with_an_issue(["ada@example.com", "ben@example.com"]);
    room.run("send 2026-11 --yes --test officer@example.org").exit(0).stdout_has("1 accepted");
    room.run("send 2026-11 --yes --test officer@example.org").exit(0).stdout_has("1 accepted");
    room.run("send 2026-11 --yes").exit(0).stdout_has("2 accepted");
    assert_eq!(room.messages().len(), 4);
}

#[test]
fn a_limit_and_a_condition_send_to_some_first() {
    let room =
        Newsroom::with_an_issue(["ada@example.com,Ada,en", "ben@example.com,Ben,nl", "cleo@example.com,Cleo,en"]);
    room.run("send 2026-11 --yes --where lang=en --limit 1").exit(0).stdout_has("1 accepted");
    room.run("send 2026-11 --yes --where lang=en").exit(0).stdout_has("1 accepted");
    room.run("send 2026-11 --yes").exit(0).stdout_has("1 accepted");
    room.run("send 2026-11 --yes --where city=Brussels").exit(1).stderr_has("the list has no column `city`");
    assert_eq!(room.messages().len(), 3);
}

#[test]
fn an_embargo_holds_until_its_moment() {
    let room = Newsroom::new()
        .issue("launch", "subject = \"Launch\"")
        .snippet(
            "launch",
            "site",
            "+++\ntitle = \"A site\"\nkind = \"press-release\"\nplace = \"Brussels\"\ndate = 2014-11-06\n\
             embargo = 2014-11-06T10:30:00+01:00\ncontacts = [{ name = \"Desk\", phone = \"+32 2 000 00 00\" }]\n+++\nText.\n",
        )
        .subscribers(["ada@example.com"]);
    let mut room = room.clock("2014-11-06T10:29:59+01:00");
    room.run("send launch --yes").exit(1).stderr_has("`launch` is under embargo until 2014-11-06 10:30 +01:00");
    room.run("send launch --yes --test officer@example.org").exit(0);
    room.set_env("ENVOI_NOW", "2014-11-06T10:30:00+01:00");
    room.run("send launch --yes").exit(0).stdout_has("1 accepted");
}

#[test]
fn two_processes_on_one_ledger_double_nothing() {
    let postbox = Postbox::new().reply_delay(Duration::from_millis(2)).start();
    let readers = account::readers(300);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 2");
    let one = room.spawn("send 2026-11 --yes");
    let other = room.spawn("send 2026-11 --yes");
    one.wait().exit(0);
    other.wait().exit(0);
    assert_eq!(account::taken(&postbox).len(), 300);
    assert_eq!(account::count(&room, "accepted"), 300);
}

#[test]
fn a_run_sends_to_those_whom_its_list_and_conditions_name_and_to_nobody_else() {
    let postbox = Postbox::new().reply_delay(Duration::from_millis(20)).start();
    let readers: Vec<String> = (0..40).map(|n| format!("r{n:02}@example.com,R,{}", ["en", "nl"][n % 2])).collect();
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 1");
    // enlisted, and interrupted before most of it went out
    let running = room.spawn("send 2026-11 --yes");
    postbox.wait_for(3, Duration::from_secs(20));
    running.interrupt();
    let _ = running.wait().exit(130).stdout_has("pending");
    let before = postbox.count();
    // the officer takes somebody off the list, and goes on with one part of it
    let list = room.read("subscribers.csv").replace("r39@example.com,R,nl\n", "").replace("r38@example.com,R,en\n", "");
    room.write("subscribers.csv", list);
    let rest = room.run("send 2026-11 --yes --where lang=en").exit(0).stderr_has("to go");
    let to_english = postbox.messages()[before..].iter().flat_map(|m| m.recipients.clone()).collect::<Vec<_>>();
    let number = |address: &String| address[1..3].parse::<usize>().expect("a number");
    assert!(to_english.iter().all(|address| number(address) % 2 == 0), "{to_english:?}\n{}", rest.stderr_text());
    room.run("send 2026-11 --yes").exit(0);
    assert_eq!(account::taken(&postbox).len(), 38);
    room.run("send 2026-11 --yes").exit(0).stdout("nothing is left to send\n");
}

#[test]
fn the_ledger_is_one_file_when_nobody_is_at_work() {
    let room = Newsroom::with_an_issue(["ada@example.com"]);
    room.run("send 2026-11 --yes").exit(0);
    assert!(!room.exists("ledger.db-wal"), "{:?}", room.files(""));
}

#[test]
fn a_second_ctrl_c_ends_at_once_and_leaves_what_was_under_way_uncertain() {
    let postbox = Postbox::new().on(Point::AfterEnd.nth(3), Act::StallForever).start();
    let readers = account::readers(10);
    let room = Newsroom::with_an_issue(readers.iter().map(String::as_str)).relay_with(&postbox, "connections = 1");
    let mut running = room.spawn("send 2026-11 --yes");
    postbox.wait_for(2, Duration::from_secs(20));
    std::thread::sleep(Duration::from_millis(200));
    running.interrupt();
    running.wait_for_stderr("Ctrl-C again", Duration::from_secs(10));
    running.interrupt();
    let _ = running.wait().exit(4).stderr_has("stopped at once");
    assert!(account::count(&room, "uncertain") >= 1);
    assert_eq!(account::count(&room, "in-flight") + account::count(&room, "claimed"), 0);
}
