//! What an inbox shows of each edition: its subject, and the preheader behind it.

use super::fields::{Readers, one_brace, unknown_field};
use super::text::{Part, Text};
use super::words;
use crate::diagnostic::{Diagnostic, Place};
use crate::issue::Issue;
use crate::language::Language;
use crate::rule;

/// A subject longer than this is cut off on a phone, in characters.
const SUBJECT: usize = 50;

/// A subject with fewer letters than this says little, and may be said again.
const SHORT: usize = 12;

/// How a subject begins that claims to answer or to forward something, in the languages of mail programs.
const REPLIES: [&str; 9] = ["re", "fw", "fwd", "tr", "antw", "aw", "wg", "sv", "rép"];

/// What is sold in a subject.
const SALES: [&str; 16] = [
    "argent facile",
    "cliquez ici",
    "offre exclusive",
    "vous avez gagné",
    "gagnez de l",
    "sans engagement",
    "klik hier",
    "u heeft gewonnen",
    "u hebt gewonnen",
    "act now",
    "buy now",
    "click here",
    "limited time",
    "you have won",
    "risk-free",
    "cash bonus",
];

pub(super) fn look(issue: &Issue, fields: &[String], found: &mut Vec<Diagnostic>) {
    let mut texts: Vec<Text<'_>> = Vec::new();
    for language in &issue.languages {
        length(issue, language, found);
        merge_fields(issue, language, fields, found);
        if issue.preheader(language).0.is_empty() {
            found.push(
                Diagnostic::of(&rule::NO_PREHEADER, format!("the `{language}` edition has no preheader"))
                    .at(Place::file(issue.source().path.clone()))
                    .hint("add `preheader = \"…\"`: the words that an inbox shows behind the subject"),
            );
        }
        let (subject, preheader) = (Text::subject(issue, language), Text::preheader(issue, language));
        if let (Some(subject), Some(preheader)) = (&subject, &preheader) {
            found.extend(repeats(subject, preheader).filter(|repeats| !found.contains(repeats)));
        }
        // one text for all languages is looked at once
        let new = |text: &Text<'_>| !texts.iter().any(|other| other.part == text.part && other.words() == text.words());
        let fresh: Vec<Text<'_>> = [subject, preheader].into_iter().flatten().filter(new).collect();
        texts.extend(fresh);
    }
    for subject in texts.iter().filter(|text| text.part == Part::Subject) {
        found.extend([faked_reply(subject), sale(subject)].into_iter().flatten());
    }
    words::look(&texts, found);
    one_brace((&texts, Readers::Subscribers), fields, found);
    languages(issue, found);
}

fn length(issue: &Issue, language: &Language, found: &mut Vec<Diagnostic>) {
    let length = issue.subject(language).sample().chars().count();
    if length > SUBJECT {
        let place = Text::subject(issue, language).map_or_else(|| issue.place_of("subject"), |text| text.whole());
        found.push(
            Diagnostic::of(
                &rule::SUBJECT_TOO_LONG,
                format!("the `{language}` subject has {length} characters; phones show about {SUBJECT}"),
            )
            .at(place)
            .hint("say what matters in the first words"),
        );
    }
}

fn merge_fields(issue: &Issue, language: &Language, fields: &[String], found: &mut Vec<Diagnostic>) {
    for (key, text) in [("subject", issue.subject(language)), ("preheader", issue.preheader(language))] {
        for field in text.fields() {
            if let Some(diagnostic) = unknown_field(field, fields) {
                let diagnostic = diagnostic.at(issue.place_of(key));
                if !found.contains(&diagnostic) {
                    found.push(diagnostic);
                }
            }
        }
    }
}

fn repeats(subject: &Text<'_>, preheader: &Text<'_>) -> Option<Diagnostic> {
    let (said, again) = (letters(subject.words()), letters(preheader.words()));
    // a short subject may well begin a sentence
    let goes_on = said.len() >= SHORT && again.starts_with(&said);
    (!said.is_empty() && (said == again || goes_on)).then(|| {
        Diagnostic::of(&rule::PREHEADER_REPEATS, "the preheader repeats the subject")
            .at(preheader.whole())
            .hint("go on where the subject ends: an inbox shows both in one line")
    })
}

/// A text's letters and digits, for comparisons.
fn letters(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

fn faked_reply(subject: &Text<'_>) -> Option<Diagnostic> {
    let (word, _) = subject.words().split_once(':')?;
    REPLIES.contains(&word.trim().to_lowercase().as_str()).then(|| {
        Diagnostic::of(&rule::FAKED_REPLY, format!("the subject begins with `{}:` as if it answered", word.trim()))
            .at(subject.place(0..word.len() + 1))
            .hint("take it out")
    })
}

fn sale(subject: &Text<'_>) -> Option<Diagnostic> {
    let lower = subject.words().to_lowercase();
    SALES.iter().find(|sale| lower.contains(*sale)).map(|sale| {
        Diagnostic::of(&rule::SPAM_WORDS, format!("spam filters know the words `{sale}`"))
            .at(subject.whole())
            .hint("say what the issue is about instead")
    })
}

/// Editions whose subject or preheader is another's.
fn languages(issue: &Issue, found: &mut Vec<Diagnostic>) {
    let manifest = &issue.manifest;
    for language in issue.languages.iter().skip(1) {
        for (key, text) in [("subject", &manifest.subject), ("preheader", &manifest.preheader)] {
            if text.own(language).is_none() && !text.get(language, &issue.languages[0]).is_empty() {
                found.push(
                    Diagnostic::of(
                        &rule::UNTRANSLATED_HEADLINE,
                        format!("the `{language}` edition has no {key} in its language"),
                    )
                    .at(issue.place_of(key))
                    .hint(format!("add `{key}.{language} = \"…\"`")),
                );
            }
        }
    }
    let subjects: Vec<_> = issue
        .languages
        .iter()
        .filter_map(|language| manifest.subject.own(language).map(|text| (language, text.trim())))
        .collect();
    let twin = |(at, (_, text)): (usize, &(&Language, &str))| {
        subjects[..at].iter().find(|(_, other)| other == text).map(|(first, _)| (at, *first))
    };
    if let Some((at, first)) = subjects.iter().enumerate().find_map(twin) {
        let second = subjects[at].0;
        found.push(
            Diagnostic::of(&rule::SAME_SUBJECT, format!("the subject is the same in `{first}` and `{second}`"))
                .at(Text::subject(issue, second).map_or_else(|| issue.place_of("subject"), |text| text.whole()))
                .hint(format!("translate it: `subject.{second} = \"…\"`")),
        );
    }
}
