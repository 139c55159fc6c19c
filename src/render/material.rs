//! The photos that lie beside a press release's page, as the page shows them and leads to them.

use serde::Serialize;

use super::engine::Form;
use super::locale::Locale;
use super::picture;
use super::pictures::Pictures;
use super::typography::Typography;
use crate::error::Result;
use crate::issue::{Media, Photo, segment};
use crate::project::Project;

/// How wide a photo to take is shown, in CSS pixels.
const THUMBNAIL: u32 = 340;

#[derive(Debug, Serialize)]
pub(super) struct PhotoView {
    src: String,
    width: u32,
    height: u32,
    alt: String,
    caption: Option<String>,
    credit: Option<String>,
    full: Option<Full>,
}

/// A file to take: where it lies, what it is.
#[derive(Debug, Serialize)]
pub(super) struct Full {
    url: String,
    note: String,
}

/// A photo or picture as large as there is, without what the camera wrote into it.
pub fn full_resolution(project: &Project, media: &Media) -> Result<Vec<u8>> {
    picture::whole(media, &media.read()?).map_err(|diagnostic| {
        let place = crate::diagnostic::Place::file(project.shown(&media.path));
        diagnostic.at(place).into()
    })
}

/// The name of a photo's file: what folders it lay in is part of it.
pub fn photo_name(media: &Media) -> String {
    media.name.replace('/', "-")
}

/// The links to what lies beside a page.
pub(super) struct Files<'a> {
    pub(super) prefix: Option<&'a str>,
    pub(super) locale: &'a Locale,
}

impl Files<'_> {
    /// The file of a photo for print, where something can lead to it.
    pub(super) fn full(&self, media: &Media) -> Option<Full> {
        let url = format!("{}photos/{}", self.prefix?, segment(&photo_name(media)));
        let kind = media.mime.rsplit('/').next().unwrap_or_default().to_uppercase();
        let size = self.locale.size(media.bytes);
        Some(Full { url, note: format!("{kind} · {} × {} · {size}", media.width, media.height) })
    }

    /// A photo as the page shows it.
    pub(super) fn photo(
        &self,
        photo: &Photo,
        set: &Typography<'_>,
        pictures: &Pictures<'_>,
        form: Form,
    ) -> Result<PhotoView> {
        let picture = &photo.picture;
        let (src, width, height) = match form {
            Form::Html => {
                let placed = pictures.place_within(&picture.media, THUMBNAIL)?;
                (placed.src, placed.width, placed.height)
            }
            Form::Text => (String::new(), 0, 0),
        };
        Ok(PhotoView {
            src,
            width,
            height,
            alt: set.text(&picture.alt),
            caption: set.maybe(picture.caption.as_ref()),
            credit: set.maybe(picture.credit.as_ref()),
            full: photo.full.as_ref().and_then(|media| self.full(media)),
        })
    }
}
