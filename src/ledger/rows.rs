//! What the ledger keeps, as types.

use std::fmt;

use serde::Serialize;

use crate::address::Address;
use crate::audience::Subscriber;

/// A send's number.
pub type SendId = i64;

/// What a send is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SendKind {
    /// An issue to its audience; there is one such send an issue, and running it again goes on with it.
    Issue,
    /// An issue to an address given by hand; each is a send of its own.
    Test,
}

impl SendKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Test => "test",
        }
    }
}

/// A send to begin.
#[derive(Debug, Clone)]
pub struct NewSend {
    /// The issue's slug.
    pub issue: String,
    /// What it is.
    pub kind: SendKind,
    /// The list's columns, in the order of subscribers' values.
    pub columns: Vec<String>,
}

/// Somebody to enlist in a send.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Who.
    pub subscriber: Subscriber,
    /// The language of the edition they get.
    pub edition: String,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// To be sent.
    Pending,
    /// A worker took it.
    Claimed,
    /// Its end may have reached the relay.
    InFlight,
    /// The relay took it (250).
    Accepted,
    /// The relay will not have it now (4yz), or the connection was lost before its end: tried again later.
    Deferred,
    /// The relay will not have it (5yz).
    Rejected,
    /// The process died, or the relay fell silent, between the message's end and the reply.
    Uncertain,
    /// The relay took it, and later word came that it did not arrive.
    Bounced,
    /// The address must not be written to.
    Suppressed,
}

impl State {
    /// Every state, in the order of a delivery's way.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Claimed,
        Self::InFlight,
        Self::Accepted,
        Self::Deferred,
        Self::Rejected,
        Self::Uncertain,
        Self::Bounced,
        Self::Suppressed,
    ];

    /// Its name in the ledger and in `status`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Claimed => "claimed",
            Self::InFlight => "in-flight",
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Rejected => "rejected",
            Self::Uncertain => "uncertain",
            Self::Bounced => "bounced",
            Self::Suppressed => "suppressed",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A delivery that this process claimed.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// To whom.
    pub subscriber: Subscriber,
    /// The language of the edition.
    pub edition: String,
    /// How many times it was tried.
    pub attempts: u16,
}

/// What became of an attempt, to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The delivery's number.
    pub id: i64,
    /// Its new state.
    pub state: State,
    /// How many times it was tried.
    pub attempts: u16,
    /// When it may be tried again, in seconds since 1970.
    pub due: i64,
    /// The relay's reply code.
    pub code: Option<u16>,
    /// The relay's reply, or what went wrong.
    pub reply: String,
    /// Whether the address refused for good, and is never to be written to again.
    pub suppress: bool,
}

/// How many of those on a list were taken into a send.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Enlisted {
    /// New in the send.
    pub added: u64,
    /// In it already.
    pub known: u64,
    /// Not taken: suppressed.
    pub suppressed: u64,
}

impl Enlisted {
    /// Counts more of them.
    pub fn add(&mut self, more: Self) {
        self.added += more.added;
        self.known += more.known;
        self.suppressed += more.suppressed;
    }
}

/// Deliveries counted by state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(pub(super) std::collections::BTreeMap<State, u64>);

impl Tally {
    /// How many are in a state.
    pub fn count(&self, state: State) -> u64 {
        self.0.get(&state).copied().unwrap_or(0)
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (state, count) in &other.0 {
            *self.0.entry(*state).or_default() += count;
        }
        self
    }

    /// The same without one state.
    #[must_use]
    pub fn without(mut self, state: State) -> Self {
        self.0.remove(&state);
        self
    }

    /// How many are still to be sent.
    pub fn open(&self) -> u64 {
        [State::Pending, State::Claimed, State::InFlight, State::Deferred].iter().map(|state| self.count(*state)).sum()
    }
}

impl Serialize for Tally {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(State::ALL.iter().map(|state| (state.name(), self.count(*state))))
    }
}

/// A delivery that did not go well, for `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// To whom.
    pub address: String,
    /// What became of it.
    pub state: State,
    /// The relay's reply code.
    pub code: Option<u16>,
    /// The relay's reply, or what went wrong.
    pub reply: String,
    /// How many times it was tried.
    pub attempts: u16,
}

/// A send, for `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SendStatus {
    /// Its number.
    pub id: SendId,
    /// The issue's slug.
    pub issue: String,
    /// What it is.
    pub kind: SendKind,
    /// When it began, in seconds since 1970.
    pub started: i64,
    /// When its last delivery changed, in seconds since 1970.
    pub changed: i64,
    /// Its deliveries by state.
    pub deliveries: Tally,
    /// Its deliveries by the domain of their address, and by state.
    pub domains: std::collections::BTreeMap<String, Tally>,
    /// Those that did not go well.
    pub traces: Vec<Trace>,
}

/// An address that is never written to again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suppression {
    /// The address.
    pub address: Address,
    /// "bounced", "unsubscribed", "complained", "by hand".
    pub reason: String,
    /// What was said.
    pub detail: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
}
