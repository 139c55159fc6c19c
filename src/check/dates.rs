//! Dates: events that are over, and weekdays that do not fit their date, in French, Dutch and English.

use jiff::civil::Date;

use super::text::{Text, words};
use crate::clock;
use crate::diagnostic::Diagnostic;
use crate::issue::{Issue, Kind, Snippet};
use crate::rule;

/// The days from Monday on.
const WEEKDAYS: [[&str; 7]; 3] = [
    ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
];

const MONTHS: [[&str; 12]; 3] = [
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
];

/// A date without its year is taken for the one nearest to the issue's, where that is no further away, in days.
const NEAR: i32 = 120;

pub(super) fn look(issue: &Issue, snippet: &Snippet, texts: &[Text<'_>], found: &mut Vec<Diagnostic>) {
    let front = &snippet.front;
    let issued = issue.manifest.date.map(|day| day.0);
    let last = front.until.or(front.date).filter(|_| front.kind == Kind::Event);
    if let Some(last) = last
        && last.0 < issued.unwrap_or_else(|| clock::now().date())
    {
        let since = if issued.is_some() { "the day that the issue bears" } else { "today" };
        found.push(
            Diagnostic::of(&rule::EVENT_PAST, format!("the event of {} is over on {since}", last.0))
                .at(snippet.place_of(if front.until.is_some() { "until" } else { "date" }))
                .hint("correct the date; a report on what was is an article (`kind = \"article\"`)"),
        );
    }
    // an issue's own day is the better anchor: a report's `date` may lie years back
    let near = issued.or(front.date.map(|day| day.0));
    for text in texts {
        weekdays(text, near, found);
    }
}

fn weekdays(text: &Text<'_>, near: Option<Date>, found: &mut Vec<Diagnostic>) {
    let all: Vec<_> = words(text.words()).collect();
    for (at, (range, word)) in all.iter().enumerate() {
        let lower = word.to_lowercase();
        let Some((language, said)) = WEEKDAYS.iter().enumerate().find_map(|(language, names)| {
            names.iter().position(|name| name.to_lowercase() == lower).map(|day| (language, day))
        }) else {
            continue;
        };
        // no more than a comma may stand between the parts of a date
        let mut behind = Vec::new();
        for pair in all[at..].windows(2).take(5) {
            let [(before, _), (after, word)] = pair else { break };
            let between = &text.words()[before.end..after.start];
            if !between.chars().all(|c| c.is_whitespace() || matches!(c, ',' | '/' | '.')) {
                break;
            }
            behind.push((*word, between, after.end));
        }
        let Some((day, month, year, end)) = date(&behind) else { continue };
        let Some(date) = year.map_or_else(|| nearest(day, month, near), |year| Date::new(year, month, day).ok()) else {
            continue;
        };
        let is = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        if is != said {
            let right = WEEKDAYS[language][is];
            let written = &text.words()[range.start..end];
            found.push(
                Diagnostic::of(&rule::WRONG_WEEKDAY, format!("`{written}`: {date} is a {}", WEEKDAYS[2][is]))
                    .at(text.place(range.start..end))
                    .hint(format!("write `{right}`, or correct the date")),
            );
        }
    }
}

type Written = (i8, i8, Option<i16>, usize);

/// A date of the words behind a weekday: `24 avril 2015`, `April 24`, `24/04/2015`; its end in bytes.
fn date(words: &[(&str, &str, usize)]) -> Option<Written> {
    let skip = usize::from(words.first().is_some_and(|(word, ..)| ["le", "de", "den", "the"].contains(word)));
    let words = &words[skip..];
    let [(first, ..), (second, between, second_end), ..] = words else { return None };
    let at = |index: usize| words.get(index).copied();
    let (day, month, (end, index)) = if let Some(day) = day(first) {
        let of = usize::from(*second == "of");
        let (word, _, end) = at(1 + of)?;
        let numbered = || (*between == "/").then(|| second.parse().ok().filter(|month| (1..=12).contains(month)))?;
        (day, month(word).or_else(numbered)?, (end, 2 + of))
    } else {
        (day(second)?, month(first)?, (*second_end, 2))
    };
    let year =
        at(index).filter(|(word, ..)| word.len() == 4).and_then(|(word, _, end)| Some((word.parse().ok()?, end)));
    let year = year.filter(|(year, _)| (1900..2200).contains(year));
    Some((day, month, year.map(|(year, _)| year), year.map_or(end, |(_, end)| end)))
}

fn day(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let suffix = &word[digits.len()..];
    let day = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
    ["", "er", "e", "st", "nd", "rd", "th", "ste", "de"].contains(&suffix).then_some(day)
}

fn month(word: &str) -> Option<i8> {
    let lower = word.to_lowercase();
    let index = MONTHS.iter().find_map(|names| names.iter().position(|name| *name == lower))?;
    i8::try_from(index + 1).ok()
}

/// The date with this day and month that is nearest to another, where it is near enough to be meant.
fn nearest(day: i8, month: i8, near: Option<Date>) -> Option<Date> {
    let near = near?;
    let years = near.year().saturating_sub(1)..=near.year().saturating_add(1);
    let distance = |date: &Date| near.until(*date).map_or(i32::MAX, |span| span.get_days().abs());
    let dates = years.filter_map(|year| Date::new(year, month, day).ok());
    dates.min_by_key(distance).filter(|date| distance(date) <= NEAR)
}
