//! How subscribers agreed to be written to: where, when, by what. Kept when they leave the list, gone when they are
//! erased.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::Serialize;

use super::many::on_rows;
use super::statement::{Link, alter, ask, on, query_as, query_scalar, together};
use super::{Ledger, failed};
use crate::address::Address;
use crate::clock;
use crate::error::Result;

/// How many rows one statement writes.
const ROWS: usize = 256;

/// By what means somebody agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// They stand in a file that was imported.
    Import,
    /// They filled in a form, and confirmed it.
    Form,
    /// The officer wrote them down.
    Hand,
}

impl How {
    /// Its name in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Form => "form",
            Self::Hand => "hand",
        }
    }
}

/// A consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// By what means.
    pub how: How,
    /// The file, the form's address, or what was said of it.
    pub source: String,
    /// The version of the text that was agreed to; empty where it is not known.
    pub text: String,
    /// When it was given, in seconds since 1970, where that is known.
    pub given: Option<i64>,
    /// The address from which the form was sent; empty where it is not known.
    pub ip: String,
    /// Whether it says something only of those who are not on the list yet: a file that is imported again, under
    /// another name perhaps, is no new consent.
    pub new_only: bool,
}

/// A consent as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agreed {
    /// By what means: "import", "form", "hand".
    pub how: String,
    /// The file, the form's address, or what was said of it.
    pub source: String,
    /// The version of the text that was agreed to; empty where it is not known.
    pub text: String,
    /// When it was given, in seconds since 1970, where that is known.
    pub given: Option<i64>,
    /// The address from which the form was sent; empty where it is not known.
    pub ip: String,
    /// When it was recorded, in seconds since 1970.
    pub recorded: i64,
}

impl Ledger {
    /// Records that somebody agreed; the same consent twice is one.
    pub async fn agree(&self, address: &Address, consent: &Consent) -> Result<()> {
        let key = address.key();
        together!(self, "be written", transaction => {
            record_consents(&mut transaction, &[(&key, consent)]).await?;
        })
    }

    /// How somebody agreed, the first consent first.
    pub async fn consents(&self, address: &Address) -> Result<Vec<Agreed>> {
        let rows: Vec<(String, String, String, i64, String, i64)> = on!(self, "be read", connection => {
            query_as(
                "SELECT how, source, text, given, ip, recorded FROM consents
                 JOIN origins ON origins.id = consents.origin
                 WHERE consents.key = $1 ORDER BY recorded, given, origin",
            )
            .bind(address.key())
            .fetch_all(connection)
        })?;
        let agreed = |(how, source, text, given, ip, recorded): (String, String, String, i64, String, i64)| Agreed {
            how,
            source,
            text,
            given: (given != 0).then_some(given),
            ip,
            recorded,
        };
        Ok(rows.into_iter().map(agreed).collect())
    }
}

/// Records the consents of several people, given by their keys.
pub(super) async fn record_consents(link: &mut Link<'_>, consents: &[(&str, &Consent)]) -> Result<()> {
    let now = clock::seconds();
    let mut origins: HashMap<(How, &str, &str), i64> = HashMap::new();
    for (_, consent) in consents {
        let origin = (consent.how, consent.source.as_str(), consent.text.as_str());
        if let Entry::Vacant(vacant) = origins.entry(origin) {
            let id: i64 = ask!(link, connection => {
                query_scalar(
                    "INSERT INTO origins (how, source, text) VALUES ($1, $2, $3)
                     ON CONFLICT (how, source, text) DO UPDATE SET source = excluded.source RETURNING id",
                )
                .bind(consent.how.name())
                .bind(&consent.source)
                .bind(&consent.text)
                .fetch_one(connection)
            })
            .map_err(failed("be written"))?;
            vacant.insert(id);
        }
    }
    for some in consents.chunks(ROWS) {
        let (insert, size) = ("INSERT INTO consents (key, origin, given, ip, recorded) VALUES", (some.len(), 5));
        alter!(link, {
            some.iter().fold(
                on_rows(insert, size, "ON CONFLICT (key, origin, given) DO NOTHING"),
                |query, (key, consent)| {
                    let origin = origins.get(&(consent.how, consent.source.as_str(), consent.text.as_str())).copied();
                    query.bind(*key).bind(origin).bind(consent.given.unwrap_or(0)).bind(&consent.ip).bind(now)
                },
            )
        })
        .map_err(failed("be written"))?;
    }
    Ok(())
}
