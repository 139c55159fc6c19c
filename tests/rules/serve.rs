//! What `[serve]` must say, and what no project may say beside it.

use super::room;
use crate::support::Newsroom;

/// A newsroom whose pages for readers are served at an address.
fn served(url: &str, more: &str) -> Newsroom {
    let room = room();
    let config =
        room.read("envoi.toml").replace("url = \"https://www.example.org/unsubscribe?address={{ email }}\"\n", "");
    room.write("envoi.toml", format!("{config}\n[serve]\nurl = \"{url}\"\n{more}\n"));
    room
}

const SECRET: &str = "secret_env = \"ENVOI_SECRET\"";

#[track_caller]
fn is_refused(room: &Newsroom, code: &str, words: &str) {
    let _ = room.run("check 2026-11").exit(1).stderr_has(code).stderr_has(words);
}

#[track_caller]
fn is_good(room: &Newsroom) {
    let _ = room.run("check 2026-11").exit(0).stdout_has("ready to go out");
}

#[test]
fn readers_pages_are_served_over_https_or_on_this_machine() {
    for url in [
        "http://news.example.org",
        "news.example.org",
        "https://",
        "https://a.example/?x=1",
        "https://u@a.example",
        "ftp://a.example",
        "https://a.example/a b",
    ] {
        is_refused(&served(url, SECRET), "[E140]", "is no https address");
    }
    for url in [
        "https://news.example.org",
        "https://news.example.org/liste/",
        "http://127.0.0.1:8026",
        "http://[::1]:8026",
        "http://localhost:8026",
    ] {
        is_good(&served(url, SECRET));
    }
}

#[test]
fn there_is_one_page_to_unsubscribe() {
    is_refused(
        &room().config("[serve]\nurl = \"https://news.example.org\"\nsecret_env = \"ENVOI_SECRET\""),
        "[E141]",
        "two pages are named",
    );
    is_good(&served("https://news.example.org", SECRET));
}

#[test]
fn the_secret_is_somewhere_else() {
    is_refused(&served("https://news.example.org", ""), "[E142]", "where the project's secret is");
    is_good(&served("https://news.example.org", "secret_file = \"../secret\""));
    is_good(&served("https://news.example.org", "secret_command = \"pass show envoi\""));
}

#[test]
fn every_value_is_one_that_works() {
    for (wrong, words) in [
        ("trusted_proxy_header = \"X Forwarded\"", "no name of a header"),
        ("topics = [{ tag = \"a;b\", name = \"A\" }]", "`a;b` is no tag"),
        ("topics = [{ tag = \"a\", name = \"A\" }, { tag = \"A\", name = \"B\" }]", "is there twice"),
        ("form_origins = [\"www.example.org/subscribe\"]", "no origin of pages"),
        ("form_origins = [\"https://www.example.org/\"]", "no origin of pages"),
        ("confirm_hours = 0", "no confirmation could ever be given"),
    ] {
        is_refused(&served("https://news.example.org", &format!("{SECRET}\n{wrong}")), "[E143]", words);
    }
    is_refused(
        &served("https://news.example.org", &format!("{SECRET}\ntrusted_proxies = [\"10.0.0.0/33\"]")),
        "[E104]",
        "neither an address nor a network",
    );
    is_good(&served(
        "https://news.example.org",
        &format!(
            "{SECRET}\ntrusted_proxy_header = \"X-Forwarded-For\"\ntrusted_proxies = [\"10.0.0.0/8\"]\ntopics = [{{ tag = \"press\", name.en = \"Press\", name.fr = \"Presse\" }}]\nform_origins = [\"https://www.example.org\"]"
        ),
    ));
}
