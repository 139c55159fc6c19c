//! Files -> a press kit: one `.zip` with a folder in it.
//!
//! The same files make the same bytes: no times are kept. What is packed already (pictures, films) is not packed
//! again.

use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::error::{Error, Result, Trouble};

/// The endings of files that deflate makes no smaller.
const PACKED: [&str; 15] =
    ["jpg", "jpeg", "png", "gif", "webp", "avif", "pdf", "zip", "mp3", "mp4", "mov", "docx", "xlsx", "odt", "epub"];

/// Packs files under their names.
pub(super) fn pack(files: impl Iterator<Item = (PathBuf, Vec<u8>)>) -> Result<Vec<u8>> {
    let failed = |error| Error::Refused(Trouble::new("the press kit cannot be packed").because(Box::new(error)));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        let name = path.iter().filter_map(|part| part.to_str()).collect::<Vec<_>>().join("/");
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        let method = match ending.as_str() {
            packed if PACKED.contains(&packed) => CompressionMethod::Stored,
            _ => CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default().compression_method(method).unix_permissions(0o644);
        writer.start_file(name, options).map_err(failed)?;
        writer.write_all(&bytes).map_err(|error| failed(error.into()))?;
    }
    Ok(writer.finish().map_err(failed)?.into_inner())
}
