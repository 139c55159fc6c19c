//! Confirming: `/c/TOKEN`. GET shows a page with a button and changes nothing; POST takes them on the list, with how
//! and when they agreed, and says so when the disk has it.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::body::Fields;
use super::desk::{Asked, Desk};
use super::guard::{Site, site};
use super::joining::Joining;
use super::meter::Count;
use super::pages::{Form, Link, Page};
use crate::clock;
use crate::error::{Error, Result, Trouble};
use crate::issue::TAGS;
use crate::language::Language;
use crate::ledger::{Consent, Fate, How, Newcomer, Wish};
use crate::token::Purpose;

/// Shows the page.
pub(super) async fn ask(State(desk): State<Arc<Desk>>, Path(token): Path<String>, request: Request) -> Response {
    let asked = desk.asked(&request);
    let Some(joining) = Joining::open(&desk.secret, &token) else { return desk.broken(&asked) };
    let language = language(&desk, &asked, &joining);
    if !joining.is_good(clock::passing_seconds(), desk.serve.confirm_hours) {
        return expired(&desk, &language);
    }
    question(&desk, StatusCode::OK, &token, &joining, &language)
}

/// Takes them on the list.
pub(super) async fn confirm(State(desk): State<Arc<Desk>>, Path(token): Path<String>, request: Request) -> Response {
    let asked = desk.asked(&request);
    let fields = match Fields::read(&asked.headers, request.into_body()).await {
        Ok(fields) => fields,
        Err(status) => return (status, "this is no form that can be read here\n").into_response(),
    };
    let Some(joining) = Joining::open(&desk.secret, &token) else { return desk.broken(&asked) };
    let language = language(&desk, &asked, &joining);
    if site(&asked.headers, &desk.origin, &[]) != Site::Own {
        return desk.foreign(&language);
    }
    if !joining.is_good(clock::passing_seconds(), desk.serve.confirm_hours) {
        return expired(&desk, &language);
    }
    if fields.get("action") != Some("confirm") || !desk.is_fresh(fields.get("form")) {
        return question(&desk, StatusCode::BAD_REQUEST, &token, &joining, &language);
    }
    match welcome(&desk, &joining).await {
        Ok(true) => {
            desk.meter.count(Count::Confirmed);
            let token = desk.secret.seal(Purpose::Reader, joining.address.key().as_bytes());
            let url = format!("{}/p/{token}?lang={language}", desk.path);
            let page = Page {
                kind: "confirmed",
                title: desk.pages.word(&language, "confirmed_title"),
                text: vec![desk.pages.word(&language, "confirmed_text")],
                address: Some(joining.address.to_string()),
                mark: Some("✓"),
                links: vec![Link { url, text: desk.pages.word(&language, "choose_link") }],
                ..Page::default()
            };
            desk.pages.show(StatusCode::OK, &language, &page)
        }
        Ok(false) => expired(&desk, &language),
        Err(_) => desk.failed(&language),
    }
}

/// Writes everything down; `false` where they left after they had asked, so that an old link brings nobody back.
async fn welcome(desk: &Desk, joining: &Joining) -> Result<bool> {
    let ledger = &desk.ledger;
    if let Some(out) = ledger.out_of_reach(&joining.address).await? {
        if out.since() > joining.asked || !out.is_their_own() {
            return Ok(false);
        }
        ledger.restore(&joining.address, "confirmed by the form").await?;
    } else if ledger.listed(&joining.address).await?.is_some() && has_confirmed(desk, joining).await? {
        // the link once more: what they chose since stays
        return Ok(true);
    }
    ledger.add_columns(&[]).await?;
    let consent = Consent {
        how: How::Form,
        source: joining.form.clone().unwrap_or_else(|| format!("{}/subscribe", desk.base)),
        text: joining.version.clone(),
        // of the request, not of the second click: the same link twice is one consent
        given: Some(joining.asked),
        ip: joining.client.map(|client| client.to_string()).unwrap_or_default(),
        new_only: false,
    };
    let newcomer = Newcomer {
        address: joining.address.clone(),
        language: Some(joining.language.clone()),
        values: vec![(TAGS.to_owned(), joining.topics.join(" "))],
        consent: Some(consent),
    };
    let fates = ledger.take_in(&[newcomer]).await?;
    if fates.iter().any(|fate| matches!(fate, Fate::Suppressed | Fate::Erased)) {
        return Err(Error::Ledger(Trouble::new("somebody was suppressed while they confirmed")));
    }
    let wish = Wish {
        language: Some(joining.language.clone()),
        offered: desk.serve.topics.iter().map(|topic| topic.tag.clone()).collect(),
        chosen: joining.topics.clone(),
    };
    ledger.choose(&joining.address, &wish).await?;
    ledger.synced().await?;
    Ok(true)
}

/// Whether they agreed already to what this link asks, or to something later.
async fn has_confirmed(desk: &Desk, joining: &Joining) -> Result<bool> {
    let consents = desk.ledger.consents(&joining.address).await?;
    Ok(consents.iter().any(|one| one.how == How::Form.name() && one.given.is_some_and(|at| at >= joining.asked)))
}

fn question(desk: &Desk, status: StatusCode, token: &str, joining: &Joining, language: &Language) -> Response {
    let path = format!("{}/c/{token}", desk.path);
    let page = Page {
        kind: "confirm",
        title: desk.pages.word(language, "confirm_title"),
        text: vec![desk.pages.word(language, "confirm_text")],
        address: Some(joining.address.to_string()),
        form: Some(Form {
            action: format!("{path}?lang={language}"),
            token: desk.form_token(),
            name: "confirm",
            button: desk.pages.word(language, "confirm_button"),
            ..Form::default()
        }),
        tongues: desk.pages.tongues(language, &path),
        ..Page::default()
    };
    desk.pages.show(status, language, &page)
}

fn expired(desk: &Desk, language: &Language) -> Response {
    desk.say(StatusCode::GONE, language, "expired", vec![desk.join_link(language, "join_title")])
}

fn language(desk: &Desk, asked: &Asked, joining: &Joining) -> Language {
    desk.pages.language(asked.lang.as_deref(), Some(&joining.language), &asked.headers)
}
