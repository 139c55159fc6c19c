//! What becomes of deliveries: verdicts in; rows for the ledger, counts, the pace and the brake out.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::brake::Brake;
use super::meaning::{Stage, Verdict};
use super::pace::Pace;
use super::progress::Progress;
use super::queue::{Job, Queue};
use super::reply::Reply;
use crate::clock;
use crate::error::{Error, Result, Trouble};
use crate::ledger::{Outcome, Scribe, State};

/// How often a delivery is put off without being counted as tried: a relay may be busy, a connection may break.
const PATIENCE: u16 = 3;

/// After how many refusals in a row, none of which surely means its address, the send is stopped.
const STREAK: u32 = 5;

/// The same where the relay has taken messages before, of refusals that seem to mean their addresses: some may well
/// stand one after the other in a list.
const LONG_STREAK: u32 = 20;

/// The pause before an address is asked for again that seems not to exist.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// The longest pause before a deferred delivery is tried again.
const LONGEST: Duration = Duration::from_hours(4);

/// Keeps the record for all connections of one send.
pub(super) struct Clerk<'s> {
    pub(super) scribe: Scribe,
    pub(super) queue: &'s Queue,
    pub(super) pace: &'s Pace,
    pub(super) brake: &'s Brake,
    pub(super) progress: &'s Progress,
    pub(super) attempts: u16,
    pub(super) pause: Duration,
    /// Refusals in a row that may mean us.
    pub(super) doubts: AtomicU32,
    /// How many messages were accepted in this run.
    pub(super) accepted: AtomicU64,
    /// The deliveries that were refused as if their address did not exist, when that was still to be doubted; with how
    /// many messages had been accepted by then.
    pub(super) suspected: Mutex<HashMap<i64, u64>>,
    /// The addresses that were deferred in this run and wait for their next attempt.
    pub(super) deferred: Mutex<HashSet<i64>>,
}

impl Clerk<'_> {
    /// Records what became of a message, and draws the consequences.
    pub(super) fn enter(&self, job: Job, verdict: Verdict) -> Result<()> {
        match verdict {
            Verdict::Accepted(reply) => {
                self.doubts.store(0, Ordering::Relaxed);
                self.accepted.fetch_add(1, Ordering::Relaxed);
                self.close(&job, State::Accepted, Some(&reply), "", false)
            }
            Verdict::Refused(reply) if reply.condemns_address() => self.condemn(&job, &reply),
            Verdict::Refused(reply) => self.close(&job, State::Rejected, Some(&reply), "", false),
            Verdict::Deferred(reply) => {
                if reply.is(421) {
                    self.pace.slow_down();
                }
                self.defer(&job, Some(&reply), "")
            }
            Verdict::Doubtful(reply) => self.doubt(&job, &reply),
            Verdict::Halt(stage, reply) => {
                // nothing against this delivery: the next run may begin with it
                self.brake.fail(halted(stage, &reply, &job));
                self.keep(&job, Duration::ZERO, Some(&reply), "")
            }
            Verdict::Uncertain(why) => self.close(&job, State::Uncertain, None, &why, false),
            Verdict::PutOff(why) => self.put_off(job, &why),
            Verdict::Late => self.hold_back(job),
        }
    }

    /// Gives back a message that was announced at most, because the send is to end.
    pub(super) fn release(&self, job: &Job) -> Result<()> {
        self.queue.finish();
        self.scribe.outcome(Outcome {
            id: job.delivery.id,
            state: State::Pending,
            attempts: job.delivery.attempts,
            due: 0,
            code: None,
            reply: String::new(),
            suppress: false,
        })
    }

    /// Holds back a message that must not go out now, since the ledger may have given it to somebody else: it waits
    /// until the lease holds again.
    pub(super) fn hold_back(&self, job: Job) -> Result<()> {
        if self.brake.is_pulled() {
            return self.release(&job);
        }
        let withdrawn = self.scribe.withdraw(job.delivery.id);
        self.queue.put_back(job);
        withdrawn
    }

    /// The relay was busy or gone: the same message again, at a slower pace; after some times it counts as deferred.
    fn put_off(&self, mut job: Job, why: &str) -> Result<()> {
        if self.brake.is_pulled() {
            return self.release(&job);
        }
        self.pace.slow_down();
        job.put_off += 1;
        if job.put_off > PATIENCE {
            return self.defer(&job, None, why);
        }
        let withdrawn = self.scribe.withdraw(job.delivery.id);
        self.queue.put_back(job);
        withdrawn
    }

    /// A refusal that may mean us: tried again as if it would pass, and only the last attempt's counts. Where
    /// nothing but such refusals comes, it does mean us.
    fn doubt(&self, job: &Job, reply: &Reply) -> Result<()> {
        if self.doubts.fetch_add(1, Ordering::Relaxed) + 1 >= STREAK {
            self.brake.fail(halted(Stage::Rcpt, reply, job));
        }
        if job.delivery.attempts + 1 >= self.attempts {
            return self.close(job, State::Rejected, Some(reply), "", false);
        }
        self.defer(job, Some(reply), "")
    }

    /// A refusal as of an address that does not exist, which is never written to again. That is for good, so that it has
    /// to be sure: a relay that refuses everybody says the same. Sure it is with an enhanced code, once the relay has
    /// taken a message; without one, when it refuses again after it has taken others meanwhile.
    fn condemn(&self, job: &Job, reply: &Reply) -> Result<()> {
        let accepted = self.accepted.load(Ordering::Relaxed);
        let suspected = {
            let mut suspected = self.suspected.lock().unwrap_or_else(PoisonError::into_inner);
            let before = suspected.get(&job.delivery.id).copied();
            let sure = if reply.is_enhanced() { accepted > 0 } else { before.is_some_and(|before| accepted > before) };
            if sure {
                suspected.remove(&job.delivery.id);
                drop(suspected);
                return self.close(job, State::Rejected, Some(reply), "", true);
            }
            suspected.entry(job.delivery.id).or_insert(accepted);
            before.is_some()
        };
        let streak = if accepted == 0 { STREAK } else { LONG_STREAK };
        // one address that is refused again and again says nothing about the others
        if !suspected && self.doubts.fetch_add(1, Ordering::Relaxed) + 1 >= streak {
            self.brake.fail(halted(Stage::Rcpt, reply, job));
        }
        if self.brake.is_pulled() {
            return self.keep(job, Duration::ZERO, Some(reply), "");
        }
        if job.delivery.attempts + 1 >= self.attempts {
            return self.close(job, State::Rejected, Some(reply), "", false);
        }
        self.keep(job, self.pause.min(SECOND_LOOK), Some(reply), "")
    }

    /// Another attempt, after a pause that doubles from attempt to attempt.
    fn defer(&self, job: &Job, reply: Option<&Reply>, why: &str) -> Result<()> {
        let factor = 1_u32.checked_shl(u32::from(job.delivery.attempts)).unwrap_or(u32::MAX);
        self.keep(job, self.pause.saturating_mul(factor).min(LONGEST), reply, why)
    }

    /// Records that a delivery is deferred.
    fn keep(&self, job: &Job, pause: Duration, reply: Option<&Reply>, why: &str) -> Result<()> {
        let due = clock::passing_seconds() + i64::try_from(pause.as_secs()).unwrap_or(i64::MAX / 2);
        let first = self.deferred.lock().unwrap_or_else(PoisonError::into_inner).insert(job.delivery.id);
        self.progress.put_off(first);
        self.record(job, State::Deferred, due, reply, why, false)
    }

    /// Records a state in which the delivery is done with.
    fn close(&self, job: &Job, state: State, reply: Option<&Reply>, why: &str, suppress: bool) -> Result<()> {
        let again = self.deferred.lock().unwrap_or_else(PoisonError::into_inner).remove(&job.delivery.id);
        self.progress.came_to(state, again);
        self.record(job, state, 0, reply, why, suppress)
    }

    fn record(
        &self,
        job: &Job,
        state: State,
        due: i64,
        reply: Option<&Reply>,
        why: &str,
        suppress: bool,
    ) -> Result<()> {
        let outcome = Outcome {
            id: job.delivery.id,
            state,
            attempts: job.delivery.attempts + 1,
            due,
            code: reply.map(|reply| reply.code),
            reply: reply.map_or_else(|| why.to_owned(), |reply| reply.text.clone()),
            suppress,
        };
        // handed in before the queue lets go of it: whoever then flushes the writer sees it
        let recorded = self.scribe.outcome(outcome);
        self.queue.finish();
        recorded
    }
}

/// The relay refuses the sender or the content, and would refuse everyone.
fn halted(stage: Stage, reply: &Reply, job: &Job) -> Error {
    let address = &job.delivery.subscriber.address;
    let (what, hint) = match stage {
        Stage::Mail => (
            "the relay refuses the sender",
            "check `from` and `bounce` under `[sender]`: the relay's operator says which addresses you may send as",
        ),
        Stage::Rcpt => (
            "the relay refuses one recipient after the other",
            "check the login under `[relay]`, and ask its operator whether this account may send to other domains",
        ),
        Stage::Data | Stage::End => (
            "the relay refuses the message",
            "mend what it names, then run the command again; or ask the relay's operator",
        ),
    };
    let trouble = Trouble::new(format!("{what}: {} {} (to {address})", reply.code, reply.text)).hint(hint);
    Error::Relay(match stage {
        Stage::Data | Stage::End => {
            trouble.hint(format!("where it means this address alone, leave it out: `envoi unsubscribe {address}`"))
        }
        _ => trouble,
    })
}
