//! A name -> [`Release`]: a press release of an issue, in every language in which it is there.

use crate::diagnostic::nearest;
use crate::error::{Error, Result, Trouble};
use crate::issue::{self, Issue, Kind, Snippet};
use crate::project::Project;

/// A press release, found.
#[derive(Debug)]
pub struct Release {
    /// The issue that it is a part of.
    pub issue: Issue,
    /// Its snippet's name.
    pub name: String,
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
        versions(&self.issue, &self.name)
    }
}

/// The texts of an issue's press release, one a language.
pub fn versions<'i>(issue: &'i Issue, name: &str) -> Vec<&'i Snippet> {
    let own = |snippet: &&Snippet| snippet.name == name && snippet.front.kind == Kind::PressRelease;
    let all: Vec<&Snippet> = issue.all_snippets().filter(own).collect();
    let replaced =
        |general: &Snippet| !general.only && all.iter().any(|other| other.only && other.lang == general.lang);
    all.iter().copied().filter(|snippet| !replaced(snippet)).collect()
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
