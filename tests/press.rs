//! `envoi export`: press releases as pages of their own.

mod support;

use support::Newsroom;

/// The text page in a few words, so that whole files can be compared.
const TEXT: &str = "{{this.release.title}} ({{this.lang}})\n{{this.release.dateline}}\n\n{{{this.release.body}}}\n\
    {{#each release.contacts}}\n{{this.name}}, {{this.email}}\n{{/each}}\n";

fn release(title: &str) -> String {
    format!(
        "+++\ntitle = \"{title}\"\nkind = \"press-release\"\nplace = \"Brussels\"\ndate = 2026-11-24\n\
         contacts = [{{ name = \"Ada\", email = \"ada@example.org\" }}]\n+++\nIt sails at nine.\n"
    )
}

/// An issue with an article and one press release in two languages.
fn room() -> Newsroom {
    Newsroom::new()
        .file("templates/press-release.txt.hbs", TEXT)
        .issue("2026-11", "subject = \"Ferry\"\npreheader = \"-\"\nlanguages = [\"en\", \"fr\"]\n")
        .article("2026-11", "lead", "Ferry", "It sails.")
        .snippet("2026-11", "ferry.en", &release("Ferry back"))
        .snippet("2026-11", "ferry.fr", &release("Le bac revient"))
}

#[test]
fn each_language_is_a_page_and_a_text() {
    let room = room();
    room.run("export ferry --out press").exit(0).stderr("").stdout(
        "
        press/ferry.en.html
        press/ferry.en.txt
        press/ferry.fr.html
        press/ferry.fr.txt
        ",
    );
    assert_eq!(
        room.read("press/ferry.fr.txt"),
        "Le bac revient (fr)\nBrussels, le 24 novembre 2026\n\nIt sails at nine.\nAda, ada@example.org\n"
    );
    let page = room.read("press/ferry.en.html");
    assert!(page.contains("href=\"ferry.fr.html\""), "each page leads to the others:\n{page}");
}

#[test]
fn a_release_is_found_by_name_by_issue_or_by_both() {
    let room = room();
    for wanted in ["ferry", "2026-11", "2026-11/ferry", "issues/2026-11/ferry"] {
        room.run(&format!("export {wanted}")).exit(0).stdout_has("[DIR]/out/2026-11/ferry.en.html\n");
    }
}

#[test]
fn a_page_needs_no_other_file() {
    let room = Newsroom::empty();
    let project = env!("CARGO_MANIFEST_DIR");
    room.run(&format!("-C '{project}' export site-signalement --out press")).exit(0).stderr("");
    for language in ["fr", "nl"] {
        let page = room.read(&format!("press/site-signalement.{language}.html"));
        let sources: Vec<&str> = page.split("src=\"").skip(1).collect();
        assert!(!sources.is_empty());
        for source in sources {
            assert!(source.starts_with("data:image/"), "{:?}", source.get(..60));
        }
        assert!(!page.contains("rel=\"stylesheet\"") && !page.contains("<script src") && !page.contains("{{"));
        assert!(room.read(&format!("press/site-signalement.{language}.txt")).contains("Lotte Verhaegen"));
    }
}

#[test]
fn a_name_that_is_not_there_is_told_with_the_nearest_one() {
    let room = room();
    room.run("export fery").exit(1).stdout("").stderr(
        "
        error: there is no press release `fery`
        hint: did you mean `ferry`?
        ",
    );
    room.run("export 2026-11/fery").exit(1).stdout("").stderr(
        "
        error: the issue `2026-11` has no press release `fery`
        hint: did you mean `2026-11/ferry`?
        ",
    );
    room.run("export 2026-11/lead").exit(1).stdout("").stderr(
        "
        error: the issue `2026-11` has no press release `lead`
        hint: its kind is `article`: set `kind = \"press-release\"` in `issues/2026-11/lead.md`
        ",
    );
    room.run("export something-else").exit(1).stdout("").stderr(
        "
        error: there is no press release `something-else`
        hint: `envoi new press-release SLUG` makes one
        ",
    );
}

#[test]
fn an_issue_with_none_or_several_says_so() {
    let room = room()
        .snippet("2026-11", "whale", &release("Whale seen"))
        .issue("2026-12", "subject = \"Quiet\"\n")
        .article("2026-12", "lead", "Quiet", "Nothing.");
    room.run("export 2026-11").exit(1).stdout("").stderr(
        "
        error: the issue `2026-11` has 2 press releases
        hint: `envoi export 2026-11/ferry`
        hint: `envoi export 2026-11/whale`
        ",
    );
    room.run("export 2026-12").exit(1).stdout("").stderr(
        "
        error: the issue `2026-12` has no press release
        hint: make one with `envoi new snippet 2026-12 NAME --kind press-release`
        ",
    );
}

#[test]
fn a_name_that_two_issues_have() {
    let room = room().issue("2026-12", "subject = \"Again\"\n").snippet("2026-12", "ferry", &release("Ferry gone"));
    room.run("export ferry").exit(1).stdout("").stderr(
        "
        error: 2 issues have a press release `ferry`
        hint: `envoi export 2026-11/ferry`
        hint: `envoi export 2026-12/ferry`
        ",
    );
}

#[test]
fn a_broken_issue_hides_no_other() {
    let room = room().issue("2026-12", "subjet = \"Again\"\n");
    room.run("export ferry --out press").exit(0);
    room.run("export gull").exit(1).stdout("").stderr(
        "
        error: there is no press release `gull`
        hint: `2026-12` cannot be read: see `envoi check 2026-12`
        ",
    );
}

#[test]
fn an_embargo_is_told() {
    let text = release("Ferry back").replace("place =", "embargo = 2026-11-24T10:30:00+01:00\nplace =");
    let room = room().snippet("2026-11", "ferry.en", &text).clock("2026-11-24T09:00:00+01:00");
    room.run("export ferry --out press").exit(0).stderr(
        "
        warning: under embargo until 2026-11-24 10:30 +01:00 [W608]
          at issues/2026-11/ferry.en.md:4:1
          4 | embargo = 2026-11-24T10:30:00+01:00
            | ^^^^^^^
        hint: `send` refuses it before that time, unless `--break-embargo` is given
        ",
    );
    assert!(room.read("press/ferry.en.html").contains("24 November 2026"));
}

#[test]
fn a_merge_field_has_nobody_to_be_filled_for() {
    let text = release("Ferry back").replace("It sails", "Dear {{ first_name \"reader\" }}, it sails");
    let room = room().snippet("2026-11", "ferry.en", &text);
    room.run("export ferry --out press").exit(0).stderr(
        "
        warning: a press page has no subscriber for `{{ first_name }}` [W805]
          at issues/2026-11/ferry.en.md:8:6
          8 | Dear {{ first_name \"reader\" }}, it sails at nine.
            |      ^^^^^^^^^^^^^
        hint: write words that suit every reader; the page shows the fallback, or nothing
        ",
    );
    assert!(room.read("press/ferry.en.txt").contains("Dear reader, it sails"));
}

#[test]
fn a_release_with_an_error_writes_nothing() {
    let room = room().snippet("2026-11", "ferry.fr", &release("Le bac").replace("It sails", "Cher {{ nom }}"));
    room.run("export ferry --out press").exit(1).stdout("").stderr_has("error: unknown merge field `nom` [E801]\n");
    assert!(!room.exists("press"));
}

#[test]
fn a_boilerplate_that_is_not_there() {
    let text = release("Ferry back").replace("place =", "boilerplate = \"about\"\nplace =");
    let room = room().snippet("2026-11", "ferry.en", &text);
    room.run("export 2026-11").exit(1).stdout("").stderr(
        "
        error: the boilerplate `about` is not there in `en` [E118]
          at issues/2026-11/ferry.en.md:4:1
          4 | boilerplate = \"about\"
            | ^^^^^^^^^^^
        hint: write it in `templates/boilerplates/about.en.md`
        ",
    );
}

#[test]
fn a_folder_in_the_way_stops_every_file() {
    let room = room();
    room.write("press/ferry.fr.txt/mine", "kept");
    room.run("export ferry --out press").exit(1).stdout("").stderr_has("press/ferry.fr.txt");
    assert_eq!(room.files("press"), ["ferry.fr.txt/mine"], "all or none");
}

#[cfg(unix)]
#[test]
fn who_could_write_a_file_still_can() {
    use std::os::unix::fs::PermissionsExt;
    let room = room();
    room.write("press/ferry.en.txt", "before");
    let path = room.path("press/ferry.en.txt");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o664)).expect("a mode can be set");
    room.run("export ferry --out press").exit(0);
    let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
    assert_eq!(format!("{:o}", mode & 0o777), "664");
}

/// A browser that prints, in the words of a shell, and leaves a child behind.
#[cfg(unix)]
fn browser(room: Newsroom, ending: &str) -> Newsroom {
    use std::os::unix::fs::PermissionsExt;
    let script = format!(
        "#!/bin/sh\nfor one; do case $one in --print-to-pdf=*) pdf=${{one#*=}};; file:*) page=$one;; esac; done\n\
         sleep 300 & echo $! > '{0}/child'; echo \"$page\" > '{0}/page'; echo %PDF-1.4 > \"$pdf\"; {ending}\n",
        room.path("").display()
    );
    let room = room.file("browser", &script);
    let program = room.path("browser");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a mode can be set");
    room.env("ENVOI_CHROMIUM", &program.display().to_string())
}

/// Waits until a process is gone: who was killed is still seen for a moment.
#[cfg(unix)]
#[track_caller]
fn ends(process: &str) {
    let state = || std::fs::read_to_string(format!("/proc/{}/stat", process.trim())).unwrap_or_default();
    let until = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !state().is_empty() && !state().contains(") Z ") {
        assert!(std::time::Instant::now() < until, "the browser's child goes on: {}", state());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[cfg(unix)]
#[test]
fn what_the_browser_started_ends_with_it() {
    let room = room();
    std::fs::create_dir(room.path("a#b%41")).expect("a folder");
    let temporary = room.path("a#b%41").display().to_string();
    let room = browser(room, "exit 0").env("TMPDIR", &temporary);
    room.run("export ferry --out press --format pdf").exit(0);
    ends(&room.read("child"));
    assert!(room.read("page").contains("/a%23b%2541/envoi-print-"), "{}", room.read("page"));
}

#[cfg(unix)]
#[test]
fn a_browser_that_fails_makes_no_pdf() {
    let room = browser(room(), "exit 7");
    room.run("export ferry --out press --format pdf").exit(1).stdout("").stderr_has("ended with exit status: 7\n");
    assert!(!room.exists("press"));
}

#[cfg(unix)]
#[test]
fn who_interrupts_the_printing_ends_the_browser_too() {
    let room = browser(room(), "sleep 300");
    let running = room.spawn("export ferry --out press --format pdf");
    let until = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !room.exists("page") && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    running.interrupt();
    running.wait().exit(130).stdout("");
    ends(&room.read("child"));
    assert!(!room.exists("press"));
}
