//! Which snippets an edition takes from another language, which it leaves out, and which are in none.

use crate::diagnostic::Diagnostic;
use crate::issue::Issue;
use crate::rule;

/// One warning a snippet that the issue does not list, one an edition for what is foreign in it, one for what it leaves out.
pub(super) fn look(issue: &Issue, found: &mut Vec<Diagnostic>) {
    for name in &issue.unlisted {
        found.push(
            Diagnostic::of(&rule::UNLISTED, format!("`snippets` does not list `{name}`: no reader gets it"))
                .at(issue.place_of("snippets"))
                .hint(format!("add \"{name}\" to it, or take the file out of the issue's folder")),
        );
    }
    for language in &issue.languages {
        let edition = issue.edition(language);
        for snippet in edition.iter().filter(|snippet| snippet.lang.primary() != language.primary()) {
            found.push(
                Diagnostic::of(
                    &rule::FOREIGN_SNIPPET,
                    format!("the `{language}` edition shows this snippet in `{}`", snippet.lang),
                )
                .at(snippet.place_of("title"))
                .hint(format!(
                    "translate it as `{name}.{language}.md`, or rename it `{name}.{own}.md` to leave it out there",
                    name = snippet.name,
                    own = snippet.lang
                )),
            );
        }
        let left_out: Vec<&str> = issue
            .snippets
            .iter()
            .filter_map(|versions| versions.first())
            .map(|snippet| snippet.name.as_str())
            .filter(|name| !edition.iter().any(|snippet| snippet.name == *name))
            .collect();
        if !left_out.is_empty() {
            let what = if left_out.len() == 1 {
                "1 snippet that has"
            } else {
                &format!("{} snippets that have", left_out.len())
            };
            found.push(
                Diagnostic::of(
                    &rule::LEFT_OUT,
                    format!(
                        "the `{language}` edition leaves out {what} no `{language}` version: {}",
                        left_out.join(", ")
                    ),
                )
                .at(issue.place_of("languages"))
                .hint(format!("translate what its readers should not miss (`NAME.{language}.md`)")),
            );
        }
    }
}
