//! Who is answered and who is not, and how it begins and ends.

use std::net::TcpStream;
use std::time::Instant;

use super::{Desktop, PATIENCE};
use crate::error::Error;
use crate::preview::Preview;
use crate::preview::assets::ALL;

#[test]
fn the_page_and_its_files_come_with_a_strict_policy() {
    let desk = Desktop::new();
    for (path, kind) in [
        ("/", "text/html"),
        ("/page.css", "text/css"),
        ("/page.js", "text/javascript"),
        ("/tools.js", "text/javascript"),
    ] {
        let answer = desk.ask(path);
        assert_eq!(answer.status, 200, "{path}");
        answer.says(&format!("content-type: {kind}; charset=utf-8"));
        answer.says("content-security-policy: default-src 'none'; script-src 'self'; style-src 'self';");
        answer
            .says("x-content-type-options: nosniff")
            .says("referrer-policy: no-referrer")
            .says("cache-control: no-store");
    }
    let page = desk.ask("/").text();
    assert!(
        !page.contains("<style") && !page.contains(" style=") && !page.contains("<script>"),
        "nothing stands inline"
    );
    assert_eq!(desk.ask("/nowhere").status, 404);
}

#[test]
fn a_script_of_the_page_imports_only_those_before_it() {
    let scripts: Vec<_> = ALL.iter().filter(|(_, kind, _)| kind.starts_with("text/javascript")).collect();
    for (at, (path, _, text)) in scripts.iter().enumerate() {
        for import in text.lines().filter_map(|line| line.strip_prefix("import ")) {
            let file = import.split('\'').nth(1).and_then(|file| file.strip_prefix('.')).unwrap();
            assert!(scripts[..at].iter().any(|(before, ..)| *before == file), "{path} imports {file}");
        }
    }
}

#[test]
fn only_questions_under_its_own_name_are_answered() {
    let desk = Desktop::new();
    let port = desk.address.port();
    for host in ["evil.example".to_owned(), format!("evil.example:{port}"), "127.0.0.1:1".to_owned(), String::new()] {
        let answer = desk.request("GET", "/api/project", &host);
        assert_eq!(answer.status, 421, "{host}");
        assert!(!answer.text().contains("Harbour"), "{host}");
    }
    assert_eq!(desk.request("GET", "/api/project", &format!("localhost:{port}")).status, 200);
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(desk.request(method, "/api/project", &desk.address.to_string()).status, 405, "{method}");
    }
}

#[test]
fn no_path_leads_out_of_what_is_shown() {
    let desk = Desktop::new();
    desk.write("secret.txt", "the password");
    desk.write("outbox/new/1.a", "Subject: a\r\n\r\nText.\r\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(desk.folder.path().join("secret.txt"), desk.folder.path().join("outbox/new/2.a"))
        .unwrap();
    for path in [
        "/outbox/..%2F..%2Fsecret.txt/raw",
        "/outbox/../../secret.txt/raw",
        "/outbox/2.a/raw",
        "/outbox/%2e%2e/raw",
        "/outbox/1.a%00/raw",
        "/outbox/1.a/..%2f",
        "/issue/..%2F..%2Fsecret.txt/en/raw",
        "/issue/../en/raw",
        "/issue/%2e/en/raw",
        "/api/issue/2015-05/..%2F..%2Fsecret.txt",
        "/page/../secret.txt",
        "/..%2fsecret.txt",
        "//etc/passwd",
        "/issue/2015-05%5C..%5C/en/raw",
        "/release/..%2F..%2Fsecret/en",
        "/issue/2015-05/en/..%2Flead.md",
        "/image/secret.txt",
    ] {
        let answer = desk.ask(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert!(!answer.text().contains("password"), "{path}");
    }
}

#[test]
fn an_open_page_does_not_hold_the_end_up() {
    let mut desk = Desktop::new();
    let listener = desk.listen();
    let silent = TcpStream::connect(desk.address).unwrap();
    let begun = Instant::now();
    desk.end.take();
    desk.thread.take().unwrap().join().unwrap().unwrap();
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    assert!(listener.has_ended());
    drop(silent);
}

#[test]
fn a_taken_port_is_named_with_a_way_out() {
    let desk = Desktop::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let error = runtime.block_on(Preview::bind(desk.folder.path(), desk.address)).err().unwrap();
    assert!(error.to_string().contains(&format!("port {} is taken", desk.address.port())), "{error}");
    assert!(error.hints()[0].contains("--port"), "{error}");

    let preview = runtime.block_on(Preview::bind(desk.folder.path(), ([127, 0, 0, 1], 0).into())).unwrap();
    let address = preview.address();
    assert_eq!(preview.url(None), format!("http://{address}/"));
    assert_eq!(preview.url(Some("a b&c")), format!("http://{address}/#issue=a%20b%26c"));
    let nowhere = tempfile::tempdir().unwrap();
    assert!(matches!(runtime.block_on(Preview::bind(nowhere.path(), address)), Err(Error::File { .. })));
}
