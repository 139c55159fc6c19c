//! Days and moments in the files the officer writes, as TOML's own dates.

use jiff::ZonedDateTime;
use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Deserializer, de::Error as _};
use toml::value::Datetime;

/// A day: `2015-04-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub civil::Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let datetime = Datetime::deserialize(deserializer)?;
        let date =
            datetime.date.ok_or_else(|| D::Error::custom("a time without its day; write a date like 2015-04-24"))?;
        day(date).map(Day).ok_or_else(|| D::Error::custom(format!("{date} is no day of the calendar")))
    }
}

/// A moment with its zone: `2014-11-06T10:30:00+01:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(pub ZonedDateTime);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let datetime = Datetime::deserialize(deserializer)?;
        let (Some(date), Some(time), Some(offset)) = (datetime.date, datetime.time, datetime.offset) else {
            return Err(D::Error::custom(
                "a moment needs its day, its time and its zone; write one like 2014-11-06T10:30:00+01:00",
            ));
        };
        let minutes = match offset {
            toml::value::Offset::Z => 0,
            toml::value::Offset::Custom { minutes } => i32::from(minutes),
        };
        let zoned = || {
            let part = |value: u8| i8::try_from(value).ok();
            let time =
                civil::Time::new(part(time.hour)?, part(time.minute)?, part(time.second.unwrap_or(0))?, 0).ok()?;
            let offset = Offset::from_seconds(minutes * 60).ok()?;
            day(date)?.to_datetime(time).to_zoned_datetime(TimeZone::fixed(offset)).ok()
        };
        zoned().map(Moment).ok_or_else(|| D::Error::custom(format!("{datetime} is no moment of the calendar")))
    }
}

fn day(date: toml::value::Date) -> Option<civil::Date> {
    let part = |value: u8| i8::try_from(value).ok();
    civil::Date::new(i16::try_from(date.year).ok()?, part(date.month)?, part(date.day)?).ok()
}
