//! The ledger through the library's front door: the same stories in both databases, and what several programs may do to
//! it at once.

mod support;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use envoi::address::Address;
use envoi::audience::Subscriber;
use envoi::language::Language;
use envoi::ledger::{Enlisted, Fate, Ledger, NewSend, Newcomer, Outcome, Recipient, SendKind, State};
use envoi::project::{Project, Storage};
use secrecy::ExposeSecret as _;
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use support::{Newsroom, Postgres, Service, need};

/// Runs what waits, on this thread alone.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

#[test]
fn a_new_ledger_may_be_opened_by_many_at_once() {
    const MANY: usize = 3;
    for round in 0..100 {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger.db");
        let start = Barrier::new(MANY);
        thread::scope(|scope| {
            let opened: Vec<_> = (0..MANY)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        wait(async { Ledger::open(&path).await.map(|_| ()) })
                    })
                })
                .collect();
            for opener in opened {
                let opened = opener.join().expect("no panic");
                assert!(opened.is_ok(), "round {round}: {opened:?}");
            }
        });
    }
}

/// Everybody who is on both sides of a test: a ledger in each database, empty.
fn both(story: impl AsyncFn(Storage)) {
    let folder = tempfile::tempdir().expect("a folder");
    wait(story(Storage::File(folder.path().join("ledger.db"))));
    if need(Service::Postgres) {
        let postgres = Postgres::new().start();
        let room = Newsroom::new().config(&format!("[ledger]\nurl = \"{}\"\nlease = 1", postgres.url()));
        let project = Project::open(&room.path("")).expect("a project");
        wait(story(project.ledger()));
    }
}

fn issue() -> NewSend {
    NewSend { issue: "2026-11".into(), kind: SendKind::Issue, columns: vec!["email".into(), "first_name".into()] }
}

fn recipients(names: &[&str]) -> Vec<Recipient> {
    let recipient = |name: &&str| {
        let address = Address::parse(&format!("{name}@example.com")).expect("an address");
        // what COPY and JSON give a meaning
        let values = vec![address.to_string(), "A\\b\tc \"d\" \u{e9}\n".to_owned()];
        Recipient { subscriber: Subscriber { address, language: Language::parse("en"), values }, edition: "en".into() }
    };
    names.iter().map(recipient).collect()
}

fn outcome(id: i64, state: State) -> Outcome {
    let reply = "2.0.0 it's \\ \"taken\"".to_owned();
    Outcome { id, state, attempts: 1, due: 0, code: Some(250), reply, suppress: state == State::Rejected }
}

/// A ledger that has signed on, with a send to these people.
async fn begun(storage: &Storage, names: &[&str]) -> (Ledger, i64) {
    let mut ledger = Ledger::open(storage).await.expect("opens");
    let send = ledger.begin(&issue()).await.expect("begins").0;
    ledger.gather(send, "all").await.expect("gathers");
    ledger.enlist(send, &recipients(names)).await.expect("enlists");
    ledger.gathered(send).await.expect("gathers");
    ledger.sign_on().await.expect("signs on");
    (ledger, send)
}

#[test]
fn a_send_is_begun_once_and_nobody_is_enlisted_twice() {
    both(async |storage| {
        let (ledger, send) = begun(&storage, &["ada", "ben"]).await;
        assert_eq!(ledger.begin(&issue()).await.expect("begins").0, send);
        ledger.suppress(&recipients(&["dan"])[0].subscriber.address, "by hand", "").await.expect("suppresses");
        let more = ledger.enlist(send, &recipients(&["ben", "cy", "dan"])).await.expect("enlists");
        assert_eq!(more, Enlisted { added: 1, known: 1, suppressed: 1 });
        assert_eq!(ledger.open_deliveries(send).await.expect("counts"), 3);
        ledger.close().await.expect("closes");
    });
}

#[test]
fn a_delivery_goes_its_way_and_tells_what_it_was() {
    both(async |storage| {
        let (ledger, send) = begun(&storage, &["ada", "ben", "cy", "dan"]).await;
        ledger.suppress(&recipients(&["dan"])[0].subscriber.address, "by hand", "").await.expect("suppresses");
        let (scribe, desk) = ledger.scribe().expect("signed on");
        let claimed = ledger.claim(send, 4, 10).await.expect("claims");
        assert_eq!(claimed.len(), 3, "who is suppressed is left out");
        assert_eq!(claimed[0].subscriber.values, recipients(&["ada"])[0].subscriber.values);
        assert!(ledger.claim(send, 4, 10).await.expect("claims").is_empty(), "claimed is claimed");
        for one in &claimed {
            assert!(scribe.in_flight(one.id).written().await.expect("is written"));
        }
        scribe.outcome(outcome(claimed[0].id, State::Accepted)).expect("records");
        scribe.outcome(outcome(claimed[1].id, State::Rejected)).expect("records");
        scribe.withdraw(claimed[2].id).expect("withdraws");
        scribe.flush().await.expect("writes");
        drop(scribe);
        desk.close().await.expect("writes");
        ledger.give_back().await.expect("gives back");
        let tally = ledger.tally(send).await.expect("counts");
        let counts =
            [State::Accepted, State::Rejected, State::Pending, State::Suppressed].map(|state| tally.count(state));
        assert_eq!(counts, [1, 1, 1, 1]);
        let traces = &ledger.sends(None, 10).await.expect("reads")[0].traces;
        assert_eq!(traces[0].reply, outcome(0, State::Rejected).reply);
        let suppressed: Vec<_> =
            ledger.suppressions().await.expect("reads").into_iter().map(|one| one.reason).collect();
        assert_eq!(suppressed, ["bounced", "by hand"]);
        ledger.close().await.expect("closes");
    });
}

#[test]
fn what_is_put_off_is_due_later_and_is_given_up_in_the_end() {
    both(async |storage| {
        let (ledger, send) = begun(&storage, &["ada", "ben"]).await;
        let (scribe, desk) = ledger.scribe().expect("signed on");
        let claimed = ledger.claim(send, 4, 10).await.expect("claims");
        let later = envoi::clock::passing_seconds() + 60;
        scribe.outcome(Outcome { due: later, ..outcome(claimed[0].id, State::Deferred) }).expect("records");
        scribe.outcome(Outcome { attempts: 4, ..outcome(claimed[1].id, State::Deferred) }).expect("records");
        scribe.flush().await.expect("writes");
        assert!(ledger.claim(send, 4, 10).await.expect("claims").is_empty());
        let due = ledger.next_due(send, 4).await.expect("reads").expect("one will be due");
        assert!((later - 2..=later + 2).contains(&due), "{due}, {later}");
        ledger.reopen(send, 4, false).await.expect("opens again");
        assert_eq!(ledger.claim(send, 4, 10).await.expect("claims").len(), 1, "what was given up begins anew");
        drop(scribe);
        desk.close().await.expect("writes");
        ledger.close().await.expect("closes");
    });
}

#[test]
fn who_was_put_off_and_is_due_again_comes_before_those_who_were_not_tried() {
    both(async |storage| {
        let (ledger, send) = begun(&storage, &["ada", "ben", "cy"]).await;
        let (scribe, desk) = ledger.scribe().expect("signed on");
        let claimed = ledger.claim(send, 4, 3).await.expect("claims");
        let now = envoi::clock::passing_seconds();
        let ends = [(State::Pending, 0), (State::Pending, 0), (State::Deferred, now)];
        for (one, (state, due)) in claimed.iter().zip(ends) {
            scribe.outcome(Outcome { due, ..outcome(one.id, state) }).expect("records");
        }
        scribe.flush().await.expect("writes");
        for (after, name) in ["cy", "ada", "ben"].into_iter().enumerate() {
            let next = ledger.claim(send, 4, 1).await.expect("claims");
            assert_eq!(next[0].subscriber.address.as_str(), format!("{name}@example.com"), "after {after}");
        }
        drop(scribe);
        desk.close().await.expect("writes");
        ledger.close().await.expect("closes");
    });
}

/// A provider was away, and thousands wait for its next time: a claim does not walk over them.
#[test]
fn a_claim_looks_at_nobody_who_was_put_off_for_later() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new()
        .with("session_preload_libraries=auto_explain")
        .with("auto_explain.log_min_duration=0")
        .with("auto_explain.log_analyze=on")
        .start();
    let room = Newsroom::new().config(&format!("[ledger]\nurl = \"{}\"", postgres.url()));
    let project = Project::open(&room.path("")).expect("a project");
    wait(async {
        let names: Vec<String> = (0..2500).map(|n| format!("reader{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (ledger, send) = begun(&project.ledger(), &names).await;
        postgres.ask("UPDATE deliveries SET state = 'deferred', due = 9999999999 WHERE id <= 2000");
        assert_eq!(ledger.claim(send, 4, 100).await.expect("claims").len(), 100);
        let log = postgres.log();
        let plan = log.split("Query Text: WITH due AS").nth(1).and_then(|rest| rest.split(" LOG: ").next());
        let plan = plan.expect("the server tells how it went about the claim");
        assert!(plan.contains("Index Scan using due_first"), "{plan}");
        assert!(!plan.contains("Rows Removed by Filter") && !plan.contains("Sort"), "{plan}");
        ledger.close().await.expect("closes");
    });
}

/// Does something to a ledger's tables behind its back.
async fn tamper(storage: &Storage, sql: &'static str) {
    match storage {
        Storage::File(path) => {
            let mut file = SqliteConnection::connect(&path.display().to_string()).await.expect("connects");
            file.execute(sql).await.expect("is done");
            file.close().await.expect("closes");
        }
        Storage::Server(server) => {
            let mut line = PgConnection::connect(server.url.expose_secret()).await.expect("connects");
            sqlx::raw_sql(sql).execute(&mut line).await.expect("is done");
        }
    }
}

#[test]
fn a_ledger_of_an_older_envoi_becomes_one_of_this() {
    both(async |storage| {
        let (ledger, send) = begun(&storage, &["ada", "ben"]).await;
        ledger.close().await.expect("closes");
        tamper(&storage, "DROP INDEX due_first; CREATE INDEX claimable ON deliveries (send, id)").await;
        let version = match &storage {
            Storage::File(_) => "PRAGMA user_version = 3",
            Storage::Server(_) => "UPDATE ledger_version SET version = 3",
        };
        tamper(&storage, version).await;
        let (ledger, same) = begun(&storage, &["ada", "ben"]).await;
        assert_eq!(same, send);
        assert_eq!(ledger.claim(send, 4, 10).await.expect("claims").len(), 2);
        ledger.close().await.expect("closes");
    });
}

/// Without the columns every merge field would be empty, and nobody would notice.
#[test]
fn a_send_whose_columns_are_damaged_is_refused() {
    both(async |storage| {
        let (ledger, send) = begun(&storage, &["ada"]).await;
        tamper(&storage, "UPDATE sends SET columns = 'email'").await;
        let error = ledger.columns(send).await.expect_err("is refused");
        assert_eq!(error.to_string(), "the ledger holds a damaged send: its columns cannot be read");
        ledger.close().await.expect("closes");
    });
}

/// The journal's last lines were lost with the power: the last that it knows of a delivery is not what became of it.
#[test]
fn what_was_put_off_before_a_power_cut_may_have_been_accepted_since() {
    let folder = tempfile::tempdir().expect("a folder");
    let storage = Storage::File(folder.path().join("ledger.db"));
    wait(async {
        let (ledger, send) = begun(&storage, &["ada", "ben"]).await;
        let (scribe, _desk) = ledger.scribe().expect("signed on");
        let claimed = ledger.claim(send, 4, 10).await.expect("claims");
        for (one, state) in claimed.iter().zip([State::Deferred, State::Accepted]) {
            scribe.outcome(outcome(one.id, state)).expect("records");
        }
        scribe.flush().await.expect("writes");
        assert_eq!(ledger.claim(send, 4, 10).await.expect("claims").len(), 1, "what was put off is tried again");
        // here the machine ends
    });
    wait(async {
        tamper(&storage, "UPDATE workers SET boot = 'the start before'").await;
        let mut ledger = Ledger::open(&storage).await.expect("opens");
        assert_eq!(ledger.sign_on().await.expect("signs on"), 1);
        let tally = &ledger.sends(None, 0).await.expect("reads")[0].deliveries;
        let counts = [State::Accepted, State::Uncertain, State::Deferred].map(|state| tally.count(state));
        assert_eq!(counts, [1, 1, 0]);
        ledger.close().await.expect("closes");
    });
}

/// Whoever reads the file meanwhile keeps its log, in which the old pages are.
#[test]
fn what_is_still_in_the_log_after_an_erasure_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    wait(async {
        let (ledger, _) = begun(&Storage::File(path.clone()), &["ada"]).await;
        let ada = recipients(&["ada"]).remove(0).subscriber.address;
        let mut reader = SqliteConnection::connect(&path.display().to_string()).await.expect("connects");
        reader.execute("BEGIN; SELECT count(*) FROM sends").await.expect("reads");
        assert!(ledger.erase(&ada).await.expect("erases").lingers);
        reader.execute("COMMIT").await.expect("has read");
        assert!(!ledger.erase(&ada).await.expect("erases").lingers);
        assert_eq!(std::fs::metadata(folder.path().join("ledger.db-wal")).expect("it is there").len(), 0);
        ledger.close().await.expect("closes");
    });
}

/// Each look at a page for readers asks who left: somebody who writes for long keeps no page waiting.
#[test]
fn questions_do_not_wait_for_whoever_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    wait(async {
        let ledger = Ledger::open(&Storage::File(path.clone())).await.expect("opens");
        let people: Vec<Address> = recipients(&["ada", "ben"]).into_iter().map(|one| one.subscriber.address).collect();
        ledger.erase(&people[0]).await.expect("erases");
        let mut writer = SqliteConnection::connect(&path.display().to_string()).await.expect("connects");
        writer.execute("BEGIN IMMEDIATE").await.expect("writes");
        assert!(ledger.suppressed().await.expect("reads").holds(&people[0]));
        assert!(ledger.suppressed_since(&people[0]).await.expect("reads").is_some());
        let newcomer = |address: &Address| Newcomer {
            address: address.clone(),
            language: None,
            values: Vec::new(),
            consent: None,
        };
        let newcomers: Vec<Newcomer> = people.iter().map(newcomer).collect();
        assert_eq!(ledger.would_take_in(&newcomers).await.expect("reads"), [Fate::Erased, Fate::Added]);
        writer.execute("COMMIT").await.expect("has written");
        ledger.close().await.expect("closes");
    });
}

/// The line is cut when the database has committed, before it can say so: the work is done once more.
#[test]
fn a_test_is_begun_once_where_its_answer_is_lost() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let url = postgres.url().replace(&postgres.port().to_string(), &cut_after_commit(postgres.port(), "INTO sends"));
    let room = Newsroom::new().config(&format!("[ledger]\nurl = \"{url}\""));
    let project = Project::open(&room.path("")).expect("a project");
    wait(async {
        let ledger = Ledger::open(&project.ledger()).await.expect("opens");
        let (send, key) = ledger.begin(&NewSend { kind: SendKind::Test, ..issue() }).await.expect("begins");
        assert_eq!(postgres.ask("SELECT id, key FROM sends"), format!("{send}|{key}"));
        ledger.close().await.expect("closes");
    });
}

/// Stands before a database, and cuts a line once: when what holds a word was committed, and before that is answered.
/// Gives its port.
fn cut_after_commit(port: u16, word: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let own = listener.local_addr().expect("a port").port().to_string();
    let cut_before = Arc::new(AtomicBool::new(false));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", port)).expect("the database");
            let cutting = Arc::new(AtomicBool::new(false));
            let (mut asks, mut asked) = (client.try_clone().expect("one more"), server.try_clone().expect("one more"));
            let (cut_before, cuts) = (Arc::clone(&cut_before), Arc::clone(&cutting));
            thread::spawn(move || {
                let mut seen = false;
                let _ = pass(&mut asks, &mut asked, |bytes| {
                    let text = String::from_utf8_lossy(bytes);
                    seen |= text.contains(word);
                    if seen && text.contains("COMMIT") && !cut_before.swap(true, Ordering::SeqCst) {
                        cuts.store(true, Ordering::SeqCst);
                    }
                    true
                });
            });
            thread::spawn(move || {
                let (mut server, mut client) = (server, client);
                let _ = pass(&mut server, &mut client, |_| !cutting.load(Ordering::SeqCst));
                let _ = client.shutdown(Shutdown::Both);
                let _ = server.shutdown(Shutdown::Both);
            });
        }
    });
    own
}

/// Passes bytes on, as long as a look lets them.
fn pass(from: &mut TcpStream, to: &mut TcpStream, mut look: impl FnMut(&[u8]) -> bool) -> std::io::Result<()> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        let count = from.read(&mut bytes)?;
        if count == 0 || !look(&bytes[..count]) {
            return to.shutdown(Shutdown::Write);
        }
        to.write_all(&bytes[..count])?;
    }
}

#[test]
fn who_signs_off_gives_back_what_was_claimed() {
    both(async |storage| {
        let (mut ledger, send) = begun(&storage, &["ada", "ben"]).await;
        let claimed = ledger.claim(send, 4, 1).await.expect("claims");
        ledger.sign_off().await.expect("signs off");
        let (other, _) = begun(&storage, &["ada", "ben"]).await;
        let again = other.claim(send, 4, 10).await.expect("claims");
        assert_eq!(again.len(), 2);
        assert!(again.iter().any(|one| one.id == claimed[0].id));
        other.close().await.expect("closes");
    });
}

#[test]
fn an_outcome_that_comes_late_is_the_truth_and_nothing_else_is_late() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let room = Newsroom::new().config(&format!("[ledger]\nurl = \"{}\"\nlease = 600", postgres.url()));
    let project = Project::open(&room.path("")).expect("a project");
    wait(async {
        let (slow, send) = begun(&project.ledger(), &["ada", "ben", "cy"]).await;
        let (scribe, desk) = slow.scribe().expect("signed on");
        let claimed = slow.claim(send, 4, 3).await.expect("claims");
        assert!(scribe.in_flight(claimed[0].id).written().await.expect("is written"));
        assert!(scribe.in_flight(claimed[1].id).written().await.expect("is written"));
        // its first beat may be on the way yet, and would renew what is ended here: it writes the row anew
        while postgres.ask("SELECT count(*) FROM workers WHERE ctid = '(0,1)'") == "1" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // it is taken for dead
        postgres.ask("UPDATE workers SET leased = now() - INTERVAL '1 second'");
        let (other, _) = begun(&project.ledger(), &["ada", "ben", "cy"]).await;
        let taken = other.claim(send, 4, 10).await.expect("claims");
        assert_eq!(taken.iter().map(|one| one.id).collect::<Vec<_>>(), [claimed[2].id]);
        assert_eq!(other.tally(send).await.expect("counts").count(State::Uncertain), 2);
        // nothing of what it held goes in flight any more
        assert!(!scribe.in_flight(claimed[2].id).written().await.expect("is answered"));
        // the relay's answer to the one, and the other never left
        scribe.outcome(outcome(claimed[0].id, State::Accepted)).expect("records");
        scribe.withdraw(claimed[1].id).expect("withdraws");
        scribe.outcome(outcome(claimed[2].id, State::Accepted)).expect("records");
        scribe.flush().await.expect("writes");
        let tally = other.tally(send).await.expect("counts");
        let counts =
            [State::Accepted, State::Pending, State::Claimed, State::Uncertain].map(|state| tally.count(state));
        assert_eq!(counts, [1, 1, 1, 0], "{tally:?}");
        drop(scribe);
        desk.close().await.expect("writes");
        other.close().await.expect("closes");
        slow.close().await.expect("closes");
    });
}

/// What was on its way when somebody was erased comes to an end without a name, and is never sent again.
#[test]
fn who_is_erased_in_flight_stays_erased_whatever_the_relay_says() {
    both(async |storage| {
        let names = ["ada", "ben", "cy", "dan"];
        let (ledger, send) = begun(&storage, &names).await;
        let (scribe, desk) = ledger.scribe().expect("signed on");
        let claimed = ledger.claim(send, 4, 10).await.expect("claims");
        for one in &claimed {
            assert!(scribe.in_flight(one.id).written().await.expect("is written"));
        }
        for one in recipients(&names) {
            assert_eq!(ledger.erase(&one.subscriber.address).await.expect("erases").deliveries, 1);
        }
        let reply = "5.1.1 <ada@example.com>: no such user".to_owned();
        let ends = [State::Rejected, State::Deferred, State::Pending];
        for (one, state) in claimed.iter().zip(ends) {
            scribe.outcome(Outcome { reply: reply.clone(), ..outcome(one.id, state) }).expect("records");
        }
        scribe.withdraw(claimed[3].id).expect("withdraws");
        scribe.flush().await.expect("writes");
        if matches!(storage, Storage::Server(_)) {
            let again = scribe.in_flight(claimed[3].id).written().await.expect("is answered");
            assert!(!again, "nobody who was erased is written to once more");
        }
        drop(scribe);
        desk.close().await.expect("writes");
        ledger.give_back().await.expect("gives back");
        assert!(ledger.claim(send, 4, 10).await.expect("claims").is_empty());
        assert_eq!(ledger.next_due(send, 4).await.expect("reads"), None);
        let status = &ledger.sends(None, 10).await.expect("reads")[0];
        assert_eq!([State::Rejected, State::Suppressed].map(|state| status.deliveries.count(state)), [1, 3]);
        assert!(status.traces.iter().all(|trace| trace.reply.is_empty()), "{:?}", status.traces);
        assert_eq!(ledger.suppressions().await.expect("reads"), []);
        ledger.close().await.expect("closes");
    });
}

/// A list is being enlisted, and has got past the look at who was erased, when somebody on it is.
#[test]
fn who_is_erased_while_a_list_is_enlisted_is_in_no_send() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let room = Newsroom::new().config(&format!("[ledger]\nurl = \"{}\"", postgres.url()));
    let project = Project::open(&room.path("")).expect("a project");
    wait(async {
        let (ledger, send) = begun(&project.ledger(), &["zoe"]).await;
        postgres.ask(
            "CREATE TABLE gate (); GRANT ALL ON gate TO PUBLIC; CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS
                      'BEGIN LOCK TABLE gate IN SHARE MODE; RETURN NEW; END';
                      CREATE TRIGGER pass BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION pass()",
        );
        let mut gate = PgConnection::connect(&postgres.url()).await.expect("connects");
        gate.execute("BEGIN; LOCK TABLE gate IN ACCESS EXCLUSIVE MODE").await.expect("shuts the gate");
        let waiting = async |count: &str| {
            tokio::time::sleep(Duration::from_millis(20)).await;
            postgres.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == count
        };
        let ada = recipients(&["ada"]);
        let address = ada[0].subscriber.address.clone();
        let enlisting = tokio::spawn({
            let ledger = ledger.clone();
            async move { ledger.enlist(send, &ada).await }
        });
        while !waiting("1").await {}
        let other = Ledger::open(&project.ledger()).await.expect("opens");
        let erasing = tokio::spawn(async move { other.erase(&address).await });
        while !erasing.is_finished() && !waiting("2").await {}
        gate.execute("COMMIT").await.expect("opens the gate");
        enlisting.await.expect("no panic").expect("enlists");
        erasing.await.expect("no panic").expect("erases");
        assert_eq!(
            postgres.ask("SELECT address, state FROM deliveries ORDER BY id"),
            "zoe@example.com|pending\n(anonymous)|suppressed"
        );
        ledger.close().await.expect("closes");
    });
}

/// Who leaves by `envoi serve` while the ledger is copied must not be written to from the copy.
#[test]
fn a_move_is_refused_where_somebody_left_meanwhile() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let room = Newsroom::new().config(&format!("[ledger]\nurl = \"{}\"", postgres.url()));
    let project = Project::open(&room.path("")).expect("a project");
    wait(async {
        let storage = Storage::File(room.path("ledger.db"));
        let (ledger, _) = begun(&storage, &["ada", "ben"]).await;
        ledger.close().await.expect("closes");
        let from = Ledger::open(&storage).await.expect("opens");
        let to = Ledger::open(&project.ledger()).await.expect("opens");
        let mut gate = PgConnection::connect(&postgres.url()).await.expect("connects");
        gate.execute("BEGIN; LOCK TABLE mailboxes IN ACCESS EXCLUSIVE MODE").await.expect("holds the last table");
        let moving = tokio::spawn(async move { from.move_to(&to).await });
        while postgres.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") != "1" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let served = Ledger::open(&storage).await.expect("opens");
        served.suppress(&recipients(&["ben"])[0].subscriber.address, "unsubscribed", "").await.expect("leaves");
        gate.execute("COMMIT").await.expect("lets go");
        let error = moving.await.expect("no panic").expect_err("is refused");
        assert_eq!(error.to_string(), "`suppressions` changed here while the ledger was copied");
        // once nobody writes any more, what is new follows
        let to = Ledger::open(&project.ledger()).await.expect("opens");
        served.move_to(&to).await.expect("moves");
        assert_eq!(postgres.ask("SELECT address FROM suppressions"), "ben@example.com");
    });
}
