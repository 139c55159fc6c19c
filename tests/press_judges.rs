//! What others say of the press pages and of the archive, made of the examples: the Nu HTML checker finds no error,
//! axe-core no violation, in light, in the dark and on paper.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use support::{Chromium, Newsroom, Service, axe, html_errors, need};

/// The examples, built before an embargo, sent, archived and exported.
fn room() -> Newsroom {
    let room = Newsroom::empty();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["issues", "templates", "envoi.toml", "subscribers.example.csv"] {
        copy(&here.join(name), &room.path(name));
    }
    // the letter as journalists get it, while its embargo lasts
    let room = room.clock("2014-11-05T12:00:00+01:00");
    room.run("build 2014-11-signalement --out press/before").exit(0);
    assert!(room.read("press/before/fr/newsletter.html").contains("Sous embargo"));
    let room = room.clock("2026-11-24T12:00:00+01:00");
    let room = room.config("[web]\nbase_url = \"https://www.example.org/archives/\"");
    for issue in ["2014-11-signalement", "2015-02-internet", "2015-05-droits"] {
        room.run(&format!("send {issue} --yes")).exit(0);
    }
    room.run("archive --out web").exit(0).stderr("");
    room.run("export site-signalement --out press").exit(0);
    room
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder of the repository") {
            let entry = entry.expect("an entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).expect("a file can be copied");
    }
}

fn pages(room: &Newsroom) -> Vec<PathBuf> {
    let pages = |folder: &'static str| {
        let html = room.files(folder).into_iter().filter(|file| file.ends_with(".html"));
        html.map(move |file| format!("{folder}/{file}")).collect::<Vec<_>>()
    };
    let found: Vec<PathBuf> = pages("web").iter().chain(&pages("press")).map(|file| room.path(file)).collect();
    assert!(found.len() >= 12, "{found:?}");
    found
}

#[test]
fn every_page_is_valid_html() {
    if !need(Service::Vnu) {
        return;
    }
    let room = room();
    assert_eq!(html_errors(&pages(&room)), [""; 0]);
}

#[test]
fn no_page_shuts_anybody_out() {
    if !need(Service::Axe) {
        return;
    }
    let room = room();
    let (browser, source) = (Chromium::start(), axe());
    for page in pages(&room) {
        for (medium, dark) in [("screen", false), ("screen", true), ("print", false)] {
            browser.dark(dark);
            browser.media(medium);
            browser.open(&format!("file://{}", page.display()));
            browser.script(&format!(
                "{source}; window.verdict = null; axe.run(document).then(result => window.verdict = result); return true"
            ));
            let verdict = browser.wait_until(
                "return window.verdict && window.verdict.violations.map(one => one.id + ': ' + one.nodes.map(node => \
                 node.html.slice(0, 160) + ' ' + (node.any[0] || {}).message).slice(0, 3).join(' | ')).concat('end')",
                Duration::from_mins(2),
            );
            let found = verdict.as_array().cloned().unwrap_or_default();
            assert_eq!(found, ["end"], "{}, {medium}, dark: {dark}", page.display());
        }
    }
}
