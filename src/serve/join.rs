//! Subscribing: `/subscribe`. The form, and what it sends.
//!
//! POST is answered the same for every address, before anybody has looked whether it is known: the letter that tells
//! the difference goes to the address itself. Instead of a captcha, a field that only machines fill in, and limits.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::body::Fields;
use super::desk::{Asked, Desk};
use super::guard::{Site, site};
use super::joining::Joining;
use super::meter::Count;
use super::pages::{Choice, Form, Page, TopicChoice};
use crate::address::Address;
use crate::clock;
use crate::language::Language;

/// What somebody wrote into the form so far.
#[derive(Debug, Default)]
struct Draft<'d> {
    email: &'d str,
    language: Option<Language>,
    topics: Vec<&'d str>,
    wrong: Option<String>,
    notice: Option<String>,
}

/// Shows the form.
pub(super) async fn form(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let asked = desk.asked(&request);
    show(&desk, StatusCode::OK, &desk.language(&asked), &Draft::default())
}

/// Takes what the form sends.
pub(super) async fn join(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let asked = desk.asked(&request);
    let fields = match Fields::read(&asked.headers, request.into_body()).await {
        Ok(fields) => fields,
        Err(status) => return (status, "this is no form that can be read here\n").into_response(),
    };
    let language = desk.language(&asked);
    let from = site(&asked.headers, &desk.origin, &desk.serve.form_origins);
    if from == Site::Foreign {
        return desk.foreign(&language);
    }
    let email = fields.get("email").unwrap_or_default().trim();
    if fields.get("website").is_some_and(|website| !website.is_empty()) {
        // the machine is to believe that it was taken
        desk.meter.count(Count::Trapped);
        return sent(&desk, &language, email);
    }
    if !desk.limits.form(asked.client) {
        desk.meter.count(Count::Limited);
        let mut response = desk.say(StatusCode::TOO_MANY_REQUESTS, &language, "busy", Vec::new());
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
        return response;
    }
    let wanted = fields.get("lang").and_then(Language::parse).filter(|wanted| desk.newsletters().contains(wanted));
    let chosen = |topic: &&crate::project::Topic| fields.all("topic").any(|tag| tag == topic.tag);
    let topics: Vec<&str> = desk.serve.topics.iter().filter(chosen).map(|topic| topic.tag.as_str()).collect();
    let mut draft = Draft { email, language: wanted.clone(), topics: topics.clone(), ..Draft::default() };
    let version = match from {
        // the form and its text are the other site's
        Site::Friend => fields.get("consent").filter(|version| is_version(version)).unwrap_or_default().to_owned(),
        _ => consent(&desk, &language).1,
    };
    let unchanged = from == Site::Friend || fields.get("consent") == Some(version.as_str());
    if from != Site::Friend && (!desk.is_fresh(fields.get("form")) || !unchanged) {
        draft.notice = Some(desk.pages.word(&language, "join_again"));
        return show(&desk, StatusCode::BAD_REQUEST, &language, &draft);
    }
    let Ok(address) = Address::parse(email) else {
        draft.wrong = Some(desk.pages.word(&language, "join_wrong"));
        return show(&desk, StatusCode::UNPROCESSABLE_ENTITY, &language, &draft);
    };
    let shown = address.to_string();
    let joining = Joining {
        address,
        asked: clock::passing_seconds(),
        language: wanted.unwrap_or_else(|| desk.newsletter_for(&language)),
        topics: topics.into_iter().map(str::to_owned).collect(),
        version,
        form: (from == Site::Friend).then(|| origin(&asked)),
        client: (!asked.is_hidden).then_some(asked.client),
    };
    if !desk.courier.ask(joining) {
        return desk.failed(&language);
    }
    desk.meter.count(Count::Asked);
    sent(&desk, &language, &shown)
}

/// The one answer to every address.
fn sent(desk: &Desk, language: &Language, address: &str) -> Response {
    let hours = desk.serve.confirm_hours.to_string();
    let page = Page {
        kind: "sent",
        title: desk.pages.word(language, "sent_title"),
        text: vec![
            desk.pages.word(language, "sent_text").replace("{hours}", &hours),
            desk.pages.word(language, "sent_none"),
        ],
        address: Some(address.to_owned()),
        mark: Some("✉"),
        ..Page::default()
    };
    desk.pages.show(StatusCode::OK, language, &page)
}

fn show(desk: &Desk, status: StatusCode, language: &Language, draft: &Draft<'_>) -> Response {
    let (consent, version) = consent(desk, language);
    let path = format!("{}/subscribe", desk.path);
    let own = draft.language.clone().unwrap_or_else(|| desk.newsletter_for(language));
    let page = Page {
        kind: "join",
        title: desk.pages.word(language, "join_title"),
        text: vec![desk.pages.word(language, "join_text")],
        notice: draft.notice.clone(),
        form: Some(Form {
            action: format!("{path}?lang={language}"),
            token: desk.form_token(),
            name: "join",
            button: desk.pages.word(language, "join_button"),
            joins: true,
            email: draft.email.chars().take(254).collect(),
            wrong: draft.wrong.clone(),
            languages: languages(desk, &own),
            topics: topics(desk, language, |tag| draft.topics.iter().any(|chosen| chosen.eq_ignore_ascii_case(tag))),
            consent: Some(consent),
            version,
            privacy: desk.serve.privacy_url.as_ref().map(|url| url.get(language, desk.pages.default()).to_owned()),
        }),
        tongues: desk.pages.tongues(language, &path),
        ..Page::default()
    };
    desk.pages.show(status, language, &page)
}

/// The newsletter's languages, where there is anything to choose.
pub(super) fn languages(desk: &Desk, chosen: &Language) -> Vec<Choice> {
    let there = desk.newsletters();
    let choice = |lang: &Language| Choice {
        name: desk.pages.name(lang),
        chosen: lang == chosen,
        url: String::new(),
        lang: lang.clone(),
    };
    if there.len() < 2 { Vec::new() } else { there.iter().map(choice).collect() }
}

/// The topics.
pub(super) fn topics(desk: &Desk, language: &Language, chosen: impl Fn(&str) -> bool) -> Vec<TopicChoice> {
    let choice = |topic: &crate::project::Topic| TopicChoice {
        name: topic.name.get(language, desk.pages.default()).to_owned(),
        chosen: chosen(&topic.tag),
        tag: topic.tag.clone(),
    };
    desk.serve.topics.iter().map(choice).collect()
}

/// The text that a reader agrees to, and what it is called where that is proved: as `envoi.toml` says, or by a hash of
/// its words, so that no change of them goes unnoticed.
fn consent(desk: &Desk, language: &Language) -> (String, String) {
    let text = match &desk.serve.consent {
        Some(text) => text.get(language, desk.pages.default()).to_owned(),
        None => desk.pages.word(language, "join_consent"),
    };
    let version = desk.serve.consent_version.clone().unwrap_or_else(|| {
        let hash = Sha256::digest(&text);
        format!("{language}-{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3])
    });
    (text, version)
}

fn is_version(version: &str) -> bool {
    version.len() <= 60 && version.bytes().all(|byte| byte.is_ascii_graphic())
}

fn origin(asked: &Asked) -> String {
    let origin = asked.headers.get("origin").and_then(|origin| origin.to_str().ok());
    origin.unwrap_or_default().chars().take(200).collect()
}
