//! Where readers' programs find an edition's pictures, and which pictures a rendering uses.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use sha2::{Digest, Sha256};

use super::picture::{self, Prepared};
use crate::diagnostic::Place;
use crate::error::Result;
use crate::issue::Media;
use crate::project::{ImagesMode, Project};

/// A picture at least so wide, in CSS pixels, and not upright, may go from edge to edge.
const WIDE: u32 = 480;

/// Where pictures go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placing {
    /// Into the message, by Content-ID (RFC 2392).
    Embed,
    /// Onto a server, under this address.
    Link(String),
    /// Into a folder beside the page, under this name.
    Folder(&'static str),
    /// Into the page itself, as `data:` addresses.
    Inline,
}

impl Placing {
    /// As `[images]` of `envoi.toml` wants it in messages.
    pub fn in_messages(project: &Project) -> Self {
        match (project.config.images.mode, &project.config.images.base_url) {
            (ImagesMode::Link, Some(base_url)) => Self::Link(base_url.clone()),
            _ => Self::Embed,
        }
    }
}

/// A picture that a rendering uses, with what its `src` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where it comes from.
    pub path: PathBuf,
    /// What stands in `src`.
    pub src: String,
    /// The file's name beside the page, or the Content-ID without brackets.
    pub name: String,
    /// The width at which it is shown, in CSS pixels.
    pub width: u32,
    /// The height at which it is shown, in CSS pixels.
    pub height: u32,
    /// Its media type, which need not be that of the officer's file.
    pub mime: &'static str,
    /// The file as readers get it: never larger than they can see, never with metadata.
    pub content: Arc<[u8]>,
}

impl Placed {
    /// Whether what is behind it may be seen: a PNG with an alpha channel or a colour that is none (RFC 2083, sections
    /// 4.1.1 and 4.2.9), a GIF.
    pub(super) fn is_clear(&self) -> bool {
        let has_colour = |name: &[u8]| self.content.windows(4).take(4096).any(|four| four == name);
        match self.mime {
            "image/png" => matches!(self.content.get(25), Some(4 | 6)) || has_colour(b"tRNS"),
            "image/gif" => true,
            _ => false,
        }
    }
}

/// The pictures of one rendering.
pub(super) struct Pictures<'p> {
    project: &'p Project,
    placing: Placing,
    /// The widest a picture may be shown, in CSS pixels.
    widest: u32,
    /// The same for upright and for small pictures.
    widest_upright: u32,
    used: Mutex<Vec<Placed>>,
}

impl<'p> Pictures<'p> {
    /// Pictures shown no wider than `widest`, and upright and small ones than `widest_upright`, in CSS pixels.
    pub(super) fn new(project: &'p Project, placing: Placing, widest: u32, widest_upright: u32) -> Self {
        Self { project, placing, widest, widest_upright, used: Mutex::new(Vec::new()) }
    }

    /// Takes a picture of a text into the rendering.
    pub(super) fn place(&self, media: &Media) -> Result<Placed> {
        self.place_as(media, |width, _| width.min(self.widest))
    }

    /// Takes a snippet's own picture into the rendering; whether it is to be shown over the whole width.
    pub(super) fn illustrate(&self, media: &Media) -> Result<(Placed, bool)> {
        let wide = |width: u32, height: u32| width >= WIDE && width >= height;
        let placed = self.place_as(media, |width, height| {
            width.min(if wide(width, height) { self.widest } else { self.widest_upright })
        })?;
        let is_wide = placed.width >= WIDE.min(self.widest) && placed.width >= placed.height;
        Ok((placed, is_wide))
    }

    /// Takes a picture into the rendering, shown no wider than `widest`.
    pub(super) fn place_within(&self, media: &Media, widest: u32) -> Result<Placed> {
        self.place_as(media, |width, _| width.min(widest))
    }

    fn place_as(&self, media: &Media, shown: impl Fn(u32, u32) -> u32) -> Result<Placed> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(placed) = used.iter().find(|placed| placed.path == media.path) {
            return Ok(placed.clone());
        }
        let prepared = picture::prepare(media, &media.read()?, shown)
            .map_err(|diagnostic| diagnostic.at(Place::file(self.project.shown(&media.path))))?;
        let mut hash = String::new();
        for byte in &Sha256::digest(&prepared.content)[..6] {
            let _ = write!(hash, "{byte:02x}");
        }
        let name = file_name(&media.name, prepared.mime, &hash);
        let src = match &self.placing {
            Placing::Embed => format!("cid:{name}@envoi"),
            Placing::Link(base) => format!("{}/{name}", base.trim_end_matches('/')),
            Placing::Folder(folder) => format!("{folder}/{name}"),
            Placing::Inline => {
                let content = base64::engine::general_purpose::STANDARD.encode(&prepared.content);
                format!("data:{};base64,{content}", prepared.mime)
            }
        };
        let Prepared { content, mime, width, height } = prepared;
        let placed = Placed { path: media.path.clone(), src, name, width, height, mime, content };
        used.push(placed.clone());
        Ok(placed)
    }

    /// What `src` says of a picture that is in the rendering.
    pub(super) fn src_of(&self, media: &Media) -> Option<String> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.iter().find(|placed| placed.path == media.path).map(|placed| placed.src.clone())
    }

    /// The pictures that were used, in order; one that lies in two places is one all the same.
    pub(super) fn used(self) -> Vec<Placed> {
        let mut used = self.used.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut names = HashSet::new();
        used.retain(|placed| names.insert(placed.name.clone()));
        used
    }
}

/// A name that is safe in an address and changes with the picture: `workshop-1f2e3d4c5b6a.jpg`.
fn file_name(name: &str, mime: &str, hash: &str) -> String {
    let base = name.rsplit('/').next().unwrap_or(name);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    let stem: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let ending = match mime {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        _ => "webp",
    };
    format!("{}-{hash}.{ending}", stem.trim_matches('-'))
}
