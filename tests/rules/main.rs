//! Every rule of `envoi check`, once where it is broken and once where it is kept, by theme; what is done about the
//! findings: allowing, mending, explaining, other forms of output.

#[path = "../support/mod.rs"]
mod support;

mod allow;
mod boilerplates;
mod dates;
mod fields;
mod fix;
mod headline;
mod kinds;
mod languages;
mod links;
mod notes;
mod output;
mod pictures;
mod reach;
mod sender;
mod serve;
mod structure;
mod table;
mod words;

use support::Newsroom;

/// A newsroom with one issue and two subscribers, without a flaw.
fn room() -> Newsroom {
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails at nine.\"\n")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(["ada@example.org,Ada", "ben@example.com,Ben"])
}

/// The codes that `check` finds, each with its line and message, in order.
#[track_caller]
fn findings(room: &Newsroom) -> Vec<String> {
    let run = room.run("check 2026-11 --json").stderr("");
    let verdicts = run.stdout_json();
    let found = verdicts[0]["diagnostics"].as_array().expect("findings").clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    found
        .iter()
        .map(|one| format!("{} {}: {}", text(&one["code"]), one["place"]["line"], text(&one["message"])))
        .collect()
}

/// What `check` finds of one rule in a snippet's body.
#[track_caller]
fn in_body(code: &str, body: &str) -> Vec<String> {
    of(code, &room().article("2026-11", "lead", "Ferry back in service", body))
}

/// What `check` finds of one rule: line and message.
#[track_caller]
fn of(code: &str, room: &Newsroom) -> Vec<String> {
    let own = |found: String| found.strip_prefix(&format!("{code} ")).map(str::to_owned);
    findings(room).into_iter().filter_map(own).collect()
}

/// A snippet with this front matter beside its title.
fn front(more: &str) -> String {
    format!("+++\ntitle = \"Ferry back in service\"\n{more}\n+++\nIt sails at nine.\n")
}

/// Checks that a rule is broken by the first text and kept by each of the others.
#[track_caller]
fn tells_apart(code: &str, broken: &[&str], kept: &[&str]) {
    for body in broken {
        assert!(!in_body(code, body).is_empty(), "{code} is not found in: {body}");
    }
    for body in kept {
        assert_eq!(in_body(code, body), Vec::<String>::new(), "{code} is found in: {body}");
    }
}
