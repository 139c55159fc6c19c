//! What stands below the bar: what became of a send, and what to do next.

use super::grammar::Count;
use super::show;
use super::summary::so_far;
use crate::delivery::{Relay, Report};
use crate::error::Result;
use crate::ledger::State;
use crate::project::Project;

/// Shows a report.
pub(super) fn show(
    project: &Project,
    issue: &str,
    relay: Option<&Relay>,
    report: &Report,
    interrupted: bool,
) -> Result<()> {
    let mut parts = vec![format!("{} accepted", report.accepted)];
    for (count, state) in
        [(report.deferred, State::Deferred), (report.rejected, State::Rejected), (report.uncertain, State::Uncertain)]
    {
        if count > 0 {
            parts.push(format!("{count} {state}"));
        }
    }
    show::line(format_args!("{} in {}", parts.join(", "), lasted(report)))?;
    let tally = &report.tally;
    if tally.total() > report.accepted + report.deferred + report.rejected + report.uncertain {
        show::line(format_args!("the whole send: {}", so_far(tally)))?;
    }
    if interrupted {
        let open = Count(tally.open(), "delivery");
        show::remark(format_args!("stopped with {open} to go; `envoi send {issue}` goes on"));
    } else if tally.count(State::Deferred) > 0 && tally.open() > tally.count(State::Deferred) {
        let (open, deferred) = (Count(tally.open(), "delivery"), tally.count(State::Deferred));
        show::remark(format_args!("{open} to go, {deferred} of them deferred; `envoi send {issue}` goes on"));
    } else if tally.count(State::Deferred) > 0 {
        show::remark(format_args!("`envoi send {issue}` tries the deferred ones again"));
    } else if tally.open() > 0 {
        show::remark(format_args!("{} to go; `envoi send {issue}` goes on", Count(tally.open(), "delivery")));
    }
    if tally.count(State::Uncertain) > 0 {
        show::remark(format_args!(
            "the relay may or may not have the uncertain ones: `envoi status {issue}` lists them; \
             `envoi send {issue} --resend-uncertain` sends them again"
        ));
    }
    if report.rejected > 0 {
        show::remark(format_args!("`envoi status {issue}` shows the relay's words"));
    }
    if relay.is_none() && report.accepted > 0 {
        let outbox = project.outbox();
        let outbox = outbox.strip_prefix(std::env::current_dir().unwrap_or_default()).unwrap_or(&outbox);
        show::remark(format_args!("read them with `envoi preview {issue}`, or in {}/new", outbox.display()));
    }
    Ok(())
}

/// How long it took, and how fast that was.
fn lasted(report: &Report) -> String {
    let seconds = report.took.as_secs_f64();
    let rate = report.accepted as f64 / seconds.max(0.001);
    let time = super::bar::duration(report.took);
    if report.accepted >= 100 { format!("{time} ({rate:.0}/s)") } else { time }
}
