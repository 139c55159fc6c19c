//! What the officer lets pass: `allow = ["W503"]` in `envoi.toml`, in an `issue.toml`, in a snippet's front matter.
//!
//! Findings -> the findings that are left. An error stops a send, whoever allows it. An allowance of nothing is told,
//! since it would hide the next slip; what only some commands look for (`--links`, the list) is never taken for
//! nothing.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::issue::Issue;
use crate::project::Project;
use crate::rule::{self, Rule, Severity};

/// What is not looked for every time.
const SOMETIMES: [&Rule; 14] = [
    &rule::LINK_GONE,
    &rule::LINK_MOVED,
    &rule::LINK_BROKEN,
    &rule::OFFLINE,
    &rule::EMPTY_FIELD,
    &rule::FIELD_FOR_NOBODY,
    &rule::NO_LIST,
    &rule::ADDRESS_TWICE,
    &rule::ODD_LANGUAGE,
    &rule::GARBLED,
    &rule::NEAR_DOMAIN,
    &rule::ROLE_ADDRESS,
    &rule::STAYS_OUT,
    &rule::LEFT_LIST,
];

/// What is allowed in one issue, and what was made use of.
#[derive(Debug, Clone, Default)]
pub struct Allowances {
    entries: Vec<Entry>,
    /// Words that allow nothing: no rule, or an error.
    wrong: Vec<Diagnostic>,
}

#[derive(Debug, Clone)]
struct Entry {
    rule: &'static Rule,
    reach: Scope,
    place: Place,
    used: bool,
}

/// Where something is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    Project,
    Issue,
    /// The snippet of this file.
    Snippet(PathBuf),
}

impl Allowances {
    /// What a project, an issue and its snippets allow; the project alone where the issue does not open.
    pub fn of(project: &Project, issue: Option<&Issue>) -> Self {
        let mut own = Self::default();
        for word in &project.config.check.allow {
            own.add(word, Scope::Project, project.place_of_item("allow", word));
        }
        let Some(issue) = issue else { return own };
        for word in &issue.manifest.allow {
            own.add(word, Scope::Issue, issue.source().place_of_item("allow", word));
        }
        for snippet in issue.all_snippets() {
            for word in &snippet.front.allow {
                let place = snippet.source().place_of_item("allow", word);
                own.add(word, Scope::Snippet(snippet.path().to_owned()), place);
            }
        }
        own
    }

    fn add(&mut self, word: &str, reach: Scope, place: Place) {
        match rule::find(word) {
            Some(rule) if rule.severity == Severity::Error => self.wrong.push(
                Diagnostic::of(&rule::USELESS_ALLOW, format!("`{word}` is an error, which cannot be allowed"))
                    .at(place)
                    .hint("take it out of `allow`, and mend what it finds"),
            ),
            Some(rule) => self.entries.push(Entry { rule, reach, place, used: false }),
            None => {
                let known = rule::all().flat_map(|rule| [rule.name, rule.code]);
                let diagnostic =
                    Diagnostic::of(&rule::USELESS_ALLOW, format!("there is no rule `{word}` to allow")).at(place);
                self.wrong.push(match nearest(&word.to_lowercase(), known) {
                    Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                    None => diagnostic.hint("`envoi explain` lists the rules"),
                });
            }
        }
    }

    /// The findings that nothing allows.
    pub fn sift(&mut self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        found.into_iter().filter(|found| !self.allows(found)).collect()
    }

    /// Whether a finding is allowed.
    pub fn allows(&mut self, found: &Diagnostic) -> bool {
        let path = found.place.as_ref().map(|place| &place.path);
        let mut allowed = false;
        for entry in &mut self.entries {
            let within = match &entry.reach {
                Scope::Project | Scope::Issue => true,
                Scope::Snippet(own) => path == Some(own),
            };
            if within && found.is(entry.rule) {
                entry.used = true;
                allowed = true;
            }
        }
        allowed
    }

    /// Whether a snippet's text may break a rule.
    pub(super) fn covers(&self, rule: &Rule, path: &std::path::Path) -> bool {
        let within = |reach: &Scope| !matches!(reach, Scope::Snippet(own) if own != path);
        self.entries.iter().any(|entry| entry.rule == rule && within(&entry.reach))
    }

    /// What the issue and its snippets allow for nothing, once all findings were sifted; and what no one can allow.
    pub fn useless(&self) -> Vec<Diagnostic> {
        let idle = self.entries.iter().filter(|entry| entry.reach != Scope::Project).filter_map(Entry::idle);
        self.wrong.iter().cloned().chain(idle).collect()
    }

    /// What the project allows and this issue makes no use of. Only where that is so in all issues it is for nothing.
    pub fn idle_in_project(&self) -> Vec<Diagnostic> {
        self.entries.iter().filter(|entry| entry.reach == Scope::Project).filter_map(Entry::idle).collect()
    }
}

impl Entry {
    fn idle(&self) -> Option<Diagnostic> {
        (!self.used && !SOMETIMES.contains(&self.rule)).then(|| {
            let Rule { code, name, .. } = self.rule;
            Diagnostic::of(&rule::USELESS_ALLOW, format!("`{name}` ({code}) is allowed, and nothing needs it"))
                .at(self.place.clone())
                .hint("take it out of `allow`")
        })
    }
}
