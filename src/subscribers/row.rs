//! Somebody's row in the file that is the project's list, for who asks about one person: the ledger's own answers know
//! nothing of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::Source;
use crate::address::Address;
use crate::audience::{Listing as _, Row};
use crate::error::{Error, Result};
use crate::project::Project;

/// Whether somebody is in the file that `[list]` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InFile {
    /// The project names no file: the ledger's list is the list.
    NoFile,
    /// The file has no row with this address.
    No(PathBuf),
    /// It has one.
    Yes(FileRow),
    /// The file is not there, or cannot be read as a list.
    Unreadable(PathBuf),
}

/// A row of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileRow {
    /// The file, as messages name it.
    pub file: PathBuf,
    /// Its values by column, those that are not empty.
    pub values: BTreeMap<String, String>,
}

impl InFile {
    /// Looks for somebody.
    pub fn look(project: &Project, address: &Address) -> Result<Self> {
        let Some(path) = project.list() else { return Ok(Self::NoFile) };
        let file = project.shown(&path);
        let mut list = match Source::file(project, path).open() {
            Ok(list) => list,
            Err(Error::Input(_) | Error::File { .. }) => return Ok(Self::Unreadable(file)),
            Err(other) => return Err(other),
        };
        let key = address.key();
        loop {
            match list.next_row() {
                Ok(Some(Row::Subscriber(one))) if one.address.key() == key => {
                    let columns = list.columns().0.iter().cloned();
                    let values = columns.zip(one.values).filter(|(name, value)| !name.is_empty() && !value.is_empty());
                    return Ok(Self::Yes(FileRow { file, values: values.collect() }));
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(Self::No(file)),
                Err(Error::Input(_) | Error::File { .. }) => return Ok(Self::Unreadable(file)),
                Err(other) => return Err(other),
            }
        }
    }
}
