//! What `envoi.toml` says, as written: one struct a table, every unknown key an error.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::serve::Serve;
use super::{Inbox, Localised};
use crate::address::{Address, Mailbox, domain_name};
use crate::language::Language;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who publishes.
    pub organisation: Organisation,
    /// From whom the mail comes.
    pub sender: Sender,
    /// In which languages.
    #[serde(default)]
    pub languages: Languages,
    /// To whom, unless the command says otherwise.
    pub list: Option<List>,
    /// Through which server; without it, into `outbox/`.
    pub relay: Option<Relay>,
    /// How readers leave the list.
    pub unsubscribe: Option<Unsubscribe>,
    /// The web server at which readers subscribe, choose and unsubscribe.
    pub serve: Option<Serve>,
    /// How messages are signed; not at all where left out, as many relays sign themselves.
    pub dkim: Option<Dkim>,
    /// Where sends are recorded.
    #[serde(default)]
    pub ledger: Ledger,
    /// Where what comes back is read.
    #[serde(default)]
    pub inbox: Inbox,
    /// What is added to links.
    #[serde(default)]
    pub links: Links,
    /// How images reach readers.
    #[serde(default)]
    pub images: Images,
    /// What the checks let pass.
    #[serde(default)]
    pub check: Check,
    /// What journalists get.
    #[serde(default)]
    pub press: Press,
    /// Where the editions' pages are published.
    pub web: Option<Web>,
}

/// Who publishes: what every message and page says of the organisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its name.
    pub name: Localised,
    /// Its site.
    pub url: Option<String>,
    /// Its postal address, several lines perhaps.
    #[serde(default)]
    pub address: Localised,
    /// The copyright line that stands under every text.
    #[serde(default)]
    pub copyright: Localised,
}

/// From whom the mail comes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The `From` header.
    pub from: Mailbox,
    /// Where answers go.
    pub reply_to: Option<Mailbox>,
    /// The envelope sender, to which bounces go; `from` where it is left out.
    pub bounce: Option<Address>,
    /// Whether each message has a bounce address of its own (VERP): `bounce` with a tag, `local+TAG@domain`. The mailbox
    /// has to take what comes with a `+`.
    #[serde(default)]
    pub verp: bool,
}

impl Sender {
    /// The address to which bounces go.
    pub fn bounce_address(&self) -> &Address {
        self.bounce.as_ref().unwrap_or(&self.from.address)
    }
}

/// In which languages the organisation writes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Languages {
    /// The language of what says nothing else, and of readers whose language is not known.
    pub default: Language,
    /// Which edition readers get where an issue has none in their language: the first of these that it has.
    #[serde(default)]
    pub fallback: BTreeMap<Language, Vec<Language>>,
}

impl Default for Languages {
    fn default() -> Self {
        Self { default: Language::parse("en").expect("a language tag"), fallback: BTreeMap::new() }
    }
}

/// The list of subscribers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// A CSV file, seen from the project's folder; the ledger's own list where left out.
    pub file: Option<PathBuf>,
}

/// The SMTP server that takes the messages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// Its name.
    pub host: String,
    /// Its port: 587 where left out, 465 with implicit TLS.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: Tls,
    /// A private certificate authority (PEM), seen from the project's folder.
    pub ca: Option<PathBuf>,
    /// The login; none where the relay needs none.
    pub user: Option<String>,
    /// The environment variable that holds the password.
    pub password_env: Option<String>,
    /// The command that prints the password.
    pub password_command: Option<String>,
    /// How many connections at once.
    #[serde(default = "four", deserialize_with = "one_or_more")]
    pub connections: u16,
    /// How many messages in what time, over all connections.
    pub rate: Option<Rate>,
    /// How many messages a connection carries before it is closed and a new one opened.
    #[serde(default, deserialize_with = "some_or_none")]
    pub messages_per_connection: Option<u32>,
    /// How many messages may be under way at once on one connection, where the relay offers CHUNKING (RFC 3030).
    #[serde(default = "four", deserialize_with = "one_or_more")]
    pub window: u16,
    /// How many times a deferred delivery is tried in one run.
    #[serde(default = "four", deserialize_with = "one_or_more")]
    pub attempts: u16,
    /// The pause before a deferred delivery is tried again, in seconds; it doubles from time to time.
    #[serde(default = "sixty")]
    pub pause: u64,
    /// How long a reply may take, in seconds (RFC 5321, section 4.5.3.2, asks for five minutes and more).
    #[serde(default = "three_hundred", deserialize_with = "one_or_more")]
    pub timeout: u64,
}

fn four() -> u16 {
    4
}

fn sixty() -> u64 {
    60
}

fn three_hundred() -> u64 {
    300
}

/// A number with which something can be done.
fn one_or_more<'de, D: Deserializer<'de>, N: Deserialize<'de> + Default + PartialEq>(from: D) -> Result<N, D::Error> {
    let number = N::deserialize(from)?;
    if number == N::default() {
        return Err(D::Error::custom("0 is too few: write 1 or more, or leave the line out"));
    }
    Ok(number)
}

fn some_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    one_or_more(from).map(Some)
}

impl Relay {
    /// The port, with the usual one where none is given (RFC 8314).
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls == Tls::Implicit { 465 } else { 587 })
    }
}

/// How the connection to the relay is protected. There is no "if available": TLS is never silently dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// STARTTLS before anything else (RFC 3207).
    #[default]
    Required,
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// None, for a relay on this machine.
    None,
}

/// Messages in a time: `"10/s"`, `"600/min"`, `"5000/h"`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Rate {
    /// Messages.
    pub count: u32,
    /// In how many seconds.
    pub seconds: u32,
}

impl Rate {
    /// Messages in one second.
    pub fn per_second(self) -> f64 {
        f64::from(self.count) / f64::from(self.seconds)
    }
}

impl TryFrom<String> for Rate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no rate; write one like \"10/s\", \"600/min\" or \"5000/h\"");
        let (count, unit) = text.split_once('/').ok_or_else(wrong)?;
        let seconds = match unit.trim() {
            "s" => 1,
            "min" => 60,
            "h" => 3600,
            _ => return Err(wrong()),
        };
        let count = count.trim().parse().ok().filter(|count| *count > 0).ok_or_else(wrong)?;
        Ok(Self { count, seconds })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.seconds {
            1 => "s",
            60 => "min",
            _ => "h",
        };
        write!(f, "{}/{unit}", self.count)
    }
}

/// How readers leave the list (RFC 2369, RFC 8058).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    /// An https address; merge fields in it are filled and encoded for each subscriber.
    pub url: Option<String>,
    /// An address to write to.
    pub mailto: Option<Address>,
}

/// How messages are signed (RFC 6376).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    /// The domain that signs, in ASCII; the sender's where left out.
    #[serde(default, deserialize_with = "domain")]
    pub domain: Option<String>,
    /// The name under which the public key is published: `<selector>._domainkey.<domain>`.
    #[serde(deserialize_with = "selector")]
    pub selector: String,
    /// The file of the private key (PEM), seen from the project's folder. Best outside of it.
    pub key: PathBuf,
}

fn domain<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(from)?;
    domain_name(text.trim()).map(Some).map_err(D::Error::custom)
}

/// A selector goes into every signature and into a name that is asked for (RFC 6376, section 3.1).
fn selector<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let good = |label: &str| {
        let dash = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (1..=63).contains(&label.len()) && label.chars().all(dash) && !label.starts_with('-') && !label.ends_with('-')
    };
    if text.len() <= 200 && text.split('.').all(good) {
        return Ok(text);
    }
    Err(D::Error::custom(format!(
        "`{}` is no selector: letters, digits and hyphens, with dots between them perhaps, as in `news2026`",
        text.escape_debug()
    )))
}

/// Where sends are recorded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// The SQLite database, seen from the project's folder.
    #[serde(default = "ledger_db")]
    pub path: PathBuf,
    /// How long it is known who got what: "18 months". For ever where left out.
    pub keep_deliveries: Option<Keep>,
    /// A database on PostgreSQL in its place: `postgres://user@host/database`.
    pub url: Option<String>,
    /// The environment variable that holds that database's password.
    pub password_env: Option<String>,
    /// The command that prints it.
    pub password_command: Option<String>,
    /// How long a worker on that database is taken for alive without a word, in seconds.
    #[serde(default = "fifteen")]
    pub lease: u64,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            path: ledger_db(),
            keep_deliveries: None,
            url: None,
            password_env: None,
            password_command: None,
            lease: fifteen(),
        }
    }
}

/// How long something is kept: `"18 months"`, `"2 years"`, `"90 days"`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Keep(jiff::Span);

impl Keep {
    /// The moment before which nothing is kept, in seconds since 1970.
    pub fn before_now(self) -> i64 {
        // what is longer ago than time can say keeps everything
        crate::clock::now().checked_sub(self.0).map_or(i64::MIN, |moment| moment.timestamp().as_second())
    }
}

impl TryFrom<String> for Keep {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no time to keep something; write one like \"18 months\" or \"2 years\"");
        let span: jiff::Span = text.trim().parse().map_err(|_| wrong())?;
        if span.is_positive() { Ok(Self(span)) } else { Err(wrong()) }
    }
}

fn fifteen() -> u64 {
    15
}

fn ledger_db() -> PathBuf {
    PathBuf::from("ledger.db")
}

/// What is added to links to the organisation's own site, for its own statistics. Nothing by default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// `utm_source`.
    pub utm_source: Option<String>,
    /// `utm_medium`.
    pub utm_medium: Option<String>,
    /// `utm_campaign`; the slug where only a source is given.
    pub utm_campaign: Option<String>,
}

/// Where the editions' pages are published. Mails then link to them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    /// The address under which each issue has a folder of its name: what `envoi archive` makes, or `envoi build ISSUE
    /// --out FOLDER/ISSUE`.
    pub base_url: String,
}

/// How images reach readers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Images {
    /// Inside the message, or on a server.
    #[serde(default)]
    pub mode: ImagesMode,
    /// Where linked images lie.
    pub base_url: Option<String>,
}

/// Inside the message, or on a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImagesMode {
    /// Inside the message (`cid:`, RFC 2392).
    #[default]
    Embed,
    /// Under `base_url`.
    Link,
}

/// What the checks let pass.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Rules by code or name whose findings are not told, in no issue.
    #[serde(default)]
    pub allow: Vec<String>,
}

/// What journalists get.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    /// The address under which exported pages lie: `https://www.example.org/press/`.
    pub url: Option<String>,
    /// The zone in which most readers live, as in `Europe/Brussels`; embargoes are told in it.
    pub zone: Option<String>,
    /// What that zone's time is called: "Brussels time".
    pub zone_name: Option<Localised>,
}
