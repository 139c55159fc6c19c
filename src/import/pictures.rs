//! A picture's address -> its file's name in the folder, fetched once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::fetch::Fetcher;
use crate::scaffold::Slug;

/// The largest picture that is fetched, in bytes.
const LARGEST: u64 = 20 * 1024 * 1024;

/// The most pictures of one feed.
const MOST: usize = 2_000;

/// The most bytes of all pictures together.
const MOST_BYTES: usize = 512 * 1024 * 1024;

/// The pictures of an import.
pub(super) struct Album<'a> {
    fetcher: &'a Fetcher,
    folder: PathBuf,
    /// By address: the file's name, or why there is none.
    known: BTreeMap<String, Result<String, String>>,
    files: BTreeMap<String, Vec<u8>>,
    bytes: usize,
}

impl<'a> Album<'a> {
    /// An album whose pictures will lie in a folder.
    pub(super) fn new(fetcher: &'a Fetcher, folder: PathBuf) -> Self {
        Self { fetcher, folder, known: BTreeMap::new(), files: BTreeMap::new(), bytes: 0 }
    }

    /// Takes a picture in; its file's name, or why it could not be had.
    pub(super) fn add(&mut self, address: &str) -> Result<String, String> {
        if let Some(known) = self.known.get(address) {
            return known.clone();
        }
        let added = self.fetch(address);
        self.known.insert(address.to_owned(), added.clone());
        added
    }

    fn fetch(&mut self, address: &str) -> Result<String, String> {
        if !(address.starts_with("https://") || address.starts_with("http://")) {
            return Err("it has no web address".to_owned());
        }
        if self.known.len() >= MOST || self.bytes >= MOST_BYTES {
            return Err("there were too many".to_owned());
        }
        let bytes = self.fetcher.get(address, LARGEST).map_err(|error| error.to_string())?;
        let ending = match imagesize::image_type(&bytes) {
            Ok(imagesize::ImageType::Png) => "png",
            Ok(imagesize::ImageType::Jpeg) => "jpg",
            Ok(imagesize::ImageType::Gif) => "gif",
            Ok(imagesize::ImageType::Webp) => "webp",
            _ => return Err("it is no PNG, JPEG, GIF or WebP file".to_owned()),
        };
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let last = path.rsplit('/').next().unwrap_or_default();
        let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
        let stem = Slug::of_title(stem).map_or_else(|| "picture".to_owned(), |slug| slug.to_string());
        let mut name = format!("{stem}.{ending}");
        let mut number = 2;
        loop {
            let same = match (self.files.get(&name), std::fs::read(self.folder.join(&name))) {
                (Some(there), _) => *there == bytes,
                // it is there from an earlier import, and stays as it is
                (None, Ok(there)) if there == bytes => return Ok(name),
                (None, Ok(_)) => false,
                (None, Err(_)) => break,
            };
            if same {
                return Ok(name);
            }
            name = format!("{stem}-{number}.{ending}");
            number += 1;
        }
        self.bytes += bytes.len();
        self.files.insert(name.clone(), bytes);
        Ok(name)
    }

    /// The files that were fetched.
    pub(super) fn files(self) -> Vec<(PathBuf, Vec<u8>)> {
        self.files.into_iter().map(|(name, bytes)| (PathBuf::from(name), bytes)).collect()
    }
}
