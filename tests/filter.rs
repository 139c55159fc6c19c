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
