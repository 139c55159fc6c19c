//! How far a send is, to be looked at while it goes on.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::ledger::{State, Tally};

/// Counts of one run; whoever shows them reads them whenever it likes.
#[derive(Debug, Default)]
pub struct Progress {
    accepted: AtomicU64,
    deferred: AtomicU64,
    rejected: AtomicU64,
    uncertain: AtomicU64,
    /// How often a delivery was deferred, the same one again too.
    deferrals: AtomicU64,
    connections: AtomicU64,
    /// How many were done before anybody looked.
    before: AtomicU64,
    /// How many workers are at work, where others are counted too.
    workers: AtomicU64,
    /// When the next deferred delivery is due, in seconds since 1970; 0 while there is something to do.
    waiting_until: AtomicI64,
}

impl Progress {
    /// How many deliveries came to a state in this run. A deferred one that was sent after all counts as accepted
    /// alone.
    pub fn count(&self, state: State) -> u64 {
        self.counter(state).map_or(0, |counter| counter.load(Ordering::Relaxed))
    }

    /// How often a delivery was deferred in this run, the same one again too: never less than it was.
    pub fn deferrals(&self) -> u64 {
        self.deferrals.load(Ordering::Relaxed)
    }

    /// How many deliveries this run is done with, for now or for good.
    pub fn done(&self) -> u64 {
        [State::Accepted, State::Rejected, State::Uncertain, State::Deferred]
            .map(|state| self.count(state))
            .iter()
            .sum()
    }

    /// How many of them were done before anybody looked.
    pub fn done_before(&self) -> u64 {
        self.before.load(Ordering::Relaxed)
    }

    /// How many workers are at work, where others are counted too.
    pub fn workers(&self) -> Option<u64> {
        Some(self.workers.load(Ordering::Relaxed)).filter(|count| *count > 0)
    }

    /// Shows what a send of many workers has come to.
    pub fn follow(&self, tally: &Tally, workers: u64, first: bool) {
        for state in [State::Accepted, State::Deferred, State::Rejected, State::Uncertain] {
            if let Some(counter) = self.counter(state) {
                counter.store(tally.count(state), Ordering::Relaxed);
            }
        }
        self.workers.store(workers, Ordering::Relaxed);
        if first {
            self.before.store(self.done(), Ordering::Relaxed);
        }
    }

    /// How many connections are open.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// When the next deferred delivery is due, in seconds since 1970, where nothing else is left to do.
    pub fn waiting_until(&self) -> Option<i64> {
        Some(self.waiting_until.load(Ordering::Relaxed)).filter(|until| *until > 0)
    }

    pub(super) fn put_off(&self, first: bool) {
        self.deferrals.fetch_add(1, Ordering::Relaxed);
        if first {
            self.deferred.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn came_to(&self, state: State, was_deferred: bool) {
        if was_deferred {
            self.deferred.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(counter) = self.counter(state) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn connected(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn disconnected(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn wait_until(&self, due: Option<i64>) {
        self.waiting_until.store(due.unwrap_or(0), Ordering::Relaxed);
    }

    fn counter(&self, state: State) -> Option<&AtomicU64> {
        match state {
            State::Accepted => Some(&self.accepted),
            State::Deferred => Some(&self.deferred),
            State::Rejected => Some(&self.rejected),
            State::Uncertain => Some(&self.uncertain),
            _ => None,
        }
    }
}
