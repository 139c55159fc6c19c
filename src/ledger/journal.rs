//! What one process does to its deliveries, in a file of its own, line by line: far cheaper than a commit, and just as
//! safe from the process's death. `[7]` says that delivery 7 goes in flight, `[7,"accepted",…]` what became of it,
//! `[7,null]` that it was not sent and waits again.
//!
//! A line is with the operating system before what it announces happens. The writer (see `scribe`) brings outcomes into
//! the database in large commits and then begins the journal anew. The journal of a process that died is read by the
//! next one that signs on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Outcome, State};
use crate::error::{Error, Result};

/// An outcome as it stands in a line: id, state, attempts, due, code, reply, suppress.
type Line<'l> = (i64, &'l str, u16, i64, Option<u16>, &'l str, bool);

/// The same, read.
type OwnedLine = (i64, String, u16, i64, Option<u16>, String, bool);

/// This process's journal.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    written: u64,
    /// A line could not be written whole.
    torn: bool,
    in_flight: BTreeSet<i64>,
}

/// What a journal tells of a process that died.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Legacy {
    /// What was on its way, and nobody knows what became of it.
    pub(super) in_flight: BTreeSet<i64>,
    /// What became of deliveries; the database may know it already.
    pub(super) outcomes: BTreeMap<i64, Outcome>,
}

impl Journal {
    /// Begins an empty journal.
    pub(super) fn begin(path: PathBuf) -> Result<Self> {
        let file = fresh(&path).map_err(Error::file("create", &path))?;
        Ok(Self { path, file, written: 0, torn: false, in_flight: BTreeSet::new() })
    }

    /// Writes that a delivery goes in flight.
    pub(super) fn in_flight(&mut self, id: i64) -> Result<()> {
        self.write(format!("[{id}]\n").as_bytes())?;
        self.in_flight.insert(id);
        Ok(())
    }

    /// Writes that a delivery which was announced is not sent now.
    pub(super) fn withdraw(&mut self, id: i64) -> Result<()> {
        self.write(format!("[{id},null]\n").as_bytes())?;
        self.in_flight.remove(&id);
        Ok(())
    }

    /// Writes what became of a delivery.
    pub(super) fn outcome(&mut self, outcome: &Outcome) -> Result<()> {
        let line = line(outcome);
        self.write(&line)?;
        self.in_flight.remove(&outcome.id);
        Ok(())
    }

    /// What is in flight.
    pub(super) fn under_way(&self) -> &BTreeSet<i64> {
        &self.in_flight
    }

    /// How many bytes were written since it was begun.
    pub(super) fn length(&self) -> u64 {
        self.written
    }

    /// Begins anew with what is in flight and with those outcomes that the database does not have yet.
    pub(super) fn begin_anew<'o>(&mut self, outcomes: impl Iterator<Item = &'o Outcome>) -> Result<()> {
        let mut lines: Vec<u8> = self.in_flight.iter().flat_map(|id| format!("[{id}]\n").into_bytes()).collect();
        outcomes.for_each(|outcome| lines.extend(line(outcome)));
        let next = self.path.with_extension("next");
        let replaced = fresh(&next).and_then(|mut file| {
            file.write_all(&lines)?;
            std::fs::rename(&next, &self.path)?;
            Ok(file)
        });
        self.file = replaced.map_err(Error::file("write", &self.path))?;
        self.written = lines.len() as u64;
        self.torn = false;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.torn {
            // what follows a line that was cut off must not be read as its end
            self.file.write_all(b"\n").map_err(Error::file("write", &self.path))?;
            self.torn = false;
        }
        self.written += bytes.len() as u64;
        self.file.write_all(bytes).inspect_err(|_| self.torn = true).map_err(Error::file("write", &self.path))
    }
}

/// Reads the journal that a process left. A last line that was cut off announces what did not happen any more.
pub(super) fn read(path: &Path) -> Result<Legacy> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Legacy::default()),
        Err(error) => return Err(Error::file("read", path)(error)),
    };
    let mut legacy = Legacy::default();
    for line in text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
        if let Ok((id,)) = serde_json::from_slice::<(i64,)>(line) {
            legacy.outcomes.remove(&id);
            legacy.in_flight.insert(id);
        } else if let Ok((id, None)) = serde_json::from_slice::<(i64, Option<()>)>(line) {
            legacy.in_flight.remove(&id);
        } else if let Some(outcome) = outcome(line) {
            legacy.in_flight.remove(&outcome.id);
            legacy.outcomes.insert(outcome.id, outcome);
        }
    }
    Ok(legacy)
}

fn fresh(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).write(true).truncate(true).open(path)
}

fn line(outcome: &Outcome) -> Vec<u8> {
    let Outcome { id, state, attempts, due, code, reply, suppress } = outcome;
    let line: Line<'_> = (*id, state.name(), *attempts, *due, *code, reply, *suppress);
    let mut line = serde_json::to_vec(&line).unwrap_or_default();
    line.push(b'\n');
    line
}

fn outcome(line: &[u8]) -> Option<Outcome> {
    let (id, state, attempts, due, code, reply, suppress): OwnedLine = serde_json::from_slice(line).ok()?;
    Some(Outcome { id, state: State::parse(&state)?, attempts, due, code, reply, suppress })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(id: i64) -> Outcome {
        let reply = "2.0.0 \"queued\"\nas 7".to_owned();
        Outcome { id, state: State::Accepted, attempts: 1, due: 0, code: Some(250), reply, suppress: false }
    }

    #[test]
    fn a_dead_process_tells_what_was_in_flight_and_what_became_of_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::begin(path.clone()).unwrap();
        for id in 1..=4 {
            journal.in_flight(id).unwrap();
        }
        journal.outcome(&accepted(1)).unwrap();
        journal.withdraw(4).unwrap();
        let legacy = read(&path).unwrap();
        assert_eq!(legacy.in_flight, BTreeSet::from([2, 3]));
        assert_eq!(legacy.outcomes, BTreeMap::from([(1, accepted(1))]));
        journal.begin_anew([accepted(9)].iter()).unwrap();
        journal.outcome(&accepted(3)).unwrap();
        let legacy = read(&path).unwrap();
        assert_eq!(legacy.in_flight, BTreeSet::from([2]));
        assert_eq!(legacy.outcomes, BTreeMap::from([(3, accepted(3)), (9, accepted(9))]));
    }

    #[test]
    fn wherever_a_journal_is_cut_off_what_stands_before_it_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::begin(path.clone()).unwrap();
        journal.in_flight(12).unwrap();
        journal.in_flight(13).unwrap();
        journal.outcome(&accepted(12)).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for end in 0..whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            let legacy = read(&path).unwrap();
            assert_eq!(legacy.outcomes.len(), 0);
            assert_eq!(legacy.in_flight.contains(&12), end >= "[12]\n".len());
            assert_eq!(legacy.in_flight.contains(&13), end >= "[12]\n[13]\n".len());
        }
        assert_eq!(read(&folder.path().join("none")).unwrap(), Legacy::default());
    }
}
