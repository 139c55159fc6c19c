//! What lies beside a press release's page: photos for print and documents, as the page leads to them.

use serde::Serialize;

use super::context::DocumentView;
use super::engine::Form;
use super::locale::Locale;
use super::picture;
use super::pictures::Pictures;
use super::release::Dress;
use crate::error::Result;
use crate::issue::{Attachment, Media, Photo, Snippet};
use crate::language::Language;
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
    pub(super) fn photo(&self, photo: &Photo, pictures: &Pictures<'_>, form: Form) -> Result<PhotoView> {
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
            alt: picture.alt.clone(),
            caption: picture.caption.clone(),
            credit: picture.credit.clone(),
            full: photo.full.as_ref().and_then(|media| self.full(media)),
        })
    }
}

/// Each document in the officer's order: those with an address as the newsletter has them, those of the folder where
/// the page can lead to them.
pub(super) fn documents(
    release: &Snippet,
    locale: &Locale,
    dress: &Dress,
    linked: Vec<DocumentView>,
) -> Vec<DocumentView> {
    let mut linked = linked.into_iter();
    let own = |lang: &Language| lang.primary() == release.lang.primary();
    let view = |document: &crate::issue::Document, file: &Attachment| {
        let prefix = dress.files.as_ref()?;
        Some(DocumentView {
            title: document.title.clone(),
            url: format!("{prefix}documents/{}", segment(&file.name)),
            lang: document.lang.clone(),
            lang_name: document.lang.as_ref().filter(|lang| !own(lang)).map(|lang| locale.language_name(lang)),
            kind: document.kind.clone().or_else(|| file.kind()),
            size: document.size.clone().or_else(|| Some(locale.size(file.bytes))),
            note: document.note.clone(),
        })
    };
    let pairs = release.front.documents.iter().zip(&release.press.documents);
    pairs
        .filter_map(|(document, file)| match file {
            _ if !document.url.is_empty() => linked.next(),
            Some(file) => view(document, file),
            None => None,
        })
        .collect()
}

/// A file's name within an address (RFC 3986, section 3.3).
pub fn segment(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
