//! The rules: everything that can be found wrong with what the officer wrote, each under a code that stays the same.
//!
//! A code or a name -> [`Rule`]. This is the whole list and nothing else: who finds what is the business of the rooms
//! below, which make a [`Diagnostic`](crate::diagnostic::Diagnostic) of a rule. The list stands at the bottom of the
//! house since `project` and `issue` find things as well as `check`. `docs/checks.md` is made from it.
//!
//! The hundreds group the codes: 1 files, 2 subject and size, 3 pictures, 4 links, 5 words, 6 kinds of snippets,
//! 7 languages, 8 merge fields and the list, 9 the organisation, its sender and its templates. A number is never used
//! again, and is the same for an error and a warning.

/// Declares rules, and the list of them.
macro_rules! rules {
    ($($rule:ident = $code:literal $name:literal: $why:literal bad $bad:literal good $good:literal;)*) => {
        $(
            #[doc = concat!("`", $code, "`, `", $name, "`.")]
            pub static $rule: Rule = Rule::new($code, $name, $why, $bad, $good);
        )*
        /// The rules of this file, in the order of their codes.
        pub(super) static ALL: &[&Rule] = &[$(&$rule),*];
    };
}

mod files;
mod headline;
mod kinds;
mod languages;
mod links;
mod list;
mod organisation;
mod pictures;
mod words;

use std::fmt;

use serde::Serialize;

pub use self::files::*;
pub use self::headline::*;
pub use self::kinds::*;
pub use self::languages::*;
pub use self::links::*;
pub use self::list::*;
pub use self::organisation::*;
pub use self::pictures::*;
pub use self::words::*;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The issue cannot be sent as it stands.
    Error,
    /// It can be sent, but the officer would want to know.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Something that is looked at. Serialised as its code and name.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its code: `E101`, `W203`.
    pub code: &'static str,
    /// Its name: `subject-too-long`.
    pub name: &'static str,
    /// How much it weighs.
    #[serde(skip)]
    pub severity: Severity,
    /// Why it is looked at: one paragraph.
    #[serde(skip)]
    pub why: &'static str,
    /// How it is done wrong.
    #[serde(skip)]
    pub bad: &'static str,
    /// How it is done right.
    #[serde(skip)]
    pub good: &'static str,
}

impl Rule {
    const fn new(
        code: &'static str,
        name: &'static str,
        why: &'static str,
        bad: &'static str,
        good: &'static str,
    ) -> Self {
        let severity = if code.as_bytes()[0] == b'E' { Severity::Error } else { Severity::Warning };
        Self { code, name, severity, why, bad, good }
    }

    /// Whether this is what somebody calls it: by its code or its name, in any case.
    pub fn is_called(&self, word: &str) -> bool {
        self.code.eq_ignore_ascii_case(word) || self.name.eq_ignore_ascii_case(word)
    }
}

/// Every rule, in the order of their numbers.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let files: [&[&'static Rule]; 9] = [
        files::ALL,
        headline::ALL,
        pictures::ALL,
        links::ALL,
        words::ALL,
        kinds::ALL,
        languages::ALL,
        list::ALL,
        organisation::ALL,
    ];
    files.into_iter().flatten().copied()
}

/// The rule of a code or a name.
pub fn find(word: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.is_called(word.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_well_formed_and_used_once() {
        let rules: Vec<&Rule> = all().collect();
        for (at, rule) in rules.iter().enumerate() {
            let (letter, number) = rule.code.split_at(1);
            assert!(matches!(letter, "E" | "W") && number.len() == 3 && number.parse::<u16>().is_ok(), "{}", rule.code);
            assert!(
                rule.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{}",
                rule.name
            );
            if let Some(next) = rules.get(at + 1) {
                assert!(number < &next.code[1..], "{} stands before {}", rule.code, next.code);
            }
            assert!(!rules[..at].iter().any(|other| other.name == rule.name), "{} is there twice", rule.name);
            assert!(rule.why.ends_with('.') && !rule.why.contains('\n'), "{}: one paragraph", rule.code);
            assert!(!rule.bad.is_empty() && !rule.good.is_empty() && rule.bad != rule.good, "{}: examples", rule.code);
        }
    }

    #[test]
    fn a_rule_is_found_by_code_and_by_name() {
        assert_eq!(find("w203").map(|rule| rule.name), Some("no-preheader"));
        assert_eq!(find("no-preheader").map(|rule| rule.code), Some("W203"));
        assert_eq!(find("W999"), None);
    }
}
