//! Press releases for journalists: a name -> [`Release`] -> its pages, one HTML and one text file a language.
//!
//! A press release is a snippet of an issue; in a newsletter it is a teaser, here it is a page of its own with
//! contacts and boilerplate, its pictures within it.

use std::path::{Path, PathBuf};

use crate::audience;
use crate::check::{self, Allowances};
use crate::diagnostic::{Diagnostic, nearest};
use crate::error::{Error, Result, Trouble};
use crate::issue::markdown::{Inline, walk};
use crate::issue::{self, Issue, Kind, Snippet};
use crate::output;
use crate::project::Project;
use crate::render::Renderer;
use crate::rule;

/// A press release, found.
#[derive(Debug)]
pub struct Release {
    /// The issue that it is a part of.
    pub issue: Issue,
    /// Its snippet's name.
    pub name: String,
}

/// A press release's pages, and what was worth knowing.
#[derive(Debug)]
pub struct Export {
    /// Each file's name within the output folder, and its content.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// What stands against nothing.
    pub warnings: Vec<Diagnostic>,
}

impl Release {
    /// Finds a press release: by `ISSUE/NAME`, by the slug of an issue that has but one, or by its name alone.
    pub fn find(project: &Project, wanted: &str) -> Result<Self> {
        if let Some((slug, name)) = wanted.split_once('/') {
            return Self::in_issue(Issue::open(project, slug)?, name);
        }
        if issue::folder(project, wanted).is_ok() {
            return Self::only_one(Issue::open(project, wanted)?);
        }
        Self::by_name(project, wanted)
    }

    fn in_issue(issue: Issue, name: &str) -> Result<Self> {
        let names = names(&issue);
        if names.iter().any(|known| known == name) {
            return Ok(Self { issue, name: name.to_owned() });
        }
        let slug = &issue.slug;
        let trouble = Trouble::new(format!("the issue `{slug}` has no press release `{name}`"));
        let known = names.iter().map(String::as_str);
        Err(Error::Refused(match (issue.all_snippets().find(|snippet| snippet.name == name), nearest(name, known)) {
            (Some(snippet), _) => trouble.hint(format!(
                "its kind is `{}`: set `kind = \"press-release\"` in `{}`",
                snippet.front.kind.name(),
                snippet.path().display()
            )),
            (None, Some(near)) => trouble.hint(format!("did you mean `{slug}/{near}`?")),
            (None, None) => trouble.hint(make_one(slug)),
        }))
    }

    fn only_one(issue: Issue) -> Result<Self> {
        let names = names(&issue);
        let slug = &issue.slug;
        match names.as_slice() {
            [name] => Ok(Self { name: name.clone(), issue }),
            [] => Err(Error::Refused(
                Trouble::new(format!("the issue `{slug}` has no press release")).hint(make_one(slug)),
            )),
            several => {
                let trouble = Trouble::new(format!("the issue `{slug}` has {} press releases", several.len()));
                Err(Error::Refused(
                    several.iter().fold(trouble, |t, name| t.hint(format!("`envoi export {slug}/{name}`"))),
                ))
            }
        }
    }

    fn by_name(project: &Project, wanted: &str) -> Result<Self> {
        let (mut found, mut known, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        for slug in issue::slugs(project)? {
            match Issue::open(project, &slug) {
                Ok(issue) => {
                    let names = names(&issue);
                    known.extend(names.iter().cloned());
                    if names.len() == 1 {
                        known.push(slug);
                    }
                    if names.iter().any(|name| name == wanted) {
                        found.push(issue);
                    }
                }
                Err(Error::Input(_)) => unread.push(slug),
                Err(other) => return Err(other),
            }
        }
        if found.len() > 1 {
            let trouble = Trouble::new(format!("{} issues have a press release `{wanted}`", found.len()));
            let name =
                |trouble: Trouble, issue: &Issue| trouble.hint(format!("`envoi export {}/{wanted}`", issue.slug));
            return Err(Error::Refused(found.iter().fold(trouble, name)));
        }
        if let Some(issue) = found.pop() {
            return Ok(Self { issue, name: wanted.to_owned() });
        }
        let trouble = Trouble::new(format!("there is no press release `{wanted}`"));
        let trouble = match nearest(wanted, known.iter().map(String::as_str)) {
            Some(near) => trouble.hint(format!("did you mean `{near}`?")),
            None if unread.is_empty() => trouble.hint("`envoi new press-release SLUG` makes one"),
            None => trouble,
        };
        let see = |trouble: Trouble, slug: &String| {
            trouble.hint(format!("`{slug}` cannot be read: see `envoi check {slug}`"))
        };
        Err(Error::Refused(unread.iter().fold(trouble, see)))
    }

    /// Its texts, one a language: the file for that language, else the one for all.
    pub fn versions(&self) -> Vec<&Snippet> {
        let own = |snippet: &&Snippet| snippet.name == self.name && snippet.front.kind == Kind::PressRelease;
        let all: Vec<&Snippet> = self.issue.all_snippets().filter(own).collect();
        let replaced =
            |general: &Snippet| !general.only && all.iter().any(|other| other.only && other.lang == general.lang);
        all.iter().copied().filter(|snippet| !replaced(snippet)).collect()
    }

    /// Renders its pages: `NAME.LANG.html` and `NAME.LANG.txt` for each language.
    pub fn export(&self, project: &Project) -> Result<Export> {
        let (columns, _) = audience::columns(project)?;
        let versions = self.versions();
        let found = versions.iter().flat_map(|snippet| check::snippet(snippet, &columns.0));
        let (errors, warnings): (Vec<_>, Vec<_>) = found.partition(Diagnostic::is_error);
        if !errors.is_empty() {
            return Err(Error::Input(errors));
        }
        let for_nobody = versions.iter().filter_map(|snippet| for_nobody(snippet));
        let warnings =
            Allowances::of(project, Some(&self.issue)).sift(warnings.into_iter().chain(for_nobody).collect());
        let renderer = Renderer::new(project, &columns.0)?;
        let mut files = Vec::new();
        for snippet in versions {
            let page = renderer.release(&self.issue, snippet)?;
            let file = |ending| PathBuf::from(format!("{}.{}.{ending}", self.name, snippet.lang));
            files.push((file("html"), page.html.into_bytes()));
            files.push((file("txt"), page.text.into_bytes()));
        }
        Ok(Export { files, warnings })
    }
}

impl Export {
    /// Writes the pages into a folder, all or none.
    pub fn write(&self, folder: &Path) -> Result<()> {
        output::write_all(folder, &self.files)
    }
}

/// The names of an issue's press releases.
fn names(issue: &Issue) -> Vec<String> {
    let releases = issue.all_snippets().filter(|snippet| snippet.front.kind == Kind::PressRelease);
    let mut names: Vec<String> = releases.map(|snippet| snippet.name.clone()).collect();
    names.dedup();
    names
}

fn make_one(slug: &str) -> String {
    format!("make one with `envoi new snippet {slug} NAME --kind press-release`")
}

/// A page is read by everyone: it has no subscriber whose name could stand in it.
fn for_nobody(snippet: &Snippet) -> Option<Diagnostic> {
    let mut field = None;
    walk(&snippet.body, &mut |inline| {
        if let Inline::Field(found) = inline {
            field.get_or_insert(found);
        }
    });
    field.map(|field| {
        Diagnostic::of(
            &rule::FIELD_FOR_NOBODY,
            format!("a press page has no subscriber for `{{{{ {} }}}}`", field.name),
        )
        .at(snippet.place_of_text(&field.name))
        .hint("write words that suit every reader; the page shows the fallback, or the field's name")
    })
}
