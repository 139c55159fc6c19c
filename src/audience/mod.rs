//! The audience of a send: who is on the list, after validation, duplicates and filters.
//!
//! A CSV file -> [`List`] -> subscribers one by one, so that a list of a million takes little memory. Suppressions
//! are the ledger's: they are looked at again whenever a delivery is claimed.

mod census;
mod condition;
mod decode;
mod dialect;
mod extract;
mod filter;
mod gaps;
mod header;
mod list;
mod moment;
mod rows;
mod standing;
mod suspect;
mod table;
mod token;
mod workbook;

pub use census::{Census, census};
pub use dialect::{Dialect, Standing, Use};
pub use extract::{Extract, Form, csv_line, extract};
pub use filter::Filter;
pub use gaps::gaps;
pub use header::column_name;
pub use list::{Dropped, Finding, List, Listing, Row};
pub use moment::moment;
pub use suspect::{Suspects, is_role};

use crate::address::{Address, Mailbox};
use crate::issue::MergeField;
use crate::language::Language;

/// Somebody on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Where the mail goes.
    pub address: Address,
    /// The language of the edition they get; the issue's first where none is given.
    pub language: Option<Language>,
    /// One a column of the list, in its order.
    pub values: Vec<String>,
}

impl Subscriber {
    /// Somebody who does not exist, for samples where there is no list yet.
    pub fn invented(columns: &Columns, language: &Language) -> Self {
        let address = Address::example();
        let value = |column: &String| match column.as_str() {
            "email" => address.to_string(),
            "first_name" => "Ada".to_owned(),
            "last_name" => "Lovelace".to_owned(),
            "lang" => language.to_string(),
            _ => String::new(),
        };
        let values = columns.0.iter().map(value).collect();
        Self { address, language: Some(language.clone()), values }
    }
}

/// The columns of a list, which are its merge fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(pub Vec<String>);

impl Columns {
    /// The columns that are always understood, where there is no list yet.
    pub fn usual() -> Self {
        Self(["email", "first_name", "last_name", "lang"].map(str::to_owned).to_vec())
    }

    /// A subscriber's value in a column; empty where there is none.
    pub fn value<'s>(&self, subscriber: &'s Subscriber, name: &str) -> &'s str {
        let index = self.0.iter().position(|column| column == name);
        index.and_then(|index| subscriber.values.get(index)).map_or("", String::as_str)
    }

    /// What stands in a merge field for a subscriber.
    pub fn fill<'s>(&self, subscriber: &'s Subscriber, field: &'s MergeField) -> &'s str {
        match self.value(subscriber, &field.name) {
            "" => field.fallback.as_deref().unwrap_or_default(),
            value => value,
        }
    }

    /// The subscriber's name and address, as the `To` header shows them.
    pub fn mailbox(&self, subscriber: &Subscriber) -> Mailbox {
        let whole = self.value(subscriber, "name");
        let name = if whole.is_empty() {
            format!("{} {}", self.value(subscriber, "first_name"), self.value(subscriber, "last_name"))
        } else {
            whole.to_owned()
        };
        Mailbox::new(name.trim(), subscriber.address.clone())
    }
}
