//! How an edition's language writes dates, and the fixed words of the templates: `templates/i18n/<lang>.toml`.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use serde::Deserialize;

use super::files::TemplateFiles;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::rule;
use crate::source::Source;

/// One language's file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Locale {
    /// The language's own name for itself.
    pub(super) name: String,
    pub(super) months: [String; 12],
    weekdays: [String; 7],
    /// With `{day}`, `{month}`, `{year}`, and `{weekday}` where it is wanted.
    date: String,
    /// How the first of a month is written, where it differs ("1er").
    first_day: Option<String>,
    /// With `{place}` and `{date}`.
    dateline: String,
    /// An hour with its minutes, with `{hour}` and `{minute}`.
    #[serde(default = "colon")]
    time: String,
    /// A day with an hour, with `{date}` and `{time}`, and `{weekday}` where it is wanted.
    #[serde(default = "comma")]
    moment: String,
    /// Days from a first to a last, with `{from}` and `{until}`.
    #[serde(default = "dash")]
    period: String,
    /// The fixed words of the templates.
    pub(super) words: BTreeMap<String, String>,
    /// The fixed words of the server's pages and letters.
    #[serde(default)]
    pages: BTreeMap<String, String>,
    /// What this language calls the others.
    #[serde(default)]
    pub(super) languages: BTreeMap<Language, String>,
}

fn dash() -> String {
    "{from} – {until}".to_owned()
}

fn colon() -> String {
    "{hour}:{minute}".to_owned()
}

fn comma() -> String {
    "{date}, {time}".to_owned()
}

/// Whether a table has every word that the templates use: those that English has.
fn complete(source: &Source, table: &str, words: &BTreeMap<String, String>) -> Result<()> {
    let all = TemplateFiles::words("i18n/en.toml", table)?;
    let missing: Vec<String> = all.into_keys().filter(|word| !words.contains_key(word)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::Input(vec![
        Diagnostic::of(
            &rule::WORDS_MISSING,
            format!("these words of the templates are missing: {}", missing.join(", ")),
        )
        .at(source.place_of_key(&format!("[{table}]")))
        .hint(format!("add them under `[{table}]`, as in `templates/i18n/en.toml`")),
    ]))
}

impl Locale {
    /// Loads a language's file, or its primary language's.
    pub(super) fn load(files: &TemplateFiles, language: &Language) -> Result<Self> {
        let names = [format!("i18n/{language}.toml"), format!("i18n/{}.toml", language.primary())];
        let Some(name) = names.iter().find(|name| files.has(name)) else {
            return Err(Diagnostic::of(&rule::NO_WORDS, format!("the templates have no words in `{language}`"))
                .at(Place::file(format!("templates/{}", names[0])))
                .hint("copy `templates/i18n/en.toml` to that name and translate it")
                .into());
        };
        let source = files.source(name)?;
        let mut locale: Self = source.toml()?;
        // a project's own file may be older than the templates: what it lacks is taken from the built-in one
        for (word, text) in TemplateFiles::words(name, "words")? {
            locale.words.entry(word).or_insert(text);
        }
        complete(&source, "words", &locale.words)?;
        Ok(locale)
    }

    /// The words of the server's pages in a language, all of them.
    pub(super) fn pages(files: &TemplateFiles, language: &Language) -> Result<BTreeMap<String, String>> {
        let mut pages = Self::load(files, language)?.pages;
        let names = [format!("i18n/{language}.toml"), format!("i18n/{}.toml", language.primary())];
        let name = names.iter().find(|name| files.has(name)).unwrap_or(&names[0]);
        for (word, text) in TemplateFiles::words(name, "pages")? {
            pages.entry(word).or_insert(text);
        }
        complete(&files.source(name)?, "pages", &pages)?;
        Ok(pages)
    }

    /// A day as this language writes it: "24 avril 2015".
    pub(super) fn date(&self, date: Date) -> String {
        self.pattern(&self.date, date)
    }

    /// The days from a first to a last, without saying twice what both share: "2 – 3 décembre 2014"; one day alone
    /// where there is no later one.
    pub(super) fn period(&self, from: Date, until: Date) -> String {
        if until <= from {
            return self.date(from);
        }
        let start = if from.year() == until.year() && self.date.trim_end().ends_with("{year}") {
            let pattern = self.date.replace("{year}", "");
            let pattern = if from.month() == until.month() { pattern.replace("{month}", "") } else { pattern };
            self.pattern(pattern.trim(), from)
        } else {
            self.date(from)
        };
        self.period.replace("{from}", &start).replace("{until}", &self.date(until))
    }

    /// A place and a day as a press release begins: "Bruxelles, le 24 avril 2015".
    pub(super) fn dateline(&self, place: &str, date: Date) -> String {
        self.dateline.replace("{place}", place).replace("{date}", &self.date(date))
    }

    /// A day with an hour as this language writes it: "jeudi 6 novembre 2014 à 10 h 30".
    pub(super) fn moment(&self, moment: DateTime) -> String {
        let minute = format!("{:02}", moment.minute());
        let time = self.time.replace("{hour}", &moment.hour().to_string()).replace("{minute}", &minute);
        let pattern = self.moment.replace("{date}", &self.date(moment.date())).replace("{time}", &time);
        self.pattern(&pattern, moment.date())
    }

    /// How many bytes, as people say it: "1,4 Mo".
    pub(super) fn size(&self, bytes: u64) -> String {
        let word = |name: &str| self.words.get(name).map_or("", String::as_str);
        if bytes < 950_000 {
            return format!("{}\u{a0}{}", bytes.div_ceil(1000).max(1), word("kilobytes"));
        }
        let tenths = (bytes + 50_000) / 100_000;
        let decimal =
            if tenths.is_multiple_of(10) { String::new() } else { format!("{}{}", word("decimal"), tenths % 10) };
        format!("{}{decimal}\u{a0}{}", tenths / 10, word("megabytes"))
    }

    /// What this language calls another; its tag where it has no word for it.
    pub(super) fn language_name(&self, language: &Language) -> String {
        let primary =
            || self.languages.iter().find(|(tag, _)| tag.as_str() == language.primary()).map(|(_, name)| name);
        self.languages.get(language).or_else(primary).cloned().unwrap_or_else(|| language.to_string())
    }

    fn pattern(&self, pattern: &str, date: Date) -> String {
        let index = |one_based: i8| usize::try_from(one_based - 1).unwrap_or(0);
        let day = match (&self.first_day, date.day()) {
            (Some(first), 1) => first.clone(),
            (_, day) => day.to_string(),
        };
        pattern
            .replace("{day}", &day)
            .replace("{month}", &self.months[index(date.month())])
            .replace("{year}", &date.year().to_string())
            .replace("{weekday}", &self.weekdays[index(date.weekday().to_monday_one_offset())])
    }
}
