//! A document of an issue's own folder: what a press release offers to download.
//!
//! Folder + name -> [`Attachment`]. What is in it is nobody's business here; that it lies in the folder is.

use std::path::{Component, Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::rule;

/// The largest document that is taken along: a press kit has to be downloaded.
const LARGEST: u64 = 200 * 1024 * 1024;

/// A document in an issue's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its file's name: what folders it lay in is part of it, so that `fr/kit.pdf` and `nl/kit.pdf` lie side by side.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Bytes.
    pub bytes: u64,
}

impl Attachment {
    /// Finds a document in a folder. The diagnostic has no place yet; who asked knows where the name stands.
    pub fn find(folder: &Path, name: &str) -> Result<Self, Diagnostic> {
        let relative = Path::new(name);
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let real = folder.join(relative).canonicalize();
        let leaves = || {
            Diagnostic::of(&rule::DOCUMENT_LEAVES, format!("the document's path `{name}` leaves the issue's folder"))
                .hint("copy the file into the issue's folder and name it without `..` or a leading `/`")
        };
        if name.is_empty() || !inside {
            return Err(leaves());
        }
        let Some(real) = real.ok().filter(|real| real.is_file()) else {
            return Err(Diagnostic::of(&rule::DOCUMENT_MISSING, format!("the document `{name}` is not there"))
                .hint("copy it into the issue's folder, or give its address: `url = \"https://…\"`"));
        };
        if !folder.canonicalize().is_ok_and(|folder| real.starts_with(folder)) {
            return Err(leaves());
        }
        let bytes = std::fs::metadata(&real).map_or(0, |data| data.len());
        if bytes > LARGEST {
            return Err(Diagnostic::of(
                &rule::DOCUMENT_LARGE,
                format!("the document `{name}` has {} MB", bytes / 1_000_000),
            )
            .hint("put it on your site and give its address: `url = \"https://…\"`"));
        }
        let parts = relative.components().filter_map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        });
        Ok(Self { name: parts.collect::<Vec<_>>().join("-"), path: real, bytes })
    }

    /// Its bytes.
    pub fn read(&self) -> Result<Vec<u8>> {
        std::fs::read(&self.path).map_err(Error::file("read", &self.path))
    }

    /// Its type as people say it, by its ending: "PDF".
    pub fn kind(&self) -> Option<String> {
        let (_, ending) = self.name.rsplit_once('.')?;
        let usual = (1..=5).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric());
        usual.then(|| ending.to_uppercase())
    }

    /// Its media type, by its ending, where it is a usual one.
    pub fn mime(&self) -> &'static str {
        match self.kind().as_deref() {
            Some("PDF") => "application/pdf",
            Some("ZIP") => "application/zip",
            Some("TXT") => "text/plain",
            Some("CSV") => "text/csv",
            Some("PNG") => "image/png",
            Some("JPG" | "JPEG") => "image/jpeg",
            Some("MP3") => "audio/mpeg",
            Some("MP4") => "video/mp4",
            Some("DOCX") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Some("ODT") => "application/vnd.oasis.opendocument.text",
            _ => "application/octet-stream",
        }
    }
}
