//! The command line: arguments -> a call of the library -> what is shown and the exit code.
//!
//! One thin file a command: its struct is its arguments, its doc comment its help, its `run` the call. What a library
//! user would miss stands in the rooms above; nothing but `show` prints.

mod account;
mod archive;
mod bar;
mod build;
mod check;
mod completions;
mod doctor;
mod ending;
mod explain;
mod export;
mod follow;
mod global;
mod grammar;
mod import;
mod inbox;
mod init;
mod ledger;
mod list;
mod man;
mod metrics;
mod names;
mod new;
mod preview;
mod rules;
mod runtime;
mod sarif;
mod send;
mod serve;
pub mod show;
mod status;
mod subscribers;
mod summary;
mod table;
mod unsubscribe;

pub use ending::Ending;

use self::global::Global;
use crate::error::{Error, Result, Trouble};

/// The newsletter and press desk of a small organisation: compose, check, preview, send, export
#[derive(Debug, clap::Parser)]
#[command(name = "envoi", version, after_help = ending::FOOTER, arg_required_else_help = true, max_term_width = 100)]
pub struct Envoi {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Init(init::Init),
    New(new::New),
    Import(import::Import),
    List(list::List),
    Check(check::Check),
    Explain(rules::Explain),
    Build(build::Build),
    Preview(preview::Preview),
    Send(send::Send),
    Serve(serve::Serve),
    Status(status::Status),
    Export(export::Export),
    Archive(archive::Archive),
    Subscribers(subscribers::Subscribers),
    Unsubscribe(unsubscribe::Unsubscribe),
    Inbox(inbox::Inbox),
    Ledger(ledger::Ledger),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Envoi {
    /// Does what was asked for.
    pub fn run(self) -> Result<Ending> {
        self.global.set_colours();
        the_clock_is_right()?;
        match self.command {
            Command::Init(init) => init.run(&self.global),
            Command::New(new) => new.run(&self.global),
            Command::Import(import) => import.run(&self.global),
            Command::List(list) => list.run(&self.global),
            Command::Check(check) => check.run(&self.global),
            Command::Explain(explain) => explain.run(),
            Command::Build(build) => build.run(&self.global),
            Command::Preview(preview) => preview.run(&self.global),
            Command::Send(send) => send.run(&self.global),
            Command::Serve(serve) => serve.run(&self.global),
            Command::Status(status) => status.run(&self.global),
            Command::Export(export) => export.run(&self.global),
            Command::Archive(archive) => archive.run(&self.global),
            Command::Subscribers(subscribers) => subscribers.run(&self.global),
            Command::Unsubscribe(unsubscribe) => unsubscribe.run(&self.global),
            Command::Inbox(inbox) => inbox.run(&self.global),
            Command::Ledger(ledger) => ledger.run(&self.global),
            Command::Doctor(doctor) => doctor.run(&self.global),
            Command::Completions(completions) => completions.run(),
            Command::Man(man) => man.run(),
        }
    }
}

/// Who sets the clock to try what an embargo will do must not send by the real one.
fn the_clock_is_right() -> Result<()> {
    crate::clock::check().map_err(|text| {
        Error::Refused(
            Trouble::new(format!(
                "the variable `ENVOI_NOW` sets the clock to `{}`, which is no moment",
                text.escape_debug()
            ))
            .hint("write it like 2015-05-04T09:00:00+02:00, or unset it for the real time"),
        )
    })
}
