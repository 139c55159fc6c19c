//! A list of subscribers: a CSV file, read row by row.
//!
//! The header may name its columns in French, Dutch or English and in any order; only the e-mail column is needed.
//! Rows that cannot be written to are findings with their line, never dropped in silence.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;

use super::decode::{self, Opened};
use super::rows::Rows;
use super::{Columns, Subscriber};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::rule;

/// What a column is called in files, and what it is called in envoi.
const ALIASES: &[(&str, &[&str])] = &[
    (
        "email",
        &[
            "e_mail",
            "mail",
            "e_mail_address",
            "email_address",
            "courriel",
            "adresse_e_mail",
            "adresse_email",
            "adresse_électronique",
            "e_mailadres",
            "emailadres",
            "mailadres",
        ],
    ),
    ("first_name", &["firstname", "given_name", "prénom", "prenom", "voornaam"]),
    ("last_name", &["lastname", "surname", "family_name", "nom", "nom_de_famille", "achternaam", "familienaam"]),
    ("lang", &["language", "langue", "taal"]),
    ("tags", &["tag", "étiquettes", "etiquettes", "étiquette", "labels", "label", "trefwoorden"]),
];

/// A list, opened: its columns are known, its rows are still to be read.
pub struct List {
    /// The columns, by the names that merge fields use.
    pub columns: Columns,
    shown: PathBuf,
    email: usize,
    lang: Option<usize>,
    encoding: &'static Encoding,
    separator: u8,
    rows: Rows,
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
    /// Whether the same address stands further up; harmless, unlike an address that cannot be used.
    pub duplicate: bool,
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
    pub fn open(path: &Path, shown: impl Into<PathBuf>) -> Result<Self> {
        let shown = shown.into();
        let Opened { file, encoding, head } = decode::open(path, &shown)?;
        let separator = decode::separator(&head);
        let mut rows = Rows::new(file, separator);
        let any = rows.advance().map_err(|error| broken(&shown, rows.line(), &error))?;
        let headers = rows.record().iter().filter(|_| any);
        let names: Vec<String> = headers.map(|name| column_name(&text(encoding, name))).collect();
        let place = || Place::line(&shown, rows.line());
        if names.iter().all(String::is_empty) {
            return Err(Diagnostic::of(&rule::LIST_EMPTY, "the list is empty")
                .at(place())
                .hint("its first row names the columns, one of them `email`; each further row is a subscriber")
                .into());
        }
        let Some(email) = names.iter().position(|name| name == "email") else {
            return Err(Diagnostic::of(&rule::LIST_NO_EMAIL, "the list has no e-mail column")
                .at(place())
                .hint(format!("name one column `email`; the first row has: {}", names.join(", ")))
                .into());
        };
        if let Some(twice) = names.iter().enumerate().find(|(at, name)| !name.is_empty() && names[..*at].contains(name))
        {
            return Err(Diagnostic::of(&rule::COLUMN_TWICE, format!("the list has two columns `{}`", twice.1))
                .at(place())
                .hint("give each column a name of its own")
                .into());
        }
        let lang = names.iter().position(|name| name == "lang");
        Ok(Self {
            columns: Columns(names),
            shown,
            email,
            lang,
            encoding,
            separator,
            rows,
            seen: HashMap::new(),
            hasher: RandomState::new(),
        })
    }

    /// The encoding in which the list was found to be.
    pub fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    /// What stands between its columns: comma, semicolon or tab.
    pub fn separator(&self) -> char {
        char::from(self.separator)
    }

    /// Where the row stands that was read last.
    pub fn place(&self) -> Place {
        Place::line(&self.shown, self.rows.line())
    }

    /// The next row; none at the end. Empty rows are passed over.
    pub fn next_row(&mut self) -> Result<Option<Row>> {
        loop {
            let more = self.rows.advance().map_err(|error| broken(&self.shown, self.rows.line(), &error))?;
            if !more {
                return Ok(None);
            }
            if self.rows.record().iter().any(|field| !field.iter().all(u8::is_ascii_whitespace)) {
                return Ok(Some(self.row()));
            }
        }
    }

    fn row(&mut self) -> Row {
        let place = self.place();
        let finding =
            |diagnostic: Diagnostic, duplicate| Row::Finding(Finding { diagnostic: diagnostic.at(place), duplicate });
        if let Some(swallowed) = self.swallowed() {
            return finding(
                Diagnostic::of(
                    &rule::OPEN_QUOTE,
                    format!("a quotation mark opens on this line and swallows the row `{swallowed}`"),
                )
                .hint("close it, or take it out; a quotation mark that is meant as such is written twice"),
                false,
            );
        }
        let mut values: Vec<String> = self
            .rows
            .record()
            .iter()
            .take(self.columns.0.len())
            .map(|field| clean(&text(self.encoding, field)))
            .collect();
        values.resize(self.columns.0.len(), String::new());
        let written = &values[self.email];
        let address = match Address::parse(written) {
            Ok(address) => address,
            Err(why) => {
                let shown: String = written.chars().take(80).collect();
                return finding(
                    Diagnostic::of(&rule::BAD_ADDRESS, format!("`{shown}` is no address to write to: {why}"))
                        .hint("correct it, or take the row out"),
                    false,
                );
            }
        };
        let line = u32::try_from(self.rows.line()).unwrap_or(u32::MAX);
        match self.seen.entry(self.hasher.hash_one(address.key())) {
            Entry::Occupied(first) => {
                return finding(
                    Diagnostic::of(&rule::ADDRESS_TWICE, format!("`{address}` stands on line {} already", first.get()))
                        .hint("the first row counts; take this one out"),
                    true,
                );
            }
            Entry::Vacant(vacant) => {
                vacant.insert(line);
            }
        }
        let language = self.lang.and_then(|lang| Language::parse(&values[lang]));
        values[self.email] = address.to_string();
        Row::Subscriber(Subscriber { address, language, values })
    }
}

impl List {
    /// A whole row within one cell of the row at hand: what a quotation mark that nobody closed looks like.
    fn swallowed(&self) -> Option<String> {
        let separator = self.separator();
        let cells = self.rows.record().iter().filter(|cell| cell.contains(&b'\n'));
        cells.map(|cell| text(self.encoding, cell)).find_map(|cell| {
            let is_address = |cell: &str| Address::parse(cell.trim().trim_matches('"')).is_ok();
            let is_row = |line: &&str| line.contains(separator) && line.split(separator).any(is_address);
            cell.lines().skip(1).find(is_row).map(|line| clean(line).chars().take(80).collect())
        })
    }
}

fn text<'b>(encoding: &'static Encoding, field: &'b [u8]) -> std::borrow::Cow<'b, str> {
    encoding.decode_without_bom_handling(field).0
}

/// A value without control characters (a line break in a cell becomes a space), so that none can reach a header.
fn clean(value: &str) -> String {
    let value = value.trim();
    if value.contains(|c: char| c.is_control()) {
        value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    } else {
        value.to_owned()
    }
}

/// A header's name as merge fields write it: "E-mail Address" becomes `email`, "Code postal" `code_postal`.
pub fn column_name(header: &str) -> String {
    let name: String =
        header.trim().to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let name = name.trim_matches('_');
    ALIASES.iter().find(|(_, others)| others.contains(&name)).map_or(name, |(known, _)| known).to_owned()
}

fn broken(shown: &Path, line: usize, error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(source) if source.kind() != std::io::ErrorKind::InvalidData => {
            let source = std::io::Error::new(source.kind(), source.to_string());
            Error::File { action: "read", path: shown.to_owned(), source }
        }
        _ => Diagnostic::of(&rule::LIST_BROKEN, format!("the list cannot be read: {error}"))
            .at(Place::line(shown, line))
            .hint("look for a quotation mark that is not closed, and save the list again as CSV from your spreadsheet")
            .into(),
    }
}
