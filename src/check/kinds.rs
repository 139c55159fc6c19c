//! What each kind of snippet needs: an event its day and place, a press release its contacts, a quotation its speaker.

use crate::clock;
use crate::diagnostic::{Diagnostic, Place};
use crate::issue::{Kind, Snippet};
use crate::rule;

pub(super) fn look(snippet: &Snippet, found: &mut Vec<Diagnostic>) {
    let front = &snippet.front;
    for key in front.unused_keys() {
        found.push(
            Diagnostic::of(
                &rule::UNUSED_KEY,
                format!("a snippet of kind `{}` does not use `{key}`", front.kind.name()),
            )
            .at(snippet.place_of(key))
            .hint("take the line out, or set `kind`"),
        );
    }
    match front.kind {
        Kind::Event => event(snippet, found),
        Kind::Quotation if lacks(front.speaker.as_ref()) && lacks(front.function.as_ref()) => found.push(
            Diagnostic::of(&rule::NO_SPEAKER, "nobody is named who said this")
                .at(snippet.place_of("kind"))
                .hint("add `speaker = \"…\"`, or at least `function = \"…\"`"),
        ),
        Kind::PressRelease => release(snippet, found),
        _ => {}
    }
}

fn lacks(text: Option<&String>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

fn event(snippet: &Snippet, found: &mut Vec<Diagnostic>) {
    let front = &snippet.front;
    if front.date.is_none() {
        found.push(
            Diagnostic::of(&rule::EVENT_WITHOUT_DATE, "the event has no date")
                .at(snippet.place_of("kind"))
                .hint("add `date = 2015-04-24`"),
        );
    }
    if lacks(front.place.as_ref()) {
        found.push(
            Diagnostic::of(&rule::EVENT_WITHOUT_PLACE, "the event has no place")
                .at(snippet.place_of("kind"))
                .hint("add `place = \"…\"`; online is a place too"),
        );
    }
    if let (Some(date), Some(until)) = (&front.date, &front.until)
        && until < date
    {
        found.push(
            Diagnostic::of(&rule::ENDS_BEFORE, "the event ends before it begins")
                .at(snippet.place_of("until"))
                .hint("correct `date` or `until`"),
        );
    }
}

fn release(snippet: &Snippet, found: &mut Vec<Diagnostic>) {
    let front = &snippet.front;
    if front.contacts.is_empty() {
        found.push(
            Diagnostic::of(&rule::NO_CONTACT, "the press release names nobody whom journalists could ask")
                .at(Place::file(snippet.path()))
                .hint("add `contacts = [{ name = \"…\", phone = \"…\", email = \"…\" }]`"),
        );
    }
    let missing = match (lacks(front.place.as_ref()), front.date.is_none()) {
        (true, true) => Some("neither place nor date"),
        (true, false) => Some("no place"),
        (false, true) => Some("no date"),
        (false, false) => None,
    };
    if let Some(missing) = missing {
        found.push(
            Diagnostic::of(&rule::NO_DATELINE, format!("the press release has {missing} for its dateline"))
                .at(snippet.place_of("kind"))
                .hint("add `place = \"…\"` and `date = 2015-04-24`"),
        );
    }
    let values = snippet.values();
    for quotation in &front.quotations {
        if lacks(quotation.speaker.as_ref()) && lacks(quotation.function.as_ref()) {
            found.push(
                Diagnostic::of(&rule::NO_SPEAKER, "nobody is named who said this")
                    .at(values.place_of_text(&quotation.words))
                    .hint("add `speaker = \"…\"`, or at least `function = \"…\"`"),
            );
        }
    }
    if let Some(embargo) = &front.embargo
        && clock::now().timestamp() < embargo.0.timestamp()
    {
        found.push(
            Diagnostic::of(
                &rule::UNDER_EMBARGO,
                format!("under embargo until {}", embargo.0.strftime("%Y-%m-%d %H:%M %:z")),
            )
            .at(snippet.place_of("embargo"))
            .hint("`send` refuses it before that time, unless `--break-embargo` is given"),
        );
    }
}
