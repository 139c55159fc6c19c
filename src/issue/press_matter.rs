//! What a press release has beside its text: photos for print, documents of the folder, notes for editors.
//!
//! Front matter + folder -> [`PressMatter`]. What is wrong is said where it stands.

use std::path::Path;

use super::attachment::Attachment;
use super::front_matter::{FrontMatter, Image};
use super::markdown::Document;
use super::media::Media;
use super::parse::parse;
use super::snippet::Illustration;
use crate::diagnostic::Diagnostic;
use crate::rule;
use crate::source::{Source, Step, Values};

/// A picture that journalists may take, and the same as large as there is.
#[derive(Debug, Clone)]
pub struct Photo {
    /// As it is shown.
    pub picture: Illustration,
    /// As it is printed.
    pub full: Option<Media>,
}

/// What a press release has beside its text.
#[derive(Debug, Clone, Default)]
pub struct PressMatter {
    /// The picture above the text where it is there for print too, and those that are only there for that.
    pub photos: Vec<Photo>,
    /// One for each document of the front matter: the file, where it lies in the folder.
    pub documents: Vec<Option<Attachment>>,
    /// What editors should know.
    pub notes: Option<Document>,
    /// Whether the notes stand in the file line by line, so that their places are the file's.
    pub notes_in_lines: bool,
}

impl PressMatter {
    /// Looks for everything that the front matter names. `start` is where the source's text begins.
    pub(super) fn find(
        front: &FrontMatter,
        (source, start): (&Source, usize),
        folder: &Path,
        found: &mut Vec<Diagnostic>,
    ) -> Self {
        let values = source.values(FrontMatter::bytes(source, start));
        let above = front.image.iter().filter(|image| image.full.is_some());
        let photos = above.chain(&front.photos).filter_map(|image| photo(image, &values, folder, found)).collect();
        let documents = documents(front, &values, folder, found);
        let mut own = Self { photos, documents, ..Self::default() };
        if let Some(notes) = &front.notes_for_editors {
            let before = found.len();
            let (of_notes, at) = Self::source_of_notes(notes, source, start);
            own.notes_in_lines = at.is_some_and(|at| source.text[..at].ends_with('\n'));
            own.notes = Some(parse(&of_notes, at.unwrap_or(0), folder, found));
            if !own.notes_in_lines {
                // the places are those of the notes by themselves, which nobody could find
                let place = source.place_of_key("notes_for_editors");
                found[before..].iter_mut().for_each(|diagnostic| diagnostic.place = Some(place.clone()));
            }
        }
        own
    }

    /// The source in which the notes for editors stand, and where they begin in it: the snippet's own up to their end,
    /// or where they are written in other letters than they are read in, one of nothing but them.
    pub(super) fn source_of_notes(notes: &str, source: &Source, start: usize) -> (Source, Option<usize>) {
        let at = source.values(FrontMatter::bytes(source, start)).letters(&[Step::Key("notes_for_editors")]);
        let text = at.and_then(|at| source.text.get(..at + notes.len()));
        (Source::new(&source.path, text.unwrap_or(notes)), at)
    }
}

fn photo(image: &Image, values: &Values<'_>, folder: &Path, found: &mut Vec<Diagnostic>) -> Option<Photo> {
    let mut media = |file: &str| match Media::find(folder, file) {
        Ok(media) => Some(media),
        Err(diagnostic) => {
            found.push(diagnostic.at(values.place_of_text(file)));
            None
        }
    };
    let full = match &image.full {
        Some(file) => Some(media(file)?),
        None => None,
    };
    let (alt, caption, credit) = (image.alt.clone(), image.caption.clone(), image.credit.clone());
    Some(Photo { picture: Illustration { media: media(&image.file)?, alt, caption, credit }, full })
}

fn documents(
    front: &FrontMatter,
    values: &Values<'_>,
    folder: &Path,
    found: &mut Vec<Diagnostic>,
) -> Vec<Option<Attachment>> {
    let mut names: Vec<String> = Vec::new();
    let mut find = |file: &String| match Attachment::find(folder, file) {
        Ok(attachment) if names.contains(&attachment.name) => {
            found.push(
                Diagnostic::of(
                    &rule::DOCUMENT_TWICE,
                    format!("two documents have the file name `{}`", attachment.name),
                )
                .at(values.place_of_text(file))
                .hint("give each file its own name: they lie side by side in the press kit"),
            );
            None
        }
        Ok(attachment) => {
            names.push(attachment.name.clone());
            Some(attachment)
        }
        Err(diagnostic) => {
            found.push(diagnostic.at(values.place_of_text(file)));
            None
        }
    };
    front.documents.iter().map(|document| document.file.as_ref().and_then(&mut find)).collect()
}
