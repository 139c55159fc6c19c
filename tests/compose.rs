//! `envoi new` and `envoi list`: from an empty folder to an issue that can go out.

mod support;

use support::{Letter, Newsroom};

const NOVEMBER: &str = "2026-11-24T09:00:00+01:00";

/// Writes a text of one's own over each line that `envoi new` begins with.
#[track_caller]
fn written(room: &Newsroom, file: &str) {
    let begun = [
        ("What this issue is about", "Ferry back in service"),
        ("The words that follow the subject in an inbox", "It sails at nine."),
        ("The title of this text", "What is new"),
        ("Write the text here, in Markdown.", "It sails at nine."),
        ("The headline tells what happened, this line where, since when, for whom", "From the old quay"),
        ("The first paragraph tells who did what, where, and why it matters.", "The town bought it for the islanders."),
    ];
    let before = room.read(file);
    let after = begun.iter().fold(before.clone(), |text, (begun, own)| text.replace(begun, own));
    assert_ne!(before, after, "{file} begins with other words");
    room.write(file, after);
}

#[test]
fn a_new_issue_is_in_the_projects_language_and_dated_today() {
    let room = Newsroom::new().subscribers([]).clock(NOVEMBER);
    let config = room.read("envoi.toml").replace("default = \"en\"", "default = \"fr\"");
    room.write("envoi.toml", config);
    room.run("new issue 2026-11").exit(0).stderr("").stdout("issues/2026-11/issue.toml\nissues/2026-11/lead.md\n");
    assert_eq!(
        room.read("issues/2026-11/issue.toml"),
        "\
subject = \"De quoi parle ce numéro\"
preheader = \"Les mots qui suivent l’objet dans la boîte de réception\"    # inboxes show it behind the subject
date = 2026-11-24

# Its editions, where there are several; `lead.nl.md` beside `lead.md` is the same snippet in that language.
# languages = [\"fr\", \"nl\"]

# The snippets in their order; by file name where this is left out.
# snippets = [\"lead\"]
"
    );
    let run = room.run("check").exit(1).stdout_has("2026-11 cannot go out yet (4 errors)\n");
    let run = run.stdout_has("error: these words are still those of `envoi new` [E509]\n");
    let run =
        run.stdout_has("  at issues/2026-11/issue.toml:1:12\n").stdout_has("  at issues/2026-11/issue.toml:2:14\n");
    let _ = run.stdout_has("  at issues/2026-11/lead.md:2:10\n").stdout_has("  at issues/2026-11/lead.md:7:1\n");
    room.write("issues/2026-11/issue.toml", "subject = \"Le bac\"\npreheader = \"Départ à neuf heures.\"\n");
    room.write("issues/2026-11/lead.md", "+++\ntitle = \"Le bac\"\n+++\nDépart à neuf heures.\n");
    room.run("check").exit(0).stdout("2026-11 is ready to go out\n");
}

#[test]
fn what_nobody_has_written_yet_is_not_sent() {
    let room = Newsroom::new().subscribers(["ada@example.org,Ada,en"]).clock(NOVEMBER);
    room.run("new issue 2026-11").exit(0);
    room.run("send 2026-11 --yes").exit(1).stderr_has("[E509]");
    assert!(room.messages().is_empty());
    written(&room, "issues/2026-11/issue.toml");
    // one line left as it was is enough, whatever stands around it
    let text = room.read("issues/2026-11/lead.md").replace("The title of this text", "Ferry back");
    room.write("issues/2026-11/lead.md", format!("{text}\nIt sails at nine.\n"));
    room.run("send 2026-11 --yes").exit(1).stderr_has("lead.md:7:1").stderr_lacks("lead.md:2");
    written(&room, "issues/2026-11/lead.md");
    room.run("send 2026-11 --yes").exit(0);
    assert_eq!(room.messages().len(), 1);
    // and a release's page is none either
    room.run("new press-release new-ferry").exit(0);
    room.run("export new-ferry --out press").exit(1).stderr_has("new-ferry.md:4:13").stderr_has("[E509]");
}

#[test]
fn an_issue_grows_by_snippets_of_every_kind() {
    let room = Newsroom::new().subscribers(["ada@example.org,Ada,en"]).clock(NOVEMBER);
    room.run("new issue 2026-11").exit(0);
    for kind in ["article", "event", "publication", "quotation", "links", "press-release"] {
        room.run(&format!("new snippet 2026-11 the-{kind} --kind {kind}"))
            .exit(0)
            .stderr("")
            .stdout(&format!("issues/2026-11/the-{kind}.md\n"));
        written(&room, &format!("issues/2026-11/the-{kind}.md"));
    }
    written(&room, "issues/2026-11/issue.toml");
    written(&room, "issues/2026-11/lead.md");
    // what only the officer knows is asked for
    let run = room.run("check").exit(0).stdout_has("[W604]").stdout_has("[W605]");
    let _ = run.stdout_has("2026-11 is ready to go out (2 warnings)\n");
    room.run("list").exit(0).stderr("").stdout(
        "
        SLUG     DATE        LANGUAGES  SNIPPETS  SUBJECT
        2026-11  2026-11-24  en         7         Ferry back in service
        ",
    );
    room.run("build 2026-11").exit(0);
    let letter = Letter::parse(&room.read_bytes("out/2026-11/en/newsletter.eml"));
    for title in [
        "What is new",
        "The article",
        "The event",
        "The publication",
        "The quotation",
        "The links",
        "The press release",
    ] {
        assert!(letter.text.contains(title), "{title} is missing:\n{}", letter.text);
    }
}

#[test]
fn every_line_that_a_skeleton_comments_out_can_be_taken_in() {
    let room = Newsroom::new().subscribers([]).clock(NOVEMBER);
    room.run("new issue 2026-11").exit(0);
    for kind in ["article", "event", "publication", "quotation", "links", "press-release"] {
        room.run(&format!("new snippet 2026-11 the-{kind} --kind {kind}")).exit(0);
        let file = format!("issues/2026-11/the-{kind}.md");
        written(&room, &file);
        let text = room.read(&file);
        let all_but_pictures = text.lines().filter(|line| !line.contains("image =") && !line.contains("boilerplate ="));
        let taken_in: Vec<&str> = all_but_pictures.map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
        room.write(&file, taken_in.join("\n") + "\n");
    }
    written(&room, "issues/2026-11/issue.toml");
    written(&room, "issues/2026-11/lead.md");
    let text = room.read("issues/2026-11/the-press-release.md");
    assert!(text.contains("embargo = 2026-11-24T10:30:00+01:00"), "{text}");
    room.run("check")
        .exit(0)
        .stdout_has("2026-11 is ready to go out (1 warning)\n")
        .stdout_has("warning: under embargo");
}

#[test]
fn a_press_release_begins_with_dateline_contacts_and_boilerplate() {
    let room = Newsroom::new().subscribers([]).file("templates/boilerplates/post.md", "A newspaper.\n").clock(NOVEMBER);
    room.run("new press-release new-ferry").exit(0).stderr("").stdout(
        "
        issues/new-ferry/issue.toml
        issues/new-ferry/new-ferry.md
        ",
    );
    assert_eq!(
        room.read("issues/new-ferry/new-ferry.md"),
        "\
+++
title = \"New ferry\"
kind = \"press-release\"
subtitle = \"The headline tells what happened, this line where, since when, for whom\"
place = \"Brussels\"
date = 2026-11-24                # with the place it makes the dateline
# embargo = 2026-11-24T10:30:00+01:00    # before that moment `envoi send` refuses it
boilerplate = \"post\"         # templates/boilerplates/: about the organisation
# documents = [{ title = \"Press kit\", url = \"https://www.example.org/press-kit.pdf\", size = \"1 MB\" }]

# [[quotations]]
# words = \"…\"
# speaker = \"Ada Okafor\"
# function = \"chair of The Lantern\"

[[contacts]]
name = \"The Harbour Post\"
# phone = \"+32 2 000 00 00\"
email = \"post@example.org\"
+++
The first paragraph tells who did what, where, and why it matters.
"
    );
    room.run("check").exit(1).stdout_has("new-ferry cannot go out yet (3 errors)\n");
    written(&room, "issues/new-ferry/issue.toml");
    written(&room, "issues/new-ferry/new-ferry.md");
    room.run("check").exit(0).stdout("new-ferry is ready to go out\n");
    room.run("export new-ferry --out press").exit(0);
    let text = room.read("press/new-ferry.en.txt");
    for part in ["Brussels, 24 November 2026", "post@example.org", "A newspaper."] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
}

#[test]
fn a_snippet_that_the_issue_would_leave_out_is_told() {
    let room = Newsroom::new()
        .subscribers([])
        .issue("2026-11", "subject = \"Ferry\"\npreheader = \"-\"\nsnippets = [\"lead\"]\n")
        .article("2026-11", "lead", "Ferry", "It sails.");
    room.run("new snippet 2026-11 gulls --lang fr").exit(0).stdout("issues/2026-11/gulls.fr.md\n").stderr(
        "
        hint: add \"gulls\" to `snippets` in issue.toml, which leaves out what it does not list
        hint: add \"fr\" to `languages` in issue.toml, which has no such edition yet
        ",
    );
    assert!(room.read("issues/2026-11/gulls.fr.md").contains("Écrivez le texte ici"));
}

#[test]
fn nothing_is_overwritten() {
    let room = Newsroom::new().subscribers([]).clock(NOVEMBER);
    room.run("new issue 2026-11").exit(0);
    room.write("issues/2026-11/lead.md", "mine");
    for again in ["new issue 2026-11", "new press-release 2026-11"] {
        room.run(again).exit(1).stdout("").stderr(
            "
            error: `issues/2026-11/issue.toml` is there already
            hint: edit it, or choose another name; nothing was written
            ",
        );
    }
    room.run("new snippet 2026-11 lead").exit(1).stdout("").stderr(
        "
        error: `issues/2026-11/lead.md` is there already
        hint: edit it, or choose another name; nothing was written
        ",
    );
    assert_eq!(room.files("issues"), ["2026-11/issue.toml", "2026-11/lead.md"]);
    assert_eq!(room.read("issues/2026-11/lead.md"), "mine");
}

#[test]
fn a_name_that_will_not_do_is_told_with_one_that_will() {
    let room = Newsroom::new();
    room.run("new issue 'Été 2026'").exit(2).stdout("").stderr(
        "
        error: invalid value 'Été 2026' for '<SLUG>': a name is made of lower case letters (a to z), digits and hyphens between them: write `ete-2026`

        For more information, try '--help'.
        ",
    );
    room.run("new press-release ../../etc").exit(2).stdout("").stderr_has("write `etc`");
    room.run("new snippet 2026-11 lead").exit(1).stdout("").stderr(
        "
        error: there is no issue `2026-11`
        hint: `envoi list` shows the issues; `envoi new issue SLUG` makes one
        ",
    );
    room.run("new snippet 2026-11 lead --kind evnt")
        .exit(2)
        .stdout("")
        .stderr_has("tip: a similar value exists: 'event'");
    room.run("new snippet 2026-11 lead --lang french").exit(2).stdout("").stderr_has("`french` is no language tag");
    assert!(!room.exists("issues"));
}

#[test]
fn a_broken_issue_is_listed_with_its_errors() {
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"{{ first_name \\\"Reader\\\" }}, the ferry\"\nlanguages = [\"en\", \"fr\"]\ndate = 2026-11-24\n")
        .article("2026-11", "lead", "Ferry", "It sails.")
        .issue("2026-12", "subject = \"Gulls\"\nsnippets = [\"a\", \"b\"]\n")
        .file("issues/notes/readme.txt", "no issue");
    room.run("list").exit(0).stderr("").stdout(
        "
        SLUG     DATE        LANGUAGES  SNIPPETS  SUBJECT
        2026-11  2026-11-24  en, fr     1         Reader, the ferry
        2026-12                                   2 errors: see `envoi check 2026-12`
        ",
    );
    let json = room.run("list --json").exit(0).stderr("").stdout_json();
    assert_eq!(json[0]["subject"]["fr"], "Reader, the ferry");
    assert_eq!(json[0]["languages"], serde_json::json!(["en", "fr"]));
    assert_eq!(json[1], serde_json::json!({ "slug": "2026-12", "errors": 2 }));
}
