//! The relay: how it is reached. [`Relay`] -> [`Connection`], protected and logged in, with what it offers.
//!
//! TLS is never silently dropped: where the file asks for it, a relay that does not offer it is an error, and no
//! password ever crosses a connection without it, but on this machine.

use std::net::IpAddr;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::clear_text::ClearText;
use super::connection::Connection;
use super::offer::Offer;
use super::reply::{Fault, Reply, reply};
use crate::error::{Error, Result, Trouble};
use crate::project::{Project, Rate, Tls};

/// How long a connection may take to be made; the greeting and the first EHLO included.
const PATIENCE: Duration = Duration::from_mins(1);

/// A relay, with all that is needed to connect to it.
#[derive(Clone)]
pub struct Relay {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How connections are protected.
    pub tls: Tls,
    /// How many at once.
    pub connections: u16,
    /// How many messages in what time.
    pub rate: Option<Rate>,
    /// How many messages a connection carries.
    pub messages_per_connection: Option<u32>,
    /// How many messages may be under way at once on one connection that offers CHUNKING.
    pub window: usize,
    /// How many times a deferred delivery is tried in one run.
    pub attempts: u16,
    /// The pause before it is tried again the first time; it doubles.
    pub pause: Duration,
    /// How long a reply may take.
    pub timeout: Duration,
    tls_parameters: Option<TlsParameters>,
    login: Option<(String, SecretString)>,
    hello: ClientId,
}

/// Why there is no connection.
#[derive(Debug)]
pub enum NoConnection {
    /// It may go better later.
    Later(String),
    /// It will not.
    Never(Error),
}

impl Relay {
    /// The project's relay; none where there is no `[relay]`.
    pub fn of(project: &Project) -> Result<Option<Self>> {
        let Some(config) = &project.config.relay else { return Ok(None) };
        let login = match (&config.user, config.password(&project.root)?) {
            (Some(user), Some(password)) => Some((user.clone(), password)),
            _ => None,
        };
        if config.tls == Tls::None && login.is_some() && !is_loopback(&config.host) {
            return Err(Error::Refused(
                Trouble::new(format!(
                    "the password of `{}` would go to `{}` without TLS",
                    config.user.as_deref().unwrap_or(""),
                    config.host
                ))
                .hint("set `tls = \"required\"` (or \"implicit\") under `[relay]`"),
            ));
        }
        let tls_parameters = match config.tls {
            Tls::None => None,
            Tls::Required | Tls::Implicit => {
                let ca = config.ca.as_ref().map(|ca| project.root.join(ca));
                Some(tls_parameters(&config.host, ca.as_deref())?)
            }
        };
        Ok(Some(Self {
            host: config.host.clone(),
            port: config.port(),
            tls: config.tls,
            connections: config.connections.max(1),
            rate: config.rate,
            messages_per_connection: config.messages_per_connection,
            window: usize::from(config.window.max(1)),
            attempts: config.attempts.max(1),
            pause: Duration::from_secs(config.pause),
            timeout: Duration::from_secs(config.timeout.max(1)),
            tls_parameters,
            login,
            hello: ClientId::default(),
        }))
    }

    /// How many times a delivery to the mail catcher is tried.
    pub(super) const LOCAL_ATTEMPTS: u16 = 2;

    /// A server on this machine that needs no protection: the mail catcher.
    pub(super) fn local(port: u16) -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port,
            tls: Tls::None,
            connections: 2,
            rate: None,
            messages_per_connection: None,
            window: 1,
            attempts: Self::LOCAL_ATTEMPTS,
            pause: Duration::from_secs(1),
            timeout: Duration::from_mins(1),
            tls_parameters: None,
            login: None,
            hello: ClientId::default(),
        }
    }

    /// Its name and port.
    pub fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The login, where there is one.
    pub fn user(&self) -> Option<&str> {
        self.login.as_ref().map(|(user, _)| user.as_str())
    }

    /// Connects, protects the connection, logs in, and asks what the relay offers.
    pub async fn connect(&self) -> Result<Connection, NoConnection> {
        match timeout(PATIENCE.min(self.timeout), self.dial()).await {
            Ok(connection) => connection,
            Err(_) if self.tls == Tls::Required && self.port == 465 => Err(NoConnection::Later(
                "the relay does not answer; port 465 usually wants `tls = \"implicit\"`".to_owned(),
            )),
            Err(_) => Err(NoConnection::Later("the relay does not answer".to_owned())),
        }
    }

    async fn dial(&self) -> Result<Connection, NoConnection> {
        let lost = |what: String| NoConnection::Later(what);
        let mut smtp = if let (Tls::Implicit, Some(parameters)) = (self.tls, &self.tls_parameters) {
            AsyncSmtpConnection::connect_tokio1(
                (self.host.as_str(), self.port),
                Some(self.timeout),
                &self.hello,
                Some(parameters.clone()),
                None,
            )
            .await
            .map_err(|error| self.no_tls_or_lost(&error))?
        } else {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|e| lost(e.to_string()))?;
            stream.set_nodelay(true).map_err(|error| lost(error.to_string()))?;
            let stream: Box<dyn AsyncTokioStream> =
                if self.tls == Tls::None { Box::new(stream) } else { Box::new(ClearText::new(stream)) };
            AsyncSmtpConnection::connect_with_transport(stream, &self.hello)
                .await
                .map_err(|error| later_or_never(self, "the greeting", reply(Err(error))))?
        };
        if let (Tls::Required, Some(parameters)) = (self.tls, &self.tls_parameters) {
            if !smtp.can_starttls() {
                return Err(NoConnection::Never(Error::Relay(
                    Trouble::new(format!("the relay {} does not offer TLS (STARTTLS)", self.name()))
                        .hint("check the port: 587 for STARTTLS, 465 with `tls = \"implicit\"`")
                        .hint("nothing was sent: envoi does not fall back to a connection without protection"),
                )));
            }
            smtp.starttls(parameters.clone(), &self.hello).await.map_err(|error| self.no_tls_or_lost(&error))?;
        }
        if self.tls != Tls::None && !smtp.is_encrypted() {
            return Err(NoConnection::Never(Error::Relay(Trouble::new(
                "the connection to the relay is not encrypted",
            ))));
        }
        let offer = self.ask(&mut smtp).await?;
        let mut connection = Connection::new(smtp, offer, self.timeout);
        self.log_in(&mut connection).await?;
        Ok(connection)
    }

    async fn ask(&self, smtp: &mut AsyncSmtpConnection) -> Result<Offer, NoConnection> {
        let response = smtp.command(Ehlo::new(self.hello.clone())).await;
        let response = response.map_err(|error| later_or_never(self, "EHLO", reply(Err(error))))?;
        Ok(Offer { keywords: response.message().skip(1).map(|line| line.trim().to_owned()).collect() })
    }

    async fn log_in(&self, connection: &mut Connection) -> Result<(), NoConnection> {
        let Some((user, password)) = &self.login else { return Ok(()) };
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        if connection.smtp.server_info().get_auth_mechanism(&mechanisms).is_none() {
            return Err(NoConnection::Never(Error::Relay(
                Trouble::new(format!("the relay {} offers no login that envoi knows (PLAIN or LOGIN)", self.name()))
                    .hint("ask its operator; or take `user` out of `[relay]` where no login is needed"),
            )));
        }
        let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
        match reply(connection.smtp.auth(&mechanisms, &credentials).await) {
            Ok(reply) if reply.is(235) => Ok(()),
            // RFC 4954, section 6: 454 and other 4yz may pass
            Ok(reply) if reply.is_transient() => {
                Err(NoConnection::Later(format!("the login was put off: {} {}", reply.code, reply.text)))
            }
            Ok(reply) => Err(NoConnection::Never(Error::Relay(
                Trouble::new(format!(
                    "the relay {} refused the login of `{user}`: {} {}",
                    self.name(),
                    reply.code,
                    reply.text
                ))
                .hint("check `user` and the password; `envoi doctor` tries them without sending anything"),
            ))),
            Err(fault) => Err(NoConnection::Later(fault.to_string())),
        }
    }

    fn no_tls_or_lost(&self, error: &lettre::transport::smtp::Error) -> NoConnection {
        let mut why = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            why = cause.to_string();
            source = cause.source();
        }
        if why.contains("corrupt message") {
            // what came is no TLS: it was put behind the answer to STARTTLS, or the port is not what it is taken for
            return NoConnection::Never(Error::Relay(
                Trouble::new(format!("no protected connection to the relay {}: {why}", self.name()))
                    .hint("check the port: 587 for STARTTLS, 465 with `tls = \"implicit\"`")
                    .hint("if the port is right, somebody on the way may have put in words of their own: nothing was sent"),
            ));
        }
        let certificate = why.contains("certificate") || why.contains("TLS") || why.contains("alert") || error.is_tls();
        if !certificate && !error.is_permanent() {
            return NoConnection::Later(why);
        }
        let trouble = Trouble::new(format!("no protected connection to the relay {}: {why}", self.name()));
        NoConnection::Never(Error::Relay(if certificate {
            trouble
                .hint("check that `host` is the name in the relay's certificate; for a private authority name its certificate with `ca = \"…\"`")
                .hint("nothing was sent: envoi does not fall back to a connection without protection")
        } else {
            trouble.hint("ask the relay's operator")
        }))
    }
}

fn later_or_never(relay: &Relay, step: &str, answer: Result<Reply, Fault>) -> NoConnection {
    match answer {
        Ok(reply) if reply.is_permanent() => NoConnection::Never(Error::Relay(
            Trouble::new(format!(
                "the relay {} will not talk to this machine ({step}): {} {}",
                relay.name(),
                reply.code,
                reply.text
            ))
            .hint("ask its operator whether this machine may send there"),
        )),
        Ok(reply) => NoConnection::Later(format!("{} {}", reply.code, reply.text)),
        Err(fault) => NoConnection::Later(fault.to_string()),
    }
}

fn tls_parameters(host: &str, ca: Option<&std::path::Path>) -> Result<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca {
        let pem = std::fs::read(path).map_err(Error::file("read", path))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| {
            Error::Relay(Trouble::new(format!("`{}` is no certificate in PEM form", path.display())).because(error))
        })?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| Error::Relay(Trouble::new("TLS cannot be set up on this machine").because(error)))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
