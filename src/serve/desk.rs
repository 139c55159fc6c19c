//! What every request can ask: the secret, the ledger, the pages, the limits; and what they have in common.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use url::form_urlencoded;

use super::client::Trust;
use super::courier::Courier;
use super::door::Peer;
use super::limits::Limits;
use super::meter::{Count, Meter};
use super::pages::{Link, Page, Pages};
use crate::address::Address;
use crate::clock;
use crate::language::Language;
use crate::ledger::{Ledger, Register};
use crate::project::Serve;
use crate::token::{Purpose, Secret};

/// How long a form may stay open, in seconds.
const OPEN: i64 = 24 * 3600;

/// Everything that a request can ask.
pub(super) struct Desk {
    pub(super) serve: Serve,
    pub(super) secret: Secret,
    pub(super) ledger: Ledger,
    pub(super) register: Register,
    pub(super) pages: Pages,
    pub(super) limits: Arc<Limits>,
    pub(super) meter: Arc<Meter>,
    pub(super) courier: Courier,
    pub(super) trust: Trust,
    /// The newsletter's language where `[serve]` names none.
    pub(super) newsletter: Language,
    /// The address of the pages, without a slash at its end.
    pub(super) base: String,
    /// The path within it, without a slash at its end.
    pub(super) path: String,
    /// Scheme, host and port.
    pub(super) origin: String,
}

/// A request's head, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) headers: HeaderMap,
    pub(super) client: IpAddr,
    /// Whether that is the address of a proxy, and the client's own is not known.
    pub(super) is_hidden: bool,
    /// The language that the address asks for.
    pub(super) lang: Option<String>,
}

impl Desk {
    /// Whether readers reach it over https.
    pub(super) fn is_https(&self) -> bool {
        self.base.starts_with("https://")
    }

    /// A request's head.
    pub(super) fn asked(&self, request: &Request) -> Asked {
        let peer = request.extensions().get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0);
        let query = request.uri().query().unwrap_or_default();
        let lang = form_urlencoded::parse(query.as_bytes()).take(8).find(|(name, _)| name == "lang");
        let client = self.trust.client(peer, request.headers());
        Asked {
            client,
            is_hidden: self.trust.is_hidden(client, request.headers()),
            lang: lang.map(|(_, value)| value.into_owned()),
            headers: request.headers().clone(),
        }
    }

    /// Whose token it is.
    pub(super) fn reader(&self, token: &str) -> Option<Address> {
        let payload = self.secret.open(Purpose::Reader, token)?;
        Address::parse(std::str::from_utf8(&payload).ok()?).ok()
    }

    /// The token of a form that is made now.
    pub(super) fn form_token(&self) -> String {
        self.secret.seal(Purpose::Form, clock::passing_seconds().to_string().as_bytes())
    }

    /// Whether a form was made by this server, and not too long ago.
    pub(super) fn is_fresh(&self, token: Option<&str>) -> bool {
        let made = token.and_then(|token| self.secret.open(Purpose::Form, token));
        let made = made.and_then(|made| std::str::from_utf8(&made).ok()?.parse::<i64>().ok());
        made.is_some_and(|made| (made - 60..made + OPEN).contains(&clock::passing_seconds()))
    }

    /// The page's language, where nothing is known of the reader.
    pub(super) fn language(&self, asked: &Asked) -> Language {
        self.pages.language(asked.lang.as_deref(), None, &asked.headers)
    }

    /// The languages of the newsletter.
    pub(super) fn newsletters(&self) -> &[Language] {
        if self.serve.languages.is_empty() { std::slice::from_ref(&self.newsletter) } else { &self.serve.languages }
    }

    /// The newsletter's language for a reader of pages in a language.
    pub(super) fn newsletter_for(&self, language: &Language) -> Language {
        let there = self.newsletters();
        let own = there.iter().find(|own| own.primary() == language.primary());
        own.or(there.first()).unwrap_or(language).clone()
    }

    /// Whether readers can choose a tag.
    pub(super) fn offers(&self, tag: &str) -> bool {
        self.serve.topics.iter().any(|topic| topic.tag == tag)
    }

    /// A link to the form to subscribe.
    pub(super) fn join_link(&self, language: &Language, word: &str) -> Link {
        Link { url: format!("{}/subscribe?lang={language}", self.path), text: self.pages.word(language, word) }
    }

    /// A page of a title and a text: `broken` has `broken_title` and `broken_text`.
    pub(super) fn say(
        &self,
        status: StatusCode,
        language: &Language,
        what: &'static str,
        links: Vec<Link>,
    ) -> Response {
        let page = Page {
            kind: what,
            title: self.pages.word(language, &format!("{what}_title")),
            text: vec![self.pages.word(language, &format!("{what}_text"))],
            links,
            ..Page::default()
        };
        self.pages.show(status, language, &page)
    }

    /// The one answer to whatever is no token of this project's.
    pub(super) fn broken(&self, asked: &Asked) -> Response {
        self.meter.count(Count::BadToken);
        let language = self.language(asked);
        self.say(StatusCode::NOT_FOUND, &language, "broken", vec![self.join_link(&language, "join_title")])
    }

    /// The answer where the ledger cannot be read or written.
    pub(super) fn failed(&self, language: &Language) -> Response {
        self.meter.count(Count::Failed);
        self.say(StatusCode::SERVICE_UNAVAILABLE, language, "failed", Vec::new())
    }

    /// The answer to a form of another site.
    pub(super) fn foreign(&self, language: &Language) -> Response {
        self.meter.count(Count::Foreign);
        self.say(StatusCode::FORBIDDEN, language, "foreign", Vec::new())
    }
}
