//! `envoi doctor`: the relay, tried step by step without sending anything.

use super::ending::Ending;
use super::global::Global;
use super::{runtime, show};
use crate::delivery::{Connection, NoConnection, Offer, Relay};
use crate::error::{Error, Result, Trouble};
use crate::project::Tls;

/// Try the relay: connect, protect the connection, log in, and say what it offers
///
/// Nothing is sent.
#[derive(Debug, clap::Args)]
pub(super) struct Doctor {}

impl Doctor {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let Self {} = self;
        let project = global.project()?;
        let Some(relay) = Relay::of(&project)? else {
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
