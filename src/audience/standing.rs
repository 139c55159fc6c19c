//! What a list says of how its people stand: a row's values -> a [`Standing`], where it says that somebody left.

use super::dialect::{Dialect, Standing, Use, uses};

/// Where a list says how somebody stands.
#[derive(Debug, Clone)]
pub(super) struct Standings {
    /// What each column is for.
    pub(super) uses: Vec<Use>,
    /// How everybody in it stands, where the file as a whole says so.
    pub(super) everybody: Option<Standing>,
}

impl Standings {
    /// Of an export with these headers, in a file of this name.
    pub(super) fn of(dialect: Dialect, written: &[String], names: &[String], file: &str) -> Self {
        Self { uses: uses(dialect, written, names), everybody: dialect.everybody(written, file) }
    }

    /// Whether some rows may say it and others not.
    pub(super) fn vary(&self) -> bool {
        self.everybody.is_none() && self.uses.iter().any(|used| matches!(used, Use::Standing { .. } | Use::Blocked))
    }

    /// What a row says.
    pub(super) fn said(&self, values: &[String]) -> Option<Standing> {
        let said = self.uses.iter().zip(values).find_map(|(used, value)| match used {
            Use::Standing { .. } => Standing::of(value),
            Use::Blocked if is_yes(value) => Some(Standing::Unsubscribed),
            _ => None,
        });
        said.or(self.everybody)
    }
}

fn is_yes(value: &str) -> bool {
    ["1", "yes", "true", "oui", "ja", "y", "x"].contains(&value.to_lowercase().as_str())
        || Standing::of(value).is_some()
}
