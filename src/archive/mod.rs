//! What stays on the web: project + what was sent -> a press room and newsletter archive as static files.
//!
//! An index a language and year, each issue's web version, each press release, an Atom feed a language, a sitemap, a
//! search that asks no server. Only what is out appears: see [`out`]. A page asks nothing of anybody else. [`write`]
//! makes all of it, [`Catalogue`] what of it is asked for.

mod binder;
mod catalogue;
mod entry;
mod feed;
mod frame;
mod out;
mod pages;
mod shelf;
mod sitemap;
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use binder::Changes;
pub use catalogue::Catalogue;
pub use entry::Kind;
pub use out::{LeftOut, Sent, Why, sent};

use self::binder::Binder;
use self::entry::Entry;
use self::pages::Desk;
use crate::error::Result;
use crate::language::Language;
use crate::project::Project;

/// The script of the search.
const SEARCH: &str = include_str!("search.js");

/// What writing an archive came to.
#[derive(Debug)]
pub struct Written {
    /// How many pages show an issue in a language.
    pub issues: usize,
    /// How many pages show a press release in a language.
    pub releases: usize,
    /// What is not in it, and why.
    pub left_out: Vec<LeftOut>,
    /// What became of the files.
    pub changes: Changes,
}

/// Writes the archive into a folder: what changed, and what is no longer part of it goes. `sent` says which issues
/// went out, and when. Where anything stands against a page, nothing is written.
pub fn write(project: &Project, sent: &Sent, folder: &Path) -> Result<Written> {
    let desk = Desk::new(project, false)?;
    let binder = Binder::open(folder)?;
    let put = |name: PathBuf, bytes: &[u8]| binder.put(name, bytes);
    let shelf = shelf::shelve(&desk, sent, &|found, entries| shelf::render(&desk, &found, entries, &put))?;
    around(&desk, &shelf.entries, &put)?;
    let count = |kind| shelf.entries.iter().filter(|entry| entry.kind == kind).count();
    let (issues, releases) = (count(Kind::Issue), count(Kind::Release));
    Ok(Written { issues, releases, left_out: shelf.left_out, changes: binder.bind()? })
}

/// What leads to the pages: indexes, feeds, maps, the search.
fn around(desk: &Desk<'_>, entries: &[Entry], take: pages::Taker<'_>) -> Result<()> {
    let languages: BTreeSet<&Language> = entries.iter().map(|entry| &entry.language).collect();
    for language in &languages {
        of_language(desk, language, entries, take)?;
    }
    desk.home(&languages, take)?;
    take("sitemap.xml".into(), &sitemap::sitemap(&desk.address, &languages, entries)?)?;
    take("robots.txt".into(), sitemap::robots(&desk.address).as_bytes())?;
    take("search.js".into(), SEARCH.as_bytes())
}

/// What leads to the pages of one language.
fn of_language(desk: &Desk<'_>, language: &Language, entries: &[Entry], take: pages::Taker<'_>) -> Result<()> {
    let languages: BTreeSet<&Language> = entries.iter().map(|entry| &entry.language).collect();
    let own: Vec<&Entry> = entries.iter().filter(|entry| entry.language == *language).collect();
    desk.index(language, &languages, &own, take)?;
    take(Path::new(language.as_str()).join("feed.xml"), &feed::feed(desk, language, &own)?)
}
