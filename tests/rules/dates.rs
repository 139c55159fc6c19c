//! Dates: events that are over, weekdays that do not fit.

use super::support::Newsroom;
use super::{front, of, room};

/// An issue of a day, with this snippet.
fn issued(date: &str, snippet: &str) -> Newsroom {
    room()
        .issue("2026-11", &format!("subject = \"Ferry\"\npreheader = \"It sails.\"\ndate = {date}\n"))
        .snippet("2026-11", "lead", snippet)
}

#[test]
fn an_event_that_is_over() {
    let event = |dates: &str| front(&format!("kind = \"event\"\nplace = \"Quay\"\n{dates}"));
    let over = issued("2015-05-04", &event("date = 2014-06-18"));
    assert_eq!(of("W601", &over), ["5: the event of 2014-06-18 is over on the day that the issue bears"]);
    assert!(of("W601", &issued("2015-05-04", &event("date = 2015-06-18"))).is_empty());
    assert!(of("W601", &issued("2015-05-04", &event("date = 2015-05-03\nuntil = 2015-05-04"))).is_empty());
    // without a date of the issue, today counts
    let today = |now: &str| of("W601", &room().snippet("2026-11", "lead", &event("date = 2015-06-18")).clock(now));
    assert!(today("2015-06-18T20:00:00+02:00").is_empty());
    assert_eq!(today("2015-06-19T00:10:00+02:00"), ["5: the event of 2015-06-18 is over on today"]);
    // a report on what was is no event
    assert!(of("W601", &issued("2015-05-04", &front("date = 2014-06-18"))).is_empty());
}

#[test]
fn a_weekday_that_does_not_fit_its_date() {
    let said = |text: &str| of("W602", &issued("2015-05-04", &front("").replace("It sails at nine.", text)));
    assert_eq!(said("Le jeudi 24 avril 2015, à Bruxelles."), ["5: `jeudi 24 avril 2015`: 2015-04-24 is a Friday"]);
    for wrong in [
        "op donderdag 24 april 2015",
        "on Thursday, April 24, 2015",
        "on Thursday 24th of April 2015",
        "le **jeudi**\n24 avril 2015",
        "jeudi 24/04/2015",
        "samedi 1er mai 2015",
        "On Thursday 24 April we met.",
        "mardi 5 juin",
    ] {
        assert_eq!(said(wrong).len(), 1, "{wrong}");
    }
    for right in [
        "Le vendredi 24 avril 2015.",
        "op vrijdag 24 april 2015",
        "on Friday, April 24, 2015",
        "vendredi 1er mai",
        "vendredi 24/04/2015",
        "On Friday 24 April we met.",
        "le lundi 9 novembre", // half a year away: nobody knows which
        "jeudi 31 avril 2015", // no day at all
        "Friday. 24 April was cold.",
        "vendredi prochain",
    ] {
        assert!(said(right).is_empty(), "{right}: {:?}", said(right));
    }
    // around the turn of the year the nearest one is meant
    let turn = |text: &str| of("W602", &issued("2015-12-20", &front("").replace("It sails at nine.", text)));
    assert!(turn("vendredi 15 janvier").is_empty());
    assert_eq!(turn("jeudi 15 janvier").len(), 1);
}

#[test]
fn a_weekday_in_a_title_and_in_a_caption() {
    let titled = issued("2015-05-04", "+++\ntitle = \"Jeudi 24 avril 2015\"\n+++\nDépart à neuf heures.\n");
    assert_eq!(of("W602", &titled), ["2: `Jeudi 24 avril 2015`: 2015-04-24 is a Friday"]);
    let place =
        issued("2015-05-04", &front("kind = \"event\"\ndate = 2015-06-18\nplace = \"Quay, Monday 18 June 2015\""));
    assert_eq!(of("W602", &place), ["5: `Monday 18 June 2015`: 2015-06-18 is a Thursday"]);
}
