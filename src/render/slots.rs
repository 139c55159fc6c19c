//! Open merge fields on their way through the templates.
//!
//! A field becomes a short token of private-use characters, which templates, escaping, CSS inlining and wrapping
//! leave alone; at the end the tokens are turned back into fields. No text of an issue can hold such characters
//! (see `source::RESERVED`).

use std::sync::{Arc, Mutex, PoisonError};

use crate::issue::{MergeField, MergeText, Piece};
use crate::source::RESERVED;

const OPEN: char = RESERVED[0];
const CLOSE: char = RESERVED[1];

/// The fields of one rendering; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots(Arc<Mutex<Vec<MergeField>>>);

impl Slots {
    /// The token that stands for a field.
    pub(super) fn token(&self, field: &MergeField) -> String {
        let mut fields = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = fields.iter().position(|known| known == field).unwrap_or_else(|| {
            fields.push(field.clone());
            fields.len() - 1
        });
        format!("{OPEN}{index}{CLOSE}")
    }

    /// A text with its fields as tokens.
    pub(super) fn close(&self, text: &MergeText) -> String {
        text.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Field(field) => self.token(field),
            })
            .collect()
    }

    /// A rendered text with its tokens as fields again.
    pub(super) fn open(&self, rendered: &str) -> MergeText {
        let fields = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pieces = Vec::new();
        let mut parts = rendered.split(OPEN);
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let field = part
                .split_once(CLOSE)
                .and_then(|(index, rest)| fields.get(index.parse::<usize>().ok()?).map(|field| (field.clone(), rest)));
            let Some((field, rest)) = field else {
                // no field of ours: what stands there is still to be read
                text.push_str(part);
                continue;
            };
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::Field(field));
            text.push_str(rest);
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        MergeText(pieces)
    }
}
