//! Pictures of an issue's own folder.

use std::path::{Component, Path, PathBuf};

use super::percent;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::rule;

/// The widest and highest picture that is opened, in pixels.
pub(crate) const LARGEST_SIDE: u32 = 16_384;

/// The most pixels of a picture that is opened: twice what today's phones make. A small file may claim to hold a
/// picture that fills any memory.
const LARGEST: u64 = 100_000_000;

/// A picture: where it lies, what it is, how large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Its name in the folder, with `/` between folders.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its media type.
    pub mime: &'static str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bytes.
    pub bytes: u64,
}

impl Media {
    /// Finds a picture in a folder. The diagnostic has no place yet; who asked knows where the name stands.
    pub fn find(folder: &Path, name: &str) -> Result<Self, Diagnostic> {
        let relative = Path::new(name);
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if name.is_empty() || !inside {
            return Err(leaves(name));
        }
        let path = folder.join(relative);
        let Ok(real) = path.canonicalize() else {
            return Err(Diagnostic::of(&rule::IMAGE_MISSING, format!("the image `{name}` is not there"))
                .hint(missing_hint(folder, name)));
        };
        if !folder.canonicalize().is_ok_and(|folder| real.starts_with(folder)) {
            return Err(leaves(name));
        }
        let bytes = std::fs::metadata(&real).map_or(0, |data| data.len());
        let unusable = || {
            Diagnostic::of(&rule::IMAGE_UNREADABLE, format!("the image `{name}` is no PNG, JPEG, GIF or WebP file"))
                .hint("save the picture as PNG (drawings) or JPEG (photos)")
        };
        let size = imagesize::size(&real).map_err(|_| unusable())?;
        let mime = match imagesize::image_type(&head(&real).map_err(|_| unusable())?) {
            Ok(imagesize::ImageType::Png) => "image/png",
            Ok(imagesize::ImageType::Jpeg) => "image/jpeg",
            Ok(imagesize::ImageType::Gif) => "image/gif",
            Ok(imagesize::ImageType::Webp) => "image/webp",
            _ => return Err(unusable()),
        };
        let (Ok(width), Ok(height)) = (u32::try_from(size.width), u32::try_from(size.height)) else {
            return Err(unusable());
        };
        if width > LARGEST_SIDE || height > LARGEST_SIDE || u64::from(width) * u64::from(height) > LARGEST {
            return Err(Diagnostic::of(
                &rule::IMAGE_TOO_MANY_PIXELS,
                format!("the image `{name}` has {width} by {height} pixels, too many to open"),
            )
            .hint("save it smaller: twice the shown width is enough (1200 pixels)"));
        }
        let name = relative.components().filter_map(|part| part.as_os_str().to_str()).filter(|part| *part != ".");
        Ok(Self { name: name.collect::<Vec<_>>().join("/"), path: real, mime, width, height, bytes })
    }

    /// Finds a picture as an address names it: `a%20ferry.png` is `a ferry.png`, where no file bears the first name.
    pub(super) fn find_by_address(folder: &Path, address: &str) -> Result<Self, Diagnostic> {
        Self::find(folder, address).or_else(|wrong| match percent::decoded(address) {
            Some(name) => Self::find(folder, &name),
            None => Err(wrong),
        })
    }

    /// Its bytes.
    pub fn read(&self) -> Result<Vec<u8>> {
        std::fs::read(&self.path).map_err(Error::file("read", &self.path))
    }
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn leaves(name: &str) -> Diagnostic {
    Diagnostic::of(&rule::IMAGE_OUTSIDE, format!("the image path `{name}` leaves the issue's folder"))
        .hint("copy the picture into the issue's folder and name it without `..` or a leading `/`")
}

fn missing_hint(folder: &Path, name: &str) -> String {
    let there: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !Path::new(name).extension().is_some_and(|ending| ending == "md" || ending == "toml"))
        .collect();
    match crate::diagnostic::nearest(name, there.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "copy the picture into the issue's folder".to_owned(),
    }
}
