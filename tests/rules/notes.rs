//! A press release's notes for editors: looked at like its text.

use super::support::Newsroom;
use super::{findings, of, room};

/// A release with this in its front matter.
fn release(notes: &str) -> Newsroom {
    room().snippet(
        "2026-11",
        "ferry",
        &format!(
            "+++\ntitle = \"Ferry back\"\nkind = \"press-release\"\nplace = \"Brussels\"\ndate = 2026-11-24\n\
             contacts = [{{ name = \"Ada\", email = \"ada@example.org\" }}]\n{notes}\n+++\nIt sails.\n"
        ),
    )
}

#[test]
fn each_slip_is_told_in_its_own_line() {
    for (text, expected) in [
        ("It  sails.", "W501 9: two spaces stand in a row"),
        ("It sails on on Monday.", "W504 9: `on` stands twice in a row"),
        ("It sails (at nine.", "W502 9: `(` opens and never closes"),
        ("This is IMPORTANT.", "W503 9: `IMPORTANT` stands in capitals"),
        (
            "See [the page](http://localhost/x).",
            "W406 9: no reader reaches `localhost`: it exists on your computer or in your office alone",
        ),
        (
            "[Click here](https://www.example.org/).",
            "W404 9: the link reads `Click here`, which says nothing of where it leads",
        ),
        ("> It <b>sails</b>.", "W120 9: HTML in the text will be shown to readers as it is written"),
        ("### Ships", "W506 9: a heading of level 3 follows level 1"),
        ("Dear {{ nobody }},", "W805 9: notes for editors have no subscriber for `{{ nobody }}`"),
        ("Dear {first_name},", "W807 9: `{first_name}` is no merge field: readers would see it as it is"),
        ("On Tuesday 24 November 2025 it sailed.", "W602 9: `Tuesday 24 November 2025`: 2025-11-24 is a Monday"),
        ("![](ferry.png)", "W305 9: the image `ferry.png` has no alternative text"),
    ] {
        let picture = std::fs::read("issues/2015-02-internet/ecran.png").expect("a picture of the repository");
        let room = release(&format!("notes_for_editors = \"\"\"\nThe ship:\n{text}\n\"\"\""));
        room.write("issues/2026-11/ferry.png", picture);
        assert_eq!(findings(&room), [expected], "{text}");
    }
    assert!(findings(&release("notes_for_editors = \"See [the ship](https://www.example.org/).\"")).is_empty());
}

#[test]
fn notes_that_are_written_otherwise_than_they_are_read_are_told_where_they_begin() {
    for notes in
        ["\"It\\u0020 sails [here](http://localhost/).\"", "\"\"\"\nIt  sails \\\n [here](http://localhost/).\"\"\""]
    {
        let room = release(&format!("notes_for_editors = {notes}"));
        assert_eq!(of("W501", &room), ["7: two spaces stand in a row"], "{notes}");
        assert_eq!(of("W406", &room).len(), 1);
        assert!(of("W406", &room)[0].starts_with("7: "));
    }
    let one_line = release("notes_for_editors = \"It  sails.\"");
    one_line.run("check").exit(0).stdout_has("  at issues/2026-11/ferry.md:7:24\n");
}

#[test]
fn what_is_safe_is_mended_there_too() {
    let room = release("notes_for_editors = \"\"\"\nIt  sails. \nAt  nine.\n\"\"\"");
    room.run("check --fix").exit(0).stderr("issues/2026-11/ferry.md: mended 2 double spaces, 1 trailing space\n");
    assert!(room.read("issues/2026-11/ferry.md").contains("\"\"\"\nIt sails.\nAt nine.\n\"\"\""));
    assert!(findings(&room).is_empty());
    // and what is not there letter by letter is left alone
    let escaped = release("notes_for_editors = \"It  sails \\u0061t  nine.\"");
    let before = escaped.read("issues/2026-11/ferry.md");
    let _ = escaped.run("check --fix").exit(0).stderr("");
    assert_eq!(escaped.read("issues/2026-11/ferry.md"), before);
}

/// Notes that are not there letter by letter stand nowhere in the file: a place in them is one of another line there.
#[test]
fn to_mend_a_file_is_never_to_harm_what_else_is_in_it() {
    let notes = r#"notes_for_editors = "First line with \"quotes\" and so on \nsecond line \n\nThird  one ""#;
    for title in ["Ferry back", "éééééééééééééééééééééééééééééé"] {
        let room = release(notes);
        let text = room.read("issues/2026-11/ferry.md").replace("Ferry back", title);
        room.write("issues/2026-11/ferry.md", &text);
        let _ = room.run("check --fix").exit(0).stderr("").stdout_has("hint: write one space\n").stdout_lacks("--fix");
        assert_eq!(room.read("issues/2026-11/ferry.md"), text);
    }
}

/// What has one brace is no merge field, and with two it would be one that nobody can fill in.
#[test]
fn a_field_in_notes_is_taken_out() {
    let room = release("notes_for_editors = \"Dear {first_name}, see <https://www.example.org/?a={email}>.\"");
    let run = room.run("check").exit(0).stdout_lacks("with two braces");
    let said = run.stdout_text();
    assert_eq!(
        said.matches("hint: take it out: notes for editors and boilerplates have no subscriber\n").count(),
        2,
        "{said}"
    );
}

#[test]
fn a_field_in_the_text_is_shown_there_though_the_notes_hold_it_too() {
    let room = release("notes_for_editors = \"See {{ first_name \\\"Ada\\\" }}.\"");
    let text =
        room.read("issues/2026-11/ferry.md").replace("It sails.", "Dear {{ first_name }},\n\nDear {{ nobody }},");
    room.write("issues/2026-11/ferry.md", text);
    room.write("subscribers.csv", "email,first_name\nada@example.org,Ada\nben@example.com,\n");
    assert_eq!(of("E801", &room), ["11: unknown merge field `nobody`"]);
    let text = room.read("issues/2026-11/ferry.md").replace("\n\nDear {{ nobody }},", "");
    room.write("issues/2026-11/ferry.md", text);
    assert_eq!(of("W804", &room), ["9: `first_name` is empty for 1 of 2 readers of the `en` edition"]);
    room.run("export ferry --out press").exit(0).stderr_has("  at issues/2026-11/ferry.md:9:6\n");
}
