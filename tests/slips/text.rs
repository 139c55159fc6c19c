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

/// What `envoi new` writes has such comments.
#[test]
fn a_slip_is_shown_in_its_own_line_and_not_in_a_comment_that_says_the_same() {
    let front = "# image = { file = \"photo.jpg\", alt = \"…\" }\n# links = [{ text = \"Read on\", url = \"http://localhost/\" }]\n\
                 title = \"Ferry\"\nlinks = [{ text = \"The quay\", url = \"http://localhost/\" }]\n";
    let room = room().snippet("2026-11", "lead", &format!("+++\n{front}+++\nIt sails.\n"));
    room.run("check").exit(0).stdout_has("  at issues/2026-11/lead.md:5:38\n");
    let image = "image = { file = \"photo.jpg\", alt = \"A ferry\" }\n";
    room.write("issues/2026-11/lead.md", format!("+++\n{front}{image}+++\nIt sails.\n"));
    room.run("check").exit(1).stdout_has("[E301]\n  at issues/2026-11/lead.md:6:19\n");
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

/// An end tag closes an element of its own name alone; a footnote and the notes for editors are looked at too.
#[test]
fn no_slip_hides_how_deep_html_is() {
    let deep = "<div>".repeat(20_000);
    let crossed = "<div></b>".repeat(20_000);
    let quoted = "<div title=\"</div>\"><!-- </div> -->".repeat(20_000);
    // HTML, section 13.1.2.1: no slash closes an element that is none of SVG's or MathML's
    let drawn = "<div/>".repeat(20_000);
    let footnote = format!("It sails.[^1]\n\n[^1]: See\n\n    {deep}");
    for text in [crossed, quoted, drawn, footnote] {
        let text = format!("+++\ntitle = \"Ferry\"\nraw_html = true\n+++\n{text}\n");
        let room = room().snippet("2026-11", "lead", &text);
        room.run("check").exit(1).stdout_has("error: HTML elements lie more than 256 deep in each other");
    }
    let notes = format!("raw_html = true\nkind = \"press-release\"\nnotes_for_editors = \"{deep}\"");
    let room = room().snippet("2026-11", "lead", &format!("+++\ntitle = \"Ferry\"\n{notes}\n+++\nIt sails.\n"));
    room.run("check").exit(1).stdout_has("error: HTML elements lie more than 256 deep in each other");
    // no end tag is missing, but a parser heeds none across a cell
    let cells = "<div><table><tr><td></div></td></tr></table>".repeat(5_000);
    room.write("issues/2026-11/lead.md", format!("+++\ntitle = \"Ferry\"\nraw_html = true\n+++\n{cells}\n"));
    room.run("check").exit(1).stdout_has("error: the message's HTML elements lie more than 512 deep in each other");
    // what may be left open is
    let open = format!("<ul>{}</ul>\n<p>{}", "<li>It sails.".repeat(1000), "It sails.<p>".repeat(1000));
    room.write("issues/2026-11/lead.md", format!("+++\ntitle = \"Ferry\"\nraw_html = true\n+++\n{open}\n"));
    room.run("check").exit(0).stdout_lacks("deep");
}

/// HTML, section 13.1.2.4: a row ends its cells, an entry its paragraph, a block the paragraph before it.
#[test]
fn end_tags_that_may_be_left_out_make_html_no_deeper() {
    for text in [
        format!("<table>{}</table>", "<tr><td>a<td>b".repeat(400)),
        format!("<table>{}</table>", "<tbody><tr><th>a<td><p>b".repeat(400)),
        format!("<ul>{}</ul>", "<li><p>a".repeat(400)),
        format!("<dl>{}</dl>", "<dt>a<dd><p>b".repeat(400)),
        "<p>a<div>b</div><p>c<ul><li>d</ul>".repeat(400),
        format!("<table>{}</table>", "<tr><td><ul><li>a<li><p>b</ul>".repeat(400)),
    ] {
        let room =
            room().snippet("2026-11", "lead", &format!("+++\ntitle = \"Ferry\"\nraw_html = true\n+++\n{text}\n"));
        room.run("check").exit(0).stdout_lacks("deep");
    }
    // a list within an entry, a table within a cell: these go on
    let deep = ["<ul><li>a", "<table><tr><td>", "<div><p>a", "<blockquote><p>"].map(|deep| deep.repeat(600));
    // what is drawn bold in one paragraph is so in the next ones, once for each that is not closed
    let bold = (0..600).map(|number| format!("<p><b id=\"b{number}\">a")).collect::<String>();
    for deep in deep.iter().chain([&bold]) {
        let text = format!("+++\ntitle = \"Ferry\"\nraw_html = true\n+++\n{deep}\n");
        room().snippet("2026-11", "lead", &text).run("check").exit(1).stdout_has("deep in each other");
    }
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
          4 | … d word word word word word word {{ nobody }} word word word word word wo …
            |                                   ^^^^^^^^^
        hint: the list has these columns: email, first_name, lang
        ",
    );
}

/// As the mark of an open merge field it once cut off all that followed, the unsubscribe link too.
#[test]
fn a_private_use_character_however_it_is_written() {
    let told = "error: a character of Unicode's private use stands in the text [E115]";
    let bodies = [
        "It &#xE001; sails.",
        "It `\u{e002}` sails.",
        "It sails.[^1]\n\n[^1]: At &#57345; nine.",
        "[It](https://www.example.org/&#xE001;) sails.",
        "[It](https://www.example.org/ \"At &#xE002;\") sails.",
        "It <b title=\"&#xE000\">sails</b>.",
        "<div>&#xe001;</div>",
        "It sails at {{ first_name \"&#xE002;\" }}.",
    ];
    for body in bodies {
        let text = format!("+++\ntitle = \"Ferry\"\nraw_html = true\n+++\n{body}\n");
        room().snippet("2026-11", "lead", &text).run("check").exit(1).stdout_has(told);
    }
    let room = room().snippet("2026-11", "lead", "+++\ntitle = \"Un titre \\uE000 ici\"\n+++\nIt sails.\n");
    finds(
        &room,
        "
        error: a character of Unicode's private use stands in the text [E115]
          at issues/2026-11/lead.md:2:9
          2 | title = \"Un titre \\uE000 ici\"
            |         ^^^^^^^^^^^^^^^^^^^^^
        hint: delete it: no reader could see it
        ",
    );
    let room = super::room().issue("2026-11", "subject = \"Ferry \u{e001}\"\npreheader = \"It sails.\"\n");
    room.run("check").exit(1).stdout_has(told).stdout_has("issues/2026-11/issue.toml:1:11");
    let room = super::room();
    let config =
        room.read("envoi.toml").replace("name = \"The Harbour Post\"", "name = \"The Harbour \\U0000E000 Post\"");
    assert!(config.contains("E000"), "{config}");
    room.write("envoi.toml", config);
    room.run("check").exit(1).stderr_has(told).stderr_has("at envoi.toml:");
    // what only looks like one is none
    let text = "+++\ntitle = 'Ferry \\uE000'\n+++\nIt sails `&#xE000;`, and `\\uE000`.\n";
    super::room().snippet("2026-11", "lead", text).run("check").exit(0).stdout("2026-11 is ready to go out\n");
}

/// What is filled in is percent-encoded: no whole address, and none that a browser would run.
#[test]
fn an_address_that_begins_with_a_merge_field() {
    for address in ["{{ email \"javascript:alert(1)\" }}", "{{ first_name }}javascript:alert(1)", "{{ first_name }}"] {
        let room = room().article("2026-11", "lead", "Ferry", &format!("Your [page](<{address}>)."));
        room.run("check")
            .exit(1)
            .stdout_has("begins with a merge field [E401]")
            .stdout_has("hint: begin it with `https://`");
    }
    let room = room().article("2026-11", "lead", "Ferry", "Your [page](<https://www.example.org/{{ email }}>).");
    room.run("check").exit(0).stdout("2026-11 is ready to go out\n");
}
