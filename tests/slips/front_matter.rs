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

#[test]
fn a_day_that_no_calendar_has() {
    let room = room().snippet("2026-11", "lead", "+++\ntitle = \"Ferry\"\ndate = 2026-11-31\n+++\nIt sails.\n");
    finds(
        &room,
        "
        error: invalid date, expected day between 01 and 30 [E105]
          at issues/2026-11/lead.md:3:8
          3 | date = 2026-11-31
            |        ^^^^^^^^^^
        hint: November 2026 has 30 days
        ",
    );
    room.write("issues/2026-11/lead.md", "+++\ntitle = \"Ferry\"\ndate = 2026-31-11\n+++\nIt sails.\n");
    finds(
        &room,
        "
        error: invalid date, expected month between 01 and 12 [E105]
          at issues/2026-11/lead.md:3:8
          3 | date = 2026-31-11
            |        ^^^^^^^^^^
        hint: write the year, then the month, then the day: 2015-04-24 is a day of April
        ",
    );
}

#[test]
fn what_opens_and_never_closes_in_the_front_matter() {
    let wrong = |line: &str, hint: &str| {
        let room = room().snippet("2026-11", "lead", &format!("+++\ntitle = \"Ferry\"\n{line}\n+++\nIt sails.\n"));
        room.run("check").exit(1).stdout_has("[E105]").stdout_has(hint);
    };
    let table =
        "hint: what opens with `{` closes with `}`, and has a comma between its keys: `{ file = \"…\", alt = \"…\" }`";
    wrong("image = { file = \"ferry.png\", alt = \"A ferry\"", table);
    wrong("image = { file = \"ferry.png\", alt = \"A ferry\"\ndate = 2026-11-24", table);
    wrong("image = { file = \"ferry.png\" alt = \"A ferry\" }", table);
    let list = "hint: what opens with `[` closes with `]`, and has a comma between its entries: `[\"…\", \"…\"]`";
    wrong("allow = [\"W503\"", list);
    wrong("allow = [\"W503\" \"W504\"]", list);
    wrong(
        "copyright = \"Ada",
        "hint: a text ends with the quotation mark with which it begins; within it, write `\\\"` and `\\\\`",
    );
    wrong("copyright = Ada", "hint: write it between quotation marks: `\"…\"`");
    for marks in ["“A b”", "„A b“", "« A b »", "’A b’", "‘A’"] {
        wrong(
            &format!("copyright = {marks}"),
            "hint: write it between straight quotation marks, `\"…\"`: TOML knows no others",
        );
    }
    wrong("copyright = \"The \"old\" quay\"", "a quotation mark within a text is written `\\\"`");
    wrong("title = \"Ferry\"", "hint: write each key once: take one of the two out, or make one of them");
    wrong(
        "date = 24-11-2026",
        "hint: write a day as 2015-04-24, and a moment with its zone as 2014-11-06T10:30:00+01:00",
    );
    wrong("[image\nfile = \"ferry.png\"", "hint: write the table's name between brackets");
}
