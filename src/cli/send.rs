//! `envoi send`: an issue and its audience -> a summary, a question, a bar, a report.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::bar::Bar;
use super::ending::Ending;
use super::global::Global;
use super::grammar::Count;
use super::summary::{Summary, check};
use super::{follow, metrics, names, runtime, show};
use crate::address::Address;
use crate::delivery::{
    Audience, Begun, Brake, Dispatch, Options, Progress, Rehearsal, Relay, Report, Survey, not_prepared,
};
use crate::error::{Error, Result, Trouble};
use crate::ledger::{Ledger, SendKind, State, Suppressed, Tally};
use crate::project::Project;

/// Send an issue to its subscribers, or go on with a send that stopped
///
/// Without `[relay]` in envoi.toml nothing leaves this computer: the messages are kept in the folder outbox/.
/// A message that was accepted is never sent again, however often the command is run.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Send {
    /// The issue
    #[arg(value_parser = names::issue)]
    issue: String,
    /// The list to send to, instead of the project's own
    #[arg(long, value_name = "FILE", conflicts_with = "test")]
    list: Option<PathBuf>,
    /// Only those for whom this holds: 'lang = fr and not tag:press'. Given several times, all must hold
    #[arg(long = "where", value_name = "CONDITION", conflicts_with = "test")]
    conditions: Vec<String>,
    /// Send every edition to this address alone
    #[arg(long, value_name = "ADDRESS", value_parser = names::address)]
    test: Option<Address>,
    /// Make every message, and send none
    #[arg(long)]
    dry_run: bool,
    /// Enlist everybody in the ledger, and send nothing yet
    #[arg(long, conflicts_with_all = ["test", "dry_run"])]
    prepare: bool,
    /// Send to those whom `--prepare` enlisted, without reading the list
    #[arg(long, conflicts_with_all = ["list", "conditions", "test", "dry_run", "prepare"])]
    prepared: bool,
    /// Show how far a send is, all its workers together, and send nothing
    #[arg(long, conflicts_with_all = ["test", "dry_run", "prepare", "prepared"])]
    follow: bool,
    /// Tell Prometheus how the send goes, at this address: 127.0.0.1:9187
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// Send without asking
    #[arg(long, short)]
    yes: bool,
    /// Begin this many deliveries at most
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Send although an embargo has not ended
    #[arg(long)]
    break_embargo: bool,
    /// Send again what the relay may have already: some may get it twice
    #[arg(long)]
    resend_uncertain: bool,
    /// Give the report as JSON
    #[arg(long)]
    json: bool,
}

/// The report as JSON.
#[derive(Debug, Serialize)]
struct Account<'a> {
    issue: &'a str,
    kind: SendKind,
    accepted: u64,
    deferred: u64,
    rejected: u64,
    uncertain: u64,
    interrupted: bool,
    seconds: f64,
    deliveries: &'a Tally,
}

impl<'a> Account<'a> {
    /// Of a run in which nothing was sent.
    fn of_nothing(issue: &'a str, kind: SendKind, deliveries: &'a Tally) -> Self {
        let (accepted, deferred, rejected, uncertain) = (0, 0, 0, 0);
        Self { issue, kind, accepted, deferred, rejected, uncertain, interrupted: false, seconds: 0.0, deliveries }
    }
}

/// The same of a rehearsal.
#[derive(Debug, Serialize)]
struct DryAccount<'a> {
    issue: &'a str,
    messages: u64,
    bytes: u64,
    largest: u64,
    audience: &'a Survey,
}

impl Send {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        if self.follow {
            return runtime::block_on(follow::follow(&project, &self.issue));
        }
        let audience = match &self.test {
            Some(address) => Audience::Test(address.clone()),
            None if self.prepared => {
                Audience::Prepared { columns: runtime::block_on(self.prepared_columns(&project))? }
            }
            None => Audience::List { file: self.list.clone(), conditions: self.conditions.clone() },
        };
        let dispatch = Dispatch::prepare(&project, &self.issue, audience)?;
        if !dispatch.warnings.is_empty() {
            let warnings = Count::of(dispatch.warnings.len(), "warning");
            show::remark(format_args!("{warnings}: `envoi check {}` shows what to look at", self.issue));
        }
        if self.dry_run {
            return runtime::block_on(self.rehearse(&project, &dispatch));
        }
        if !self.prepare {
            self.refuse_embargo(&dispatch)?;
        }
        let relay = Relay::of(&project)?;
        runtime::block_on(self.send(&project, &dispatch, relay.as_ref()))
    }

    /// The columns with which a send was prepared.
    async fn prepared_columns(&self, project: &Project) -> Result<Vec<String>> {
        if let Some(ledger) = Ledger::existing(&project.ledger()).await?
            && let Some(send) = ledger.find(&self.issue).await?
        {
            return ledger.columns(send).await;
        }
        Err(not_prepared(&self.issue))
    }

    fn refuse_embargo(&self, dispatch: &Dispatch<'_>) -> Result<()> {
        match dispatch.embargo() {
            Some(embargo) if !self.break_embargo && crate::clock::now().timestamp() < embargo.0.timestamp() => {
                Err(Error::Refused(
                    Trouble::new(format!(
                        "`{}` is under embargo until {}",
                        self.issue,
                        embargo.0.strftime("%Y-%m-%d %H:%M %:z")
                    ))
                    .hint("send it after that time")
                    .hint(
                        "to journalists alone it may go before: `--where tag:press`, where the list has a column `tags`",
                    )
                    .hint("where all its readers may have it before, give `--break-embargo`"),
                ))
            }
            _ => Ok(()),
        }
    }

    /// An embargo has its own question, before the usual one.
    fn may_break_embargo(dispatch: &Dispatch<'_>) -> Result<bool> {
        match dispatch.embargo() {
            Some(embargo) if crate::clock::now().timestamp() < embargo.0.timestamp() => {
                let moment = embargo.0.strftime("%Y-%m-%d %H:%M %:z");
                ask(&format!("The embargo lasts until {moment}. Break it, and let these readers have it before?"))
            }
            _ => Ok(true),
        }
    }

    async fn send(&self, project: &Project, dispatch: &Dispatch<'_>, relay: Option<&Relay>) -> Result<Ending> {
        let mut ledger = Ledger::open(&project.ledger()).await?;
        if let Some(keep) = &project.config.ledger.keep_deliveries {
            ledger.forget_before(keep.before_now()).await?;
        }
        let survey = dispatch.survey(&ledger.suppressed().await?, Some(&ledger)).await?;
        let summary = Summary { project, dispatch, survey: &survey, relay, list: self.list.as_deref() };
        summary.show();
        if survey.total() == 0 {
            return Err(self.nobody(&survey));
        }
        let again = if self.resend_uncertain { survey.so_far.count(State::Uncertain) } else { 0 };
        if survey.open() + again == 0 {
            self.say_nothing_was_sent(dispatch.kind(), &survey.so_far, "nothing is left to send")?;
            let uncertain = survey.so_far.count(State::Uncertain) > 0;
            ledger.close().await?;
            return Ok(if uncertain { Ending::Uncertain } else { Ending::Well });
        }
        if self.prepare {
            let begun = dispatch.begin(&ledger, &survey, relay, self.resend_uncertain).await?;
            let deliveries = match ledger.find(&self.issue).await? {
                Some(send) => ledger.tally(send).await?,
                None => Tally::default(),
            };
            ledger.close().await?;
            let said = format!("prepared: {} to go", Count(begun.open, "delivery"));
            self.say_nothing_was_sent(dispatch.kind(), &deliveries, &said)?;
            return Ok(Ending::Well);
        }
        let agreed = self.yes || Self::may_break_embargo(dispatch)? && ask(&summary.question(again, self.limit))?;
        if !agreed {
            show::remark("nothing was sent");
            return Ok(Ending::Failed);
        }
        let lost = ledger.sign_on().await?;
        if lost > 0 {
            let lost = Count(lost, "delivery");
            show::remark(format_args!("{lost} became uncertain when an earlier run was cut off"));
        }
        let begun = dispatch.begin(&ledger, &survey, relay, self.resend_uncertain).await?;
        let brake = Brake::default();
        let sent = self.watch((project, dispatch), (&ledger, &begun), relay, &brake).await;
        // what was claimed and not sent is open to others again, whatever happened
        let closed = ledger.close().await;
        let Some(report) = sent? else {
            show::remark(format_args!(
                "stopped at once: what was under way is uncertain, `envoi send {}` goes on with the others",
                self.issue
            ));
            return Ok(Ending::Uncertain);
        };
        closed?;
        self.account(project, dispatch, relay, &report, brake.is_pulled())
    }

    /// Runs the send under a bar; Ctrl-C once finishes what is under way, twice ends at once, without a report.
    async fn watch(
        &self,
        (project, dispatch): (&Project, &Dispatch<'_>),
        (ledger, begun): (&Ledger, &Begun),
        relay: Option<&Relay>,
        brake: &Brake,
    ) -> Result<Option<Report>> {
        let progress = Arc::new(Progress::default());
        let options = Options { limit: self.limit, break_embargo: self.break_embargo };
        let workers = {
            let ledger = ledger.clone();
            move || ledger.own_lease().share().of
        };
        let bar = Bar::start(Arc::clone(&progress), begun.open.min(self.limit.unwrap_or(u64::MAX)), workers);
        let run = dispatch.run(ledger, begun, relay, options, (&progress, brake));
        let storage = project.ledger();
        let told = async {
            match self.metrics {
                Some(address) => metrics::tell(address, &progress, (&storage, ledger), begun).await,
                None => std::future::pending().await,
            }
        };
        let hands = async {
            runtime::interrupted().await;
            brake.pull();
            bar.say("stopping: what is under way is finished. Ctrl-C again to stop at once");
            runtime::interrupted().await;
        };
        let report = tokio::select! {
            report = run => report.map(Some),
            Err(error) = told => Err(error),
            () = hands => Ok(None),
        };
        bar.finish().await;
        report
    }

    /// Ends a run that had nothing to send, or was to send nothing yet.
    fn say_nothing_was_sent(&self, kind: SendKind, deliveries: &Tally, words: &str) -> Result<()> {
        if self.json { show::json(&Account::of_nothing(&self.issue, kind, deliveries)) } else { show::line(words) }
    }

    fn account(
        &self,
        project: &Project,
        dispatch: &Dispatch<'_>,
        relay: Option<&Relay>,
        report: &Report,
        interrupted: bool,
    ) -> Result<Ending> {
        if self.json {
            show::json(&Account {
                issue: &self.issue,
                kind: dispatch.kind(),
                accepted: report.accepted,
                deferred: report.deferred,
                rejected: report.rejected,
                uncertain: report.uncertain,
                interrupted,
                seconds: report.took.as_secs_f64(),
                deliveries: &report.tally,
            })?;
        } else {
            super::account::show(project, &self.issue, relay, report, interrupted)?;
        }
        Ok(match report {
            // the same command goes on; who is uncertain is told when it comes to its end
            _ if interrupted => Ending::Interrupted,
            _ if report.tally.count(State::Uncertain) > 0 => Ending::Uncertain,
            Report { deferred, rejected, .. } if deferred + rejected > 0 => Ending::Undelivered,
            _ => Ending::Well,
        })
    }

    async fn rehearse(&self, project: &Project, dispatch: &Dispatch<'_>) -> Result<Ending> {
        let ledger = Ledger::existing(&project.ledger()).await?;
        let suppressed = match &ledger {
            Some(ledger) => ledger.suppressed().await?,
            None => Suppressed::default(),
        };
        let survey = dispatch.survey(&suppressed, ledger.as_ref()).await?;
        // no relay: its secrets are not needed
        Summary { project, dispatch, survey: &survey, relay: None, list: self.list.as_deref() }.show();
        let Rehearsal { messages, bytes, largest } = dispatch.rehearse(&suppressed, || ())?;
        if self.json {
            show::json(&DryAccount { issue: &self.issue, messages, bytes, largest, audience: &survey })?;
        } else {
            let kilobytes = |bytes: u64| bytes.div_ceil(1000);
            show::line(format_args!(
                "{} made, none sent: {} kB in all, the largest {} kB",
                Count(messages, "message"),
                kilobytes(bytes),
                kilobytes(largest)
            ))?;
        }
        Ok(Ending::Well)
    }

    fn nobody(&self, survey: &Survey) -> Error {
        let trouble = Trouble::new("there is nobody to send to");
        Error::Refused(match survey {
            Survey { suppressed: 1.., filtered: 1.., .. } => {
                trouble.hint("everybody on the list whom `--where` names is suppressed")
            }
            Survey { suppressed: 1.., .. } => trouble.hint("everybody on the list is suppressed"),
            Survey { filtered: 1.., .. } => trouble.hint("`--where` leaves out everybody on the list"),
            Survey { left: 1.., .. } => trouble.hint("the list says of everybody on it that they left"),
            Survey { unusable: 1.., .. } => {
                trouble.hint(format!("`{}` says what is wrong with the rows", check(self.list.as_deref())))
            }
            _ if self.prepared => trouble.hint("nobody was enlisted when the send was prepared"),
            _ => trouble.hint("the list has no rows: each row after the first is a subscriber"),
        })
    }
}

fn ask(question: &str) -> Result<bool> {
    show::ask(question, "the send", "give `--yes` to send without asking")
}
