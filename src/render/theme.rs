//! Colours, fonts, logo and measures: `theme.toml`, the one file that an officer changes for the look.
//!
//! It names the theme it begins with (`base = "harbour"`: one of `templates/themes/`, built in or the project's own),
//! and replaces what it likes. `theme.toml` + its base -> [`Theme`], whole.

use serde::{Deserialize, Serialize};

use super::colour::{Colour, READABLE};
use super::files::TemplateFiles;
use crate::diagnostic::{Diagnostic, nearest};
use crate::error::{Error, Result};
use crate::project::Localised;
use crate::rule;
use crate::source::Source;

/// Where the look is written.
const FILE: &str = "theme.toml";

/// The theme that a `theme.toml` begins with where it names none.
const USUAL: &str = "lantern";

/// The look of mails and pages.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Theme {
    /// The theme that this one begins with.
    base: Option<String>,
    /// The column's width, in CSS pixels.
    pub(super) width: u32,
    /// The rounding of corners, in CSS pixels.
    pub(super) radius: u32,
    /// Where logo, date and subject stand.
    pub(super) masthead: Masthead,
    /// Colours in a light scheme.
    pub(super) colours: Colours,
    /// Colours in a dark scheme.
    pub(super) colours_dark: Colours,
    /// Font stacks.
    pub(super) fonts: Fonts,
    /// The logo; the organisation's name stands in its place where there is none.
    pub(super) logo: Option<Logo>,
}

/// Where logo, date and subject stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Masthead {
    /// The logo on one side, the date on the other.
    #[default]
    Sides,
    /// One below the other in the middle.
    Centred,
}

/// One scheme's colours, as `#rrggbb`.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "the themes say what each is for")]
pub(super) struct Colours {
    pub(super) text: String,
    pub(super) muted: String,
    pub(super) background: String,
    pub(super) paper: String,
    pub(super) accent: String,
    pub(super) on_accent: String,
    pub(super) masthead: String,
    pub(super) on_masthead: String,
    pub(super) rule: String,
}

/// A colour with its key.
type Named<'c> = (&'static str, &'c str);

/// CSS font stacks.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Fonts {
    /// For texts.
    pub(super) body: String,
    /// For titles.
    pub(super) heading: String,
}

/// The logo's files, beside `theme.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Logo {
    /// For a light ground.
    pub(super) file: String,
    /// For a dark ground.
    pub(super) dark: Option<String>,
    /// What it says.
    #[serde(default)]
    pub(super) alt: Localised,
    /// The width at which it is shown, in CSS pixels.
    pub(super) width: u32,
}

impl Theme {
    /// Reads `theme.toml` and the theme that it begins with.
    pub(super) fn load(files: &TemplateFiles) -> Result<Self> {
        let source = files.source(FILE)?;
        // read on its own first: what is wrong in it is then shown where it stands
        let own: Self = source.toml()?;
        let base = own.base.as_deref().unwrap_or(USUAL);
        let base_source = Self::base(files, base, &source)?;
        let _: Self = base_source.toml()?;
        let mut whole: toml::Table = base_source.toml()?;
        lay_over(&mut whole, source.toml()?);
        let theme: Self = whole.try_into().map_err(|error: toml::de::Error| {
            Error::from(Diagnostic::of(&rule::WRONG_THEME, error.message().to_owned()).at(source.place_of_key("base")))
        })?;
        let wrong = theme.wrong(&source, &base_source);
        if wrong.is_empty() { Ok(theme) } else { Err(Error::Input(wrong)) }
    }

    fn base(files: &TemplateFiles, name: &str, source: &Source) -> Result<Source> {
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
        let file = format!("themes/{name}.toml");
        if plain && files.has(&file) {
            return files.source(&file);
        }
        let there = files.themes();
        let diagnostic =
            Diagnostic::of(&rule::WRONG_THEME, format!("there is no theme `{name}`")).at(source.place_of_key("base"));
        Err(match nearest(name, there.iter().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!("there are: {}", there.join(", "))),
        }
        .into())
    }

    fn wrong(&self, source: &Source, base: &Source) -> Vec<Diagnostic> {
        let place = |key: &str| {
            let place = source.place_of_key(key);
            if place.line == 0 { base.place_of_key(key) } else { place }
        };
        let mut found = Vec::new();
        for (scheme, colours) in [("colours", &self.colours), ("colours_dark", &self.colours_dark)] {
            for (name, colour) in colours.each() {
                if Colour::parse(colour).is_none() {
                    found.push(
                        Diagnostic::of(&rule::WRONG_THEME, format!("`{colour}` is no colour for `{name}`"))
                            .at(place(&format!("{scheme}.{name}")))
                            .hint("write it as six digits and letters from a to f, as in `#17323b`"),
                    );
                }
            }
        }
        if !(320..=960).contains(&self.width) {
            found.push(
                Diagnostic::of(&rule::WRONG_THEME, format!("a column of {} pixels is not read well", self.width))
                    .at(place("width"))
                    .hint("600 is what mail programs are made for"),
            );
        }
        found
    }

    /// Which colours are hard to read on which, with the contrast that they have.
    pub(super) fn hard_to_read(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (scheme, colours) in [("colours", &self.colours), ("colours_dark", &self.colours_dark)] {
            for ((name, text), (ground_name, ground)) in colours.pairs() {
                let (Some(one), Some(two)) = (Colour::parse(text), Colour::parse(ground)) else { continue };
                let contrast = one.contrast(two);
                if contrast < READABLE {
                    found.push(format!("`{name}` on `{ground_name}` in `[{scheme}]` has a contrast of {contrast:.1}"));
                }
            }
        }
        found
    }
}

impl Colours {
    fn each(&self) -> [Named<'_>; 9] {
        [
            ("text", &self.text),
            ("muted", &self.muted),
            ("background", &self.background),
            ("paper", &self.paper),
            ("accent", &self.accent),
            ("on_accent", &self.on_accent),
            ("masthead", &self.masthead),
            ("on_masthead", &self.on_masthead),
            ("rule", &self.rule),
        ]
    }

    /// What stands on what in the templates.
    fn pairs(&self) -> [(Named<'_>, Named<'_>); 9] {
        let [text, muted, background, paper, accent, on_accent, masthead, on_masthead, rule] = self.each();
        [
            (text, paper),
            (text, background),
            (text, rule),
            (muted, paper),
            (muted, background),
            (accent, paper),
            (accent, background),
            (on_accent, accent),
            (on_masthead, masthead),
        ]
    }
}

impl Fonts {
    /// The first font of a stack that Windows has: Outlook there takes the first name for better or worse, and Times
    /// where it does not know it.
    pub(super) fn on_windows(stack: &str) -> &str {
        const THERE: [&str; 13] = [
            "Segoe UI",
            "Arial",
            "Verdana",
            "Tahoma",
            "Trebuchet MS",
            "Georgia",
            "Cambria",
            "Calibri",
            "Candara",
            "Constantia",
            "Palatino Linotype",
            "Times New Roman",
            "Courier New",
        ];
        let mut names = stack.split(',').map(|name| name.trim().trim_matches(['\'', '"']));
        names.find(|name| THERE.contains(name)).unwrap_or(if stack.ends_with("sans-serif") {
            "Arial"
        } else {
            "Georgia"
        })
    }
}

/// Lays one table over another: what it names takes the place of what was there.
fn lay_over(under: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => lay_over(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::TEMPLATES;

    #[test]
    fn every_theme_that_ships_is_whole_and_easy_to_read() {
        let mut count = 0;
        for (name, text) in TEMPLATES.iter().filter(|(name, _)| name.starts_with("themes/")) {
            let source = Source::new(*name, text);
            let theme: Theme = source.toml().unwrap();
            assert_eq!(theme.wrong(&source, &source), [], "{name}");
            assert_eq!(theme.hard_to_read(), [""; 0], "{name}");
            assert!(!theme.fonts.body.is_empty() && !theme.fonts.heading.is_empty(), "{name}");
            count += 1;
        }
        assert_eq!(count, 3);
    }

    #[test]
    fn outlook_gets_a_font_that_it_has() {
        assert_eq!(Fonts::on_windows("-apple-system, 'Segoe UI', Arial, sans-serif"), "Segoe UI");
        assert_eq!(Fonts::on_windows("Charter, serif"), "Georgia");
    }
}
