//! How many forms may come: from one network, for one address, from everywhere. Instead of a captcha.
//!
//! A bucket of tokens each. The buckets stand in tables of fixed size, each at the place that a keyed hash says: memory
//! is bounded whoever asks, and two networks that share a place are only a little worse off.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many buckets a table has.
const PLACES: usize = 1 << 14;

/// From one network: this many at once, and one more in each pause.
const NETWORK: Pace = Pace { burst: 8.0, pause: Duration::from_secs(30) };

/// From everywhere.
const EVERYWHERE: Pace = Pace { burst: 300.0, pause: Duration::from_millis(200) };

/// Letters to one address: nobody is to be pestered by forms that others fill in.
const ADDRESS: Pace = Pace { burst: 3.0, pause: Duration::from_hours(4) };

/// Letters to one address that left the list: one a day.
const RETURN: Pace = Pace { burst: 1.0, pause: Duration::from_hours(24) };

#[derive(Debug, Clone, Copy)]
struct Pace {
    burst: f64,
    pause: Duration,
}

/// How much of a bucket is used up, and when that was so.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    used: f64,
    at: Duration,
}

impl Bucket {
    const FULL: Self = Self { used: 0.0, at: Duration::ZERO };

    fn take(&mut self, pace: Pace, now: Duration) -> bool {
        let filled = now.saturating_sub(self.at).as_secs_f64() / pace.pause.as_secs_f64();
        let used = (self.used - filled).max(0.0);
        let allowed = used + 1.0 <= pace.burst;
        *self = Self { used: if allowed { used + 1.0 } else { used }, at: now };
        allowed
    }
}

/// Buckets in a table of fixed size.
#[derive(Debug)]
struct Table {
    places: Mutex<Vec<Bucket>>,
    hasher: RandomState,
    pace: Pace,
}

impl Table {
    fn new(pace: Pace) -> Self {
        Self { places: Mutex::new(vec![Bucket::FULL; PLACES]), hasher: RandomState::new(), pace }
    }

    fn take(&self, key: impl Hash, now: Duration) -> bool {
        let place = usize::try_from(self.hasher.hash_one(key)).unwrap_or_default() % PLACES;
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.get_mut(place).is_some_and(|bucket| bucket.take(self.pace, now))
    }
}

/// All limits.
#[derive(Debug)]
pub(super) struct Limits {
    since: Instant,
    networks: Table,
    addresses: Table,
    returns: Table,
    everywhere: Mutex<Bucket>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            networks: Table::new(NETWORK),
            addresses: Table::new(ADDRESS),
            returns: Table::new(RETURN),
            everywhere: Mutex::new(Bucket::FULL),
        }
    }
}

impl Limits {
    /// Whether a form from a client may be taken.
    pub(super) fn form(&self, client: IpAddr) -> bool {
        let now = self.since.elapsed();
        let mut everywhere = self.everywhere.lock().unwrap_or_else(PoisonError::into_inner);
        self.networks.take(network(client), now) && everywhere.take(EVERYWHERE, now)
    }

    /// Whether a letter may go to an address, given by its key.
    pub(super) fn letter(&self, key: &str) -> bool {
        self.addresses.take(key, self.since.elapsed())
    }

    /// Whether a letter may go to an address that left the list, given by its key.
    pub(super) fn return_letter(&self, key: &str) -> bool {
        self.returns.take(key, self.since.elapsed())
    }
}

/// What is taken for one client: an address of IPv4, a /56 of IPv6, of which one customer has every address.
fn network(client: IpAddr) -> u128 {
    match client.to_canonical() {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits() >> 72 << 72,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_a_burst_and_then_a_pace() {
        let table = Table::new(NETWORK);
        let at = Duration::from_secs;
        assert_eq!((0..20).filter(|_| table.take(7, at(1))).count(), 8);
        assert!(!table.take(7, at(2)));
        assert!(table.take(7, at(32)), "after a pause one more");
        assert!(!table.take(7, at(33)));
        assert_eq!((0..20).filter(|_| table.take(7, at(100_000))).count(), 8, "never more than a burst");
        assert!(table.take(8, at(33)), "others are not held up");
    }

    #[test]
    fn whatever_asks_memory_is_bounded() {
        let limits = Limits::default();
        for number in 0..100_000_u32 {
            limits.form(IpAddr::V4(number.into()));
        }
        assert_eq!(limits.networks.places.lock().unwrap().capacity(), PLACES);
        assert!(!limits.form(IpAddr::V4(1_000_000.into())), "and everywhere together there is an end");
    }

    #[test]
    fn one_customers_addresses_are_one_client() {
        let ip = |text: &str| network(text.parse().unwrap());
        assert_eq!(ip("2001:db8:1:200::1"), ip("2001:db8:1:2ff:ffff::9"));
        assert_ne!(ip("2001:db8:1:200::1"), ip("2001:db8:1:300::1"));
        assert_eq!(ip("::ffff:192.0.2.7"), ip("192.0.2.7"));
    }
}
