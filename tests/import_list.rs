//! `envoi subscribers import`: lists as spreadsheets and other services really write them, brought into the ledger.

mod support;

use std::fs;
use std::io::{Cursor, Read as _, Write as _};

use support::Newsroom;

/// A newsroom whose list is in the ledger, with the sample files of tests/lists in its folder.
fn newsroom() -> Newsroom {
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails.\"\n")
        .article("2026-11", "lead", "Ferry back in service", "Dear {{ first_name \"friends\" }}, it sails at nine.")
        .clock("2026-11-24T09:00:00Z");
    let config = room.read("envoi.toml").replace("[list]\nfile = \"subscribers.csv\"\n", "");
    room.write("envoi.toml", config);
    for sample in fs::read_dir("tests/lists").expect("the samples") {
        let path = sample.expect("a sample").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        room.write(&name, fs::read(&path).expect("a sample can be read"));
    }
    room
}

/// A workbook with other texts in it.
fn with_texts(workbook: &[u8], texts: &str) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(workbook)).expect("an archive");
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut part = from.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("a whole part");
        to.start_file(&name, zip::write::SimpleFileOptions::default()).expect("a new part");
        let bytes = if name.ends_with("sharedStrings.xml") { texts.as_bytes() } else { &bytes };
        to.write_all(bytes).expect("room for it");
    }
    to.finish().expect("a whole archive").into_inner()
}

fn list(room: &Newsroom) -> serde_json::Value {
    room.run("subscribers list --json").exit(0).stderr("").stdout_json()
}

/// Excel on a French Windows: `sep=;`, Windows-1252, a title above the header, codes kept as texts, empty columns.
#[test]
fn a_list_from_excel_is_recognised_shown_and_taken() {
    let room = newsroom();
    let run = room.run("subscribers import excel.csv --yes").exit(0).stdout(
        "
        warning: `Info@example.net` belongs to a function and not to a person [W822]
          at excel.csv:7
        hint: make sure that whoever reads it agreed

        3 added, 0 changed, 0 unchanged, 0 suppressed, 0 rejected
        worth a second look: 1 of a function
        ",
    );
    run.stderr(
        "
        excel.csv: a list, in windows-1252, with semicolons, its header on line 4

        column       becomes
        Courriel     email
        Prénom       first_name
        Nom          last_name
        Langue       lang
        Code postal  code_postal
        ",
    );
    let list = list(&room);
    assert_eq!(list[0]["email"], "zoe@example.org");
    assert_eq!((&list[0]["first_name"], &list[0]["lang"]), (&"Zoé".into(), &"fr".into()));
    assert_eq!(list[0]["code_postal"], "0800");
    assert_eq!((&list[1]["last_name"], &list[1]["lang"]), (&"D'hondt; Vandamme".into(), &"nl".into()));
    room.run("send 2026-11 --yes").exit(0).stdout_has("3 accepted");
}

#[test]
fn what_the_project_allows_an_import_and_a_look_at_the_list_do_not_tell() {
    let room = newsroom().file("twice.csv", "email\nada@example.org\nADA@example.org\n");
    let config = room.read("envoi.toml");
    room.write("envoi.toml", format!("{config}\n[check]\nallow = [\"role-address\", \"W817\"]\n"));
    room.run("subscribers import excel.csv --yes").exit(0).stdout(
        "
        3 added, 0 changed, 0 unchanged, 0 suppressed, 0 rejected
        worth a second look: 1 of a function
        ",
    );
    room.run("subscribers check twice.csv").exit(0).stdout_has("1 duplicate left out").stdout_lacks("[W817]");
    let json = room.run("subscribers check twice.csv --json").exit(0).stdout_json();
    assert_eq!(json["findings"], serde_json::json!([]));
}

#[test]
fn to_import_twice_changes_nothing() {
    let room = newsroom();
    let mailchimp = "subscribed_email_audience_export_1a2b3c.csv";
    for (file, address) in [
        ("excel.csv", "zoe@example.org"),
        ("membres.xlsx", "zoe@example.org"),
        ("brevo.csv", "ada@example.org"),
        ("listmonk.csv", "ada@example.org"),
        (mailchimp, "ada@example.org"),
    ] {
        let code = if file == "brevo.csv" { 3 } else { 0 };
        let import = format!("subscribers import {file} --yes");
        let show = format!("subscribers show {address} --json");
        room.run(&import).exit(code);
        let before = (list(&room), room.run(&show).exit(0).stdout_json());
        room.run(&import).exit(code).stdout_has("0 added, 0 changed");
        assert_eq!(before, (list(&room), room.run(&show).exit(0).stdout_json()), "{file}");
    }
}

#[test]
fn a_workbook_is_read_itself() {
    let room = newsroom();
    room.run("subscribers import membres.xlsx --yes")
        .exit(0)
        .stdout("2 added, 0 changed, 0 unchanged, 0 suppressed, 0 rejected\n")
        .stderr_has("membres.xlsx: a list, the sheet `Membres 2026` of a workbook, its header on line 3")
        .stderr_has("when they agreed");
    let list = list(&room);
    assert_eq!((&list[0]["email"], &list[0]["first_name"]), (&"zoe@example.org".into(), &"Zoé".into()));
    // a number is no fraction, and a formula that failed is nothing
    assert_eq!((&list[0]["code_postal"], &list[1]["code_postal"]), (&"1000".into(), &"".into()));
    assert_eq!(list[1]["lang"], "nl");
    let zoe = room.run("subscribers show zoe@example.org --json").exit(0).stdout_json();
    assert_eq!(zoe["consents"][0]["given"], 1_553_040_000);
    // it is a list like any other
    room.run("subscribers check membres.xlsx").exit(0).stdout(
        "
        2 subscribers in membres.xlsx: 1 fr, 1 nl
        read as a workbook with the columns email, first_name, lang, date_d_inscription, code_postal
        ",
    );
}

/// A few kilobytes that unpack to hundreds of megabytes, and a count that asks for terabytes of memory.
#[test]
fn a_hostile_workbook_is_refused() {
    let room = newsroom();
    let whole = fs::read("tests/lists/membres.xlsx").expect("a sample");
    let texts =
        |texts: &str| format!("<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" {texts}</sst>");
    let bomb = texts(&format!("uniqueCount=\"1\"><si><t>{}</t></si>", "a".repeat(200 * 1024 * 1024)));
    room.write("bomb.xlsx", with_texts(&whole, &bomb));
    room.write("liar.xlsx", with_texts(&whole, &texts("uniqueCount=\"99999999999999\"><si><t>a</t></si>")));
    room.run("subscribers import bomb.xlsx --yes").exit(1).stdout("").stderr(
        "
        error: the workbook cannot be read: unpacked it has more than 192 MB [E811]
          at bomb.xlsx
        hint: save it again as .xlsx or as CSV from your spreadsheet
        ",
    );
    room.run("subscribers import liar.xlsx --yes").exit(1).stderr_has("more texts than it can hold");
    for length in (0..whole.len()).step_by(97) {
        room.write("cut.xlsx", &whole[..length]);
        let run = room.run("subscribers import cut.xlsx --yes").exit(1);
        assert!(!run.stderr_text().contains("panicked"), "{}", run.stderr_text());
    }
}

#[test]
fn an_export_of_mailchimp_brings_consent_and_those_who_left() {
    let room = newsroom();
    room.run("subscribers import subscribed_email_audience_export_1a2b3c.csv --yes")
        .exit(0)
        .stdout_has("2 added")
        .stderr_has("an export of Mailchimp, in UTF-8, with commas")
        .stderr_has("MEMBER_RATING  left out");
    let ada = room.run("subscribers show ada@example.org --json").exit(0).stdout_json();
    assert_eq!(ada["values"]["tags"], "press board-members");
    assert_eq!(ada["consents"][0]["given"], 1_553_083_200);
    assert_eq!(ada["consents"][0]["ip"], "203.0.113.8");
    assert_eq!(ada["values"].get("leid"), None);
    room.run("subscribers import unsubscribed_email_audience_export_1a2b3c.csv --yes")
        .exit(0)
        .stdout("0 added, 0 changed, 0 unchanged, 0 suppressed, 0 rejected\n1 who left there are suppressed here\n")
        .stderr_has("everybody in it is unsubscribed: they are suppressed, and not on the list");
    room.run("subscribers import cleaned_email_audience_export_1a2b3c.csv --yes").exit(0).stdout_has("1 who left");
    room.write("again.csv", "email\ncleo@example.com\ngone@example.com\n");
    room.run("subscribers import again.csv --yes").exit(0).stdout_has("0 added").stdout_has("2 suppressed");
    let gone = room.run("subscribers show gone@example.com --json").exit(0).stdout_json();
    assert_eq!(gone["suppression"]["reason"], "bounced");
}

#[test]
fn contacts_of_mailchimp_who_never_subscribed_are_not_taken() {
    let room = newsroom();
    let header = "\"Email Address\",\"First Name\",MEMBER_RATING,OPTIN_TIME,LEID,EUID\n";
    room.write("nonsubscribed_email_audience_export.csv", format!("{header}ada@example.org,Ada,2,,1,2\n"));
    room.run("subscribers import nonsubscribed_email_audience_export.csv --yes")
        .exit(3)
        .stdout_has("error: `ada@example.org` never agreed to be written to [E824]")
        .stdout_has("0 added");
}

#[test]
fn an_export_of_brevo() {
    let room = newsroom();
    room.run("subscribers import brevo.csv --yes --rejects rejects.csv")
        .exit(3)
        .stdout_has("1 added, 0 changed, 0 unchanged, 0 suppressed, 1 rejected\n1 who left there are suppressed here\n")
        .stderr_has("an export of Brevo, in UTF-8, with semicolons");
    let ada = room.run("subscribers show ada@example.org --json").exit(0).stdout_json();
    assert_eq!(ada["consents"][0]["given"], 1_718_668_800);
    assert_eq!(ada["values"]["job_title"], "Journaliste");
    let rejects = room.read("rejects.csv");
    assert!(rejects.starts_with("envoi_line;envoi_reason;CONTACT ID;EMAIL;"), "{rejects}");
    assert!(rejects.contains("\n4;`` is no address to write to: it has no `@`;3;;Sans;Adresse;"), "{rejects}");
}

#[test]
fn an_export_of_listmonk() {
    let room = newsroom();
    room.run("subscribers import listmonk.csv --yes")
        .exit(0)
        .stdout_has("2 added, 0 changed, 0 unchanged, 0 suppressed, 0 rejected\n1 who left there are suppressed here\n")
        .stderr_has("attributes  a column each");
    let ada = room.run("subscribers show ada@example.org --json").exit(0).stdout_json();
    assert_eq!((&ada["values"]["city"], &ada["values"]["press"]), (&"Ghent".into(), &"true".into()));
    assert_eq!(ada["values"]["name"], "Ada Lovelace");
    assert_eq!(ada["consents"][0]["given"], 1_577_977_445);
    room.run("subscribers list --where 'city = ghent'").exit(0).stdout_has("ada@example.org");
}

#[test]
fn every_row_is_told_and_counted() {
    let room = newsroom();
    room.run("unsubscribe zoe@example.net").exit(0);
    let rows = "email,first_name\nada@gmial.com,Ada\nben(at)example.com,Ben\nADA@gmial.com,Ada\nzoe@example.net,Zoé\n\
                \"=cmd|' /C calc'!A0\",x\n";
    room.write("list.csv", rows);
    let report = "
        error: `ben(at)example.com` is no address to write to: it has no `@` [E816]
          at list.csv:3
        hint: correct it, or take the row out

        warning: `ADA@gmial.com` stands on line 2 already [W817]
          at list.csv:4
        hint: the first row counts; take this one out

        error: `=cmd|' /C calc'!A0` is no address to write to: it has no `@` [E816]
          at list.csv:6
        hint: correct it, or take the row out

        warning: `ada@gmial.com` may be meant to end in `gmail.com` [W821]
          at list.csv:2
        hint: where it is, `envoi subscribers remove ada@gmial.com` and add the right one

        warning: `zoe@example.net` is suppressed, and stays off the list [W823]
          at list.csv:5
        hint: only where they ask for it: `envoi subscribers restore zoe@example.net --reason …`, and import again

        ";
    let sum = "1 added, 0 changed, 0 unchanged, 1 suppressed, 2 rejected
        1 duplicate left out
        worth a second look: 1 with a domain like a large one's
        ";
    // a rehearsal says the same, and changes nothing
    room.run("subscribers import list.csv --dry-run")
        .exit(3)
        .stdout(&format!("{report}nothing was changed; it would be: {sum}"));
    room.run("subscribers list").exit(1);
    room.run("subscribers import list.csv --yes --rejects out/rejects.csv").exit(3).stdout(&format!("{report}{sum}"));
    // no cell is a formula
    assert_eq!(
        room.read("out/rejects.csv"),
        "envoi_line,envoi_reason,email,first_name\n\
         3,`ben(at)example.com` is no address to write to: it has no `@`,ben(at)example.com,Ben\n\
         4,`ADA@gmial.com` stands on line 2 already,ADA@gmial.com,Ada\n\
         6,`=cmd|' /C calc'!A0` is no address to write to: it has no `@`,'=cmd|' /C calc'!A0,x\n"
    );
    let json = room.run("subscribers import list.csv --yes --json").exit(3).stderr("").stdout_json();
    assert_eq!((&json["added"], &json["unchanged"], &json["rejected"]), (&0.into(), &1.into(), &2.into()));
    assert_eq!(json["findings"][0]["place"]["line"], 3);
    assert_eq!(json["recognised"]["encoding"], "UTF-8");
}

#[test]
fn nobody_is_imported_without_a_yes() {
    let room = newsroom();
    room.run("subscribers import excel.csv").exit(1).stdout("").stderr_has("nobody is there to confirm the import");
    room.run("subscribers list").exit(1).stderr_has("names no list");
}

#[test]
fn what_is_known_stays_known() {
    let room = newsroom();
    room.write("a.csv", "email,first_name,city,tags\nada@example.org,Ada,Ghent,press\n");
    room.run("subscribers import a.csv --yes --tag members --source 'form of 2019' --consent-date 2019-03-20").exit(0);
    room.write("b.csv", "E-mail,Ville,City,Mots clés\nADA@example.org,,Antwerp,board press\n");
    room.run("subscribers import b.csv --yes").exit(0).stdout_has("0 added, 1 changed");
    let ada = room.run("subscribers show ada@example.org --json").exit(0).stdout_json();
    assert_eq!((&ada["values"]["first_name"], &ada["values"]["city"]), (&"Ada".into(), &"Antwerp".into()));
    assert_eq!(ada["values"]["tags"], "press members board");
    // another file is no new consent
    assert_eq!(ada["consents"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&ada["consents"][0]["source"], &ada["consents"][0]["given"]),
        (&"form of 2019".into(), &1_553_040_000.into())
    );
}

#[test]
fn encodings_and_separators_of_every_kind() {
    let room = newsroom();
    let text = "Courriel;Prénom\nzoe@example.org;Zoé\n";
    let utf16 = |bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{text}").encode_utf16().flat_map(bytes).collect()
    };
    let tabs = text.replace(';', "\t");
    let quoted = "\"sep=,\"\n\"E-mail\",\"Voornaam\"\n\"zoe@example.org\",\"Zoé\"\n";
    let files: [Vec<u8>; 9] = [
        text.into(),
        format!("\u{feff}{text}").into_bytes(),
        text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect(),
        utf16(u16::to_le_bytes, "\u{feff}"),
        utf16(u16::to_be_bytes, "\u{feff}"),
        utf16(u16::to_le_bytes, ""),
        utf16(u16::to_be_bytes, ""),
        tabs.into_bytes(),
        quoted.into(),
    ];
    for (index, bytes) in files.iter().enumerate() {
        room.write("list.csv", bytes);
        let run = room.run("subscribers import list.csv --yes").exit(0);
        let expected = if index == 0 { "1 added, 0 changed" } else { "0 added, 0 changed, 1 unchanged" };
        assert!(run.stdout_text().contains(expected), "{index}: {}", run.stdout_text());
    }
    assert_eq!(list(&room)[0]["first_name"], "Zoé");
}

#[test]
fn a_file_of_bare_addresses_needs_no_header() {
    let room = newsroom();
    room.write("list.txt", "ada@example.org\nben@example.com\n");
    room.run("subscribers import list.txt --yes").exit(0).stdout_has("2 added").stderr_has("without a header");
    room.write("list.txt", "Ada;ada@example.org\nCleo;cleo@münchen.example\n");
    room.run("subscribers import list.txt --yes").exit(0).stdout_has("1 added, 1 changed");
    assert_eq!(list(&room)[2]["email"], "cleo@xn--mnchen-3ya.example");
    assert_eq!(list(&room)[2]["column_1"], "Cleo");
}

#[test]
fn a_status_of_ones_own_is_heeded() {
    let room = newsroom();
    room.write("list.csv", "email,statut\nada@example.org,abonnée\nben@example.com,Désinscrit\ncleo@example.net,\n");
    room.run("subscribers import list.csv --yes").exit(0).stdout_has("2 added").stdout_has("1 who left");
    room.write("list.csv", "email\nben@example.com\n");
    room.run("subscribers import list.csv --yes").exit(0).stdout_has("1 suppressed");
}

/// A spreadsheet is kept from taking `+bob@example.org` for a formula by an apostrophe, which is no part of the address.
#[test]
fn what_envoi_writes_it_reads_again() {
    let room = newsroom();
    room.write("list.csv", "email,note\n+bob@example.org,+32 2 555\n-x@example.org,=1+1\nada@example.org,'t Hof\n");
    room.run("subscribers import list.csv --yes").exit(0).stdout_has("3 added");
    let csv = room.run("subscribers list").exit(0).stdout_text();
    assert!(csv.contains("'+bob@example.org,") && csv.contains("'=1+1"), "{csv}");
    room.write("again.csv", csv);
    room.run("subscribers import again.csv --yes").exit(0).stdout_has("0 added, 0 changed, 3 unchanged");
}

#[test]
fn an_import_that_cannot_be_read_to_its_end_keeps_what_was_read() {
    let room = newsroom();
    let rows: String = (0..5000).map(|number| format!("reader{number}@example.org,\n")).collect();
    room.write("list.csv", format!("email,first_name\n{rows}zoe@example.net,\"Zoé\n{}", "no row\n".repeat(200_000)));
    room.run("subscribers import list.csv --yes --rejects rejects.csv")
        .exit(1)
        .stderr_has("a row of more than a megabyte")
        .stderr_has("at list.csv:5002");
    // nothing half written, and the corrected file goes on
    assert!(!room.path("rejects.csv").exists());
    room.write("list.csv", format!("email,first_name\n{rows}"));
    room.run("subscribers import list.csv --yes").exit(0).stdout_has("0 changed").stdout_has("0 rejected");
    assert_eq!(list(&room).as_array().map(Vec::len), Some(5000));
}

#[test]
fn who_left_in_one_of_their_rows_has_left() {
    let room = newsroom();
    room.write(
        "list.csv",
        "email,statut\nada@example.org,subscribed\nADA@example.org,unsubscribed\nben@example.com,\n",
    );
    let run = room.run("subscribers import list.csv --yes").stdout_has("1 added, 0 changed, 0 unchanged, 1 suppressed");
    run.stdout_has("1 who left there");
    assert_eq!((&list(&room)[0]["email"], &list(&room)[1]), (&"ben@example.com".into(), &serde_json::Value::Null));
}

/// Google Contacts, and a Mac, on which a letter and its accent are two characters.
#[test]
fn columns_are_known_however_they_are_written() {
    let room = newsroom();
    room.write("google.csv", "Pre\u{301}nom,E-mail 1 - Label,E-mail 1 - Value\nZoe\u{301},Home,zoe@example.org\n");
    room.run("subscribers import google.csv --yes").exit(0).stdout_has("1 added");
    assert_eq!((&list(&room)[0]["email"], &list(&room)[0]["first_name"]), (&"zoe@example.org".into(), &"Zoé".into()));
}
