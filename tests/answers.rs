//! What a send and its neighbours say: for scripts, before the question, after the end, and where they refuse.

mod support;

use support::{Newsroom, Postbox, Service, need};

/// A newsroom with one short issue and these subscribers.
fn newsroom<'a>(subscribers: impl IntoIterator<Item = &'a str>) -> Newsroom {
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails at nine.\"")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(subscribers)
}

const SIX: [&str; 6] =
    ["ada@example.com", "ben@example.com", "cleo@example.com", "dan@example.com", "eve@example.com", "fay@example.com"];

#[test]
fn a_script_gets_json_where_nothing_is_sent_too() {
    let room = newsroom(["ada@example.com", "ben@example.com"]);
    let prepared = room.run("send 2026-11 --prepare --yes --json").exit(0).stdout_json();
    assert_eq!((&prepared["accepted"], &prepared["deliveries"]["pending"]), (&0.into(), &2.into()));
    let sent = room.run("send 2026-11 --yes --json").exit(0).stdout_json();
    assert_eq!((&sent["issue"], &sent["accepted"]), (&"2026-11".into(), &2.into()));
    let again = room.run("send 2026-11 --yes --json").exit(0).stdout_json();
    assert_eq!((&again["issue"], &again["kind"]), (&"2026-11".into(), &"issue".into()));
    assert_eq!((&again["accepted"], &again["deliveries"]["accepted"]), (&0.into(), &2.into()));
    room.run("send 2026-11 --yes").exit(0).stdout("nothing is left to send\n");
}

#[test]
fn the_question_counts_what_is_begun() {
    if !need(Service::Python) {
        return;
    }
    let room = newsroom(SIX);
    room.run_at_terminal("send 2026-11 --limit 2", &["n"]).exit(1).stdout_has("Send 2 of 6 messages?");
    room.run_at_terminal("send 2026-11 --limit 6", &["n"]).exit(1).stdout_has("Send 6 messages?");
}

#[test]
fn what_is_to_go_is_told_with_what_is_deferred() {
    let postbox = Postbox::new().deferring("ada@example.com", 451, 9).start();
    let room = newsroom(SIX).relay_with(&postbox, "connections = 1\npause = 0\nattempts = 1");
    room.run("send 2026-11 --yes --limit 3")
        .exit(3)
        .stdout_has("2 accepted, 1 deferred")
        .stderr_has("4 deliveries to go, 1 of them deferred; `envoi send 2026-11` goes on");
    room.run("send 2026-11 --yes").exit(3).stderr_has("`envoi send 2026-11` tries the deferred ones again");
}

#[test]
fn why_there_is_nobody_to_send_to() {
    let room = newsroom(["ada@example.com", "zoe@example.com"]);
    let nobody = "error: there is nobody to send to\n";
    room.run("send 2026-11 --yes --where 'email = nobody@example.com'")
        .exit(1)
        .stderr_has(nobody)
        .stderr_has("hint: `--where` leaves out everybody on the list\n");
    room.run("unsubscribe zoe@example.com").exit(0);
    room.run("send 2026-11 --yes --where 'email = zoe@example.com'")
        .exit(1)
        .stderr_has(nobody)
        .stderr_has("hint: everybody on the list whom `--where` names is suppressed\n");
    room.run("unsubscribe ada@example.com").exit(0);
    room.run("send 2026-11 --yes").exit(1).stderr_has("hint: everybody on the list is suppressed\n");
}

#[test]
fn the_list_that_was_given_is_the_one_to_look_at() {
    let rows: String = (0..40).map(|row| format!("reader{row}.example.com\n")).collect();
    let room = newsroom(["ada@example.com"]).file("other.csv", &format!("email\n{rows}"));
    room.run("send 2026-11 --yes --list other.csv")
        .exit(1)
        .stderr_has("more: `envoi subscribers check other.csv` shows them all")
        .stderr_has("hint: `envoi subscribers check other.csv` says what is wrong with the rows");
}

#[test]
fn an_issue_that_is_misspelt_is_told_with_the_nearest_one() {
    let room = newsroom(["ada@example.com"]);
    for command in ["status 2026-1", "status 2026-1 --json", "send 2026-1 --follow", "preview 2026-1 --no-open"] {
        room.run(command).exit(1).stdout("").stderr(
            "
            error: there is no issue `2026-1`
            hint: did you mean `2026-11`?
            ",
        );
    }
    room.run("status 2026-11").exit(0).stdout("`2026-11` was not sent yet\n");
    // what was sent is known, its folder or none
    room.run("send 2026-11 --yes").exit(0);
    std::fs::remove_dir_all(room.path("issues/2026-11")).expect("the issue's folder");
    room.run("status 2026-11").exit(0).stdout_has("2026-11");
}

/// Like every path in `envoi.toml`, what the command names is seen from the project's folder.
#[test]
fn the_command_that_prints_a_password_runs_in_the_projects_folder() {
    let postbox = Postbox::new().starttls().login("desk", "secret").start();
    let room = newsroom(["ada@example.com"]).relay(&postbox).file("password", "secret\n").file("desk/here", "");
    let config =
        room.read("envoi.toml").replace("password_env = \"ENVOI_PASSWORD\"", "password_command = \"cat password\"");
    // the project is beside the folder in which the program runs
    for file in room.files("").into_iter().filter(|file| file != "desk/here") {
        room.write(&format!("desk/{file}"), room.read_bytes(&file));
    }
    std::fs::remove_file(room.path("password")).expect("the file that was copied");
    room.write("desk/envoi.toml", config);
    room.run("-C desk send 2026-11 --yes").exit(0).stdout_has("1 accepted");
}

#[test]
fn the_list_of_rules_fits_a_terminal() {
    if !need(Service::Python) {
        return;
    }
    let room = Newsroom::new();
    let shown = room.run_at_terminal("explain", &[]).exit(0).stdout_text().clone();
    let widest = shown.lines().map(|line| line.trim_end().chars().count()).max();
    assert!(widest.is_some_and(|columns| columns <= 80), "{widest:?}\n{shown}");
    // a row a rule, where a program reads it
    let piped = room.run("explain").exit(0).stdout_text().clone();
    assert!(piped.lines().skip(1).all(|line| line.starts_with(['E', 'W'])), "{piped}");
}

/// A path that envoi.toml would look for elsewhere begins a new, empty ledger: everybody gets the issue again.
#[test]
fn a_ledger_that_was_moved_is_found_as_it_is_told() {
    let room = Newsroom::empty();
    room.run("init desk").exit(0);
    room.run("-C desk send welcome --yes").exit(0);
    let before = room.run("-C desk status --json").exit(0).stdout_json();
    // said from where envoi.toml looks, not from where she stands
    let config = room.read("desk/envoi.toml");
    for (to, path, told) in [
        ("desk/copy.db", "copy.db".to_owned(), "path = \"copy.db\""),
        ("copy.db", room.path("copy.db").display().to_string(), "path = \"[DIR]/copy.db\""),
    ] {
        room.run(&format!("-C desk ledger move --to {to}")).exit(0).stderr_has(told);
        let line = format!("path = {path:?}");
        room.write("desk/envoi.toml", config.replace("path = \"ledger.db\"", &line));
        assert_eq!(room.run("-C desk status --json").exit(0).stdout_json(), before, "{line}");
        room.write("desk/envoi.toml", &config);
    }
}
