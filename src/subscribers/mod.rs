//! The list of a project: in a file or in the ledger, read one by one either way; and what is brought into the ledger.
//!
//! [`Project`] -> [`Source`] -> [`Roll`] -> subscribers. A file that `[list]` names is the list; where it names none, the
//! ledger's own list is.

mod import;
mod newcomer;
mod packed;
mod roll;
mod row;
mod sorted;

pub use import::{Account, Import, Recognised, Rejection};
pub use newcomer::{Agreement, Reading};
pub use roll::{Roll, Source};
pub use row::{FileRow, InFile};

use crate::audience::Columns;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::rule;

/// The columns of a project's list, which are the merge fields of its issues, and what is wrong with that list.
/// Where there is no list to be read, the columns that are always understood.
pub fn columns(project: &Project) -> Result<(Columns, Vec<Diagnostic>)> {
    let usual = Columns::usual();
    if let Some(path) = project.list().filter(|path| !path.exists()) {
        let shown = project.shown(&path);
        let warning = Diagnostic::of(&rule::NO_LIST, format!("the list `{}` is not there", shown.display()))
            .at(project.place_of("list.file"))
            .hint(format!("save it there as CSV; until then the merge fields are {}", usual.0.join(", ")));
        return Ok((usual, vec![warning]));
    }
    let Some(source) = Source::of(project)? else { return Ok((usual, Vec::new())) };
    match source.open() {
        Ok(roll) => Ok((roll.columns().clone(), Vec::new())),
        Err(Error::Input(found)) => Ok((usual, found)),
        Err(other) => Err(other),
    }
}

/// The project's list, to be read where it can be: what is wrong with a list as such is told by [`columns`].
pub fn readable(project: &Project) -> Result<Option<Roll>> {
    if project.list().is_some_and(|path| !path.exists()) {
        return Ok(None);
    }
    match Source::of(project)?.map(|source| source.open()).transpose() {
        Err(Error::Input(_)) => Ok(None),
        other => other,
    }
}
