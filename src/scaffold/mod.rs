//! Something to begin with: a name -> a [`Skeleton`], the files of a new project, issue, press release or snippet.
//!
//! The texts are the files beside this one, with `{words}` to be filled in; the templates of a new project are those
//! that are built in. A skeleton is only a plan until it is written, and it never overwrites anything.

mod slug;
mod words;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use jiff::ToSpan;

pub use slug::Slug;
pub use words::Slot;

use self::words::Words;
use crate::clock;
use crate::error::{Error, Result, Trouble};
use crate::issue::{self, Kind, Manifest};
use crate::language::Language;
use crate::output;
use crate::project::{self, Project, TEMPLATES};

/// What git leaves alone in a project: what envoi makes, and what must not be published.
const IGNORED: &str = "/ledger.db*\n/outbox/\n/out/\n/subscribers*.csv\n!/subscribers.example.csv\n*.xlsx\n";

/// The example issue of a new project.
const WELCOME: &[(&str, &str)] = &[
    ("issue.toml", include_str!("welcome/issue.toml")),
    ("hello.md", include_str!("welcome/hello.md")),
    ("evening.md", include_str!("welcome/evening.md")),
    ("guide.md", include_str!("welcome/guide.md")),
];

/// Files to be made.
#[derive(Debug, Clone)]
pub struct Skeleton {
    root: PathBuf,
    files: Vec<(PathBuf, Cow<'static, str>)>,
    /// What is still to be done by hand for the files to be used, each an edit.
    pub hints: Vec<String>,
}

/// What became of a skeleton's files, seen from its folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// New ones.
    pub new: Vec<PathBuf>,
    /// Those that were there already, and stay as they are.
    pub kept: Vec<PathBuf>,
}

impl Skeleton {
    /// A whole project in a folder: its file, the templates, a sample list and an example issue that can be sent.
    /// In a project that is there already, only what is missing of the templates; its texts are its own.
    pub fn project(folder: &Path) -> Self {
        let mut skeleton = Self::in_folder(folder);
        skeleton.add(".gitignore", IGNORED);
        skeleton.add(project::FILE, include_str!("envoi.toml"));
        if !folder.join(project::FILE).exists() {
            skeleton.add_example();
        }
        for (name, text) in TEMPLATES {
            skeleton.add(format!("templates/{name}"), *text);
        }
        skeleton
    }

    /// A newsletter issue with its first snippet, in the project's default language, dated today.
    pub fn issue(project: &Project, slug: &Slug) -> Self {
        let language = &project.config.languages.default;
        let words = Words::of(language);
        let mut skeleton = Self::manifest(project, slug, words.subject, "lead");
        let file = format!("issues/{slug}/lead.md");
        skeleton.add(file, snippet_text(project, Kind::Article, words.title, language));
        skeleton
    }

    /// An issue that is one press release.
    pub fn press_release(project: &Project, slug: &Slug) -> Self {
        let language = &project.config.languages.default;
        let title = slug.title();
        let mut skeleton = Self::manifest(project, slug, &title, slug.as_str());
        let file = format!("issues/{slug}/{slug}.md");
        skeleton.add(file, snippet_text(project, Kind::PressRelease, &title, language));
        skeleton
    }

    /// A snippet for an issue that is there; for one of its languages, or, where none is named, for all.
    pub fn snippet(
        project: &Project,
        issue: &str,
        name: &Slug,
        kind: Kind,
        language: Option<&Language>,
    ) -> Result<Self> {
        issue::folder(project, issue)?;
        let mut skeleton = Self::in_folder(&project.root);
        let file = match language {
            Some(language) => format!("issues/{issue}/{name}.{language}.md"),
            None => format!("issues/{issue}/{name}.md"),
        };
        let written_in = language.unwrap_or(&project.config.languages.default);
        skeleton.add(file, snippet_text(project, kind, &name.title(), written_in));
        // where issue.toml cannot be read there is nothing to say: `check` will say it
        if let Ok(manifest) = Manifest::read(project, issue) {
            skeleton.hints = left_out(project, &manifest, name, language);
        }
        Ok(skeleton)
    }

    /// Writes every file that is not there yet.
    pub fn write(&self) -> Result<Made> {
        let mut made = Made::default();
        for (file, text) in &self.files {
            let is_new = output::write_new(&self.root.join(file), text.as_bytes())?;
            if is_new { &mut made.new } else { &mut made.kept }.push(file.clone());
        }
        Ok(made)
    }

    /// Writes the files, or none where one of them is there already.
    pub fn write_new(&self) -> Result<Made> {
        match self.files.iter().find(|(file, _)| self.root.join(file).exists()) {
            None => self.write(),
            Some((file, _)) => Err(Error::Refused(
                Trouble::new(format!("`{}` is there already", file.display()))
                    .hint("edit it, or choose another name; nothing was written"),
            )),
        }
    }

    fn manifest(project: &Project, slug: &Slug, subject: &str, first: &str) -> Self {
        let language = &project.config.languages.default;
        let mut skeleton = Self::in_folder(&project.root);
        let values = [
            ("subject", subject),
            ("preheader", Words::of(language).preheader),
            ("today", &clock::now().date().to_string()),
            ("name", first),
            ("lang", language.as_str()),
            ("other", if language.primary() == "fr" { "nl" } else { "fr" }),
        ];
        skeleton.add(format!("issues/{slug}/{}", issue::FILE), fill(include_str!("issue.toml"), &values));
        skeleton
    }

    fn add_example(&mut self) {
        let today = clock::now().date();
        let later = today.checked_add(21.days()).unwrap_or(today);
        for (name, text) in WELCOME {
            let text = fill(text, &[("today", &today.to_string()), ("later", &later.to_string())]);
            self.add(format!("issues/welcome/{name}"), text);
        }
        self.add("subscribers.example.csv", include_str!("subscribers.example.csv"));
        self.add("templates/boilerplates/about.md", include_str!("about.md"));
    }

    fn in_folder(root: &Path) -> Self {
        Self { root: root.to_owned(), files: Vec::new(), hints: Vec::new() }
    }

    fn add(&mut self, file: impl Into<PathBuf>, text: impl Into<Cow<'static, str>>) {
        self.files.push((file.into(), text.into()));
    }
}

/// Whether a text is the one that a skeleton begins with there, in whatever language: it says what should stand there.
pub fn is_unwritten(slot: Slot, text: &str) -> bool {
    Words::hold(slot, text)
}

/// What in `issue.toml` would leave a new snippet out of the issue.
fn left_out(project: &Project, manifest: &Manifest, name: &Slug, language: Option<&Language>) -> Vec<String> {
    let mut hints = Vec::new();
    if manifest.snippets.as_ref().is_some_and(|order| !order.iter().any(|listed| listed == name.as_str())) {
        hints.push(format!("add \"{name}\" to `snippets` in issue.toml, which leaves out what it does not list"));
    }
    let is_default =
        |language: &Language| manifest.languages.is_empty() && *language == project.config.languages.default;
    if let Some(language) = language.filter(|language| !manifest.languages.contains(language) && !is_default(language))
    {
        hints.push(format!("add \"{language}\" to `languages` in issue.toml, which has no such edition yet"));
    }
    hints
}

/// A snippet's file.
fn snippet_text(project: &Project, kind: Kind, title: &str, language: &Language) -> String {
    let words = Words::of(language);
    let (template, text) = match kind {
        Kind::Article => (include_str!("article.md"), words.text),
        Kind::Event => (include_str!("event.md"), words.text),
        Kind::Publication => (include_str!("publication.md"), words.text),
        Kind::Quotation => (include_str!("quotation.md"), words.text),
        Kind::Links => (include_str!("links.md"), words.text),
        Kind::PressRelease => (include_str!("press-release.md"), words.release),
    };
    let sender = &project.config.sender;
    let desk = sender.reply_to.as_ref().unwrap_or(&sender.from);
    let contact = Some(desk.name.as_str()).filter(|name| !name.is_empty()).unwrap_or(desk.address.as_str());
    let now = clock::now();
    let filled = fill(
        template,
        &[
            ("title", title),
            ("text", text),
            ("subtitle", words.subtitle),
            ("place", words.place),
            ("contact", contact),
            ("email", desk.address.as_str()),
            ("today", &now.date().to_string()),
            ("embargo", &now.strftime("%Y-%m-%dT10:30:00%:z").to_string()),
        ],
    );
    filled.replace("{boilerplate}", &boilerplate(project, language))
}

/// The line that names the project's first boilerplate in a language; a comment where there is none.
fn boilerplate(project: &Project, language: &Language) -> String {
    let entries = std::fs::read_dir(project.templates().join("boilerplates")).into_iter().flatten().flatten();
    let ending = format!(".{language}");
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok()?.strip_suffix(".md").map(str::to_owned))
        .filter_map(|stem| stem.strip_suffix(&ending).map(str::to_owned).or((!stem.contains('.')).then_some(stem)))
        .collect();
    names.sort();
    match names.first() {
        Some(name) => format!("boilerplate = \"{name}\"         # templates/boilerplates/: about the organisation"),
        None => "# boilerplate = \"about\"       # templates/boilerplates/about.md: about the organisation".to_owned(),
    }
}

/// A text with its `{words}` filled in; what stands between double quotation marks stays there.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), &value.replace('\\', "\\\\").replace('"', "\\\""))
    })
}
