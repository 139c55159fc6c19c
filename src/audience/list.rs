//! A list of subscribers: a file of rows, read one by one.
//!
//! The header may name its columns in French, Dutch or English and in any order; only the e-mail column is needed.
//! Rows that cannot be written to are findings with their line, never dropped in silence.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use super::dialect::{Dialect, Standing, Use, language_named};
use super::header::composed;
use super::standing::Standings;
use super::table::Table;
use super::{Columns, Subscriber};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::Result;
use crate::language::Language;
use crate::rule;

/// A list, opened: its columns are known, its rows are still to be read.
pub struct List {
    /// The columns, by the names that merge fields use.
    pub columns: Columns,
    shown: PathBuf,
    email: usize,
    lang: Option<usize>,
    table: Table,
    dialect: Dialect,
    standings: Standings,
    /// Who left, as some row says: whatever the others say of them.
    left: HashMap<u64, Standing>,
    /// The line on which an address was first seen. Keys are 64-bit hashes, a twentieth of the addresses' memory;
    /// hashed under a random key, so that nobody can make two addresses collide.
    seen: HashMap<u64, u32>,
    hasher: RandomState,
}

/// A row of the list.
#[derive(Debug)]
pub enum Row {
    /// Somebody to write to.
    Subscriber(Subscriber),
    /// A row that is not written to.
    Finding(Finding),
}

/// Why a row is not written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong and where.
    pub diagnostic: Diagnostic,
    /// For which of the reasons.
    pub why: Dropped,
}

/// The reasons for which a row is not written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dropped {
    /// The same address stands further up; harmless.
    Duplicate,
    /// The list says that they left; harmless too.
    Left(Address, Standing),
    /// It cannot be used.
    Unusable,
}

/// A list, wherever it is: its columns, and its rows one by one.
pub trait Listing {
    /// The columns, by the names that merge fields use.
    fn columns(&self) -> &Columns;

    /// The next row; none at the end.
    fn next_row(&mut self) -> Result<Option<Row>>;
}

impl Listing for List {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn next_row(&mut self) -> Result<Option<Row>> {
        List::next_row(self)
    }
}

impl List {
    /// Opens a list and reads its header. `shown` is how diagnostics name it.
    ///
    /// Where rows say how somebody stands it is read once through before: who left is not written to, though another
    /// row may have them still.
    pub fn open(path: &Path, shown: impl Into<PathBuf>) -> Result<Self> {
        let mut list = Self::as_it_stands(path, shown)?;
        // what can be read but once is read row by row
        if list.standings.vary() && path.is_file() {
            list.left = list.who_left(path)?;
        }
        Ok(list)
    }

    /// The same, for whoever weighs all rows of somebody against each other: each is taken for itself.
    pub fn as_it_stands(path: &Path, shown: impl Into<PathBuf>) -> Result<Self> {
        let shown = shown.into();
        let table = Table::open(path, &shown)?;
        let mut names = table.header.names.clone();
        let dialect = Dialect::of(&table.header.written);
        let place = || Place::line(&shown, table.header_line());
        if dialect != Dialect::Plain {
            unname_repeated(&mut names);
        }
        let email = names.iter().position(|name| name == "email").unwrap_or_default();
        if let Some(twice) = names.iter().enumerate().find(|(at, name)| !name.is_empty() && names[..*at].contains(name))
        {
            return Err(Diagnostic::of(&rule::COLUMN_TWICE, format!("the list has two columns `{}`", twice.1))
                .at(place())
                .hint("give each column a name of its own")
                .into());
        }
        let lang = names.iter().position(|name| name == "lang");
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let standings = Standings::of(dialect, &table.header.written, &names, &name);
        Ok(Self {
            columns: Columns(names),
            shown,
            email,
            lang,
            table,
            dialect,
            standings,
            left: HashMap::new(),
            seen: HashMap::new(),
            hasher: RandomState::new(),
        })
    }

    /// The encoding in which the list was found to be; `xlsx` where it is a workbook.
    pub fn encoding(&self) -> &'static str {
        self.table.encoding()
    }

    /// What stands between its columns: comma, semicolon or tab.
    pub fn separator(&self) -> char {
        self.table.separator()
    }

    /// The sheet that is read, where it is a workbook.
    pub fn sheet(&self) -> Option<&str> {
        self.table.sheet()
    }

    /// The line of the header; 0 where there is none.
    pub fn header_line(&self) -> usize {
        self.table.header_line()
    }

    /// The columns as the file writes them; none where it has no header.
    pub fn written(&self) -> &[String] {
        &self.table.header.written
    }

    /// Whose export it is.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What each column is for.
    pub fn uses(&self) -> &[Use] {
        &self.standings.uses
    }

    /// How everybody in it stands, where the file as a whole says so.
    pub fn everybody(&self) -> Option<Standing> {
        self.standings.everybody
    }

    /// The cells of the row that was read last, as the file writes them.
    pub fn cells(&self) -> Vec<String> {
        (0..self.table.len()).map(|at| self.table.cell(at).into_owned()).collect()
    }

    /// Where the row stands that was read last.
    pub fn place(&self) -> Place {
        Place::line(&self.shown, self.table.line())
    }

    /// The next row; none at the end. Empty rows are passed over.
    pub fn next_row(&mut self) -> Result<Option<Row>> {
        loop {
            if !self.table.advance()? {
                return Ok(None);
            }
            if (0..self.table.len()).any(|at| !self.table.cell(at).trim().is_empty()) {
                return Ok(Some(self.row()));
            }
        }
    }

    fn row(&mut self) -> Row {
        let place = self.place();
        let finding = |diagnostic: Diagnostic, why| Row::Finding(Finding { diagnostic: diagnostic.at(place), why });
        if let Some(swallowed) = self.swallowed() {
            let found = Diagnostic::of(
                &rule::OPEN_QUOTE,
                format!("a quotation mark opens on this line and swallows the row `{swallowed}`"),
            )
            .hint("close it, or take it out; a quotation mark that is meant as such is written twice");
            return finding(found, Dropped::Unusable);
        }
        let mut values = self.values();
        let written = &values[self.email];
        let address = match Address::parse(written) {
            Ok(address) => address,
            Err(why) => {
                let shown: String = written.chars().take(80).collect();
                let found = Diagnostic::of(&rule::BAD_ADDRESS, format!("`{shown}` is no address to write to: {why}"))
                    .hint("correct it, or take the row out");
                return finding(found, Dropped::Unusable);
            }
        };
        let language = self.lang.and_then(|lang| {
            // a language that is written out counts as its tag
            if let Some(tag) = language_named(&values[lang]) {
                tag.clone_into(&mut values[lang]);
            }
            Language::parse(&values[lang])
        });
        values[self.email] = address.to_string();
        let line = u32::try_from(self.table.line()).unwrap_or(u32::MAX);
        let key = self.hasher.hash_one(address.key());
        let before = match self.seen.entry(key) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(vacant) => {
                vacant.insert(line);
                None
            }
        };
        match (self.standings.said(&values), before) {
            (Some(standing), _) if standing.is_gone() => {
                let found =
                    Diagnostic::of(&rule::LEFT_LIST, format!("the list says of `{address}`: {}", standing.name()))
                        .hint("they are not written to: take the row out, or correct what it says");
                finding(found, Dropped::Left(address, standing))
            }
            (_, Some(first)) => {
                let found = Diagnostic::of(&rule::ADDRESS_TWICE, format!("`{address}` stands on line {first} already"))
                    .hint("the first row counts; take this one out");
                finding(found, Dropped::Duplicate)
            }
            (Some(_), None) => {
                let found = Diagnostic::of(&rule::NEVER_AGREED, format!("`{address}` never agreed to be written to"))
                    .hint("ask for their consent, and add them then: `envoi subscribers add`");
                finding(found, Dropped::Unusable)
            }
            (None, None) => match self.left.get(&key) {
                Some(standing) => {
                    let found = Diagnostic::of(
                        &rule::LEFT_LIST,
                        format!("another row says of `{address}`: {}", standing.name()),
                    )
                    .hint("they are not written to: take the rows out, or correct what they say");
                    finding(found, Dropped::Left(address, *standing))
                }
                None => Row::Subscriber(Subscriber { address, language, values }),
            },
        }
    }

    /// The values of the row that was read last, one a column.
    fn values(&self) -> Vec<String> {
        (0..self.columns.0.len()).map(|at| clean(&self.table.cell(at))).collect()
    }

    /// Everybody of whom some row says that they left, hashed. Where the list breaks, whoever reads it is told.
    fn who_left(&self, path: &Path) -> Result<HashMap<u64, Standing>> {
        let mut other = Self::as_it_stands(path, &self.shown)?;
        let mut left = HashMap::new();
        while let Ok(true) = other.table.advance() {
            let values = other.values();
            if let Some(standing) = self.standings.said(&values).filter(|standing| standing.is_gone())
                && let Ok(address) = Address::parse(&values[other.email])
            {
                left.insert(self.hasher.hash_one(address.key()), standing);
            }
        }
        Ok(left)
    }

    /// A whole row within one cell of the row at hand: what a quotation mark that nobody closed looks like.
    fn swallowed(&self) -> Option<String> {
        let separator = self.separator();
        let cells = (0..self.table.len()).map(|at| self.table.cell(at)).filter(|cell| cell.contains('\n'));
        cells.into_iter().find_map(|cell| {
            let is_address = |cell: &str| Address::parse(cell.trim().trim_matches('"')).is_ok();
            let is_row = |line: &&str| line.contains(separator) && line.split(separator).any(is_address);
            cell.lines().skip(1).find(is_row).map(|line| clean(line).chars().take(80).collect())
        })
    }
}

/// Columns of one name beside each other are usual in exports: the first keeps it.
fn unname_repeated(names: &mut [String]) {
    for at in 1..names.len() {
        let (before, rest) = names.split_at_mut(at);
        if before.contains(&rest[0]) {
            rest[0].clear();
        }
    }
}

/// A value without what spreadsheets put around it, and without control characters (a line break in a cell becomes a
/// space), so that none can reach a header.
fn clean(value: &str) -> String {
    let value = bare(value.trim());
    let value = match composed(&value) {
        Cow::Owned(composed) => Cow::Owned(composed),
        Cow::Borrowed(_) => value,
    };
    if value.contains(|c: char| c.is_control()) {
        value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    } else {
        value.into_owned()
    }
}

/// `="001"` is how a spreadsheet is told that a number is a text, and `'=1+1` that a formula is none.
fn bare(value: &str) -> Cow<'_, str> {
    if let Some(text) = value.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return if text.contains("\"\"") { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) };
    }
    match value.strip_prefix('\'') {
        Some(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => Cow::Borrowed(text),
        _ => Cow::Borrowed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_a_spreadsheet_shows_it() {
        for (written, shown) in [
            ("=\"001\"", "001"),
            ("=\"say \"\"hi\"\"\"", "say \"hi\""),
            ("'+32 2 555", "+32 2 555"),
            ("'=1+1", "=1+1"),
            ("'t Hof", "'t Hof"),
            ("'", "'"),
            ("=", "="),
            ("=\"", "=\""),
            (" a\nb ", "a b"),
            ("de\u{301}sabonne\u{301}", "désabonné"),
        ] {
            assert_eq!(clean(written), shown, "{written}");
        }
    }
}
