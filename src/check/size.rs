//! How heavy a rendered edition is: its HTML, which Gmail cuts off, and its pictures.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Place};
use crate::issue::{MergeText, Piece};
use crate::language::Language;
use crate::rule;

/// Above this many bytes of HTML Gmail cuts a message off.
pub const CLIPPED: usize = 102_400;

/// A picture above this many bytes is slow to load on a phone.
const HEAVY: usize = 1_000_000;

/// What there is to weigh of a rendered edition.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'r> {
    /// Its language.
    pub language: &'r Language,
    /// Its HTML.
    pub html: &'r MergeText,
}

/// What a rendered edition weighs too much, with its pictures: each one's file, as diagnostics name it, and its bytes
/// as it goes out.
pub fn rendering<'r>(shown: Shown<'r>, pictures: impl Iterator<Item = (&'r Path, usize)>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = html(shown).into_iter().collect();
    for (path, bytes) in pictures.filter(|(_, bytes)| *bytes > HEAVY) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        found.push(
            Diagnostic::of(&rule::IMAGE_HEAVY, format!("the image `{name}` has {} kB in the message", bytes / 1000))
                .at(Place::file(path))
                .hint(
                    "an animation is heavy: show one picture of it and link to the film; a photo weighs less as JPEG",
                ),
        );
    }
    found
}

fn html(Shown { language, html }: Shown<'_>) -> Option<Diagnostic> {
    let bytes: usize = html.0.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum();
    let (rule, message) = match bytes {
        over if over > CLIPPED => (
            &rule::CLIPPED,
            format!("the HTML of the `{language}` edition has {bytes} bytes; Gmail cuts it off at {CLIPPED}"),
        ),
        near if near >= CLIPPED / 10 * 9 => (
            &rule::NEARLY_CLIPPED,
            format!(
                "the HTML of the `{language}` edition has {bytes} bytes, nearly the {CLIPPED} at which Gmail cuts it off"
            ),
        ),
        _ => return None,
    };
    Some(Diagnostic::of(rule, message).hint("shorten snippets, or tell the rest on your site and link to it"))
}
