//! One address -> [`Reached`]: HEAD, and GET where a server will not answer that well; redirections step by step.
//!
//! An answer's body is never read. Every step of a redirection is looked at like the first, so that no page can send
//! the question to a machine of this office.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use ureq::http::header::LOCATION;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Error};

use super::Reached;
use super::guard::PublicOnly;
use crate::check::url;

/// How long one link may take in all, redirections included.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many redirections are followed (RFC 9110, section 15.4, leaves the number open; browsers take about twenty).
const STEPS: usize = 10;

/// How large an answer's head may be, in bytes.
const HEAD: usize = 64 * 1024;

/// Asks for pages.
pub(super) struct Asker {
    agent: Agent,
}

/// An answer, as far as it matters.
struct Answer {
    status: u16,
    location: Option<String>,
}

impl Asker {
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEAD)
            .user_agent(concat!("envoi/", env!("CARGO_PKG_VERSION"), " (looks whether links of a newsletter work)"))
            .build();
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), PublicOnly::default()) }
    }

    /// What becomes of a link.
    pub(super) fn ask(&self, url: &str) -> Reached {
        let until = Instant::now() + PATIENCE;
        let mut at = url.to_owned();
        let mut moved = None;
        let mut for_good = true;
        for _ in 0..=STEPS {
            match url::split(&at) {
                None => return Reached::Broken(format!("it leads on to `{at}`, which is no page")),
                Some(parts) if url::is_private(parts.host) => {
                    return Reached::Broken(format!("`{}` is not on the public internet", parts.host));
                }
                Some(_) => {}
            }
            let answer = match self.answer(&at, until) {
                Ok(answer) => answer,
                Err(error) if is_cut_off(&error) => return Reached::CutOff,
                Err(error) => return Reached::Broken(why(&error)),
            };
            let Some(location) = answer.location.filter(|_| matches!(answer.status, 301 | 302 | 303 | 307 | 308))
            else {
                return verdict(answer.status, moved);
            };
            at = url::join(&at, &location);
            at.truncate(at.find('#').unwrap_or(at.len()));
            // behind a step that is only for now, where the page will be is not said
            for_good &= matches!(answer.status, 301 | 308);
            if for_good {
                moved = Some(at.clone());
            }
        }
        Reached::Broken(format!("it leads on more than {STEPS} times"))
    }

    fn answer(&self, url: &str, until: Instant) -> Result<Answer, Error> {
        match self.once(url, false, until) {
            Err(error) if is_cut_off(&error) || matches!(error, Error::Timeout(_)) => Err(error),
            // many servers know no HEAD, answer it otherwise than GET, or not at all
            Ok(Answer { status: 400.., .. }) | Err(_) => self.once(url, true, until),
            well => well,
        }
    }

    fn once(&self, url: &str, whole: bool, until: Instant) -> Result<Answer, Error> {
        let request = if whole { self.agent.get(url) } else { self.agent.head(url) };
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        let response = request.config().timeout_global(Some(left)).build().call()?;
        let location = response.headers().get(LOCATION);
        let location = location.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Ok(Answer { status: response.status().as_u16(), location })
    }
}

fn verdict(status: u16, moved: Option<String>) -> Reached {
    match (status, moved) {
        (404 | 410, _) => Reached::Gone(status),
        (500.., _) => Reached::Broken(format!("it answers {status}, a fault of its own")),
        (200..400, Some(to)) => Reached::Moved(to),
        // whoever will not answer a program may well answer a reader
        _ => Reached::Well,
    }
}

/// Whether an error may be this computer's: a name that cannot be looked up, no way into the network.
fn is_cut_off(error: &Error) -> bool {
    match error {
        Error::HostNotFound => true,
        Error::Io(io) => {
            matches!(io.kind(), ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown)
                // the standard library has no kind of its own for it
                || io.to_string().starts_with("failed to lookup")
        }
        _ => false,
    }
}

fn why(error: &Error) -> String {
    match error {
        Error::Timeout(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
        Error::Io(io) if io.kind() == ErrorKind::ConnectionRefused => "nobody answers there".to_owned(),
        // where TLS fails while it reads, its error comes as one of reading
        Error::Io(io) if io.kind() == ErrorKind::InvalidData => format!("its connection is not safe: {io}"),
        Error::Io(io) => format!("{io}"),
        Error::Rustls(tls) => format!("its connection is not safe: {tls}"),
        Error::Tls(tls) => format!("its connection is not safe: {tls}"),
        other => format!("{other}"),
    }
}
