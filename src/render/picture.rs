//! [`Media`] -> [`Prepared`]: a picture as readers get it. Upright, no larger than they can see, without metadata.
//!
//! Twice the shown width is what a sharp screen shows; more is only weight. What the camera wrote into the file
//! (the place, the time, the device) goes always, since the pictures show minors. A file that is small enough as it
//! is keeps its bytes but for the metadata; another is encoded anew, and the smaller of the two is taken. WebP
//! becomes JPEG or PNG, since Outlook for Windows shows none. Animations stay as they are.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::FilterType as Scaling;
use image::metadata::Orientation;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits};
use sha2::{Digest, Sha256};

use super::metadata;
use crate::diagnostic::Diagnostic;
use crate::issue::Media;
use crate::rule;

/// How much sharper than CSS pixels a picture is kept.
const SHARPNESS: u32 = 2;

/// JPEG's quality: above it files grow fast and eyes see nothing more.
const QUALITY: u8 = 82;

/// Eighths of a byte a pixel: a file below that is well encoded already.
const LIGHT: u64 = 3;

/// A PNG above this many bytes may be a photo.
const PHOTO: usize = 200_000;

/// The most memory that the reading of one picture may take.
const MEMORY: u64 = 512 * 1024 * 1024;

/// How many bytes of pictures are remembered.
const REMEMBERED: usize = 64 * 1024 * 1024;

/// A picture as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepared {
    /// The file.
    pub(super) content: Arc<[u8]>,
    /// Its media type.
    pub(super) mime: &'static str,
    /// The width at which it is shown, in CSS pixels.
    pub(super) width: u32,
    /// The height at which it is shown, in CSS pixels.
    pub(super) height: u32,
}

type Memory = HashMap<([u8; 32], u32), Prepared>;

/// Prepares a picture; `shown` says from its own width and height how wide it is shown. What was prepared once is
/// remembered by its content: a preview renders the same pictures over and over.
pub(super) fn prepare(
    media: &Media,
    bytes: &[u8],
    shown: impl Fn(u32, u32) -> u32,
) -> Result<Prepared, Box<Diagnostic>> {
    static MEMORY: OnceLock<Mutex<Memory>> = OnceLock::new();
    let memory = || MEMORY.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let unreadable = |error: &dyn std::fmt::Display| {
        let words = format!("the image `{}` cannot be read: {error}", media.name);
        Box::new(
            Diagnostic::of(&rule::IMAGE_UNREADABLE, words)
                .hint("open it and save it again as PNG (drawings) or JPEG (photos)"),
        )
    };
    let source = Original::open(media.mime, bytes).map_err(|error| unreadable(&error))?;
    let (width, height) = source.upright();
    let shown = shown(width, height).clamp(1, width.max(1));
    let key = (Sha256::digest(bytes).into(), shown);
    if let Some(prepared) = memory().get(&key) {
        return Ok(prepared.clone());
    }
    let (content, mime) = source.encode(shown.saturating_mul(SHARPNESS)).map_err(|error| unreadable(&error))?;
    let shown_height = u64::from(height) * u64::from(shown) / u64::from(width.max(1));
    let shown_height = u32::try_from(shown_height).unwrap_or(u32::MAX).max(1);
    let prepared = Prepared { content: content.into(), mime, width: shown, height: shown_height };
    let mut memory = memory();
    if memory.values().map(|prepared| prepared.content.len()).sum::<usize>() > REMEMBERED {
        memory.clear();
    }
    memory.insert(key, prepared.clone());
    Ok(prepared)
}

/// A picture as large as it is, upright and without metadata; its own bytes where they can stay.
pub(super) fn whole(media: &Media, bytes: &[u8]) -> Result<Vec<u8>, Diagnostic> {
    let unreadable = |error: image::ImageError| {
        Diagnostic::of(&rule::IMAGE_UNREADABLE, format!("the image `{}` cannot be read: {error}", media.name))
            .hint("open it and save it again as PNG (drawings) or JPEG (photos)")
    };
    let source = Original::open(media.mime, bytes).map_err(unreadable)?;
    match metadata::strip(media.mime, bytes).filter(|_| source.orientation == Orientation::NoTransforms) {
        Some(own) => Ok(own),
        None => source.anew(u32::MAX).map(|(anew, _)| anew).map_err(unreadable),
    }
}

/// A picture's file, its head read.
struct Original<'b> {
    bytes: &'b [u8],
    mime: &'static str,
    size: (u32, u32),
    orientation: Orientation,
    profile: Option<Vec<u8>>,
}

impl<'b> Original<'b> {
    fn open(mime: &'static str, bytes: &'b [u8]) -> image::ImageResult<Self> {
        let mut decoder = reader(mime, bytes).into_decoder()?;
        // a profile of another colour space than the pixels' would turn all colours
        let profile = decoder.icc_profile().unwrap_or_default().filter(|icc| icc.get(16..20) == Some(b"RGB "));
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        Ok(Self { bytes, mime, size: decoder.dimensions(), orientation, profile })
    }

    /// Its width and height once it stands upright.
    fn upright(&self) -> (u32, u32) {
        match self.orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (self.size.1, self.size.0),
            _ => self.size,
        }
    }

    /// Its file, at most so many pixels wide, and the file's media type.
    fn encode(&self, widest: u32) -> image::ImageResult<(Vec<u8>, &'static str)> {
        let upright = self.orientation == Orientation::NoTransforms;
        let own = metadata::strip(self.mime, self.bytes);
        if let Some(own) = own.as_ref().filter(|_| self.moves()) {
            return Ok((own.clone(), self.mime));
        }
        let own = own.filter(|_| upright && self.mime != "image/webp");
        let pixels = u64::from(self.size.0) * u64::from(self.size.1);
        let light = |own: &Vec<u8>| self.size.0 <= widest && own.len() as u64 * 8 <= pixels * LIGHT;
        if let Some(own) = own.as_ref().filter(|own| light(own)) {
            return Ok((own.clone(), self.mime));
        }
        let anew = self.anew(widest)?;
        match own {
            Some(own) if own.len() <= anew.0.len() => Ok((own, self.mime)),
            _ => Ok(anew),
        }
    }

    /// Whether it is an animation.
    fn moves(&self) -> bool {
        match self.mime {
            "image/gif" => image::codecs::gif::GifDecoder::new(Cursor::new(self.bytes))
                .is_ok_and(|decoder| decoder.into_frames().take(2).count() > 1),
            "image/png" => image::codecs::png::PngDecoder::new(Cursor::new(self.bytes))
                .is_ok_and(|decoder| decoder.is_apng().unwrap_or(false)),
            "image/webp" => image::codecs::webp::WebPDecoder::new(Cursor::new(self.bytes))
                .is_ok_and(|decoder| decoder.has_animation()),
            _ => false,
        }
    }

    /// Reads, turns, scales and writes it again.
    fn anew(&self, widest: u32) -> image::ImageResult<(Vec<u8>, &'static str)> {
        let mut picture = DynamicImage::from_decoder(reader(self.mime, self.bytes).into_decoder()?)?;
        picture.apply_orientation(self.orientation);
        if picture.width() > widest {
            let height = u64::from(picture.height()) * u64::from(widest) / u64::from(picture.width());
            let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
            picture = picture.resize_exact(widest, height, Scaling::CatmullRom);
        }
        let see_through = picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255);
        if self.mime == "image/jpeg" || self.mime == "image/webp" && !see_through {
            return Ok((self.jpeg(&picture)?, "image/jpeg"));
        }
        let png = self.png(&picture, see_through)?;
        if !see_through && png.len() > PHOTO {
            let jpeg = self.jpeg(&picture)?;
            if jpeg.len() * 2 < png.len() {
                return Ok((jpeg, "image/jpeg"));
            }
        }
        Ok((png, "image/png"))
    }

    fn jpeg(&self, picture: &DynamicImage) -> image::ImageResult<Vec<u8>> {
        let mut out = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
        if let Some(profile) = &self.profile {
            let _ = encoder.set_icc_profile(profile.clone());
        }
        picture.to_rgb8().write_with_encoder(encoder)?;
        Ok(out)
    }

    fn png(&self, picture: &DynamicImage, see_through: bool) -> image::ImageResult<Vec<u8>> {
        let mut out = Vec::new();
        let mut encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Best, FilterType::Adaptive);
        if let Some(profile) = &self.profile {
            let _ = encoder.set_icc_profile(profile.clone());
        }
        if see_through {
            picture.to_rgba8().write_with_encoder(encoder)?;
        } else {
            picture.to_rgb8().write_with_encoder(encoder)?;
        }
        Ok(out)
    }
}

fn reader<'b>(mime: &str, bytes: &'b [u8]) -> ImageReader<Cursor<&'b [u8]>> {
    let format = match mime {
        "image/png" => ImageFormat::Png,
        "image/gif" => ImageFormat::Gif,
        "image/webp" => ImageFormat::WebP,
        _ => ImageFormat::Jpeg,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(crate::issue::LARGEST_SIDE);
    limits.max_image_height = Some(crate::issue::LARGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    reader
}
