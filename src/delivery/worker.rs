//! A connection's worker: takes jobs, stamps messages, has the dialogue, hands the verdicts to the clerk.
//!
//! A message's row says `in-flight` before its end can leave. The row is asked for when the message is announced,
//! so that it is written while the round trip goes on.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::clerk::Clerk;
use super::dialogue::{Dialogue, Manner, Opening};
use super::meaning::Verdict;
use super::queue::Job;
use super::relay::{NoConnection, Relay};
use super::reply::Fault;
use crate::error::{Error, Result, Trouble};
use crate::ledger::{Lease, Receipt};
use crate::message::{Message, Stamper};

/// How long a connection is kept open while there is nothing to send.
const IDLE: Duration = Duration::from_secs(20);

/// The first pause after a connection could not be made; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause before another try to connect.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// As after so many failures a connection pauses that was refused while others are open: the relay allows no more.
const CROWDED: u32 = 3;

/// What the workers of one send share.
pub(super) struct Office<'s> {
    pub(super) relay: &'s Relay,
    pub(super) stampers: &'s [Stamper],
    pub(super) clerk: Clerk<'s>,
    /// Under which messages may leave, and what part of the relay is ours.
    pub(super) lease: Lease,
    /// How many connections there are now.
    pub(super) connected: AtomicUsize,
    /// The most ambitious manner that the relay has not failed in.
    pub(super) most: Mutex<Manner>,
}

/// A job with its message, on its way.
struct Parcel {
    job: Job,
    message: Message,
    /// Its row is being written.
    receipt: Option<Receipt>,
}

impl Office<'_> {
    /// Works until the queue is closed and empty, or the brake is pulled, as the connection of this number. An error is
    /// the ledger's.
    pub(super) async fn work(&self, own: usize) -> Result<()> {
        let mut failures = 0;
        let mut crowded = 0;
        while let Some(job) = self.next(own, None).await {
            match self.relay.connect().await {
                Ok(connection) => {
                    failures = 0;
                    crowded = 0;
                    self.connected.fetch_add(1, Ordering::Relaxed);
                    self.clerk.progress.connected();
                    let connection = connection.under(self.lease.clone());
                    let dialogue = Dialogue::new(connection, self.relay.window, self.most());
                    let carried = self.converse(own, dialogue, job).await;
                    self.connected.fetch_sub(1, Ordering::Relaxed);
                    self.clerk.progress.disconnected();
                    failures += u32::from(carried? == 0);
                    if failures > 0 {
                        self.pause(failures).await;
                    }
                }
                Err(NoConnection::Never(error)) => {
                    self.clerk.brake.fail(error);
                    return self.clerk.release(&job);
                }
                Err(NoConnection::Later(why)) => {
                    self.clerk.queue.put_back(job);
                    self.clerk.pace.give_back();
                    if self.connected.load(Ordering::Relaxed) > 0 {
                        // the relay takes no more connections for now: the others carry on meanwhile
                        self.pause(CROWDED + crowded).await;
                        crowded += 1;
                        continue;
                    }
                    failures += 1;
                    if failures >= u32::from(self.relay.attempts) {
                        self.clerk.brake.fail(unreachable(self.relay, &why));
                        return Ok(());
                    }
                    self.pause(failures).await;
                }
            }
        }
        Ok(())
    }

    /// One connection's life. Gives how many messages were answered on it.
    async fn converse(&self, own: usize, mut dialogue: Dialogue, first: Job) -> Result<u32> {
        let done = match dialogue.manner {
            Manner::Chunked(_) => self.stream(own, &mut dialogue, first).await,
            _ => self.alternate(own, &mut dialogue, first).await,
        };
        self.learn(&dialogue);
        let carried = dialogue.carried;
        dialogue.end().await;
        done.map(|()| carried)
    }

    /// One message after the other, each one's envelope going out with the end of the one before.
    async fn alternate(&self, own: usize, dialogue: &mut Dialogue, first: Job) -> Result<()> {
        let mut next = Some(first);
        let mut open: Option<Parcel> = None;
        loop {
            let announced = next.take().and_then(|job| self.stamp(dialogue, job));
            if open.is_none() && announced.is_none() && self.clerk.brake.is_pulled() {
                return Ok(());
            }
            if let Some(receipt) = open.as_mut().and_then(|parcel| parcel.receipt.take())
                && !receipt.written().await?
            {
                // the relay waits for a message that does not come: it hears of it by the connection's end
                dialogue.over = Some(Fault::Late);
                return open.into_iter().chain(announced).try_for_each(|parcel| self.hold_back(parcel.job));
            }
            let (verdict, opening) =
                dialogue.turn(open.as_ref().map(|p| &p.message), announced.as_ref().map(|p| &p.message)).await;
            if let (Some(parcel), Some(verdict)) = (open.take(), verdict) {
                self.enter(parcel.job, verdict)?;
            }
            match (announced, opening) {
                (Some(parcel), Some(Opening::Ready)) => open = Some(parcel),
                (Some(parcel), Some(Opening::Over(verdict))) => self.enter(parcel.job, verdict)?,
                _ => {}
            }
            if dialogue.over.is_some() {
                return Ok(());
            }
            next = match &open {
                // the relay waits for a message: it is not kept waiting
                Some(_) if self.has_room(own, dialogue.carried + 1) => self.next_at_once(),
                None if self.has_room(own, dialogue.carried) => self.next(own, Some(IDLE)).await,
                _ => None,
            };
            if open.is_none() && next.is_none() {
                return Ok(());
            }
        }
    }

    /// Several messages under way at once.
    async fn stream(&self, own: usize, dialogue: &mut Dialogue, first: Job) -> Result<()> {
        let mut under_way: VecDeque<Job> = VecDeque::new();
        let mut next = Some(first);
        let mut late = false;
        loop {
            let mut ready = Vec::new();
            let mut began = dialogue.carried + u32::try_from(under_way.len()).unwrap_or(u32::MAX);
            while under_way.len() + ready.len() < dialogue.window() && dialogue.over.is_none() && !late {
                let Some(job) =
                    next.take().or_else(|| self.has_room(own, began).then(|| self.next_at_once()).flatten())
                else {
                    break;
                };
                ready.extend(self.stamp(dialogue, job));
                began += 1;
            }
            for parcel in &mut ready {
                if let Some(receipt) = parcel.receipt.take() {
                    late |= !receipt.written().await?;
                }
            }
            for Parcel { job, message, .. } in ready {
                if late {
                    self.hold_back(job)?;
                    continue;
                }
                dialogue.send_ahead(&message);
                under_way.push_back(job);
            }
            if let Some(job) = under_way.pop_front() {
                let verdict = dialogue.oldest().await;
                self.enter(job, verdict)?;
                continue;
            }
            if dialogue.over.is_some() || late || !self.has_room(own, dialogue.carried) {
                return Ok(());
            }
            next = self.next(own, Some(IDLE)).await;
            if next.is_none() {
                return Ok(());
            }
        }
    }

    /// The next job, when there is one, the lease holds, the connection is ours and the pace allows it; none at the end,
    /// or when it takes longer than there is patience for. A job that was taken is never dropped on the way.
    async fn next(&self, own: usize, patience: Option<Duration>) -> Option<Job> {
        let brake = self.clerk.brake;
        if brake.is_pulled() {
            return None;
        }
        let patience = async {
            match patience {
                Some(patience) => tokio::time::sleep(patience).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(patience);
        let connections = usize::from(self.relay.connections);
        let job = tokio::select! {
            biased;
            () = brake.pulled() => None,
            () = self.clerk.queue.over() => None,
            job = async {
                self.lease.granted(own, connections).await;
                if self.lease.is_gone() {
                    // whoever leads the run pulls the brake
                    std::future::pending::<()>().await;
                }
                self.clerk.queue.take().await
            } => job,
            () = &mut patience => None,
        }?;
        tokio::select! {
            biased;
            () = brake.pulled() => {
                self.clerk.queue.put_back(job);
                None
            }
            () = self.clerk.pace.wait() => Some(job),
            () = &mut patience => {
                self.clerk.queue.put_back(job);
                None
            }
        }
    }

    /// Has a verdict entered, of which one is for us: what was held back.
    fn enter(&self, job: Job, verdict: Verdict) -> Result<()> {
        match verdict {
            Verdict::Late => self.hold_back(job),
            verdict => self.clerk.enter(job, verdict),
        }
    }

    /// Keeps a message that must not go out now. Where the lease holds, the row itself was taken from us, by an erasure
    /// for one: it is let go, which changes nothing where it is not ours. Else it waits until the lease holds again.
    fn hold_back(&self, job: Job) -> Result<()> {
        if self.lease.holds() { self.clerk.release(&job) } else { self.clerk.hold_back(job) }
    }

    /// Whether the connection of this number may be used now.
    fn may_use(&self, own: usize) -> bool {
        self.lease.holds() && own < self.lease.share().connections(usize::from(self.relay.connections))
    }

    /// The next job, if nobody has to wait for it.
    fn next_at_once(&self) -> Option<Job> {
        if self.clerk.brake.is_pulled() || !self.clerk.pace.ask() {
            return None;
        }
        let job = self.clerk.queue.try_take();
        if job.is_none() {
            self.clerk.pace.give_back();
        }
        job
    }

    /// Makes a job's message and asks for its row; none where the relay would not take it.
    fn stamp(&self, dialogue: &Dialogue, job: Job) -> Option<Parcel> {
        let edition = &job.delivery.edition;
        let stamper = self.stampers.iter().find(|stamper| stamper.serves(edition, &job.delivery.subscriber));
        let Some(stamper) = stamper else {
            self.clerk.brake.fail(Error::Refused(
                Trouble::new(format!("the issue has no `{edition}` edition any more, but deliveries of it are open"))
                    .hint(format!("put `{edition}` back into `languages` of `issue.toml`")),
            ));
            let _ = self.clerk.release(&job);
            return None;
        };
        let message = stamper.stamp_delivery(job.delivery.id, &job.delivery.subscriber);
        let limit = dialogue.size_limit().filter(|limit| message.bytes.len() as u64 > *limit);
        if let Some(limit) = limit {
            self.clerk.brake.fail(Error::Relay(
                Trouble::new(format!(
                    "a message has {} bytes, and the relay takes {limit} at most",
                    message.bytes.len()
                ))
                .hint("make the pictures smaller, or let readers fetch them: `mode = \"link\"` under `[images]`"),
            ));
            let _ = self.clerk.release(&job);
            return None;
        }
        let receipt = Some(self.clerk.scribe.in_flight(job.delivery.id));
        Some(Parcel { job, message, receipt })
    }

    fn has_room(&self, own: usize, carried: u32) -> bool {
        self.may_use(own) && self.relay.messages_per_connection.is_none_or(|most| carried < most.max(1))
    }

    fn most(&self) -> Manner {
        *self.most.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A relay that fails in what it offers gets it simpler from then on.
    fn learn(&self, dialogue: &Dialogue) {
        let failed = match &dialogue.over {
            Some(Fault::Garbled(_)) => true,
            Some(Fault::Silent(_) | Fault::Lost(_)) => dialogue.carried == 0,
            Some(Fault::Goodbye(_) | Fault::Late) | None => false,
        };
        if failed {
            let simpler = match dialogue.manner {
                Manner::Chunked(_) => Manner::Pipelined,
                Manner::Pipelined | Manner::Lockstep => Manner::Lockstep,
            };
            let mut most = self.most.lock().unwrap_or_else(PoisonError::into_inner);
            *most = simpler.min(*most);
        }
    }

    async fn pause(&self, failures: u32) {
        let pause = FIRST_PAUSE.saturating_mul(1 << (failures - 1).min(8)).min(LONGEST_PAUSE);
        // connections that were refused together do not come back together
        let share = RandomState::new().hash_one(failures) % 1000;
        let pause = pause.mul_f64(0.75 + share as f64 / 2000.0);
        tokio::select! {
            () = self.clerk.brake.pulled() => {}
            // nothing is left for it
            () = self.clerk.queue.over() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn unreachable(relay: &Relay, why: &str) -> Error {
    Error::Relay(
        Trouble::new(format!("the relay {} cannot be reached: {why}", relay.name()))
            .hint("check `host` and `port` under `[relay]`; `envoi doctor` tries the connection step by step")
            .hint("run the command again to go on where it stopped"),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;
    use crate::audience::Subscriber;
    use crate::delivery::brake::Brake;
    use crate::delivery::pace::Pace;
    use crate::delivery::progress::Progress;
    use crate::delivery::queue::Queue;
    use crate::ledger::{Delivery, Ledger};
    use crate::project::Rate;

    #[tokio::test]
    async fn who_gives_up_waiting_for_the_pace_puts_the_job_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&folder.path().join("ledger.db")).await.unwrap();
        ledger.sign_on().await.unwrap();
        let (scribe, desk) = ledger.scribe().unwrap();
        let (queue, brake, progress) = (Queue::default(), Brake::default(), Progress::default());
        let pace = Pace::new(Some(Rate { count: 1, seconds: 3600 }));
        let relay = Relay::local(25);
        let clerk = Clerk {
            scribe,
            queue: &queue,
            pace: &pace,
            brake: &brake,
            progress: &progress,
            attempts: 1,
            pause: Duration::ZERO,
            doubts: AtomicU32::new(0),
            accepted: std::sync::atomic::AtomicU64::new(0),
            suspected: Mutex::default(),
            deferred: Mutex::default(),
        };
        let office = Office {
            relay: &relay,
            stampers: &[],
            clerk,
            lease: Lease::default(),
            connected: AtomicUsize::new(0),
            most: Mutex::new(Manner::Lockstep),
        };
        let subscriber = Subscriber { address: crate::address::Address::example(), language: None, values: Vec::new() };
        let delivery = Delivery { id: 1, subscriber, edition: "en".to_owned(), attempts: 0 };
        queue.add(std::iter::once(Job { delivery, put_off: 0 }));
        assert!(pace.ask());
        assert!(office.next(0, Some(Duration::from_millis(20))).await.is_none());
        assert_eq!(queue.length(), (1, 0), "nobody has it, and nobody would ever finish it");
        // nor is anybody kept waiting for a job that does not come
        let job = queue.try_take();
        assert!(office.next(0, Some(Duration::from_millis(20))).await.is_none());
        assert!(job.is_some());
        drop(office);
        desk.close().await.unwrap();
    }
}
