//! What people may ask for: to see everything that is known of them, to be erased, to be forgotten after a time.

mod support;

use support::{Newsroom, Postbox, Postgres, Service, need};

fn newsroom() -> Newsroom {
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails.\"\n")
        .article("2026-11", "lead", "Ferry back in service", "Dear {{ first_name \"friends\" }}, it sails at nine.")
        .clock("2026-11-24T09:00:00Z");
    let config = room.read("envoi.toml").replace("[list]\nfile = \"subscribers.csv\"\n", "");
    room.write("envoi.toml", config);
    room
}

/// Whether a text stands anywhere in the ledger's files.
fn ledger_holds(room: &Newsroom, text: &str) -> bool {
    let holds = |name: &str| {
        let bytes = std::fs::read(room.path(name)).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
    };
    holds("ledger.db") || holds("ledger.db-wal")
}

#[test]
fn everything_that_is_known_of_somebody_is_shown() {
    let postbox = Postbox::new().rejecting("ben@example.com", 550, "5.1.1 no such user").start();
    let room = newsroom().relay(&postbox);
    room.run("subscribers add ada@example.org --lang fr --tag press --set first_name=Ada --source 'stand at the fair'")
        .exit(0);
    room.run("subscribers add ben@example.com --consent-date 2025-01-31").exit(0);
    room.run("send 2026-11 --yes").exit(3);
    room.run("subscribers show ADA@example.org").exit(0).stderr("").stdout(
        "
        address    ada@example.org
        on list    since 2026-11-24 09:00, changed 2026-11-24 09:00
        value      first_name = Ada
        value      lang = fr
        value      tags = press
        consent    2026-11-24 09:00, by hand: stand at the fair

        issue    edition  state     when              reply
        2026-11  en       accepted  2026-11-24 09:00  250 2.0.0 taken
        ",
    );
    let ben = room.run("subscribers show ben@example.com --json").exit(0).stdout_json();
    assert_eq!((&ben["listed"], &ben["suppression"]["reason"]), (&true.into(), &"bounced".into()));
    assert_eq!((&ben["deliveries"][0]["state"], &ben["deliveries"][0]["code"]), (&"rejected".into(), &550.into()));
    assert_eq!(ben["consents"][0]["given"], 1_738_281_600);
    room.run("subscribers restore ben@example.com --reason 'new mailbox'").exit(0);
    room.run("subscribers show ben@example.com")
        .exit(0)
        .stdout_has("restored   2026-11-24 09:00: new mailbox; it was bounced");
    room.run("subscribers show nobody@example.com").exit(1).stdout("nothing is known of `nobody@example.com`\n");
}

#[test]
fn who_is_erased_leaves_no_trace_and_stays_out() {
    let room = newsroom();
    room.run("subscribers add ada@example.org --set first_name=Adelheid --source 'stand at the fair'").exit(0);
    room.run("subscribers add ben@example.com").exit(0);
    room.run("send 2026-11 --yes").exit(0);
    room.run("unsubscribe ada@example.org").exit(0);
    let before = room.run("status --json").exit(0).stdout_json();
    assert!(ledger_holds(&room, "ada@example.org") && ledger_holds(&room, "Adelheid"));
    room.run("subscribers erase ada@example.org").exit(1).stderr_has("nobody is there to confirm the erasure");
    room.run("subscribers erase Ada@example.org --yes")
        .exit(0)
        .stdout(
            "`Ada@example.org` will never be written to again: 1 list row, 1 consent, 1 suppression erased, \
             1 delivery made anonymous\n",
        )
        .stderr("hint: look for the address in what the ledger does not hold: `outbox/`, backups, your mailbox\n");
    assert!(!ledger_holds(&room, "ada@") && !ledger_holds(&room, "Adelheid"));
    // what was sent is still counted
    let after = room.run("status --json").exit(0).stdout_json();
    assert_eq!(before[0]["deliveries"], after[0]["deliveries"]);
    assert_eq!(after[0]["domains"]["(anonymous)"]["accepted"], 1);
    let shown = room.run("subscribers show ada@example.org --json").exit(0).stdout_json();
    assert_eq!((&shown["listed"], &shown["deliveries"]), (&false.into(), &serde_json::json!([])));
    assert_eq!(shown["erased"], 1_795_510_800);
    // nothing brings them back
    room.run("subscribers add ada@example.org").exit(1).stderr_has("`ada@example.org` was erased");
    room.write("list.csv", "email,first_name\nADA@example.org,\nzoe@example.net,\n");
    room.run("subscribers import list.csv --yes")
        .exit(0)
        .stdout_has("`ADA@example.org` was erased, and stays off the list [W823]")
        .stdout_has("1 added, 0 changed, 0 unchanged, 1 suppressed");
    room.run("unsubscribe ada@example.org").exit(0).stdout("`ada@example.org` is suppressed already\n");
    let sent = room.messages().len();
    room.run("send 2026-11 --yes --list list.csv").exit(0).stdout_has("1 accepted").stderr_has("1 suppressed address");
    assert_eq!(room.messages().len(), sent + 1);
    assert!(!ledger_holds(&room, "ada@"));
    // but they themselves may come back
    room.run("subscribers restore ada@example.org --reason 'she wrote to us'").exit(0).stdout_has("it was erased");
    room.run("subscribers add ada@example.org").exit(0);
}

#[test]
fn what_was_still_to_be_sent_to_the_erased_is_not_sent() {
    let room = newsroom();
    room.run("subscribers add ada@example.org").exit(0);
    room.run("subscribers add ben@example.com").exit(0);
    room.run("send 2026-11 --yes --limit 1").exit(0);
    room.run("subscribers erase ben@example.com --yes").exit(0);
    room.run("send 2026-11 --yes").exit(0).stdout("nothing is left to send\n");
    let status = room.run("status --json").exit(0).stdout_json();
    assert_eq!((&status[0]["deliveries"]["suppressed"], &status[0]["deliveries"]["pending"]), (&1.into(), &0.into()));
    assert_eq!(room.messages().len(), 1);
}

#[test]
fn an_uncertain_delivery_of_the_erased_is_never_sent_again() {
    let room = newsroom();
    room.run("subscribers add ada@example.org").exit(0);
    room.run("subscribers add ben@example.com").exit(0);
    let postbox = Postbox::new().on(support::Point::AfterEnd.nth(1), support::Act::HangUp).start();
    let room = room.relay_with(&postbox, "connections = 1\npause = 0");
    room.run("send 2026-11 --yes").exit(4);
    room.run("subscribers erase ada@example.org --yes").exit(0);
    room.run("subscribers erase ben@example.com --yes").exit(0);
    room.run("subscribers add zoe@example.net").exit(0);
    room.run("send 2026-11 --yes --resend-uncertain").exit(4).stdout_has("1 accepted");
}

#[test]
fn deliveries_are_forgotten_after_the_time_the_project_keeps_them() {
    let mut room = newsroom();
    room.run("subscribers tidy").exit(1).stderr_has("keeps deliveries for ever");
    let config = room.read("envoi.toml");
    room.write("envoi.toml", format!("{config}\n[ledger]\nkeep_deliveries = \"18 months\"\n"));
    room.run("subscribers add ada@example.org").exit(0);
    room.run("send 2026-11 --yes").exit(0);
    room = room.clock("2028-05-23T09:00:00Z");
    room.run("subscribers tidy").exit(0).stdout("0 deliveries made anonymous\n");
    room = room.clock("2028-05-25T09:00:00Z");
    room.run("subscribers tidy").exit(0).stdout("1 delivery made anonymous\n");
    room.run("subscribers tidy").exit(0).stdout("0 deliveries made anonymous\n");
    let shown = room.run("subscribers show ada@example.org --json").exit(0).stdout_json();
    assert_eq!((&shown["listed"], &shown["deliveries"]), (&true.into(), &serde_json::json!([])));
    let status = room.run("status --json").exit(0).stdout_json();
    assert_eq!(status[0]["deliveries"]["accepted"], 1);
    // nobody gets it twice because it was forgotten who got it
    room.run("send 2026-11 --yes").exit(1).stderr_has("no longer knows who got it");
    assert_eq!(room.messages().len(), 1);
}

#[test]
fn a_time_that_is_none_is_refused() {
    let room = newsroom();
    let config = room.read("envoi.toml");
    for time in ["soon", "-1 year", "0 days"] {
        room.write("envoi.toml", format!("{config}\n[ledger]\nkeep_deliveries = \"{time}\"\n"));
        room.run("subscribers tidy").exit(1).stderr_has("is no time to keep something").stderr_has("envoi.toml:");
    }
}

#[test]
fn an_export_is_without_the_suppressed_and_holds_no_formula() {
    let room = newsroom();
    room.run("subscribers add ada@example.org --tag press --set 'note==HYPERLINK(\"x\")'").exit(0);
    room.run("subscribers add +bob@example.org --tag press").exit(0);
    room.run("subscribers add cleo@example.net --tag board").exit(0);
    room.run("subscribers add dirk@example.net --tag press").exit(0);
    room.run("unsubscribe dirk@example.net").exit(0);
    room.run("subscribers export press.csv --where tag:press")
        .exit(0)
        .stdout("2 subscribers written to press.csv, 1 suppressed left out\n");
    assert_eq!(
        room.read("press.csv"),
        "email,first_name,last_name,lang,tags,note\nada@example.org,,,,press,\"'=HYPERLINK(\"\"x\"\")\"\n\
         '+bob@example.org,,,,press,\n"
    );
    room.run("subscribers export out/all.json")
        .exit(0)
        .stdout("3 subscribers written to out/all.json, 1 suppressed left out\n");
    let json: serde_json::Value = serde_json::from_str(&room.read("out/all.json")).expect("JSON");
    assert_eq!(json[0]["note"], "=HYPERLINK(\"x\")");
    room.run("subscribers export x.csv --where nosuch=1").exit(1).stderr_has("no column `nosuch`");
    assert!(!room.path("x.csv").exists());
    // what it holds is people's data
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(room.path("press.csv")).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_is_shown_cannot_write_on_the_terminal() {
    let room = newsroom();
    room.run("subscribers add ada@example.org --set 'note=\u{1b}[2J\u{202e}x' --source '\u{1b}[31mred'").exit(0);
    let shown = room.run("subscribers show ada@example.org").exit(0).stdout_text();
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
}

#[test]
fn the_same_rights_hold_on_postgresql() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let mut room = newsroom().env("ENVOI_LEDGER_URL", &postgres.url());
    room.write(
        "list.csv",
        "email,first_name,city\nada@example.org,Ada,Ghent\nben@example.com,Ben,\ninfo@example.net,,\n",
    );
    let import = "subscribers import list.csv --yes --source fair --consent-date 2025-01-31";
    room.run("subscribers import list.csv --dry-run").exit(0).stdout_has("3 added");
    room.run(import).exit(0).stdout_has("3 added");
    room.run(import).exit(0).stdout_has("0 added, 0 changed, 3 unchanged");
    room.write("brevo.csv", std::fs::read("tests/lists/brevo.csv").expect("a sample"));
    room.run("subscribers import brevo.csv --yes").exit(3).stdout_has("0 added, 1 changed").stdout_has("1 who left");
    room.run("send 2026-11 --yes").exit(0).stdout_has("2 accepted").stderr_has("1 suppressed address");
    let ada = room.run("subscribers show ada@example.org --json").exit(0).stdout_json();
    assert_eq!((&ada["values"]["city"], &ada["values"]["last_name"]), (&"Ghent".into(), &"Lovelace".into()));
    assert_eq!(ada["deliveries"][0]["state"], "accepted");
    assert_eq!(ada["consents"].as_array().map(Vec::len), Some(2));
    room.run("subscribers erase ada@example.org --yes").exit(0).stdout_has("1 list row, 2 consents erased, 1 delivery");
    room.run(import).exit(0).stdout_has("`ada@example.org` was erased").stdout_has("2 suppressed");
    for table in ["subscribers", "suppressions", "deliveries", "consents", "erasures"] {
        assert_eq!(postgres.ask(&format!("SELECT count(*) FROM {table} AS row WHERE row::text ILIKE '%ada@%'")), "0");
    }
    let status = room.run("status --json").exit(0).stdout_json();
    assert_eq!(status[0]["deliveries"]["accepted"], 2);
    let config = room.read("envoi.toml");
    room.write("envoi.toml", format!("{config}\n[ledger]\nkeep_deliveries = \"18 months\"\n"));
    // the database keeps its own time: far enough behind any of today
    room = room.clock("2126-05-25T09:00:00Z");
    room.run("subscribers tidy").exit(0).stdout("1 delivery made anonymous\n");
    room.run("send 2026-11 --yes").exit(1).stderr_has("no longer knows who got it");
    room.run("subscribers export all.csv").exit(0).stdout("1 subscriber written to all.csv, 1 suppressed left out\n");
}
