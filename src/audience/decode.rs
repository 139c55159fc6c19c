//! A list's bytes -> text: UTF-8 with or without a byte order mark, UTF-16 with one, Windows-1252 as Excel writes it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Error, Result};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// An opened list: how its fields are encoded, and where its rows begin.
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) encoding: &'static Encoding,
    /// The first rows, to see which separator is used.
    pub(super) head: Vec<u8>,
}

/// Opens a file and finds out its encoding, reading it once through.
pub(super) fn open(path: &Path, shown: &Path) -> Result<Opened> {
    let failed = || Error::file("read", shown);
    let mut file = File::open(path).map_err(failed())?;
    let mut chunk = vec![0; CHUNK];
    let mut head = Vec::new();
    let mut utf8 = encoding_rs::UTF_8.new_decoder_without_bom_handling();
    let mut is_utf8 = true;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut text = String::with_capacity(CHUNK * 4);
    loop {
        let read = file.read(&mut chunk).map_err(failed())?;
        if head.is_empty() {
            head = chunk[..read].to_vec();
        }
        if is_utf8 {
            text.clear();
            let (result, _) = utf8.decode_to_string_without_replacement(&chunk[..read], &mut text, read == 0);
            is_utf8 = !matches!(result, encoding_rs::DecoderResult::Malformed(..));
        }
        detector.feed(&chunk[..read], read == 0);
        if read == 0 {
            break;
        }
    }
    let (encoding, mark) = match Encoding::for_bom(&head) {
        Some((encoding, length)) => (encoding, length),
        None if is_utf8 => (encoding_rs::UTF_8, 0),
        None => (detector.guess(None, Utf8Detection::Deny), 0),
    };
    if encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE {
        return utf16(path, shown, encoding);
    }
    if head.contains(&0) {
        return Err(Diagnostic::error("the list is no text")
            .at(Place::file(shown))
            .hint("save it as CSV from your spreadsheet: a workbook (.xlsx, .ods) cannot be read")
            .into());
    }
    file.seek(SeekFrom::Start(mark as u64)).map_err(failed())?;
    head.drain(..mark.min(head.len()));
    Ok(Opened { file, encoding, head })
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

/// The separator that the header row uses most: comma, semicolon or tab.
pub(super) fn separator(head: &[u8]) -> u8 {
    let row = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| row.iter().filter(|byte| **byte == separator).count();
    [b';', b'\t'].into_iter().filter(|other| count(*other) > count(b',')).max_by_key(|s| count(*s)).unwrap_or(b',')
}
