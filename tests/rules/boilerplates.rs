//! The texts on the organisation that end press releases: looked at like snippets' texts.

use super::support::Newsroom;
use super::{findings, room};

const FRENCH: &str = "Nous sommes une association qui travaille avec les enfants et pour les enfants. \
    Les parents, les écoles et la police nous connaissent.";

/// Two releases that share a boilerplate with this text.
fn about(text: &str) -> Newsroom {
    let release = "+++\ntitle = \"Ferry back\"\nkind = \"press-release\"\nplace = \"Brussels\"\ndate = 2026-11-24\n\
        boilerplate = \"about\"\ncontacts = [{ name = \"Ada\", email = \"ada@example.org\" }]\n+++\nIt sails.\n";
    room().file("templates/boilerplates/about.en.md", text).snippet("2026-11", "ferry", release).snippet(
        "2026-11",
        "whale",
        &release.replace("Ferry back", "Whale seen"),
    )
}

#[test]
fn each_slip_is_told_once_in_its_own_file() {
    for (text, expected) in [
        ("We are  the harbour.", "W501 1: two spaces stand in a row"),
        ("We are the the harbour.", "W504 1: `the` stands twice in a row"),
        ("We are (the harbour.", "W502 1: `(` opens and never closes"),
        ("Us.\n\nThis is IMPORTANT.", "W503 3: `IMPORTANT` stands in capitals"),
        (
            "[Click here](https://www.example.org/).",
            "W404 1: the link reads `Click here`, which says nothing of where it leads",
        ),
        ("See [us](http://www.example.org/).", "W407 1: the link is not an https one"),
        ("We are <b>the harbour</b>.", "W120 1: HTML in the text will be shown to readers as it is written"),
        ("# Us\n\n### Ships", "W506 3: a heading of level 3 follows level 1"),
        (
            "Dear {{ first_name }}, we are the harbour.",
            "W805 1: a boilerplate has no subscriber for `{{ first_name }}`",
        ),
        (FRENCH, "W703 0: the text is French, and its language is said to be `en`"),
    ] {
        let room = about(text);
        assert_eq!(findings(&room), [expected], "{text}");
        room.run("check").stdout_has("  at templates/boilerplates/about.en.md");
    }
    assert!(findings(&about("We are [the harbour](https://www.example.org/about).")).is_empty());
}

#[test]
fn an_export_tells_them_too() {
    let room = about("We are  the harbour.");
    room.run("export ferry --out press").exit(0).stderr_has("warning: two spaces stand in a row [W501]\n");
}

#[test]
fn what_is_safe_is_mended_there_too() {
    let room = about("We are  the harbour. \n");
    room.run("check --fix")
        .exit(0)
        .stderr("templates/boilerplates/about.en.md: mended 1 double space, 1 trailing space\n");
    assert_eq!(room.read("templates/boilerplates/about.en.md"), "We are the harbour.\n");
    assert!(findings(&room).is_empty());
}
