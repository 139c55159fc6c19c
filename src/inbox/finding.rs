//! What is told of a message: what it was taken for, about whom, and what came of it.

use serde::Serialize;

/// What a message was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A report that the address is gone.
    HardBounce,
    /// A report that a message did not arrive this time.
    SoftBounce,
    /// A report that a message was refused for what we are or what we sent.
    Refusal,
    /// A report that a message is late.
    Delay,
    /// A report that a message arrived.
    Arrival,
    /// A complaint.
    Complaint,
    /// An unsubscription.
    Unsubscription,
    /// Automatic mail.
    Automatic,
    /// None of these.
    Unknown,
    /// Something that can't be read.
    Unreadable,
}

impl Kind {
    /// As the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::HardBounce => "hard bounce",
            Self::SoftBounce => "soft bounce",
            Self::Refusal => "refusal",
            Self::Delay => "delay",
            Self::Arrival => "arrival",
            Self::Complaint => "complaint",
            Self::Unsubscription => "unsubscription",
            Self::Automatic => "automatic",
            Self::Unknown => "unknown",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What came of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Came {
    /// The address is never written to again.
    Suppressed,
    /// It was suppressed already.
    AlreadySuppressed,
    /// It counts: so many soft bounces in a row.
    Counted,
    /// It was noted in an earlier run.
    NotedBefore,
    /// It is not about a message of ours.
    NotOurs,
    /// Nothing follows from it.
    Ignored,
}

impl Came {
    /// As the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Suppressed => "suppressed",
            Self::AlreadySuppressed => "suppressed already",
            Self::Counted => "counted",
            Self::NotedBefore => "noted before",
            Self::NotOurs => "not ours",
            Self::Ignored => "ignored",
        }
    }
}

/// What is told of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which message: its file, its place in the file, its UID.
    pub message: String,
    /// What it was taken for.
    pub kind: Kind,
    /// About whom.
    pub address: Option<String>,
    /// What came of it.
    pub came: Came,
    /// The status code, where it has one.
    pub status: Option<String>,
    /// The server's words, or why nothing follows from it.
    pub detail: String,
}

impl Finding {
    /// Whether the message has been dealt with and may leave the mailbox. What nobody understood, what says that we have
    /// something to mend, and what claims to be about a message that we did not send, stays for a person to look at.
    pub fn is_settled(&self) -> bool {
        match self.came {
            Came::Suppressed | Came::AlreadySuppressed | Came::Counted | Came::NotedBefore => true,
            Came::NotOurs => false,
            Came::Ignored => !matches!(self.kind, Kind::Unknown | Kind::Unreadable | Kind::Refusal),
        }
    }
}
