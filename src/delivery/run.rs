//! A run of a send: claims deliveries, lets connections carry them, until nothing is left to do or it is stopped.

use std::future::Future;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jiff::Timestamp;

use super::brake::Brake;
use super::clerk::Clerk;
use super::dialogue::Manner;
use super::pace::Pace;
use super::progress::Progress;
use super::queue::{Job, Queue};
use super::relay::Relay;
use super::worker::Office;
use crate::clock;
use crate::error::{Error, Result, Trouble};
use crate::ledger::{Lease, Ledger, Scribe, SendId, State, Tally};
use crate::message::Stamper;

/// How many deliveries are claimed at once, at most: what is claimed no longer sees who unsubscribes.
const BATCH: usize = 128;

/// A run of a send.
pub struct Run<'r> {
    /// The ledger, signed on.
    pub ledger: &'r Ledger,
    /// The send.
    pub send: SendId,
    /// One an edition.
    pub stampers: &'r [Stamper],
    /// Who takes the messages.
    pub relay: &'r Relay,
    /// How many deliveries to begin at most.
    pub limit: Option<u64>,
    /// Before when nothing may go out.
    pub embargo: Option<Timestamp>,
}

/// How work under a lease ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing is left to do, or it is to end.
    Done,
    /// The lease was ended by others.
    Lapsed,
}

/// What the one who claims works with.
struct Work<'w> {
    queue: &'w Queue,
    pace: &'w Pace,
    scribe: &'w Scribe,
    lease: &'w Lease,
    progress: &'w Progress,
    brake: &'w Brake,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many deliveries came to each state in this run.
    pub accepted: u64,
    /// Put off by the relay, and not sent since.
    pub deferred: u64,
    /// Refused by the relay.
    pub rejected: u64,
    /// The relay may or may not have them.
    pub uncertain: u64,
    /// The whole send's deliveries by state, as the ledger has them now.
    pub tally: Tally,
    /// How long the run took.
    pub took: Duration,
}

impl Report {
    /// This run and a later one that counted on in the same [`Progress`].
    pub(super) fn and(self, other: &Self) -> Self {
        Self {
            accepted: self.accepted.max(other.accepted),
            deferred: self.deferred.max(other.deferred),
            rejected: self.rejected.max(other.rejected),
            uncertain: self.uncertain.max(other.uncertain),
            tally: self.tally.and(&other.tally),
            took: self.took + other.took,
        }
    }
}

impl Run<'_> {
    /// Runs until nothing is left to do, the brake is pulled, or something makes it pointless to go on. The error
    /// says why it was stopped; what was sent until then is in the ledger all the same.
    pub async fn deliver(&self, progress: &Progress, brake: &Brake) -> Result<Report> {
        let started = Instant::now();
        let mut left = self.limit.unwrap_or(u64::MAX);
        while self.attend(progress, brake, &mut left).await? == End::Lapsed {
            // somebody took this process for dead; it comes as a new one, and begins with what is open
            self.ledger.sign_on_again().await?;
        }
        self.ledger.give_back().await?;
        let count = |state| progress.count(state);
        Ok(Report {
            accepted: count(State::Accepted),
            deferred: count(State::Deferred),
            rejected: count(State::Rejected),
            uncertain: count(State::Uncertain),
            tally: self.ledger.tally(self.send).await?,
            took: started.elapsed(),
        })
    }

    /// Works under one lease, as long as that is not ended by others.
    async fn attend(&self, progress: &Progress, brake: &Brake, left: &mut u64) -> Result<End> {
        let (scribe, desk) = self.ledger.scribe()?;
        let lease = self.ledger.lease(&self.relay.name());
        let (queue, pace, own) = (Queue::default(), Pace::new(self.relay.rate), Brake::default());
        let connections = usize::from(self.relay.connections);
        let office = Office {
            relay: self.relay,
            stampers: self.stampers,
            clerk: Clerk {
                scribe: scribe.clone(),
                queue: &queue,
                pace: &pace,
                brake: &own,
                progress,
                attempts: self.relay.attempts,
                pause: self.relay.pause,
                doubts: AtomicU32::new(0),
                accepted: AtomicU64::new(0),
                suspected: Mutex::default(),
                deferred: Mutex::default(),
            },
            lease: lease.clone(),
            connected: AtomicUsize::new(0),
            most: Mutex::new(Manner::Chunked(usize::MAX)),
        };
        let workers = join_all((0..connections).map(|number| stopping(&own, office.work(number))));
        let claims = async {
            let work = Work { queue: &queue, pace: &pace, scribe: &scribe, lease: &lease, progress, brake: &own };
            stopping(&own, self.claim(&work, left)).await;
            queue.close();
        };
        {
            let mut work = Box::pin(async { tokio::join!(workers, claims) });
            let mut watch = lease.watch();
            loop {
                pace.share(lease.share().fraction(connections));
                if lease.is_gone() {
                    own.pull();
                }
                tokio::select! {
                    _ = &mut work => break,
                    () = brake.pulled(), if !own.is_pulled() => own.pull(),
                    () = watch.changed() => {}
                }
            }
        }
        drop(office);
        drop(scribe);
        let closed = desk.close().await;
        let reason = own.reason();
        closed?;
        match reason {
            Some(error) => Err(error),
            None if lease.is_gone() && !brake.is_pulled() => Ok(End::Lapsed),
            None => Ok(End::Done),
        }
    }

    /// Claims what is due, a little at a time, until nothing will be due any more in this run.
    async fn claim(&self, work: &Work<'_>, left: &mut u64) -> Result<()> {
        let Work { queue, pace, scribe, lease, progress, brake } = *work;
        while !brake.is_pulled() {
            self.check_embargo()?;
            let (waiting, out) = queue.length();
            let batch = self.batch(pace);
            let idle = !lease.holds() || lease.share().connections(usize::from(self.relay.connections)) == 0;
            if idle || waiting > batch / 2 {
                // who has no part of the relay stands by, as long as there is something to do
                if lease.holds() && waiting + out == 0 && self.nothing_left(scribe).await? {
                    return Ok(());
                }
                self.rest(queue, brake, None).await;
                continue;
            }
            let limit = batch.min(usize::try_from(*left).unwrap_or(usize::MAX));
            let claimed =
                if limit == 0 { Vec::new() } else { self.ledger.claim(self.send, self.relay.attempts, limit).await? };
            if !claimed.is_empty() {
                *left -= claimed.len() as u64;
                progress.wait_until(None);
                queue.add(claimed.into_iter().map(|delivery| Job { delivery, put_off: 0 }));
                continue;
            }
            if waiting + out > 0 {
                self.rest(queue, brake, None).await;
                continue;
            }
            // everything is handed in: the ledger now knows what was deferred
            scribe.flush().await?;
            let due = if *left == 0 { None } else { self.ledger.next_due(self.send, self.relay.attempts).await? };
            let Some(due) = due else { return Ok(()) };
            let pause = u64::try_from(due - clock::passing_seconds()).unwrap_or(0);
            if pause > 0 {
                progress.wait_until(Some(due));
                self.rest(queue, brake, Some(Duration::from_secs(pause))).await;
            }
        }
        Ok(())
    }

    /// Whether nothing will be due any more, whoever holds it now.
    async fn nothing_left(&self, scribe: &Scribe) -> Result<bool> {
        scribe.flush().await?;
        Ok(self.ledger.next_due(self.send, self.relay.attempts).await?.is_none())
    }

    /// Waits until the queue moved, at most for a while; a pause for what is not due yet goes on whatever moves.
    async fn rest(&self, queue: &Queue, brake: &Brake, pause: Option<Duration>) {
        let moved = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => drop(tokio::time::timeout(Duration::from_secs(1), queue.moved.notified()).await),
            }
        };
        tokio::select! {
            () = brake.pulled() => {}
            () = moved => {}
        }
    }

    /// About what goes out in a second, and enough to keep every connection busy.
    fn batch(&self, pace: &Pace) -> usize {
        let connections = usize::from(self.relay.connections);
        let busy = connections * self.relay.window.max(2) * 2;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a small range")]
        match pace.rate() {
            Some(rate) => rate.clamp(1.0, BATCH as f64) as usize,
            None => busy.max(BATCH),
        }
    }

    fn check_embargo(&self) -> Result<()> {
        match self.embargo {
            Some(until) if clock::now().timestamp() < until => Err(Error::Refused(
                Trouble::new(format!("the issue is under embargo until {until}"))
                    .hint("send it after that time; or give `--break-embargo` where its readers may have it before"),
            )),
            _ => Ok(()),
        }
    }
}

/// Lets an error stop the whole send.
async fn stopping(brake: &Brake, work: impl Future<Output = Result<()>>) {
    if let Err(error) = work.await {
        brake.fail(error);
    }
}
