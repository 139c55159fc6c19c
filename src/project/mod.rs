//! A project: a folder with `envoi.toml`, `issues/`, `templates/` and a subscriber list.
//!
//! `envoi.toml` -> [`Project`]. Nothing here reads an issue, a template or a list; the later rooms ask the project
//! where they lie.

mod config;
mod embedded;
mod inbox;
mod localised;
mod secret;
mod serve;
mod storage;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use config::{
    Check, Config, Dkim, Images, ImagesMode, Keep, Languages, Ledger, Links, List, Organisation, Press, Rate, Relay,
    Sender, Tls, Unsubscribe, Web,
};
pub use embedded::TEMPLATES;
pub use inbox::{After, Inbox};
pub use localised::Localised;
pub use serve::{Network, Serve, Topic};
pub use storage::{Server, Storage};

use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result, Trouble};
use crate::rule;
use crate::source::Source;
use crate::token::Secret;

/// How many characters the tag of a bounce address has at most (VERP).
pub const LONGEST_TAG: usize = 25;

/// The longest local part that leaves room for `+` and a tag within 64 characters (RFC 5321, section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64 - 1 - LONGEST_TAG;

/// The file that makes a folder a project.
pub const FILE: &str = "envoi.toml";

/// A project, opened.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder that holds `envoi.toml`.
    pub root: PathBuf,
    /// What `envoi.toml` says.
    pub config: Config,
    source: Source,
    /// The secret of its tokens, once it was asked for.
    secret: Arc<OnceLock<Secret>>,
}

impl Project {
    /// Opens the project that `start` lies in.
    pub fn find(start: &Path) -> Result<Self> {
        Self::open(Self::folder_of(start)?)
    }

    /// The folder of the project that `start` lies in: the nearest one upwards with an `envoi.toml`.
    pub fn folder_of(start: &Path) -> Result<&Path> {
        start.ancestors().find(|folder| folder.join(FILE).is_file()).ok_or_else(|| {
            Error::Refused(
                Trouble::new(format!("no `{FILE}` in `{}` or a folder above it", start.display()))
                    .hint("start a project here with `envoi init`, or go into one"),
            )
        })
    }

    /// Opens the project in a folder.
    pub fn open(root: &Path) -> Result<Self> {
        let source = Source::read(&root.join(FILE), FILE)?;
        let config: Config = source.toml()?;
        let project = Self { root: root.to_owned(), config, source, secret: Arc::default() };
        project.validate()?;
        Ok(project)
    }

    /// The folder of all issues.
    pub fn issues(&self) -> PathBuf {
        self.root.join("issues")
    }

    /// The folder of the project's own templates.
    pub fn templates(&self) -> PathBuf {
        self.root.join("templates")
    }

    /// The Maildir into which the mail catcher delivers where there is no relay.
    pub fn outbox(&self) -> PathBuf {
        self.root.join("outbox")
    }

    /// The folder into which an issue is built, unless the command says otherwise.
    pub fn built(&self, slug: &str) -> PathBuf {
        self.root.join("out").join(slug)
    }

    /// The file of the list that a send is for, unless the command says otherwise; none where the list is in the ledger.
    pub fn list(&self) -> Option<PathBuf> {
        self.config.list.as_ref().and_then(|list| list.file.as_ref()).map(|file| self.root.join(file))
    }

    /// The Maildir or mbox into which bounces are delivered, where `[inbox]` names one.
    pub fn inbox(&self) -> Option<PathBuf> {
        self.config.inbox.path.as_ref().map(|path| self.root.join(path))
    }

    /// A path as diagnostics name it: relative to the project where it lies inside.
    pub fn shown(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }

    /// Where a key stands in `envoi.toml`.
    pub fn place_of(&self, key: &str) -> Place {
        self.source.place_of_key(key)
    }

    /// Where an item of a key's list stands in `envoi.toml`.
    pub fn place_of_item(&self, key: &str, item: &str) -> Place {
        self.source.place_of_item(key, item)
    }

    fn validate(&self) -> Result<()> {
        let mut diagnostics = Vec::new();
        if let Some(unsubscribe) = &self.config.unsubscribe {
            if let Some(url) = &unsubscribe.url
                && !url.starts_with("https://")
            {
                diagnostics.push(
                    Diagnostic::of(&rule::UNSUBSCRIBE_NOT_HTTPS, "the unsubscribe `url` is not an https address")
                        .at(self.place_of("unsubscribe.url"))
                        .hint(
                            "one-click unsubscribing needs https (RFC 8058); leave `url` out to offer `mailto` alone",
                        ),
                );
            }
            if unsubscribe.url.is_none() && unsubscribe.mailto.is_none() {
                diagnostics.push(
                    Diagnostic::of(&rule::UNSUBSCRIBE_EMPTY, "`[unsubscribe]` has neither `url` nor `mailto`")
                        .at(self.source.place_of_key("[unsubscribe]"))
                        .hint("add `mailto = \"unsubscribe@your-domain\"`"),
                );
            }
        }
        let bounce = self.config.sender.bounce_address();
        if self.config.sender.verp && bounce.local().len() > LONGEST_LOCAL {
            let key = if self.config.sender.bounce.is_some() { "sender.bounce" } else { "sender.from" };
            diagnostics.push(
                Diagnostic::of(&rule::NO_ROOM_FOR_TAG, format!("`{bounce}` leaves no room for the tag of `verp`"))
                    .at(self.place_of(key))
                    .hint(format!("take a `bounce` with at most {LONGEST_LOCAL} characters before the `@`")),
            );
        }
        self.validate_serve(&mut diagnostics);
        if self.config.images.mode == ImagesMode::Link && self.config.images.base_url.is_none() {
            diagnostics.push(
                Diagnostic::of(&rule::NO_BASE_URL, "images are to be linked, but no `base_url` says where they lie")
                    .at(self.place_of("images.mode"))
                    .hint("add `base_url = \"https://…/\"` under `[images]`, or set `mode = \"embed\"`"),
            );
        }
        let web = self.config.web.as_ref().map(|web| ("web.base_url", &web.base_url));
        for (key, url) in self.config.press.url.as_ref().map(|url| ("press.url", url)).into_iter().chain(web) {
            let web = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if web.is_none_or(|rest| rest.is_empty() || rest.contains(['?', '#', ' ', '"', '<', '>'])) {
                diagnostics.push(
                    Diagnostic::of(&rule::WEB_ADDRESS, format!("`{url}` is no web address"))
                        .at(self.place_of(key))
                        .hint("write the whole address, beginning with `https://`"),
                );
            }
        }
        if let Some(zone) = &self.config.press.zone
            && jiff::tz::TimeZone::get(zone).is_err()
        {
            diagnostics.push(
                Diagnostic::of(&rule::ODD_ZONE, format!("the time zone `{zone}` is not known here"))
                    .at(self.place_of("press.zone"))
                    .hint("write one like `Europe/Brussels`"),
            );
        }
        if diagnostics.is_empty() { Ok(()) } else { Err(Error::Input(diagnostics)) }
    }
}
