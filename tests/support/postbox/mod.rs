//! `Postbox`: a real SMTP server on a free port of 127.0.0.1, which keeps what it takes and misbehaves as told.
//! Settings in, an `OpenPostbox` out; one thread a connection, none left when it is dropped.
//!
//! ```ignore
//! let postbox = Postbox::new().chunking(true).deferring("ben@example.com", 451, 2).start();
//! ```
//!
//! It is strict: it refuses parameters it didn't offer, bare line feeds, messages that were not asked for, and it
//! notes every fault of its clients (`OpenPostbox::faults`).

mod access;
mod content;
mod dialogue;
mod offer;
mod records;
mod script;
mod wire;

use std::collections::HashMap;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::certificate::Certificate;
use super::newsroom::{Relay, Security};
use dialogue::Dialogue;
use offer::Offer;
use records::{Records, lock};
use script::Script;
use wire::{Stop, Wire};

pub use records::Taken;
pub use script::{Act, Moment, Point};

/// The settings of a postbox that is not open yet. By default it offers PIPELINING, 8BITMIME and
/// ENHANCEDSTATUSCODES, no encryption, and takes everything from everybody.
#[must_use]
#[derive(Default)]
pub struct Postbox {
    offer: Offer,
    script: Script,
    names: Option<Vec<String>>,
}

/// What the threads of a postbox share.
pub(in crate::support::postbox) struct House {
    offer: Offer,
    script: Script,
    records: Records,
    stop: Stop,
    certificate: Option<Certificate>,
}

/// A postbox that listens, until it is dropped.
pub struct OpenPostbox {
    house: Arc<House>,
    port: u16,
    sockets: Arc<Mutex<HashMap<usize, TcpStream>>>,
    doorkeeper: Option<JoinHandle<Vec<JoinHandle<()>>>>,
}

impl Postbox {
    /// A postbox that takes everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether PIPELINING is offered (RFC 2920); on by default.
    pub fn pipelining(mut self, offered: bool) -> Self {
        self.offer.pipelining = offered;
        self
    }

    /// Whether CHUNKING is offered, and BDAT understood (RFC 3030).
    pub fn chunking(mut self, offered: bool) -> Self {
        self.offer.chunking = offered;
        self
    }

    /// Whether 8BITMIME is offered (RFC 6152); on by default.
    pub fn eight_bit(mut self, offered: bool) -> Self {
        self.offer.eight_bit = offered;
        self
    }

    /// Whether SMTPUTF8 is offered (RFC 6531).
    pub fn smtputf8(mut self, offered: bool) -> Self {
        self.offer.smtputf8 = offered;
        self
    }

    /// Whether DSN is offered (RFC 3461).
    pub fn dsn(mut self, offered: bool) -> Self {
        self.offer.dsn = offered;
        self
    }

    /// Whether ENHANCEDSTATUSCODES is offered (RFC 2034); on by default.
    pub fn enhanced_codes(mut self, offered: bool) -> Self {
        self.offer.enhanced_codes = offered;
        self
    }

    /// Offers SIZE with this limit in bytes (RFC 1870), and holds to it.
    pub fn size_limit(mut self, bytes: u64) -> Self {
        self.offer.size = Some(bytes);
        self
    }

    /// Offers STARTTLS, and takes nothing without it.
    pub fn starttls(mut self) -> Self {
        self.offer.starttls = true;
        self
    }

    /// Is encrypted from the first byte.
    pub fn implicit_tls(mut self) -> Self {
        self.offer.implicit_tls = true;
        self
    }

    /// Shows a certificate for these names instead of `localhost` and `127.0.0.1`.
    pub fn certificate_for<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.names = Some(names.into_iter().map(str::to_owned).collect());
        self
    }

    /// Offers AUTH (after STARTTLS where there is that), and takes nothing from who is not logged in.
    pub fn login(mut self, user: &str, password: &str) -> Self {
        self.offer.login = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// The mechanisms that AUTH offers, `PLAIN LOGIN` by default.
    pub fn mechanisms(mut self, mechanisms: &str) -> Self {
        mechanisms.clone_into(&mut self.offer.mechanisms);
        self
    }

    /// Refuses more connections than this at a time with 421.
    pub fn at_most_connections(mut self, most: usize) -> Self {
        self.offer.most_connections = Some(most);
        self
    }

    /// Ends a connection with 421 at the MAIL after this many messages.
    pub fn messages_per_connection(mut self, most: usize) -> Self {
        self.offer.messages_per_connection = Some(most);
        self
    }

    /// Answers MAIL with 450 while this many messages were taken within the last second.
    pub fn at_most_a_second(mut self, most: usize) -> Self {
        self.offer.most_a_second = Some(most);
        self
    }

    /// Answers DATA with 354 also where every recipient was refused, as RFC 2920, section 3.1 allows; the refusal
    /// comes after the dot.
    pub fn data_for_nobody(mut self) -> Self {
        self.offer.data_for_nobody = true;
        self
    }

    /// Keeps no contents, only envelopes: for a great many messages.
    pub fn forgets_contents(mut self) -> Self {
        self.offer.forgets_contents = true;
        self
    }

    /// Thinks this long over every reply.
    pub fn reply_delay(mut self, delay: Duration) -> Self {
        self.offer.reply_delay = delay;
        self
    }

    /// Is so far away that a command and its reply take this long together. What is sent ahead travels at once.
    pub fn round_trip(mut self, time: Duration) -> Self {
        self.offer.round_trip = time;
        self
    }

    /// Refuses a recipient for good.
    pub fn rejecting(self, recipient: &str, code: u16, text: &str) -> Self {
        self.on(Point::Rcpt.to(recipient), Act::reply(code, text))
    }

    /// Refuses a recipient for now, the first few times.
    pub fn deferring(self, recipient: &str, code: u16, times: usize) -> Self {
        self.on(Point::Rcpt.to(recipient).first(times), Act::reply(code, "4.2.1 try again later"))
    }

    /// Does something else at a point of the dialogue. Of several acts for one moment the stalls are all played,
    /// and the first other one counts.
    pub fn on(mut self, moment: impl Into<Moment>, act: Act) -> Self {
        self.script.add(moment.into(), act);
        self
    }

    /// Opens the postbox.
    pub fn start(self) -> OpenPostbox {
        let encrypts = self.offer.starttls || self.offer.implicit_tls;
        let certificate = encrypts.then(|| match &self.names {
            Some(names) => Certificate::for_names(names.iter().map(String::as_str)),
            None => Certificate::for_loopback(),
        });
        let house = Arc::new(House {
            offer: self.offer,
            script: self.script,
            records: Records::default(),
            stop: Stop::default(),
            certificate,
        });
        OpenPostbox::open(house)
    }
}

impl OpenPostbox {
    fn open(house: Arc<House>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let sockets = Arc::default();
        let doorkeeper = thread::spawn({
            let (house, sockets) = (Arc::clone(&house), Arc::clone(&sockets));
            move || keep_door(&house, &listener, &sockets)
        });
        Self { house, port, sockets, doorkeeper: Some(doorkeeper) }
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the authority that a client has to trust.
    #[track_caller]
    pub fn certificate_pem(&self) -> &str {
        let certificate = self.house.certificate.as_ref();
        &certificate.expect("only a postbox with `starttls` or `implicit_tls` has a certificate").authority_pem
    }

    /// The messages taken so far, in order.
    pub fn messages(&self) -> Vec<Taken> {
        self.house.records.book().taken.clone()
    }

    /// How many messages were taken so far.
    pub fn count(&self) -> usize {
        self.house.records.book().taken.len()
    }

    /// Waits until so many messages were taken.
    #[track_caller]
    pub fn wait_for(&self, count: usize, timeout: Duration) {
        let enough = self.house.records.wait_until(timeout, |book| book.taken.len() >= count);
        assert!(enough, "{} of {count} messages came within {timeout:?}\n{}", self.count(), self.transcript());
    }

    /// Waits until the last connection is closed.
    #[track_caller]
    pub fn wait_until_quiet(&self, timeout: Duration) {
        let quiet = self.house.records.wait_until(timeout, |book| book.open == 0);
        assert!(quiet, "a connection is still open after {timeout:?}\n{}", self.transcript());
    }

    /// Every dialogue as text: `C: ` before what the client said, `S: ` before the replies, no credentials.
    pub fn transcript(&self) -> String {
        self.house.records.book().transcript()
    }

    /// The commands of each connection, without replies and credentials.
    pub fn commands(&self) -> Vec<Vec<String>> {
        self.house.records.book().commands()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.house.records.book().connections
    }

    /// How many connections were open at the same time, at most.
    pub fn most_open(&self) -> usize {
        self.house.records.book().most_open
    }

    /// How often a reply had to reach the client before it went on, over all connections that are closed.
    pub fn round_trips(&self) -> usize {
        self.house.records.book().round_trips
    }

    /// Bytes of messages that were sent though every recipient had been refused.
    pub fn bytes_for_nobody(&self) -> u64 {
        self.house.records.book().bytes_for_nobody
    }

    /// Messages taken in each second since the first one.
    pub fn per_second(&self) -> Vec<usize> {
        self.house.records.book().per_second()
    }

    /// What clients did that the standards forbid, though a lenient server would let it pass.
    pub fn faults(&self) -> Vec<String> {
        self.house.records.book().faults.clone()
    }

    /// Checks that no client did what the standards forbid.
    #[track_caller]
    pub fn was_treated_politely(&self) {
        let faults = self.faults();
        assert!(faults.is_empty(), "{}\n{}", faults.join("\n"), self.transcript());
    }
}

impl Relay for OpenPostbox {
    fn port(&self) -> u16 {
        self.port
    }

    fn security(&self) -> Security {
        match (self.house.offer.implicit_tls, self.house.offer.starttls) {
            (true, _) => Security::Implicit,
            (_, true) => Security::Required,
            _ => Security::None,
        }
    }

    fn authority_pem(&self) -> Option<&str> {
        self.house.certificate.as_ref().map(|certificate| certificate.authority_pem.as_str())
    }

    fn login(&self) -> Option<(&str, &str)> {
        self.house.offer.login.as_ref().map(|(user, password)| (user.as_str(), password.as_str()))
    }
}

impl Drop for OpenPostbox {
    fn drop(&mut self) {
        self.house.stop.raise();
        // wakes the doorkeeper from `accept`
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        let doorkeeper = self.doorkeeper.take().map(JoinHandle::join);
        for socket in lock(&self.sockets).values() {
            let _ = socket.shutdown(Shutdown::Both);
        }
        let dialogues = doorkeeper.and_then(Result::ok).unwrap_or_default();
        let panicked = dialogues.into_iter().map(JoinHandle::join).filter(Result::is_err).count();
        assert!(panicked == 0 || thread::panicking(), "{panicked} dialogues of the postbox panicked");
    }
}

/// Lets clients in until the postbox stops; gives the threads that talk to them.
fn keep_door(
    house: &Arc<House>,
    listener: &TcpListener,
    sockets: &Arc<Mutex<HashMap<usize, TcpStream>>>,
) -> Vec<JoinHandle<()>> {
    let mut dialogues = Vec::new();
    for tcp in listener.incoming() {
        if house.stop.is_raised() {
            break;
        }
        let Ok(tcp) = tcp else { continue };
        let Ok(twin) = tcp.try_clone() else { continue };
        let number = house.records.open();
        lock(sockets).insert(number, twin);
        let guest = Guest { house: Arc::clone(house), sockets: Arc::clone(sockets), number };
        dialogues.push(thread::spawn(move || guest.talk(tcp)));
    }
    dialogues
}

/// A connection on its thread. However the thread ends, the client sees that the connection is over.
struct Guest {
    house: Arc<House>,
    sockets: Arc<Mutex<HashMap<usize, TcpStream>>>,
    number: usize,
}

impl Guest {
    fn talk(&self, tcp: TcpStream) {
        if let Ok(wire) = Wire::new(tcp, self.house.offer.round_trip, self.house.stop.clone()) {
            Dialogue::new(&self.house, wire, self.number).run();
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        if let Some(twin) = lock(&self.sockets).remove(&self.number) {
            let _ = twin.shutdown(Shutdown::Both);
        }
        self.house.records.close();
    }
}
