//! Leaving the list: `/u/TOKEN`.
//!
//! POST of a mail program (RFC 8058) unsubscribes at once, and is answered in one word. GET shows a page with a button
//! and changes nothing: link scanners follow every link. The button's POST unsubscribes and says so in the reader's
//! language. Every yes is given after the disk has it; who had left already gets the same one.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};

use super::body::Fields;
use super::desk::Desk;
use super::guard::{Site, site};
use super::meter::Count;
use super::pages::{Form, Link, Page};
use crate::address::Address;
use crate::language::Language;

/// Shows the page.
pub(super) async fn ask(State(desk): State<Arc<Desk>>, Path(token): Path<String>, request: Request) -> Response {
    let asked = desk.asked(&request);
    let Some(address) = desk.reader(&token) else { return desk.broken(&asked) };
    let language = desk.language(&asked);
    question(&desk, StatusCode::OK, (&token, &address), &language, None)
}

/// Unsubscribes.
pub(super) async fn leave(State(desk): State<Arc<Desk>>, Path(token): Path<String>, request: Request) -> Response {
    let asked = desk.asked(&request);
    let fields = match Fields::read(&asked.headers, request.into_body()).await {
        Ok(fields) => fields,
        Err(status) => return (status, "this is no form that can be read here\n").into_response(),
    };
    if fields.get("List-Unsubscribe") == Some("One-Click") {
        return one_click(&desk, &token).await;
    }
    let language = desk.language(&asked);
    let Some(address) = desk.reader(&token) else { return desk.broken(&asked) };
    if site(&asked.headers, &desk.origin, &[]) != Site::Own {
        return desk.foreign(&language);
    }
    if fields.get("action") != Some("leave") || !desk.is_fresh(fields.get("form")) {
        // a form that was open for long is shown anew
        let notice = Some(desk.pages.word(&language, "join_again"));
        return question(&desk, StatusCode::BAD_REQUEST, (&token, &address), &language, notice);
    }
    if desk.register.leave(address.clone(), "by the page").await.is_err() {
        return desk.failed(&language);
    }
    desk.meter.count(Count::Left);
    let page = Page {
        kind: "left",
        title: desk.pages.word(&language, "left_title"),
        text: vec![desk.pages.word(&language, "left_text")],
        address: Some(address.to_string()),
        mark: Some("✓"),
        links: vec![desk.join_link(&language, "left_link")],
        ..Page::default()
    };
    desk.pages.show(StatusCode::OK, &language, &page)
}

/// RFC 8058, section 3.2: no cookie, no page, no redirect, no question. The answers are as short as can be.
async fn one_click(desk: &Desk, token: &str) -> Response {
    let plain = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    let Some(address) = desk.reader(token) else {
        desk.meter.count(Count::BadToken);
        return (StatusCode::NOT_FOUND, plain, "no such link\n").into_response();
    };
    if desk.register.leave(address, "by one click").await.is_err() {
        desk.meter.count(Count::Failed);
        return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "120")], plain, "try again later\n").into_response();
    }
    desk.meter.count(Count::OneClick);
    (StatusCode::OK, plain, "unsubscribed\n").into_response()
}

/// The page with the button.
fn question(
    desk: &Desk,
    status: StatusCode,
    (token, address): (&str, &Address),
    language: &Language,
    notice: Option<String>,
) -> Response {
    let path = format!("{}/u/{token}", desk.path);
    let page = Page {
        kind: "leave",
        title: desk.pages.word(language, "leave_title"),
        text: vec![desk.pages.word(language, "leave_text")],
        notice,
        address: Some(address.to_string()),
        form: Some(Form {
            action: format!("{path}?lang={language}"),
            token: desk.form_token(),
            name: "leave",
            button: desk.pages.word(language, "leave_button"),
            ..Form::default()
        }),
        tongues: desk.pages.tongues(language, &path),
        links: vec![choose_link(desk, token, language)],
        ..Page::default()
    };
    desk.pages.show(status, language, &page)
}

fn choose_link(desk: &Desk, token: &str, language: &Language) -> Link {
    Link { url: format!("{}/p/{token}?lang={language}", desk.path), text: desk.pages.word(language, "choose_link") }
}
