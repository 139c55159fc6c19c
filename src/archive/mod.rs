//! What stays on the web: project + what was sent -> [`Archive`], a press room and newsletter archive as static files.
//!
//! An index a language and year, each issue's web version, each press release, an Atom feed a language, a sitemap, a
//! search that asks no server. Only what is out appears: see [`entry`]. A page asks nothing of anybody else.

mod binder;
mod entry;
mod feed;
mod frame;
mod pages;
mod shelf;
mod sitemap;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use binder::Changes;
pub use entry::{Sent, sent};

use self::entry::{Entry, Kind, gather};
use self::pages::Desk;
use crate::error::{Error, Result, Trouble};
use crate::project::Project;

/// The script of the search.
const SEARCH: &str = include_str!("search.js");

/// An archive, made and not yet written.
#[derive(Debug)]
pub struct Archive {
    /// Each file's place within the archive's folder, and its content.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// How many pages show an issue in a language.
    pub issues: usize,
    /// How many pages show a press release in a language.
    pub releases: usize,
    /// What is not in it, and why.
    pub left_out: Vec<String>,
}

impl Archive {
    /// Renders every page. `sent` says which issues went out, and when.
    pub fn of(project: &Project, sent: &Sent) -> Result<Self> {
        let Some(web) = &project.config.web else {
            return Err(Error::Refused(
                Trouble::new("the archive needs to know where it will lie")
                    .hint("add `[web]` with `base_url = \"https://www.example.org/archive/\"` to `envoi.toml`: feeds and search engines name whole addresses"),
            ));
        };
        let address = format!("{}/", web.base_url.trim_end_matches('/'));
        let (found, left_out) = gather(project, sent)?;
        let desk = Desk::new(project, &address)?;
        let mut files = BTreeMap::new();
        let mut entries = shelf::render(&desk, &found, &mut files)?;
        entries.sort_by(|a, b| b.moment.cmp(&a.moment).then_with(|| a.path.cmp(&b.path)));
        let languages: BTreeSet<_> = entries.iter().map(|entry| &entry.language).collect();
        for language in &languages {
            let own: Vec<&Entry> = entries.iter().filter(|entry| entry.language == **language).collect();
            desk.index(language, &languages, &own, &mut files)?;
            files.insert(Path::new(language.as_str()).join("feed.xml"), feed::feed(&desk, language, &own)?);
        }
        desk.home(&languages, &mut files)?;
        files.insert("sitemap.xml".into(), sitemap::sitemap(&address, &languages, &entries)?);
        files.insert("robots.txt".into(), sitemap::robots(&address).into_bytes());
        files.insert("search.js".into(), SEARCH.as_bytes().to_vec());
        let count = |kind| entries.iter().filter(|entry| entry.kind == kind).count();
        Ok(Self { issues: count(Kind::Issue), releases: count(Kind::Release), files, left_out })
    }

    /// Writes what changed into a folder, and takes away what an earlier archive wrote and this one has not.
    pub fn write(&self, folder: &Path) -> Result<Changes> {
        binder::write(folder, &self.files)
    }
}
