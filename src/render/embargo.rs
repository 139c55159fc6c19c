//! When a press release may be published, as its readers are told: moment + `[press]` -> [`Embargo`].

use jiff::tz::TimeZone;
use serde::Serialize;

use super::locale::Locale;
use crate::clock;
use crate::issue::Snippet;
use crate::language::Language;
use crate::project::Config;

/// An embargo: in the zone where most readers live, else in the officer's own.
#[derive(Debug, Serialize)]
pub(super) struct Embargo {
    until: String,
    iso: String,
    /// Whether it has not ended.
    pub(super) active: bool,
}

impl Embargo {
    /// The embargo of a release, told in a language.
    pub(super) fn of(release: &Snippet, (language, locale): (&Language, &Locale), config: &Config) -> Option<Self> {
        let moment = &release.front.embargo.as_ref()?.0;
        let press = &config.press;
        let zone = press.zone.as_deref().and_then(|zone| TimeZone::get(zone).ok());
        let there = zone.map_or_else(|| moment.clone(), |zone| moment.with_time_zone(zone));
        let name = press.zone_name.as_ref().map(|name| name.get(language, &config.languages.default));
        let name = match name {
            Some(name) => name.to_owned(),
            None => format!("UTC{}", there.strftime("%:z")),
        };
        Some(Self {
            until: format!("{} ({name})", locale.moment(there.datetime())),
            iso: there.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            active: clock::now().timestamp() < moment.timestamp(),
        })
    }
}
