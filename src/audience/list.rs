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
use super::{Columns, Subscriber};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result};
use crate::language::Language;

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
];

/// A list, opened: its columns are known, its rows are still to be read.
pub struct List {
    /// The columns, by the names that merge fields use.
    pub columns: Columns,
    shown: PathBuf,
    email: usize,
    lang: Option<usize>,
    encoding: &'static Encoding,
    reader: csv::Reader<std::fs::File>,
    record: csv::ByteRecord,
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

impl List {
    /// Opens a list and reads its header. `shown` is how diagnostics name it.
    pub fn open(path: &Path, shown: impl Into<PathBuf>) -> Result<Self> {
        let shown = shown.into();
        let Opened { file, encoding, head } = decode::open(path, &shown)?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(decode::separator(&head))
            .flexible(true)
            .has_headers(true)
            .from_reader(file);
        let headers = reader.byte_headers().map_err(|error| broken(&shown, &error))?.clone();
        let names: Vec<String> = headers.iter().map(|name| column_name(&text(encoding, name))).collect();
        let place = || Place::line(&shown, 1);
        if names.iter().all(String::is_empty) {
            return Err(Diagnostic::error("the list is empty")
                .at(place())
                .hint("its first row names the columns, one of them `email`; each further row is a subscriber")
                .into());
        }
        let Some(email) = names.iter().position(|name| name == "email") else {
            return Err(Diagnostic::error("the list has no e-mail column")
                .at(place())
                .hint(format!("name one column `email`; the first row has: {}", names.join(", ")))
                .into());
        };
        if let Some(twice) = names.iter().enumerate().find(|(at, name)| !name.is_empty() && names[..*at].contains(name))
        {
            return Err(Diagnostic::error(format!("the list has two columns `{}`", twice.1))
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
            reader,
            record: csv::ByteRecord::new(),
            seen: HashMap::new(),
            hasher: RandomState::new(),
        })
    }

    /// The encoding in which the list was found to be.
    pub fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    /// The next row; none at the end. Empty rows are passed over.
    pub fn next_row(&mut self) -> Result<Option<Row>> {
        loop {
            let more = self.reader.read_byte_record(&mut self.record).map_err(|error| broken(&self.shown, &error))?;
            if !more {
                return Ok(None);
            }
            if self.record.iter().any(|field| !field.iter().all(u8::is_ascii_whitespace)) {
                return Ok(Some(self.row()));
            }
        }
    }

    fn row(&mut self) -> Row {
        let line = self.record.position().map_or(0, csv::Position::line);
        let place = || Place::line(&self.shown, usize::try_from(line).unwrap_or(usize::MAX));
        let finding =
            |diagnostic: Diagnostic, duplicate| Row::Finding(Finding { diagnostic: diagnostic.at(place()), duplicate });
        let mut values: Vec<String> =
            self.record.iter().take(self.columns.0.len()).map(|field| clean(&text(self.encoding, field))).collect();
        values.resize(self.columns.0.len(), String::new());
        let written = &values[self.email];
        let address = match Address::parse(written) {
            Ok(address) => address,
            Err(why) => {
                let shown: String = written.chars().take(80).collect();
                return finding(
                    Diagnostic::error(format!("`{shown}` is no address to write to: {why}"))
                        .hint("correct it, or take the row out"),
                    false,
                );
            }
        };
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        match self.seen.entry(self.hasher.hash_one(address.key())) {
            Entry::Occupied(first) => {
                return finding(
                    Diagnostic::warning(format!("`{address}` stands on line {} already", first.get()))
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
fn column_name(header: &str) -> String {
    let name: String =
        header.trim().to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let name = name.trim_matches('_');
    ALIASES.iter().find(|(_, others)| others.contains(&name)).map_or(name, |(known, _)| known).to_owned()
}

fn broken(shown: &Path, error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(source) => Error::File {
            action: "read",
            path: shown.to_owned(),
            source: std::io::Error::new(source.kind(), source.to_string()),
        },
        _ => {
            let line = error.position().map_or(0, csv::Position::line);
            Diagnostic::error(format!("the list cannot be read: {error}"))
                .at(Place::line(shown, usize::try_from(line).unwrap_or(0)))
                .hint("save it again as CSV from your spreadsheet")
                .into()
        }
    }
}
