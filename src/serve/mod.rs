//! The server for readers: a project and its ledger -> a web server where they subscribe, confirm, choose, unsubscribe.
//!
//! ```text
//! door     connections, bounded in number, size and time
//! guard    what a request must be, what an answer says of itself
//! desk     what every request can ask: secret, ledger, pages, limits
//! leave    /u/TOKEN       one click (RFC 8058), and the page with a button
//! choose   /p/TOKEN       language and topics
//! join     /subscribe     the form; it is answered the same for everybody
//! courier                 the letter that follows, to be confirmed
//! confirm  /c/TOKEN       double opt-in: only now somebody is on the list
//! pages    data -> HTML in the reader's language
//! ```
//!
//! [`Server`] is the front door. There is no cookie, no session and no script: what somebody may do stands sealed in the
//! link that was sent to them. No address and no token is ever logged.

mod body;
mod choose;
mod client;
mod confirm;
mod courier;
mod desk;
mod door;
mod guard;
mod join;
mod joining;
mod leave;
mod limits;
mod meter;
mod pages;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use url::Url;

use self::client::Trust;
use self::courier::{Bag, Deadline, Tell};
use self::desk::Desk;
use self::limits::Limits;
use self::meter::Meter;
use self::pages::Pages;
use crate::error::{Error, Result, Trouble};
use crate::ledger::{Closing, Ledger, Register};
use crate::project::Project;

/// What is said where a proxy stands before the server, and the server was not told to believe it.
const NO_HEADER: &str = "nobody says from where readers come: they share one limit of forms, and no consent has an \
                         address. Add `trusted_proxy_header = \"X-Forwarded-For\"` under `[serve]`, and have the proxy set it";

/// A server that listens, but does not answer yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    desk: Arc<Desk>,
    closing: Closing,
    carrying: JoinHandle<()>,
    deadline: Deadline,
}

impl Server {
    /// Makes everything ready and takes the address: that of `envoi.toml`, unless another is given.
    /// `tell` gets what its operator should know; never an address, never a token.
    pub async fn bind(
        project: &Project,
        address: Option<SocketAddr>,
        tell: impl Fn(String) + Send + Sync + 'static,
    ) -> Result<Self> {
        let tell: Tell = Arc::new(tell);
        let (Some(serve), Some(base)) = (&project.config.serve, project.serve_base()) else { return Err(no_url()) };
        let Some(secret) = project.secret()?.cloned() else { return Err(no_url()) };
        let url = Url::parse(base).map_err(|_| no_url())?;
        let pages = Pages::new(project)?;
        let ledger = Ledger::open(&project.ledger()).await?;
        ledger.rooted().await?;
        let address = address.unwrap_or(serve.listen);
        let listener = TcpListener::bind(address).await.map_err(|error| taken(address, error))?;
        let address = listener.local_addr().map_err(|error| taken(address, error))?;
        let (register, closing) = Register::open(ledger.clone());
        let (meter, limits) = (Arc::<Meter>::default(), Arc::<Limits>::default());
        let deadline = Deadline::default();
        let needs = ((secret.clone(), ledger.clone()), (Arc::clone(&meter), Arc::clone(&limits)));
        let (courier, carrying) =
            Bag::pack(project, &pages, needs.0, needs.1, Arc::clone(&tell)).await?.start(Arc::clone(&deadline));
        if serve.trusted_proxy_header.is_none() && base.starts_with("https://") && address.ip().is_loopback() {
            tell(NO_HEADER.to_owned());
        }
        let desk = Desk {
            secret,
            ledger,
            register,
            pages,
            limits,
            meter,
            courier,
            newsletter: project.config.languages.default.clone(),
            trust: Trust::new(serve),
            base: base.to_owned(),
            path: url.path().trim_end_matches('/').to_owned(),
            origin: url.origin().ascii_serialization(),
            serve: serve.clone(),
        };
        Ok(Self { listener, address, desk: Arc::new(desk), closing, carrying, deadline })
    }

    /// The address that was taken, with its port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address at which readers reach it.
    pub fn url(&self) -> &str {
        &self.desk.base
    }

    /// Answers until `until` is over, and finishes what was begun.
    pub async fn serve(self, until: impl Future<Output = ()>) -> Result<()> {
        let Self { listener, desk, closing, carrying, deadline, .. } = self;
        let until = async {
            until.await;
            let _ = deadline.set(Instant::now() + door::GRACE);
        };
        let ledger = desk.ledger.clone();
        door::keep(listener, routes(&desk), until).await;
        // the last one to write in the register is gone with the desk
        drop(desk);
        let rest = async {
            closing.wait().await;
            let _ = carrying.await;
            ledger.close().await
        };
        // a moment longer than the letters, which tell for themselves how many were left
        let end = deadline.get().copied().unwrap_or_else(Instant::now) + Duration::from_secs(1);
        timeout_at(end, rest).await.unwrap_or_else(|_| {
            let trouble = Trouble::new("the ledger does not answer, and is not waited for any longer");
            Err(Error::Ledger(trouble.hint("whom the server told that it was done, for them it is")))
        })
    }
}

/// All routes.
fn routes(desk: &Arc<Desk>) -> Router {
    let pages = Router::new()
        .route("/u/{token}", get(leave::ask).post(leave::leave))
        .route("/p/{token}", get(choose::ask).post(choose::choose))
        .route("/c/{token}", get(confirm::ask).post(confirm::confirm))
        .route("/subscribe", get(join::form).post(join::join));
    let pages = if desk.path.is_empty() { pages } else { Router::new().nest(&desk.path, pages) };
    pages
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .fallback(lost)
        .layer(middleware::from_fn_with_state(Arc::clone(desk), guard::watch_over))
        .with_state(Arc::clone(desk))
}

/// Whether the server can do its work: the ledger can be read.
async fn health(State(desk): State<Arc<Desk>>) -> Response {
    let plain = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    match desk.ledger.is_readable().await {
        Ok(()) => (StatusCode::OK, plain, "well\n").into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, plain, "the ledger cannot be read\n").into_response(),
    }
}

/// The counters, for this machine and the proxies that are trusted, and for nobody from outside.
async fn metrics(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let asked = desk.asked(&request);
    if asked.is_hidden || !desk.trust.is_near(asked.client) {
        return lost(State(desk), request).await;
    }
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, desk.meter.text(desk.register.counts())).into_response()
}

async fn lost(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let language = desk.language(&desk.asked(&request));
    desk.say(StatusCode::NOT_FOUND, &language, "lost", vec![desk.join_link(&language, "join_title")])
}

fn no_url() -> Error {
    Error::Refused(
        Trouble::new("`envoi.toml` does not say at which address readers reach the server")
            .hint("add `[serve]` with `url = \"https://…\"` and `secret_env = \"ENVOI_SECRET\"`")
            .hint("a secret is made by `openssl rand -base64 32`"),
    )
}

/// Why an address could not be taken.
fn taken(address: SocketAddr, error: io::Error) -> Error {
    let trouble = match error.kind() {
        io::ErrorKind::AddrInUse => Trouble::new(format!("`{address}` is taken by another program"))
            .hint("choose another port: `listen` under `[serve]`, or `--listen`"),
        io::ErrorKind::PermissionDenied => Trouble::new(format!("`{address}` is not for everyone to take"))
            .hint("choose a port above 1023; a reverse proxy stands before it"),
        io::ErrorKind::AddrNotAvailable => Trouble::new(format!("`{}` is no address of this machine", address.ip()))
            .hint("leave `listen` out to listen on this machine alone"),
        _ => Trouble::new(format!("the server cannot listen on `{address}`")),
    };
    Error::Refused(trouble.because(error))
}
