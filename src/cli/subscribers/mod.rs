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

use std::path::{Path, PathBuf};

use super::ending::Ending;
use super::global::Global;
use crate::audience;
use crate::error::{Error, Result, Trouble};
use crate::project::Project;

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
    let trouble = Trouble::new("`envoi.toml` names no list");
    // what other commands are given as FILE is something else
    let trouble = match command {
        "check" | "list" => trouble.hint(format!("name a file: `envoi subscribers {command} FILE`")),
        _ => trouble.hint("nobody is on the ledger's list either: `envoi subscribers import FILE` brings one in"),
    };
    Error::Refused(trouble.hint("or add `[list]` with `file = \"subscribers.csv\"` to `envoi.toml`"))
}

/// Says, where `envoi.toml` names a file, that the ledger's list is not the one that is sent to.
fn hint_at_file(project: &Project) {
    if let Some(path) = project.list() {
        super::show::hint(&format!(
            "sends go to `{}`: delete `file` under `[list]` in `envoi.toml` to use this list",
            project.shown(&path).display()
        ));
    }
}

/// Refuses to write a file where a list or the ledger is: it would be gone.
fn refuse_to_replace(target: &Path, project: &Project, read: Option<&Path>) -> Result<()> {
    let Ok(place) = target.canonicalize() else { return Ok(()) };
    let is = |path: Option<PathBuf>| path.and_then(|path| path.canonicalize().ok()).is_some_and(|path| path == place);
    let what = if is(read.map(Path::to_owned)) {
        "the file that is read"
    } else if is(project.list()) {
        "the project's list"
    } else if is(project.ledger().file().map(Path::to_owned)) {
        "the ledger"
    } else {
        return Ok(());
    };
    Err(Error::Refused(
        Trouble::new(format!("`{}` is {what}, and would be overwritten", target.display()))
            .hint("name another file to write"),
    ))
}

fn moment(text: &str) -> Result<i64, String> {
    audience::moment(text).ok_or_else(|| "write it like 2026-11-24 or 2026-11-24T10:30:00+01:00".to_owned())
}
