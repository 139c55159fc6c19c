//! Every slip that an officer makes, once, with the whole answer of `envoi check`: what is wrong, where, and how to
//! mend it. One file for each thing that she writes.

#[path = "../support/mod.rs"]
mod support;

mod front_matter;
mod issue;
mod project;
mod template;
mod text;

use support::Newsroom;

/// A newsroom with one issue and two subscribers.
fn room() -> Newsroom {
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails at nine.\"\n")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(["ada@example.org,Ada", "ben@example.com"])
}

/// What `check` says where one thing is wrong.
#[track_caller]
fn finds(room: &Newsroom, finding: &str) {
    let finding = finding.strip_prefix('\n').unwrap_or(finding).replace("\n        ", "\n");
    let finding = finding.trim_start().trim_end();
    room.run("check 2026-11").exit(1).stdout(&format!("{finding}\n\n2026-11 cannot go out yet (1 error)\n")).stderr("");
}
