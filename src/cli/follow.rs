//! `envoi send --follow`: how far a send is, all its workers together, without sending anything.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bar::Bar;
use super::ending::Ending;
use super::summary::so_far;
use super::{runtime, show};
use crate::delivery::Progress;
use crate::error::{Error, Result, Trouble};
use crate::ledger::{Ledger, SendId, State, Tally};
use crate::project::Project;

/// How often the ledger is asked, at most; a question that takes long is asked less often.
const PAUSE: Duration = Duration::from_secs(1);

/// Shows a bar until nothing is left to send, or somebody has seen enough.
pub(super) async fn follow(project: &Project, issue: &str) -> Result<Ending> {
    let ledger = Ledger::existing(&project.ledger()).await?;
    let found = match &ledger {
        Some(ledger) => ledger.find(issue).await?.map(|send| (ledger, send)),
        None => None,
    };
    let Some((ledger, send)) = found else {
        crate::issue::folder(project, issue)?;
        return Err(Error::Refused(
            Trouble::new(format!("`{issue}` was not sent yet")).hint(format!("begin with `envoi send {issue}`")),
        ));
    };
    let progress = Arc::new(Progress::default());
    let mut tally = ledger.tally(send).await?;
    progress.follow(&tally, ledger.workers().await?, true);
    let bar = Bar::start(Arc::clone(&progress), tally.total(), || 1);
    let looked = tokio::select! {
        looked = look(ledger, send, &mut tally, &progress) => looked,
        () = runtime::interrupted() => Ok(()),
    };
    bar.finish().await;
    looked?;
    show::line(so_far(&tally))?;
    Ok(match tally.count(State::Uncertain) {
        0 if tally.open() > 0 => Ending::Interrupted,
        0 => Ending::Well,
        _ => Ending::Uncertain,
    })
}

/// Asks the ledger again and again, until nothing is left to send.
async fn look(ledger: &Ledger, send: SendId, tally: &mut Tally, progress: &Progress) -> Result<()> {
    while tally.open() > 0 {
        let asked = Instant::now();
        *tally = ledger.tally(send).await?;
        progress.follow(tally, ledger.workers().await?, false);
        tokio::time::sleep(PAUSE.max(asked.elapsed() * 10)).await;
    }
    Ok(())
}
