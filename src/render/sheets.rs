//! Pages and letters of `envoi serve`: read, proved and laid out once, filled for each request.
//!
//! Template + languages -> [`Sheets`], and -> [`Rendering`] for a letter whose one open field is its link. Their words
//! are the table `[pages]` of `templates/i18n/<lang>.toml`; a language without it can still have newsletters.

use std::collections::BTreeMap;

use base64::Engine as _;
use handlebars::Handlebars;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::engine::{Engine, Form};
use super::locale::Locale;
use super::look::Ground;
use super::pictures::{Pictures, Placing};
use super::slots::Slots;
use super::{PAGE, Renderer, Rendering, inline_css, text};
use crate::error::{Error, Result, Trouble};
use crate::issue::{MergeField, MergeText, Piece, Readership};
use crate::language::Language;

/// The name of a letter's open field; no column can have it.
const LINK: &str = "the link";

/// A template in several languages, ready to be filled over and over.
pub(crate) struct Sheets {
    registry: Handlebars<'static>,
    template: &'static str,
    languages: Vec<(Language, Value)>,
}

/// What a page sees.
#[derive(Serialize)]
struct Sheet<'s, T> {
    #[serde(flatten)]
    ground: &'s Value,
    page: &'s T,
}

impl Renderer<'_> {
    /// A template with all that does not depend on a request.
    pub(crate) fn sheets(&self, template: &'static str, languages: &[Language]) -> Result<Sheets> {
        let engine = Engine::new(&self.files, Form::Html, template, &self.fields, &Slots::default())?;
        let languages =
            languages.iter().map(|language| Ok((language.clone(), self.ground(language, Placing::Inline)?)));
        Ok(Sheets { registry: engine.into_registry(), template, languages: languages.collect::<Result<_>>()? })
    }

    /// A letter; `data` is under `page` in its template, and `{{{link}}}` is where its link goes.
    pub(crate) fn letter(
        &self,
        template: &str,
        language: &Language,
        subject: &str,
        data: &impl Serialize,
    ) -> Result<Rendering> {
        let slots = Slots::default();
        let field = MergeField { name: LINK.to_owned(), fallback: None, in_url: true };
        let mut ground = self.ground(language, Placing::Embed)?;
        ground["link"] = json!(slots.token(&field));
        ground["subject"] = json!(subject);
        let sheet = Sheet { ground: &ground, page: data };
        let render = |form| Engine::new(&self.files, form, template, &self.fields, &slots)?.render(&sheet);
        Ok(Rendering {
            language: language.clone(),
            readership: Readership::default(),
            subject: MergeText(vec![Piece::Text(subject.to_owned())]),
            preheader: MergeText::default(),
            html: slots.open(&inline_css(&render(Form::Html)?)?),
            text: slots.open(&text::tidy(&render(Form::Text)?)),
            pictures: Vec::new(),
        })
    }

    /// The words of the pages.
    pub(crate) fn page_words(&self, language: &Language) -> Result<BTreeMap<String, String>> {
        Locale::pages(&self.files, language)
    }

    /// The languages in which the pages have words: those that are built in, and the project's own.
    pub(crate) fn page_languages(&self) -> Vec<Language> {
        let has = |language: &Language| Locale::pages(&self.files, language).is_ok();
        self.files.languages().into_iter().filter(has).collect()
    }

    /// What pages in a language have in common.
    fn ground(&self, language: &Language, placing: Placing) -> Result<Value> {
        let words = Locale::pages(&self.files, language)?;
        let pictures = Pictures::new(self.project, placing, PAGE, PAGE);
        let mut look = json!(self.look(language, &pictures, Ground::Page)?);
        if pictures.used().iter().any(|placed| placed.src.starts_with("cid:")) {
            // a letter of a few lines carries no picture
            look["logo"] = Value::Null;
        }
        Ok(json!({
            "lang": language,
            "dir": language.direction(),
            "organisation": self.organisation(language),
            "theme": look,
            "words": words,
        }))
    }
}

impl Sheets {
    /// The page in a language, which is one of those that it was made for.
    pub(crate) fn fill(&self, language: &Language, page: &impl Serialize) -> Result<String> {
        let ground = self.languages.iter().find(|(own, _)| own == language).or(self.languages.first());
        let Some((_, ground)) = ground else { return Err(unfit("there is no language for it")) };
        self.registry.render(self.template, &Sheet { ground, page }).map_err(|error| {
            let place = error.line_no.map_or_else(String::new, |line| format!(":{line}"));
            let template = error.template_name.as_deref().unwrap_or(self.template);
            unfit(&format!("templates/{template}.html.hbs{place}: {}", error.reason()))
        })
    }

    /// The languages that it was made for.
    pub(crate) fn languages(&self) -> impl Iterator<Item = &Language> {
        self.languages.iter().map(|(language, _)| language)
    }
}

fn unfit(why: &str) -> Error {
    Error::Refused(
        Trouble::new(format!("a page of the server cannot be made: {why}"))
            .hint("mend the template, or delete the project's own copy to have the built-in one back"),
    )
}

/// What a page's policy says of its own style sheets: the hash of each (CSP 3, section 2.3.1).
pub(crate) fn style_sources(html: &str) -> Vec<String> {
    let sheets = html.split("<style>").skip(1).filter_map(|rest| rest.split_once("</style>"));
    let hash = |sheet: &str| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(sheet));
    sheets.map(|(sheet, _)| format!("'sha256-{}'", hash(sheet))).collect()
}

impl Rendering {
    /// A letter with its link filled in.
    pub(crate) fn with_link(&self, link: &str) -> Self {
        let filled = |text: &MergeText| {
            let piece = |piece: &Piece| match piece {
                Piece::Field(field) if field.name == LINK => Piece::Text(link.to_owned()),
                other => other.clone(),
            };
            MergeText(text.0.iter().map(piece).collect())
        };
        Self { html: filled(&self.html), text: filled(&self.text), ..self.clone() }
    }
}
