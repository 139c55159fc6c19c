//! `envoi status`: what the ledger knows of sends.

use comfy_table::{Table, presets};

use super::ending::Ending;
use super::global::Global;
use super::{runtime, show};
use crate::error::Result;
use crate::ledger::{Ledger, SendKind, SendStatus, State};

/// Show what became of sends: per state, and what did not go well
#[derive(Debug, clap::Args)]
pub(super) struct Status {
    /// Only this issue's sends
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
        let path = project.ledger();
        let sends = if path.is_file() {
            runtime::block_on(async { Ledger::open(&path).await?.sends(self.issue.as_deref(), self.traces).await })?
        } else {
            Vec::new()
        };
        if self.json {
            show::json(&sends)?;
            return Ok(Ending::Well);
        }
        if sends.is_empty() {
            show::line(match &self.issue {
                Some(issue) => format!("`{issue}` was not sent yet"),
                None => "nothing was sent yet".to_owned(),
            })?;
            return Ok(Ending::Well);
        }
        show::line(table(&sends))?;
        for send in &sends {
            traces(send)?;
        }
        Ok(Ending::Well)
    }
}

fn table(sends: &[SendStatus]) -> Table {
    let states: Vec<State> =
        State::ALL.into_iter().filter(|state| sends.iter().any(|send| send.deliveries.count(*state) > 0)).collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let mut head = vec!["send".to_owned(), "issue".to_owned(), "began".to_owned(), "took".to_owned()];
    head.extend(states.iter().map(ToString::to_string));
    table.set_header(head);
    for send in sends {
        let issue = if send.kind == SendKind::Test { format!("{} (test)", send.issue) } else { send.issue.clone() };
        let took = u64::try_from(send.changed - send.started).unwrap_or(0);
        let mut row = vec![
            send.id.to_string(),
            issue,
            moment(send.started),
            super::bar::duration(std::time::Duration::from_secs(took)),
        ];
        row.extend(states.iter().map(|state| send.deliveries.count(*state).to_string()));
        table.add_row(row);
    }
    table
}

fn traces(send: &SendStatus) -> Result<()> {
    if send.traces.is_empty() {
        return Ok(());
    }
    show::line(format_args!("\nsend {}, {}:", send.id, send.issue))?;
    for trace in &send.traces {
        let code = trace.code.map(|code| format!("{code} ")).unwrap_or_default();
        show::line(format_args!("  {:<10} {}  {code}{}", trace.state.name(), trace.address, trace.reply))?;
    }
    let troubled = [State::Deferred, State::Rejected, State::Uncertain]
        .map(|state| send.deliveries.count(state))
        .iter()
        .sum::<u64>();
    let hidden = troubled.saturating_sub(send.traces.len() as u64);
    if hidden > 0 {
        show::line(format_args!("  and {hidden} more: `--traces {troubled}` lists them all"))?;
    }
    Ok(())
}

fn moment(seconds: i64) -> String {
    let zone = crate::clock::now().time_zone().clone();
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| seconds.to_string(), |at| at.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M").to_string())
}
