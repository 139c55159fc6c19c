//! A proof: an issue opened, checked and rendered in every language, with everything that was found wrong.
//!
//! What `check` prints, `build` writes, `preview` shows and `send` sends all come from here, so that they agree.

use super::{Placing, Renderer, Rendering};
use crate::check::{self, Allowances, Shown};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result};
use crate::issue::Issue;
use crate::language::Language;
use crate::project::Project;

/// An issue as it would go out.
#[derive(Debug)]
pub struct Proof {
    /// The issue, where it could be opened.
    pub issue: Option<Issue>,
    /// Its editions, where they could be rendered.
    pub renderings: Vec<Rendering>,
    /// What was found and is not allowed, errors first.
    pub diagnostics: Vec<Diagnostic>,
    allowances: Allowances,
}

impl Proof {
    /// Opens, checks and renders an issue. `fields` are the merge fields there are. An error here is one of the
    /// machine or of the request (no such issue); what is wrong in the issue are the proof's diagnostics.
    pub fn pull(project: &Project, slug: &str, fields: &[String], placing: &Placing) -> Result<Self> {
        let allowances = Allowances::of(project, None);
        let mut proof = Self { issue: None, renderings: Vec::new(), diagnostics: Vec::new(), allowances };
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
        for language in &issue.languages {
            match renderer.edition(&issue, language, placing.clone()) {
                Ok(rendering) => {
                    let shown = Shown { language: &rendering.language, html: &rendering.html };
                    let files = rendering.pictures.iter().map(|placed| (project.shown(&placed.path), &placed.content));
                    let files: Vec<_> = files.collect();
                    let pictures = files.iter().map(|(path, content)| (path.as_path(), content.len()));
                    let found = check::rendering(shown, pictures);
                    // a picture that serves several editions is told once
                    let new: Vec<_> = found.into_iter().filter(|found| !proof.diagnostics.contains(found)).collect();
                    proof.diagnostics.extend(new);
                    proof.renderings.push(rendering);
                }
                Err(Error::Input(found)) => {
                    proof.diagnostics.extend(
                        found.into_iter().filter(|found| !proof.diagnostics.contains(found)).collect::<Vec<_>>(),
                    );
                }
                Err(error) => return Err(error),
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
