//! People of a large file in the order of their addresses: [`Sorted`] takes them as they come and gives them in order,
//! in little memory: sorted runs go to temporary files, and are merged when the last one came.
//!
//! A database keeps people in that order too. Those who come in any other one are each written into another place, and
//! a million of them would have the same places written again and again. A file that is not large stays as it is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::ops::Range;
use std::thread::{self, JoinHandle};

use super::packed::{Incoming, Packed, key, pack};

/// How many bytes of people are sorted in memory.
const RUN: usize = 4 * 1024 * 1024;

/// People, being gathered.
#[derive(Default)]
pub(super) struct Sorted {
    run: Run,
    runs: Vec<File>,
    /// The run that is being sorted, while the next one comes.
    sorting: Option<JoinHandle<io::Result<File>>>,
}

/// People one behind the other, and where each of them stands.
#[derive(Default)]
struct Run {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Sorted {
    /// Takes somebody.
    pub(super) fn add(&mut self, incoming: &Incoming) -> io::Result<()> {
        let Run { bytes, places } = &mut self.run;
        let start = bytes.len();
        pack(incoming, bytes);
        places.push(start..bytes.len());
        if bytes.len() >= RUN { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.settle()?;
        let run = std::mem::take(&mut self.run);
        self.sorting = Some(thread::Builder::new().name("sort".to_owned()).spawn(move || spilt(run))?);
        Ok(())
    }

    fn settle(&mut self) -> io::Result<()> {
        if let Some(sorting) = self.sorting.take() {
            self.runs.push(sorting.join().map_err(|_| io::Error::other("the sorting broke off"))??);
        }
        Ok(())
    }

    /// Gives them all: in the order of their addresses, or, where they are few, as they came.
    pub(super) fn each(mut self, mut take: impl FnMut(Packed) -> io::Result<()>) -> io::Result<()> {
        if self.runs.is_empty() && self.sorting.is_none() {
            let Run { bytes, places } = self.run;
            return places.into_iter().try_for_each(|place| take(Packed(bytes[place].into())));
        }
        self.spill()?;
        self.settle()?;
        let mut runs = Vec::with_capacity(self.runs.len());
        for mut file in self.runs {
            file.rewind()?;
            runs.push(BufReader::with_capacity(64 * 1024, file));
        }
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (number, run) in runs.iter_mut().enumerate() {
            heads.extend(read(run)?.map(|head| Reverse(Head { packed: head, run: number })));
        }
        while let Some(Reverse(Head { packed, run })) = heads.pop() {
            heads.extend(read(&mut runs[run])?.map(|head| Reverse(Head { packed: head, run })));
            take(packed)?;
        }
        Ok(())
    }
}

/// The next one of a run: those with the lowest keys go first, and of one key those who came first.
struct Head {
    packed: Packed,
    run: usize,
}

impl Head {
    fn order(&self) -> (&[u8], usize) {
        (key(&self.packed.0), self.run)
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Head {}

/// A sorted run in a file of its own.
fn spilt(Run { bytes, mut places }: Run) -> io::Result<File> {
    places.sort_by_key(|place| key(&bytes[place.clone()]));
    let mut file = BufWriter::with_capacity(64 * 1024, tempfile::tempfile()?);
    for place in places {
        file.write_all(&(place.len() as u64).to_le_bytes())?;
        file.write_all(&bytes[place])?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)
}

/// The next one; none at the run's end.
fn read(run: &mut BufReader<File>) -> io::Result<Option<Packed>> {
    let mut length = [0; 8];
    if run.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    run.read_exact(&mut length[1..])?;
    let length = usize::try_from(u64::from_le_bytes(length)).map_err(|_| io::ErrorKind::InvalidData)?;
    let mut packed = vec![0; length];
    run.read_exact(&mut packed)?;
    Ok(Some(Packed(packed.into_boxed_slice())))
}

#[cfg(test)]
mod tests {
    use super::super::packed::tests::incoming;
    use super::*;

    fn sorted(count: usize) -> Vec<Incoming> {
        let mut sorted = Sorted::default();
        (0..count).for_each(|number| sorted.add(&incoming(number)).unwrap());
        let mut given = Vec::new();
        sorted
            .each(|packed| {
                given.push(packed.open()?);
                Ok(())
            })
            .unwrap();
        given
    }

    #[test]
    fn a_few_stay_as_they_came() {
        assert_eq!(sorted(3), (0..3).map(incoming).collect::<Vec<_>>());
        assert_eq!(sorted(0), []);
    }

    #[test]
    fn many_come_whole_and_in_order() {
        let count = RUN * 2 / 150;
        let given = sorted(count);
        assert!(given.is_sorted_by_key(|incoming| incoming.newcomer.address.key()));
        let mut lines: Vec<usize> = given.iter().map(|incoming| incoming.line).collect();
        lines.sort_unstable();
        assert_eq!(lines, (0..count).collect::<Vec<_>>());
        assert!(given.iter().all(|one| *one == incoming(one.line)));
    }
}
