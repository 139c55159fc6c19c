//! A name for good: what newsrooms' systems and feed readers know a text by, wherever it lies (RFC 4151).

use crate::issue::segment;
use crate::project::Project;

/// The year in which the sender's domain is taken to have been the sender's; no date of a text's own, which may be
/// corrected.
const YEAR: &str = "2026";

/// The name of what these words tell apart: `tag:example.org,2026:press/2026-11/ferry/en`.
pub fn lasting_name(project: &Project, parts: &[&str]) -> String {
    let domain = project.config.sender.from.address.domain();
    let parts: Vec<String> = parts.iter().map(|part| segment(part)).collect();
    format!("tag:{domain},{YEAR}:{}", parts.join("/"))
}
