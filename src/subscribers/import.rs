//! A file -> the ledger's list: [`Import`] opens it and says what it recognised, then reads it once through and takes
//! in, a few thousand rows at a time, whoever may be written to. Every row is counted in the [`Account`], and what is
//! worth telling of one is told with its line.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use serde::Serialize;

use super::newcomer::{Agreement, Reading};
use super::packed::{Incoming, Packed};
use super::sorted::Sorted;
use crate::address::Address;
use crate::audience::{Dropped, Finding, List, Row, Suspects, Use, is_role};
use crate::clock;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result, Trouble};
use crate::ledger::{Fate, Ledger, Newcomer, Suppression};
use crate::rule;

/// How many rows are taken in at once.
const BATCH: usize = 4096;

/// A file, opened to be imported.
pub struct Import {
    list: List,
    reading: Reading,
    shown: PathBuf,
}

/// What was recognised of a file before anything of it is taken.
#[derive(Debug, Clone, Serialize)]
pub struct Recognised {
    /// The file.
    pub file: PathBuf,
    /// Whose export it is.
    pub export: crate::audience::Dialect,
    /// How it is encoded; `xlsx` where it is a workbook.
    pub encoding: &'static str,
    /// What stands between its columns; none in a workbook.
    pub separator: Option<char>,
    /// The sheet that is read, where it is a workbook.
    pub sheet: Option<String>,
    /// The line of its header; 0 where it has none.
    pub header_line: usize,
    /// How everybody in it stands, where the file as a whole says that they must not be written to.
    pub everybody: Option<crate::audience::Standing>,
    /// Each column as it is written, and what becomes of it.
    pub columns: Vec<(String, String)>,
}

/// What an import came to. Every row of the file is in one of the first seven.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// New on the list.
    pub added: u64,
    /// On the list already, with something new.
    pub changed: u64,
    /// On the list already, just so.
    pub unchanged: u64,
    /// Not taken in, since they are suppressed or erased.
    pub suppressed: u64,
    /// Those who must not be written to, as the file says: they are suppressed from now on.
    pub left: u64,
    /// Rows whose address stands further up.
    pub duplicates: u64,
    /// Rows that cannot be used.
    pub rejected: u64,
    /// Of those who left: how many were suppressed already.
    pub left_before: u64,
    /// Of those who were taken in: how many may have a slip in their domain.
    pub suspect: u64,
    /// Of those who were taken in: how many addresses belong to a function and not to a person.
    pub roles: u64,
}

/// A row that was not taken, for whoever corrects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Its line, from 1.
    pub line: usize,
    /// Why.
    pub reason: String,
    /// Its cells, as the file writes them.
    pub cells: Vec<String>,
}

/// What the thread that reads hands over.
#[derive(Debug)]
enum Read {
    In(Packed),
    Out(Suppression),
    Rejected { found: Diagnostic, duplicate: bool, line: usize, cells: Vec<String> },
}

impl Import {
    /// Opens a file. `shown` is how it is named in what is shown.
    pub fn open(path: &Path, shown: &Path, agreement: Agreement) -> Result<Self> {
        let list = List::as_it_stands(path, shown)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let reading = Reading::of(&list, &name, agreement, clock::seconds());
        Ok(Self { list, reading, shown: shown.to_owned() })
    }

    /// What was recognised.
    pub fn recognised(&self) -> Recognised {
        let names = &self.list.columns.0;
        let written = self.list.written().iter().map(|header| header.trim().to_owned());
        let numbered = (1..).map(|number| format!("column {number}"));
        let written: Vec<String> =
            if self.list.written().is_empty() { numbered.take(names.len()).collect() } else { written.collect() };
        let becomes = |(name, used): (&String, &Use)| match used {
            Use::Email | Use::Lang | Use::Tags | Use::Value => name.clone(),
            Use::Attributes => "a column each".to_owned(),
            Use::Given(_) => "when they agreed".to_owned(),
            Use::Ip(_) => "from where they agreed".to_owned(),
            Use::Standing { kept: true } => format!("{name}; and who left is not written to"),
            Use::Standing { kept: false } | Use::Blocked => "who left is not written to".to_owned(),
            Use::Nothing => "left out".to_owned(),
        };
        Recognised {
            file: self.shown.clone(),
            export: self.reading.dialect,
            encoding: self.list.encoding(),
            separator: self.list.sheet().is_none().then(|| self.list.separator()),
            sheet: self.list.sheet().map(str::to_owned),
            header_line: self.list.header_line(),
            everybody: self.reading.everybody,
            columns: written.into_iter().zip(names.iter().zip(&self.reading.uses).map(becomes)).collect(),
        }
    }

    /// The headers, for the file of rejected rows.
    pub fn written(&self) -> Vec<String> {
        self.list.written().to_vec()
    }

    /// What stands between the columns, for the file of rejected rows.
    pub fn separator(&self) -> char {
        self.list.separator()
    }

    /// Reads the file to its end and takes in whom it may. Without `write` nothing is changed, and the account says
    /// what would come of it; without a ledger nobody is known yet. `tell` hears of every row that is worth it.
    pub async fn run(
        self,
        ledger: Option<&Ledger>,
        write: bool,
        tell: &mut dyn FnMut(&Diagnostic, Option<&Rejection>) -> Result<()>,
    ) -> Result<Account> {
        let Self { list, reading, shown } = self;
        let columns = reading.columns();
        if let Some(ledger) = ledger.filter(|_| write) {
            ledger.expect_many().await?;
            ledger.add_columns(&columns).await?;
        }
        let (hand_over, rows) = sync_channel(2);
        let thread = std::thread::Builder::new()
            .name("import".to_owned())
            .spawn(move || read(list, &reading, &hand_over))
            .map_err(|error| Error::Refused(Trouble::new("the operating system gives no threads").because(error)))?;
        let mut taker =
            Taker { ledger, write, shown, known: columns.into_iter().collect(), account: Account::default() };
        let taken = taker.all(&rows, tell).await;
        // where it stopped early, the thread stops too
        drop(rows);
        let read = thread.join().unwrap_or_else(|_| Err(cut_off()));
        taken.and(read)?;
        Ok(taker.account)
    }
}

fn cut_off() -> Error {
    Error::Refused(Trouble::new("the file could not be read to its end").hint("run the import again: it goes on"))
}

/// Reads rows and hands them over, as long as somebody takes them.
fn read(mut list: List, reading: &Reading, hand_over: &SyncSender<Vec<Read>>) -> Result<()> {
    let mut suspects = Suspects::default();
    let mut sorted = Sorted::default();
    let mut counter = Counter { batch: Vec::with_capacity(BATCH), hand_over };
    let spilt = || Error::file("write", std::env::temp_dir());
    let broken = loop {
        match list.next_row() {
            Ok(None) => break None,
            Err(error) => break Some(error),
            Ok(Some(row)) => match said(row, &list, reading, &mut suspects) {
                Said::In(incoming) => sorted.add(&incoming).map_err(spilt())?,
                Said::Other(other) => {
                    if !counter.give(other) {
                        return Ok(());
                    }
                }
            },
        }
    };
    // what it remembers of a million addresses is no longer wanted
    drop(list);
    // what stands above a place that cannot be read is taken
    let mut taken = true;
    let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
    let given = sorted.each(|packed| {
        taken = counter.give(Read::In(packed));
        if taken { Ok(()) } else { Err(gone()) }
    });
    if !taken {
        return Ok(());
    }
    given.map_err(spilt())?;
    counter.flush();
    broken.map_or(Ok(()), Err)
}

/// Hands rows over, many at once.
struct Counter<'h> {
    batch: Vec<Read>,
    hand_over: &'h SyncSender<Vec<Read>>,
}

impl Counter<'_> {
    /// `false` where nobody takes them any more.
    fn give(&mut self, read: Read) -> bool {
        self.batch.push(read);
        self.batch.len() < BATCH || self.flush()
    }

    fn flush(&mut self) -> bool {
        self.hand_over.send(std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH))).is_ok()
    }
}

/// What a row says: somebody to be sorted in, or something to be handed over as it is.
enum Said {
    In(Incoming),
    Other(Read),
}

fn said(row: Row, list: &List, reading: &Reading, suspects: &mut Suspects) -> Said {
    let line = list.place().line;
    match row {
        Row::Subscriber(subscriber) => {
            let newcomer = reading.take(subscriber);
            let meant = suspects.meant(&newcomer.address).map(str::to_owned);
            let role = is_role(&newcomer.address);
            Said::In(Incoming { newcomer, line, meant, role })
        }
        // in whichever of their rows: it is not forgotten
        Row::Finding(Finding { why: Dropped::Left(address, standing), .. }) => {
            Said::Other(Read::Out(reading.take_out(address, standing)))
        }
        Row::Finding(Finding { diagnostic, why }) => {
            let duplicate = why == Dropped::Duplicate;
            Said::Other(Read::Rejected { found: diagnostic, duplicate, line, cells: list.cells() })
        }
    }
}

/// Takes in what the thread hands over.
struct Taker<'l> {
    ledger: Option<&'l Ledger>,
    write: bool,
    shown: PathBuf,
    /// The columns that the ledger has for sure.
    known: BTreeSet<String>,
    account: Account,
}

impl Taker<'_> {
    async fn all(
        &mut self,
        rows: &Receiver<Vec<Read>>,
        tell: &mut dyn FnMut(&Diagnostic, Option<&Rejection>) -> Result<()>,
    ) -> Result<()> {
        while let Ok(batch) = rows.recv() {
            let mut newcomers = Vec::with_capacity(batch.len());
            let mut newly = Vec::with_capacity(batch.len());
            let mut left = Vec::new();
            for row in batch {
                match row {
                    Read::In(packed) => {
                        let opened = packed.open().map_err(Error::file("read", std::env::temp_dir()))?;
                        let Incoming { newcomer, line, meant, role } = opened;
                        newcomers.push(newcomer);
                        newly.push((line, meant, role));
                    }
                    Read::Out(suppression) => left.push(suppression),
                    Read::Rejected { found, duplicate, line, cells } => {
                        *(if duplicate { &mut self.account.duplicates } else { &mut self.account.rejected }) += 1;
                        tell(&found, Some(&Rejection { line, reason: found.message.clone(), cells }))?;
                    }
                }
            }
            self.out(&left).await?;
            let fates = self.take_in(&newcomers).await?;
            for ((newcomer, (line, meant, role)), fate) in newcomers.iter().zip(newly).zip(fates) {
                for found in self.found(&newcomer.address, line, fate, meant.as_deref(), role) {
                    tell(&found, None)?;
                }
            }
        }
        Ok(())
    }

    async fn out(&mut self, left: &[Suppression]) -> Result<()> {
        if left.is_empty() {
            return Ok(());
        }
        self.account.left += left.len() as u64;
        if let Some(ledger) = self.ledger {
            let new = ledger.take_out(left, self.write).await?;
            self.account.left_before += new.iter().filter(|new| !**new).count() as u64;
        }
        Ok(())
    }

    async fn take_in(&mut self, newcomers: &[Newcomer]) -> Result<Vec<Fate>> {
        let fates = match self.ledger {
            _ if newcomers.is_empty() => Vec::new(),
            Some(ledger) if self.write => {
                self.learn_columns(ledger, newcomers).await?;
                ledger.take_in(newcomers).await?
            }
            Some(ledger) => ledger.would_take_in(newcomers).await?,
            None => vec![Fate::Added; newcomers.len()],
        };
        Ok(fates)
    }

    /// Attributes are columns that no header names.
    async fn learn_columns(&mut self, ledger: &Ledger, newcomers: &[Newcomer]) -> Result<()> {
        let names = newcomers.iter().flat_map(|newcomer| &newcomer.values).map(|(name, _)| name);
        let new: BTreeSet<String> = names.filter(|name| !self.known.contains(*name)).cloned().collect();
        if !new.is_empty() {
            ledger.add_columns(&new.iter().cloned().collect::<Vec<_>>()).await?;
            self.known.extend(new);
        }
        Ok(())
    }

    /// Counts a fate, and says what is worth telling of it.
    fn found(
        &mut self,
        address: &Address,
        line: usize,
        fate: Fate,
        meant: Option<&str>,
        role: bool,
    ) -> impl Iterator<Item = Diagnostic> + use<> {
        let place = Place::line(&self.shown, line);
        let mut found = Vec::new();
        match fate {
            Fate::Added => self.account.added += 1,
            Fate::Changed => self.account.changed += 1,
            Fate::Unchanged => self.account.unchanged += 1,
            Fate::Suppressed | Fate::Erased => {
                self.account.suppressed += 1;
                let why = if fate == Fate::Erased { "was erased" } else { "is suppressed" };
                found.push(
                    Diagnostic::of(&rule::STAYS_OUT, format!("`{address}` {why}, and stays off the list"))
                        .at(place)
                        .hint(format!(
                            "only where they ask for it: `envoi subscribers restore {address} --reason …`, and import again"
                        )),
                );
                return found.into_iter();
            }
        }
        if let Some(meant) = meant {
            self.account.suspect += 1;
            found.push(
                Diagnostic::of(&rule::NEAR_DOMAIN, format!("`{address}` may be meant to end in `{meant}`"))
                    .at(place.clone())
                    .hint(format!("where it is, `envoi subscribers remove {address}` and add the right one")),
            );
        }
        if role {
            self.account.roles += 1;
            found.push(
                Diagnostic::of(&rule::ROLE_ADDRESS, format!("`{address}` belongs to a function and not to a person"))
                    .at(place)
                    .hint("make sure that whoever reads it agreed"),
            );
        }
        found.into_iter()
    }
}
