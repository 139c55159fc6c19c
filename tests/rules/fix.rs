//! `check --fix`: what is mended, what never is, and what is said of it.

use super::room;

const BEFORE: &str = "+++\ntitle = \"The  ferry is back.\"\nimage = { file = \"a  b.png\", alt = \"A ferry\" }\n+++\nIt  sails at \nnine,   or `so  on`.  \nAnd {{ first_name \"a  b\" }}  too, [see](https://www.example.org/a?b=c%20%20d).   \n\n    code  here  \n\n```\nmore  code \n```\n";

#[test]
fn what_is_safe_is_mended_and_nothing_else() {
    let text = BEFORE.replace("image = { file = \"a  b.png\", alt = \"A ferry\" }\n", "");
    let room = room().snippet("2026-11", "lead", &text);
    room.run("check --fix")
        .exit(0)
        .stderr("issues/2026-11/lead.md: mended 4 double spaces, 2 trailing spaces, 1 full stop behind a title\n");
    assert_eq!(
        room.read("issues/2026-11/lead.md"),
        "+++\ntitle = \"The ferry is back\"\n+++\nIt sails at\nnine, or `so  on`.  \nAnd {{ first_name \"a  b\" }} too, [see](https://www.example.org/a?b=c%20%20d).\n\n    code  here  \n\n```\nmore  code \n```\n"
    );
    // once mended there is nothing to mend
    room.run("check --fix").exit(0).stdout("2026-11 is ready to go out\n").stderr("");
}

#[test]
fn a_rehearsal_shows_the_difference_and_mends_nothing() {
    let room = room().article("2026-11", "lead", "Ferry back.", "One.\n\nIt  sails.");
    let before = room.read("issues/2026-11/lead.md");
    room.run("check --fix --dry-run").exit(0).stderr("").stdout(
        "
        --- issues/2026-11/lead.md
        +++ issues/2026-11/lead.md
        @@ -2 +2 @@
        -title = \"Ferry back.\"
        +title = \"Ferry back\"
        @@ -6 +6 @@
        -It  sails.
        +It sails.
        ",
    );
    assert_eq!(room.read("issues/2026-11/lead.md"), before);
    room.run("check --dry-run").exit(2).stderr_has("--fix");
}

#[test]
fn line_ends_and_byte_order_marks_stay_as_they_are() {
    let room = room().snippet(
        "2026-11",
        "lead",
        "\u{feff}+++\r\ntitle = \"Ferry back.\"\r\n+++\r\nIt  sails,  \r\nat  nine. \r\nAnd  on.\n",
    );
    room.run("check --fix").exit(0).stderr_has("mended 3 double spaces");
    assert_eq!(
        room.read("issues/2026-11/lead.md"),
        "\u{feff}+++\r\ntitle = \"Ferry back\"\r\n+++\r\nIt sails,  \r\nat nine.\r\nAnd on.\n"
    );
}

#[test]
fn subjects_are_mended_too() {
    let room = room().issue("2026-11", "subject = \"Ferry  back\"   # two\npreheader = 'It  sails.'\n");
    room.run("check --fix").exit(0).stderr("issues/2026-11/issue.toml: mended 2 double spaces\n");
    assert_eq!(room.read("issues/2026-11/issue.toml"), "subject = \"Ferry back\"   # two\npreheader = 'It sails.'\n");
}

#[test]
fn what_is_not_in_the_file_letter_by_letter_is_left_alone() {
    let text =
        "+++\ntitle = \"\"\"\nThe  ferry \\\"back\\\".\"\"\"\n+++\n| a  b | &amp;  |\n|---|---|\n| c  d | e\\|f  g |\n";
    let room = room().snippet("2026-11", "lead", text);
    let _ = room.run("check --fix").exit(0);
    let after = room.read("issues/2026-11/lead.md");
    assert!(after.starts_with("+++\ntitle = \"\"\"\nThe  ferry \\\"back\\\".\"\"\"\n+++\n"), "{after}");
    assert!(after.contains("| a b |") && after.contains("| c d |"), "{after}");
}

/// A subtitle, a comment or a link may say the same as the title, and stand before it.
#[test]
fn a_title_is_mended_where_it_is_the_title() {
    let text = "+++\n# title = \"Le bac est revenu.\"\nsubtitle = \"Le bac est revenu.\"\nkind = \"press-release\"\n\
        place = \"Bruxelles\"\ndate = 2026-11-24\ncontacts = [{ name = \"Ada\" }]\n\
        title = \"Le bac est revenu.\"\n+++\nDépart à neuf heures.\n";
    let room = room().snippet("2026-11", "lead", text);
    room.run("check").exit(0).stdout_has("issues/2026-11/lead.md:8:27");
    room.run("check --fix").exit(0).stderr("issues/2026-11/lead.md: mended 1 full stop behind a title\n");
    assert_eq!(
        room.read("issues/2026-11/lead.md"),
        text.replace("\ntitle = \"Le bac est revenu.\"", "\ntitle = \"Le bac est revenu\"")
    );
}

#[test]
fn a_subject_is_mended_in_its_own_language() {
    let manifest = "# \"Ferry  back\" is the subject\nlanguages = [\"en\", \"fr\"]\n[subject]\nfr = \"Ferry back\"\n\
        en = \"Ferry  back\"\n[preheader]\nen = \"It sails.\"\nfr = \"Départ.\"\n";
    let room = room().issue("2026-11", manifest);
    room.run("check --fix").exit(0).stderr("issues/2026-11/issue.toml: mended 1 double space\n");
    assert_eq!(room.read("issues/2026-11/issue.toml"), manifest.replace("en = \"Ferry  back\"", "en = \"Ferry back\""));
}

#[cfg(unix)]
#[test]
fn who_could_read_and_write_a_file_still_can() {
    use std::os::unix::fs::PermissionsExt;
    for mode in [0o600, 0o664, 0o640] {
        let room = room().article("2026-11", "lead", "Ferry", "It  sails.");
        let path = room.path("issues/2026-11/lead.md");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("its own file");
        room.run("check --fix").exit(0).stderr_has("mended 1 double space");
        let after = std::fs::metadata(&path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(after, mode, "{after:o} for {mode:o}");
    }
}

#[test]
fn what_is_allowed_is_not_mended() {
    let text = "+++\ntitle = \"Ferry back.\"\nallow = [\"double-space\"]\n+++\nIt  sails.\n";
    let room = room().snippet("2026-11", "lead", text);
    room.run("check --fix").exit(0).stderr("issues/2026-11/lead.md: mended 1 full stop behind a title\n");
    assert_eq!(room.read("issues/2026-11/lead.md"), text.replace("back.", "back"));
}

#[cfg(unix)]
#[test]
fn a_link_of_the_file_system_stays_one() {
    let room = room().file("texts/lead.md", "+++\ntitle = \"Ferry\"\n+++\nIt  sails.\n");
    std::fs::remove_file(room.path("issues/2026-11/lead.md")).expect("the room has it");
    std::os::unix::fs::symlink(room.path("texts/lead.md"), room.path("issues/2026-11/lead.md")).expect("a link");
    let _ = room.run("check --fix").exit(0);
    assert!(room.path("issues/2026-11/lead.md").is_symlink());
    assert_eq!(room.read("texts/lead.md"), "+++\ntitle = \"Ferry\"\n+++\nIt sails.\n");
}
