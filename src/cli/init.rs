//! `envoi init`: a project to begin with.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::ending::Ending;
use super::global::Global;
use super::grammar::Count;
use super::show;
use crate::error::{Error, Result};
use crate::project;
use crate::scaffold::{Made, Skeleton};

/// Start a project: envoi.toml, templates, a sample list and an example issue
///
/// Nothing that is there already is overwritten.
#[derive(Debug, clap::Args)]
pub(super) struct Init {
    /// The folder, which is made where it is not there [default: the current one]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Init {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let folder = match &self.folder {
            Some(folder) => std::path::absolute(folder).map_err(Error::file("find", folder))?,
            None => global.folder()?,
        };
        let made = Skeleton::project(&folder).write()?;
        show::text(&report(&folder, &made))?;
        if made.new.iter().any(|file| file == Path::new(project::FILE)) {
            show::line("next:")?;
            if std::env::current_dir().is_ok_and(|here| here != folder) {
                show::line(format!("  cd {}", folder.display()))?;
            }
            for (command, purpose) in NEXT {
                show::line(format!("  {command:<22}{purpose}"))?;
            }
        }
        Ok(Ending::Well)
    }
}

fn report(folder: &Path, made: &Made) -> String {
    let mut out = String::new();
    for (title, files) in [("made", &made.new), ("left as it was", &made.kept)] {
        if !files.is_empty() {
            let _ = writeln!(out, "{title} in {}:\n{}", folder.display(), listed(files));
        }
    }
    out
}

const NEXT: &[(&str, &str)] = &[
    ("envoi check", "what is wrong or worth knowing"),
    ("envoi preview", "the example issue as readers will see it, in your browser"),
    ("envoi send welcome", "into the folder outbox/, until envoi.toml names a relay"),
    ("edit envoi.toml", "your organisation, your sender, your list"),
];

/// The files, those within a folder counted under its name.
fn listed(files: &[PathBuf]) -> String {
    let mut entries: BTreeMap<String, usize> = BTreeMap::new();
    for file in files {
        let parts: Vec<String> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let entry = match parts.as_slice() {
            [file] => file.clone(),
            [folder, ..] => format!("{folder}/"),
            [] => continue,
        };
        *entries.entry(entry).or_default() += 1;
    }
    entries.iter().fold(String::new(), |mut out, (entry, count)| {
        let _ = if entry.ends_with('/') {
            writeln!(out, "  {entry:<24}{}", Count::of(*count, "file"))
        } else {
            writeln!(out, "  {entry}")
        };
        out
    })
}
