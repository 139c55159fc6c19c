//! `envoi check`: what is ready, what is not, and where the project is. The slips themselves are in `slips/`.

mod support;

use support::Newsroom;

/// A newsroom with one issue and two subscribers.
fn room() -> Newsroom {
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails at nine.\"\n")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(["ada@example.org,Ada", "ben@example.com"])
}

#[test]
fn a_sound_issue_is_ready() {
    let room = room();
    room.run("check 2026-11").exit(0).stdout("2026-11 is ready to go out\n").stderr("");
    room.run("check").exit(0).stdout("2026-11 is ready to go out\n").stderr("");
    // as a shell completes it
    room.run("check issues/2026-11/").exit(0).stdout("2026-11 is ready to go out\n").stderr("");
}

#[test]
fn a_warning_stops_nothing() {
    let room = room().issue("2026-11", "subject = \"Ferry back in service\"\n");
    room.run("check 2026-11").exit(0).stderr("").stdout(
        "
        warning: the `en` edition has no preheader [W203]
          at issues/2026-11/issue.toml
        hint: add `preheader = \"…\"`: the words that an inbox shows behind the subject

        2026-11 is ready to go out (1 warning)
        ",
    );
}

#[test]
fn all_issues_are_checked_and_what_concerns_all_is_told_once() {
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"One\"\npreheader = \"The first.\"\n")
        .article("2026-11", "lead", "One", "One.")
        .issue("2026-12", "subject = \"Two\"\npreheader = \"The second.\"\nsnipets = []\n")
        .issue("2027-01", "subject = \"Three\"\npreheader = \"The third.\"\n")
        .article("2027-01", "lead", "Three", "Three.");
    room.run("check").exit(1).stderr("").stdout(
        "
        warning: the list `subscribers.csv` is not there [W810]
          at envoi.toml:15:1
          15 | file = \"subscribers.csv\"
             | ^^^^
        hint: save it there as CSV; until then the merge fields are email, first_name, last_name, lang

        2026-11 is ready to go out (1 warning)

        error: unknown key `snipets` [E101]
          at issues/2026-12/issue.toml:3:1
          3 | snipets = []
            | ^^^^^^^
        hint: did you mean `snippets`?

        2026-12 cannot go out yet (1 error, 1 warning)
        2027-01 is ready to go out (1 warning)
        ",
    );
}

#[test]
fn findings_are_json_for_a_script() {
    let room = room().article("2026-11", "lead", "Ferry", "Dear {{ firstname }},");
    let run = room.run("check --json").exit(1).stderr("");
    let verdict = &run.stdout_json()[0];
    assert_eq!(verdict["issue"], "2026-11");
    assert_eq!(verdict["ready"], false);
    assert_eq!((&verdict["errors"], &verdict["warnings"]), (&1.into(), &0.into()));
    let found = &verdict["diagnostics"][0];
    assert_eq!(found["severity"], "error");
    assert_eq!(found["message"], "unknown merge field `firstname`");
    assert_eq!(found["place"]["path"], "issues/2026-11/lead.md");
    assert_eq!((&found["place"]["line"], &found["place"]["column"]), (&4.into(), &6.into()));
    assert_eq!(found["hints"][0], "did you mean `{{ first_name }}`?");
}

#[test]
fn a_project_without_issues_says_how_to_make_one() {
    let room = Newsroom::new();
    let hint = "there is no issue yet; `envoi new issue SLUG` makes one\n";
    room.run("check").exit(0).stdout("").stderr(hint);
    room.run("list").exit(0).stdout("").stderr(hint);
    room.run("check --json").exit(0).stdout("[]\n").stderr("");
}

#[test]
fn an_issue_that_is_not_there_is_told_with_the_nearest_one() {
    let room = room();
    room.run("check 2026-1").exit(1).stdout("").stderr(
        "
        error: there is no issue `2026-1`
        hint: did you mean `2026-11`?
        ",
    );
    room.run("check ../../etc").exit(1).stdout("").stderr(
        "
        error: there is no issue `../../etc`
        hint: `envoi list` shows the issues; `envoi new issue SLUG` makes one
        ",
    );
}

#[test]
fn a_folder_without_a_project_says_how_to_start_one() {
    Newsroom::empty().run("check").exit(1).stdout("").stderr(
        "
        error: no `envoi.toml` in `[DIR]` or a folder above it
        hint: start a project here with `envoi init`, or go into one
        ",
    );
}

#[test]
fn the_project_is_found_from_within_and_from_outside() {
    let room = room();
    room.run("check -C issues/2026-11").exit(0).stdout("2026-11 is ready to go out\n");
    room.run("--project issues check").exit(0).stdout("2026-11 is ready to go out\n");
}
