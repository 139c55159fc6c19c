//! `envoi subscribers`: the list of those who get the newsletter. One file a subcommand.

mod add;
mod check;
mod erase;
mod export;
mod import;
mod list;
mod remove;
mod restore;
mod show;
mod tidy;

use std::path::PathBuf;

use super::ending::Ending;
use super::global::Global;
use crate::address::Address;
use crate::audience;
use crate::clock;
use crate::error::{Error, Result, Trouble};

/// Look after the list of subscribers
#[derive(Debug, clap::Args)]
pub(super) struct Subscribers {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Check(check::Check),
    Import(import::Import),
    List(list::List),
    Add(add::Add),
    Remove(remove::Remove),
    Restore(restore::Restore),
    Show(show::Show),
    Erase(erase::Erase),
    Export(export::Export),
    Tidy(tidy::Tidy),
}

impl Subscribers {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        match &self.what {
            What::Check(check) => check.run(global),
            What::Import(import) => import.run(global),
            What::List(list) => list.run(global),
            What::Add(add) => add.run(global),
            What::Remove(remove) => remove.run(global),
            What::Restore(restore) => restore.run(global),
            What::Show(show) => show.run(global),
            What::Erase(erase) => erase.run(global),
            What::Export(export) => export.run(global),
            What::Tidy(tidy) => tidy.run(global),
        }
    }
}

/// The file that was asked for, or else the one that `envoi.toml` names; and how it is shown.
fn file(file: Option<&PathBuf>, command: &str, global: &Global) -> Result<(PathBuf, PathBuf)> {
    if let Some(file) = file {
        return Ok((file.clone(), file.clone()));
    }
    let project = global.project()?;
    let path = project.list().ok_or_else(|| no_list(command))?;
    let shown = project.shown(&path);
    Ok((path, shown))
}

fn no_list(command: &str) -> Error {
    Error::Refused(
        Trouble::new("`envoi.toml` names no list")
            .hint(format!("name a file: `envoi subscribers {command} FILE`"))
            .hint("or add `[list]` with `file = \"subscribers.csv\"` to `envoi.toml`"),
    )
}

/// A moment in seconds since 1970, as it is shown.
fn time(seconds: i64) -> String {
    let zone = clock::now().time_zone().clone();
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| seconds.to_string(), |at| at.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M").to_string())
}

fn moment(text: &str) -> Result<i64, String> {
    audience::moment(text).ok_or_else(|| "write it like 2026-11-24 or 2026-11-24T10:30:00+01:00".to_owned())
}

fn address(text: &str) -> Result<Address, String> {
    Address::parse(text)
}
