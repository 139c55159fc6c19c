//! `envoi check`: what is wrong, where, and how to mend it. Every slip that an officer makes is here once, with the
//! whole answer.

mod support;

use support::Newsroom;

/// A newsroom with one issue and two subscribers.
fn room() -> Newsroom {
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails at nine.\"\n")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(["ada@example.org,Ada", "ben@example.com"])
}

/// What `check` says where one thing is wrong.
#[track_caller]
fn finds(room: &Newsroom, finding: &str) {
    let finding = finding.strip_prefix('\n').unwrap_or(finding).replace("\n        ", "\n");
    let finding = finding.trim_start().trim_end();
    room.run("check 2026-11").exit(1).stdout(&format!("{finding}\n\n2026-11 cannot go out yet (1 error)\n")).stderr("");
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
        warning: the `en` edition has no preheader
          at issues/2026-11/issue.toml
        hint: add `preheader = \"…\"`: the words that an inbox shows behind the subject

        2026-11 is ready to go out (1 warning)
        ",
    );
}

#[test]
fn all_issues_are_checked_and_what_concerns_all_is_told_once() {
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"One\"\npreheader = \"One.\"\n")
        .article("2026-11", "lead", "One", "One.")
        .issue("2026-12", "subject = \"Two\"\npreheader = \"Two.\"\nsnipets = []\n")
        .issue("2027-01", "subject = \"Three\"\npreheader = \"Three.\"\n")
        .article("2027-01", "lead", "Three", "Three.");
    room.run("check").exit(1).stderr("").stdout(
        "
        warning: the list `subscribers.csv` is not there
          at envoi.toml:15:1
          15 | file = \"subscribers.csv\"
             | ^^^^
        hint: save it there as CSV; until then the merge fields are email, first_name, last_name, lang

        2026-11 is ready to go out (1 warning)

        error: unknown key `snipets`
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

// --- envoi.toml ---

#[test]
fn an_unknown_key_in_envoi_toml() {
    let room = room();
    let config = room.read("envoi.toml").replace("bounce =", "bouncer =");
    room.write("envoi.toml", config);
    room.run("check").exit(1).stdout("").stderr(
        "
        error: unknown key `bouncer`
          at envoi.toml:9:1
          9 | bouncer = \"bounces@example.org\"
            | ^^^^^^^
        hint: did you mean `bounce`?
        ",
    );
}

#[test]
fn an_address_in_envoi_toml_that_is_none() {
    let room = room();
    let config = room.read("envoi.toml").replace("bounces@example.org", "bounces.example.org");
    room.write("envoi.toml", config);
    room.run("check").exit(1).stdout("").stderr(
        "
        error: `bounces.example.org` is no e-mail address: it has no `@`
          at envoi.toml:9:10
          9 | bounce = \"bounces.example.org\"
            |          ^^^^^^^^^^^^^^^^^^^^^
        ",
    );
}

#[test]
fn several_slips_in_envoi_toml_are_counted() {
    let room = room().config("[images]\nmode = \"link\"");
    let config =
        room.read("envoi.toml").replace("https://www.example.org/unsubscribe", "http://www.example.org/unsubscribe");
    room.write("envoi.toml", config);
    room.run("check").exit(1).stdout("").stderr(
        "
        error: the unsubscribe `url` is not an https address
          at envoi.toml:18:1
          18 | url = \"http://www.example.org/unsubscribe?address={{ email }}\"
             | ^^^
        hint: one-click unsubscribing needs https (RFC 8058); leave `url` out to offer `mailto` alone

        error: images are to be linked, but no `base_url` says where they lie
          at envoi.toml:22:1
          22 | mode = \"link\"
             | ^^^^
        hint: add `base_url = \"https://…/\"` under `[images]`, or set `mode = \"embed\"`

        2 errors
        ",
    );
}

#[test]
fn a_text_in_another_encoding_than_utf_8() {
    let room = room().bytes("issues/2026-11/lead.md", b"+++\ntitle = \"Ferry\"\n+++\nIt sails in \xe9t\xe9.\n");
    finds(
        &room,
        "
        error: the file is not UTF-8
          at issues/2026-11/lead.md:4
        hint: save it as UTF-8 in your editor
        ",
    );
}

// --- issue.toml ---

#[test]
fn a_date_in_quotation_marks() {
    let room = room().issue("2026-11", "subject = \"Ferry\"\npreheader = \"It sails.\"\ndate = \"2026-11-24\"\n");
    finds(
        &room,
        "
        error: a text stands where a date is needed
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
        error: issue `2026-11` lists a snippet that does not exist: `film`
          at issues/2026-11/issue.toml:3:21
          3 | snippets = [\"lead\", \"film\"]
            |                     ^^^^^^
        hint: create it with `envoi new snippet 2026-11 film`, or take it out of line 3
        ",
    );
    // the hint holds what it promises
    room.run("new snippet 2026-11 film").exit(0).stdout("issues/2026-11/film.md\n").stderr("");
    room.run("check").exit(0).stdout("2026-11 is ready to go out\n");
}

#[test]
fn a_language_named_twice() {
    let room =
        room().issue("2026-11", "subject = \"Ferry\"\npreheader = \"It sails.\"\nlanguages = [\"en\", \"en\"]\n");
    finds(
        &room,
        "
        error: `languages` names `en` twice
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
        error: the `en` edition has no snippet
          at issues/2026-11/issue.toml
        hint: write one (`NAME.en.md` or `NAME.md`), or take `en` out of `languages`
        ",
    );
}

// --- front matter ---

#[test]
fn an_unknown_key_in_the_front_matter() {
    let room = room().snippet("2026-11", "lead", "+++\ntitel = \"Ferry\"\n+++\nIt sails.\n");
    finds(
        &room,
        "
        error: unknown key `titel`
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
        error: unknown value `evnt`
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
        error: a snippet begins with its front matter between `+++` lines
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
        error: the front matter opens with `+++`, but no second `+++` line closes it
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

// --- pictures, links, merge fields ---

#[test]
fn an_image_that_is_not_there() {
    let image = "+++\ntitle = \"Ferry\"\nimage = { file = \"fery.jpg\", alt = \"A ferry\" }\n+++\nIt sails.\n";
    let room = room().snippet("2026-11", "lead", image).bytes("issues/2026-11/ferry.jpg", b"no picture yet");
    finds(
        &room,
        "
        error: the image `fery.jpg` is not there
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
        error: the image `ferry.jpg` is no PNG, JPEG, GIF or WebP file
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
        error: the image path `../../envoi.toml` leaves the issue's folder
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
        error: the image path `secret.png` leaves the issue's folder
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
        error: the link `timetable.html` leads nowhere from within a mail
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
        error: unknown merge field `name`
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
        error: a merge field opens with `{{`, but does not close with `}}`
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
        error: no merge field is filled in `title`: readers would see the braces
          at issues/2026-11/lead.md:2:1
          2 | title = \"Ferry for {{ first_name }}\"
            | ^^^^^
        hint: write it in the text; merge fields work there, in links' addresses, in subject and preheader
        ",
    );
}

// --- templates ---

#[test]
fn an_unknown_partial() {
    let room = room().file("templates/newsletter.txt.hbs", "{{subject}}\n{{> footr}}\n");
    finds(
        &room,
        "
        error: unknown partial `footr`
          at templates/newsletter.txt.hbs:2:1
          2 | {{> footr}}
            | ^
        hint: did you mean `{{> footer}}`?
        ",
    );
}

#[test]
fn an_unknown_field_in_a_template() {
    let room = room().file("templates/newsletter.txt.hbs", "{{subject}}\n{{organisation.nam}}\n");
    finds(
        &room,
        "
        error: unknown field `organisation.nam`
          at templates/newsletter.txt.hbs:2:1
          2 | {{organisation.nam}}
            | ^
        hint: did you mean `organisation.name`?
        ",
    );
}

#[test]
fn a_block_of_a_template_that_nobody_closes() {
    let room = room().file("templates/newsletter.txt.hbs", "{{subject}}\n{{#if date}}\n{{date}}\n");
    finds(
        &room,
        "
        error: the block `{{#if}}` is opened, but not closed
          at templates/newsletter.txt.hbs:2:1
          2 | {{#if date}}
            | ^^^^^^^^^^^^
        hint: add `{{/if}}` where it ends
        ",
    );
}

#[test]
fn a_template_that_renders_nothing() {
    let room = room().file("templates/newsletter.txt.hbs", "{{!-- to be written --}}\n");
    finds(
        &room,
        "
        error: the template renders nothing
          at templates/newsletter.txt.hbs
        hint: delete the file to have the built-in template back
        ",
    );
}

#[test]
fn a_language_without_words() {
    let room = room();
    let config = room.read("envoi.toml").replace("default = \"en\"", "default = \"de\"");
    room.write("envoi.toml", config);
    finds(
        &room,
        "
        error: the templates have no words in `de`
          at templates/i18n/de.toml
        hint: copy `templates/i18n/en.toml` to that name and translate it
        ",
    );
}

// --- too much of anything ---

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
        &format!("{} {{{{ nobody }}}} {}", "word ".repeat(40), "word ".repeat(40)),
    );
    finds(
        &room,
        "
        error: unknown merge field `nobody`
          at issues/2026-11/lead.md:4:202
          4 | …  word word word word word word  {{ nobody }} word word word word word word word word word word w …
            |                                   ^^^^^^^^^
        hint: the list has these columns: email, first_name, lang
        ",
    );
}
