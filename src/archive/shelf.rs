//! What is out -> its pages: each issue and each press release in each of its languages, on as many threads as there
//! are processors.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::entry::{Entry, Found};
use super::pages::Desk;
use crate::error::{Error, Result, Trouble};

/// What one issue of the folder comes to: its pages' entries and their files.
type Shelved = (Vec<Entry>, Vec<(PathBuf, Vec<u8>)>);

/// Renders everything; the files go to `files`.
pub(super) fn render(desk: &Desk<'_>, found: &[Found], files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<Vec<Entry>> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<Shelved>> {
        let mut done = Vec::new();
        while let Some(found) = found.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(shelve(desk, found)?);
        }
        Ok(done)
    };
    let workers = thread::available_parallelism().map_or(1, usize::from).min(found.len().max(1));
    let done: Vec<Result<Vec<Shelved>>> = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|_| Err(broken()))).collect()
    });
    let mut entries = Vec::new();
    for shelved in done {
        for (own, made) in shelved? {
            entries.extend(own);
            files.extend(made);
        }
    }
    Ok(entries)
}

fn shelve(desk: &Desk<'_>, found: &Found) -> Result<Shelved> {
    let (mut entries, mut files) = (Vec::new(), Vec::new());
    if let Some(sent) = found.sent.filter(|_| found.is_newsletter) {
        for language in &found.issue.languages {
            entries.push(desk.issue(&found.issue, language, sent, &mut files)?);
        }
    }
    for name in &found.releases {
        for release in crate::press::versions(&found.issue, name) {
            entries.push(desk.release(found, release, &mut files)?);
        }
    }
    Ok((entries, files))
}

fn broken() -> Error {
    Error::Refused(Trouble::new("a page of the archive could not be made").hint("run `envoi check` on the issues"))
}
