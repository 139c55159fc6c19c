//! An issue's slug -> [`Build`]: each edition as a web page with its pictures, a plain text, and a message as one
//! subscriber would get it.
//!
//! Pages and texts are for everyone: their merge fields show the fallback, never a subscriber's own data. Everything
//! is rendered before the first file is written, and written whole or not at all.

use std::path::{Path, PathBuf};

use crate::audience::{Columns, Listing as _, Row, Subscriber};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::issue::Issue;
use crate::language::Language;
use crate::message::Stamper;
use crate::output;
use crate::project::Project;
use crate::render::{Placed, Placing, Proof, Renderer};
use crate::subscribers;

/// The folder of an edition's pictures, beside its page.
const IMAGES: &str = "images";

/// Names the send in a sample's Message-ID, which no real send bears.
const SAMPLE: &str = "sample";

/// An issue, built: the files of every edition, and what was worth knowing.
#[derive(Debug)]
pub struct Build {
    /// Each file's place within the output folder, and its content.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// What stands against nothing.
    pub warnings: Vec<Diagnostic>,
}

impl Build {
    /// Opens, checks and renders an issue in every language. What stands against sending it stands against this.
    pub fn of(project: &Project, slug: &str) -> Result<Self> {
        let (columns, about_list) = subscribers::columns(project)?;
        if about_list.iter().any(Diagnostic::is_error) {
            return Err(Error::Input(about_list));
        }
        let proof = Proof::pull(project, slug, &columns.0, &Placing::in_messages(project))?;
        let (issue, mails, mut warnings) = proof.passed()?;
        warnings.extend(about_list);
        let readers = sample_readers(project, &issue, &columns)?;
        let renderer = Renderer::new(project, &columns.0)?;
        let mut files = Vec::new();
        for (mail, reader) in mails.iter().zip(&readers) {
            let folder = PathBuf::from(mail.language.as_str());
            let page = renderer.web(&issue, &mail.language, Placing::Folder(IMAGES))?;
            files.push((folder.join("newsletter.html"), page.html.into_bytes()));
            files.push((folder.join("newsletter.txt"), mail.text.for_everyone(str::to_owned).into_bytes()));
            let message = Stamper::sample(project, slug, mail, &columns, SAMPLE)?.stamp(reader);
            files.push((folder.join("newsletter.eml"), message.bytes));
            pictures(&page.pictures, &folder.join(IMAGES), &mut files);
        }
        Ok(Self { files, warnings })
    }

    /// Writes the files into a folder, all or none.
    pub fn write(&self, folder: &Path) -> Result<()> {
        output::write_all(folder, &self.files)
    }
}

fn pictures(pictures: &[Placed], folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    files.extend(pictures.iter().map(|placed| (folder.join(&placed.name), placed.content.to_vec())));
}

/// For each edition its first reader on the list; somebody invented where it has none.
fn sample_readers(project: &Project, issue: &Issue, columns: &Columns) -> Result<Vec<Subscriber>> {
    let mut readers: Vec<Option<Subscriber>> = vec![None; issue.languages.len()];
    if let Some(mut list) = subscribers::readable(project)? {
        while readers.iter().any(Option::is_none)
            && let Some(row) = list.next_row()?
        {
            let Row::Subscriber(subscriber) = row else { continue };
            let language = issue.language_for(subscriber.language.as_ref());
            let edition = issue.languages.iter().position(|own| own == language).map(|at| &mut readers[at]);
            edition.map(|reader| reader.get_or_insert(subscriber));
        }
    }
    let invented = |language: &Language| Subscriber::invented(columns, language);
    Ok(readers
        .into_iter()
        .zip(&issue.languages)
        .map(|(reader, lang)| reader.unwrap_or_else(|| invented(lang)))
        .collect())
}
