//! `envoi status`: what the ledger knows of sends.

use std::time::Duration;

use super::ending::Ending;
use super::global::Global;
use super::grammar::moment;
use super::table::table;
use super::{bar, names, runtime, show};
use crate::error::Result;
use crate::issue;
use crate::ledger::{Ledger, SendKind, SendStatus, State, Tally};

/// How many domains are shown for a send.
const DOMAINS: usize = 10;

/// Show what became of sends: per state, per domain, and what did not go well
#[derive(Debug, clap::Args)]
pub(super) struct Status {
    /// Only this issue's sends, with its readers' domains
    #[arg(value_parser = names::issue)]
    issue: Option<String>,
    /// List this many of the deliveries that did not go well, for each send
    #[arg(long, value_name = "N", default_value_t = 20)]
    traces: u32,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let sends = runtime::block_on(async {
            let Some(ledger) = Ledger::existing(&project.ledger()).await? else { return Ok(Vec::new()) };
            // what a run that died left behind is told as what it is
            ledger.settle().await?;
            ledger.sends(self.issue.as_deref(), self.traces).await
        })?;
        if let Some(issue) = self.issue.as_deref().filter(|_| sends.is_empty()) {
            // what was never sent and is not there is misspelt
            issue::folder(&project, issue)?;
        }
        if self.json {
            show::json(&sends)?;
        } else if sends.is_empty() {
            show::line(match &self.issue {
                Some(issue) => format!("`{issue}` was not sent yet"),
                None => "nothing was sent yet".to_owned(),
            })?;
        } else {
            show::text(&overview(&sends))?;
            for send in &sends {
                if self.issue.is_some() {
                    domains(send)?;
                }
                traces(send)?;
            }
        }
        Ok(Ending::Well)
    }
}

/// The states that any of these is in.
fn states<'t>(tallies: impl Iterator<Item = &'t Tally>) -> Vec<State> {
    let tallies: Vec<_> = tallies.collect();
    State::ALL.into_iter().filter(|state| tallies.iter().any(|tally| tally.count(*state) > 0)).collect()
}

fn counts(states: &[State], tally: &Tally) -> impl Iterator<Item = String> {
    states.iter().map(|state| tally.count(*state).to_string())
}

/// A row a send.
fn overview(sends: &[SendStatus]) -> String {
    let states = states(sends.iter().map(|send| &send.deliveries));
    let header = ["send", "issue", "began", "took"].into_iter().chain(states.iter().map(|state| state.name()));
    let rows = sends.iter().map(|send| {
        let issue = if send.kind == SendKind::Test { format!("{} (test)", send.issue) } else { send.issue.clone() };
        let took = Duration::from_secs(u64::try_from(send.changed - send.started).unwrap_or(0));
        let first = [send.id.to_string(), issue, moment(send.started), bar::duration(took)];
        first.into_iter().chain(counts(&states, &send.deliveries)).collect::<Vec<_>>()
    });
    table(header, rows)
}

/// A row a domain, the largest first.
fn domains(send: &SendStatus) -> Result<()> {
    let mut domains: Vec<(&String, &Tally)> = send.domains.iter().collect();
    domains.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.total()));
    let hidden = domains.len().saturating_sub(DOMAINS);
    domains.truncate(DOMAINS);
    let states = states(domains.iter().map(|(_, tally)| *tally));
    let header = ["domain"].into_iter().chain(states.iter().map(|state| state.name()));
    let rows = domains
        .iter()
        .map(|(domain, tally)| [(*domain).clone()].into_iter().chain(counts(&states, tally)).collect::<Vec<_>>());
    show::line(format_args!("\nsend {}, by domain:", send.id))?;
    show::text(&table(header, rows))?;
    if hidden > 0 {
        show::line(format_args!("and {hidden} more: `--json` has them all"))?;
    }
    Ok(())
}

/// What did not go well, with the relay's words.
fn traces(send: &SendStatus) -> Result<()> {
    if send.traces.is_empty() {
        return Ok(());
    }
    show::line(format_args!("\nsend {}, what did not go well:", send.id))?;
    for trace in &send.traces {
        let code = trace.code.map(|code| format!("{code} ")).unwrap_or_default();
        show::line(format_args!("  {:<10} {}  {code}{}", trace.state.name(), trace.address, trace.reply))?;
    }
    let troubled: u64 = [State::Deferred, State::Rejected, State::Uncertain, State::Bounced]
        .iter()
        .map(|state| send.deliveries.count(*state))
        .sum();
    let hidden = troubled.saturating_sub(send.traces.len() as u64);
    if hidden > 0 {
        show::line(format_args!("  and {hidden} more: `--traces {troubled}` lists them all"))?;
    }
    Ok(())
}
