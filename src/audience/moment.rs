//! When somebody agreed, as files write it -> seconds since 1970.
//!
//! ISO 8601 with or without a time and an offset (Mailchimp, Brevo, listmonk, spreadsheets), and day before month with
//! strokes, points or hyphens, as French and Dutch write it. Where no offset is given it is UTC.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::strtime};

/// From 1970 to 2100. A year of two digits is in none of these: nobody can say which it means.
const PLAUSIBLE: std::ops::Range<i64> = 0..4_133_980_800;

/// The moment that a text names; none where it names none.
pub fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 40 {
        return None;
    }
    let timestamp = || text.parse::<Timestamp>().ok().or_else(|| TimeZone::UTC.to_timestamp(local(text)?).ok());
    let moment = of_go(text).or_else(|| timestamp().map(Timestamp::as_second))?;
    PLAUSIBLE.contains(&moment).then_some(moment)
}

/// `2020-01-02 15:04:05.5 +0100 CET`, as Go's programs write moments.
fn of_go(text: &str) -> Option<i64> {
    let mut words = text.split(' ');
    let (day, time, offset) = (words.next()?, words.next()?, words.next()?);
    let moment = format!("{day}T{time}{}:{}", offset.get(..3)?, offset.get(3..5)?);
    moment.parse::<Timestamp>().ok().map(Timestamp::as_second)
}

fn local(text: &str) -> Option<DateTime> {
    if let Ok(moment) = text.parse::<DateTime>() {
        return Some(moment);
    }
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let day = day.replace(['/', '.'], "-");
    let date: Date = day.parse().ok().or_else(|| strtime::parse("%d-%m-%Y", &day).ok()?.to_date().ok())?;
    let time = match time.trim() {
        "" => jiff::civil::Time::midnight(),
        time => time.parse().ok()?,
    };
    Some(date.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_files_write_them() {
        let noon = Some(1_553_083_200);
        for text in [
            "2019-03-20 12:00:00",
            "2019-03-20T12:00:00Z",
            "2019-03-20T13:00:00+01:00",
            "2019-03-20T12:00:00.123456Z",
            "20/03/2019 12:00",
            "20-03-2019 12:00:00",
            "20.03.2019 12:00",
            " 2019-03-20 12:00 ",
            "2019-03-20 12:00:00.123 +0000 UTC",
            "2019-03-20 13:00:00 +0100 CET",
        ] {
            assert_eq!(moment(text), noon, "{text}");
        }
        assert_eq!(moment("2019-03-20"), Some(1_553_040_000));
        assert_eq!(moment("20/3/2019"), Some(1_553_040_000));
        for text in [
            "",
            "yesterday",
            "20/03/19",
            "20.3.19 12:00",
            "0019-03-20",
            "2319-03-20",
            "2019-13-01",
            "31/02/2019",
            "43544",
            "2019-03-20 25:00",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
