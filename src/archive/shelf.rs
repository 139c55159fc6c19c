//! Each issue of the folder -> its place in the archive, on as many threads as there are processors.
//!
//! An issue is opened, looked at, rendered where pages are wanted, and let go again: a thousand of them never lie in
//! memory at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::entry::{Entry, Kind, entries};
use super::out::{Found, LeftOut, Sent, look, twice};
use super::pages::{Desk, Taker};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result, Trouble};
use crate::issue;
use crate::press::versions;

/// What all issues come to.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// Every page, the newest first.
    pub(super) entries: Vec<Entry>,
    pub(super) left_out: Vec<LeftOut>,
}

/// One issue.
#[derive(Default)]
struct Shelved {
    slug: String,
    entries: Vec<Entry>,
    left_out: Option<LeftOut>,
    wrong: Vec<Diagnostic>,
    /// The names of its press releases, and where they say so.
    releases: Vec<(String, Place)>,
}

/// What is done with an issue of which something is out, and with its pages' entries.
pub(super) type Handler<'h> = &'h (dyn Fn(Found, &[Entry]) -> Result<()> + Sync);

/// Looks through every issue.
pub(super) fn shelve(desk: &Desk<'_>, sent: &Sent, handle: Handler<'_>) -> Result<Shelf> {
    let slugs = issue::slugs(desk.project)?;
    let one = |slug: &String| -> Result<Shelved> {
        let looked = look(desk.project, slug, sent.get(slug).copied(), &desk.columns)?;
        let mut shelved = Shelved { left_out: looked.left_out, wrong: looked.wrong, ..Shelved::default() };
        shelved.slug.clone_from(slug);
        if let Some(found) = looked.found {
            shelved.entries = entries(desk.project, &found);
            shelved.releases = found.release_places().map(|(name, place)| (name.clone(), place)).collect();
            if shelved.wrong.is_empty() {
                handle(found, &shelved.entries)?;
            }
        }
        Ok(shelved)
    };
    let mut shelf = Shelf::default();
    let mut wrong = Vec::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for shelved in spread(&slugs, &one)? {
        for (name, place) in shelved.releases {
            match names.insert(name.clone(), shelved.slug.clone()) {
                Some(other) if other != shelved.slug => wrong.push(twice(&name, &other, place)),
                _ => {}
            }
        }
        wrong.extend(shelved.wrong);
        shelf.entries.extend(shelved.entries);
        shelf.left_out.extend(shelved.left_out);
    }
    if !wrong.is_empty() {
        return Err(Error::Input(wrong));
    }
    shelf.entries.sort_by(|a, b| b.moment.cmp(&a.moment).then_with(|| a.path.cmp(&b.path)));
    Ok(shelf)
}

/// Renders pages of an issue.
pub(super) fn render(desk: &Desk<'_>, found: &Found, entries: &[Entry], take: Taker<'_>) -> Result<()> {
    for entry in entries {
        match entry.kind {
            Kind::Issue => desk.issue(&found.issue, entry, take)?,
            Kind::Release => {
                let own = versions(&found.issue, &entry.name).into_iter().find(|own| own.lang == entry.language);
                own.map_or(Ok(()), |release| desk.release(&found.issue, release, entry, take))?;
            }
        }
    }
    Ok(())
}

/// Does the same for each, on every processor; what it comes to is in the order of what it was done for.
fn spread<T: Sync, R: Send>(all: &[T], work: &(dyn Fn(&T) -> Result<R> + Sync)) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let worker = || -> Result<Vec<(usize, R)>> {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(at) else { return Ok(done) };
            done.push((at, work(one)?));
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from).min(all.len().max(1));
    let done: Vec<Result<Vec<(usize, R)>>> = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|_| Err(broken()))).collect()
    });
    let mut results: Vec<(usize, R)> = done.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    results.sort_by_key(|(at, _)| *at);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

fn broken() -> Error {
    Error::Refused(Trouble::new("a page of the archive could not be made").hint("run `envoi check` on the issues"))
}
