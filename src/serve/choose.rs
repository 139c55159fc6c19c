//! Choosing what to get: `/p/TOKEN`, for those who are on the list in the ledger. Others can unsubscribe from here.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::body::Fields;
use super::desk::{Asked, Desk};
use super::guard::{Site, site};
use super::join::{languages, topics};
use super::meter::Count;
use super::pages::{Form, Link, Page};
use crate::address::Address;
use crate::error::Result;
use crate::issue::TAGS;
use crate::language::Language;
use crate::ledger::Wish;

/// What is known of a reader.
struct Known {
    language: Option<Language>,
    tags: Vec<String>,
}

/// Where a reader stands.
enum Standing {
    Listed(Known),
    /// On no list that the ledger has.
    Unlisted,
    Left,
}

/// Shows the page.
pub(super) async fn ask(State(desk): State<Arc<Desk>>, Path(token): Path<String>, request: Request) -> Response {
    let asked = desk.asked(&request);
    let Some(address) = desk.reader(&token) else { return desk.broken(&asked) };
    page(&desk, &asked, (&token, &address), None, StatusCode::OK).await
}

/// Saves a choice.
pub(super) async fn choose(State(desk): State<Arc<Desk>>, Path(token): Path<String>, request: Request) -> Response {
    let asked = desk.asked(&request);
    let fields = match Fields::read(&asked.headers, request.into_body()).await {
        Ok(fields) => fields,
        Err(status) => return (status, "this is no form that can be read here\n").into_response(),
    };
    let Some(address) = desk.reader(&token) else { return desk.broken(&asked) };
    if site(&asked.headers, &desk.origin, &[]) != Site::Own {
        return desk.foreign(&desk.language(&asked));
    }
    if fields.get("action") != Some("choose") || !desk.is_fresh(fields.get("form")) {
        return page(&desk, &asked, (&token, &address), Some("join_again"), StatusCode::BAD_REQUEST).await;
    }
    let wish = Wish {
        language: fields.get("lang").and_then(Language::parse).filter(|wanted| desk.newsletters().contains(wanted)),
        offered: desk.serve.topics.iter().map(|topic| topic.tag.clone()).collect(),
        chosen: fields.all("topic").filter(|tag| desk.offers(tag)).map(str::to_owned).collect(),
    };
    let saved = async {
        let saved = desk.ledger.choose(&address, &wish).await?;
        desk.ledger.synced().await?;
        Result::<bool>::Ok(saved)
    };
    match saved.await {
        Ok(true) => {
            desk.meter.count(Count::Chosen);
            page(&desk, &asked, (&token, &address), Some("chosen"), StatusCode::OK).await
        }
        Ok(false) => page(&desk, &asked, (&token, &address), None, StatusCode::OK).await,
        Err(_) => desk.failed(&desk.language(&asked)),
    }
}

async fn page(
    desk: &Desk,
    asked: &Asked,
    (token, address): (&str, &Address),
    notice: Option<&str>,
    status: StatusCode,
) -> Response {
    let Ok(standing) = standing(desk, address).await else { return desk.failed(&desk.language(asked)) };
    let known = if let Standing::Listed(known) = &standing { known.language.as_ref() } else { None };
    let language = desk.pages.language(asked.lang.as_deref(), known, &asked.headers);
    let path = format!("{}/p/{token}", desk.path);
    let leave = Link {
        url: format!("{}/u/{token}?lang={language}", desk.path),
        text: desk.pages.word(&language, "leave_link"),
    };
    let mut page = Page {
        kind: "choose",
        title: desk.pages.word(&language, "choose_title"),
        notice: notice.map(|word| desk.pages.word(&language, word)),
        address: Some(address.to_string()),
        tongues: desk.pages.tongues(&language, &path),
        ..Page::default()
    };
    let text = match standing {
        Standing::Left => {
            page.links = vec![desk.join_link(&language, "left_link")];
            "choose_left"
        }
        Standing::Listed(known) if desk.newsletters().len() > 1 || !desk.serve.topics.is_empty() => {
            let own = known.language.clone().unwrap_or_else(|| desk.newsletter_for(&language));
            let own = desk.newsletters().iter().find(|there| there.primary() == own.primary()).cloned().unwrap_or(own);
            page.form = Some(Form {
                action: format!("{path}?lang={language}"),
                token: desk.form_token(),
                name: "choose",
                button: desk.pages.word(&language, "choose_button"),
                languages: languages(desk, &own),
                topics: topics(desk, &language, |tag| known.tags.iter().any(|own| own.eq_ignore_ascii_case(tag))),
                ..Form::default()
            });
            page.links = vec![leave];
            "choose_text"
        }
        Standing::Listed(_) | Standing::Unlisted => {
            page.links = vec![leave];
            "choose_none"
        }
    };
    page.text = vec![desk.pages.word(&language, text)];
    desk.pages.show(status, &language, &page)
}

async fn standing(desk: &Desk, address: &Address) -> Result<Standing> {
    if desk.ledger.suppressed_since(address).await?.is_some() {
        return Ok(Standing::Left);
    }
    let Some(listed) = desk.ledger.listed(address).await? else { return Ok(Standing::Unlisted) };
    let columns = desk.ledger.list_columns().await?;
    let tags = columns.value(&listed.subscriber, TAGS);
    let tags = tags.split([' ', ',', ';']).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
    Ok(Standing::Listed(Known { language: listed.subscriber.language, tags }))
}
