//! Colours, fonts, logo and measures: `theme.toml`, the one file that an officer changes for the look.

use serde::{Deserialize, Serialize};

use super::files::TemplateFiles;
use crate::error::Result;
use crate::project::Localised;

/// The look of mails and pages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Theme {
    /// The column's width, in CSS pixels.
    pub(super) width: u32,
    /// The rounding of corners, in CSS pixels.
    pub(super) radius: u32,
    /// Colours in a light scheme.
    pub(super) colours: Colours,
    /// Colours in a dark scheme.
    pub(super) colours_dark: Colours,
    /// Font stacks.
    pub(super) fonts: Fonts,
    /// The logo; the organisation's name stands in its place where there is none.
    pub(super) logo: Option<Logo>,
}

/// One scheme's colours.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "theme.toml says what each is for")]
pub(super) struct Colours {
    pub(super) text: String,
    pub(super) muted: String,
    pub(super) background: String,
    pub(super) paper: String,
    pub(super) accent: String,
    pub(super) on_accent: String,
    pub(super) rule: String,
}

/// CSS font stacks.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
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
    pub(super) fn load(files: &TemplateFiles) -> Result<Self> {
        files.source("theme.toml")?.toml()
    }
}
