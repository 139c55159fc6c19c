//! A list's bytes -> text: UTF-8 with or without a byte order mark, UTF-16 with one, Windows-1252 as Excel writes it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding};

use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result};
use crate::rule;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// An opened list: how its fields are encoded, and where its rows begin.
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) encoding: &'static Encoding,
    /// The first rows, to see which separator is used.
    pub(super) head: Vec<u8>,
}

/// Opens a file and finds out its encoding, reading it once through; twice where it is not UTF-8.
pub(super) fn open(path: &Path, shown: &Path) -> Result<Opened> {
    let failed = || Error::file("read", shown);
    let mut file = File::open(path).map_err(failed())?;
    let mut head = Vec::new();
    file.by_ref().take(CHUNK as u64).read_to_end(&mut head).map_err(failed())?;
    let (encoding, mark) = match Encoding::for_bom(&head) {
        Some((encoding, length)) => (encoding, length),
        None if is_utf8(&mut file).map_err(failed())? => (encoding_rs::UTF_8, 0),
        None => (guess(&mut file).map_err(failed())?, 0),
    };
    if encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE {
        return utf16(path, shown, encoding);
    }
    if head.contains(&0) {
        return Err(Diagnostic::of(&rule::LIST_NO_TEXT, "the list is no text")
            .at(Place::file(shown))
            .hint("save it as CSV from your spreadsheet: a workbook (.xlsx, .ods) cannot be read")
            .into());
    }
    file.seek(SeekFrom::Start(mark as u64)).map_err(failed())?;
    head.drain(..mark.min(head.len()));
    Ok(Opened { file, encoding, head })
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

/// UTF-16 is no superset of ASCII, so the separators can't be found in it: the file is turned into UTF-8 first.
fn utf16(path: &Path, shown: &Path, encoding: &'static Encoding) -> Result<Opened> {
    use std::io::Write;
    let bytes = std::fs::read(path).map_err(Error::file("read", shown))?;
    let (text, _) = encoding.decode_with_bom_removal(&bytes);
    let mut file = tempfile::tempfile().map_err(Error::file("read", shown))?;
    file.write_all(text.as_bytes()).and_then(|()| file.rewind()).map_err(Error::file("read", shown))?;
    let head = text.as_bytes()[..text.len().min(CHUNK)].to_vec();
    Ok(Opened { file, encoding: encoding_rs::UTF_8, head })
}

#[expect(clippy::naive_bytecount, reason = "one row, once a list")]
/// The separator that the header row uses most: comma, semicolon or tab.
pub(super) fn separator(head: &[u8]) -> u8 {
    let row = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| row.iter().filter(|byte| **byte == separator).count();
    [b';', b'\t'].into_iter().filter(|other| count(*other) > count(b',')).max_by_key(|s| count(*s)).unwrap_or(b',')
}
