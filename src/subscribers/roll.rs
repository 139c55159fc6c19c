//! [`Source`] -> [`Roll`]: a list to be read once through, from a file or from the ledger.
//!
//! The ledger's list is read by a thread of its own, a page ahead, so that reading it looks like reading a file and a
//! list of a million takes no memory.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::audience::{Columns, List, Listing, Row, Subscriber};
use crate::error::{Error, Result, Trouble};
use crate::ledger::Ledger;
use crate::project::{Project, Storage};

/// How many subscribers the ledger gives at once.
const PAGE: u32 = 2000;

/// Where a list is. It can be opened again and again.
#[derive(Debug, Clone)]
pub enum Source {
    /// In a file.
    File {
        /// The file.
        path: PathBuf,
        /// How it is named in what is shown.
        shown: PathBuf,
    },
    /// In the ledger.
    Ledger(Storage),
}

impl Source {
    /// The project's list: the file that it names, else the ledger's list, where somebody is on it.
    pub fn of(project: &Project) -> Result<Option<Self>> {
        if let Some(path) = project.list() {
            return Ok(Some(Self::file(project, path)));
        }
        let ledger = project.ledger();
        if !ledger.is_begun() {
            return Ok(None);
        }
        let storage = ledger.clone();
        let length = aside(move || async move { Ledger::open(&storage).await?.list_length().await })?;
        Ok((length > 0).then_some(Self::Ledger(ledger)))
    }

    /// A file that is given by hand.
    pub fn file(project: &Project, path: PathBuf) -> Self {
        let shown = project.shown(&path);
        Self::File { path, shown }
    }

    /// What it is called: the file's name, or "the ledger".
    pub fn name(&self) -> String {
        match self {
            Self::File { shown, .. } => shown.display().to_string(),
            Self::Ledger(_) => "the ledger".to_owned(),
        }
    }

    /// Opens the list.
    pub fn open(&self) -> Result<Roll> {
        match self {
            Self::File { path, shown } => Ok(Roll::File(Box::new(List::open(path, shown)?))),
            Self::Ledger(storage) => Pages::open(storage).map(Roll::Ledger),
        }
    }
}

/// A list, opened.
pub enum Roll {
    /// A file.
    File(Box<List>),
    /// The ledger's.
    Ledger(Pages),
}

impl Listing for Roll {
    fn columns(&self) -> &Columns {
        match self {
            Self::File(list) => list.columns(),
            Self::Ledger(pages) => &pages.columns,
        }
    }

    fn next_row(&mut self) -> Result<Option<Row>> {
        match self {
            Self::File(list) => list.next_row(),
            Self::Ledger(pages) => Ok(pages.next()?.map(Row::Subscriber)),
        }
    }
}

impl Roll {
    /// The columns, by the names that merge fields use.
    pub fn columns(&self) -> &Columns {
        Listing::columns(self)
    }

    /// What stands between the columns, where it is written as CSV.
    pub fn separator(&self) -> char {
        match self {
            Self::File(list) => list.separator(),
            Self::Ledger(_) => ',',
        }
    }
}

/// What the thread that reads hands over.
type Page = Result<Vec<Subscriber>>;

/// The ledger's list, being read.
pub struct Pages {
    columns: Columns,
    rest: Receiver<Page>,
    page: std::vec::IntoIter<Subscriber>,
}

impl Pages {
    fn open(ledger: &Storage) -> Result<Self> {
        let (columns, opened) = sync_channel(1);
        let (hand_over, pages) = sync_channel(1);
        let storage = ledger.clone();
        std::thread::Builder::new()
            .name("list".to_owned())
            .spawn(move || {
                let read = alone(read(&storage, &columns, &hand_over));
                if let Err(error) = read {
                    // whoever waits for the one waits no longer for the other
                    if let Err(std::sync::mpsc::SendError(Err(error))) = columns.send(Err(error)) {
                        let _ = hand_over.send(Err(error));
                    }
                }
            })
            .map_err(no_thread)?;
        let columns = opened.recv().map_err(|_| cut_off())??;
        Ok(Self { columns, rest: pages, page: Vec::new().into_iter() })
    }

    fn next(&mut self) -> Result<Option<Subscriber>> {
        loop {
            if let Some(subscriber) = self.page.next() {
                return Ok(Some(subscriber));
            }
            let page = self.rest.recv().map_err(|_| cut_off())??;
            if page.is_empty() {
                return Ok(None);
            }
            self.page = page.into_iter();
        }
    }
}

/// Hands over the columns and then page after page, an empty one at the end.
async fn read(storage: &Storage, columns: &SyncSender<Result<Columns>>, hand_over: &SyncSender<Page>) -> Result<()> {
    let ledger = Ledger::open(storage).await?;
    let names = ledger.list_columns().await?;
    if columns.send(Ok(names.clone())).is_err() {
        return Ok(());
    }
    let mut after = 0;
    loop {
        let page = ledger.page(&names, after, PAGE).await;
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                let _ = hand_over.send(Err(error));
                return Ok(());
            }
        };
        let end = page.is_empty();
        after = page.last().map_or(after, |(id, _)| *id);
        let people = page.into_iter().map(|(_, subscriber)| subscriber).collect();
        // who has read enough goes away
        if hand_over.send(Ok(people)).is_err() || end {
            return ledger.close().await;
        }
    }
}

/// Asks the ledger something from code that waits for nothing else meanwhile, on a thread of its own: the caller may
/// be inside a runtime already.
pub(super) fn aside<T, F>(ask: impl FnOnce() -> F + Send + 'static) -> Result<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T>>,
{
    let thread = std::thread::Builder::new().spawn(move || alone(ask())).map_err(no_thread)?;
    thread.join().unwrap_or_else(|_| Err(cut_off()))
}

fn alone<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(no_thread)?;
    runtime.block_on(future)
}

fn no_thread(error: std::io::Error) -> Error {
    Error::Refused(Trouble::new("the operating system gives no threads").because(error))
}

fn cut_off() -> Error {
    Error::Ledger(Trouble::new("the list could not be read to its end").hint("run the command again"))
}
