//! The table of rules: `docs/checks.md` says what the program says, every rule is used, and every finding has its rule.

use std::fs;
use std::path::Path;

use envoi::rule::{self, Rule, Severity};

/// The document as the rules have it. `UPDATE_DOCS=1 cargo test --test rules` writes it.
fn document() -> String {
    let mut out = String::from(
        "# What `envoi check` looks at\n\nEach rule has a code that stays the same: `E…` stops a send, `W…` does not. `envoi explain CODE` shows what is\nbelow for one of them. To let a warning pass, name it in `allow = [\"W503\"]`: under `[check]` in `envoi.toml` for all\nissues, in an `issue.toml` for that issue, in a snippet's front matter for that snippet alone. An `allow` that nothing\nneeds is a warning itself.\n\n<!-- made from src/rule/ by tests/rules/table.rs: change it there, then run `UPDATE_DOCS=1 cargo test --test rules` -->\n",
    );
    let groups = [
        "Files",
        "Subject, preheader, size",
        "Pictures",
        "Links",
        "Words",
        "Kinds of snippets, and dates",
        "Languages",
        "Merge fields and the list",
        "Organisation, sender, templates",
    ];
    for (index, group) in groups.iter().enumerate() {
        out.push_str(&format!("\n## {group}\n\n| code | name | |\n| --- | --- | --- |\n"));
        let digit = char::from(b'1' + u8::try_from(index).expect("a digit"));
        for rule in rule::all().filter(|rule| rule.code.chars().nth(1) == Some(digit)) {
            out.push_str(&format!("| {} | `{}` | {} |\n", rule.code, rule.name, rule.why.replace('|', "\\|")));
        }
    }
    out
}

#[test]
fn the_document_lists_the_rules_as_they_are() {
    let path = Path::new("docs/checks.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all("docs").and_then(|()| fs::write(path, document())).expect("docs can be written");
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == document(),
        "docs/checks.md is not as src/rule/ has it: run `UPDATE_DOCS=1 cargo test --test rules`"
    );
    for rule in rule::all() {
        assert_eq!(written.matches(&format!("| {} |", rule.code)).count(), 1, "{}", rule.code);
    }
}

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push((path.to_string_lossy().replace('\\', "/"), fs::read_to_string(&path).expect("a text")));
        }
    }
}

/// The constants of src/rule/ with their codes: `("NO_ALT", "W305")`.
fn constants(texts: &[(String, String)]) -> Vec<(String, String)> {
    let declared = |line: &str| {
        let (constant, rest) = line.strip_prefix("    ")?.split_once(" = \"")?;
        let code = rest.split('"').next()?;
        (constant.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit()) && code.len() == 4)
            .then(|| (constant.to_owned(), code.to_owned()))
    };
    texts
        .iter()
        .filter(|(path, _)| path.starts_with("src/rule/"))
        .flat_map(|(_, text)| text.lines().filter_map(declared))
        .collect()
}

#[test]
fn every_rule_is_looked_for_somewhere() {
    let mut texts = Vec::new();
    sources(Path::new("src"), &mut texts);
    let constants = constants(&texts);
    assert_eq!(constants.len(), rule::all().count());
    let used = |name: &str| {
        texts.iter().any(|(path, text)| !path.starts_with("src/rule/") && text.contains(&format!("rule::{name}")))
    };
    let idle: Vec<_> = constants.iter().filter(|(name, _)| !used(name)).collect();
    assert!(idle.is_empty(), "nobody looks for {idle:?}");
}

#[test]
fn every_finding_has_its_rule() {
    let mut texts = Vec::new();
    sources(Path::new("src"), &mut texts);
    // what failed without being written by the officer has no rule: the preview shows errors of the machine, too
    let free = ["src/diagnostic.rs", "src/preview/", "src/cli/explain.rs"];
    let nameless = |text: &str| ["Diagnostic::error(", "Diagnostic::warning("].iter().any(|made| text.contains(made));
    let wrong: Vec<&str> = texts
        .iter()
        .filter(|(path, text)| !free.iter().any(|free| path.starts_with(free)) && nameless(text))
        .map(|(path, _)| path.as_str())
        .collect();
    assert!(wrong.is_empty(), "use `Diagnostic::of(&rule::…, …)` in {wrong:?}, and give new rules to src/rule/");
}

#[test]
fn every_warning_has_a_test() {
    let mut texts = Vec::new();
    sources(Path::new("tests"), &mut texts);
    // codes stand in tests in quotation marks, in brackets as they are printed, or before a line's number
    let tested = |rule: &&Rule| {
        let forms = [
            format!("\"{}\"", rule.code),
            format!("[{}]", rule.code),
            format!("{} ", rule.code),
            format!("\"{}\"", rule.name),
        ];
        texts.iter().any(|(_, text)| forms.iter().any(|form| text.contains(form)))
    };
    let untested: Vec<&str> = rule::all()
        .filter(|rule| rule.severity == Severity::Warning)
        .filter(|rule| !tested(rule))
        .map(|rule| rule.code)
        .collect();
    assert!(untested.is_empty(), "no test looks for {untested:?}");
}
