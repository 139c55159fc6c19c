//! What `envoi serve` withstands: hostile requests, slow clients, forms of other sites, and whoever would like to know
//! who is on the list.

mod support;

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use support::{Answer, Newsroom, Postbox, Served, Service, need};

const PATIENCE: Duration = Duration::from_secs(30);

fn newsroom(more: &str) -> Newsroom {
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"")
        .article("2026-11", "lead", "Ferry", "It sails at nine.")
        .subscribers(["ada@example.com", "ben@example.com"])
        .serving(more)
}

/// The tokens of both readers.
fn tokens(room: &Newsroom) -> Vec<String> {
    let _ = room.run("send 2026-11 --yes").exit(0);
    let token = |letter: &support::Letter| {
        let header = letter.header("List-Unsubscribe").expect("a way out").to_owned();
        let (_, rest) = header.split_once("/u/").expect("a token");
        rest.split('>').next().unwrap_or_default().to_owned()
    };
    room.messages().iter().map(token).collect()
}

fn join(served: &Served, address: &str, headers: &[(&str, &str)], more: &[(&str, &str)]) -> Answer {
    let page = served.get("/subscribe");
    let (form, consent) = (page.hidden("form"), page.hidden("consent"));
    let mut fields =
        vec![("form", form.as_str()), ("action", "join"), ("consent", consent.as_str()), ("email", address)];
    fields.extend_from_slice(more);
    served.post_with("/subscribe", headers, &fields)
}

#[test]
fn one_click_tells_nobody_whether_an_address_is_known() {
    let room = newsroom("");
    let known = tokens(&room);
    // the same secret, another list: a token of somebody of whom this ledger knows nothing
    let elsewhere = newsroom("").subscribers(["max@example.net"]);
    let unknown = tokens(&elsewhere);
    let _ = room.run("unsubscribe ben@example.com").exit(0);
    let served = room.serve("");
    let answers: Vec<Answer> =
        [&known[0], &known[1], &unknown[0], &known[0]].map(|token| served.one_click(token)).into();
    for answer in &answers {
        assert_eq!(answer.steady(), answers[0].steady());
        assert_eq!(answer.body, "unsubscribed\n");
    }
}

#[test]
fn whatever_is_wrong_with_a_token_there_is_one_answer() {
    let room = newsroom("");
    let good = tokens(&room).remove(0);
    let served = room.serve("");
    let flipped: String = good.chars().rev().collect();
    let last = if good.ends_with('A') { "B" } else { "A" };
    let almost = format!("{}{last}", &good[..good.len() - 1]);
    let long = "A".repeat(3500);
    let wrong = ["x", &flipped, &almost, &good[..20], &long, "%00", "..%2f..%2fenvoi.toml", "%ff%fe"];
    let first = served.one_click("nonsense");
    assert_eq!(first.status, 404);
    for token in wrong {
        let answer = served.one_click(token);
        // an address that is no UTF-8 never reaches a page
        assert!(
            answer.status == 404 && answer.body == first.body || token == "%ff%fe" && answer.status == 400,
            "{token}: {answer:?}"
        );
        for page in ["u", "p", "c"] {
            let answer = served.get(&format!("/{page}/{token}"));
            assert!(answer.status == 404 || token == "%ff%fe" && answer.status == 400, "{token}: {answer:?}");
        }
    }
    // a reader's token confirms nothing
    assert_eq!(served.get(&format!("/c/{good}")).status, 404);
}

/// The median time of an answer.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[test]
fn the_form_answers_alike_and_as_fast_whether_an_address_is_known_or_not() {
    let postbox = Postbox::new().start();
    let room = newsroom("trusted_proxy_header = \"X-Forwarded-For\"").relay(&postbox);
    let served = room.serve("");
    // one subscriber who is known, by the whole way
    let first = join(&served, "zoe@example.org", &[], &[]);
    postbox.wait_for(1, PATIENCE);
    let text = postbox.messages()[0].parsed().text;
    let path = text.split("http://").nth(1).and_then(|url| url.split_once("/c/")).expect("a link").1;
    let path = format!("/c/{}", path.split(['?', '\n', '\r']).next().unwrap_or_default());
    let page = served.get(&path);
    assert_eq!(served.post(&path, &[("form", &page.hidden("form")), ("action", "confirm")]).status, 200);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..60 {
        // each from another network, so that no limit is met
        let client = format!("198.51.100.{number}");
        let headers = [("X-Forwarded-For", client.as_str())];
        for (address, times) in [("zoe@example.org", &mut known), ("max@example.org", &mut unknown)] {
            let page = served.get("/subscribe");
            let (form, consent) = (page.hidden("form"), page.hidden("consent"));
            let fields =
                [("form", form.as_str()), ("action", "join"), ("consent", consent.as_str()), ("email", address)];
            let began = Instant::now();
            let answer = served.post_with("/subscribe", &headers, &fields);
            times.push(began.elapsed());
            assert_eq!(answer.steady(), first.steady());
            assert_eq!(answer.body.replace(address, "zoe@example.org"), first.body);
        }
    }
    let (known, unknown) = (median(known), median(unknown));
    let apart = known.abs_diff(unknown);
    assert!(apart < Duration::from_millis(3), "known {known:?}, unknown {unknown:?}");
    // and the letters to one address end: nobody is pestered
    // letters go in the order of the forms: with the last one there, no other is to come
    assert_eq!(join(&served, "last@example.org", &[("X-Forwarded-For", "203.0.113.1")], &[]).status, 200);
    let to = |address: &str| postbox.messages().iter().filter(|taken| taken.recipients == [address]).count();
    let until = Instant::now() + PATIENCE;
    while to("last@example.org") == 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(to("last@example.org"), 1);
    let to_zoe = to("zoe@example.org");
    assert!(to_zoe <= 3, "{to_zoe} letters");
}

#[test]
fn requests_are_bounded_in_every_direction() {
    let room = newsroom("");
    let token = tokens(&room).remove(0);
    let served = room.serve("");
    let path = format!("/u/{token}");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let body = "a".repeat(20_000);
    assert_eq!(served.send("POST", &path, &form, &body).status, 413);
    // a length that is a lie, and a body without one
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    let announced = format!("{head}Content-Length: 99999999999\r\n\r\n");
    assert_eq!(served.raw(announced.as_bytes()).map(|answer| answer.status), Some(413));
    let chunked =
        format!("{head}Transfer-Encoding: chunked\r\n\r\n{}", format!("1000\r\n{}\r\n", "a".repeat(4096)).repeat(6));
    assert_eq!(served.raw(chunked.as_bytes()).map(|answer| answer.status), Some(413));
    assert_eq!(served.send("POST", &path, &[("Content-Type", "text/plain")], "List-Unsubscribe=One-Click").status, 415);
    let long = format!("/{}", "a".repeat(5000));
    assert_eq!(served.get(&long).status, 414);
    let longer = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(100_000));
    assert!(matches!(served.raw(longer.as_bytes()).map(|answer| answer.status), Some(414 | 431) | None));
    let headers = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(40_000));
    assert!(matches!(served.raw(headers.as_bytes()).map(|answer| answer.status), Some(431) | None));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-Many: a\r\n".repeat(500));
    assert!(matches!(served.raw(many.as_bytes()).map(|answer| answer.status), Some(431 | 400) | None));
    for nonsense in
        [&b"\x16\x03\x01\x02\x00\x01\x00"[..], b"GET\r\n\r\n", b"\0\0\0\0\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
    {
        assert!(served.raw(nonsense).is_none_or(|answer| answer.status >= 400));
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "X"] {
        assert_eq!(served.send(method, &path, &[], "").status, 405, "{method}");
    }
    assert_eq!(served.get("/health").status, 200, "and it is still there");
}

#[test]
fn slow_clients_lose_their_connection_and_hold_up_nobody() {
    let room = newsroom("");
    let token = tokens(&room).remove(0);
    let served = room.serve("");
    let began = Instant::now();
    let mut slow: Vec<_> = (0..50).map(|_| served.connect()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET /u/").expect("a client writes");
    }
    let mut half = served.connect();
    let head = format!(
        "POST /u/{token} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nList"
    );
    half.write_all(head.as_bytes()).expect("a client writes");
    assert_eq!(served.one_click(&token).status, 200);
    assert!(began.elapsed() < Duration::from_secs(5), "others are not held up");
    for stream in &mut slow {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    assert!(began.elapsed() < Duration::from_secs(14), "a head has ten seconds: {:?}", began.elapsed());
    let mut answer = String::new();
    let _ = half.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn every_answer_forbids_what_a_page_of_forms_never_needs() {
    let room = newsroom("");
    let token = tokens(&room).remove(0);
    let served = room.serve("");
    let paths = ["/subscribe", "/nowhere", "/health", "/u/x"].map(str::to_owned);
    for path in paths.into_iter().chain(["u", "p"].map(|page| format!("/{page}/{token}"))) {
        let answer = served.get(&path);
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(
            !policy.contains("unsafe") && !policy.contains("script-src") && !policy.contains('*'),
            "{path}: {policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert_eq!(answer.header("strict-transport-security"), None, "{path}: not over plain http");
        assert_eq!(answer.header("set-cookie"), None, "{path}");
        assert_eq!(answer.header("location"), None, "{path}");
    }
}

#[test]
fn forms_of_other_sites_are_refused_and_one_click_is_not() {
    let postbox = Postbox::new().start();
    let room = newsroom("").relay(&postbox);
    let token = tokens_of(&postbox, &room);
    let served = room.serve("");
    let foreign = [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")];
    assert_eq!(join(&served, "zoe@example.org", &foreign, &[]).status, 403);
    assert_eq!(join(&served, "zoe@example.org", &[("Origin", "https://evil.example")], &[]).status, 403);
    let (u, p) = (format!("/u/{token}"), format!("/p/{token}"));
    let form = served.get(&u).hidden("form");
    assert_eq!(served.post_with(&u, &foreign, &[("action", "leave"), ("form", &form)]).status, 403);
    assert_eq!(served.post_with(&p, &foreign, &[("action", "choose"), ("form", &form)]).status, 403);
    // without what this server put into its form nothing is done either
    assert_eq!(served.post(&u, &[("action", "leave")]).status, 400);
    assert_eq!(served.post(&u, &[("action", "leave"), ("form", &token)]).status, 400);
    assert_eq!(served.post(&u, &[("form", &form)]).status, 400);
    assert_eq!(served.post("/subscribe", &[("email", "zoe@example.org")]).status, 400);
    let _ = room.run("unsubscribe ada@example.com").exit(0).stdout_lacks("already");
    // a mail program is another site by nature
    assert_eq!(served.post_with(&u, &foreign, &[("List-Unsubscribe", "One-Click")]).status, 200);
}

/// The token of the first of both readers, from a send over a relay.
fn tokens_of(postbox: &support::OpenPostbox, room: &Newsroom) -> String {
    let _ = room.run("send 2026-11 --yes").exit(0);
    let message =
        postbox.messages().into_iter().find(|taken| taken.recipients == ["ada@example.com"]).expect("a message");
    let header = message.parsed().header("List-Unsubscribe").expect("a way out").to_owned();
    header.split("/u/").nth(1).and_then(|rest| rest.split('>').next()).expect("a token").to_owned()
}

#[test]
fn machines_are_told_what_people_are_and_nothing_is_done() {
    let postbox = Postbox::new().start();
    let room = newsroom("").relay(&postbox);
    let served = room.serve("");
    let trapped = join(&served, "zoe@example.org", &[], &[("website", "https://spam.example")]);
    let taken = join(&served, "zoe@example.org", &[], &[]);
    assert_eq!(trapped.steady(), taken.steady());
    assert_eq!(trapped.body, taken.body);
    assert_eq!(join(&served, "last@example.org", &[], &[]).status, 200);
    postbox.wait_for(2, PATIENCE);
    postbox.wait_until_quiet(PATIENCE);
    let mut to: Vec<String> = postbox.messages().iter().flat_map(|taken| taken.recipients.clone()).collect();
    to.sort();
    assert_eq!(to, ["last@example.org", "zoe@example.org"], "one letter, for the one that was not trapped");
}

#[test]
fn forms_from_one_network_are_limited_and_only_a_trusted_proxy_says_which_it_is() {
    let room = newsroom("trusted_proxy_header = \"X-Forwarded-For\"");
    let served = room.serve("");
    let from = |client: &str, number: usize| {
        join(&served, &format!("reader{number}@example.net"), &[("X-Forwarded-For", client)], &[]).status
    };
    let answers: Vec<u16> = (0..12).map(|number| from("192.0.2.7", number)).collect();
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 8, "{answers:?}");
    assert_eq!(answers.last(), Some(&429));
    // what the client wrote into the header itself changes nothing
    assert_eq!(from("203.0.113.1, 192.0.2.7", 20), 429);
    assert_eq!(from("192.0.2.8", 21), 200, "others are not held up");
    drop(served);
    // where no header is configured, none is believed
    let room = newsroom("");
    let served = room.serve("");
    let from = |number: usize| {
        join(&served, &format!("reader{number}@example.net"), &[("X-Forwarded-For", &format!("192.0.2.{number}"))], &[])
            .status
    };
    let answers: Vec<u16> = (0..12).map(from).collect();
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 8, "{answers:?}");
}

#[test]
fn no_secret_no_token_and_no_address_is_ever_said() {
    let postbox = Postbox::new().rejecting("max@example.org", 550, "5.1.1 <max@example.org> unknown").start();
    let room = newsroom("").relay_with(&postbox, "pause = 0");
    let token = tokens_of(&postbox, &room);
    let mut served = room.serve("");
    assert_eq!(served.one_click(&token).status, 200);
    assert_eq!(served.get(&format!("/u/{token}x")).status, 404);
    assert_eq!(join(&served, "max@example.org", &[], &[]).status, 200);
    let _ = served.running.wait_for_stderr("could not be sent", PATIENCE);
    let metrics = served.get("/metrics").body;
    served.running.terminate();
    let run = served.running.wait().exit(0);
    let said = run.stdout_text() + &run.stderr_text() + &metrics;
    for secret in [support::web::SECRET, &token, "ada@", "max@"] {
        assert!(!said.contains(secret), "`{secret}` in:\n{said}");
    }
    // nor does the ledger keep the token or the secret
    let ledger = room.read_bytes("ledger.db");
    for secret in [support::web::SECRET, token.as_str()] {
        assert!(!ledger.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[test]
fn a_ledger_that_cannot_be_written_is_never_a_yes() {
    if !need(Service::Python) {
        return;
    }
    let room = newsroom("");
    let token = tokens(&room).remove(0);
    let served = room.serve("");
    // whoever holds the database for long: the server says so, and later it works again
    let path = room.path("ledger.db");
    let python = "import sqlite3,sys,time\nc=sqlite3.connect(sys.argv[1],isolation_level=None)\nc.execute('BEGIN IMMEDIATE')\nprint('held',flush=True)\ntime.sleep(40)";
    let mut holder = std::process::Command::new("python3")
        .arg("-c")
        .arg(python)
        .arg(&path)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("python3");
    let mut word = [0; 4];
    let mut says = holder.stdout.take().expect("piped");
    says.read_exact(&mut word).expect("it holds the database");
    let answer = served.one_click(&token);
    assert_eq!((answer.status, answer.body.as_str()), (503, "try again later\n"));
    assert_eq!(answer.header("retry-after"), Some("120"));
    holder.kill().expect("its own child");
    holder.wait().expect("its end");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(served.one_click(&token).status, 200);
}

/// The path of the link in the last letter.
fn confirmation(postbox: &support::OpenPostbox, count: usize) -> String {
    postbox.wait_for(count, PATIENCE);
    let text = postbox.messages()[count - 1].parsed().text;
    let path = text.split("http").find_map(|url| url.split_once("/c/")).expect("a link").1;
    format!("/c/{}", path.split(['?', '\n', '\r']).next().unwrap_or_default())
}

#[test]
fn a_link_used_twice_changes_nothing_of_what_was_chosen_since() {
    let postbox = Postbox::new().start();
    let room =
        newsroom("languages = [\"en\", \"fr\"]\ntopics = [{ tag = \"press\", name = \"Press\" }]").relay(&postbox);
    let served = room.serve("");
    assert_eq!(join(&served, "zoe@example.org", &[], &[("lang", "en")]).status, 200);
    let path = confirmation(&postbox, 1);
    let confirm = || served.post(&path, &[("form", &served.get(&path).hidden("form")), ("action", "confirm")]);
    let done = confirm();
    let choose = done.body.split_once("/p/").expect("a link").1;
    let choose = format!("/p/{}", choose.split(['?', '"']).next().unwrap_or_default());
    let form = served.get(&choose).hidden("form");
    let chosen = [("form", form.as_str()), ("action", "choose"), ("lang", "fr"), ("topic", "press")];
    assert_eq!(served.post(&choose, &chosen).status, 200);
    assert_eq!(confirm().status, 200);
    let after = served.get(&choose).body;
    assert!(after.contains("value=\"press\" checked") && after.contains("<html lang=\"fr\""), "{after}");
}

#[test]
fn who_must_not_be_written_to_gets_no_letter_by_the_form() {
    let postbox = Postbox::new().start();
    let room = newsroom("").relay(&postbox);
    let known = tokens(&newsroom("")).remove(0);
    let _ = room.run("unsubscribe blocked@example.org").exit(0);
    let served = room.serve("");
    assert_eq!(served.one_click(&known).status, 200);
    let left = if served.get(&format!("/p/{known}")).body.contains("ada@example.com") { "ada" } else { "ben" };
    let left = format!("{left}@example.com");
    for address in ["blocked@example.org", &left, &left, "last@example.org"] {
        assert_eq!(join(&served, address, &[], &[]).status, 200);
    }
    // letters go in the order of the forms: with the last one there, no other is to come
    postbox.wait_for(2, PATIENCE);
    postbox.wait_until_quiet(PATIENCE);
    let to: Vec<String> = postbox.messages().iter().flat_map(|taken| taken.recipients.clone()).collect();
    assert!(to.contains(&left) && to.contains(&"last@example.org".to_owned()) && to.len() == 2, "{to:?}");
}

#[test]
fn behind_a_proxy_that_is_not_believed_nobody_is_this_machine() {
    let postbox = Postbox::new().start();
    let room = newsroom("").relay(&postbox);
    let served = room.serve("");
    let handed_on = [("X-Forwarded-For", "203.0.113.9")];
    assert_eq!(served.send("GET", "/metrics", &handed_on, "").status, 404);
    assert_eq!(served.get("/metrics").status, 200);
    assert_eq!(join(&served, "zoe@example.org", &handed_on, &[]).status, 200);
    let path = confirmation(&postbox, 1);
    let form = served.get(&path).hidden("form");
    assert_eq!(served.post(&path, &[("form", &form), ("action", "confirm")]).status, 200);
    let shown = room.run("subscribers show zoe@example.org").exit(0).stdout_text();
    assert!(shown.contains("by form") && !shown.contains("127.0.0.1,") && !shown.contains("from 127.0.0.1"), "{shown}");
    drop(served);
    let config = room.read("envoi.toml");
    let line =
        config.lines().find(|line| line.starts_with("url = \"http://127.0.0.1")).expect("the address").to_owned();
    room.write("envoi.toml", config.replace(&line, "url = \"https://news.example.org\""));
    let mut served = room.serve("--listen 127.0.0.1:0");
    let _ = served.running.wait_for_stderr("nobody says from where readers come", PATIENCE);
}

#[test]
fn one_topic_named_often_is_one() {
    let postbox = Postbox::new().start();
    let tag = "a-tag-that-is-as-long-as-one-may-ever-be";
    let room = newsroom(&format!("topics = [{{ tag = \"{tag}\", name = \"Press\" }}]")).relay(&postbox);
    let served = room.serve("");
    assert_eq!(join(&served, "zoe@example.org", &[], &[("topic", tag); 55]).status, 200);
    assert!(confirmation(&postbox, 1).len() > 100);
}
