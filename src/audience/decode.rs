//! A list's bytes -> text: UTF-8 with or without a byte order mark, UTF-16 with one, Windows-1252 as Excel writes it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write as _};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding};

use super::header::{Header, LOOKED_AT};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result};
use crate::rule;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// An opened list.
pub(super) enum Opened {
    /// A text: how its fields are encoded, and where its rows begin.
    Text {
        file: File,
        encoding: &'static Encoding,
        /// The first rows, to see which separator is used.
        head: Vec<u8>,
    },
    /// A workbook, which is no text.
    Workbook,
}

/// Opens a file and finds out its encoding, reading it once through; twice where it is not UTF-8.
pub(super) fn open(path: &Path, shown: &Path) -> Result<Opened> {
    let failed = || Error::file("read", shown);
    let mut file = File::open(path).map_err(failed())?;
    let mut head = Vec::new();
    Read::by_ref(&mut file).take(CHUNK as u64).read_to_end(&mut head).map_err(failed())?;
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Opened::Workbook);
    }
    let (encoding, mark) = match Encoding::for_bom(&head) {
        Some((encoding, length)) => (encoding, length),
        None if head.contains(&0) => (unmarked_utf16(&head), 0),
        None if is_utf8(&mut file).map_err(failed())? => (encoding_rs::UTF_8, 0),
        None => (guess(&mut file).map_err(failed())?, 0),
    };
    if encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE {
        return utf16(file, encoding).map_err(failed());
    }
    if head.contains(&0) {
        return Err(Diagnostic::of(&rule::LIST_NO_TEXT, "the list is no text")
            .at(Place::file(shown))
            .hint("save it as .xlsx or as CSV from your spreadsheet: older workbooks (.xls) cannot be read")
            .into());
    }
    file.seek(SeekFrom::Start(mark as u64)).map_err(failed())?;
    head.drain(..mark.min(head.len()));
    Ok(Opened::Text { file, encoding, head })
}

fn is_utf8(file: &mut File) -> std::io::Result<bool> {
    let mut decoder = encoding_rs::UTF_8.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(CHUNK * 4);
    chunks(file, |chunk| {
        text.clear();
        let (result, _) = decoder.decode_to_string_without_replacement(chunk, &mut text, chunk.is_empty());
        !matches!(result, DecoderResult::Malformed(..))
    })
}

fn guess(file: &mut File) -> std::io::Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    chunks(file, |chunk| {
        detector.feed(chunk, chunk.is_empty());
        true
    })?;
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// Shows a file from its beginning piece by piece, an empty one at its end, as long as `look` wants to see more;
/// whether it did until the end.
fn chunks(file: &mut File, mut look: impl FnMut(&[u8]) -> bool) -> std::io::Result<bool> {
    file.rewind()?;
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk)?;
        if !look(&chunk[..read]) {
            return Ok(false);
        }
        if read == 0 {
            return Ok(true);
        }
    }
}

/// UTF-16 without its mark: every other byte of a list in a European language is null. Where neither half is, it is
/// no text, and read as one with nulls in it.
fn unmarked_utf16(head: &[u8]) -> &'static Encoding {
    let nulls = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (nulls(0), nulls(1));
    let most = head.len() / 2 * 4 / 5;
    if odd > most && even == 0 {
        encoding_rs::UTF_16LE
    } else if even > most && odd == 0 {
        encoding_rs::UTF_16BE
    } else {
        encoding_rs::UTF_8
    }
}

/// UTF-16 is no superset of ASCII, so the separators can't be found in it: the file is turned into UTF-8 first, piece by
/// piece.
fn utf16(mut from: File, encoding: &'static Encoding) -> std::io::Result<Opened> {
    let mut file = tempfile::tempfile()?;
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut text = String::with_capacity(CHUNK * 4);
    let mut head = Vec::new();
    let mut written = Ok(());
    chunks(&mut from, |chunk| {
        text.clear();
        let _ = decoder.decode_to_string(chunk, &mut text, chunk.is_empty());
        head.extend_from_slice(&text.as_bytes()[..text.len().min(CHUNK.saturating_sub(head.len()))]);
        written = file.write_all(text.as_bytes());
        written.is_ok()
    })?;
    written?;
    file.rewind()?;
    Ok(Opened::Text { file, encoding: encoding_rs::UTF_8, head })
}

/// What stands between the columns: what the file says itself (`sep=;`), else that with which one of the first rows
/// names an e-mail column, else what the first row has most of: comma, semicolon or tab.
pub(super) fn separator(head: &[u8], encoding: &'static Encoding) -> u8 {
    let first = head.split(|byte| *byte == b'\n').find(|row| !row.trim_ascii().is_empty()).unwrap_or_default();
    let declared = first.trim_ascii().to_ascii_lowercase();
    if let Some([separator @ (b',' | b';' | b'\t' | b'|')]) = declared.strip_prefix(b"sep=") {
        return *separator;
    }
    // a tab at the line's end is trimmed away
    if declared == b"sep=" {
        return b'\t';
    }
    let columns = |separator: u8| {
        let rows = csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(head);
        let cells = |row: csv::ByteRecord| -> Vec<String> {
            row.iter().map(|cell| encoding.decode_without_bom_handling(cell).0.into_owned()).collect()
        };
        let rows: Vec<Vec<String>> =
            rows.into_byte_records().map_while(Result::ok).take(LOOKED_AT).map(cells).collect();
        Header::find(&rows).filter(|found| !found.written.is_empty()).map_or(0, |found| found.written.len())
    };
    #[expect(clippy::naive_bytecount, reason = "one row, once a list")]
    let count = |separator: u8| first.iter().filter(|byte| **byte == separator).count();
    // the last of equals wins
    [b'\t', b';', b','].into_iter().max_by_key(|one| (columns(*one), count(*one))).unwrap_or(b',')
}
