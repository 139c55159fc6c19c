//! `envoi serve`: the web server where readers subscribe, choose and unsubscribe.

use std::net::SocketAddr;

use super::ending::Ending;
use super::global::Global;
use super::{runtime, show};
use crate::error::Result;
use crate::serve::Server;

/// Serve the pages where readers subscribe, choose and unsubscribe
///
/// `[serve]` in envoi.toml says at which address readers reach it, and where the secret is. SIGTERM and Ctrl-C end it
/// when what was begun is finished.
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// The address and port to listen on [default: that of envoi.toml]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        runtime::block_on(async {
            let server = Server::bind(&project, self.listen, show::remark).await?;
            show::line(format_args!("{} is served on {}", server.url(), server.address()))?;
            server.serve(runtime::interrupted()).await
        })?;
        Ok(Ending::Well)
    }
}
