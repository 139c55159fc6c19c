//! What befalls a ledger: people who are erased in the midst of things, a power cut, a line that breaks, somebody who
//! writes or reads at the wrong moment.

mod support;

use std::time::Duration;

use envoi::address::Address;
use envoi::ledger::{Fate, Ledger, NewSend, Newcomer, Outcome, SendKind, State};
use envoi::project::{Project, Storage};
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use support::book::{Break, begun, both, issue, outcome, recipients, stand_before, tamper, wait};
use support::{Newsroom, OpenPostgres, Postgres, Service, need};

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
    let port = stand_before(postgres.port(), "INTO sends", Break::Answer);
    let (_room, project) = beside(&postgres, port);
    wait(async {
        let ledger = Ledger::open(&project.ledger()).await.expect("opens");
        let (send, key) = ledger.begin(&NewSend { kind: SendKind::Test, ..issue() }).await.expect("begins");
        assert_eq!(postgres.ask("SELECT id, key FROM sends"), format!("{send}|{key}"));
        ledger.close().await.expect("closes");
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
    let (_room, project) = in_ledger(&postgres.url(), "");
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
    let (room, project) = in_ledger(&postgres.url(), "");
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
        // what was changed and not added would not follow
        assert!(error.hints().iter().any(|hint| hint.contains("empty the other database")), "{:?}", error.hints());
        // once nobody writes any more, what is new follows
        let to = Ledger::open(&project.ledger()).await.expect("opens");
        served.move_to(&to).await.expect("moves");
        assert_eq!(postgres.ask("SELECT address FROM suppressions"), "ben@example.com");
    });
}

/// A project whose ledger is asked for at this port.
fn beside(postgres: &OpenPostgres, port: u16) -> (Newsroom, Project) {
    let url = postgres.url().replace(&postgres.port().to_string(), &port.to_string());
    in_ledger(&url, "lease = 1")
}

/// A project with its ledger there.
fn in_ledger(url: &str, more: &str) -> (Newsroom, Project) {
    let room = Newsroom::new().config(&format!("[ledger]\nurl = \"{url}\"\n{more}"));
    let project = Project::open(&room.path("")).expect("a project");
    (room, project)
}

/// A machine is stopped, or its cable pulled, between a statement and its commit: the database holds the rows for it, and
/// nobody tells it that no more will come.
#[test]
fn who_falls_silent_within_a_transaction_holds_up_nobody_for_long() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let (_far, silent) = beside(&postgres, stand_before(postgres.port(), "WITH due", Break::Silence));
    let (_near, project) = beside(&postgres, postgres.port());
    wait(async {
        let (ledger, send) = begun(&silent.ledger(), &["ada", "ben"]).await;
        let claiming = tokio::spawn(async move { ledger.claim(send, 4, 10).await });
        while postgres.ask("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'") == "0" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let claims = async {
            let (other, _) = begun(&project.ledger(), &["ada", "ben"]).await;
            let mut claimed = 0;
            while claimed < 2 {
                tokio::time::sleep(Duration::from_millis(50)).await;
                claimed += other.claim(send, 4, 10).await.expect("claims").len();
            }
            other.close().await.expect("closes");
        };
        let claimed = tokio::time::timeout(Duration::from_secs(40), claims).await;
        assert!(claimed.is_ok(), "{}", postgres.ask("SELECT pid, state, query FROM pg_stat_activity"));
        claiming.abort();
    });
}
