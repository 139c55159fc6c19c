//! `envoi new`: an issue, a press release or a snippet to begin with.

use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::ending::Ending;
use super::global::Global;
use super::{names, show};
use crate::error::Result;
use crate::issue::Kind;
use crate::language::Language;
use crate::project::Project;
use crate::scaffold::{Skeleton, Slug};

/// Start an issue, a press release or a snippet
#[derive(Debug, clap::Args)]
pub(super) struct New {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// An issue of the newsletter: issues/SLUG/ with its issue.toml and a first snippet
    Issue {
        /// Its name: lower case letters, digits and hyphens, as in 2026-11
        #[arg(value_parser = Slug::parse)]
        slug: Slug,
    },
    /// A press release: issues/SLUG/ with one snippet that has a dateline, contacts and a boilerplate
    PressRelease {
        /// Its name: lower case letters, digits and hyphens, as in new-ferry
        #[arg(value_parser = Slug::parse)]
        slug: Slug,
    },
    /// A snippet in an issue that is there
    Snippet {
        /// The issue
        #[arg(value_parser = names::issue)]
        issue: String,
        /// Its name: lower case letters, digits and hyphens, as in ferry-back
        #[arg(value_parser = Slug::parse)]
        name: Slug,
        /// What it is
        #[arg(long, value_parser = kinds(), default_value = "article")]
        kind: Kind,
        /// The one edition that it is for, as in fr; without it the snippet serves every edition
        #[arg(long, value_name = "LANG", value_parser = language)]
        lang: Option<Language>,
    },
}

impl New {
    pub(super) fn run(self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let skeleton = self.what.skeleton(&project)?;
        for file in skeleton.write_new()?.new {
            show::line(file.display())?;
        }
        for hint in &skeleton.hints {
            show::hint(hint);
        }
        Ok(Ending::Well)
    }
}

impl What {
    fn skeleton(&self, project: &Project) -> Result<Skeleton> {
        match self {
            Self::Issue { slug } => Ok(Skeleton::issue(project, slug)),
            Self::PressRelease { slug } => Ok(Skeleton::press_release(project, slug)),
            Self::Snippet { issue, name, kind, lang } => Skeleton::snippet(project, issue, name, *kind, lang.as_ref()),
        }
    }
}

fn kinds() -> impl clap::builder::TypedValueParser<Value = Kind> {
    let kind = |name: String| Kind::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or_default();
    PossibleValuesParser::new(Kind::ALL.map(Kind::name)).map(kind)
}

fn language(tag: &str) -> Result<Language, String> {
    Language::try_from(tag.to_owned())
}
