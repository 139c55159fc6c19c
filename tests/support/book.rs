//! The ledger through the library's front door: the same story in both databases, and what may happen to one behind its
//! back.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use envoi::address::Address;
use envoi::audience::Subscriber;
use envoi::language::Language;
use envoi::ledger::{Ledger, NewSend, Outcome, Recipient, SendKind, State};
use envoi::project::{Project, Storage};
use secrecy::ExposeSecret as _;
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use super::{Newsroom, Postgres, Service, need};

/// Runs what waits, on this thread alone.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// Everybody who is on both sides of a test: a ledger in each database, empty.
pub fn both(story: impl AsyncFn(Storage)) {
    let folder = tempfile::tempdir().expect("a folder");
    wait(story(Storage::File(folder.path().join("ledger.db"))));
    if need(Service::Postgres) {
        let postgres = Postgres::new().start();
        let room = Newsroom::new().config(&format!("[ledger]\nurl = \"{}\"\nlease = 1", postgres.url()));
        let project = Project::open(&room.path("")).expect("a project");
        wait(story(project.ledger()));
    }
}

/// A send of one issue.
pub fn issue() -> NewSend {
    NewSend { issue: "2026-11".into(), kind: SendKind::Issue, columns: vec!["email".into(), "first_name".into()] }
}

/// People to be enlisted, by the first part of their addresses.
pub fn recipients(names: &[&str]) -> Vec<Recipient> {
    let recipient = |name: &&str| {
        let address = Address::parse(&format!("{name}@example.com")).expect("an address");
        // what COPY and JSON give a meaning
        let values = vec![address.to_string(), "A\\b\tc \"d\" \u{e9}\n".to_owned()];
        Recipient { subscriber: Subscriber { address, language: Language::parse("en"), values }, edition: "en".into() }
    };
    names.iter().map(recipient).collect()
}

/// What became of a delivery.
pub fn outcome(id: i64, state: State) -> Outcome {
    let reply = "2.0.0 it's \\ \"taken\"".to_owned();
    Outcome { id, state, attempts: 1, due: 0, code: Some(250), reply, suppress: state == State::Rejected }
}

/// A ledger that has signed on, with a send to these people.
pub async fn begun(storage: &Storage, names: &[&str]) -> (Ledger, i64) {
    let mut ledger = Ledger::open(storage).await.expect("opens");
    let send = ledger.begin(&issue()).await.expect("begins").0;
    ledger.gather(send, "all").await.expect("gathers");
    ledger.enlist(send, &recipients(names)).await.expect("enlists");
    ledger.gathered(send).await.expect("gathers");
    ledger.sign_on().await.expect("signs on");
    (ledger, send)
}

/// Does something to a ledger's tables behind its back.
pub async fn tamper(storage: &Storage, sql: &'static str) {
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

/// What befalls a line when a statement that holds some word is to be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// It is cut when the database has committed, before that is answered; once.
    Answer,
    /// From then on this line and all others carry nothing, and none ends.
    Silence,
}

/// Stands before a database and breaks a line. Gives its port.
pub fn stand_before(port: u16, word: &'static str, what: Break) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let own = listener.local_addr().expect("a port").port();
    let broken = Arc::new(AtomicBool::new(false));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", port)).expect("the database");
            let cut = Arc::new(AtomicBool::new(false));
            let (mut asks, mut asked) = (client.try_clone().expect("one more"), server.try_clone().expect("one more"));
            let (broken_there, cut_there) = (Arc::clone(&broken), Arc::clone(&cut));
            thread::spawn(move || {
                let mut seen = false;
                let _ = pass(&mut asks, &mut asked, |bytes| {
                    let text = String::from_utf8_lossy(bytes);
                    seen |= text.contains(word);
                    let first = seen && text.contains("COMMIT") && !broken_there.swap(true, Ordering::SeqCst);
                    cut_there.fetch_or(first, Ordering::SeqCst);
                    hold_still(what, &broken_there);
                    true
                });
            });
            let broken = Arc::clone(&broken);
            thread::spawn(move || {
                let (mut server, mut client) = (server, client);
                let _ = pass(&mut server, &mut client, |_| {
                    hold_still(what, &broken);
                    !cut.load(Ordering::SeqCst)
                });
                hold_still(what, &broken);
                let _ = client.shutdown(Shutdown::Both);
                let _ = server.shutdown(Shutdown::Both);
            });
        }
    });
    own
}

/// Passes nothing on any more, where there is silence.
fn hold_still(what: Break, broken: &AtomicBool) {
    while what == Break::Silence && broken.load(Ordering::SeqCst) {
        thread::park();
    }
}

/// Passes bytes on, as long as a look lets them.
fn pass(from: &mut TcpStream, to: &mut TcpStream, mut look: impl FnMut(&[u8]) -> bool) -> std::io::Result<()> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        let count = from.read(&mut bytes)?;
        if !look(&bytes[..count]) || count == 0 {
            return to.shutdown(Shutdown::Write);
        }
        to.write_all(&bytes[..count])?;
    }
}
