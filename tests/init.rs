//! `envoi init`: a project to begin with, in which everything works as it is.

mod support;

use support::Newsroom;

#[test]
fn a_new_project_works_as_it_is() {
    let room = Newsroom::empty().clock("2026-11-24T09:00:00+01:00");
    room.run("init").exit(0).stderr("").stdout(
        "
        made in [DIR]:
          .gitignore
          envoi.toml
          issues/                 4 files
          subscribers.example.csv
          templates/              56 files

        next:
          envoi check           what is wrong or worth knowing
          envoi preview         the example issue as readers will see it, in your browser
          envoi send welcome    into the folder outbox/, until envoi.toml names a relay
          edit envoi.toml       your organisation, your sender, your list
        ",
    );
    room.run("check").exit(0).stdout("welcome is ready to go out\n").stderr("");
    room.run("list").exit(0).stderr("").stdout(
        "
        SLUG     DATE        LANGUAGES  SNIPPETS  SUBJECT
        welcome  2026-11-24  en         3         Welcome to our newsletter
        ",
    );
    room.run("subscribers check").exit(0).stdout_has("3 subscribers in subscribers.example.csv: 3 en\n");
    room.run("build welcome").exit(0).stderr("").stdout_has("[DIR]/out/welcome/en/newsletter.html\n");
    room.run("send welcome --yes").exit(0);
    let subjects: Vec<String> = room.messages().into_iter().map(|letter| letter.subject).collect();
    assert_eq!(subjects, ["Welcome to our newsletter"; 3]);
    // what envoi makes and who the subscribers are stays out of git, and nothing else does
    assert_eq!(
        room.read(".gitignore"),
        "/ledger.db*\n/outbox/\n/out/\n/subscribers*.csv\n!/subscribers.example.csv\n*.xlsx\n"
    );
}

#[test]
fn a_folder_is_made_where_it_is_not_there() {
    let room = Newsroom::empty();
    room.run("init desk/letters")
        .exit(0)
        .stdout_has("made in [DIR]/desk/letters:\n")
        .stdout_has("next:\n  cd [DIR]/desk/letters\n");
    room.run("-C desk/letters check").exit(0).stdout("welcome is ready to go out\n");
}

/// `envoi -C ../ferri send …` must not send the issue of the project that happens to be around.
#[test]
fn a_misspelt_folder_is_not_the_project_around_it() {
    let room = Newsroom::empty();
    room.run("init").exit(0);
    room.run("-C lettres list").exit(1).stdout("").stderr(
        "
        error: cannot find `lettres`
        because: No such file or directory (os error 2)
        hint: check how its name is written
        ",
    );
    // and `..` leads out of a project
    room.run("init inner").exit(0);
    room.write("inner/issues/within/issue.toml", "subject = \"Within\"\n");
    room.run("-C inner list").exit(0).stdout_has("within");
    room.run("-C inner/issues/../.. list").exit(0).stdout_has("welcome").stdout_lacks("within");
}

#[test]
fn nothing_is_overwritten() {
    let room = Newsroom::empty().file(".gitignore", "mine\n").file("templates/theme.toml", "# mine\n");
    room.run("init").exit(0).stderr("").stdout_has(
        "\
left as it was in [DIR]:
  .gitignore
  templates/              1 file
",
    );
    assert_eq!(
        (room.read(".gitignore"), room.read("templates/theme.toml")),
        ("mine\n".to_owned(), "# mine\n".to_owned())
    );
}

/// In a project that is there, `init` brings back the templates that were taken out, and leaves no example behind.
#[test]
fn a_project_that_is_there_gets_only_what_its_templates_lack() {
    let room = Newsroom::new();
    room.run("init").exit(0).stderr("").stdout(
        "
        made in [DIR]:
          .gitignore
          templates/              55 files

        left as it was in [DIR]:
          envoi.toml

        ",
    );
    assert!(!room.exists("issues") && !room.exists("subscribers.example.csv"));
}

#[test]
fn the_templates_are_those_that_are_built_in() {
    let room = Newsroom::empty();
    room.run("init").exit(0);
    for name in ["newsletter.html.hbs", "partials/footer.txt.hbs", "i18n/fr.toml"] {
        let own =
            std::fs::read_to_string(format!("{}/templates/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a template");
        assert_eq!(room.read(&format!("templates/{name}")), own);
    }
}

#[test]
fn a_file_in_the_way_is_named() {
    let room = Newsroom::empty().file("desk", "a file");
    room.run("init desk").exit(1).stdout("").stderr(
        "
        error: cannot create `[DIR]/desk`
        because: File exists (os error 17)
        ",
    );
}
