//! The one place from which time comes.
//!
//! `ENVOI_NOW` (RFC 3339, for instance `2015-05-04T09:00:00+02:00`) sets the clock, for tests and for trying what
//! an embargo will do; time then stands still. Anything that only measures how long something takes uses
//! `std::time::Instant` and need not come here.

use std::sync::OnceLock;
use std::time::Instant;

use jiff::fmt::temporal::Pieces;
use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};

/// What time it is, in the zone of this machine.
pub fn now() -> ZonedDateTime {
    fixed().cloned().unwrap_or_else(system)
}

/// Seconds since 1970, as the ledger keeps them.
pub fn seconds() -> i64 {
    now().timestamp().as_second()
}

#[expect(clippy::disallowed_methods, reason = "the one place")]
fn system() -> ZonedDateTime {
    ZonedDateTime::now()
}

/// Seconds since 1970 that pass even where the clock is set: for what is due after a pause.
pub fn passing_seconds() -> i64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let passed = START.get_or_init(Instant::now).elapsed().as_secs();
    match fixed() {
        Some(set) => set.timestamp().as_second() + i64::try_from(passed).unwrap_or(0),
        None => seconds(),
    }
}

fn fixed() -> Option<&'static ZonedDateTime> {
    static FIXED: OnceLock<Option<ZonedDateTime>> = OnceLock::new();
    FIXED.get_or_init(|| set().ok().flatten()).as_ref()
}

/// Whether the clock is as it was meant to be: a `ENVOI_NOW` that can't be read must not be taken for the real time. The
/// error is what it says.
pub fn check() -> Result<(), String> {
    set().map(|_| ())
}

/// What `ENVOI_NOW` sets the clock to; none where it is not set.
fn set() -> Result<Option<ZonedDateTime>, String> {
    let Some(text) = std::env::var_os("ENVOI_NOW") else { return Ok(None) };
    let text = text.to_string_lossy();
    let timestamp: Timestamp = text.parse().map_err(|_| text.clone().into_owned())?;
    let zone =
        Pieces::parse(&*text).ok().and_then(|pieces| pieces.to_numeric_offset()).map_or(TimeZone::UTC, TimeZone::fixed);
    Ok(Some(timestamp.to_zoned_datetime(zone)))
}
