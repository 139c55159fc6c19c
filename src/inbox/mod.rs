//! The inbox: what comes back. Messages of a mailbox -> bounces, complaints and unsubscriptions in the ledger, and a
//! [`Summary`] that says of each what it was taken for and what came of it.
//!
//! A bounce counts only where it shows that it is about a message of ours (`evidence.rs`); what nobody understands is
//! left to a person. Reading the same mailbox twice changes nothing, and nothing in the mailbox is changed unless that
//! is asked for.

mod automatic;
mod clerk;
mod evidence;
mod fields;
mod finding;
mod imap;
mod letter;
mod maildir;
mod mbox;
mod reading;
mod report;
mod status;
mod utf7;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use self::finding::{Came, Finding, Kind};

use self::clerk::Clerk;
use self::evidence::Evidence;
use self::imap::Imap;
use self::letter::Letter;
use self::maildir::Maildir;
use self::mbox::Mbox;
use self::reading::Reading;
use crate::error::{Error, Result, Trouble};
use crate::ledger::Ledger;
use crate::project::{After, Project};

/// A message as it lies in a mailbox.
#[derive(Debug)]
struct Message {
    /// What it is called.
    name: String,
    /// Its content, or the beginning of it.
    bytes: Vec<u8>,
    /// By what the mailbox finds it again.
    mark: Mark,
}

/// By what a mailbox finds a message again.
#[derive(Debug)]
enum Mark {
    None,
    File(PathBuf),
    Uid(u32),
}

/// How an inbox is read.
#[derive(Debug, Clone)]
pub struct Options {
    /// A Maildir, an mbox or one message in a file, rather than what the project names.
    pub path: Option<PathBuf>,
    /// Whether nothing is written, neither to the ledger nor to the mailbox.
    pub rehearse: bool,
    /// What becomes of messages that were dealt with, rather than what the project says.
    pub after: Option<After>,
    /// Whether a mailbox on a server is read from its beginning, and not from where the last run ended.
    pub from_the_beginning: bool,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// What became of each message.
    pub findings: Vec<Finding>,
    /// How many messages were taken out of the mailbox.
    pub taken_out: u64,
}

impl Summary {
    /// How many messages came to something.
    pub fn count(&self, came: Came) -> usize {
        self.findings.iter().filter(|finding| finding.came == came).count()
    }
}

/// A mailbox that is open.
#[derive(Debug)]
enum Mailbox {
    Maildir(Maildir),
    Mbox(Mbox),
    One(Option<Message>),
    Imap(Box<Imap>),
}

impl Mailbox {
    fn of_path(path: &Path) -> Result<Self> {
        if path.is_dir() {
            if Maildir::is_one(path) {
                return Ok(Self::Maildir(Maildir::open(path)?));
            }
            return Err(Error::Refused(
                Trouble::new(format!("`{}` is no Maildir: it has no `new` and `cur`", path.display()))
                    .hint("give the folder that holds `new`, `cur` and `tmp`, or an mbox file"),
            ));
        }
        let start = maildir::start_of(path).map_err(Error::file("read", path))?;
        // an empty file is a mailbox in which nothing lies
        if start.is_empty() || Mbox::is_one(&start) {
            return Ok(Self::Mbox(Mbox::open(path)?));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self::One(Some(Message { name, bytes: start, mark: Mark::None })))
    }

    async fn next(&mut self) -> Result<Option<Message>> {
        match self {
            Self::Maildir(maildir) => maildir.next(),
            Self::Mbox(mbox) => mbox.next(),
            Self::One(message) => Ok(message.take()),
            Self::Imap(imap) => imap.next().await,
        }
    }

    fn take_out(&mut self, mark: &Mark, after: &After) -> Result<()> {
        match (self, mark) {
            (Self::Maildir(maildir), Mark::File(path)) => maildir.take_out(path, after),
            (Self::Imap(imap), Mark::Uid(uid)) => {
                imap.settle(*uid);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Reads the inbox. `each` is told of every message.
pub async fn read(
    project: &Project,
    ledger: &Ledger,
    options: &Options,
    each: impl FnMut(&Finding) -> Result<()>,
) -> Result<Summary> {
    let after = match &options.after {
        _ if options.rehearse => After::Keep,
        Some(after) => after.clone(),
        None => project.config.inbox.after.clone(),
    };
    let mut mailbox = open(project, ledger, options, &after).await?;
    let mut clerk = Clerk::new(project, ledger, options.rehearse).await?;
    let mut summary = Summary::default();
    let read = read_all(&mut mailbox, &mut clerk, &after, &mut summary, each).await;
    if let Mailbox::Imap(imap) = mailbox {
        let (name, validity, last) = (imap.name(), i64::from(imap.validity), i64::from(imap.last));
        // after a failure the next run reads it all again, and notes nothing twice
        if read.is_ok() {
            imap.close(&after).await?;
            if !options.rehearse {
                ledger.set_bookmark(&name, validity, last).await?;
            }
        }
    }
    read.map(|()| summary)
}

async fn read_all(
    mailbox: &mut Mailbox,
    clerk: &mut Clerk<'_>,
    after: &After,
    summary: &mut Summary,
    mut each: impl FnMut(&Finding) -> Result<()>,
) -> Result<()> {
    while let Some(message) = mailbox.next().await? {
        let finding = clerk.deal(message.name, &message.bytes).await?;
        each(&finding)?;
        // only now: what it says is in the ledger
        if *after != After::Keep && finding.is_settled() {
            mailbox.take_out(&message.mark, after)?;
            summary.taken_out += 1;
        }
        summary.findings.push(finding);
    }
    Ok(())
}

/// Opens what is to be read: what the command names, else what the project does.
async fn open(project: &Project, ledger: &Ledger, options: &Options, after: &After) -> Result<Mailbox> {
    let server = Imap::server(project)?;
    if let (Some(_), Some(_)) = (&server, &project.config.inbox.path) {
        return Err(Error::Refused(
            Trouble::new("`[inbox]` names both a `path` and a `host`")
                .hint("leave one of them out, or give the path with the command"),
        ));
    }
    if let (Some(server), None) = (server, &options.path) {
        let bookmark = if options.from_the_beginning { None } else { ledger.bookmark(&server.name()).await? };
        let imap = Imap::open(project, server, bookmark, *after != After::Keep).await?;
        return Ok(Mailbox::Imap(Box::new(imap)));
    }
    let path = options.path.clone().or_else(|| project.inbox()).ok_or_else(nowhere)?;
    let mailbox = Mailbox::of_path(&path)?;
    if *after != After::Keep && !matches!(mailbox, Mailbox::Maildir(_)) {
        return Err(Error::Refused(
            Trouble::new(format!("`{}` is a file, and envoi takes no messages out of files", path.display()))
                .hint("leave `--delete` and `after` out; or let the mail server deliver into a Maildir"),
        ));
    }
    Ok(mailbox)
}

/// What a message says, in a few words, before the ledger is asked anything: for whoever wants to hold the reader
/// against hostile messages.
pub fn gist(project: &Project, bytes: &[u8]) -> String {
    let letter = match Letter::read(bytes) {
        Ok(letter) => letter,
        Err(why) => return why.to_owned(),
    };
    let reading = reading::read(&letter, project);
    let reports = match &reading {
        Reading::Bounce(reports) => reports.as_slice(),
        _ => &[],
    };
    let evidence = Evidence::of(&letter, project.config.sender.bounce_address(), reports, letter.complaint.as_ref());
    format!("{reading:?}, {evidence:?}")
}

fn nowhere() -> Error {
    Error::Refused(
        Trouble::new("`[inbox]` in `envoi.toml` does not say where bounces arrive")
            .hint("give a Maildir or an mbox: `envoi inbox PATH`")
            .hint("or name one under `[inbox]`: `path = \"…\"`, or `host` and `user` of an IMAP server"),
    )
}
