//! `--where`: who is meant by a condition, and what is said of one that cannot be read.

mod support;

use support::Newsroom;

const LIST: &str = "Courriel;Langue;Étiquettes\nada@example.org;FR;press\nben@example.com;fr;Press, board\n\
                    cleo@example.net;nl;press\ndirk@example.net;fr;\n";

fn newsroom() -> Newsroom {
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\n")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .file("subscribers.csv", LIST)
}

#[test]
fn a_send_goes_to_those_for_whom_the_condition_holds() {
    let room = newsroom();
    let press = "send 2026-11 --yes --where 'lang = fr and tag:press and not tag:board'";
    room.run(press).exit(0).stdout_has("1 accepted");
    room.run("send 2026-11 --yes --where 'tag:board or not tag:press'").exit(0).stdout_has("2 accepted");
    room.run("send 2026-11 --yes --where lang!=fr --where tag:PRESS").exit(0).stdout_has("1 accepted");
    assert_eq!(room.messages().len(), 4);
}

#[test]
fn a_condition_that_cannot_be_read_is_underlined() {
    let room = newsroom();
    room.run("send 2026-11 --yes --where 'tag:press and lnag = fr'").exit(1).stdout("").stderr(
        "
        error: the list has no column `lnag` [E830]
          at --where:1:15
          1 | tag:press and lnag = fr
            |               ^^^^
        hint: did you mean `lang`?
        ",
    );
    room.run("send 2026-11 --yes --where 'lang = fr tag:press'").exit(1).stderr_has("--where:1:11");
    assert!(room.messages().is_empty());
}

#[test]
fn the_rows_that_are_meant_are_given_as_csv_and_as_json() {
    let room = newsroom();
    room.run("subscribers list --where 'lang = fr and tag:press'").exit(0).stderr("").stdout(
        "
        email;lang;tags
        ada@example.org;FR;press
        ben@example.com;fr;Press, board
        ",
    );
    let json = room.run("subscribers list --json --where tag:board").exit(0).stderr("").stdout_json();
    assert_eq!(json[0]["email"], "ben@example.com");
    assert_eq!(json[1], serde_json::Value::Null);
    let none = room.run("subscribers list --json --where tag:school").exit(0).stdout_json();
    assert_eq!(none, serde_json::json!([]));
}

#[test]
fn what_cannot_be_used_is_counted_and_no_cell_is_a_formula() {
    let list = "email,note\nada@example.org,\"=1+1, or 2\"\nada@example.org,\nben,\n+bob@example.org,+32 2 555 01 00\n";
    let room = Newsroom::empty().file("list.csv", list);
    room.run("subscribers list list.csv")
        .exit(0)
        .stderr("1 duplicate, 1 unusable row left out: `envoi subscribers check` names each\n")
        .stdout("email,note\nada@example.org,\"'=1+1, or 2\"\n'+bob@example.org,'+32 2 555 01 00\n");
}
