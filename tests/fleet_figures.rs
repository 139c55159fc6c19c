//! How fast several workers are on one ledger in PostgreSQL, and what a message costs there. For hand:
//! `cargo test --test fleet_figures -- --ignored --nocapture --test-threads=1`, with `ENVOI_TEST_PROGRAM` naming a
//! release build. The results stand in docs/operations.md.

mod support;

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use envoi::ledger::{Ledger, Outcome, State};
use support::account::settled;
use support::{Newsroom, OpenPostgres, Postbox, Postgres, Service, need};

/// How long the relay takes for a message: a round trip each, pipelined.
const RELAY: Duration = Duration::from_millis(5);

/// Stands between workers and their database, and counts how often one of them waits for it.
struct Turnstile {
    port: u16,
    crossings: Arc<AtomicU64>,
}

impl Turnstile {
    fn before(postgres: &OpenPostgres) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let (crossings, database) = (Arc::new(AtomicU64::new(0)), SocketAddr::from(([127, 0, 0, 1], postgres.port())));
        let counted = Arc::clone(&crossings);
        std::thread::spawn(move || {
            for worker in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(database) else { continue };
                pass(worker, server, &counted).expect("both stay");
            }
        });
        Self { port, crossings }
    }

    fn url(&self) -> String {
        format!("postgres://envoi@127.0.0.1:{}/envoi", self.port)
    }

    /// Round trips so far.
    fn count(&self) -> u64 {
        self.crossings.load(Ordering::Relaxed)
    }
}

/// Passes on what both say. Whatever a worker says before the database has spoken again is one round trip, in however
/// many pieces it comes.
fn pass(worker: TcpStream, server: TcpStream, crossings: &Arc<AtomicU64>) -> io::Result<()> {
    worker.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let answered = Arc::new(AtomicBool::new(true));
    let (noted, crossings) = (Arc::clone(&answered), Arc::clone(crossings));
    let (from_worker, from_server) = (worker.try_clone()?, server.try_clone()?);
    let asks = move || {
        if answered.swap(false, Ordering::SeqCst) {
            crossings.fetch_add(1, Ordering::Relaxed);
        }
    };
    std::thread::spawn(move || carry(from_worker, server, asks));
    std::thread::spawn(move || carry(from_server, worker, move || noted.store(true, Ordering::SeqCst)));
    Ok(())
}

/// Carries one direction, until it ends; each piece is noted before it is passed on.
fn carry(mut from: TcpStream, mut to: TcpStream, note: impl Fn()) {
    let mut piece = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        note();
        if to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}

fn newsroom(postbox: &impl support::Relay, ledger: &str, readers: u32, connections: u32) -> Newsroom {
    let readers: Vec<String> = (0..readers).map(|n| format!("reader{n:06}@example.com")).collect();
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(readers.iter().map(String::as_str))
        .relay_with(postbox, &format!("connections = {connections}\npause = 0"))
        .config(&format!("[ledger]\nurl = \"{ledger}\""))
}

/// What a send came to.
struct Figures {
    /// Messages a second.
    rate: f64,
    /// Bytes of WAL, transactions and round trips a message.
    wal: f64,
    commits: f64,
    round_trips: f64,
}

/// A send by so many workers, each with as many connections as one alone.
fn sent_by(workers: u32, each: u32, readers: u32) -> Figures {
    // as on a server that may lose its power
    let postgres = Postgres::new().with("fsync=on").start();
    let postbox = Postbox::new().forgets_contents().round_trip(RELAY).start();
    let turnstile = Turnstile::before(&postgres);
    let room = newsroom(&postbox, &turnstile.url(), readers, each * workers);
    let _ = room.run("send 2026-11 --prepare").exit(0);
    let wal = || postgres.ask("SELECT pg_current_wal_lsn() - '0/0'").parse::<f64>().expect("a number");
    let commits = || {
        let asked = "SELECT xact_commit FROM pg_stat_database WHERE datname = 'envoi'";
        postgres.ask(asked).parse::<f64>().expect("a number")
    };
    let (wal_before, commits_before, crossed_before) = (wal(), commits(), turnstile.count());
    let running: Vec<_> = (0..workers).map(|_| room.spawn("send 2026-11 --prepared --yes")).collect();
    // from where all are at work to where none has ended
    let (from, to) = (readers as usize * 3 / 10, readers as usize * 9 / 10);
    postbox.wait_for(from, Duration::from_mins(5));
    let (begun, first) = (Instant::now(), postbox.count());
    postbox.wait_for(to, Duration::from_mins(10));
    let rate = (postbox.count() - first) as f64 / begun.elapsed().as_secs_f64();
    for worker in running {
        let _ = worker.wait_within(Duration::from_mins(5)).exit(0);
    }
    let crossed = (turnstile.count() - crossed_before) as f64;
    let _ = settled(&room, &postbox, readers.into());
    let per_message = |count: f64| count / f64::from(readers);
    // the statistics come a little later
    std::thread::sleep(Duration::from_secs(2));
    Figures {
        rate,
        wal: per_message(wal() - wal_before),
        commits: per_message(commits() - commits_before),
        round_trips: per_message(crossed),
    }
}

#[test]
#[ignore = "a measurement"]
fn throughput_grows_with_the_workers() {
    if !need(Service::Postgres) {
        return;
    }
    let each = 2;
    let mut alone = 0.0;
    for workers in [1, 2, 4] {
        let Figures { rate, wal, commits, round_trips } = sent_by(workers, each, 6000 * workers);
        alone = if workers == 1 { rate } else { alone };
        println!(
            "{workers} workers of {each} connections: {rate:.0} messages a second ({:.2} times), \
             {wal:.0} bytes of WAL, {commits:.2} transactions and {round_trips:.2} round trips a message",
            rate / alone
        );
    }
}

#[test]
#[ignore = "a measurement"]
fn the_ledger_alone() {
    const READERS: u32 = 40_000;
    if !need(Service::Postgres) {
        return;
    }
    let postgres = Postgres::new().with("fsync=on").start();
    let postbox = Postbox::new().start();
    let room = newsroom(&postbox, &postgres.url(), READERS, 4);
    let begun = Instant::now();
    let _ = room.run("send 2026-11 --prepare").exit(0);
    println!("prepared {:.0} a second, the list read three times", f64::from(READERS) / begun.elapsed().as_secs_f64());
    let project = envoi::project::Project::open(&room.path("")).expect("a project");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
    let begun = Instant::now();
    runtime.block_on(async {
        let workers = (0..4).map(|_| {
            let storage = project.ledger();
            tokio::spawn(async move {
                let mut ledger = Ledger::open(&storage).await.expect("opens");
                ledger.sign_on().await.expect("signs on");
                let send = ledger.find("2026-11").await.expect("reads").expect("prepared");
                assert!(ledger.join(send).await.expect("joins"));
                let (scribe, desk) = ledger.scribe().expect("signed on");
                loop {
                    let claimed = ledger.claim(send, 4, 256).await.expect("claims");
                    if claimed.is_empty() {
                        break;
                    }
                    let receipts: Vec<_> = claimed.iter().map(|one| scribe.in_flight(one.id)).collect();
                    for receipt in receipts {
                        assert!(receipt.written().await.expect("writes"));
                    }
                    for one in claimed {
                        let reply = "2.0.0 taken".to_owned();
                        let (id, state, code) = (one.id, State::Accepted, Some(250));
                        scribe
                            .outcome(Outcome { id, state, attempts: 1, due: 0, code, reply, suppress: false })
                            .expect("records");
                    }
                }
                drop(scribe);
                desk.close().await.expect("writes");
                ledger.close().await.expect("closes");
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.expect("no panic");
        }
    });
    let rate = f64::from(READERS) / begun.elapsed().as_secs_f64();
    println!("the ledger alone, four workers: {rate:.0} deliveries a second claimed, in flight and accepted");
    assert_eq!(postgres.ask("SELECT count(*) FROM deliveries WHERE state = 'accepted'"), READERS.to_string());
}
