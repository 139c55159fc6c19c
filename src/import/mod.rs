//! A feed or a WordPress export -> [`Import`]: snippets and their pictures, to be written into an issue.
//!
//! RSS, Atom and WXR. HTML becomes Markdown, pictures are fetched into the issue's folder, and what could not be
//! carried over is listed. Nothing is overwritten, nothing is written where the feed cannot be read.

mod feed;
mod fetch;
mod line;
mod mark;
mod markdown;
mod pictures;
mod writer;
mod xml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::feed::{Feed, Item};
use self::fetch::Fetcher;
use self::markdown::Converted;
use self::pictures::Album;
use crate::clock;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result, Trouble};
use crate::issue;
use crate::language::Language;
use crate::output;
use crate::project::Project;
use crate::rule;
use crate::scaffold::Slug;

/// The largest file that is read as a feed: a blog's export has every post in it.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The most posts of one feed.
const MOST: usize = 10_000;

/// What a feed came to, not yet written.
#[derive(Debug)]
pub struct Import {
    /// The issue's folder, seen from the project's.
    pub folder: PathBuf,
    /// Each new file's place within that folder, and its content.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// What could not be carried over, a line each.
    pub left: Vec<String>,
}

impl Import {
    /// Reads a feed from a file or the web, and makes snippets of its posts for an issue, which need not be there yet.
    pub fn of(project: &Project, source: &str, slug: &Slug) -> Result<Self> {
        let (bytes, address, fetcher) = open(source)?;
        let text = xml::decode(bytes);
        let feed = feed::read(&text, Path::new(source))?;
        if feed.items.is_empty() {
            return Err(Error::Refused(
                Trouble::new(format!("`{source}` has no posts")).hint("name a feed (RSS, Atom) or a WordPress export"),
            ));
        }
        let folder = PathBuf::from("issues").join(slug.as_str());
        let mut desk = Desk {
            project,
            folder: project.root.join(&folder),
            album: Album::new(&fetcher, project.root.join(&folder)),
            taken: BTreeMap::new(),
            files: Vec::new(),
            left: Vec::new(),
        };
        for item in feed.items.iter().take(MOST) {
            desk.take(&feed, item, address.as_deref());
        }
        if feed.items.len() > MOST {
            desk.left.push(format!("{} posts after the first {MOST}", feed.items.len() - MOST));
        }
        desk.left.extend(feed.left.iter().cloned());
        if !desk.folder.join(issue::FILE).exists() && !desk.files.is_empty() {
            desk.files.push((issue::FILE.into(), manifest(&feed, project, slug).into_bytes()));
        }
        let pictures = desk.album.files();
        let mut files = desk.files;
        files.extend(pictures);
        Ok(Self { folder, files, left: desk.left })
    }

    /// Writes the files, all or none. They are new: what is there already was left out of them.
    pub fn write(&self, project: &Project) -> Result<()> {
        output::write_all(&project.root.join(&self.folder), &self.files)
    }
}

/// The feed's bytes, its address where it has one, and who fetches its pictures.
fn open(source: &str) -> Result<(Vec<u8>, Option<String>, Fetcher)> {
    if source.starts_with("https://") || source.starts_with("http://") {
        let fetcher = Fetcher::for_feed(source)?;
        let bytes = fetcher.get(source, LARGEST).map_err(|error| {
            Error::Refused(
                Trouble::new(format!("`{source}` cannot be fetched"))
                    .because(error)
                    .hint("open it in a browser; a file that you saved from there will do too"),
            )
        })?;
        return Ok((bytes, Some(source.to_owned()), fetcher));
    }
    let path = Path::new(source);
    let size = std::fs::metadata(path).map_err(Error::file("read", path))?.len();
    if size > LARGEST {
        return Err(Diagnostic::of(&rule::FEED_LARGE, format!("the feed is too large: {} MB", size / 1_000_000))
            .hint(format!("export fewer posts at once: {} MB is the most", LARGEST / 1024 / 1024))
            .into());
    }
    Ok((std::fs::read(path).map_err(Error::file("read", path))?, None, Fetcher::for_file()))
}

/// What is being made.
struct Desk<'d> {
    project: &'d Project,
    folder: PathBuf,
    album: Album<'d>,
    taken: BTreeMap<String, usize>,
    files: Vec<(PathBuf, Vec<u8>)>,
    left: Vec<String>,
}

impl Desk<'_> {
    fn take(&mut self, feed: &Feed, item: &Item, address: Option<&str>) {
        let title = item.title.trim();
        let title = if title.is_empty() { "Untitled" } else { title };
        let shown = format!("“{title}”");
        let name = self.name(item, title);
        let file = format!("{name}.md");
        if self.folder.join(&file).exists() {
            self.left.push(format!("{shown}: `{file}` is there already"));
            return;
        }
        let base = item.link.as_deref().or(feed.link.as_deref()).or(address);
        let Converted { markdown, images, left } = markdown::convert(&item.html, base, item.loose);
        self.left.extend(left.into_iter().map(|what| format!("{shown}: {what}")));
        let pictures = images.iter().map(|image| match self.album.add(&image.url) {
            Ok(picture) => format!("![{}]({picture})", image.alt),
            Err(reason) => {
                self.left.push(format!("{shown}: the picture `{}`: {reason}", image.url));
                String::new()
            }
        });
        let text = markdown::with_pictures(&markdown, &pictures.collect::<Vec<_>>());
        let above = item.image.as_ref().and_then(|url| match self.album.add(url) {
            Ok(picture) => Some(picture),
            Err(reason) => {
                self.left.push(format!("{shown}: the picture `{url}`: {reason}"));
                None
            }
        });
        if item.is_draft {
            self.left.push(format!("{shown}: that it was a draft (look at it before you use it)"));
        }
        let text = format!("{}{}", front_matter(self.project, feed, item, title, above.as_deref()), tidy(&text));
        self.files.push((file.into(), text.into_bytes()));
    }

    /// A name that no other post has: the day and the title.
    fn name(&mut self, item: &Item, title: &str) -> String {
        let title = Slug::of_title(title).map_or_else(|| "post".to_owned(), |slug| slug.to_string());
        let title: String = title.chars().take(48).collect();
        let title = title.trim_end_matches('-');
        let name = item.date.map_or_else(|| title.to_owned(), |day| format!("{day}-{title}"));
        let count = self.taken.entry(name.clone()).or_default();
        *count += 1;
        let mut unique = if *count == 1 { name.clone() } else { format!("{name}-{count}") };
        // a title may end in a number itself
        while unique != name && self.taken.contains_key(&unique) {
            unique.push_str("-2");
        }
        if unique != name {
            self.taken.insert(unique.clone(), 1);
        }
        unique
    }
}

/// The project's own tag for a language, where it has one.
fn own_tag<'l>(project: &'l Project, language: &'l Language) -> &'l Language {
    let config = &project.config;
    let served = config.serve.iter().flat_map(|serve| &serve.languages);
    let mut own = std::iter::once(&config.languages.default).chain(served);
    own.find(|own| own.primary() == language.primary()).unwrap_or(language)
}

fn front_matter(project: &Project, feed: &Feed, item: &Item, title: &str, image: Option<&str>) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut out = format!("+++\ntitle = {}\n", quoted(title));
    if let Some(language) = item.language.as_ref().or(feed.language.as_ref()) {
        out.push_str(&format!("lang = {}\n", quoted(own_tag(project, language).as_str())));
    }
    if let Some(day) = item.date {
        out.push_str(&format!("date = {day}\n"));
    }
    if !item.categories.is_empty() {
        let categories: Vec<String> = item.categories.iter().map(|category| quoted(category)).collect();
        out.push_str(&format!("categories = [{}]\n", categories.join(", ")));
    }
    if let Some(image) = image {
        out.push_str(&format!("image = {{ file = {}, alt = \"\" }}\n", quoted(image)));
    }
    if let Some(link) = &item.link {
        let link: String = link.chars().filter(|c| !c.is_control()).collect();
        out.push_str(&format!("# from {link}\n"));
    }
    out.push_str("+++\n");
    out
}

fn manifest(feed: &Feed, project: &Project, slug: &Slug) -> String {
    let subject = if feed.title.trim().is_empty() { slug.as_str() } else { feed.title.trim() };
    let subject = toml::Value::String(subject.replace(['\r', '\n'], " ").replace("{{", "{ {")).to_string();
    let language = feed.language.as_ref().map_or(&project.config.languages.default, |own| own_tag(project, own));
    format!("subject = {subject}\ndate = {}\nlanguages = [\"{language}\"]\n", clock::now().date())
}

/// No more than one empty line in a row but in blocks of code, and a line's end at the end.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut empty = true;
    let mut fence = None;
    for line in text.lines() {
        let bare = line.trim_start_matches([' ', '>', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        match fence {
            None if bare.starts_with("```") => fence = Some(bare),
            Some(open) if bare == open => fence = None,
            Some(_) => {
                out.push_str(line);
                out.push('\n');
                continue;
            }
            None => {}
        }
        let blank = line.trim().is_empty();
        if !(blank && empty) {
            out.push_str(if blank { "" } else { line.trim_end_matches([' ', '\t']) });
            out.push('\n');
        }
        empty = blank;
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}
