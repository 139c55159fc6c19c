//! `envoi subscribers add`: somebody comes on the ledger's list by hand.

use super::super::ending::Ending;
use super::super::global::Global;
use super::super::{names, runtime, show};
use crate::address::Address;
use crate::audience::{Suspects, column_name, is_role};
use crate::clock;
use crate::error::{Error, Result, Trouble};
use crate::language::Language;
use crate::ledger::{Consent, Fate, How, Ledger, Newcomer};

/// Put somebody on the ledger's list, or change what it knows of them
///
/// What is not given stays as it is; tags are added to those that are there.
#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// The address
    #[arg(value_parser = names::address)]
    address: Address,
    /// The language of the edition they get
    #[arg(long, value_name = "LANG", value_parser = language)]
    lang: Option<Language>,
    /// A tag. May be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// A value of a column: city=Ghent. May be given several times
    #[arg(long = "set", value_name = "COLUMN=VALUE", value_parser = pair)]
    values: Vec<(String, String)>,
    /// Where and how they agreed to be written to
    #[arg(long, value_name = "TEXT", default_value = "by hand")]
    source: String,
    /// When they agreed: 2026-11-24, or a moment [default: today]
    #[arg(long, value_name = "DATE", value_parser = super::moment)]
    consent_date: Option<i64>,
}

fn language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| "write it like fr, nl or en".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it like city=Ghent")?;
    match column_name(name) {
        name if name.is_empty() => Err("a column's name is missing before `=`".to_owned()),
        name if name == "email" => Err("the address is the argument itself; remove the old one".to_owned()),
        name if name == "lang" => Err("use `--lang`".to_owned()),
        name => Ok((name, value.trim().to_owned())),
    }
}

impl Add {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let path = project.ledger();
        let mut values = self.values.clone();
        if !self.tags.is_empty() {
            values.push(("tags".to_owned(), self.tags.join(" ")));
        }
        let columns: Vec<String> = values
            .iter()
            .map(|(column, _)| column.clone())
            .chain(self.lang.is_some().then(|| "lang".to_owned()))
            .collect();
        let newcomer = Newcomer {
            address: self.address.clone(),
            language: self.lang.clone(),
            values,
            consent: Some(Consent {
                how: How::Hand,
                source: self.source.clone(),
                text: String::new(),
                given: Some(self.consent_date.unwrap_or_else(clock::seconds)),
                ip: String::new(),
                new_only: self.consent_date.is_none() && self.source == "by hand",
            }),
        };
        let fates = runtime::block_on(async {
            let ledger = Ledger::open(&path).await?;
            let fates = ledger.take_in(&[newcomer]).await?;
            if let Some(Fate::Added | Fate::Changed) = fates.first() {
                ledger.add_columns(&columns).await?;
            }
            ledger.close().await.map(|()| fates)
        })?;
        let address = &self.address;
        if let Some(meant) = Suspects::default().meant(address) {
            show::hint(&format!("is `{meant}` meant? then remove `{address}`, and add the right one"));
        }
        if is_role(address) {
            show::hint(&format!("`{address}` belongs to a function and not to a person: several may read it"));
        }
        let said = match fates.first() {
            Some(Fate::Added) => format!("`{address}` is on the list"),
            Some(Fate::Changed) => format!("`{address}` was on the list already; what is new was changed"),
            Some(Fate::Unchanged) | None => format!("`{address}` is on the list already, just so"),
            Some(Fate::Suppressed) => return Err(refused(address, "is suppressed: it must not be written to")),
            Some(Fate::Erased) => return Err(refused(address, "was erased, so that it is never written to again")),
        };
        show::line(said)?;
        super::hint_at_file(&project);
        Ok(Ending::Well)
    }
}

fn refused(address: &Address, why: &str) -> Error {
    Error::Refused(Trouble::new(format!("`{address}` {why}")).hint(format!(
        "where they want to be written to again, say so: `envoi subscribers restore {address} --reason …`"
    )))
}
