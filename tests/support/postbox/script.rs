//! `Script`: what the postbox does out of the ordinary. A `Point` of the dialogue, narrowed to a `Moment`, is
//! given an `Act`. The script counts the moments and says which acts are due; it plays none of them itself.

use std::sync::Mutex;
use std::time::Duration;

use super::records::lock;

/// A point of the dialogue at which the postbox can be told to do something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Before the greeting.
    Banner,
    /// EHLO or HELO was read.
    Ehlo,
    /// STARTTLS was read.
    StartTls,
    /// The 220 to STARTTLS is written, the handshake has not begun.
    Handshake,
    /// The credentials are complete.
    Auth,
    /// MAIL was read.
    Mail,
    /// RCPT was read.
    Rcpt,
    /// DATA was read.
    Data,
    /// A part of the message was read: the first line after DATA, or half of the first BDAT chunk.
    MidBody,
    /// BDAT was read. A hang-up happens at once, a reply waits until the chunk was read.
    Bdat,
    /// The whole message was read and nothing is decided yet: who hangs up here has not taken it.
    AfterEnd,
    /// The message is taken and the 250 not yet written: who hangs up here leaves the sender uncertain.
    Accepted,
    /// RSET was read.
    Rset,
    /// QUIT was read.
    Quit,
}

/// A point, perhaps only some times, for one recipient, or on one connection.
#[derive(Clone, Debug)]
pub struct Moment {
    point: Point,
    times: Times,
    recipient: Option<String>,
    connection: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Times {
    Always,
    Nth(usize),
    First(usize),
    From(usize),
    EveryNth(usize),
}

/// What the postbox does at a moment.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers with this code and text instead of its own; line breaks in the text make a multi-line reply.
    Reply(u16, String),
    /// Writes these bytes as they are instead of a reply.
    Raw(Vec<u8>),
    /// Answers, and then closes the connection, as with 421.
    Goodbye(u16, String),
    /// Waits, and then goes on as if nothing had happened.
    Stall(Duration),
    /// Never goes on; the connection stays open until the postbox is dropped.
    StallForever,
    /// Closes the connection without a word.
    HangUp,
}

impl Act {
    /// Answers with this code and text instead of its own; line breaks in the text make a multi-line reply.
    pub fn reply(code: u16, text: impl Into<String>) -> Self {
        Self::Reply(code, text.into())
    }

    /// Writes these bytes as they are instead of a reply.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Raw(bytes.into())
    }

    /// Answers, and then closes the connection, as with 421.
    pub fn goodbye(code: u16, text: impl Into<String>) -> Self {
        Self::Goodbye(code, text.into())
    }
}

impl Point {
    /// The nth time only, counted from 1 over all connections.
    #[must_use]
    pub fn nth(self, n: usize) -> Moment {
        Moment::from(self).nth(n)
    }

    /// The first n times.
    #[must_use]
    pub fn first(self, n: usize) -> Moment {
        Moment::from(self).first(n)
    }

    /// The nth time and ever after.
    #[must_use]
    pub fn since(self, n: usize) -> Moment {
        Moment::from(self).since(n)
    }

    /// Every nth time.
    #[must_use]
    pub fn every(self, n: usize) -> Moment {
        Moment::from(self).every(n)
    }

    /// Only where this recipient is concerned: the RCPT's own, or one that the message in hand has. Points before
    /// the first recipient never concern one.
    #[must_use]
    pub fn to(self, recipient: &str) -> Moment {
        Moment::from(self).to(recipient)
    }

    /// Only on the nth connection, counted from 1.
    #[must_use]
    pub fn on_connection(self, n: usize) -> Moment {
        Moment::from(self).on_connection(n)
    }
}

impl Moment {
    /// The nth time only, counted from 1 over all connections.
    #[must_use]
    pub fn nth(self, n: usize) -> Self {
        Self { times: Times::Nth(n), ..self }
    }

    /// The first n times.
    #[must_use]
    pub fn first(self, n: usize) -> Self {
        Self { times: Times::First(n), ..self }
    }

    /// The nth time and ever after.
    #[must_use]
    pub fn since(self, n: usize) -> Self {
        Self { times: Times::From(n), ..self }
    }

    /// Every nth time.
    #[must_use]
    pub fn every(self, n: usize) -> Self {
        Self { times: Times::EveryNth(n), ..self }
    }

    /// Only where this recipient is concerned.
    #[must_use]
    pub fn to(self, recipient: &str) -> Self {
        Self { recipient: Some(recipient.to_owned()), ..self }
    }

    /// Only on the nth connection, counted from 1.
    #[must_use]
    pub fn on_connection(self, n: usize) -> Self {
        Self { connection: Some(n), ..self }
    }

    fn concerns(&self, point: Point, connection: usize, recipients: &[String]) -> bool {
        let same = |wanted: &String| recipients.iter().any(|one| one.eq_ignore_ascii_case(wanted));
        self.point == point
            && self.connection.is_none_or(|wanted| wanted == connection)
            && self.recipient.as_ref().is_none_or(same)
    }
}

impl From<Point> for Moment {
    fn from(point: Point) -> Self {
        Self { point, times: Times::Always, recipient: None, connection: None }
    }
}

impl Times {
    fn include(self, count: usize) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(n) => count == n,
            Self::First(n) => count <= n,
            Self::From(n) => count >= n,
            Self::EveryNth(n) => n != 0 && count.is_multiple_of(n),
        }
    }
}

/// The moments and acts, in the order they were given, with what was counted so far.
#[derive(Default)]
pub(super) struct Script {
    rules: Vec<Rule>,
}

struct Rule {
    moment: Moment,
    act: Act,
    count: Mutex<usize>,
}

impl Script {
    pub(super) fn add(&mut self, moment: Moment, act: Act) {
        self.rules.push(Rule { moment, act, count: Mutex::default() });
    }

    /// The acts that are due now. Every moment that this point concerns is counted, also where another act wins.
    pub(super) fn due(&self, point: Point, connection: usize, recipients: &[String]) -> Vec<Act> {
        let concerned = self.rules.iter().filter(|rule| rule.moment.concerns(point, connection, recipients));
        concerned.filter(|rule| rule.moment.times.include(rule.counted())).map(|rule| rule.act.clone()).collect()
    }
}

impl Rule {
    fn counted(&self) -> usize {
        let mut count = lock(&self.count);
        *count += 1;
        *count
    }
}
