//! A relay that misbehaves, in every way and at every point: what becomes of the deliveries, and of the program.

mod support;

use std::time::Duration;

use support::{Act, Newsroom, OpenPostbox, Point, Postbox, account};

/// A newsroom with an issue for so many readers.
fn newsroom(readers: usize, postbox: &OpenPostbox, relay: &str) -> Newsroom {
    let readers: Vec<String> = (0..readers).map(|n| format!("reader{n}@example.com")).collect();
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(readers.iter().map(String::as_str))
        .relay_with(postbox, relay)
}

#[test]
fn every_refusal_of_a_recipient_means_what_the_standard_says() {
    for (code, text, state) in [
        (421, "4.7.0 closing", "accepted"),
        (450, "4.2.1 mailbox busy", "deferred"),
        (451, "4.3.0 local error", "deferred"),
        (452, "4.5.3 too many recipients", "deferred"),
        (550, "5.1.1 no such user", "rejected"),
        (552, "5.2.2 mailbox full", "rejected"),
        (554, "5.7.1 no", "rejected"),
        (550, "5.1.1 no such user\nand never was", "rejected"),
    ] {
        // 421 is about the connection: the message goes out on the next one
        let times = if code == 421 { 1 } else { usize::MAX };
        let postbox =
            Postbox::new().on(Point::Rcpt.to("reader1@example.com").first(times), Act::reply(code, text)).start();
        let room = newsroom(4, &postbox, "connections = 1\nattempts = 1\npause = 0");
        let ending = room.run("send 2026-11 --yes").code();
        let others = if state == "accepted" { 4 } else { 3 };
        assert_eq!(account::count(&room, "accepted"), others, "{code} {text}\n{}", postbox.transcript());
        assert_eq!(account::count(&room, state), if others == 4 { 4 } else { 1 }, "{code} {text}");
        assert_eq!(ending, Some(if others == 4 { 0 } else { 3 }), "{code} {text}");
        assert_eq!(postbox.bytes_for_nobody(), 0);
        postbox.was_treated_politely();
    }
}

#[test]
fn every_answer_to_a_message_means_what_the_standard_says() {
    for (code, text, state, ending) in [
        (421, "4.7.0 closing", "deferred", 3),
        (450, "4.2.0 not now", "deferred", 3),
        (451, "4.3.0 local error", "deferred", 3),
        (452, "4.3.1 disk full", "deferred", 3),
        (550, "5.1.1 no such user", "rejected", 3),
        (550, "5.7.1 spam", "deferred", 1),
        (552, "5.3.4 too big", "deferred", 1),
        (554, "transaction failed", "deferred", 1),
    ] {
        let postbox = Postbox::new().on(Point::AfterEnd.to("reader3@example.com"), Act::reply(code, text)).start();
        let room = newsroom(4, &postbox, "connections = 1\nattempts = 1\npause = 0");
        let run = room.run("send 2026-11 --yes").exit(ending);
        assert_eq!(account::count(&room, "accepted"), 3, "{code} {text}\n{}", postbox.transcript());
        assert_eq!(account::count(&room, state), 1, "{code} {text}\n{}", run.stderr_text());
        postbox.was_treated_politely();
    }
}

#[test]
fn a_garbled_reply_is_never_taken_for_an_acceptance() {
    for garbled in ["what?\r\n", "2\r\n", "999 odd\r\n", "250-\r\n250x\r\n", "\r\n"] {
        for (point, uncertain) in [(Point::Mail, 0), (Point::Rcpt, 0), (Point::Data, 0), (Point::AfterEnd, 1)] {
            let postbox = Postbox::new().on(point.nth(2), Act::raw(garbled)).start();
            let room = newsroom(4, &postbox, "connections = 1\npause = 0\ntimeout = 1");
            let _ = room.run("send 2026-11 --yes");
            let what = format!("{garbled:?} at {point:?}\n{}", postbox.transcript());
            assert_eq!(account::count(&room, "uncertain"), uncertain, "{what}");
            assert_eq!(account::count(&room, "accepted"), 4 - uncertain, "{what}");
            assert!(postbox.count() as u64 <= 4, "{what}");
        }
    }
}

#[test]
fn a_relay_that_hangs_up_or_stalls_at_the_door_is_tried_again() {
    for point in [Point::Banner, Point::Ehlo, Point::StartTls, Point::Handshake, Point::Auth] {
        for act in [Act::HangUp, Act::StallForever] {
            let postbox = Postbox::new().starttls().login("desk", "secret").on(point.nth(1), act.clone()).start();
            let room = newsroom(3, &postbox, "connections = 1\ntimeout = 1");
            let run = room.run("send 2026-11 --yes");
            assert_eq!(run.code(), Some(0), "{point:?} {act:?}: {}", run.stderr_text());
            assert_eq!(postbox.count(), 3);
            assert!(postbox.messages().iter().all(|taken| taken.encrypted));
        }
    }
}

#[test]
fn a_relay_that_is_not_there_is_said_after_some_tries() {
    let postbox = Postbox::new().start();
    let room = newsroom(3, &postbox, "connections = 2\nattempts = 2");
    drop(postbox);
    room.run("send 2026-11 --yes").exit(1).stderr_has("cannot be reached").stderr_has("`envoi doctor`");
    assert_eq!(account::count(&room, "pending"), 3);
    room.run("doctor").exit(1).stderr_has("cannot be reached");
}

#[test]
fn a_relay_that_asks_for_a_message_whose_recipient_it_refused_gets_nothing() {
    let postbox = Postbox::new().data_for_nobody().rejecting("reader1@example.com", 550, "5.1.1 no such user").start();
    let room = newsroom(4, &postbox, "connections = 1");
    let _ = room.run("send 2026-11 --yes").exit(3).stdout_has("3 accepted, 1 rejected");
    assert_eq!(postbox.bytes_for_nobody(), 0);
    postbox.was_treated_politely();
}

#[test]
fn a_message_over_the_relays_limit_is_never_sent() {
    let postbox = Postbox::new().size_limit(2000).start();
    let room = newsroom(2, &postbox, "");
    let _ = room.run("send 2026-11 --yes").exit(1).stderr_has("the relay takes 2000 at most");
    assert_eq!(postbox.count(), 0);
    assert!(!postbox.transcript().contains("C: MAIL"));
}

#[test]
fn who_unsubscribes_during_a_send_is_left_out() {
    let postbox = Postbox::new().start();
    let room = newsroom(40, &postbox, "connections = 1\nrate = \"10/s\"");
    let running = room.spawn("send 2026-11 --yes");
    postbox.wait_for(3, Duration::from_secs(20));
    room.run("unsubscribe reader39@example.com").exit(0);
    let _ = running.wait().exit(0);
    assert_eq!(postbox.count(), 39);
    assert_eq!(account::count(&room, "suppressed"), 1);
    room.run("send 2026-11 --yes").exit(0).stdout("nothing is left to send\n");
    // and who comes back before the next run gets it after all
    room.run("subscribers restore reader39@example.com --reason asked").exit(0);
    room.run("send 2026-11 --yes").exit(0).stdout_has("1 accepted");
    assert_eq!((postbox.count(), account::count(&room, "suppressed")), (40, 0));
}

#[test]
fn a_ledger_does_not_move_during_a_send_and_no_empty_one_is_left() {
    let postbox = Postbox::new().start();
    let room = newsroom(40, &postbox, "connections = 1\nrate = \"10/s\"");
    let running = room.spawn("send 2026-11 --yes");
    postbox.wait_for(3, Duration::from_secs(20));
    room.run("ledger move --to new.db").exit(1).stderr_has("somebody is sending from this ledger");
    assert!(!room.exists("new.db"));
    let _ = running.kill();
    room.run("ledger move --to new.db").exit(0).stderr_has("stop `envoi serve` and `envoi inbox`");
}

#[test]
fn a_ledger_of_a_newer_envoi_is_left_alone() {
    let postbox = Postbox::new().start();
    let room = newsroom(2, &postbox, "");
    let _ = room.run("send 2026-11 --yes --limit 1").exit(0);
    // byte 60 of an SQLite file is its user_version (https://sqlite.org/fileformat.html, 1.3.15)
    let mut bytes = room.read_bytes("ledger.db");
    for file in ["ledger.db-wal", "ledger.db-shm"] {
        assert!(!room.exists(file) || std::fs::remove_file(room.path(file)).is_ok());
    }
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    room.write("ledger.db", &bytes);
    for command in ["send 2026-11 --yes", "status", "unsubscribe ada@example.com"] {
        let _ = room.run(command).exit(1).stderr_has("the ledger was written by a newer envoi (its version is 99");
    }
    assert_eq!(room.read_bytes("ledger.db"), bytes);
}

#[test]
fn status_tells_states_domains_and_the_relays_words() {
    let postbox = Postbox::new().rejecting("ben@example.net", 550, "5.1.1 no such user").start();
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"")
        .article("2026-11", "lead", "Ferry", "At nine.")
        .subscribers(["ada@example.com", "cleo@example.com", "ben@example.net"])
        .relay(&postbox)
        .clock("2026-11-24T09:00:00+01:00");
    room.run("status").exit(0).stdout("nothing was sent yet\n");
    let _ = room.run("send 2026-11 --yes").exit(3);
    room.run("status 2026-11").exit(0).stdout(
        "
        send  issue    began             took   accepted  rejected
        1     2026-11  2026-11-24 09:00  [TIME]  2         1

        send 1, by domain:
        domain       accepted  rejected
        example.com  2         0
        example.net  0         1

        send 1, what did not go well:
          rejected   ben@example.net  550 5.1.1 no such user
        ",
    );
    let status = room.run("status --json").exit(0).stdout_json();
    assert_eq!(status[0]["domains"]["example.net"]["rejected"], 1);
    assert_eq!(status[0]["traces"][0]["code"], 550);
}

/// A file system of a few megabytes, where this machine lets a test make one.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(at: std::path::PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&at).ok()?;
        let mount =
            std::process::Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(&at).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(at))
    }

    /// Takes all the room that is left, but for a little, which the next writes take.
    fn fill(&self) {
        use std::io::Write as _;
        let mut file = std::fs::File::create(self.0.join("filler")).expect("a file");
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).expect("it was there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_fills_up_stops_the_send_and_costs_nobody_their_message() {
    let postbox = Postbox::new().reply_delay(Duration::from_micros(500)).start();
    let room = newsroom(1500, &postbox, "connections = 2").config("[ledger]\npath = \"small/ledger.db\"\n");
    let Some(disk) = SmallDisk::mount(room.path("small")) else {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "skipped: this machine lets no test mount a small disk");
        return;
    };
    let running = room.spawn("send 2026-11 --yes");
    postbox.wait_for(50, Duration::from_secs(30));
    disk.fill();
    let _ = running.wait().exit(1).stderr_has("the ledger").stderr_has("make room on the disk");
    assert!(postbox.count() < 1500, "the disk was not full in time");
    disk.make_room();
    let last = room.run("send 2026-11 --yes").code();
    let uncertain = account::count(&room, "uncertain");
    assert_eq!(last, Some(if uncertain > 0 { 4 } else { 0 }));
    assert_eq!(account::count(&room, "accepted") + uncertain, 1500);
    assert!(uncertain <= 4, "{uncertain} uncertain: two connections have two messages under way each");
    let mut taken: Vec<String> = postbox.messages().into_iter().flat_map(|message| message.recipients).collect();
    let all = taken.len();
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), all, "somebody got it twice");
    assert!(all as u64 >= account::count(&room, "accepted"));
}
