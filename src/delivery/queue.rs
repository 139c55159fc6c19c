//! The deliveries that were claimed and wait for a connection.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// A delivery on its way, with what this run knows of it.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) delivery: crate::ledger::Delivery,
    /// How often the relay put it off in this run without a word about it: too busy, connection lost.
    pub(super) put_off: u16,
}

/// The queue of one send, between the one who claims and the connections.
#[derive(Debug, Default)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    filled: Notify,
    /// Something was taken out or finished: the one who claims may look again.
    pub(super) moved: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    jobs: VecDeque<Job>,
    /// Taken out and not finished yet.
    out: usize,
    closed: bool,
}

impl Queue {
    /// Adds jobs at the end.
    pub(super) fn add(&self, jobs: impl Iterator<Item = Job>) {
        self.inner().jobs.extend(jobs);
        self.filled.notify_waiters();
    }

    /// Puts a job that was taken out back to the front.
    pub(super) fn put_back(&self, job: Job) {
        let mut inner = self.inner();
        inner.out -= 1;
        inner.jobs.push_front(job);
        drop(inner);
        self.filled.notify_waiters();
    }

    /// Takes the next job, if there is one.
    pub(super) fn try_take(&self) -> Option<Job> {
        let mut inner = self.inner();
        let job = inner.jobs.pop_front()?;
        inner.out += 1;
        drop(inner);
        self.moved.notify_one();
        Some(job)
    }

    /// Waits for the next job; none when the queue is closed and empty.
    pub(super) async fn take(&self) -> Option<Job> {
        loop {
            let filled = self.filled.notified();
            tokio::pin!(filled);
            filled.as_mut().enable();
            if let Some(job) = self.try_take() {
                return Some(job);
            }
            if self.inner().closed {
                return None;
            }
            filled.await;
        }
    }

    /// Waits until it is closed and empty.
    pub(super) async fn over(&self) {
        loop {
            let filled = self.filled.notified();
            tokio::pin!(filled);
            filled.as_mut().enable();
            {
                let inner = self.inner();
                if inner.closed && inner.jobs.is_empty() {
                    return;
                }
            }
            filled.await;
        }
    }

    /// A job that was taken out is finished.
    pub(super) fn finish(&self) {
        self.inner().out -= 1;
        self.moved.notify_one();
    }

    /// How many wait, and how many are taken out.
    pub(super) fn length(&self) -> (usize, usize) {
        let inner = self.inner();
        (inner.jobs.len(), inner.out)
    }

    /// Nothing more will come.
    pub(super) fn close(&self) {
        self.inner().closed = true;
        self.filled.notify_waiters();
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
