//! `envoi explain`: what a rule is about, and the list of all rules.

use std::borrow::Cow;
use std::io::IsTerminal as _;

use serde::Serialize;

use super::ending::Ending;
use super::{show, table};
use crate::diagnostic::nearest;
use crate::error::{Error, Result, Trouble};
use crate::rule::{self, Rule, Severity};

/// How many columns of a terminal a rule's reason has in the list of all: eighty, with its code and name before.
const WHY: usize = 44;

/// Explain what `check` finds: a rule by its code or name, or the list of all rules
///
/// To let a rule pass, name it in `allow = ["…"]`: under `[check]` in envoi.toml for all issues, in an issue.toml for
/// that issue, in a snippet's front matter for that snippet. Errors cannot be allowed.
#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// A rule: W203, or no-preheader
    #[arg(value_name = "CODE|NAME")]
    rule: Option<String>,
    /// Give it as JSON
    #[arg(long)]
    json: bool,
}

/// A rule with all that is said of it.
#[derive(Debug, Serialize)]
struct Entry {
    #[serde(flatten)]
    rule: &'static Rule,
    severity: Severity,
    why: &'static str,
    bad: &'static str,
    good: &'static str,
}

impl Explain {
    pub(super) fn run(self) -> Result<Ending> {
        let rules: Vec<&'static Rule> = match &self.rule {
            None => rule::all().collect(),
            Some(word) => vec![rule::find(word).ok_or_else(|| unknown(word))?],
        };
        if self.json {
            show::json(&rules.into_iter().map(Entry::of).collect::<Vec<_>>())?;
        } else if let ([rule], Some(_)) = (rules.as_slice(), &self.rule) {
            show::text(&whole(rule))?;
        } else {
            // one row a line, where a program reads it
            let width = if std::io::stdout().is_terminal() { WHY } else { usize::MAX };
            let rows = rules.iter().flat_map(|rule| rows(rule, width));
            show::text(&table::table(["CODE", "NAME", "WHY"], rows))?;
        }
        Ok(Ending::Well)
    }
}

impl Entry {
    fn of(rule: &'static Rule) -> Self {
        Self { rule, severity: rule.severity, why: rule.why, bad: rule.bad, good: rule.good }
    }
}

fn whole(rule: &Rule) -> String {
    let mut out = format!("{} {} ({})\n\n", rule.code, rule.name, rule.severity);
    out.push_str(&textwrap::fill(rule.why, 80));
    for (head, example) in [("not so", rule.bad), ("but so", rule.good)] {
        out.push_str(&format!("\n\n{head}:\n{}", textwrap::indent(example, "    ")));
    }
    out.push('\n');
    if rule.severity == Severity::Warning {
        out.push_str(&format!("\nto let it pass:\n    allow = [\"{}\"]\n", rule.code));
    }
    out
}

/// A rule in the list, on as many rows as its reason needs.
fn rows(rule: &Rule, width: usize) -> Vec<[String; 3]> {
    let why = first_sentence(rule.why);
    let lines = if width == usize::MAX { vec![why.into()] } else { textwrap::wrap(why, width) };
    let named = |at, text: &str| if at == 0 { text.to_owned() } else { String::new() };
    let row = |(at, line): (usize, Cow<'_, str>)| [named(at, rule.code), named(at, rule.name), line.into_owned()];
    lines.into_iter().enumerate().map(row).collect()
}

/// The first sentence of a paragraph, for lists.
fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}

fn unknown(word: &str) -> Error {
    let trouble = Trouble::new(format!("there is no rule `{word}`"));
    let known = rule::all().flat_map(|rule| [rule.name, rule.code]);
    Error::Refused(match nearest(word, known) {
        Some(near) => trouble.hint(format!("did you mean `{near}`?")),
        None => trouble.hint("`envoi explain` lists them all"),
    })
}
