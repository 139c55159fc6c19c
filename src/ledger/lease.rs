//! How long this process may go on as a worker without a new word from the ledger, and what part of the relay is its own.
//!
//! Beside a file there is no lease: a process that lives keeps what it took. On a server a worker is taken for alive
//! as long as its lease runs, by the database's clock. Here only this process's own passing of time counts: its
//! deadline lies well before the end of the lease, so that it stops by itself before anybody takes it for dead.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

/// A worker's lease; clones look at the same one.
#[derive(Debug, Clone, Default)]
pub struct Lease(Option<Arc<watch::Sender<Standing>>>);

/// How a lease stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// Until when this process may send.
    pub(super) deadline: Instant,
    /// The lease was ended by others: what was taken under it is no longer ours.
    pub(super) gone: bool,
    /// Our part of the relay.
    pub(super) share: Share,
}

/// A worker's part of what the relay allows to all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Our place among the workers on this relay, from 0.
    pub rank: usize,
    /// How many they are; 0 while the others do not know of us yet.
    pub of: usize,
}

impl Share {
    /// The whole relay.
    pub const WHOLE: Self = Self { rank: 0, of: 1 };

    /// Our part of its connections.
    pub fn connections(self, all: usize) -> usize {
        let more = |rest: usize| usize::from(self.rank < rest);
        all.checked_div(self.of).map_or(0, |each| each + more(all - each * self.of))
    }

    /// Our part of its rate, where it allows so many connections: who has none of those sends nothing.
    pub fn fraction(self, connections: usize) -> f64 {
        if self.connections(connections) == 0 { 0.0 } else { 1.0 / self.of.min(connections) as f64 }
    }
}

impl Lease {
    /// A lease that can end.
    pub(crate) fn new(deadline: Instant) -> Self {
        let share = Share { rank: 0, of: 0 };
        Self(Some(Arc::new(watch::Sender::new(Standing { deadline, gone: false, share }))))
    }

    /// Writes how it stands.
    pub(super) fn set(&self, change: impl FnOnce(&mut Standing)) {
        if let Some(standing) = &self.0 {
            standing.send_modify(change);
        }
    }

    /// Whether this process may send now.
    pub fn holds(&self) -> bool {
        self.0.as_ref().is_none_or(|standing| {
            let standing = standing.borrow();
            !standing.gone && Instant::now() < standing.deadline
        })
    }

    /// Whether it was ended by others.
    pub fn is_gone(&self) -> bool {
        self.0.as_ref().is_some_and(|standing| standing.borrow().gone)
    }

    /// Our part of the relay.
    pub fn share(&self) -> Share {
        self.0.as_ref().map_or(Share::WHOLE, |standing| standing.borrow().share)
    }

    /// Looks at it from now on: nothing that changes is missed.
    pub fn watch(&self) -> Watch {
        Watch(self.0.as_ref().map(|standing| standing.subscribe()))
    }

    /// Waits until this process may send and has a connection of so many, or the lease is gone.
    pub async fn granted(&self, index: usize, connections: usize) {
        let Some(standing) = &self.0 else { return };
        let mut standing = standing.subscribe();
        let enough =
            |now: &Standing| now.gone || Instant::now() < now.deadline && index < now.share.connections(connections);
        let _ = standing.wait_for(enough).await;
    }
}

/// Somebody who looks at a lease.
#[derive(Debug)]
pub struct Watch(Option<watch::Receiver<Standing>>);

impl Watch {
    /// Waits until something about the lease has changed since the last time; for ever, where there is none.
    pub async fn changed(&mut self) {
        let changed = match &mut self.0 {
            Some(standing) => standing.changed().await.is_ok(),
            None => false,
        };
        if !changed {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_all_are_the_whole() {
        for all in 1..20 {
            for of in 1..25 {
                let shares = (0..of).map(|rank| Share { rank, of });
                assert_eq!(shares.clone().map(|share| share.connections(all)).sum::<usize>(), all);
                let rate: f64 = shares.map(|share| share.fraction(all)).sum();
                assert!((rate - 1.0).abs() < 1e-9, "{all} connections, {of} workers: {rate}");
            }
        }
        assert_eq!(Share { rank: 0, of: 0 }.connections(4), 0);
    }
}
