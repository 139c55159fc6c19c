//! `check --links`: what is gone, moved or broken. The pages are a small HTTP server's of this file on loopback, which
//! the program reaches as an office's proxy: so no name has to be looked up, and no exception made for this machine.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::room;
use super::support::Newsroom;

/// What a page answers.
#[derive(Clone, Copy)]
enum Answer {
    Status(u16),
    /// A redirection.
    To(u16, &'static str),
    /// This to HEAD, the other to GET, which has a body without end.
    Heads(u16, u16),
    /// To HEAD nothing but the end of the connection, to GET this.
    Cuts(u16),
    /// Never.
    Silence,
}

const PAGES: [(&str, Answer); 16] = [
    ("/fine", Answer::Status(200)),
    ("/gone", Answer::Status(404)),
    ("/moved", Answer::To(301, "/new#part")),
    ("/new", Answer::Status(200)),
    ("/for-now", Answer::To(302, "/new")),
    ("/no-head", Answer::Heads(405, 200)),
    ("/round", Answer::To(302, "/round")),
    ("/forbidden", Answer::Status(403)),
    ("/fault", Answer::Status(503)),
    ("/home", Answer::To(301, "http://192.168.0.1/admin")),
    ("/silence", Answer::Silence),
    ("/no-answer", Answer::Cuts(200)),
    ("/list/all", Answer::To(302, "?page=2")),
    ("/list/all?page=2", Answer::Status(200)),
    ("/members", Answer::To(302, "/enter?to=http://www.example.org/members")),
    ("/enter?to=http://www.example.org/members", Answer::Status(200)),
];

/// A proxy behind which everything is `www.example.org`.
struct Web {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Web {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::<Mutex<Vec<String>>>::default();
        thread::spawn({
            let heard = Arc::clone(&heard);
            move || {
                for stream in listener.incoming().flatten() {
                    let heard = Arc::clone(&heard);
                    thread::spawn(move || serve(&stream, &heard));
                }
            }
        });
        Self { port, heard }
    }

    /// A project that has one snippet with this text, and the web before it.
    fn room(&self, text: &str) -> Newsroom {
        let proxy = format!("http://127.0.0.1:{}", self.port);
        let room = room().article("2026-11", "lead", "Ferry", text).env("ALL_PROXY", &proxy);
        offline(room)
    }

    /// The questions since the last time: `HEAD /fine`, in order of their names.
    fn heard(&self) -> Vec<String> {
        let mut heard = std::mem::take(&mut *self.heard.lock().expect("nobody panicked"));
        heard.sort();
        heard
    }
}

/// A project whose organisation has no site, which would be asked for as well.
fn offline(room: Newsroom) -> Newsroom {
    let config = room.read("envoi.toml").replace("url = \"https://www.example.org/\"\n", "");
    room.file("envoi.toml", &config)
}

/// Answers what comes over one connection.
fn serve(stream: &TcpStream, heard: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut out = stream;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let mut header = String::new();
        while reader.read_line(&mut header).ok()? > 2 {
            header.clear();
        }
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?, words.next()?);
        if method == "CONNECT" {
            let known = target.starts_with("www.example.org:");
            // a connection that should be safe gets no certificate, but a greeting
            let answer = match (known, target.ends_with(":443")) {
                (false, _) => "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
                (true, true) => "HTTP/1.1 200 OK\r\n\r\n220 hello\r\n",
                (true, false) => "HTTP/1.1 200 OK\r\n\r\n",
            };
            out.write_all(answer.as_bytes()).ok()?;
            if !known || target.ends_with(":443") {
                return None;
            }
            continue;
        }
        heard.lock().ok()?.push(format!("{method} {target}"));
        let page = PAGES.iter().find(|(path, _)| *path == target).map_or(Answer::Status(404), |(_, answer)| *answer);
        let head = method == "HEAD";
        match page {
            Answer::Status(status) => {
                write!(out, "HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n").ok()?;
            }
            Answer::To(status, location) => {
                write!(out, "HTTP/1.1 {status} There\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").ok()?;
            }
            Answer::Heads(status, _) if head => {
                write!(out, "HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n").ok()?;
            }
            Answer::Cuts(_) if head => return None,
            Answer::Heads(_, status) | Answer::Cuts(status) => {
                write!(out, "HTTP/1.1 {status} So\r\n\r\n").ok()?;
                while out.write_all(&[b'x'; 4096]).is_ok() {}
                return None;
            }
            Answer::Silence => {
                let mut rest = String::new();
                let _ = reader.read_line(&mut rest);
                return None;
            }
        }
    }
}

/// A paragraph for each page, so that its line tells them apart.
fn links(paths: &[&str]) -> String {
    let link = |path: &&str| match path.strip_prefix('/') {
        Some(name) => format!("[{name}](http://www.example.org/{name})\n"),
        None => format!("[{path}]({path})\n"),
    };
    paths.iter().map(link).collect()
}

/// The findings of `--links`: code, line, message.
#[track_caller]
fn asked(room: &Newsroom) -> Vec<String> {
    let run = room.run("check --links --json").exit(0).stderr("");
    let json = run.stdout_json();
    let found = json[0]["diagnostics"].as_array().expect("findings").clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let own = found.iter().filter(|one| text(&one["code"]).starts_with("W42"));
    own.map(|one| format!("{} {}: {}", text(&one["code"]), one["place"]["line"], text(&one["message"]))).collect()
}

#[test]
fn pages_that_are_gone_moved_or_broken_are_told_and_others_are_not() {
    let web = Web::start();
    let room =
        web.room(&links(&["/fine", "/gone", "/moved", "/for-now", "/no-head", "/forbidden", "/fault", "/round"]));
    assert_eq!(
        asked(&room),
        [
            "W420 5: `http://www.example.org/gone` is gone (it answers 404)",
            "W421 6: `http://www.example.org/moved` has moved for good",
            "W422 10: `http://www.example.org/fault` cannot be reached: it answers 503, a fault of its own",
            "W422 11: `http://www.example.org/round` cannot be reached: it leads on more than 10 times",
        ]
    );
    room.run("check --links").exit(0).stdout_has("hint: write its new address: http://www.example.org/new\n");
}

#[test]
fn the_links_of_notes_for_editors_are_asked_too() {
    let web = Web::start();
    let release = "+++\ntitle = \"Ferry\"\nkind = \"press-release\"\nplace = \"Quay\"\ndate = 2026-11-24\n\
        contacts = [{ name = \"Ada\" }]\nnotes_for_editors = \"[the ship](http://www.example.org/gone)\"\n+++\nIt sails.\n";
    let room = web.room("It sails.").snippet("2026-11", "lead", release);
    assert_eq!(asked(&room), ["W420 7: `http://www.example.org/gone` is gone (it answers 404)"]);
}

#[test]
fn a_page_is_asked_by_head_and_where_that_fails_by_get() {
    let web = Web::start();
    let _ = asked(&web.room(&links(&["/fine", "/fine", "/no-head"])));
    assert_eq!(web.heard(), ["GET /no-head", "HEAD /fine", "HEAD /no-head"]);
    assert_eq!(asked(&web.room(&links(&["/no-answer"]))), [] as [&str; 0]);
    assert_eq!(web.heard().last().map(String::as_str), Some("HEAD /no-answer"));
}

/// RFC 3986, section 5.2: a redirection may name no more than another question to the same page, and an address may
/// stand within another one.
#[test]
fn a_redirection_is_followed_from_the_page_that_gave_it() {
    let web = Web::start();
    assert_eq!(asked(&web.room(&links(&["/list/all", "/members"]))), [] as [&str; 0]);
    assert_eq!(
        web.heard(),
        ["HEAD /enter?to=http://www.example.org/members", "HEAD /list/all", "HEAD /list/all?page=2", "HEAD /members"]
    );
}

/// It may have been mended meanwhile.
#[test]
fn a_page_that_has_moved_is_asked_again_each_time() {
    let web = Web::start();
    let room = web.room(&links(&["/moved"]));
    assert_eq!(asked(&room).len(), 1);
    assert_eq!(web.heard(), ["HEAD /moved", "HEAD /new"]);
    assert_eq!(asked(&room).len(), 1);
    assert_eq!(web.heard(), ["HEAD /moved", "HEAD /new"]);
}

/// RFC 3986, section 2.1: a page is asked for by the address that readers get.
#[test]
fn an_address_is_asked_for_as_readers_get_it() {
    let web = Web::start();
    let room = web.room(
        "[a](<http://www.example.org/fine#é>) [b](<http://www.example.org/not there>)\n[c](http://www.café.example/)\n",
    );
    let found = asked(&room);
    assert_eq!(found[0], "W420 4: `http://www.example.org/not%20there` is gone (it answers 404)");
    assert!(found[1].starts_with("W422 5: `http://www.xn--caf-dma.example/` cannot be reached: "), "{found:?}");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(web.heard(), ["GET /not%20there", "HEAD /fine", "HEAD /not%20there"]);
}

#[test]
fn what_was_well_is_remembered_for_a_day() {
    let web = Web::start();
    let mut room = web.room(&links(&["/fine", "/gone"])).clock("2026-11-24T09:00:00+01:00");
    let _ = asked(&room);
    assert_eq!(web.heard(), ["GET /gone", "HEAD /fine", "HEAD /gone"]);
    assert_eq!(asked(&room).len(), 1);
    assert_eq!(web.heard(), ["GET /gone", "HEAD /gone"], "what is gone may be back");
    room.set_env("ENVOI_NOW", "2026-11-25T10:00:00+01:00");
    let _ = asked(&room);
    assert_eq!(web.heard(), ["GET /gone", "HEAD /fine", "HEAD /gone"]);
    // it is kept beside the project, not in it
    assert!(!room.files("").iter().any(|file| file.contains("links.json")));
    assert!(room.path("../home/.cache/envoi/links.json").is_file());
    std::fs::write(room.path("../home/.cache/envoi/links.json"), "no JSON").expect("it can be broken");
    assert_eq!(asked(&room).len(), 1);
}

#[test]
fn no_page_leads_into_the_office() {
    let web = Web::start();
    let here = format!("http://127.0.0.1:{}/fine", web.port);
    let room = web.room(&links(&["/home", &here, "http://localhost/", "http://[::1]:8080/"]));
    assert_eq!(
        asked(&room),
        [
            "W422 4: `http://www.example.org/home` cannot be reached: `192.168.0.1` is not on the public internet",
            &format!("W422 5: `{here}` cannot be reached: `127.0.0.1` is not on the public internet"),
            "W422 6: `http://localhost/` cannot be reached: `localhost` is not on the public internet",
            "W422 7: `http://[::1]:8080/` cannot be reached: `::1` is not on the public internet",
        ]
    );
    assert_eq!(web.heard(), ["HEAD /home"]);
}

/// A name may look public and lead to this machine all the same; here it is the resolver's business, without a proxy.
#[test]
fn a_number_that_means_this_machine_is_refused_like_its_name() {
    let room = offline(room().article("2026-11", "lead", "Ferry", "[a](http://2130706433.:1/)"));
    let found = asked(&room);
    assert!(found.iter().any(|found| found.starts_with("W422 4:")), "{found:?}");
}

#[test]
fn a_connection_that_is_not_safe_and_a_name_that_nobody_knows_are_broken() {
    let web = Web::start();
    let found = asked(&web.room(&links(&["https://www.example.org/", "http://nowhere.example.com/"])));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with("W422 4: `https://www.example.org/` cannot be reached: its connection is not safe"),
        "{found:?}"
    );
    assert!(found[1].starts_with("W422 5: `http://nowhere.example.com/` cannot be reached: "), "{found:?}");
}

/// Names that nobody has (RFC 6761, section 6.4), of several sites.
#[test]
fn a_computer_that_is_not_on_the_internet_is_told_once() {
    let sites = ["http://one.invalid/a", "http://two.invalid/b", "http://three.invalid/c", "http://three.invalid/d"];
    let room = offline(room().article("2026-11", "lead", "Ferry", &links(&sites)));
    let told = "W423 null: no link could be asked for: this computer is not on the internet";
    assert_eq!(asked(&room), [told]);
    let room = room.issue("2026-12", "subject = \"Whale\"\npreheader = \"Seen.\"\n").article(
        "2026-12",
        "lead",
        "Whale",
        &links(&sites),
    );
    let run = room.run("check --links").exit(0);
    assert_eq!(run.stdout_text().matches("[W423]").count(), 1, "{}", run.stdout_text());
}

#[test]
fn eight_are_asked_at_once_and_none_is_waited_for_longer_than_ten_seconds() {
    let web = Web::start();
    let paths: Vec<String> = (0..8).map(|number| format!("http://www.example.org:80{number}0/silence")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let room = web.room(&links(&paths));
    let run = room.run("check --links").exit(0).stdout_has("no answer within [TIME]");
    // one after the other it would take eighty
    assert!(run.took().as_secs() < 60, "{:?}", run.took());
}
