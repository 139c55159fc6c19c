//! `envoi preview`: the project as a page on this machine, until Ctrl-C.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::ending::Ending;
use super::global::Global;
use super::{names, runtime, show};
use crate::error::{Error, Result};
use crate::issue;
use crate::preview::Preview as Server;
use crate::project::Project;

/// The port that is taken where none is asked for; another one where it is in use.
const USUAL: u16 = 8025;

/// Show issues in the browser as readers will get them, following every save
///
/// The page is for this computer alone; Ctrl-C ends it.
#[derive(Debug, clap::Args)]
pub(super) struct Preview {
    /// The issue to show first
    #[arg(value_parser = names::issue)]
    issue: Option<String>,
    /// The port to listen on; 0 takes any that is free
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Listen on this address, for others to look on: whoever reaches it sees the whole project
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Do not open the browser
    #[arg(long)]
    no_open: bool,
}

impl Preview {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let root = global.root()?;
        // a project that is broken is shown as broken
        if let (Some(issue), Ok(project)) = (&self.issue, Project::open(&root)) {
            issue::folder(&project, issue)?;
        }
        runtime::block_on(async {
            let at = |port| SocketAddr::new(self.host, port);
            let server = match self.port {
                Some(port) => Server::bind(&root, at(port)).await?,
                None => match Server::bind(&root, at(USUAL)).await {
                    Err(Error::Refused(_)) => Server::bind(&root, at(0)).await?,
                    other => other?,
                },
            };
            let url = server.url(self.issue.as_deref());
            show::line(format_args!("preview at {url}"))?;
            if !self.host.is_loopback() {
                show::remark("whoever reaches this address sees the whole project, its first subscribers too");
            }
            if !self.no_open && opener::open_browser(&url).is_err() {
                show::remark("no browser was found to open it with");
            }
            server.serve(runtime::interrupted()).await
        })?;
        Ok(Ending::Well)
    }
}
