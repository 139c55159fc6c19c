//! [`Theme`] -> [`Look`]: the theme as templates see it, its logo chosen for the grounds on which it stands.

use serde::Serialize;

use super::colour::Colour;
use super::files::TemplateFiles;
use super::pictures::{Pictures, Placed};
use super::theme::{Colours, Fonts, Masthead, Theme};
use crate::error::Result;
use crate::issue::Media;
use crate::language::Language;

/// What templates see of a theme.
#[derive(Debug, Serialize)]
pub(super) struct Look {
    width: u32,
    radius: u32,
    masthead: Masthead,
    colours: Colours,
    colours_dark: Colours,
    fonts: FontsView,
    logo: Option<LogoView>,
}

#[derive(Debug, Serialize)]
struct FontsView {
    body: String,
    heading: String,
    outlook_body: String,
    outlook_heading: String,
}

#[derive(Debug, Serialize)]
struct LogoView {
    src: String,
    alt: String,
    width: u32,
    height: u32,
    dark_src: Option<String>,
    dark_width: Option<u32>,
    dark_height: Option<u32>,
}

/// On what the logo stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// The newsletter's masthead.
    Masthead,
    /// A page.
    Page,
}

impl Look {
    pub(super) fn new(
        theme: &Theme,
        files: &TemplateFiles,
        pictures: &Pictures<'_>,
        (language, default): (&Language, &Language),
        ground: Ground,
    ) -> Result<Self> {
        Ok(Self {
            width: theme.width,
            radius: theme.radius,
            masthead: theme.masthead,
            colours: theme.colours.clone(),
            colours_dark: theme.colours_dark.clone(),
            fonts: FontsView {
                body: theme.fonts.body.clone(),
                heading: theme.fonts.heading.clone(),
                outlook_body: Fonts::on_windows(&theme.fonts.body).to_owned(),
                outlook_heading: Fonts::on_windows(&theme.fonts.heading).to_owned(),
            },
            logo: logo(theme, files, pictures, (language, default), ground)?,
        })
    }
}

/// The logo for a light scheme's ground and, where another suits it better, the one for a dark scheme's.
fn logo(
    theme: &Theme,
    files: &TemplateFiles,
    pictures: &Pictures<'_>,
    (language, default): (&Language, &Language),
    ground: Ground,
) -> Result<Option<LogoView>> {
    let Some(logo) = &theme.logo else { return Ok(None) };
    let Some(for_light) = files.picture(&logo.file)? else { return Ok(None) };
    let for_dark = logo.dark.as_deref().map(|file| files.picture(file)).transpose()?.flatten();
    let suits = |colours: &Colours| {
        let ground = if ground == Ground::Masthead { &colours.masthead } else { &colours.background };
        let dark = Colour::parse(ground).is_some_and(Colour::is_dark);
        for_dark.as_ref().filter(|_| dark).unwrap_or(&for_light)
    };
    let place = |media: &Media| -> Result<Placed> { pictures.place_within(media, logo.width) };
    let (by_day, by_night) = (suits(&theme.colours), suits(&theme.colours_dark));
    let day = place(by_day)?;
    let night = if by_night == by_day { None } else { Some(place(by_night)?) };
    Ok(Some(LogoView {
        src: day.src,
        alt: logo.alt.get(language, default).to_owned(),
        width: day.width,
        height: day.height,
        dark_width: night.as_ref().map(|placed| placed.width),
        dark_height: night.as_ref().map(|placed| placed.height),
        dark_src: night.map(|placed| placed.src),
    }))
}
