//! Where readers' programs find an edition's pictures, and which pictures a rendering uses.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::issue::Media;
use crate::project::{ImagesMode, Project};

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
    /// The picture.
    pub media: Media,
    /// What stands in `src`.
    pub src: String,
    /// The file's name beside the page, or the Content-ID without brackets.
    pub name: String,
    /// The width at which it is shown, in CSS pixels.
    pub width: u32,
    /// The height at which it is shown, in CSS pixels.
    pub height: u32,
}

/// The pictures of one rendering.
pub(super) struct Pictures {
    placing: Placing,
    /// The widest a picture may be shown, in CSS pixels.
    widest: u32,
    used: Mutex<Vec<Placed>>,
}

impl Pictures {
    pub(super) fn new(placing: Placing, widest: u32) -> Self {
        Self { placing, widest, used: Mutex::new(Vec::new()) }
    }

    /// Takes a picture into the rendering.
    pub(super) fn place(&self, media: &Media) -> Result<Placed> {
        self.place_within(media, self.widest)
    }

    /// The same, shown no wider than `widest`.
    pub(super) fn place_within(&self, media: &Media, widest: u32) -> Result<Placed> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(placed) = used.iter().find(|placed| placed.media.path == media.path) {
            return Ok(placed.clone());
        }
        let bytes = media.read()?;
        let hash: String = Sha256::digest(&bytes)[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        let name = file_name(media, &hash);
        let src = match &self.placing {
            Placing::Embed => format!("cid:{name}@envoi"),
            Placing::Link(base) => format!("{}/{name}", base.trim_end_matches('/')),
            Placing::Folder(folder) => format!("{folder}/{name}"),
            Placing::Inline => {
                format!("data:{};base64,{}", media.mime, base64::engine::general_purpose::STANDARD.encode(bytes))
            }
        };
        let width = media.width.min(widest).max(1);
        let height = u64::from(media.height) * u64::from(width) / u64::from(media.width.max(1));
        let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
        let placed = Placed { media: media.clone(), src, name, width, height };
        used.push(placed.clone());
        Ok(placed)
    }

    /// The pictures that were used, in order.
    pub(super) fn used(self) -> Vec<Placed> {
        self.used.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name that is safe in an address and changes with the picture: `workshop-1f2e3d4c5b6a.jpg`.
fn file_name(media: &Media, hash: &str) -> String {
    let base = media.name.rsplit('/').next().unwrap_or(&media.name);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    let stem: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let ending = match media.mime {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        _ => "webp",
    };
    format!("{}-{hash}.{ending}", stem.trim_matches('-'))
}
