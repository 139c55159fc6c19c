//! People of a large file in the order of their addresses: [`Sorted`] takes them as they come and gives them in order,
//! in little memory: sorted runs go to temporary files, and are merged when the last one came.
//!
//! A database keeps people in that order too. Those who come in any other one are each written into another place, and
//! a million of them would have the same places written again and again. A file that is not large stays as it is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::thread::{self, JoinHandle};

use crate::address::Address;
use crate::language::Language;
use crate::ledger::{Consent, How, Newcomer};

/// How many people are sorted in memory.
const RUN: usize = 16_000;

/// Somebody to be taken in, and what is worth telling of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Incoming {
    pub(super) newcomer: Newcomer,
    /// The line on which they stand.
    pub(super) line: usize,
    /// The large domain that theirs may be a slip of.
    pub(super) meant: Option<String>,
    /// Whether their address belongs to a function.
    pub(super) role: bool,
}

/// People, being gathered.
#[derive(Default)]
pub(super) struct Sorted {
    run: Vec<Incoming>,
    runs: Vec<File>,
    /// The run that is being sorted, while the next one comes.
    sorting: Option<JoinHandle<io::Result<File>>>,
}

impl Sorted {
    /// Takes somebody.
    pub(super) fn add(&mut self, incoming: Incoming) -> io::Result<()> {
        if self.run.len() == RUN {
            self.spill()?;
        }
        self.run.push(incoming);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.settle()?;
        let run = std::mem::replace(&mut self.run, Vec::with_capacity(RUN));
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
    pub(super) fn each(mut self, mut take: impl FnMut(Incoming) -> io::Result<()>) -> io::Result<()> {
        if self.runs.is_empty() && self.sorting.is_none() {
            return self.run.into_iter().try_for_each(take);
        }
        self.spill()?;
        self.settle()?;
        let mut runs = Vec::with_capacity(self.runs.len());
        for mut file in self.runs {
            file.rewind()?;
            runs.push(BufReader::with_capacity(64 * 1024, file));
        }
        let mut first = Vec::with_capacity(runs.len());
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (number, run) in runs.iter_mut().enumerate() {
            let head = read(run)?;
            heads.extend(head.as_ref().map(|head| Reverse((head.newcomer.address.key(), number))));
            first.push(head);
        }
        while let Some(Reverse((_, number))) = heads.pop() {
            let next = read(&mut runs[number])?;
            heads.extend(next.as_ref().map(|next| Reverse((next.newcomer.address.key(), number))));
            if let Some(head) = std::mem::replace(&mut first[number], next) {
                take(head)?;
            }
        }
        Ok(())
    }
}

/// A sorted run in a file of its own.
fn spilt(mut run: Vec<Incoming>) -> io::Result<File> {
    run.sort_by_cached_key(|incoming| incoming.newcomer.address.key());
    let mut file = BufWriter::with_capacity(64 * 1024, tempfile::tempfile()?);
    run.iter().try_for_each(|incoming| write(&mut file, incoming))?;
    file.into_inner().map_err(io::IntoInnerError::into_error)
}

fn write(file: &mut impl Write, incoming: &Incoming) -> io::Result<()> {
    let Incoming { newcomer: Newcomer { address, language, values, consent }, line, meant, role } = incoming;
    file.write_all(&[1])?;
    put(file, address.as_str())?;
    put(file, language.as_ref().map_or("", Language::as_str))?;
    file.write_all(&(*line as u64).to_le_bytes())?;
    put(file, meant.as_deref().unwrap_or_default())?;
    file.write_all(&[u8::from(*role), u8::from(consent.is_some())])?;
    if let Some(Consent { how, source, text, given, ip, new_only }) = consent {
        file.write_all(&[u8::from(given.is_some()), u8::from(*new_only)])?;
        file.write_all(&given.unwrap_or_default().to_le_bytes())?;
        for text in [how.name(), source, text, ip] {
            put(file, text)?;
        }
    }
    file.write_all(&(values.len() as u64).to_le_bytes())?;
    values.iter().try_for_each(|(name, value)| put(file, name).and_then(|()| put(file, value)))
}

fn put(file: &mut impl Write, text: &str) -> io::Result<()> {
    file.write_all(&(text.len() as u64).to_le_bytes())?;
    file.write_all(text.as_bytes())
}

/// The next one; none at the run's end.
fn read(file: &mut impl Read) -> io::Result<Option<Incoming>> {
    let mut more = [0];
    if file.read(&mut more)? == 0 {
        return Ok(None);
    }
    let damaged = || io::Error::from(io::ErrorKind::InvalidData);
    let address = Address::parse(&get(file)?).map_err(|_| damaged())?;
    let language = Language::parse(&get(file)?);
    let line = usize::try_from(number(file)?).map_err(|_| damaged())?;
    let meant = Some(get(file)?).filter(|meant| !meant.is_empty());
    let mut flags = [0; 2];
    file.read_exact(&mut flags)?;
    let consent = if flags[1] == 1 { Some(consent(file)?) } else { None };
    let count = number(file)?;
    let values = (0..count).map(|_| Ok((get(file)?, get(file)?))).collect::<io::Result<_>>()?;
    let newcomer = Newcomer { address, language, values, consent };
    Ok(Some(Incoming { newcomer, line, meant, role: flags[0] == 1 }))
}

fn consent(file: &mut impl Read) -> io::Result<Consent> {
    let mut flags = [0; 2];
    file.read_exact(&mut flags)?;
    let mut given = [0; 8];
    file.read_exact(&mut given)?;
    let how = match get(file)?.as_str() {
        "form" => How::Form,
        "hand" => How::Hand,
        _ => How::Import,
    };
    let (source, text, ip) = (get(file)?, get(file)?, get(file)?);
    let given = (flags[0] == 1).then_some(i64::from_le_bytes(given));
    Ok(Consent { how, source, text, given, ip, new_only: flags[1] == 1 })
}

fn number(file: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

fn get(file: &mut impl Read) -> io::Result<String> {
    let length = usize::try_from(number(file)?).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incoming(number: usize) -> Incoming {
        // in no order: 7919 is prime
        let address = format!("reader{}@example.org", number * 7919 % 1_000_003);
        let consent = Consent {
            how: How::Form,
            source: "fair".to_owned(),
            text: "2".to_owned(),
            given: number.is_multiple_of(2).then_some(-3),
            ip: "::1".to_owned(),
            new_only: number.is_multiple_of(3),
        };
        Incoming {
            newcomer: Newcomer {
                address: Address::parse(&address).unwrap(),
                language: Language::parse("fr").filter(|_| number.is_multiple_of(5)),
                values: vec![("first_name".to_owned(), "Zoé".to_owned())],
                consent: Some(consent).filter(|_| !number.is_multiple_of(7)),
            },
            line: number,
            meant: Some("gmail.com".to_owned()).filter(|_| number.is_multiple_of(11)),
            role: number % 2 == 1,
        }
    }

    fn sorted(count: usize) -> Vec<Incoming> {
        let mut sorted = Sorted::default();
        (0..count).for_each(|number| sorted.add(incoming(number)).unwrap());
        let mut given = Vec::new();
        sorted
            .each(|incoming| {
                given.push(incoming);
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
        let count = RUN * 2 + 17;
        let given = sorted(count);
        assert!(given.is_sorted_by_key(|incoming| incoming.newcomer.address.key()));
        let mut lines: Vec<usize> = given.iter().map(|incoming| incoming.line).collect();
        lines.sort_unstable();
        assert_eq!(lines, (0..count).collect::<Vec<_>>());
        assert!(given.iter().all(|one| *one == incoming(one.line)));
    }
}
