//! What stands between the `+++` lines of a snippet: its title, its kind, and what each kind adds.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::audience::Audience;
use super::date::{Day, Moment};
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::language::Language;
use crate::rule;
use crate::source::Source;

/// What a snippet is; each kind has its own partial template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A text, with a picture perhaps.
    #[default]
    Article,
    /// Something that takes place somewhere on a day.
    Event,
    /// Documents and films to download.
    Publication,
    /// Somebody's words.
    Quotation,
    /// Press clippings, partners.
    Links,
    /// A press release; a teaser in a newsletter, a page of its own when exported.
    PressRelease,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Article, Self::Event, Self::Publication, Self::Quotation, Self::Links, Self::PressRelease];

    /// Its name in files, and of its partial template.
    pub fn name(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Event => "event",
            Self::Publication => "publication",
            Self::Quotation => "quotation",
            Self::Links => "links",
            Self::PressRelease => "press-release",
        }
    }

    /// The keys that this kind uses beside those that every kind has.
    fn own_keys(self) -> &'static [&'static str] {
        match self {
            Self::Article | Self::Links | Self::Publication => &["documents"],
            Self::Event => &["place", "until", "time", "documents"],
            Self::Quotation => &["speaker", "function"],
            Self::PressRelease => &[
                "place",
                "subtitle",
                "embargo",
                "published",
                "updated",
                "quotations",
                "contacts",
                "boilerplate",
                "documents",
                "photos",
                "notes_for_editors",
            ],
        }
    }
}

/// A picture beside the snippet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// A file in the issue's own folder.
    pub file: String,
    /// What is to be seen, for who does not see it.
    #[serde(default)]
    pub alt: String,
    /// What stands under it.
    pub caption: Option<String>,
    /// Who made it.
    pub credit: Option<String>,
    /// The same picture as large as there is, for print: a file in the issue's own folder.
    pub full: Option<String>,
}

/// A link with its language and source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What is read.
    pub text: String,
    /// Where it leads.
    pub url: String,
    /// In which language the target is.
    pub lang: Option<Language>,
    /// The newspaper, the partner.
    pub source: Option<String>,
    /// When it appeared.
    pub date: Option<Day>,
}

/// Something to download.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Where it lies; empty where it is a `file`.
    #[serde(default)]
    pub url: String,
    /// A file in the issue's own folder, which goes with a press release's page.
    pub file: Option<String>,
    /// In which language it is.
    pub lang: Option<Language>,
    /// "PDF", "film"; by the file's ending where left out.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// "2 MB", "12 min"; the file's own where left out.
    pub size: Option<String>,
    /// A word on it.
    pub note: Option<String>,
}

/// Somebody's words within a press release.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotation {
    /// What was said.
    pub words: String,
    /// By whom.
    pub speaker: Option<String>,
    /// In what function.
    pub function: Option<String>,
}

/// Whom a journalist can ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Who.
    pub name: String,
    /// In what function.
    pub function: Option<String>,
    /// A telephone number, as it is written.
    pub phone: Option<String>,
    /// An e-mail address.
    pub email: Option<crate::address::Address>,
}

/// The front matter of a snippet of any kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// The heading.
    pub title: String,
    /// What it is.
    #[serde(default)]
    pub kind: Kind,
    /// Its language, where its file name does not say.
    pub lang: Option<Language>,
    /// When it happened or happens, or was written.
    pub date: Option<Day>,
    /// Its picture.
    pub image: Option<Image>,
    /// What it is about, as an archive that it was imported from had it; shown nowhere.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Links that stand under the text.
    #[serde(default)]
    pub links: Vec<Link>,
    /// A copyright line of its own.
    pub copyright: Option<String>,
    /// Whether HTML in the Markdown is let through.
    #[serde(default)]
    pub raw_html: bool,
    /// Who gets it, where not everybody does.
    pub audience: Option<Audience>,
    /// Whether spaces and quotation marks are set by the language's rules.
    #[serde(default = "yes")]
    pub typography: bool,
    /// Rules by code or name whose findings are not told in this snippet.
    #[serde(default)]
    pub allow: Vec<String>,
    /// The last day of an event.
    pub until: Option<Day>,
    /// The hours of an event, as they are to be read.
    pub time: Option<String>,
    /// The place of an event, or of a press release's dateline.
    pub place: Option<String>,
    /// What a publication offers.
    #[serde(default)]
    pub documents: Vec<Document>,
    /// Whose words a quotation is.
    pub speaker: Option<String>,
    /// In what function they were said.
    pub function: Option<String>,
    /// The line under a press release's headline.
    pub subtitle: Option<String>,
    /// Before when a press release must not be published.
    pub embargo: Option<Moment>,
    /// What people say in a press release.
    #[serde(default)]
    pub quotations: Vec<Quotation>,
    /// Whom journalists can ask.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// Pictures that journalists may take.
    #[serde(default)]
    pub photos: Vec<Image>,
    /// What editors should know and readers need not, as Markdown.
    pub notes_for_editors: Option<String>,
    /// When a press release was last corrected.
    pub updated: Option<Day>,
    /// Whether a press release is out, although no issue was sent with it: the archive then shows it.
    pub published: Option<bool>,
    /// What others call the embargo; an error that says so.
    for_release: Option<toml::Value>,
    /// The name of the text on the organisation that ends a press release: `templates/boilerplates/<name>.<lang>.md`.
    pub boilerplate: Option<String>,
}

fn yes() -> bool {
    true
}

impl FrontMatter {
    /// Splits a snippet's file into its front matter and where its body begins (bytes).
    pub fn read(source: &Source) -> Result<(Self, usize)> {
        let text = &source.text;
        // a space behind the plus signs is nothing to see, and nothing to stumble over
        let first = text.split_inclusive('\n').next().unwrap_or_default();
        let Some(rest) = text.strip_prefix(first).filter(|_| first.trim_end() == "+++") else {
            return Err(Diagnostic::of(
                &rule::NO_FRONT_MATTER,
                "a snippet begins with its front matter between `+++` lines",
            )
            .at(source.place(0..text.find('\n').unwrap_or(text.len())))
            .hint("write these lines first: `+++`, `title = \"…\"`, `+++`")
            .into());
        };
        let start = text.len() - rest.len();
        let mut at = start;
        for line in rest.split_inclusive('\n') {
            if line.trim_end() == "+++" {
                let front: Self = source.toml_in(start..at)?;
                return match &front.for_release {
                    None => Ok((front, at + line.len())),
                    Some(value) => Err(embargo_instead(value).at(source.place_of_key("for_release")).into()),
                };
            }
            at += line.len();
        }
        Err(Diagnostic::of(
            &rule::OPEN_FRONT_MATTER,
            "the front matter opens with `+++`, but no second `+++` line closes it",
        )
        .at(source.place(0..3))
        .hint("add a line `+++` between the front matter and the text")
        .into())
    }

    /// Where the TOML between the plus signs stands in a snippet whose text begins at a byte.
    pub(super) fn bytes(source: &Source, body: usize) -> Range<usize> {
        let text = &source.text[..body];
        let begin = text.find('\n').map_or(0, |at| at + 1);
        let end = text.trim_end().rfind('\n').map_or(begin, |at| at + 1);
        begin..end.max(begin)
    }

    /// The keys that are there, but that this kind has no use for.
    pub fn unused_keys(&self) -> Vec<&'static str> {
        let present = [
            ("until", self.until.is_some()),
            ("time", self.time.is_some()),
            ("place", self.place.is_some()),
            ("documents", !self.documents.is_empty()),
            ("speaker", self.speaker.is_some()),
            ("function", self.function.is_some()),
            ("subtitle", self.subtitle.is_some()),
            ("embargo", self.embargo.is_some()),
            ("quotations", !self.quotations.is_empty()),
            ("contacts", !self.contacts.is_empty()),
            ("boilerplate", self.boilerplate.is_some()),
            ("photos", !self.photos.is_empty()),
            ("notes_for_editors", self.notes_for_editors.is_some()),
            ("updated", self.updated.is_some()),
            ("published", self.published.is_some()),
        ];
        let own = self.kind.own_keys();
        present.iter().filter(|(key, there)| *there && !own.contains(key)).map(|(key, _)| *key).collect()
    }
}

/// One word for one thing: `for_release`, as agencies write it, is the embargo.
fn embargo_instead(value: &toml::Value) -> Diagnostic {
    let diagnostic =
        Diagnostic::of(&rule::FOR_RELEASE, "unknown key `for_release`: the release time is called `embargo`");
    match value.as_str() {
        Some("immediate") => diagnostic.hint("take the line out: what has no embargo may appear at once"),
        _ => diagnostic.hint("write a moment with its zone: `embargo = 2014-11-06T10:30:00+01:00`"),
    }
}
