//! Slips in `issue.toml`.

use super::support::Newsroom;
use super::{finds, room};

#[test]
fn a_date_in_quotation_marks() {
    let room = room().issue("2026-11", "subject = \"Ferry\"\npreheader = \"It sails.\"\ndate = \"2026-11-24\"\n");
    finds(
        &room,
        "
        error: a text stands where a date is needed [E104]
          at issues/2026-11/issue.toml:3:8
          3 | date = \"2026-11-24\"
            |        ^^^^^^^^^^^^
        hint: write it without quotation marks, like 2015-04-24
        ",
    );
}

#[test]
fn a_snippet_that_does_not_exist() {
    let room =
        room().issue("2026-11", "subject = \"Ferry\"\npreheader = \"It sails.\"\nsnippets = [\"lead\", \"film\"]\n");
    finds(
        &room,
        "
        error: issue `2026-11` lists a snippet that does not exist: `film` [E110]
          at issues/2026-11/issue.toml:3:21
          3 | snippets = [\"lead\", \"film\"]
            |                     ^^^^^^
        hint: create it with `envoi new snippet 2026-11 film`, or take it out of line 3
        ",
    );
    // the hint holds what it promises
    room.run("new snippet 2026-11 film").exit(0).stdout("issues/2026-11/film.md\n").stderr("");
    room.run("check").exit(1).stdout_lacks("[E110]").stdout_has("[E509]");
}

#[test]
fn a_snippet_that_the_issue_does_not_list() {
    let room = room()
        .issue("2026-11", "subject = \"Ferry\"\npreheader = \"It sails.\"\nsnippets = [\"lead\"]\n")
        .article("2026-11", "film.en", "Film", "Dear {{ nobody }},")
        .snippet("2026-11", "film.fr", "not begun yet")
        .file("issues/2026-11/.draft.md", "nobody's business");
    let told = "
        warning: `snippets` does not list `film`: no reader gets it [W134]
          at issues/2026-11/issue.toml:3:1
          3 | snippets = [\"lead\"]
            | ^^^^^^^^
        hint: add \"film\" to it, or take the file out of the issue's folder

        2026-11 is ready to go out (1 warning)
        ";
    room.run("check").exit(0).stdout(told).stderr("");
    let _ = room.run("send 2026-11 --yes").exit(0);
    assert!(room.messages().iter().all(|letter| !letter.text.contains("Film")));
    // one that is misspelt in the list is still found in the folder
    let slip = "subject = \"Ferry\"\npreheader = \"It sails.\"\nsnippets = [\"lead\", \"flim\"]\n";
    room.write("issues/2026-11/issue.toml", slip);
    room.run("check").exit(1).stdout_has("hint: did you mean `film`?");
}

#[test]
fn a_language_named_twice() {
    let room =
        room().issue("2026-11", "subject = \"Ferry\"\npreheader = \"It sails.\"\nlanguages = [\"en\", \"en\"]\n");
    finds(
        &room,
        "
        error: `languages` names `en` twice [E112]
          at issues/2026-11/issue.toml:3:1
          3 | languages = [\"en\", \"en\"]
            | ^^^^^^^^^
        hint: name it once: each reader gets one edition
        ",
    );
}

#[test]
fn an_issue_without_a_snippet() {
    let room = Newsroom::new().issue("2026-11", "subject = \"Ferry\"\n").subscribers([]);
    finds(
        &room,
        "
        error: the `en` edition has no snippet [E113]
          at issues/2026-11/issue.toml
        hint: write one (`NAME.en.md` or `NAME.md`), or take `en` out of `languages`
        ",
    );
}
