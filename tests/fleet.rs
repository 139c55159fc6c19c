//! The promise of delivery on several machines: four workers on one ledger in PostgreSQL, and whatever befalls them.
//!
//! While they send, workers are killed (SIGKILL) and started anew, stopped for longer than their lease and let go on
//! (SIGSTOP, SIGCONT), the database is stopped at once and started again, and its connections are cut. Then what the
//! server took is held against what the ledger says. Two small rounds here; fifty of 20,000 messages with
//! `cargo test --test fleet -- --ignored`.

mod support;

use std::thread;
use std::time::{Duration, Instant};

use support::account::{count, random, settled, taken};
use support::{Newsroom, OpenPostbox, OpenPostgres, Postbox, Postgres, Running, Service, need};

const WORKERS: usize = 4;
/// All workers together.
const CONNECTIONS: u64 = 8;
const WINDOW: u64 = 4;
/// In seconds.
const LEASE: u64 = 2;

/// What befell the workers of a round, or of several.
#[derive(Debug, Default)]
struct Fates {
    kills: u64,
    stops: u64,
    restarts: u64,
    cuts: u64,
    uncertain: u64,
    /// Uncertain deliveries that the server had taken.
    taken_all_the_same: u64,
}

fn newsroom(postbox: &OpenPostbox, postgres: &OpenPostgres, messages: usize, relay: &str) -> Newsroom {
    let readers: Vec<String> = (0..messages).map(|n| format!("reader{n:05}@example.com")).collect();
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"")
        .article("2026-11", "lead", "Ferry back in service", "Dear {{ first_name \"reader\" }}, it sails at nine.")
        .subscribers(readers.iter().map(String::as_str))
        .relay_with(postbox, relay)
        .config(&format!("[ledger]\nurl = \"{}\"\nlease = {LEASE}", postgres.url()))
}

fn worker(room: &Newsroom) -> Running {
    room.spawn("send 2026-11 --yes")
}

/// One round: `troubles` misfortunes while `messages` go out.
fn round(postbox: Postbox, messages: usize, troubles: u64) -> Fates {
    let mut postgres = Postgres::new().start();
    let postbox = postbox.forgets_contents().start();
    let relay = format!("connections = {CONNECTIONS}\nwindow = {WINDOW}\npause = 0");
    let room = newsroom(&postbox, &postgres, messages, &relay);
    let mut fates = Fates::default();
    let mut workers: Vec<Running> = (0..WORKERS).map(|_| worker(&room)).collect();
    for trouble in 1..=troubles {
        // spread over the send
        let goal = messages as u64 * trouble / (troubles + 2) + random(messages as u64 / (troubles + 2));
        if !let_them_send(&mut workers, &postbox, usize::try_from(goal).expect("small")) {
            break;
        }
        thread::sleep(Duration::from_micros(random(3000)));
        let victim = usize::try_from(random(WORKERS as u64)).expect("small");
        match random(4) {
            0 => {
                let dead = std::mem::replace(&mut workers[victim], worker(&room));
                let _ = dead.kill();
                fates.kills += 1;
            }
            1 => {
                workers[victim].freeze();
                thread::sleep(Duration::from_millis(random(LEASE * 2500)));
                workers[victim].thaw();
                fates.stops += 1;
            }
            2 => {
                postgres.stop();
                thread::sleep(Duration::from_millis(random(LEASE * 1500)));
                postgres.run();
                fates.restarts += 1;
            }
            _ => {
                postgres.cut_connections();
                fates.cuts += 1;
            }
        }
    }
    for worker in workers {
        let run = worker.wait_within(Duration::from_mins(5));
        assert!(matches!(run.code(), Some(0 | 1 | 4)), "{run:?}");
    }
    // whatever a worker that could not go on has left
    thread::sleep(Duration::from_secs(LEASE + 1));
    let last = room.run("send 2026-11 --yes");
    (fates.uncertain, fates.taken_all_the_same) = settled(&room, &postbox, messages as u64);
    assert_eq!(last.code(), Some(if fates.uncertain == 0 { 0 } else { 4 }));
    let mishaps = fates.kills + fates.stops + (fates.restarts + fates.cuts) * WORKERS as u64;
    assert!(fates.uncertain <= mishaps * CONNECTIONS * WINDOW, "{fates:?}");
    fates
}

/// Waits until the server has taken so many messages, starting a worker for each that gave up; false if all is done.
fn let_them_send(workers: &mut [Running], postbox: &OpenPostbox, goal: usize) -> bool {
    let until = Instant::now() + Duration::from_mins(2);
    while postbox.count() < goal {
        if workers.iter_mut().all(|worker| !worker.is_alive()) {
            return false;
        }
        assert!(Instant::now() < until, "nothing goes on: {} of {goal}", postbox.count());
        thread::sleep(Duration::from_micros(500));
    }
    true
}

#[expect(clippy::print_stdout, reason = "the result, for whoever runs it by hand")]
fn rounds(rounds: u64, messages: usize, troubles: u64) {
    let mut sum = Fates::default();
    for number in 0..rounds {
        // by turns: pipelined, chunked, lockstep
        let postbox = match number % 3 {
            0 => Postbox::new().chunking(true),
            1 => Postbox::new(),
            _ => Postbox::new().pipelining(false),
        };
        let one = round(postbox, messages, troubles);
        println!("{number}: {one:?}");
        sum.kills += one.kills;
        sum.stops += one.stops;
        sum.restarts += one.restarts;
        sum.cuts += one.cuts;
        sum.uncertain += one.uncertain;
        sum.taken_all_the_same += one.taken_all_the_same;
    }
    println!("{rounds} rounds of {messages} messages: lost 0, doubled 0, {sum:?}");
}

#[test]
fn whatever_befalls_four_workers_nothing_is_lost_or_doubled() {
    if need(Service::Postgres) {
        rounds(2, 1500, 4);
    }
}

#[test]
#[ignore = "takes a quarter of an hour; its result stands in docs/operations.md"]
fn whatever_befalls_four_workers_nothing_is_lost_or_doubled_in_fifty_rounds() {
    if need(Service::Postgres) {
        rounds(50, 20_000, 8);
    }
}

#[test]
fn a_worker_that_was_only_slow_doubles_nothing() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().forgets_contents().reply_delay(Duration::from_millis(2)).start();
    let room = newsroom(&postbox, &postgres, 1200, "connections = 4\npause = 0");
    let slow = worker(&room);
    postbox.wait_for(100, Duration::from_secs(30));
    slow.freeze();
    // the other one waits for the lease of the first to end, and then sends what that had claimed
    let other = worker(&room).wait();
    assert!(matches!(other.code(), Some(0 | 4)), "{other:?}");
    assert_eq!(count(&room, "pending") + count(&room, "claimed") + count(&room, "in-flight"), 0);
    let before = taken(&postbox);
    slow.thaw();
    let slow = slow.wait();
    assert!(matches!(slow.code(), Some(0 | 4)), "{slow:?}");
    let (uncertain, _) = settled(&room, &postbox, 1200);
    assert!(uncertain <= 4 * WINDOW, "{uncertain}");
    // what it had still said to the relay before it was stopped may be taken after; no message more
    assert!(taken(&postbox).len() <= before.len() + 4 * usize::try_from(WINDOW).expect("small"));
}

#[test]
fn what_a_dead_worker_had_claimed_is_sent_by_the_others_without_a_person() {
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().start();
    let postbox = Postbox::new().forgets_contents().reply_delay(Duration::from_millis(2)).start();
    let room = newsroom(&postbox, &postgres, 800, "connections = 4\npause = 0");
    let (one, other) = (worker(&room), worker(&room));
    postbox.wait_for(100, Duration::from_secs(30));
    let _ = one.kill();
    let other = other.wait();
    assert!(matches!(other.code(), Some(0 | 4)), "{other:?}");
    let (uncertain, _) = settled(&room, &postbox, 800);
    assert!(uncertain <= 4 * WINDOW, "{uncertain}");
    assert_eq!(postgres.ask("SELECT count(*) FROM workers"), "0");
}
