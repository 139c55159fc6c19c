//! A press release as a page of its own: release + [`Dress`] -> [`Page`], and -> [`Rendering`] for a mail.
//!
//! The page is one file that asks nothing of anybody: its style and its script are in it, its pictures too unless they
//! are to lie beside it. What search engines and social networks read of it is made in `news`.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::context::{self, SnippetView, Target};
use super::embargo::Embargo;
use super::engine::Form;
use super::look::{Ground, Look};
use super::material::{Files, Full, PhotoView};
use super::news::{Facts, resolve};
use super::pictures::{Pictures, Placed, Placing};
use super::{PAGE, Renderer, Rendering, html, inline_css, text};
use crate::error::Result;
use crate::issue::{Issue, Kind, Media, MergeText, Piece, Readership, Snippet};
use crate::language::Language;

/// The script that copies the page's clean text.
const SCRIPT: &str = include_str!("release.js");

/// The template of a mail.
const MAIL_TEMPLATE: &str = "press-mail";

/// How wide a picture is shown in a mail, in CSS pixels.
const MAIL: u32 = 600;

/// What a page has around it.
#[derive(Debug, Clone)]
pub struct Dress {
    /// Where its pictures go.
    pub placing: Placing,
    /// Where its documents and photos lie, seen from the page; none where nothing can lead to them.
    pub files: Option<String>,
    /// Every language in which the release is there, this one too.
    pub versions: Vec<Version>,
    /// The page above this one and its name.
    pub home: Option<(String, String)>,
}

impl Dress {
    /// A page that is shown while it is written; `files` is where its documents and photos are served.
    pub(crate) fn in_preview(issue: &Issue, release: &Snippet, files: String) -> Self {
        let same = |other: &&Snippet| other.name == release.name && other.front.kind == Kind::PressRelease;
        let version = |other: &Snippet| Version {
            language: other.lang.clone(),
            href: format!("{}.{}.html", other.name, other.lang),
            address: None,
        };
        let versions = issue.all_snippets().filter(same).map(version).collect();
        Self { placing: Placing::Inline, files: Some(files), versions, home: None }
    }
}

/// A release's page in one language.
#[derive(Debug, Clone)]
pub struct Version {
    /// The language.
    pub language: Language,
    /// Where its page lies, seen from the others.
    pub href: String,
    /// Where it lies on the web.
    pub address: Option<String>,
}

/// A press release's page.
#[derive(Debug, Clone)]
pub struct Page {
    /// A whole HTML document.
    pub html: String,
    /// The same to be read as plain text.
    pub text: String,
    /// The pictures that lie beside it; of an inline one only its name counts.
    pub pictures: Vec<Placed>,
}

#[derive(Debug, Serialize)]
struct Sheet<'a> {
    lang: &'a Language,
    dir: &'static str,
    organisation: &'a context::Organisation,
    theme: &'a Look,
    words: &'a BTreeMap<String, String>,
    release: SnippetView,
    embargo: Option<Embargo>,
    photos: Vec<PhotoView>,
    full: Option<Full>,
    notes_for_editors: Option<String>,
    translations: Vec<Translation>,
    home: Option<Home>,
    head: Head,
}

/// What stands in the page's head.
#[derive(Debug, Default, Serialize)]
struct Head {
    description: Option<String>,
    canonical: Option<String>,
    alternates: Vec<Alternate>,
    picture: Option<String>,
    published: Option<String>,
    json_ld: String,
    policy: String,
    script: &'static str,
}

#[derive(Debug, Serialize)]
struct Alternate {
    lang: Language,
    url: String,
}

#[derive(Debug, Serialize)]
struct Translation {
    lang: Language,
    name: String,
    file: String,
}

#[derive(Debug, Serialize)]
struct Home {
    url: String,
    name: String,
}

impl Renderer<'_> {
    /// Renders a press release as a page of its own.
    pub fn release(&self, issue: &Issue, release: &Snippet, dress: &Dress) -> Result<Page> {
        let pictures = Pictures::new(self.project, dress.placing.clone(), PAGE, PAGE);
        let html = self.sheet("press-release", Form::Html, (issue, release), dress, &pictures)?;
        let plain = self.sheet("press-release", Form::Text, (issue, release), dress, &pictures)?;
        let html = html::for_everyone(&self.slots.open(&html), Form::Html);
        let text = html::for_everyone(&self.slots.open(&text::tidy(&plain)), Form::Text);
        Ok(Page { html, text, pictures: pictures.used() })
    }

    /// Renders a press release for a mail to a journalist, whose program knows no variables and no scripts.
    pub fn release_mail(&self, issue: &Issue, release: &Snippet, dress: &Dress) -> Result<Rendering> {
        let pictures = Pictures::new(self.project, Placing::Embed, MAIL, MAIL);
        let html = self.sheet(MAIL_TEMPLATE, Form::Html, (issue, release), dress, &pictures)?;
        let plain = self.sheet("press-release", Form::Text, (issue, release), dress, &pictures)?;
        let fixed = |text: String| MergeText(vec![Piece::Text(text)]);
        Ok(Rendering {
            language: release.lang.clone(),
            readership: Readership::default(),
            subject: fixed(release.front.title.clone()),
            preheader: fixed(release.front.subtitle.clone().unwrap_or_default()),
            html: fixed(html::for_everyone(&self.slots.open(&inline_css(&html)?), Form::Html)),
            text: fixed(html::for_everyone(&self.slots.open(&text::tidy(&plain)), Form::Text)),
            pictures: pictures.used(),
        })
    }

    fn sheet(
        &self,
        page: &'static str,
        form: Form,
        (issue, release): (&Issue, &Snippet),
        dress: &Dress,
        pictures: &Pictures<'_>,
    ) -> Result<String> {
        let language = &release.lang;
        let locale = self.locale(language)?;
        let beside = |_: &Snippet| dress.files.clone();
        let mut setting = self.setting(issue, language, &locale, pictures, &beside);
        if page == MAIL_TEMPLATE {
            // nothing stands between its title and its text
            setting.highest = 2;
        }
        let target = match form {
            Form::Html => Target::Html,
            Form::Text => Target::Text { next_note: 1 },
        };
        let organisation = self.organisation(language);
        let theme = self.look(language, pictures, Ground::Page)?;
        let mut view = setting.view(release, &target)?;
        let notes_for_editors = match &release.press.notes {
            Some(notes) => Some(setting.prose(notes, release, &target, &mut view.notes)?),
            None => None,
        };
        let files = Files { prefix: dress.files.as_deref(), locale: &locale };
        let set = setting.typography(language, release.front.typography, &target);
        let mut photos = Vec::new();
        let own = release.image.as_ref().map(|image| &image.media);
        for photo in release.press.photos.iter().filter(|photo| Some(&photo.picture.media) != own) {
            photos.push(files.photo(photo, &set, pictures, form)?);
        }
        let full = release.press.photos.iter().find(|photo| Some(&photo.picture.media) == own);
        let head = match form {
            Form::Html => Self::head(release, &organisation, dress, pictures),
            Form::Text => Head::default(),
        };
        let sheet = Sheet {
            lang: language,
            dir: language.direction(),
            organisation: &organisation,
            theme: &theme,
            words: &locale.words,
            embargo: Embargo::of(release, (language, &locale), &self.project.config).filter(|embargo| embargo.active),
            release: view,
            photos,
            full: full.and_then(|photo| photo.full.as_ref()).and_then(|media| files.full(media)),
            notes_for_editors,
            translations: self.translations(release, dress),
            home: dress.home.clone().map(|(url, name)| Home { url, name }),
            head,
        };
        self.engine(form, page)?.render(&sheet)
    }

    fn translations(&self, release: &Snippet, dress: &Dress) -> Vec<Translation> {
        let others = dress.versions.iter().filter(|version| version.language != release.lang);
        others
            .map(|version| Translation {
                lang: version.language.clone(),
                name: self.own_name(&version.language),
                file: version.href.clone(),
            })
            .collect()
    }

    fn head(release: &Snippet, organisation: &context::Organisation, dress: &Dress, pictures: &Pictures<'_>) -> Head {
        let own = dress.versions.iter().find(|version| version.language == release.lang);
        let canonical = own.and_then(|version| version.address.clone());
        let on_the_web = |media: &Media| {
            let src = pictures.src_of(media)?;
            resolve(canonical.as_deref()?, &src)
        };
        let photos = release.press.photos.iter().map(|photo| &photo.picture.media);
        let mut images: Vec<String> =
            release.image.iter().map(|image| &image.media).chain(photos).filter_map(on_the_web).collect();
        images.dedup();
        let facts = Facts::of(release, organisation, canonical.as_deref(), &images);
        let alternate =
            |version: &Version| Some(Alternate { lang: version.language.clone(), url: version.address.clone()? });
        let images_from = match dress.placing {
            Placing::Inline => "data:",
            // a page that is opened from a disk has its pictures there
            _ => "'self' data: file:",
        };
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
        Head {
            description: facts.description.clone(),
            alternates: dress.versions.iter().filter_map(alternate).collect(),
            picture: images.first().cloned(),
            published: facts.published.clone(),
            json_ld: facts.json_ld(),
            policy: format!(
                "default-src 'none'; img-src {images_from}; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; \
                 base-uri 'none'; form-action 'none'"
            ),
            script: SCRIPT,
            canonical,
        }
    }
}
