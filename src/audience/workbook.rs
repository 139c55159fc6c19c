//! A workbook (.xlsx) -> the rows of one of its sheets, as text.
//!
//! A workbook is a zip archive of XML, and may be anybody's: it is unpacked once, counting, before anything is kept, and
//! refused where it grows too large. Its cells are then read one after the other by a thread of its own, a few hundred
//! rows ahead; only the texts that cells share are held in memory, as the format wants it.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use calamine::{Data, DataRef, Reader as _, Xlsx};

use super::header::{Header, LOOKED_AT};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result, Trouble};
use crate::rule;

/// How large the texts that cells share may be, unpacked.
const SHARED: u64 = 192 * 1024 * 1024;

/// How large a workbook may be, unpacked.
const UNPACKED: u64 = 2 * 1024 * 1024 * 1024;

/// How large all that is neither sheet nor shared texts may be, a part each: styles, names, links.
const PART: u64 = 32 * 1024 * 1024;

/// How many parts it may have.
const PARTS: usize = 5_000;

/// How many columns are read; what stands further to the right is no list.
const COLUMNS: u32 = 512;

/// The longest row, in bytes, as in a text.
const LONGEST: usize = 1024 * 1024;

/// How many rows are handed over at once.
const BATCH: usize = 256;

/// A row: its number in the sheet, from 1, and its cells.
type Line = (usize, Vec<String>);

/// What the thread that reads hands over: rows, none at the end.
type Handed = Result<Vec<Line>, String>;

/// A workbook, opened: the rows of one sheet.
pub(super) struct Workbook {
    shown: PathBuf,
    sheet: String,
    rows: Receiver<Handed>,
    batch: std::vec::IntoIter<Line>,
    row: Line,
}

impl Workbook {
    /// Opens a workbook at the first sheet that has an e-mail column, else the first.
    pub(super) fn open(path: &Path, shown: &Path) -> Result<Self> {
        let refused = |why: &str| unreadable(shown, why);
        measure(path).map_err(|why| refused(&why))?;
        let (name, opened) = sync_channel(1);
        let (hand_over, rows) = sync_channel(2);
        let path = path.to_owned();
        std::thread::Builder::new()
            .name("workbook".to_owned())
            .spawn(move || read(&path, &name, &hand_over))
            .map_err(|error| Error::Refused(Trouble::new("the operating system gives no threads").because(error)))?;
        let sheet = opened.recv().map_err(|_| refused("it is damaged"))?.map_err(|why| refused(&why))?;
        Ok(Self { shown: shown.to_owned(), sheet, rows, batch: Vec::new().into_iter(), row: (0, Vec::new()) })
    }

    /// Goes to the next row; `false` at the end.
    pub(super) fn advance(&mut self) -> Result<bool> {
        loop {
            if let Some(row) = self.batch.next() {
                self.row = row;
                return Ok(true);
            }
            // the thread's end without a word is a fault in the file that the reader did not see coming
            let handed = self.rows.recv().unwrap_or_else(|_| Err("it is damaged".to_owned()));
            let batch = handed.map_err(|why| unreadable(&self.shown, &why))?;
            if batch.is_empty() {
                return Ok(false);
            }
            self.batch = batch.into_iter();
        }
    }

    /// The cells of the row at hand.
    pub(super) fn cells(&self) -> &[String] {
        &self.row.1
    }

    /// The number of the row at hand, from 1.
    pub(super) fn line(&self) -> usize {
        self.row.0
    }

    /// The name of the sheet.
    pub(super) fn sheet(&self) -> &str {
        &self.sheet
    }
}

fn unreadable(shown: &Path, why: &str) -> Error {
    Diagnostic::of(&rule::LIST_NO_TEXT, format!("the workbook cannot be read: {why}"))
        .at(Place::file(shown))
        .hint("save it again as .xlsx or as CSV from your spreadsheet")
        .into()
}

/// Unpacks a workbook without keeping anything, to see how large it is.
fn measure(path: &Path) -> Result<(), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|_| "it is no zip archive".to_owned())?;
    if archive.len() > PARTS {
        return Err(format!("it has more than {PARTS} parts"));
    }
    let mut total = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| "a part of it is damaged".to_owned())?;
        let name = part.name().map_err(|_| "a part of it has no name".to_owned())?.to_lowercase().replace('\\', "/");
        let shared = name.ends_with("sharedstrings.xml");
        let limit = if shared {
            SHARED
        } else if name.contains("/worksheets/") && !name.contains("/_rels/") {
            UNPACKED
        } else if name.contains("/media/") || name.ends_with(".bin") {
            // pictures and macros are never unpacked
            continue;
        } else {
            PART
        };
        let mut part = BufReader::new(part.take(limit + 1));
        if shared {
            believe(&mut part)?;
        }
        io::copy(&mut part, &mut io::sink()).map_err(|_| format!("its part `{name}` is damaged"))?;
        let left = part.get_ref().limit();
        total += limit + 1 - left;
        if left == 0 || total > UNPACKED {
            return Err(format!("unpacked it has more than {} MB", limit.min(UNPACKED) / 1024 / 1024));
        }
    }
    Ok(())
}

/// Shared texts say how many they are, and memory is taken for so many: nobody has more than one for each ten bytes.
fn believe(part: &mut impl io::BufRead) -> Result<(), String> {
    let damaged = || "its shared texts are damaged".to_owned();
    let mut reader = quick_xml::Reader::from_reader(part);
    let mut buffer = Vec::new();
    loop {
        use quick_xml::events::Event;
        match reader.read_event_into(&mut buffer).map_err(|_| damaged())? {
            Event::Start(start) if start.local_name().as_ref() == "sst" => {
                for attribute in start.attributes() {
                    let attribute = attribute.map_err(|_| damaged())?;
                    if attribute.key.local_name().as_ref() == "uniqueCount"
                        && attribute.value.parse::<u64>().is_ok_and(|count| count > SHARED / 10)
                    {
                        return Err("it says that it has more texts than it can hold".to_owned());
                    }
                }
                return Ok(());
            }
            // anything else before it is not what a spreadsheet writes
            Event::Start(_) | Event::Eof => return Err(damaged()),
            _ => buffer.clear(),
        }
    }
}

/// Reads the sheet and hands its rows over, until the end or until nobody takes them any more.
fn read(path: &Path, name: &SyncSender<Result<String, String>>, hand_over: &SyncSender<Handed>) {
    match open(path) {
        Ok((mut book, sheet)) => {
            if name.send(Ok(sheet.clone())).is_err() {
                return;
            }
            let mut batch = Vec::with_capacity(BATCH);
            let whole = rows(&mut book, &sheet, |row| {
                batch.push(row);
                batch.len() < BATCH || hand_over.send(Ok(std::mem::take(&mut batch))).is_ok()
            });
            let end = match whole {
                Ok(()) if batch.is_empty() => Ok(Vec::new()),
                Ok(()) => hand_over.send(Ok(batch)).map_or(Ok(Vec::new()), |()| Ok(Vec::new())),
                Err(why) => Err(why),
            };
            let _ = hand_over.send(end);
        }
        Err(why) => {
            let _ = name.send(Err(why));
        }
    }
}

type Book = Xlsx<BufReader<File>>;

/// Opens the workbook and chooses the sheet.
fn open(path: &Path) -> Result<(Book, String), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut book: Book = Xlsx::new(BufReader::new(file)).map_err(|error| error.to_string())?;
    let names = book.sheet_names();
    let first = names.first().cloned().ok_or("it has no sheet")?;
    for name in names {
        let mut head = Vec::new();
        let looked = rows(&mut book, &name, |(_, cells)| {
            head.push(cells);
            head.len() < LOOKED_AT
        });
        if looked.is_ok() && Header::find(&head).is_some() {
            return Ok((book, name));
        }
    }
    Ok((book, first))
}

/// Gives a sheet's rows one by one, as long as they are wanted. Rows without a cell are passed over.
fn rows(book: &mut Book, sheet: &str, mut take: impl FnMut(Line) -> bool) -> Result<(), String> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
    let mut number = 0;
    let mut row: Vec<String> = Vec::new();
    let mut length = 0;
    while let Some(cell) = cells.next_cell().map_err(|error| error.to_string())? {
        let (at, column) = cell.get_position();
        if at != number && !row.is_empty() {
            length = 0;
            if !take((number as usize + 1, std::mem::take(&mut row))) {
                return Ok(());
            }
        }
        number = at;
        if column < COLUMNS {
            let text = text(cell.get_value());
            length += text.len();
            if length > LONGEST {
                return Err("a row of more than a megabyte".to_owned());
            }
            let column = column as usize;
            if column >= row.len() {
                row.resize(column + 1, String::new());
            }
            row[column] = text;
        }
    }
    if !row.is_empty() {
        take((number as usize + 1, row));
    }
    Ok(())
}

/// What a cell shows: whole numbers without a point, dates as ISO 8601, nothing where a formula failed.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let time = if (hour, minute, second) == (0, 0, 0) {
                String::new()
            } else {
                format!(" {hour:02}:{minute:02}:{second:02}")
            };
            format!("{year:04}-{month:02}-{day:02}{time}")
        }
        DataRef::Error(_) | DataRef::Empty => String::new(),
        other => Data::from(other.clone()).to_string(),
    }
}
