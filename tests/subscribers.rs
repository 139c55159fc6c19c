//! `envoi subscribers check` and `envoi unsubscribe`: lists as spreadsheets really write them.

mod support;

use support::Newsroom;

#[test]
fn a_sound_list_is_summed_up() {
    let room = Newsroom::new().subscribers(["ada@example.org,Ada,en", "ben@example.com,Ben,nl", "zoe@example.net"]);
    room.run("subscribers check").exit(0).stderr("").stdout(
        "
        3 subscribers in subscribers.csv: 1 en, 1 nl, 1 without a language
        read as UTF-8 with commas between the columns email, first_name, lang
        ",
    );
}

#[test]
fn a_list_needs_no_project() {
    let room = Newsroom::empty().file("list.csv", "email\nada@example.org\n");
    room.run("subscribers check list.csv").exit(0).stderr("").stdout(
        "
        1 subscriber in list.csv: 1 without a language
        read as UTF-8 with commas between the columns email
        ",
    );
}

/// Excel on a French Windows: semicolons, Windows-1252, CRLF, and columns in French.
#[test]
fn a_list_from_excel_is_read_as_it_is() {
    let list =
        b"Courriel;Pr\xe9nom;Nom;Langue\r\nzoe@example.org;Zo\xe9;L\xe9onard;FR\r\njo@example.org;Jo;D'hondt;NL\r\n";
    let room = Newsroom::new().bytes("subscribers.csv", list);
    room.run("subscribers check").exit(0).stderr("").stdout(
        "
        2 subscribers in subscribers.csv: 1 fr, 1 nl
        read as windows-1252 with semicolons between the columns email, first_name, last_name, lang
        ",
    );
}

#[test]
fn a_list_in_utf_16_is_read_as_it_is() {
    let text = "\u{feff}email\tPrénom\nzoe@example.org\tZoé\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let room = Newsroom::new().bytes("subscribers.csv", &bytes);
    room.run("subscribers check").exit(0).stderr("").stdout(
        "
        1 subscriber in subscribers.csv: 1 without a language
        read as UTF-8 with tabs between the columns email, first_name
        ",
    );
}

/// One byte that is not UTF-8 makes Windows-1252 of a whole list; and some lists come garbled.
#[test]
fn names_that_look_garbled_are_told() {
    let list =
        b"email,first_name\nzoe@example.org,Zo\xc3\xab\nrene@example.org,Ren\xe9\nbjorn@example.net,Bj\xc3\xb8rn\n";
    let room = Newsroom::new().bytes("subscribers.csv", list);
    room.run("subscribers check").exit(0).stderr("").stdout(
        "
        warning: `ZoÃ«` looks garbled [W819]
          at subscribers.csv:2
        hint: 2 rows are like that: save the list again from your spreadsheet, as CSV in UTF-8

        3 subscribers in subscribers.csv: 3 without a language
        read as windows-1252 with commas between the columns email, first_name
        ",
    );
}

#[test]
fn every_row_that_cannot_be_used_is_told_with_its_line() {
    // the empty lines count: an editor shows the same numbers
    let list = "email,lang\n\nada@example.org,en\n\n\nben(at)example.com,en\nADA@Example.org,en\nzoe@example.org,martian\n\
                joe@localhost,en\n";
    let room = Newsroom::new().file("subscribers.csv", list);
    room.run("subscribers check").exit(1).stderr("").stdout(
        "
        error: `ben(at)example.com` is no address to write to: it has no `@` [E816]
          at subscribers.csv:6
        hint: correct it, or take the row out

        warning: `ADA@example.org` stands on line 3 already [W817]
          at subscribers.csv:7
        hint: the first row counts; take this one out

        error: `joe@localhost` is no address to write to: the domain `localhost` has no dot [E816]
          at subscribers.csv:9
        hint: correct it, or take the row out

        warning: `martian` in the column `lang` is no language tag [W818]
          at subscribers.csv:8
        hint: write it like fr, nl or en; as it stands this subscriber gets the edition of the first language

        2 subscribers in subscribers.csv: 1 en, 1 without a language
        1 duplicate, 2 unusable rows left out
        read as UTF-8 with commas between the columns email, lang
        ",
    );
}

#[test]
fn duplicates_alone_are_no_failure() {
    let room = Newsroom::new().subscribers(["ada@example.org,Ada,en", "ada@example.org,Ada,en"]);
    room.run("subscribers check").exit(0).stdout_has("1 duplicate left out\n");
}

#[test]
fn findings_and_summary_are_one_json_document() {
    let room = Newsroom::new().file("subscribers.csv", "email;lang\nada@example.org;en\nada;en\nada@example.org;en\n");
    let run = room.run("subscribers check --json").exit(1).stderr("");
    let json = run.stdout_json();
    assert_eq!(json["findings"][0]["place"]["line"], 3);
    assert_eq!(json["findings"][1]["severity"], "warning");
    assert_eq!(json["findings"][2], serde_json::Value::Null);
    assert_eq!((&json["subscribers"], &json["duplicates"], &json["unusable"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!((&json["encoding"], &json["separator"]), (&"UTF-8".into(), &";".into()));
    assert_eq!(json["languages"]["en"], 1);
}

/// A quotation mark that nobody closes makes one cell of all rows behind it; they were once lost without a word.
#[test]
fn rows_within_an_open_quotation_mark_are_not_lost_in_silence() {
    let list = "email,first_name\nada@example.org,\"Ada\nben@example.com,Ben\nzoe@example.net,Zoé\n";
    let room = Newsroom::new().file("subscribers.csv", list);
    room.run("subscribers check").exit(1).stderr("").stdout(
        "
        error: a quotation mark opens on this line and swallows the row `ben@example.com,Ben` [E815]
          at subscribers.csv:2
        hint: close it, or take it out; a quotation mark that is meant as such is written twice

        error: nobody on the list can be written to [E812]
          at subscribers.csv
        hint: its first row names the columns, one of them `email`; each further row is a subscriber

        0 subscribers in subscribers.csv
        1 unusable row left out
        read as UTF-8 with commas between the columns email, first_name
        ",
    );
    // a cell of several lines is none of that
    room.write("subscribers.csv", "email,note\nada@example.org,\"call her,\nor write to ada@example.com, she says\"\n");
    room.run("subscribers check").exit(0).stdout_has("1 subscriber in");
}

#[test]
fn an_open_quotation_mark_does_not_fill_the_memory() {
    let list = format!("email,first_name\nada@example.org,\"Ada\n{}", "no row at all\n".repeat(200_000));
    let room = Newsroom::new().file("subscribers.csv", &list);
    room.run("subscribers check").exit(1).stdout("").stderr(
        "
        error: the list cannot be read: a row of more than a megabyte [E820]
          at subscribers.csv:2
        hint: look for a quotation mark that is not closed, and save the list again as CSV from your spreadsheet
        ",
    );
}

#[test]
fn an_empty_list() {
    let room = Newsroom::new().file("subscribers.csv", "");
    let empty = "
        error: the list is empty [E812]
          at subscribers.csv
        hint: its first row names the columns, one of them `email`; each further row is a subscriber
        ";
    room.run("subscribers check").exit(1).stdout("").stderr(empty);
    room.write("subscribers.csv", "\n\n\n");
    room.run("subscribers check").exit(1).stdout("").stderr(empty);
}

#[test]
fn a_list_of_nobody() {
    let room = Newsroom::new().file("subscribers.csv", "email,first_name\n");
    room.run("subscribers check").exit(1).stderr("").stdout(
        "
        error: nobody on the list can be written to [E812]
          at subscribers.csv
        hint: its first row names the columns, one of them `email`; each further row is a subscriber

        0 subscribers in subscribers.csv
        read as UTF-8 with commas between the columns email, first_name
        ",
    );
}

#[test]
fn a_list_without_addresses() {
    let room = Newsroom::new().file("subscribers.csv", "\nNaam,Gemeente\nAda,Brussel\n");
    room.run("subscribers check").exit(1).stdout("").stderr(
        "
        error: the list has no e-mail column [E813]
          at subscribers.csv:2
        hint: name one column `email`; the first row has: Naam, Gemeente
        ",
    );
}

#[test]
fn two_columns_of_one_name() {
    let room = Newsroom::new().file("subscribers.csv", "email,E-mail\nada@example.org,ada@example.com\n");
    room.run("subscribers check").exit(1).stdout("").stderr(
        "
        error: the list has two columns `email` [E814]
          at subscribers.csv:1
        hint: give each column a name of its own
        ",
    );
}

#[test]
fn what_is_neither_text_nor_workbook_is_no_list() {
    let room = Newsroom::new().bytes("subscribers.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\x01");
    room.run("subscribers check").exit(1).stdout("").stderr(
        "
        error: the list is no text [E811]
          at subscribers.csv
        hint: save it as .xlsx or as CSV from your spreadsheet: older workbooks (.xls) cannot be read
        ",
    );
    let room =
        Newsroom::new().bytes("subscribers.csv", b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0 xl/workbook.xml \xff\xfe\x01");
    room.run("subscribers check").exit(1).stdout("").stderr(
        "
        error: the workbook cannot be read: it is no zip archive [E811]
          at subscribers.csv
        hint: save it again as .xlsx or as CSV from your spreadsheet
        ",
    );
}

#[test]
fn a_list_that_is_not_there() {
    let room = Newsroom::new();
    room.run("subscribers check").exit(1).stdout("").stderr(
        "
        error: cannot read `subscribers.csv`
        because: No such file or directory (os error 2)
        hint: check how its name is written
        ",
    );
    let config = room.read("envoi.toml").replace("[list]\nfile = \"subscribers.csv\"\n", "");
    room.write("envoi.toml", config);
    room.run("subscribers check").exit(1).stdout("").stderr(
        "
        error: `envoi.toml` names no list
        hint: name a file: `envoi subscribers check FILE`
        hint: or add `[list]` with `file = \"subscribers.csv\"` to `envoi.toml`
        ",
    );
}

#[test]
fn a_list_cannot_write_on_the_terminal() {
    let room = Newsroom::new().file("subscribers.csv", "email\n\u{1b}[2Jada\u{202e}@example.org\n");
    let run = room.run("subscribers check").exit(1);
    assert!(!run.stdout_text().contains(['\u{1b}', '\u{202e}']), "{:?}", run.stdout_text());
}

#[test]
fn who_unsubscribes_is_never_written_to_again() {
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"\npreheader = \"It sails.\"\n")
        .article("2026-11", "lead", "Ferry", "It sails.")
        .subscribers(["ada@example.org", "ben@example.com"]);
    room.run("unsubscribe Ben@Example.com")
        .exit(0)
        .stdout("`Ben@example.com` will not be written to again\n")
        .stderr("");
    room.run("unsubscribe ben@example.com").exit(0).stdout("`ben@example.com` is suppressed already\n").stderr("");
    room.run("send 2026-11 --yes").exit(0);
    let recipients: Vec<String> = room.messages().into_iter().map(|letter| letter.to).collect();
    assert_eq!(recipients, ["ada@example.org"]);
}

#[test]
fn an_address_that_is_not_on_the_list_may_be_misspelt() {
    let room = Newsroom::new().subscribers(["ben@example.com"]);
    room.run("unsubscribe bem@example.com")
        .exit(0)
        .stdout("`bem@example.com` will not be written to again\n")
        .stderr("hint: `bem@example.com` is not on the list: check how it is spelt\n");
    room.run("unsubscribe ben@example").exit(2).stdout("").stderr(
        "
        error: invalid value 'ben@example' for '<ADDRESS>': the domain `example` has no dot

        For more information, try '--help'.
        ",
    );
    room.run("unsubscribe").exit(2).stdout("");
}

/// Lists of other programs go on to hold those who left, and some hold them twice.
#[test]
fn who_left_as_a_list_says_is_not_written_to() {
    let list = "email,first_name,lang,statut\nada@example.org,Ada,en,membre\nbob@example.com,Bob,en,Désinscrit\n\
                Cleo@example.net,Cleo,en,actif\ncleo@example.net,Cleo,en,unsubscribed\n\
                dan@example.net,Dan,en,de\u{301}sabonne\u{301}\n";
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\n")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .file("subscribers.csv", list);
    room.run("subscribers check").exit(0).stderr("").stdout(
        "
        warning: the list says of `bob@example.com`: unsubscribed [W825]
          at subscribers.csv:3
        hint: they are not written to: take the row out, or correct what it says

        warning: another row says of `Cleo@example.net`: unsubscribed [W825]
          at subscribers.csv:4
        hint: they are not written to: take the rows out, or correct what they say

        warning: the list says of `cleo@example.net`: unsubscribed [W825]
          at subscribers.csv:5
        hint: they are not written to: take the row out, or correct what it says

        warning: the list says of `dan@example.net`: unsubscribed [W825]
          at subscribers.csv:6
        hint: they are not written to: take the row out, or correct what it says

        1 subscriber in subscribers.csv: 1 en
        4 former subscribers left out
        read as UTF-8 with commas between the columns email, first_name, lang, statut
        ",
    );
    room.run("send 2026-11 --yes").exit(0).stdout_has("1 accepted").stderr_has("4 former subscribers");
    let readers: Vec<String> = room.messages().into_iter().map(|letter| letter.to).collect();
    assert_eq!(readers, ["Ada <ada@example.org>"]);
    // a whole file of them, as Mailchimp writes it
    let export = "unsubscribed_email_audience_export_1a2b3c.csv";
    room.write(export, std::fs::read(format!("tests/lists/{export}")).expect("a sample"));
    let run = room.run(&format!("send 2026-11 --yes --list {export}")).exit(1);
    run.stderr_has("there is nobody to send to").stderr_has("the list says of everybody on it that they left");
    assert_eq!(room.messages().len(), 1);
}

/// A program that writes strokes says so in its first line.
#[test]
fn a_list_with_strokes_is_called_one() {
    let room = Newsroom::new().file("subscribers.csv", "sep=|\nemail|first_name\nada@example.org|Ada\n");
    room.run("subscribers check")
        .exit(0)
        .stdout_has("read as UTF-8 with strokes between the columns email, first_name");
}

/// Somebody who writes to be sure that they are off is known, though the list says already that they left.
#[test]
fn who_left_is_still_known_by_name() {
    let room = Newsroom::new().file("subscribers.csv", "email,statut\nada@example.org,\nbob@example.com,Désinscrit\n");
    room.run("unsubscribe bob@example.com").exit(0).stdout_has("will not be written to again").stderr("");
    room.run("unsubscribe dan@example.com").exit(0).stderr_has("is not on the list");
}
