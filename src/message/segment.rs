//! The segments of an encoded edition: bytes that are the same for everyone, and what is filled for each.

use super::encode;
use crate::audience::Columns;
use crate::issue::{MergeText, Piece, READER_TOKEN};

/// A piece of an encoded message.
#[derive(Debug, Clone)]
pub(super) enum Segment {
    /// The same for everyone.
    Fixed(Vec<u8>),
    /// A merge field.
    Value { column: Option<usize>, fallback: String, coding: Coding },
    /// The reader's token.
    Token,
    /// A header line that differs.
    Head(Slot),
}

/// The headers that differ from message to message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    To,
    Subject,
    Date,
    MessageId,
    ListUnsubscribe,
}

/// How a value is written where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// In the plain text.
    Text,
    /// In the HTML.
    Html,
    /// In a link's address, in either.
    Url,
}

impl Coding {
    /// Writes a value, quoted-printable. It begins and ends at the start of a line.
    pub(super) fn write(self, value: &str, out: &mut Vec<u8>) {
        let column = match self {
            Self::Text => encode::quoted_printable(value, out),
            Self::Html => encode::quoted_printable(&crate::render::escape(value), out),
            Self::Url => encode::quoted_printable(&crate::issue::segment(value), out),
        };
        encode::soft_break(column, out);
    }
}

impl Segment {
    /// How many bytes it takes, as far as can be said.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Fixed(bytes) => bytes.len(),
            Self::Value { fallback, .. } => fallback.len() + 16,
            Self::Token => 80,
            Self::Head(_) => 96,
        }
    }
}

/// Puts segments one after the other, joining fixed ones.
pub(super) struct Builder<'c> {
    columns: &'c Columns,
    segments: Vec<Segment>,
    fixed: Vec<u8>,
}

impl<'c> Builder<'c> {
    pub(super) fn new(columns: &'c Columns) -> Self {
        Self { columns, segments: Vec::new(), fixed: Vec::new() }
    }

    /// Writes fixed bytes.
    pub(super) fn with(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.fixed);
    }

    /// Leaves a header line open.
    pub(super) fn head(&mut self, slot: Slot) {
        self.flush();
        self.segments.push(Segment::Head(slot));
    }

    /// Writes a text quoted-printable, its merge fields left open. It ends at the start of a line.
    pub(super) fn text(&mut self, text: &MergeText, coding: Coding) {
        for piece in &text.0 {
            match piece {
                Piece::Text(text) => {
                    let column = encode::quoted_printable(text, &mut self.fixed);
                    encode::soft_break(column, &mut self.fixed);
                }
                Piece::Field(field) if field.name == READER_TOKEN => {
                    self.flush();
                    self.segments.push(Segment::Token);
                }
                Piece::Field(field) => {
                    self.flush();
                    self.segments.push(Segment::Value {
                        column: self.columns.0.iter().position(|column| *column == field.name),
                        fallback: field.fallback.clone().unwrap_or_default(),
                        coding: if field.in_url { Coding::Url } else { coding },
                    });
                }
            }
        }
        self.fixed.extend_from_slice(b"\r\n");
    }

    pub(super) fn finish(mut self) -> Vec<Segment> {
        self.flush();
        self.segments
    }

    fn flush(&mut self) {
        if !self.fixed.is_empty() {
            self.segments.push(Segment::Fixed(std::mem::take(&mut self.fixed)));
        }
    }
}
