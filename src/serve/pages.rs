//! What readers see: a [`Page`]'s data -> HTML in their language, with the policy that goes with it.

use std::collections::BTreeMap;

use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::client::preferred;
use crate::error::{Error, Result, Trouble};
use crate::language::Language;
use crate::project::{Localised, Project};
use crate::render::{Renderer, Sheets, style_sources};

/// The template.
const TEMPLATE: &str = "reader";

/// A page's data, as its template sees it.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Page {
    /// Which page it is.
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) text: Vec<String>,
    /// What just happened.
    pub(super) notice: Option<String>,
    /// Whose page it is.
    pub(super) address: Option<String>,
    /// A sign that says at a glance what happened.
    pub(super) mark: Option<&'static str>,
    pub(super) form: Option<Form>,
    /// The same page in other languages.
    pub(super) tongues: Vec<Choice>,
    /// Where to go from here.
    pub(super) links: Vec<Link>,
}

/// A form.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Form {
    pub(super) action: String,
    pub(super) token: String,
    /// What it does, so that no form does another's work.
    pub(super) name: &'static str,
    pub(super) button: String,
    /// Whether it asks for an address.
    pub(super) joins: bool,
    pub(super) email: String,
    /// What is wrong with the address.
    pub(super) wrong: Option<String>,
    pub(super) languages: Vec<Choice>,
    pub(super) topics: Vec<TopicChoice>,
    pub(super) consent: Option<String>,
    pub(super) version: String,
    pub(super) privacy: Option<String>,
}

/// A language to choose, or to go on in.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    pub(super) lang: Language,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) chosen: bool,
}

/// A topic to choose.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TopicChoice {
    pub(super) tag: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

/// A link.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Link {
    pub(super) url: String,
    pub(super) text: String,
}

/// The pages, ready to be filled.
pub(super) struct Pages {
    sheets: Sheets,
    words: BTreeMap<Language, BTreeMap<String, String>>,
    names: BTreeMap<Language, String>,
    organisation: Localised,
    default: Language,
    policy: HeaderValue,
}

impl Pages {
    /// Reads the templates, and proves them in every language.
    pub(super) fn new(project: &Project) -> Result<Self> {
        let renderer = Renderer::new(project, &[])?;
        let languages = renderer.page_languages();
        let default = &project.config.languages.default;
        let default = languages.iter().find(|own| own.primary() == default.primary()).or(languages.first());
        let default = default.cloned().ok_or_else(|| {
            Error::Refused(Trouble::new("no language has words for the pages").hint("see `templates/i18n/en.toml`"))
        })?;
        let sheets = renderer.sheets(TEMPLATE, &languages)?;
        let mut styles: Vec<String> = Vec::new();
        for language in &languages {
            for kind in ["join", "leave"] {
                styles.extend(style_sources(&sheets.fill(language, &specimen(kind, language))?));
            }
        }
        styles.sort();
        styles.dedup();
        let policy = format!(
            "default-src 'none'; img-src data:; style-src {}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            styles.join(" ")
        );
        let words = languages.iter().map(|language| Ok((language.clone(), renderer.page_words(language)?)));
        Ok(Self {
            words: words.collect::<Result<_>>()?,
            names: languages.iter().map(|language| (language.clone(), renderer.name_of(language))).collect(),
            organisation: project.config.organisation.name.clone(),
            default,
            policy: HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'")),
            sheets,
        })
    }

    /// The page as an answer.
    pub(super) fn show(&self, status: StatusCode, language: &Language, page: &Page) -> Response {
        match self.sheets.fill(language, page) {
            Ok(html) => {
                let kind = HeaderValue::from_static("text/html; charset=utf-8");
                (status, [(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, self.policy.clone())], html).into_response()
            }
            // proved at the start; a template that stumbles over one page alone still gives its status
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "this page cannot be shown\n").into_response(),
        }
    }

    /// A word in a language, `{organisation}` filled in.
    pub(super) fn word(&self, language: &Language, name: &str) -> String {
        let word = self.words.get(language).and_then(|words| words.get(name)).map_or("", String::as_str);
        word.replace("{organisation}", self.organisation.get(language, &self.default))
    }

    /// The language of a page: the one that was asked for, the reader's own where it is known, their browser's, or the
    /// project's.
    pub(super) fn language(&self, asked: Option<&str>, known: Option<&Language>, headers: &HeaderMap) -> Language {
        let there = |wanted: &Language| self.own(wanted);
        let asked = asked.and_then(Language::parse).and_then(|language| self.own(&language).cloned());
        let known = || known.and_then(|language| self.own(language).cloned());
        let browser = || preferred(headers, there).cloned();
        asked.or_else(known).or_else(browser).unwrap_or_else(|| self.default.clone())
    }

    /// The same page in the other languages.
    pub(super) fn tongues(&self, current: &Language, path: &str) -> Vec<Choice> {
        let others = self.sheets.languages().filter(|language| *language != current);
        let choice = |language: &Language| Choice {
            url: format!("{path}?lang={language}"),
            name: self.name(language),
            lang: language.clone(),
            chosen: false,
        };
        others.map(choice).collect()
    }

    /// The project's own language.
    pub(super) fn default(&self) -> &Language {
        &self.default
    }

    /// What a language calls itself.
    pub(super) fn name(&self, language: &Language) -> String {
        self.names.get(language).cloned().unwrap_or_else(|| language.to_string())
    }

    fn own(&self, wanted: &Language) -> Option<&Language> {
        let exact = self.sheets.languages().find(|own| *own == wanted);
        exact.or_else(|| self.sheets.languages().find(|own| own.primary() == wanted.primary()))
    }
}

/// A page with everything in it, to prove the template by.
fn specimen(kind: &'static str, language: &Language) -> Page {
    let choice = Choice { lang: language.clone(), name: "x".into(), url: "x".into(), chosen: true };
    let topic = TopicChoice { tag: "x".into(), name: "x".into(), chosen: true };
    Page {
        kind,
        notice: Some("x".into()),
        text: vec!["x".into()],
        address: Some("x".into()),
        mark: Some("x"),
        form: Some(Form {
            joins: true,
            wrong: Some("x".into()),
            consent: Some("x".into()),
            privacy: Some("x".into()),
            languages: vec![choice.clone()],
            topics: vec![topic],
            ..Form::default()
        }),
        tongues: vec![choice],
        links: vec![Link { url: "x".into(), text: "x".into() }],
        ..Page::default()
    }
}
