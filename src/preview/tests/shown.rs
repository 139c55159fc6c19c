//! What is shown: the project, an issue for one of its readers, the outbox.

use std::fs;
use std::time::Instant;

use serde_json::Value;

use super::{Desktop, ENVOI, PATIENCE};

#[test]
fn the_project_is_told_with_its_issues_and_readers() {
    let desk = Desktop::new();
    desk.write("issues/2014-11/issue.toml", "subject.en = \"Sign\"\ndate = 2014-11-06\nlanguages = [\"en\", \"nl\"]\n");
    desk.write("issues/2014-11/paper.en.md", "+++\ntitle = \"A sign\"\nkind = \"press-release\"\n+++\nHello.\n");
    desk.write("issues/2014-11/paper.nl.md", "+++\ntitle = \"Een teken\"\nkind = \"press-release\"\n+++\nHallo.\n");
    let project = desk.until("/api/project", |project| project["issues"][1]["releases"][0] == "paper");
    assert_eq!(project["organisation"], "The Harbour Post");
    assert_eq!(project["issues"][0]["slug"], "2015-05");
    assert_eq!(project["issues"][0]["subject"], "Ferry for all");
    assert_eq!(project["issues"][1]["languages"], serde_json::json!(["en", "nl"]));
    assert_eq!(project["issues"][1]["date"], "2014-11-06");
    assert_eq!(project["subscribers"][0], serde_json::json!({ "index": 0, "label": "Ada & <b>", "lang": "en" }));
    assert_eq!(project["subscribers"][1]["label"], "ben@example.org");
    assert_eq!(project["sample_only"], false);
    assert_eq!(project["outbox"], 0);

    let page = desk.ask("/release/paper/nl");
    assert!(page.text().contains("Een teken"), "{}", page.text());
    page.says("content-security-policy: default-src 'none'; img-src data:;");
    assert!(desk.ask("/release/paper/en/text?issue=2014-11").text().contains("A sign"));
    desk.ask("/release/paper/paper.en.html").says("location: en");
    for missing in ["/release/paper/fr", "/release/lead/en", "/release/nothing/en", "/release/paper/..%2Fen"] {
        assert_eq!(desk.ask(missing).status, 404, "{missing}");
    }
}

#[test]
fn an_issue_is_shown_as_its_reader_gets_it() {
    let desk = Desktop::new();
    let report = desk.json("/api/issue/2015-05/en?subscriber=0");
    assert_eq!(report["rendered"], true, "{report:#}");
    assert_eq!(report["subject"], "Ferry for Ada & <b>");
    assert_eq!(report["to"], "Ada & <b> <ada@example.org>");
    assert_eq!(report["from"], "The Harbour Post <post@example.org>");
    assert_eq!(report["clipped"], false);

    let html = desk.ask("/issue/2015-05/en/html?subscriber=0&scheme=light");
    assert!(html.text().contains("Hello Ada &amp; &lt;b&gt;."), "{}", html.text());
    html.says("content-security-policy: default-src 'none'; img-src data:; style-src 'unsafe-inline';");
    html.says("sandbox allow-same-origin");
    assert_eq!(report["html_bytes"], html.body.len(), "no picture is in it");
    assert!(desk.ask("/issue/2015-05/en/text?subscriber=0").text().contains("Hello Ada & <b>."));
    assert!(desk.ask("/issue/2015-05/en/html?subscriber=1").text().contains("Hello all."));
    let raw = desk.ask("/issue/2015-05/en/raw?subscriber=1");
    raw.says("content-type: text/plain");
    assert!(
        raw.text().starts_with("From: The Harbour Post <post@example.org>\r\nTo: ben@example.org\r\n"),
        "{}",
        raw.text()
    );
    assert!(raw.text().contains("List-Unsubscribe: <https://www.example.org/leave?address=ben%40example.org>"));
    assert!(
        desk.ask("/issue/2015-05/en/html?subscriber=77").text().contains("Hello Ada"),
        "the first of that language"
    );
    assert!(desk.ask("/issue/2015-05/en/html?subscriber=x&y").text().contains("Hello Ada"));
}

#[test]
fn a_list_that_cannot_be_read_leaves_sample_readers_one_a_language() {
    let desk = Desktop::new();
    desk.write("issues/2015-05/issue.toml", "subject = \"Ferry\"\nlanguages = [\"en\", \"fr\"]\n");
    desk.write("list.csv", "name\nAda\n");
    let langs = |project: &Value| -> Vec<String> {
        let readers = project["subscribers"].as_array().unwrap();
        readers.iter().map(|one| one["lang"].as_str().unwrap().to_owned()).collect()
    };
    let project = desk.until("/api/project", |project| langs(project) == ["en", "fr"]);
    assert_eq!(project["sample_only"], true);
    let report = desk.json("/api/issue/2015-05/fr");
    assert_eq!(report["rendered"], true);
    assert!(report["diagnostics"].to_string().contains("no e-mail column"), "{report:#}");

    fs::remove_file(desk.folder.path().join("list.csv")).unwrap();
    desk.until("/api/issue/2015-05/fr", |report| report["diagnostics"].to_string().contains("cannot read `list.csv`"));
    desk.write("list.csv", "email,first_name\nada@example.org,Ada\n");
    desk.until("/api/project", |project| project["subscribers"][0]["label"] == "Ada");
}

#[test]
fn the_outbox_lists_the_newest_first_and_shows_each_with_its_pictures() {
    let desk = Desktop::new();
    let (_, none) = (desk.json("/api/outbox"), desk.json("/api/outbox")["messages"].as_array().unwrap().len());
    assert_eq!(none, 0);
    let html = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hi</p><script src=\"//evil.example\"></script><img src=\"cid:pic@x\">";
    let picture = "Content-Type: image/png\r\nContent-ID: <pic@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nQUE=";
    let message = format!(
        "To: =?utf-8?Q?Zo=C3=AB?= <zoe@example.org>\r\nSubject: =?utf-8?Q?=C3=89t=C3=A9?=\r\n\
        Date: Mon, 4 May 2015 09:00:00 +0200\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n{html}\r\n--b\r\n{picture}\r\n--b--\r\n"
    );
    desk.write("outbox/new/1430722800.M1P2.desk", &message);
    desk.write("outbox/cur/1430722900.M1P2.desk:2,S", "Subject: later\r\n\r\nText.\r\n");
    desk.write("outbox/new/.hidden", "Subject: no\r\n\r\n");
    let outbox = desk.json("/api/outbox");
    assert_eq!(outbox["count"], 2);
    assert_eq!(outbox["messages"][0]["subject"], "later");
    let zoe = &outbox["messages"][1];
    assert_eq!((&zoe["subject"], &zoe["to"]), (&"Été".into(), &"Zoë <zoe@example.org>".into()));
    assert_eq!((&zoe["date"], &zoe["bytes"]), (&"2015-05-04T09:00:00+02:00".into(), &message.len().into()));
    assert_eq!(zoe["id"], "1430722800.M1P2.desk");
    assert_eq!(desk.json("/api/project")["outbox"], 2);

    let shown = desk.ask("/outbox/1430722800.M1P2.desk/html");
    assert!(shown.text().contains("<img src=\"data:image/png;base64,QUE=\">"), "{}", shown.text());
    shown.says("content-security-policy: default-src 'none'; img-src data:;").says("sandbox allow-same-origin");
    assert_eq!(desk.ask("/outbox/1430722800.M1P2.desk/raw").body, message.as_bytes());
    assert_eq!(desk.ask("/outbox/1430722900.M1P2.desk/text").text().trim(), "Text.");
    assert_eq!(desk.ask("/outbox/1430722900.M1P2.desk/html").status, 404);

    for n in 0..250 {
        desk.write(&format!("outbox/new/{}.M1P2.desk", 1_500_000_000 + n), &format!("Subject: {n}\r\n\r\nText.\r\n"));
    }
    let outbox = desk.json("/api/outbox");
    assert_eq!((outbox["count"].as_u64(), outbox["messages"].as_array().unwrap().len()), (Some(252), 200));
    assert_eq!(outbox["messages"][0]["subject"], "249");
}

#[test]
fn pictures_are_shown_whether_the_message_carries_them_or_not() {
    let desk = Desktop::new();
    let png = include_bytes!("../../../templates/logo.png");
    fs::write(desk.folder.path().join("issues/2015-05/ferry.png"), png).unwrap();
    desk.write(
        "issues/2015-05/lead.md",
        "+++\ntitle = \"Ferry\"\nimage = { file = \"ferry.png\", alt = \"a ferry\" }\n+++\nHello.\n",
    );
    let shows =
        |desk: &Desktop| desk.ask("/issue/2015-05/en/html").text().contains("src=\"data:image/png;base64,iVBOR");
    desk.until("/api/issue/2015-05/en", |report| report["message_bytes"].as_u64() > Some(png.len() as u64));
    assert!(shows(&desk));
    assert!(desk.ask("/issue/2015-05/en/raw").text().contains("Content-ID: <ferry-"));

    desk.write(
        "envoi.toml",
        &format!("{ENVOI}\n[images]\nmode = \"link\"\nbase_url = \"https://www.example.org/images/\"\n"),
    );
    let small = |report: &Value| report["message_bytes"].as_u64() < Some(png.len() as u64 / 2 + 20_000);
    desk.until("/api/issue/2015-05/en", |report| report["rendered"] == true && small(report));
    let begun = Instant::now();
    while desk.ask("/issue/2015-05/en/raw").text().contains("Content-ID") {
        assert!(begun.elapsed() < PATIENCE);
    }
    assert!(shows(&desk), "it may not be on the server yet");
}
