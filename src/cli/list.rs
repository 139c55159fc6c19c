//! `envoi list`: the issues of a project.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ending::Ending;
use super::global::Global;
use super::grammar::Count;
use super::{show, table};
use crate::error::{Error, Result};
use crate::issue::{self, Issue};
use crate::project::Project;

/// List the issues: slug, date, languages, snippets, subject
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Give the list as JSON
    #[arg(long)]
    json: bool,
}

/// An issue in the list.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entry {
    /// It opens.
    Whole {
        slug: String,
        date: Option<String>,
        languages: Vec<String>,
        snippets: usize,
        subject: BTreeMap<String, String>,
    },
    /// It does not, and so many errors say why.
    Broken { slug: String, errors: usize },
}

impl List {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let slugs = issue::slugs(&project)?;
        let entries = slugs.iter().map(|slug| Entry::of(&project, slug)).collect::<Result<Vec<_>>>()?;
        if self.json {
            show::json(&entries)?;
        } else if entries.is_empty() {
            show::remark("there is no issue yet; `envoi new issue SLUG` makes one");
        } else {
            let rows: Vec<_> = entries.iter().map(Entry::row).collect();
            show::text(&table::table(["SLUG", "DATE", "LANGUAGES", "SNIPPETS", "SUBJECT"], rows))?;
        }
        Ok(Ending::Well)
    }
}

impl Entry {
    fn of(project: &Project, slug: &str) -> Result<Self> {
        let slug = slug.to_owned();
        match Issue::open(project, &slug) {
            Ok(issue) => Ok(Self::Whole {
                slug,
                date: issue.manifest.date.map(|day| day.0.to_string()),
                languages: issue.languages.iter().map(ToString::to_string).collect(),
                snippets: issue.snippets.len(),
                subject: issue.languages.iter().map(|l| (l.to_string(), issue.subject(l).sample())).collect(),
            }),
            Err(Error::Input(found)) => {
                Ok(Self::Broken { slug, errors: found.iter().filter(|found| found.is_error()).count() })
            }
            Err(other) => Err(other),
        }
    }

    fn row(&self) -> [String; 5] {
        match self {
            Self::Whole { slug, date, languages, snippets, subject } => [
                slug.clone(),
                date.clone().unwrap_or_default(),
                languages.join(", "),
                snippets.to_string(),
                languages.first().and_then(|language| subject.get(language)).cloned().unwrap_or_default(),
            ],
            Self::Broken { slug, errors } => {
                let say = format!("{}: see `envoi check {slug}`", Count::of(*errors, "error"));
                [slug.clone(), String::new(), String::new(), String::new(), say]
            }
        }
    }
}
