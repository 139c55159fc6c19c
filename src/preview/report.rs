//! What there is to say about an edition, and what is wrong, in the words of the page: [`Report`], [`Finding`].

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::error::Error;
use crate::rule::Rule;

/// `/api/issue/{slug}/{lang}`: a report on an edition as one reader gets it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) revision: u64,
    /// Whether there is a message to show; where not, the diagnostics say why.
    pub(super) rendered: bool,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) preheader: String,
    /// Bytes of the HTML part, decoded: what Gmail counts.
    pub(super) html_bytes: usize,
    /// Bytes of the whole message on the wire.
    pub(super) message_bytes: usize,
    /// Whether Gmail cuts it off.
    pub(super) clipped: bool,
    pub(super) diagnostics: Vec<Finding>,
}

/// A diagnostic, flat.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    severity: Severity,
    /// The rule's code and name; none where no rule of ours is broken.
    #[serde(flatten)]
    rule: Option<&'static Rule>,
    message: String,
    path: Option<String>,
    line: usize,
    column: usize,
    width: usize,
    source: Option<String>,
    hints: Vec<String>,
}

/// Diagnostics as the page shows them.
pub(super) fn findings(diagnostics: &[Diagnostic]) -> Vec<Finding> {
    let finding = |diagnostic: &Diagnostic| {
        let place = diagnostic.place.as_ref();
        Finding {
            severity: diagnostic.severity,
            rule: diagnostic.rule,
            message: diagnostic.message.clone(),
            path: place.map(|place| place.path.to_string_lossy().into_owned()),
            line: place.map_or(0, |place| place.line),
            column: place.map_or(0, |place| place.column),
            width: place.map_or(0, |place| place.width),
            source: place.and_then(|place| place.source.clone()),
            hints: diagnostic.hints.clone(),
        }
    };
    diagnostics.iter().map(finding).collect()
}

/// An error of whatever kind in the page's terms.
pub(super) fn diagnostics(error: &Error) -> Vec<Diagnostic> {
    let diagnostic = match error {
        Error::Input(found) => return found.clone(),
        Error::File { path, source, .. } => Diagnostic::error(format!("{error}: {source}")).at(Place::file(path)),
        Error::Relay(trouble) | Error::Ledger(trouble) | Error::Refused(trouble) => match &trouble.cause {
            Some(cause) => Diagnostic::error(format!("{trouble}: {cause}")),
            None => Diagnostic::error(trouble.to_string()),
        },
    };
    vec![error.hints().into_iter().fold(diagnostic, Diagnostic::hint)]
}
