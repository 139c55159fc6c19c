//! The ledger on PostgreSQL: the same commands as on a file, and nothing in clear that ought to be protected.

mod support;

use std::time::{Duration, Instant};

use support::account::{settled, taken};
use support::{Certificate, Newsroom, OpenPostbox, PgBouncer, Postbox, Postgres, Service, need};

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

/// A project of so many readers on this ledger.
fn newsroom(postbox: &OpenPostbox, url: &str, readers: usize, relay: &str) -> Newsroom {
    let readers: Vec<String> = (0..readers).map(|n| format!("reader{n:05}@example.com")).collect();
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(readers.iter().map(String::as_str))
        .relay_with(postbox, relay)
        .config(&format!("[ledger]\nurl = \"{url}\"\nlease = 2"))
}

#[test]
fn a_pooler_between_changes_nothing() {
    if !need(Service::PgBouncer) {
        return;
    }
    let mut postgres = Postgres::new().start();
    let pooler = PgBouncer::before(&postgres);
    let postbox = Postbox::new().chunking(true).forgets_contents().reply_delay(Duration::from_millis(1)).start();
    let room = newsroom(&postbox, &pooler.url(), 1500, "connections = 6\npause = 0");
    let workers: Vec<_> = (0..3).map(|_| room.spawn("send 2026-11 --yes")).collect();
    postbox.wait_for(300, Duration::from_secs(30));
    postgres.cut_connections();
    postbox.wait_for(600, Duration::from_secs(30));
    postgres.restart();
    for worker in workers {
        let run = worker.wait();
        assert!(matches!(run.code(), Some(0 | 4)), "{run:?}");
    }
    let _ = settled(&room, &postbox, 1500);
}

#[test]
fn a_server_elsewhere_has_to_prove_who_it_is() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().password("opensesame").certificate(Certificate::for_loopback()).start();
    let checked = postgres.url() + "?sslmode=verify-full";
    let trusted = format!("{checked}&sslrootcert=ca.pem");
    let mut room = Newsroom::new().env("ENVOI_LEDGER_URL", &checked).env("PGPASSWORD", "opensesame");
    room.write("ca.pem", postgres.authority_pem().expect("it has a certificate"));
    let _ = room.run("status").exit(1).stderr_has("cannot be opened").stderr_lacks("opensesame");
    room.set_env("ENVOI_LEDGER_URL", &trusted);
    let _ = room.run("status").exit(0);
    room.set_env("PGPASSWORD", "sesame");
    let _ = room.run("status").exit(1).stderr_has("password authentication failed").stderr_lacks("sesame");
    room.set_env("ENVOI_LEDGER_URL", &trusted.replace("envoi@", "envoi:opensesame@"));
    let _ = room.run("status").exit(0);
    // a name that is not in the certificate, and no certificate at all
    room.set_env("ENVOI_LEDGER_URL", "postgres://envoi:opensesame@db.example.org/envoi?sslmode=require");
    let _ = room.run("status").exit(1).stderr_has("would trust whoever answers").stderr_lacks("opensesame");
    room.set_env("ENVOI_LEDGER_URL", "postgres://envoi:opensesame@db.example.org/envoi?sslmdoe=verify-full");
    let _ = room.run("status").exit(1).stderr_has("did you mean `sslmode`?").stderr_lacks("opensesame");
    let plain = Postgres::new().start();
    room.set_env("ENVOI_LEDGER_URL", &(plain.url() + "?sslmode=verify-full"));
    let _ = room.run("status").exit(1).stderr_has("does not support TLS");
}

#[test]
fn a_password_has_no_place_in_the_project() {
    let room = Newsroom::new().config("[ledger]\nurl = \"postgres://envoi:opensesame@db.example.org/envoi\"");
    let _ = room.run("status").exit(1).stderr_has("`envoi.toml` is no place for one").stderr_lacks("opensesame");
}

#[test]
fn one_rate_is_shared_by_all_who_live() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().forgets_contents().start();
    let room = newsroom(&postbox, &postgres.url(), 3000, "rate = \"60/s\"\nconnections = 4");
    let per_second = |seconds: u64| {
        let (before, begun) = (postbox.count(), Instant::now());
        std::thread::sleep(Duration::from_secs(seconds));
        (postbox.count() - before) as f64 / begun.elapsed().as_secs_f64()
    };
    let one = room.spawn("send 2026-11 --yes");
    postbox.wait_for(30, Duration::from_secs(30));
    let alone = per_second(3);
    let two = room.spawn("send 2026-11 --yes");
    let three = room.spawn("send 2026-11 --yes");
    std::thread::sleep(Duration::from_secs(5));
    let together = per_second(4);
    let _ = two.kill();
    std::thread::sleep(Duration::from_secs(5));
    let after = per_second(4);
    for (rate, when) in [(alone, "one alone"), (together, "three"), (after, "two, after one died")] {
        assert!((45.0..=64.0).contains(&rate), "{when}: {rate} a second");
    }
    for worker in [one, three] {
        let _ = worker.kill();
    }
    let _ = taken(&postbox);
}

#[test]
fn what_was_prepared_once_is_only_claimed() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().forgets_contents().reply_delay(Duration::from_millis(2)).start();
    let room = newsroom(&postbox, &postgres.url(), 2500, "connections = 4\npause = 0");
    let _ = room.run("send 2026-11 --prepared --yes").exit(1).stderr_has("was not prepared");
    let _ = room.run("send 2026-11 --follow").exit(1).stderr_has("was not sent yet");
    let _ = room.run("send 2026-11 --prepare").exit(0).stdout("prepared: 2500 deliveries to go\n");
    assert_eq!(postbox.count(), 0);
    // the list is not read any more
    room.write("subscribers.csv", "nothing of use\n");
    let mut workers: Vec<_> = (0..2).map(|_| room.spawn("send 2026-11 --prepared --yes")).collect();
    postbox.wait_for(100, Duration::from_secs(30));
    let mut follower = room.spawn("send 2026-11 --follow");
    let said = follower.wait_for_stderr("workers", Duration::from_secs(20));
    assert!(said.contains("2 workers"), "{said}");
    // nobody knows how many of all will be this one's
    let said = workers[0].wait_for_stderr("one of 2 workers", Duration::from_secs(20));
    assert!(!said.lines().last().unwrap_or_default().contains("left"), "{said}");
    for worker in workers {
        let _ = worker.wait().exit(0);
    }
    let _ = follower.wait().exit(0).stdout("2500 accepted\n");
    let _ = settled(&room, &postbox, 2500);
}

/// The list is the same as in the run before, and so is its mark: only who may be written to has changed.
#[test]
fn who_is_restored_gets_what_the_others_got() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().start();
    let room = newsroom(&postbox, &postgres.url(), 3, "");
    let _ = room.run("unsubscribe reader00002@example.com").exit(0);
    let _ = room.run("send 2026-11 --yes").exit(0).stdout_has("2 accepted");
    let _ = room.run("send 2026-11 --yes").exit(0).stdout("nothing is left to send\n");
    let _ = room.run("subscribers restore reader00002@example.com --reason asked").exit(0);
    let _ = room.run("send 2026-11 --yes").exit(0).stdout_has("1 accepted");
    assert!(taken(&postbox).contains("reader00002@example.com"));
    let _ = room.run("send 2026-11 --yes").exit(0).stdout("nothing is left to send\n");
    // so does who was enlisted and left before it was their turn
    room.write("issues/2027-01/issue.toml", "subject = \"Ferry back in service\"\n");
    room.write("issues/2027-01/lead.md", room.read("issues/2026-11/lead.md"));
    let _ = room.run("send 2027-01 --prepare").exit(0);
    let _ = room.run("unsubscribe reader00002@example.com").exit(0);
    let _ = room.run("send 2027-01 --yes").exit(0).stdout_has("2 accepted");
    let _ = room.run("subscribers restore reader00002@example.com --reason asked").exit(0);
    let _ = room.run("send 2027-01 --yes").exit(0).stdout_has("1 accepted");
    // and who comes back to a list that has grown meanwhile
    room.write("issues/2027-02/issue.toml", "subject = \"Ferry back in service\"\n");
    room.write("issues/2027-02/lead.md", room.read("issues/2026-11/lead.md"));
    let _ = room.run("send 2027-02 --prepare").exit(0);
    let _ = room.run("unsubscribe reader00002@example.com").exit(0);
    let _ = room.run("send 2027-02 --yes").exit(0).stdout_has("2 accepted");
    room.write("subscribers.csv", room.read("subscribers.csv") + "reader00003@example.com\n");
    let _ = room.run("send 2027-02 --yes").exit(0).stdout_has("1 accepted");
    let _ = room.run("subscribers restore reader00002@example.com --reason asked").exit(0);
    let _ = room.run("send 2027-02 --yes").exit(0).stdout_has("1 accepted");
    let _ = room.run("send 2027-02 --yes").exit(0).stdout("nothing is left to send\n");
}

#[test]
fn a_server_that_is_to_end_does_not_wait_for_a_database_that_says_nothing() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let room = Newsroom::new().serving("").env("ENVOI_LEDGER_URL", &postgres.url());
    let served = room.serve("");
    let page = served.get("/subscribe");
    let (form, consent) = (page.hidden("form"), page.hidden("consent"));
    postgres.lock("suppressions");
    let fields = [("form", form.as_str()), ("consent", &consent), ("email", "zoe@example.org")];
    assert_eq!(served.post("/subscribe", &fields).status, 200);
    postgres.wait_for_a_waiter();
    let begun = Instant::now();
    served.running.terminate();
    let _ = served.running.wait().exit(1).stderr_has("the ledger does not answer");
    // Kubernetes would have killed it after thirty seconds
    assert!(begun.elapsed() < Duration::from_secs(28), "{:?}", begun.elapsed());
}

#[test]
fn who_has_seen_enough_of_a_send_need_not_wait_for_the_database() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().forgets_contents().start();
    let room = newsroom(&postbox, &postgres.url(), 5, "connections = 1\npause = 0");
    let _ = room.run("send 2026-11 --prepare").exit(0);
    let mut follower = room.spawn("send 2026-11 --follow");
    let _ = follower.wait_for_stderr("0 of 5", Duration::from_secs(20));
    postgres.lock("deliveries");
    postgres.wait_for_a_waiter();
    follower.interrupt();
    let _ = follower.wait_within(Duration::from_secs(20)).exit(130).stdout("5 pending\n");
}

#[test]
fn who_is_erased_during_a_send_is_left_out_and_holds_up_nobody() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().forgets_contents().reply_delay(Duration::from_millis(20)).start();
    let room = newsroom(&postbox, &postgres.url(), 60, "connections = 2\npause = 0");
    let running = room.spawn("send 2026-11 --yes");
    postbox.wait_for(3, Duration::from_secs(30));
    // it is claimed by now
    let _ = room.run("subscribers erase reader00055@example.com --yes").exit(0);
    let _ = running.wait().exit(0);
    assert_eq!(postbox.count(), 59);
    assert!(!taken(&postbox).contains("reader00055@example.com"));
}

#[test]
fn prometheus_can_see_how_a_send_goes() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new()
        .forgets_contents()
        .reply_delay(Duration::from_millis(5))
        .deferring("reader00007@example.com", 451, 2)
        .start();
    let room = newsroom(&postbox, &postgres.url(), 2000, "connections = 2\npause = 0");
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|own| own.local_addr()).expect("a port").port();
    let running = room.spawn(&format!("send 2026-11 --yes --metrics 127.0.0.1:{port}"));
    postbox.wait_for(100, Duration::from_secs(30));
    let text = fetched(port);
    for line in [
        "HTTP/1.1 200 OK",
        "envoi_deliveries_open_at_start 2000",
        "envoi_lease_held 1",
        "envoi_workers 1",
        "envoi_send_deliveries{state=\"uncertain\"} 0",
    ] {
        assert!(text.lines().any(|one| one == line), "{line} in\n{text}");
    }
    let number =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).and_then(|n| n.trim().parse::<u64>().ok());
    assert!(number("envoi_deliveries_total{state=\"accepted\"}").is_some_and(|count| count > 50), "{text}");
    assert!(number("envoi_deferrals_total").is_some_and(|count| count > 0), "{text}");
    let _ = running.kill();
}

fn fetched(port: u16) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it takes a question");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("it answers");
    text.replace("\r\n", "\n")
}

#[test]
fn a_ledger_moves_to_postgresql_and_back() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().forgets_contents().rejecting("reader00003@example.com", 550, "5.1.1 gone").start();
    let room = newsroom(&postbox, &postgres.url(), 4500, "connections = 4\npause = 0");
    let config = room.read("envoi.toml");
    // it begins in a file
    room.write("envoi.toml", config.replace("url = \"postgres", "# url = \"postgres"));
    let _ = room.run("ledger move --to elsewhere.db").exit(1).stderr_has("nothing to move");
    let _ = room.run("send 2026-11 --yes --limit 2500").exit(3);
    let _ = room.run("unsubscribe reader00001@example.com").exit(0);
    let before = room.run("status --json").exit(0).stdout_json();
    let moved = room.run(&format!("ledger move --to {}", postgres.url())).exit(0);
    let _ = moved.stdout_has("deliveries           4500 rows").stdout_has("both hold the same");
    // a second time, as after one that was cut off
    postgres.ask("DELETE FROM deliveries WHERE id % 3 = 0");
    let _ = room.run(&format!("ledger move --to {}", postgres.url())).exit(0).stdout_has("4500 rows");
    // it goes on there
    room.write("envoi.toml", &config);
    assert_eq!(room.run("status --json").exit(0).stdout_json(), before);
    // who was enlisted by whom stayed behind
    let _ = room.run("send 2026-11 --prepared --yes").exit(1).stderr_has("`envoi send 2026-11 --prepare`");
    while postgres.ask("SELECT count(*) FROM workers WHERE leased > now()") != "0" {
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = room.run("send 2026-11 --yes").exit(0);
    let _ = room.run("send 2026-11 --test ada@example.org --yes").exit(0);
    let there = room.run("status --json").exit(0).stdout_json();
    // and back, into a new file; not into the old one, which is another by now
    let _ = room.run("ledger move --to back.db").exit(0).stdout_has("both hold the same");
    let _ = room.run("ledger move --to ledger.db").exit(1).stderr_has("did not arrive as it is");
    room.write("envoi.toml", config.replace("url = \"postgres", "path = \"back.db\"\n# url = \"postgres"));
    assert_eq!(room.run("status --json").exit(0).stdout_json(), there);
    let _ = room.run("send 2026-11 --yes").exit(0).stdout_has("nothing is left to send");
    // one was refused; one more went to the test's address
    assert_eq!(taken(&postbox).len(), 4500);
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
    postbox.wait_for(1, Duration::from_secs(30));
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
