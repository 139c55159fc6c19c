//! How fast messages may go: one token bucket for all connections.
//!
//! The configured rate is the ceiling. A relay that says "not so fast" (421, 4yz) halves the pace; every second
//! without such words lets it recover.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::project::Rate;

/// A slowed pace never falls below this: messages a second.
const SLOWEST: f64 = 0.1;

/// How much a slowed pace grows in a second.
const RECOVERY: f64 = 1.1;

/// How much of a second's messages may go in one burst: timers are no finer than this at high rates.
const BURST: f64 = 0.02;

/// How long somebody waits who has no part of the rate, before asking again.
const NOTHING: Duration = Duration::from_millis(100);

/// A slow-down within this time of another is the same one: connections hear of it one after the other.
const DEAF: Duration = Duration::from_secs(1);

/// The pace of one send, shared by its connections.
#[derive(Debug)]
pub(super) struct Pace {
    state: Mutex<State>,
    /// Held by the one whose turn it is to wait for leave: first come, first served.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State {
    /// Messages a second as configured; none where there is no limit.
    whole: Option<f64>,
    /// What part of that is ours.
    fraction: f64,
    /// Messages a second that are ours; none where there is no limit.
    ceiling: Option<f64>,
    /// Messages a second now; none where there is no limit.
    rate: Option<f64>,
    /// What the pace was before it was slowed down: from there on, an unlimited one is unlimited again.
    before: f64,
    tokens: f64,
    filled: Instant,
    slowed: Option<Instant>,
    /// How many went within the last second that was measured, and since when the current one is.
    second: (Instant, u32),
    measured: f64,
}

impl Pace {
    pub(super) fn new(ceiling: Option<Rate>) -> Self {
        let ceiling = ceiling.map(Rate::per_second);
        let now = Instant::now();
        let state = State {
            whole: ceiling,
            fraction: 1.0,
            ceiling,
            rate: ceiling,
            before: 0.0,
            tokens: 1.0,
            filled: now,
            slowed: None,
            second: (now, 0),
            measured: 0.0,
        };
        Self { state: Mutex::new(state), turn: tokio::sync::Mutex::default() }
    }

    /// Takes leave for one message, if there is some and nobody waits for it.
    pub(super) fn ask(&self) -> bool {
        // whoever waits comes first: a connection that always asks at once would else keep the others waiting for ever
        self.turn.try_lock().is_ok_and(|_turn| self.state().ask(Instant::now()).is_ok())
    }

    /// Waits for leave for one message. Whoever gives up waiting takes nothing.
    pub(super) async fn wait(&self) {
        let _turn = self.turn.lock().await;
        loop {
            let Err(pause) = self.state().ask(Instant::now()) else { return };
            tokio::time::sleep(pause).await;
        }
    }

    /// Gives back leave that was not used.
    pub(super) fn give_back(&self) {
        self.state().tokens += 1.0;
    }

    /// The relay asked for less.
    pub(super) fn slow_down(&self) {
        self.state().slow_down(Instant::now());
    }

    /// Only a part of the configured rate is ours from now on; nothing at all, where it is zero.
    pub(super) fn share(&self, fraction: f64) {
        self.state().share(fraction);
    }

    /// How many messages a second may go now; none where there is no limit.
    pub(super) fn rate(&self) -> Option<f64> {
        self.state().rate
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn share(&mut self, fraction: f64) {
        let before = std::mem::replace(&mut self.fraction, fraction);
        let Some(whole) = self.whole else { return };
        let ceiling = whole * fraction;
        // a slowed pace keeps its distance
        self.rate = self.rate.map(|rate| if before > 0.0 { rate / before * fraction } else { ceiling });
        self.ceiling = Some(ceiling);
        self.tokens = self.tokens.min(1.0);
    }

    fn ask(&mut self, now: Instant) -> Result<(), Duration> {
        if self.fraction <= 0.0 && self.whole.is_some() {
            self.filled = now;
            return Err(NOTHING);
        }
        self.fill(now);
        let Some(rate) = self.rate else {
            self.count(now);
            return Ok(());
        };
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            self.count(now);
            return Ok(());
        }
        Err(Duration::from_secs_f64(((1.0 - self.tokens) / rate).clamp(0.000_1, 10.0)))
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        let Some(rate) = self.rate else { return };
        self.tokens = (self.tokens + passed * rate).min((rate * BURST).max(1.0));
        if self.slowed.is_none() {
            return;
        }
        let grown = rate * RECOVERY.powf(passed);
        let recovered = grown >= self.ceiling.unwrap_or(2.0 * self.before);
        self.rate = if recovered { self.ceiling } else { Some(grown) };
        if recovered {
            self.slowed = None;
        }
    }

    fn slow_down(&mut self, now: Instant) {
        self.fill(now);
        if self.slowed.is_some_and(|slowed| now.saturating_duration_since(slowed) < DEAF) {
            return;
        }
        let seen = self.measured.max(f64::from(self.second.1)).max(1.0);
        let current = self.rate.map_or(seen, |rate| rate.min(seen));
        self.before = self.before.max(current);
        self.rate = Some((current / 2.0).max(SLOWEST));
        self.tokens = self.tokens.min(0.0);
        self.slowed = Some(now);
    }

    /// Measures how many really go in a second.
    fn count(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.second.0).as_secs_f64();
        if passed >= 1.0 {
            self.measured = f64::from(self.second.1) / passed;
            self.second = (now, 0);
        }
        self.second.1 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_a_second(pace: &Pace, start: Instant) -> usize {
        let step = Duration::from_millis(1);
        (0..1000).filter(|tick| pace.state().ask(start + step * *tick).is_ok()).count()
    }

    #[test]
    fn the_rate_is_kept() {
        let pace = Pace::new(Some(Rate { count: 10, seconds: 1 }));
        let start = Instant::now();
        assert!((10..=11).contains(&in_a_second(&pace, start)));
        assert!((9..=10).contains(&in_a_second(&pace, start + Duration::from_secs(1))));
    }

    #[test]
    fn a_slowed_pace_recovers_to_what_was_configured() {
        let pace = Pace::new(Some(Rate { count: 100, seconds: 1 }));
        let start = Instant::now();
        in_a_second(&pace, start);
        pace.state().slow_down(start + Duration::from_secs(1));
        let slow = in_a_second(&pace, start + Duration::from_secs(1));
        assert!((45..=60).contains(&slow), "{slow}");
        pace.state().fill(start + Duration::from_mins(1));
        assert_eq!(pace.rate(), Some(100.0));
    }

    #[test]
    fn a_rate_is_shared_and_taken_back() {
        let pace = Pace::new(Some(Rate { count: 100, seconds: 1 }));
        let start = Instant::now();
        let second = |n: u64| start + Duration::from_secs(n);
        in_a_second(&pace, start);
        pace.share(0.25);
        assert!((24..=26).contains(&in_a_second(&pace, second(1))));
        pace.share(0.0);
        assert_eq!(in_a_second(&pace, second(2)), 0);
        pace.share(1.0);
        assert!((97..=103).contains(&in_a_second(&pace, second(3))));
    }

    #[tokio::test]
    async fn whoever_waits_comes_before_whoever_asks_at_once() {
        let pace = Pace::new(Some(Rate { count: 1, seconds: 60 }));
        assert!(pace.ask());
        let mut waiting = Box::pin(pace.wait());
        assert!(futures_util::future::poll_immediate(&mut waiting).await.is_none());
        pace.state().tokens = 1.0;
        assert!(!pace.ask(), "it was another's");
        // who gives up waiting leaves it to the others
        drop(waiting);
        assert!(pace.ask());
    }

    #[test]
    fn without_a_limit_nothing_waits_until_the_relay_says_so() {
        let pace = Pace::new(None);
        let start = Instant::now();
        assert_eq!(in_a_second(&pace, start), 1000);
        pace.state().slow_down(start + Duration::from_secs(1));
        assert!(in_a_second(&pace, start + Duration::from_secs(1)) < 600);
        pace.state().fill(start + Duration::from_mins(2));
        assert_eq!(pace.rate(), None);
    }
}
