//! A proof: an issue opened, checked and rendered in every language, with everything that was found wrong.
//!
//! What `check` prints, `build` writes, `preview` shows and `send` sends all come from here, so that they agree.

use super::{Placing, Renderer, Rendering};
use crate::check::{self, Allowances, Shown};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::issue::{Issue, Readership, TAGS};
use crate::language::Language;
use crate::project::Project;
use crate::rule;

/// An issue as it would go out.
#[derive(Debug)]
pub struct Proof {
    /// The issue, where it could be opened.
    pub issue: Option<Issue>,
    /// Its editions, where they could be rendered, as those get them who are of no audience in particular.
    pub renderings: Vec<Rendering>,
    /// The same for those who are: one a language and readership.
    pub variants: Vec<Rendering>,
    /// What was found and is not allowed, errors first.
    pub diagnostics: Vec<Diagnostic>,
    allowances: Allowances,
}

impl Proof {
    /// Opens, checks and renders an issue. `fields` are the merge fields there are. An error here is one of the
    /// machine or of the request (no such issue); what is wrong in the issue are the proof's diagnostics.
    pub fn pull(project: &Project, slug: &str, fields: &[String], placing: &Placing) -> Result<Self> {
        let mut proof = Self {
            issue: None,
            renderings: Vec::new(),
            variants: Vec::new(),
            diagnostics: Vec::new(),
            allowances: Allowances::of(project, None),
        };
        let issue = match Issue::open(project, slug) {
            Ok(issue) => issue,
            Err(error) => return proof.fail(error),
        };
        proof.allowances = Allowances::of(project, Some(&issue));
        proof.diagnostics.extend(check::issue(project, &issue, fields));
        let renderer = match Renderer::new(project, fields) {
            Ok(renderer) => renderer,
            Err(error) => return proof.fail(error),
        };
        proof.diagnostics.extend(renderer.warnings());
        proof.diagnostics.extend(unseen(&issue, fields));
        for language in &issue.languages {
            for readership in issue.readerships(language) {
                match renderer.edition_for(&issue, language, &readership, placing.clone()) {
                    Ok(rendering) => proof.take(project, rendering),
                    Err(Error::Input(found)) => {
                        let new = found.into_iter().filter(|found| !proof.diagnostics.contains(found));
                        let new: Vec<_> = new.collect();
                        proof.diagnostics.extend(new);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        proof.issue = Some(issue);
        let found = std::mem::take(&mut proof.diagnostics);
        proof.add(found);
        let useless = proof.allowances.useless();
        proof.add(useless);
        Ok(proof)
    }

    /// Takes in what was found elsewhere, as far as it is not allowed here.
    pub fn add(&mut self, found: Vec<Diagnostic>) {
        self.diagnostics.extend(self.allowances.sift(found));
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.severity);
    }

    /// What `envoi.toml` allows and this issue makes no use of.
    pub fn idle_allowances(&self) -> Vec<Diagnostic> {
        self.allowances.idle_in_project()
    }

    /// The issue and its editions, where nothing stands against sending them.
    pub fn passed(self) -> Result<(Issue, Vec<Rendering>, Vec<Diagnostic>)> {
        let (errors, warnings): (Vec<_>, Vec<_>) = self.diagnostics.into_iter().partition(Diagnostic::is_error);
        match self.issue {
            Some(issue) if errors.is_empty() => Ok((issue, self.renderings, warnings)),
            _ => Err(Error::Input(errors)),
        }
    }

    /// The edition in a language.
    pub fn rendering(&self, language: &Language) -> Option<&Rendering> {
        self.renderings.iter().find(|rendering| rendering.language == *language)
    }

    fn take(&mut self, project: &Project, rendering: Rendering) {
        let shown = Shown { language: &rendering.language, html: &rendering.html };
        let files = rendering.pictures.iter().map(|placed| (project.shown(&placed.path), placed.content.len()));
        let files: Vec<_> = files.collect();
        let found = check::rendering(shown, files.iter().map(|(path, bytes)| (path.as_path(), *bytes)));
        // a picture that serves several editions is told once
        let new: Vec<_> = found.into_iter().filter(|found| !self.diagnostics.contains(found)).collect();
        self.diagnostics.extend(new);
        if rendering.readership.is_public() {
            self.renderings.push(rendering);
        } else {
            self.variants.push(rendering);
        }
    }

    fn fail(mut self, error: Error) -> Result<Self> {
        match error {
            Error::Input(found) => {
                self.add(found);
                Ok(self)
            }
            other => Err(other),
        }
    }
}

/// Audiences that nobody can be of, and editions in which some readers would find nothing.
fn unseen(issue: &Issue, fields: &[String]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let targeted = issue.all_snippets().find(|snippet| snippet.front.audience.is_some());
    if let Some(snippet) = targeted.filter(|_| !fields.iter().any(|field| field == TAGS)) {
        found.push(
            Diagnostic::of(&rule::NO_TAGS, format!("the list has no column `{TAGS}`: nobody gets this snippet"))
                .at(snippet.place_of("audience"))
                .hint(format!("add the column `{TAGS}` to the list, or take `audience` out")),
        );
    }
    for language in &issue.languages {
        let edition = issue.edition(language);
        let empty = |readership: &Readership| !edition.iter().any(|snippet| readership.sees(snippet));
        if !edition.is_empty() && issue.readerships(language).iter().any(empty) {
            found.push(
                Diagnostic::of(
                    &rule::EMPTY_LETTER,
                    format!("some readers of the `{language}` edition would get an empty letter"),
                )
                .at(edition[0].place_of("audience"))
                .hint("add a snippet without `audience`; to send to a part of the list alone, use `--where`"),
            );
        }
    }
    found
}
