//! Slips between the `+++` lines of a snippet.

use super::{finds, room};

#[test]
fn an_unknown_key_in_the_front_matter() {
    let room = room().snippet("2026-11", "lead", "+++\ntitel = \"Ferry\"\n+++\nIt sails.\n");
    finds(
        &room,
        "
        error: unknown key `titel` [E101]
          at issues/2026-11/lead.md:2:1
          2 | titel = \"Ferry\"
            | ^^^^^
        hint: did you mean `title`?
        ",
    );
}

#[test]
fn an_unknown_kind() {
    let room = room().snippet("2026-11", "lead", "+++\ntitle = \"Ferry\"\nkind = \"evnt\"\n+++\nIt sails.\n");
    finds(
        &room,
        "
        error: unknown value `evnt` [E102]
          at issues/2026-11/lead.md:3:8
          3 | kind = \"evnt\"
            |        ^^^^^^
        hint: did you mean `event`?
        ",
    );
}

#[test]
fn front_matter_that_is_not_there() {
    let room = room().snippet("2026-11", "lead", "# Ferry back in service\n");
    finds(
        &room,
        "
        error: a snippet begins with its front matter between `+++` lines [E108]
          at issues/2026-11/lead.md:1:1
          1 | # Ferry back in service
            | ^^^^^^^^^^^^^^^^^^^^^^^
        hint: write these lines first: `+++`, `title = \"…\"`, `+++`
        ",
    );
}

#[test]
fn front_matter_that_nobody_closes() {
    let room = room().snippet("2026-11", "lead", "+++\ntitle = \"Ferry\"\nIt sails.\n");
    finds(
        &room,
        "
        error: the front matter opens with `+++`, but no second `+++` line closes it [E109]
          at issues/2026-11/lead.md:1:1
          1 | +++
            | ^^^
        hint: add a line `+++` between the front matter and the text
        ",
    );
}

#[test]
fn a_space_behind_the_plus_signs_is_nothing_to_stumble_over() {
    let room = room().snippet("2026-11", "lead", "+++ \r\ntitle = \"Ferry\"\r\n+++\t\r\nIt sails.\r\n");
    room.run("check").exit(0).stdout("2026-11 is ready to go out\n");
}
