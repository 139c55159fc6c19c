//! The ledger through the library's front door: the same stories in both databases, and what several programs may do to
//! it at once.

mod support;

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use envoi::ledger::{Enlisted, Ledger, Outcome, State};
use envoi::project::{Project, Storage};
use support::book::{begun, both, issue, outcome, recipients, tamper, wait};
use support::{Newsroom, Postgres, Service, need};

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
