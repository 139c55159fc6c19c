//! A rendering -> a message that nobody has sent yet: to be opened in a mail program, addressed and sent by hand.
//!
//! `X-Unsent: 1` makes Outlook open it for writing; Thunderbird and Apple Mail offer "Edit as new". It has no
//! recipient, no date and no Message-ID: the mail program writes them.

use super::segment::{Builder, Segment};
use super::{header, mime};
use crate::audience::Columns;
use crate::project::Project;
use crate::render::Rendering;

/// The draft's bytes, RFC 5322. The rendering has no merge fields: a draft is for nobody yet.
pub fn draft(project: &Project, rendering: &Rendering) -> Vec<u8> {
    let columns = Columns(Vec::new());
    let mut builder = Builder::new(&columns);
    builder.with(|bytes| {
        header::text("X-Unsent", "1", bytes);
        header::mailbox("From", &project.config.sender.from, bytes);
        header::text("Subject", &rendering.subject.sample(), bytes);
        header::text("Content-Language", rendering.language.as_str(), bytes);
        header::text("MIME-Version", "1.0", bytes);
    });
    mime::body(rendering, &mut builder);
    let mut out = Vec::new();
    for segment in builder.finish() {
        if let Segment::Fixed(fixed) = segment {
            out.extend_from_slice(&fixed);
        }
    }
    out
}
