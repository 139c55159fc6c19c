//! The list in the ledger: who comes on it, who goes, and issues sent to it without any file.

mod support;

use support::Newsroom;

/// A newsroom with an issue whose `envoi.toml` names no list.
fn newsroom() -> Newsroom {
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails.\"\n")
        .article("2026-11", "lead", "Ferry back in service", "Dear {{ first_name \"friends\" }}, it sails at nine.");
    let config = room.read("envoi.toml").replace("[list]\nfile = \"subscribers.csv\"\n", "");
    room.write("envoi.toml", config);
    room
}

fn readers(room: &Newsroom) -> Vec<String> {
    let mut readers: Vec<String> = room.messages().into_iter().map(|letter| letter.to).collect();
    readers.sort();
    readers
}

#[test]
fn an_issue_is_sent_to_the_ledgers_own_list() {
    let room = newsroom();
    room.run("send 2026-11 --yes").exit(1).stderr_has("no list says who gets the issue");
    room.run("subscribers add ada@example.org --lang en --tag press --set first_name=Ada")
        .exit(0)
        .stdout("`ada@example.org` is on the list\n")
        .stderr("");
    room.run("subscribers add ben@example.com --set 'Prénom=Ben'").exit(0);
    room.run("subscribers add cleo@example.net --tag board").exit(0);
    room.run("unsubscribe cleo@example.net").exit(0).stderr("");
    room.run("send 2026-11 --yes")
        .exit(0)
        .stdout_has("2 accepted")
        .stderr_has("2 subscribers of the ledger: 2 en")
        .stderr_has("1 suppressed address");
    assert_eq!(readers(&room), ["Ada <ada@example.org>", "Ben <ben@example.com>"]);
    room.run("send 2026-11 --yes").exit(0).stdout("nothing is left to send\n");
}

#[test]
fn a_condition_chooses_from_the_ledgers_list() {
    let room = newsroom();
    room.run("subscribers add ada@example.org --tag press --set city=Brussels").exit(0);
    room.run("subscribers add ben@example.com --tag board").exit(0);
    room.run("send 2026-11 --yes --where 'tag:press and city = brussels'").exit(0).stdout_has("1 accepted");
    assert_eq!(readers(&room), ["ada@example.org"]);
    room.run("subscribers list --where tag:board").exit(0).stderr("").stdout(
        "
        email,first_name,last_name,lang,tags,city
        ben@example.com,,,,board,
        ",
    );
    room.run("subscribers list --where town=x").exit(1).stderr_has("the list has no column `town`");
}

#[test]
fn merge_fields_are_the_columns_of_the_ledgers_list() {
    let room = newsroom();
    room.write("issues/2026-11/lead.md", "+++\ntitle = \"Ferry\"\n+++\nIt sails from {{ city \"here\" }}.\n");
    room.run("check 2026-11").exit(1).stdout_has("unknown merge field `city`");
    room.run("subscribers add ada@example.org --set city=Antwerp").exit(0);
    room.run("check 2026-11").exit(0);
    room.run("send 2026-11 --yes").exit(0);
    assert!(room.messages()[0].text.contains("from Antwerp"));
}

#[test]
fn a_file_can_still_be_sent_to() {
    let room = newsroom().file("other.csv", "email,first_name\nzoe@example.net,\n");
    room.run("subscribers add ada@example.org").exit(0);
    room.run("send 2026-11 --yes --list other.csv").exit(0).stderr_has("1 subscriber of other.csv");
    assert_eq!(readers(&room), ["zoe@example.net"]);
}

#[test]
fn who_is_added_twice_is_on_the_list_once() {
    let room = newsroom();
    room.run("subscribers add Ada@Example.org --tag press").exit(0);
    room.run("subscribers add ada@example.org")
        .exit(0)
        .stdout("`ada@example.org` was on the list already; what is new was changed\n");
    room.run("subscribers add ada@example.org").exit(0).stdout("`ada@example.org` is on the list already, just so\n");
    room.run("subscribers add ada@example.org --tag board --tag press --lang fr").exit(0);
    room.run("subscribers list").exit(0).stdout(
        "
        email,first_name,last_name,lang,tags
        ada@example.org,,,fr,press board
        ",
    );
}

#[test]
fn a_new_tag_is_added_to_tags_of_which_one_stands_twice() {
    let room = newsroom().file("old.csv", "email,tags\nada@example.org,Presse presse\n");
    room.write("new.csv", "email,tags\nada@example.org,board\n");
    room.run("subscribers import old.csv --yes").exit(0).stdout_has("1 added");
    room.run("subscribers import new.csv --yes").exit(0).stdout_has("1 changed");
    room.run("subscribers list --where tag:board").exit(0).stdout_has("ada@example.org,,,,Presse board");
}

#[test]
fn who_is_removed_is_gone_and_may_come_back() {
    let room = newsroom();
    room.run("subscribers add ada@example.org").exit(0);
    room.run("subscribers add ben@example.com").exit(0);
    room.run("subscribers remove ADA@example.org")
        .exit(0)
        .stdout("`ADA@example.org` is no longer on the ledger's list\n");
    room.run("subscribers remove ada@example.org").exit(1).stdout("`ada@example.org` is not on the ledger's list\n");
    room.run("send 2026-11 --yes").exit(0).stdout_has("1 accepted");
    room.run("subscribers add ada@example.org").exit(0).stdout("`ada@example.org` is on the list\n");
}

#[test]
fn who_is_suppressed_is_not_added_but_can_be_restored() {
    let room = newsroom();
    room.run("unsubscribe ada@example.org").exit(0);
    room.run("subscribers add ada@example.org").exit(1).stdout("").stderr(
        "
        error: `ada@example.org` is suppressed: it must not be written to
        hint: where they want to be written to again, say so: `envoi subscribers restore ada@example.org --reason …`
        ",
    );
    room.run("subscribers restore ada@example.org").exit(2).stderr_has("--reason");
    room.run("subscribers restore ada@example.org --reason 'she asked on the phone, 24 November'")
        .exit(0)
        .stdout("`ada@example.org` may be written to again; it was unsubscribed (by hand)\n");
    room.run("subscribers restore ada@example.org --reason again")
        .exit(0)
        .stdout("`ada@example.org` is not suppressed\n");
    room.run("subscribers add ada@example.org").exit(0);
    room.run("send 2026-11 --yes").exit(0).stdout_has("1 accepted");
}

#[test]
fn what_is_worth_a_second_look_is_told() {
    let room = newsroom();
    room.run("subscribers add ada@gmial.com")
        .exit(0)
        .stderr("hint: is `gmail.com` meant? then remove `ada@gmial.com`, and add the right one\n");
    room.run("subscribers add info@example.org").exit(0).stderr_has("belongs to a function");
    room.run("subscribers add ada@example").exit(2).stderr_has("has no dot");
    room.run("subscribers add ada@example.org --set email=x").exit(2).stderr_has("the address is the argument itself");
}

/// What `init` writes: then whoever looks after the ledger's list must learn that nothing is sent to it.
#[test]
fn beside_a_file_the_ledgers_list_is_told_to_be_another_one() {
    let room = Newsroom::new().file("liste.csv", "email,Prénom,lang\nada@example.org,Ada,fr\n");
    room.write("envoi.toml", room.read("envoi.toml").replace("subscribers.csv", "liste.csv"));
    let hint = "hint: sends go to `liste.csv`: delete `file` under `[list]` in `envoi.toml` to use this list\n";
    room.run("subscribers add ben@example.com").exit(0).stdout_has("is on the list").stderr(hint);
    room.write("more.csv", "email\ncleo@example.net\n");
    room.run("subscribers import more.csv --yes").exit(0).stdout_has("1 added").stderr_has(hint);
    room.run("subscribers remove ben@example.com").exit(0).stderr("");
    room.run("subscribers remove ada@example.org")
        .exit(1)
        .stdout("`ada@example.org` is not on the ledger's list\n")
        .stderr("hint: sends go to `liste.csv`: take the row out of `liste.csv`\n");
}

/// Whoever asks what is known of them (GDPR, article 15) gets what stands in the file, too.
#[test]
fn what_stands_in_the_file_is_known_of_somebody() {
    let room = Newsroom::new().file("subscribers.csv", "email,Prénom,lang,tags\nAda@example.org,Ada,fr,\n");
    room.run("subscribers show ada@example.org").exit(0).stderr("").stdout(
        "
        address    ada@example.org
        in file    subscribers.csv: email = Ada@example.org, first_name = Ada, lang = fr
        on list    no
        ",
    );
    let shown = room.run("subscribers show ada@example.org --json").exit(0).stdout_json();
    assert_eq!((&shown["listed"], &shown["row"]["values"]["first_name"]), (&false.into(), &"Ada".into()));
    room.run("subscribers show ben@example.com").exit(1).stdout("nothing is known of `ben@example.com`\n").stderr("");
    room.write("subscribers.csv", "Naam,Gemeente\nAda,Brussel\n");
    room.run("subscribers show ada@example.org")
        .exit(1)
        .stderr("hint: `subscribers.csv` cannot be read, and was not looked at\n");
}

#[test]
fn who_is_refused_leaves_no_column_behind() {
    let room = newsroom();
    room.run("subscribers add ben@example.com").exit(0);
    room.run("unsubscribe ada@example.org").exit(0);
    room.run("subscribers add ada@example.org --set city=Antwerp").exit(1);
    room.run("subscribers list").exit(0).stdout_has("ben@example.com").stdout_lacks("city");
}

/// The file that is written takes the place of one that is there: no list and no ledger may be that one.
#[test]
fn no_list_and_no_ledger_is_overwritten() {
    let room = Newsroom::new().subscribers(["ada@example.org,Ada,en", "ben@example.com,Ben,nl"]);
    let list = room.read("subscribers.csv");
    room.run("subscribers export ./subscribers.csv --where lang=nl").exit(1).stdout("").stderr(
        "
        error: `./subscribers.csv` is the project's list, and would be overwritten
        hint: name another file to write
        ",
    );
    room.write("more.csv", "email\ncleo@example.net\nnobody\n");
    for (command, what) in [
        ("subscribers import more.csv --yes --rejects more.csv", "`more.csv` is the file that is read"),
        ("subscribers import more.csv --yes --rejects subscribers.csv", "`subscribers.csv` is the project's list"),
    ] {
        room.run(command).exit(1).stdout("").stderr_has(what);
    }
    room.run("unsubscribe zoe@example.net").exit(0);
    room.run("subscribers export ledger.db").exit(1).stderr_has("`ledger.db` is the ledger, and would be overwritten");
    assert_eq!((room.read("subscribers.csv"), room.read("more.csv").lines().count()), (list, 3));
    room.run("subscribers export nl.csv --where lang=nl").exit(0).stdout("1 subscriber written to nl.csv\n");
    room.run("subscribers export nl.csv").exit(0).stdout("2 subscribers written to nl.csv\n");
}

#[test]
fn nobody_at_all_is_no_list() {
    newsroom().run("subscribers export all.csv").exit(1).stdout("").stderr(
        "
        error: `envoi.toml` names no list
        hint: nobody is on the ledger's list either: `envoi subscribers import FILE` brings one in
        hint: or add `[list]` with `file = \"subscribers.csv\"` to `envoi.toml`
        ",
    );
}
