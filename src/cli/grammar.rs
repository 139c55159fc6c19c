//! The grammar of what is shown: counts with their noun, lists with their commas, moments.

use std::fmt;

use crate::clock;

/// Somebody of whom the list says that they left.
pub(super) const GONE: &str = "former subscriber";

/// A number of things: `1 error`, `2 errors`, `3 addresses`, `4 deliveries`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count(pub(super) u64, pub(super) &'static str);

impl Count {
    /// A number of things that are in memory.
    pub(super) fn of(number: usize, noun: &'static str) -> Self {
        Self(number as u64, noun)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number, noun) = self;
        if *number == 1 {
            return write!(f, "1 {noun}");
        }
        if let Some(stem) = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
            return write!(f, "{number} {stem}ies");
        }
        let plural = if noun.ends_with(['s', 'x']) { "es" } else { "s" };
        write!(f, "{number} {noun}{plural}")
    }
}

/// Several counts in one phrase, those of nothing left out: `1 error, 2 warnings`.
pub(super) fn counts(counts: &[Count]) -> String {
    let some: Vec<String> = counts.iter().filter(|count| count.0 > 0).map(ToString::to_string).collect();
    some.join(", ")
}

/// A moment in seconds since 1970, as it is read here.
pub(super) fn moment(seconds: i64) -> String {
    let zone = clock::now().time_zone().clone();
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| seconds.to_string(), |at| at.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_agree_with_their_number() {
        let shown =
            [Count(0, "error"), Count(1, "delivery"), Count(2, "delivery"), Count(3, "address"), Count(4, "day")];
        assert_eq!(
            shown.map(|count| count.to_string()),
            ["0 errors", "1 delivery", "2 deliveries", "3 addresses", "4 days"]
        );
        assert_eq!(counts(&[Count(0, "error"), Count(2, "warning")]), "2 warnings");
    }
}
