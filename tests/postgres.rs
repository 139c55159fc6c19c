//! The ledger on PostgreSQL: the same commands as on a file, and nothing in clear that ought to be protected.

mod support;

use support::{Newsroom, Postbox, Postgres, Service, need};

#[test]
fn a_send_runs_on_postgresql_as_it_does_on_a_file() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().rejecting("ben@example.com", 550, "5.1.1 no such user").start();
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(["ada@example.com", "ben@example.com", "cy@example.com"])
        .relay(&postbox)
        .config(&format!("[ledger]\nurl = \"{}\"", postgres.url()));
    let _ = room.run("status").exit(0).stdout("nothing was sent yet\n");
    let _ = room.run("send 2026-11 --yes").exit(3).stdout_has("2 accepted, 1 rejected");
    let _ = room.run("send 2026-11 --yes").exit(0).stdout("nothing is left to send\n");
    let _ = room.run("status 2026-11").exit(0).stdout_has("ben@example.com").stdout_has("no such user");
    assert_eq!(postgres.ask("SELECT reason, address FROM suppressions"), "bounced|ben@example.com");
    assert_eq!(postgres.ask("SELECT count(*) FROM workers"), "0");
    assert!(!room.exists("ledger.db"));
}

#[test]
fn the_list_is_kept_on_postgresql_as_it_is_in_a_file() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let room = Newsroom::new().env("ENVOI_LEDGER_URL", &postgres.url());
    room.write("envoi.toml", room.read("envoi.toml").replace("[list]\nfile = \"subscribers.csv\"\n", ""));
    let _ = room.run("subscribers add ada@example.com").exit(0);
    let _ = room.run("subscribers add ada@example.com").exit(0).stdout_has("already");
    let _ = room.run("subscribers add ben@example.com").exit(0);
    let _ = room.run("unsubscribe ben@example.com").exit(0);
    let _ = room.run("subscribers add ben@example.com").exit(1).stderr_has("suppressed");
    let _ = room.run("subscribers restore ben@example.com --reason asked").exit(0).stdout_has("unsubscribed");
    let _ = room.run("subscribers remove ben@example.com").exit(0);
    assert_eq!(postgres.ask("SELECT address FROM subscribers"), "ada@example.com");
    assert_eq!(postgres.ask("SELECT count(*) FROM consents"), "2");
}

#[test]
fn readers_subscribe_and_leave_on_postgresql_as_they_do_on_a_file() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().start();
    let room = Newsroom::new()
        .relay(&postbox)
        .serving("topics = [{ tag = \"press\", name = \"Press\" }]")
        .env("ENVOI_LEDGER_URL", &postgres.url());
    let served = room.serve("");
    let page = served.get("/subscribe");
    let (form, consent) = (page.hidden("form"), page.hidden("consent"));
    let fields = [("form", form.as_str()), ("consent", &consent), ("email", "zoe@example.org"), ("topic", "press")];
    assert_eq!(served.post("/subscribe", &fields).status, 200);
    postbox.wait_for(1, std::time::Duration::from_secs(30));
    let text = postbox.messages()[0].parsed().text;
    let path = text.split("/c/").nth(1).and_then(|rest| rest.split('?').next()).map(|token| format!("/c/{token}"));
    let path = path.expect("a link");
    let done = served.post(&path, &[("form", &served.get(&path).hidden("form")), ("action", "confirm")]);
    assert_eq!(done.status, 200);
    assert_eq!(postgres.ask("SELECT address, \"values\" FROM subscribers"), "zoe@example.org|{\"tags\":\"press\"}");
    assert_eq!(postgres.ask("SELECT count(*) FROM consents"), "1");
    let token = done.body.split("/p/").nth(1).and_then(|rest| rest.split('?').next()).expect("a token").to_owned();
    let choose = format!("/p/{token}");
    let saved = served.post(&choose, &[("form", &served.get(&choose).hidden("form")), ("action", "choose")]);
    assert_eq!(saved.status, 200);
    assert_eq!(postgres.ask("SELECT \"values\" FROM subscribers"), "{}");
    for _ in 0..2 {
        assert_eq!(served.one_click(&token).status, 200);
    }
    assert_eq!(
        postgres.ask("SELECT reason, detail, address FROM suppressions"),
        "unsubscribed|by one click|zoe@example.org"
    );
}
