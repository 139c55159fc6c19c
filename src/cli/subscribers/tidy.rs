//! `envoi subscribers tidy`: what the project does not keep any longer becomes anonymous.

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::grammar::Count;
use super::super::{runtime, show};
use crate::error::{Error, Result, Trouble};
use crate::ledger::Ledger;

/// Make deliveries anonymous that are older than `[ledger] keep_deliveries` says
///
/// `envoi send` does the same whenever it begins.
#[derive(Debug, clap::Args)]
pub(super) struct Tidy {}

impl Tidy {
    #[expect(clippy::unused_self, reason = "like every other command")]
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let Some(keep) = &project.config.ledger.keep_deliveries else {
            return Err(Error::Refused(
                Trouble::new("`envoi.toml` keeps deliveries for ever")
                    .hint("say how long under `[ledger]`: `keep_deliveries = \"18 months\"`"),
            ));
        };
        let path = project.ledger();
        let forgotten = runtime::block_on(async {
            let ledger = Ledger::open(&path).await?;
            let forgotten = ledger.forget_before(keep.before_now()).await?;
            ledger.close().await.map(|()| forgotten)
        })?;
        show::line(format!("{} made anonymous", Count(forgotten, "delivery")))?;
        Ok(Ending::Well)
    }
}
