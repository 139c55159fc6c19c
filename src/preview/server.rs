//! The routes: a request's path -> what the [`Desk`] or the [`Outbox`] has, as an answer.
//!
//! The page's script is the contract. Whatever reads files or renders does so on a thread that may block. Who may ask
//! is the [`guard`]'s part.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router, middleware};
use serde::Deserialize;

use super::answers::{ArchiveAnswer, OutboxAnswer, ProjectAnswer};
use super::desk::Snapshot;
use super::letter::Letter;
use super::report::{Report, diagnostics, findings};
use super::room::Room;
use super::sheet::{self, Missing, Sheet};
use super::{assets, events, guard};
use crate::issue::Issue;
use crate::language::Language;

/// What may stand behind the `?`. Anything else is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The number of the reader.
    subscriber: Option<String>,
    /// The issue of a press release, where two have one of the same name.
    issue: Option<String>,
}

impl Asked {
    fn reader(&self) -> Option<usize> {
        self.subscriber.as_deref()?.parse().ok()
    }
}

/// All routes.
pub(super) fn routes(room: Room, address: SocketAddr) -> Router {
    let mut router = Router::new();
    for (path, kind, text) in assets::ALL {
        router = router.route(path, asset(kind, text));
    }
    router
        .route("/api/project", get(project))
        .route("/api/issue/{slug}/{lang}", get(report))
        .route("/api/outbox", get(outbox))
        .route("/issue/{slug}/{lang}/{form}", get(message))
        .route("/release/{name}/{lang}", get(release))
        .route("/release/{name}/{lang}/text", get(release_text))
        .route("/material/{slug}/{name}/{*file}", get(material))
        .route("/api/archive", get(archive))
        .route("/archive/{*path}", get(archive_file))
        .route("/outbox/{id}/{form}", get(caught))
        .route("/events", get(events::events))
        .fallback(async || refuse(StatusCode::NOT_FOUND, "the preview has no such page"))
        .layer(middleware::from_fn_with_state(address, guard::watch_over))
        .with_state(room)
}

fn asset(kind: &'static str, text: &'static str) -> MethodRouter<Room> {
    get(async move || ([(CONTENT_TYPE, kind)], text))
}

async fn project(State(room): State<Room>) -> Response {
    blocking(move || Json(ProjectAnswer::new(&room.desk.snapshot(), room.outbox.count())).into_response()).await
}

async fn report(
    State(room): State<Room>,
    Path((slug, lang)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    blocking(move || {
        let snapshot = room.desk.snapshot();
        let sheet = snapshot.trouble.is_empty().then(|| snapshot.sheet(&slug)).flatten();
        let report = match (sheet.as_ref().and_then(|sheet| sheet.get()), Language::parse(&lang)) {
            (Some(sheet), Some(lang)) => {
                let report = sheet.report(desk(&snapshot), &lang, asked.reader());
                Report { revision: snapshot.revision, ..report }
            }
            (Some(_), None) => return refuse(StatusCode::NOT_FOUND, "this is no language"),
            (None, _) => unreadable(&snapshot, &slug),
        };
        Json(report).into_response()
    })
    .await
}

fn desk(snapshot: &Snapshot) -> sheet::Desk<'_> {
    sheet::Desk { project: &snapshot.project, readers: &snapshot.readers }
}

/// The report where nothing can be said about the issue itself.
fn unreadable(snapshot: &Snapshot, slug: &str) -> Report {
    let mut found = snapshot.trouble.clone();
    if found.is_empty() {
        found.extend(Issue::open(&snapshot.project, slug).err().as_ref().map(diagnostics).unwrap_or_default());
    }
    Report { revision: snapshot.revision, diagnostics: findings(&found), ..Report::default() }
}

async fn message(
    State(room): State<Room>,
    Path((slug, lang, form)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    blocking(move || {
        let snapshot = room.desk.snapshot();
        let letter = with_sheet(&snapshot, &slug, |sheet| {
            let lang = Language::parse(&lang).ok_or(Missing::Nothing("this is no language"))?;
            sheet.letter(desk(&snapshot), &lang, asked.reader())
        });
        letter.map_or_else(missing, |letter| show(&letter, &form))
    })
    .await
}

async fn release(
    State(room): State<Room>,
    Path((name, lang)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    // a page's own link to its translation: `NAME.LANG.html`
    if let Some(other) = lang.strip_suffix(".html").and_then(|file| file.strip_prefix(&name)?.strip_prefix('.')) {
        return match Language::parse(other) {
            Some(other) => Redirect::temporary(&other.to_string()).into_response(),
            None => refuse(StatusCode::NOT_FOUND, "this is no language"),
        };
    }
    blocking(move || find_release(&room, &name, &lang, &asked).map_or_else(missing, |page| html(page.html.clone())))
        .await
}

async fn release_text(
    State(room): State<Room>,
    Path((name, lang)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    blocking(move || find_release(&room, &name, &lang, &asked).map_or_else(missing, |page| plain(page.text.clone())))
        .await
}

/// The press release of this name: of the issue that was named, else of the first that has one.
fn find_release(room: &Room, name: &str, lang: &str, asked: &Asked) -> Result<Arc<crate::render::Page>, Missing> {
    let snapshot = room.desk.snapshot();
    let lang = Language::parse(lang).ok_or(Missing::Nothing("this is no language"))?;
    let has = |entry: &&super::index::Entry| entry.releases.iter().any(|release| release == name);
    let named = snapshot.index.iter().filter(|entry| Some(&entry.slug) == asked.issue.as_ref()).find(has);
    let entry = named.or_else(|| snapshot.index.iter().find(has));
    let entry = entry.ok_or(Missing::Nothing("no issue has a press release of this name"))?;
    with_sheet(&snapshot, &entry.slug, |sheet| sheet.release(&snapshot.project, name, &lang))
}

async fn material(State(room): State<Room>, Path((slug, name, file)): Path<(String, String, String)>) -> Response {
    blocking(move || {
        let snapshot = room.desk.snapshot();
        let found = with_sheet(&snapshot, &slug, |sheet| sheet.material(&snapshot.project, &name, &file));
        found.map_or_else(missing, |(kind, bytes)| download(kind, bytes))
    })
    .await
}

async fn archive(State(room): State<Room>) -> Response {
    blocking(move || {
        let snapshot = room.desk.snapshot();
        Json(ArchiveAnswer::new(&snapshot, &snapshot.archive())).into_response()
    })
    .await
}

async fn archive_file(State(room): State<Room>, Path(path): Path<String>) -> Response {
    blocking(move || {
        let snapshot = room.desk.snapshot();
        let file = match &*snapshot.archive() {
            Ok(catalogue) => catalogue.file(&snapshot.project, &path).map_err(|error| diagnostics(&error)),
            Err(trouble) => Err(trouble.clone()),
        };
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        match (file, ending) {
            (Ok(Some(page)), "html") => html(String::from_utf8_lossy(&page).into_owned()),
            (Ok(Some(text)), "txt" | "xml" | "json" | "js") => plain(text),
            (Ok(Some(bytes)), _) => download("application/octet-stream", bytes),
            (Ok(None), _) => refuse(StatusCode::NOT_FOUND, "the archive has no such page"),
            (Err(trouble), _) => {
                let why = trouble.first().map_or_else(String::new, ToString::to_string);
                missing(Missing::Broken(why))
            }
        }
    })
    .await
}

/// A file to be kept and not shown: what is in it is anybody's.
fn download(kind: &'static str, bytes: Vec<u8>) -> Response {
    let policy = (CONTENT_SECURITY_POLICY, HeaderValue::from_static(guard::MESSAGE));
    let keep = (CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    ([(CONTENT_TYPE, HeaderValue::from_static(kind)), policy, keep], bytes).into_response()
}

fn with_sheet<T>(
    snapshot: &Snapshot,
    slug: &str,
    ask: impl FnOnce(&Sheet) -> Result<T, Missing>,
) -> Result<T, Missing> {
    if let Some(trouble) = snapshot.trouble.first() {
        return Err(Missing::Broken(trouble.to_string()));
    }
    let sheet = snapshot.sheet(slug);
    sheet.as_ref().and_then(|sheet| sheet.get()).map_or(Err(Missing::Nothing("there is no such issue")), ask)
}

async fn outbox(State(room): State<Room>) -> Response {
    blocking(move || {
        let (count, messages) = room.outbox.newest();
        Json(OutboxAnswer { count, messages }).into_response()
    })
    .await
}

async fn caught(State(room): State<Room>, Path((id, form)): Path<(String, String)>) -> Response {
    blocking(move || match room.outbox.message(&id) {
        Some(raw) => show(&Letter::read(raw, &[]), &form),
        None => refuse(StatusCode::NOT_FOUND, "there is no such message in the outbox"),
    })
    .await
}

/// A message in one of its forms.
fn show(letter: &Letter, form: &str) -> Response {
    let shown = match form {
        "html" => letter.html.clone().map(html),
        "text" => letter.text.clone().map(plain),
        "raw" => Some(plain(letter.raw.clone())),
        _ => None,
    };
    shown.unwrap_or_else(|| refuse(StatusCode::NOT_FOUND, "the message has no such form"))
}

fn html(text: String) -> Response {
    let policy = (CONTENT_SECURITY_POLICY, HeaderValue::from_static(guard::MESSAGE));
    ([(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")), policy], text).into_response()
}

fn plain(text: impl Into<axum::body::Body>) -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text.into()).into_response()
}

fn missing(missing: Missing) -> Response {
    match missing {
        Missing::Nothing(what) => refuse(StatusCode::NOT_FOUND, what),
        Missing::Broken(why) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &why),
    }
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, plain(format!("{why}\n"))).into_response()
}

/// Answers on a thread that may block.
async fn blocking(answer: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(answer).await.unwrap_or_else(|_| {
        refuse(StatusCode::INTERNAL_SERVER_ERROR, "the preview stumbled over this; the terminal says where")
    })
}
