//! The press desk's part: releases with what lies beside them, and the archive as it would be.

use std::fs;

use super::{Desktop, ENVOI};

const RELEASE: &str = "+++\ntitle = \"A whale\"\nkind = \"press-release\"\npublished = true\ndate = 2015-05-04\n\
    image = { file = \"whale.png\", alt = \"a whale\", full = \"whale.png\" }\n\
    documents = [{ title = \"Kit\", file = \"kit & map.pdf\" }]\n\
    contacts = [{ name = \"Ada\", email = \"ada@example.org\" }]\n+++\nSeen.\n";

/// A release that is out, and an issue under embargo.
fn desk() -> Desktop {
    let desk = Desktop::new();
    let png = include_bytes!("../../../templates/logo.png");
    desk.write("issues/whale/kit & map.pdf", "%PDF the kit");
    fs::write(desk.folder.path().join("issues/whale/whale.png"), png).unwrap();
    desk.write("issues/whale/whale.md", RELEASE);
    desk.write("issues/whale/issue.toml", "subject = \"Whale\"\n");
    let later = RELEASE.replace("published = true", "embargo = 2999-01-01T10:00:00+01:00");
    desk.write("issues/later/kit & map.pdf", "%PDF another");
    fs::write(desk.folder.path().join("issues/later/whale.png"), png).unwrap();
    desk.write("issues/later/later.md", &later);
    desk.write("issues/later/issue.toml", "subject = \"Later\"\n");
    desk.write("envoi.toml", &format!("{ENVOI}\n[web]\nbase_url = \"https://www.example.org/\"\n"));
    desk.until("/api/archive", |archive| archive["languages"][0]["pages"] == 1);
    desk
}

#[test]
fn the_archive_is_there_with_what_it_leaves_out() {
    let desk = desk();
    let archive = desk.until("/api/archive", |archive| archive["left_out"].as_array().is_some_and(|l| l.len() == 2));
    assert_eq!(archive["languages"], serde_json::json!([{ "lang": "en", "pages": 1 }]));
    assert_eq!(
        archive["left_out"],
        serde_json::json!([
            { "slug": "2015-05", "why": "not sent" },
            { "slug": "later", "why": "under embargo until 2999-01-01 10:00 +01:00" },
        ])
    );
    let project = desk.json("/api/project");
    let later = project["issues"].as_array().unwrap().iter().find(|issue| issue["slug"] == "later").unwrap();
    assert_eq!(later["embargo"], "2999-01-01 10:00 +01:00");

    let index = desk.ask("/archive/en/index.html");
    index.says("content-security-policy: default-src 'none'; img-src data:;").says("sandbox allow-same-origin");
    assert!(index.text().contains("href=\"../en/press/whale.html\""), "{}", index.text());
    assert!(!index.text().contains("Later"), "{}", index.text());
    let page = desk.ask("/archive/en/press/whale.html");
    assert!(page.text().contains("src=\"data:image/png;base64,"), "{}", page.text());
    assert!(desk.ask("/archive/en/feed.xml").text().contains("A whale"));
    assert!(desk.ask("/archive/index.html").text().contains("href=\"en/index.html\""));
    assert_eq!(desk.ask("/archive/files/whale/documents/kit%20%26%20map.pdf").body, b"%PDF the kit");
    assert_eq!(desk.ask("/archive/files/later/documents/kit%20%26%20map.pdf").status, 404, "it is under embargo");
    assert_eq!(desk.ask("/archive/en/press/later.html").status, 404, "it is under embargo");
}

#[test]
fn without_an_address_there_is_no_archive_and_the_reason_is_told() {
    let archive = Desktop::new().json("/api/archive");
    assert_eq!(archive["languages"], serde_json::json!([]));
    let said = archive["diagnostics"][0]["hints"][0].as_str().unwrap();
    assert!(said.contains("add `[web]`"), "{said}");
}

#[test]
fn a_release_leads_to_its_photos_and_documents_and_to_nothing_else() {
    let desk = desk();
    desk.write("secret.txt", "the password");
    desk.write("issues/whale/notes.txt", "not offered");
    let page = desk.ask("/release/whale/en").text();
    let kit = "/material/whale/whale/documents/kit%20%26%20map.pdf";
    assert!(page.contains(&format!("href=\"{kit}\"")), "{page}");
    let answer = desk.ask(kit);
    assert_eq!(answer.body, b"%PDF the kit");
    answer.says("content-type: application/pdf").says("content-disposition: attachment").says("nosniff");
    assert!(page.contains("href=\"/material/whale/whale/photos/whale.png\""), "{page}");
    assert_eq!(desk.ask("/material/whale/whale/photos/whale.png").status, 200);
    for path in [
        "/material/whale/whale/documents/notes.txt",
        "/material/whale/whale/notes.txt",
        "/material/whale/whale/documents/..%2F..%2F..%2Fsecret.txt",
        "/material/whale/whale/documents/../../../secret.txt",
        "/material/whale/whale/..%2Fissue.toml",
        "/material/whale/..%2F..%2Fsecret.txt/x",
        "/material/..%2Fwhale/whale/documents/kit%20%26%20map.pdf",
        "/material/whale/whale/documents/kit%20%26%20map.pdf%00",
        "/material/whale/whale//etc/passwd",
        "/material/2015-05/lead/lead.md",
        "/archive/..%2Fsecret.txt",
        "/archive/../secret.txt",
        "/archive/files/whale/..%2F..%2F..%2Fsecret.txt",
        "/archive/files/whale/documents/..%2F..%2F..%2F..%2Fsecret.txt",
        "/archive/files/whale/notes.txt",
        "/archive/en/press/..%2F..%2F..%2Fsecret.txt",
        "/archive//etc/passwd",
        "/archive/.envoi-archive.json",
    ] {
        let answer = desk.ask(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert!(!answer.text().contains("password") && !answer.text().contains("not offered"), "{path}");
    }
}
