//! `envoi doctor`: the relay, tried step by step without sending anything; and with a domain, what that domain says of
//! itself.

use std::net::{IpAddr, SocketAddr};

use super::ending::Ending;
use super::global::Global;
use super::{runtime, show};
use crate::delivery::{Connection, NoConnection, Offer, Relay};
use crate::domain::{self, Checklist, Item, Options, State};
use crate::error::{Error, Result, Trouble};
use crate::project::{Project, Tls};

/// Try the relay: connect, log in, see what it offers; with a domain, check SPF, DKIM, DMARC and the like
///
/// Nothing is sent. With a domain, every point of the rules of Gmail, Yahoo and Microsoft for newsletters is looked at,
/// with what to publish, word for word; the exit code is 1 where a point fails.
#[derive(Debug, clap::Args)]
pub(super) struct Doctor {
    /// The domain of your From address: checks what its DNS says
    domain: Option<String>,
    /// The address from which the relay sends, where it is not the one at which it is reached
    #[arg(long, value_name = "ADDRESS", requires = "domain")]
    ip: Option<IpAddr>,
    /// The checklist as JSON
    #[arg(long, requires = "domain")]
    json: bool,
    /// The name server to ask
    #[arg(long, value_name = "ADDRESS:PORT", requires = "domain", hide = true)]
    dns: Option<SocketAddr>,
}

impl Doctor {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        match self.domain {
            None => relay(&project),
            Some(domain) => {
                let options = Options { domain, address: self.ip, server: self.dns };
                let checklist = runtime::block_on(domain::check(&project, &options))?;
                if self.json {
                    show::json(&checklist)?;
                } else {
                    report(&checklist)?;
                }
                Ok(if checklist.count(State::Fail) > 0 { Ending::Failed } else { Ending::Well })
            }
        }
    }
}

/// A point a paragraph, then how many stand how.
fn report(checklist: &Checklist) -> Result<()> {
    show::line(format_args!("{}, as Gmail, Yahoo and Microsoft look at it\n", checklist.domain))?;
    for item in &checklist.items {
        point(item)?;
    }
    let [fails, warns, well] = [State::Fail, State::Warn, State::Ok].map(|state| checklist.count(state));
    show::line(format_args!("{well} ok, {warns} warn, {fails} fail"))
}

fn point(item: &Item) -> Result<()> {
    let words = super::explain::visible(&item.found);
    show::line(format_args!("{:<5} {:<12} {words}", item.state.name(), item.topic))?;
    if item.state == State::Ok {
        return Ok(());
    }
    show::line(format_args!("      rule         {}", item.rule))?;
    for hint in &item.hints {
        show::line(format_args!("      hint         {}", super::explain::visible(hint)))?;
    }
    if let Some(record) = &item.publish {
        let value = super::explain::visible(&record.value);
        show::line(format_args!("      publish      {} record\n        name       {}", record.kind, record.name))?;
        show::line(format_args!("        value      {value}"))?;
    }
    show::line("")
}

/// Tries the relay.
fn relay(project: &Project) -> Result<Ending> {
    let Some(relay) = Relay::of(project)? else {
        show::line("envoi.toml names no relay: `send` keeps its messages in outbox/")?;
        return Ok(Ending::Well);
    };
    runtime::block_on(async {
        match relay.connect().await {
            Ok(connection) => healthy(&relay, connection).await,
            Err(NoConnection::Never(error)) => Err(error),
            Err(NoConnection::Later(why)) => Err(Error::Relay(
                Trouble::new(format!("the relay {} cannot be reached: {why}", relay.name()))
                    .hint("check `host` and `port` under `[relay]`, and that this network lets SMTP out"),
            )),
        }
    })
}

async fn healthy(relay: &Relay, connection: Connection) -> Result<Ending> {
    let tls = match (relay.tls, connection.is_encrypted()) {
        (Tls::None, _) => "none, as envoi.toml says",
        (Tls::Required, true) => "STARTTLS, the certificate is good",
        (Tls::Implicit, true) => "from the first byte, the certificate is good",
        (_, false) => "none",
    };
    let offer = &connection.offer;
    let login = relay.user().map_or_else(|| "none needed".to_owned(), |user| format!("`{user}` was let in"));
    let size = offer
        .size_limit()
        .map_or_else(|| "no limit named".to_owned(), |limit| format!("{} kB a message at most", limit / 1000));
    show::line(format_args!("relay     {}", relay.name()))?;
    show::line(format_args!("TLS       {tls}"))?;
    show::line(format_args!("login     {login}"))?;
    show::line(format_args!("size      {size}"))?;
    show::line(format_args!("speed     {}", speed(offer)))?;
    show::line(format_args!("offers    {}", offer.keywords.join(", ")))?;
    connection.quit().await;
    show::line("the relay is ready")?;
    Ok(Ending::Well)
}

/// What the relay's offer means for a long list.
fn speed(offer: &Offer) -> &'static str {
    match (offer.has("PIPELINING"), offer.has("CHUNKING")) {
        (true, true) => "several messages at once on a connection (PIPELINING, CHUNKING)",
        (true, false) => "one round trip a message (PIPELINING)",
        (false, _) => "four round trips a message",
    }
}
