//! What lies beside a release's page: its photos as large as there are, and its documents. Release -> [`Material`].

use std::path::{Path, PathBuf};

use crate::error::{Error, Result, Trouble};
use crate::issue::{Attachment, Media, Snippet};
use crate::project::Project;
use crate::render::{full_resolution, photo_name};

/// A file that a release's page leads to.
#[derive(Debug)]
pub struct Material<'s> {
    /// Its place: `photos/ferry.jpg`, `documents/kit.pdf`.
    pub name: PathBuf,
    source: Source<'s>,
}

#[derive(Debug)]
enum Source<'s> {
    Photo(&'s Media),
    Document(&'s Attachment),
}

/// The photos and documents of a release in one language.
pub fn material(release: &Snippet) -> Vec<Material<'_>> {
    let photos = release.press.photos.iter().filter_map(|photo| photo.full.as_ref());
    let photos = photos.map(|media| (Path::new("photos").join(photo_name(media)), Source::Photo(media)));
    let documents = release.press.documents.iter().flatten();
    let documents = documents.map(|file| (Path::new("documents").join(&file.name), Source::Document(file)));
    photos.chain(documents).map(|(name, source)| Material { name, source }).collect()
}

impl Material<'_> {
    /// Its bytes; a photo's without what the camera wrote into it.
    pub fn read(&self, project: &Project) -> Result<Vec<u8>> {
        match self.source {
            Source::Photo(media) => full_resolution(project, media),
            Source::Document(file) => file.read(),
        }
    }

    /// The finding that another file of the release, in another language, would lie in its place.
    pub(super) fn is_another(&self) -> Error {
        Error::Refused(
            Trouble::new(format!("two different files of the press release would be `{}`", self.name.display()))
                .hint("rename one of them: they lie side by side"),
        )
    }

    /// Its media type.
    pub fn mime(&self) -> &'static str {
        match self.source {
            Source::Photo(media) => media.mime,
            Source::Document(file) => file.mime(),
        }
    }
}
