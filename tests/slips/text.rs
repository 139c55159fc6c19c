//! Slips in a snippet's text: pictures, links, merge fields, and too much of anything.

use super::{finds, room};

#[test]
fn a_text_in_another_encoding_than_utf_8() {
    let room = room().bytes("issues/2026-11/lead.md", b"+++\ntitle = \"Ferry\"\n+++\nIt sails in \xe9t\xe9.\n");
    finds(
        &room,
        "
        error: the file is not UTF-8 [E106]
          at issues/2026-11/lead.md:4
        hint: save it as UTF-8 in your editor
        ",
    );
}

#[test]
fn an_image_that_is_not_there() {
    let image = "+++\ntitle = \"Ferry\"\nimage = { file = \"fery.jpg\", alt = \"A ferry\" }\n+++\nIt sails.\n";
    let room = room().snippet("2026-11", "lead", image).bytes("issues/2026-11/ferry.jpg", b"no picture yet");
    finds(
        &room,
        "
        error: the image `fery.jpg` is not there [E301]
          at issues/2026-11/lead.md:3:19
          3 | image = { file = \"fery.jpg\", alt = \"A ferry\" }
            |                   ^^^^^^^^
        hint: did you mean `ferry.jpg`?
        ",
    );
    room.write("issues/2026-11/lead.md", image.replace("fery", "ferry"));
    finds(
        &room,
        "
        error: the image `ferry.jpg` is no PNG, JPEG, GIF or WebP file [E302]
          at issues/2026-11/lead.md:3:19
          3 | image = { file = \"ferry.jpg\", alt = \"A ferry\" }
            |                   ^^^^^^^^^
        hint: save the picture as PNG (drawings) or JPEG (photos)
        ",
    );
}

#[test]
fn an_image_path_that_leaves_the_issue() {
    let room = room().article("2026-11", "lead", "Ferry", "It sails.\n\n![A secret](../../envoi.toml)");
    finds(
        &room,
        "
        error: the image path `../../envoi.toml` leaves the issue's folder [E303]
          at issues/2026-11/lead.md:6:1
          6 | ![A secret](../../envoi.toml)
            | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: copy the picture into the issue's folder and name it without `..` or a leading `/`
        ",
    );
}

#[cfg(unix)]
#[test]
fn a_link_of_the_file_system_that_leaves_the_issue() {
    let room = room().article("2026-11", "lead", "Ferry", "![A secret](secret.png)");
    std::os::unix::fs::symlink(room.path("envoi.toml"), room.path("issues/2026-11/secret.png")).expect("a link");
    finds(
        &room,
        "
        error: the image path `secret.png` leaves the issue's folder [E303]
          at issues/2026-11/lead.md:4:1
          4 | ![A secret](secret.png)
            | ^^^^^^^^^^^^^^^^^^^^^^^
        hint: copy the picture into the issue's folder and name it without `..` or a leading `/`
        ",
    );
}

#[test]
fn a_link_that_no_reader_could_follow() {
    let room = room().article("2026-11", "lead", "Ferry", "See [the timetable](timetable.html).");
    finds(
        &room,
        "
        error: the link `timetable.html` leads nowhere from within a mail [E401]
          at issues/2026-11/lead.md:4:5
          4 | See [the timetable](timetable.html).
            |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the whole address, beginning with `https://`
        ",
    );
}

#[test]
fn an_unknown_merge_field() {
    let room = room().article("2026-11", "lead", "Ferry", "Dear {{ name \"reader\" }},");
    finds(
        &room,
        "
        error: unknown merge field `name` [E801]
          at issues/2026-11/lead.md:4:6
          4 | Dear {{ name \"reader\" }},
            |      ^^^^^^^
        hint: the list has these columns: email, first_name, lang
        ",
    );
    // the list's own columns are the merge fields
    room.write("subscribers.csv", "Courriel;Name\nada@example.org;Ada\n");
    room.run("check").exit(0).stdout("2026-11 is ready to go out\n");
}

#[test]
fn a_merge_field_that_nobody_closes() {
    let room = room().article("2026-11", "lead", "Ferry", "Dear {{ first_name,");
    finds(
        &room,
        "
        error: a merge field opens with `{{`, but does not close with `}}` [E802]
          at issues/2026-11/lead.md:4:6
          4 | Dear {{ first_name,
            |      ^^
        hint: write `{{ first_name }}` or `{{ first_name \"friends\" }}`; two braces that are meant as such go between backticks
        ",
    );
}

#[test]
fn a_merge_field_where_none_is_filled() {
    let room = room().article("2026-11", "lead", "Ferry for {{ first_name }}", "It sails.");
    finds(
        &room,
        "
        error: no merge field is filled in `title`: readers would see the braces [E803]
          at issues/2026-11/lead.md:2:1
          2 | title = \"Ferry for {{ first_name }}\"
            | ^^^^^
        hint: write it in the text; merge fields work there, in links' addresses, in subject and preheader
        ",
    );
}

#[test]
fn what_is_too_deep_is_refused_and_never_dropped_in_silence() {
    let deep = |open: &str, close: &str| format!("{}ferry{}", open.repeat(40), close.repeat(40));
    let message = "error: lists, quotations and emphasis lie more than 32 deep in each other";
    for text in [deep("> ", ""), deep("- ", ""), deep("*a **b ", " c** d*")] {
        room().article("2026-11", "lead", "Ferry", &text).run("check").exit(1).stdout_has(message);
    }
}

/// The CSS inliner walks the tree of elements by recursion: ten thousand of them once ended the program.
#[test]
fn html_that_is_too_deep_is_refused_before_the_stack_is_used_up() {
    let text = format!("+++\ntitle = \"Ferry\"\nraw_html = true\n+++\n{}\n", "<div>".repeat(20_000));
    let room = room().snippet("2026-11", "lead", &text);
    room.run("check").exit(1).stdout_has("error: HTML elements lie more than 256 deep in each other");
    let shallow = format!("+++\ntitle = \"Ferry\"\nraw_html = true\n+++\n{}\n", "<p>It sails.<br></p>\n".repeat(1000));
    room.write("issues/2026-11/lead.md", shallow);
    room.run("check").exit(0).stdout("2026-11 is ready to go out\n");
}

#[test]
fn a_long_line_is_cut_around_its_place() {
    let room = room().article(
        "2026-11",
        "lead",
        "Ferry",
        &format!("{}{{{{ nobody }}}} {}", "word ".repeat(40), "word ".repeat(40)),
    );
    finds(
        &room,
        "
        error: unknown merge field `nobody` [E801]
          at issues/2026-11/lead.md:4:201
          4 | … d word word word word word word {{ nobody }} word word word word word word word word word word w …
            |                                   ^^^^^^^^^
        hint: the list has these columns: email, first_name, lang
        ",
    );
}
