//! What the officer lets pass: in the project, in an issue, in a snippet.

use super::support::Newsroom;
use super::{findings, of, room};

const LOUD: &str = "This is IMPORTANT.";

fn loud() -> Newsroom {
    room().article("2026-11", "lead", "Ferry", LOUD).article("2026-11", "more", "Bridge", LOUD)
}

#[test]
fn a_rule_is_allowed_by_code_or_name_in_the_project_an_issue_or_a_snippet() {
    assert_eq!(of("W503", &loud()).len(), 2);
    let project = loud().config("[check]\nallow = [\"W503\"]");
    project.run("check").exit(0).stdout("2026-11 is ready to go out\n");
    let manifest = "subject = \"Ferry\"\npreheader = \"It sails.\"\nallow = [\"all-caps\"]\n";
    loud().issue("2026-11", manifest).run("check").exit(0).stdout("2026-11 is ready to go out\n");
    let snippet =
        loud().snippet("2026-11", "lead", &format!("+++\ntitle = \"Ferry\"\nallow = [\"w503\"]\n+++\n{LOUD}\n"));
    assert_eq!(of("W503", &snippet).len(), 1, "the other snippet's is still told");
    snippet.run("check").exit(0).stdout_has("issues/2026-11/more.md").stdout_lacks("issues/2026-11/lead.md");
}

#[test]
fn what_is_allowed_is_neither_sent_back_nor_counted() {
    let room = loud().config("[check]\nallow = [\"W503\"]");
    room.run("build 2026-11 --out out").exit(0).stderr_lacks("W503");
    room.run("send 2026-11 --dry-run").exit(0).stderr_lacks("warning");
}

#[test]
fn an_allowance_of_nothing_is_told() {
    let room = room().issue(
        "2026-11",
        "subject = \"Ferry\"\npreheader = \"It sails.\"\nallow = [\"W503\", \"no-alts\", \"E801\"]\n",
    );
    room.run("check").exit(0).stderr("").stdout(
        "
        warning: there is no rule `no-alts` to allow [W122]
          at issues/2026-11/issue.toml:3:18
          3 | allow = [\"W503\", \"no-alts\", \"E801\"]
            |                  ^^^^^^^^^
        hint: did you mean `no-alt`?

        warning: `E801` is an error, which cannot be allowed [W122]
          at issues/2026-11/issue.toml:3:29
          3 | allow = [\"W503\", \"no-alts\", \"E801\"]
            |                             ^^^^^^
        hint: take it out of `allow`, and mend what it finds

        warning: `all-caps` (W503) is allowed, and nothing needs it [W122]
          at issues/2026-11/issue.toml:3:10
          3 | allow = [\"W503\", \"no-alts\", \"E801\"]
            |          ^^^^^^
        hint: take it out of `allow`

        2026-11 is ready to go out (3 warnings)
        ",
    );
}

#[test]
fn an_error_stays_one_whoever_allows_it() {
    let text = "+++\ntitle = \"Ferry\"\nallow = [\"unknown-field\"]\n+++\nDear {{ name }},\n";
    let found = findings(&room().snippet("2026-11", "lead", text));
    assert_eq!(found[0], "E801 5: unknown merge field `name`");
    assert_eq!(found[1], "W122 3: `unknown-field` is an error, which cannot be allowed");
}

#[test]
fn what_the_project_allows_is_for_nothing_only_where_no_issue_needs_it() {
    let two = || {
        loud().issue("2026-12", "subject = \"Ferry\"\npreheader = \"It sails.\"\n").article(
            "2026-12",
            "lead",
            "Ferry",
            "It sails.",
        )
    };
    let needed = two().config("[check]\nallow = [\"W503\"]");
    needed.run("check").exit(0).stdout("2026-11 is ready to go out\n2026-12 is ready to go out\n");
    needed.run("check 2026-12").exit(0).stdout("2026-12 is ready to go out\n");
    let idle = two().config("[check]\nallow = [\"W503\", \"W505\"]");
    idle.run("check")
        .exit(0)
        .stdout_has("warning: `long-paragraph` (W505) is allowed, and nothing needs it [W122]\n  at envoi.toml:22:18");
    idle.run("check 2026-12").exit(0).stdout("2026-12 is ready to go out\n");
}

#[test]
fn what_is_only_found_now_and_then_may_be_allowed_ahead() {
    let allowed = "subject = \"Ferry\"\npreheader = \"It sails.\"\nallow = [\"link-gone\", \"empty-field\", \
                   \"near-domain\", \"role-address\", \"stays-out\", \"left-list\"]\n";
    room().issue("2026-11", allowed).run("check").exit(0).stdout("2026-11 is ready to go out\n");
}
