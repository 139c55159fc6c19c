//! Merge fields that leave a gap: how many subscribers have nothing in a column for which an issue has no other word.
//!
//! Issue + list -> diagnostics. The list is read once, row by row, and each subscriber is counted for the edition that
//! they get.

use super::{Listing, Row};
use crate::check::{OpenField, open_fields};
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::issue::Issue;
use crate::rule;

/// One warning for each such field that is empty for somebody.
pub fn gaps(list: &mut dyn Listing, issue: &Issue) -> Result<Vec<Diagnostic>> {
    let open = open_fields(issue);
    let mut counted: Vec<(OpenField, u64, u64)> =
        open.into_iter().filter(|field| list.columns().0.contains(&field.name)).map(|field| (field, 0, 0)).collect();
    if counted.is_empty() {
        return Ok(Vec::new());
    }
    while let Some(row) = list.next_row()? {
        let Row::Subscriber(subscriber) = row else { continue };
        let edition = issue.language_for(subscriber.language.as_ref());
        for (field, empty, readers) in counted.iter_mut().filter(|(field, ..)| field.language == *edition) {
            *readers += 1;
            *empty += u64::from(list.columns().value(&subscriber, &field.name).is_empty());
        }
    }
    Ok(counted.into_iter().filter(|(_, empty, _)| *empty > 0).map(finding).collect())
}

fn finding((field, empty, readers): (OpenField, u64, u64)) -> Diagnostic {
    let OpenField { language, name, place } = field;
    let who = if readers == 1 { "reader" } else { "readers" };
    let message = format!("`{name}` is empty for {empty} of {readers} {who} of the `{language}` edition");
    Diagnostic::of(&rule::EMPTY_FIELD, message)
        .at(place)
        .hint(format!("say what they read instead: `{{{{ {name} \"friends\" }}}}`"))
}
