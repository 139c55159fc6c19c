//! Where the database server is: a URL and what the project says -> how to connect.
//!
//! A server elsewhere is spoken to over TLS, and only after it has proved to be the one that was meant. A password never
//! stands in `envoi.toml`, and never in a message.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use crate::diagnostic::nearest;
use crate::error::{Error, Result, Trouble};
use crate::project::Server;

/// What a URL may say after its `?`.
const KEYS: [&str; 10] =
    ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "port", "dbname", "user", "password", "application_name"];

/// The longest lease, in seconds: so long at most nobody takes back what a dead worker held.
const LONGEST_LEASE: u64 = 3600;

/// A database server, with all that is needed to connect to it.
#[derive(Debug, Clone)]
pub(in crate::ledger) struct Address {
    /// As messages name it: without the password.
    pub(in crate::ledger) shown: String,
    pub(super) options: PgConnectOptions,
    /// How long a worker is taken for alive without a word.
    pub(super) lease: Duration,
}

impl Address {
    /// Reads where a server is, and asks for the password.
    pub(in crate::ledger) fn of(server: &Server) -> Result<Self> {
        let mut address = Self::read(server).map_err(Error::Ledger)?;
        if let Some(password) = server.config.password(&server.root)? {
            address.options = address.options.password(password.expose_secret());
        }
        Ok(address)
    }

    fn read(server: &Server) -> Result<Self, Trouble> {
        let url = server.url.expose_secret();
        let wrong = |why: String| Trouble::new(format!("the ledger's `url` cannot be used: {why}"));
        let parsed = Url::parse(url).map_err(|error| {
            // the URL itself is not told: it may hold a password
            wrong(format!("it is no URL ({error})")).hint("write one like `postgres://envoi@db.example.org/envoi`")
        })?;
        if !["postgres", "postgresql"].contains(&parsed.scheme()) {
            return Err(wrong(format!("it begins with `{}://`", parsed.scheme()))
                .hint("a ledger in PostgreSQL begins with `postgres://`; one in a file is named by `path`"));
        }
        let given = |key: &str| parsed.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned());
        for (key, _) in parsed.query_pairs() {
            if !KEYS.contains(&&*key) {
                let error = wrong(format!("it has an unknown setting, `{key}`"));
                return Err(match nearest(&key, KEYS.iter().copied()) {
                    Some(known) => error.hint(format!("did you mean `{known}`?")),
                    None => error,
                });
            }
        }
        if server.written && (parsed.password().is_some() || given("password").is_some()) {
            return Err(wrong("it holds a password, and `envoi.toml` is no place for one".to_owned())
                .hint("take it out, and name the variable that holds it: `password_env = \"ENVOI_LEDGER_PASSWORD\"`")
                .hint("or let a password manager print it: `password_command = \"…\"` under `[ledger]`"));
        }
        let mode = given("sslmode").or_else(|| std::env::var("PGSSLMODE").ok().filter(|mode| !mode.is_empty()));
        let mut options: PgConnectOptions = url
            .parse()
            .map_err(|error: sqlx::Error| wrong("one of its settings has no meaning".to_owned()).because(error))?;
        options = match mode {
            Some(_) => options,
            None if is_here(&options) => options.ssl_mode(PgSslMode::Prefer),
            None => options.ssl_mode(PgSslMode::VerifyFull),
        };
        let checked = matches!(options.get_ssl_mode(), PgSslMode::VerifyCa | PgSslMode::VerifyFull);
        if !checked && !is_here(&options) {
            return Err(wrong(format!(
                "`sslmode={}` would trust whoever answers for `{}`",
                mode.unwrap_or_default(),
                options.get_host()
            ))
            .hint("leave `sslmode` out: the server's certificate is then checked (verify-full)")
            .hint("for a private authority name its certificate: `?sslrootcert=ca.pem`"));
        }
        if let Some(certificate) = given("sslrootcert") {
            options = options.ssl_root_cert(server.root.join(certificate));
        }
        if options.get_application_name().is_none() {
            options = options.application_name("envoi");
        }
        // PgBouncer refuses what it does not know at the start of a session
        let options = options.extra_float_digits(None).disable_statement_logging();
        let shown = format!(
            "postgres://{}@{}:{}/{}",
            options.get_username(),
            options.get_host(),
            options.get_port(),
            options.get_database().unwrap_or(options.get_username())
        );
        Ok(Self { shown, options, lease: Duration::from_secs(server.config.lease.clamp(1, LONGEST_LEASE)) })
    }
}

/// Whether the server is on this machine.
fn is_here(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || Path::new(host).is_absolute()
        || host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
