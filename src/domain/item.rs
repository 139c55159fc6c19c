//! A point of the checklist: what was looked at, how it stands, what to publish.

use serde::Serialize;

/// How a point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// It can stay so, or it can't be known from here.
    Warn,
    /// Mail will be refused, or land in spam, for it.
    Fail,
}

impl State {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What to publish, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The name, without the last dot.
    pub name: String,
    /// `TXT`, `MX`, `PTR`.
    pub kind: &'static str,
    /// The value; of a TXT record, without quotation marks.
    pub value: String,
}

/// A point of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What was looked at: "SPF", "DKIM".
    pub topic: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to publish.
    pub publish: Option<Record>,
    /// What to do otherwise.
    pub hints: Vec<String>,
    /// Which rules of the large providers it is about.
    pub rule: &'static str,
}

impl Item {
    pub(super) fn new(topic: &'static str, rule: &'static str, state: State, found: impl Into<String>) -> Self {
        Self { topic, state, found: found.into(), publish: None, hints: Vec::new(), rule }
    }

    pub(super) fn publish(mut self, kind: &'static str, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.publish = Some(Record { name: name.into(), kind, value: value.into() });
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}
