//! `envoi serve`: readers leave, subscribe, confirm and choose, over HTTP and in the letters that they get.

mod support;

use std::time::{Duration, Instant};

use envoi::address::Address;
use envoi::ledger::{Agreed, Ledger, Listed};
use support::web::percent;
use support::{Answer, Newsroom, Postbox, Served};

const PATIENCE: Duration = Duration::from_secs(30);

/// A newsroom with an issue for forty readers, whose pages are served.
fn newsroom(more: &str) -> Newsroom {
    let readers: Vec<String> = (0..40).map(|number| format!("reader{number}@example.com")).collect();
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"")
        .article("2026-11", "lead", "Ferry", "It sails at nine.")
        .subscribers(readers.iter().map(String::as_str))
        .serving(more)
}

/// The token in the first link of a message that leads to a page.
#[track_caller]
fn token(text: &str, page: &str) -> String {
    let before = format!("/{page}/");
    let (_, rest) = text.split_once(&before).unwrap_or_else(|| panic!("no `{before}` in:\n{text}"));
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

/// The token of each reader, as their message has it.
fn tokens(room: &Newsroom) -> Vec<(String, String)> {
    let _ = room.run("send 2026-11 --yes").exit(0);
    room.messages()
        .iter()
        .map(|letter| (letter.to.clone(), token(letter.header("List-Unsubscribe").expect("a way out"), "u")))
        .collect()
}

fn suppressed(room: &Newsroom) -> u64 {
    let run = room.run("send 2026-11 --dry-run --json");
    run.stdout_json()["audience"]["suppressed"].as_u64().unwrap_or_else(|| panic!("{}", run.stdout_text()))
}

#[track_caller]
fn submit(served: &Served, page: &Answer, path: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let form = page.hidden("form");
    let mut all = vec![("form", form.as_str()), ("action", action)];
    all.extend_from_slice(fields);
    served.post(path, &all)
}

#[test]
fn one_click_of_a_mail_program_unsubscribes() {
    let room = newsroom("");
    let readers = tokens(&room);
    let served = room.serve("");
    let (address, token) = &readers[0];
    let answer = served.one_click(token);
    assert_eq!((answer.status, answer.body.as_str()), (200, "unsubscribed\n"));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.header("location"), None);
    // twice is the same, and so is the other encoding that RFC 8058 allows
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    let path = format!("/u/{token}");
    let again = served.send("POST", &path, &[("Content-Type", "multipart/form-data; boundary=b")], multipart);
    assert_eq!(again.steady(), answer.steady());
    let _ = room.run(&format!("unsubscribe {address}")).exit(0).stdout_has("is suppressed already");
    drop(served);
}

#[test]
fn looking_at_the_page_unsubscribes_nobody_and_the_button_does() {
    let room = newsroom("");
    let readers = tokens(&room);
    let served = room.serve("");
    let path = format!("/u/{}", readers[0].1);
    for method in ["GET", "HEAD"] {
        assert_eq!(served.send(method, &path, &[], "").status, 200);
    }
    let page = served.get(&path);
    assert!(page.body.contains("Yes, unsubscribe me") && page.body.contains(&readers[0].0), "{}", page.body);
    assert_eq!(suppressed(&room), 0);
    let left = submit(&served, &page, &path, "leave", &[]);
    assert_eq!(left.status, 200);
    assert!(left.body.contains("You are unsubscribed"), "{}", left.body);
    assert_eq!(suppressed(&room), 1);
}

#[test]
fn the_page_speaks_its_readers_language() {
    let room = newsroom("");
    let readers = tokens(&room);
    let served = room.serve("");
    let path = format!("/u/{}", readers[0].1);
    let in_french = served.get(&format!("{path}?lang=fr"));
    assert!(in_french.body.contains("<html lang=\"fr\"") && in_french.body.contains("Oui, me désabonner"));
    let in_dutch = served.send("GET", &path, &[("Accept-Language", "nl-BE,nl;q=0.9,en;q=0.5")], "");
    assert!(in_dutch.body.contains("Ja, schrijf mij uit"), "{}", in_dutch.body);
    let unknown = served.send("GET", &path, &[("Accept-Language", "eo")], "");
    assert!(unknown.body.contains("Yes, unsubscribe me"));
}

#[test]
fn a_project_adds_a_language_of_its_own() {
    let english = include_str!("../templates/i18n/en.toml");
    let room =
        newsroom("").file("templates/i18n/eo.toml", &english.replace("Yes, unsubscribe me", "Jes, malabonu min"));
    let readers = tokens(&room);
    let served = room.serve("");
    let page = served.get(&format!("/u/{}?lang=eo", readers[0].1));
    assert!(page.body.contains("Jes, malabonu min"), "{}", page.body);
}

#[test]
fn who_unsubscribes_during_a_send_is_left_out_of_it() {
    let postbox = Postbox::new().start();
    let room = newsroom("").relay_with(&postbox, "connections = 1\nrate = \"10/s\"");
    let served = room.serve("");
    let sending = room.spawn("send 2026-11 --yes");
    postbox.wait_for(3, PATIENCE);
    let first = postbox.messages()[0].parsed();
    // the token of one that is still to come, as a mail of last year would have it
    let other = newsroom("");
    let last = tokens(&other).into_iter().find(|(address, _)| address == "reader39@example.com").expect("it was sent");
    assert_eq!(served.one_click(&last.1).status, 200);
    let _ = sending.wait().exit(0);
    assert_eq!(postbox.count(), 39);
    assert!(postbox.messages().iter().all(|taken| taken.recipients != ["reader39@example.com"]));
    assert_ne!(first.to, "reader39@example.com");
}

#[test]
fn what_was_answered_outlives_a_power_cut_of_the_program() {
    let room = newsroom("");
    let readers = tokens(&room);
    let served = room.serve("");
    for (_, token) in &readers {
        assert_eq!(served.one_click(token).status, 200);
    }
    drop(served.running.kill());
    assert_eq!(suppressed(&room), 40);
}

#[test]
fn a_server_that_is_told_to_end_finishes_what_was_begun() {
    use std::io::{Read as _, Write as _};
    let room = newsroom("");
    let readers = tokens(&room);
    let served = room.serve("");
    let mut slow = served.connect();
    // it is inside once it was answered
    slow.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").expect("the server reads");
    let mut said = Vec::new();
    while !said.ends_with(b"well\n") {
        let mut byte = [0];
        slow.read_exact(&mut byte).expect("an answer");
        said.extend(byte);
    }
    let body = "List-Unsubscribe=One-Click";
    let head = format!(
        "POST /u/{} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        readers[0].1,
        body.len()
    );
    slow.write_all(head.as_bytes()).expect("the server reads");
    std::thread::sleep(Duration::from_millis(200));
    served.running.terminate();
    let until = Instant::now() + PATIENCE;
    while std::net::TcpStream::connect(("127.0.0.1", served.port)).is_ok() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    slow.write_all(body.as_bytes()).expect("the server still reads");
    let mut answer = String::new();
    let _ = slow.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let _ = served.running.wait().exit(0);
    assert_eq!(suppressed(&room), 1);
}

/// What the ledger knows of somebody.
#[track_caller]
fn known(room: &Newsroom, address: &str) -> (Option<Listed>, Vec<Agreed>) {
    let address = Address::parse(address).expect("an address");
    let look = async {
        let ledger = Ledger::open(&room.path("ledger.db")).await?;
        envoi::error::Result::<_>::Ok((ledger.listed(&address).await?, ledger.consents(&address).await?))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a thread");
    runtime.block_on(look).expect("the ledger can be read")
}

const TOPICS: &str = "languages = [\"en\", \"fr\"]\ntopics = [{ tag = \"press\", name = \"Press releases\" }, { tag = \"events\", name.en = \"Events\", name.fr = \"Agenda\" }]\n";

/// Sends the form to subscribe.
#[track_caller]
fn ask(served: &Served, address: &str, more: &[(&str, &str)]) -> Answer {
    let page = served.get("/subscribe");
    let consent = page.hidden("consent");
    let mut fields = vec![("email", address), ("consent", consent.as_str())];
    fields.extend_from_slice(more);
    submit(served, &page, "/subscribe", "join", &fields)
}

/// The letter to an address, when it is there.
#[track_caller]
fn letter(postbox: &support::OpenPostbox, count: usize) -> support::Letter {
    postbox.wait_for(count, PATIENCE);
    postbox.messages()[count - 1].parsed()
}

#[test]
fn who_fills_in_the_form_and_confirms_is_on_the_list_with_their_consent() {
    let postbox = Postbox::new().start();
    let room = newsroom(TOPICS).relay(&postbox);
    let served = room.serve("");
    let answer = ask(&served, " Zoe@Example.org ", &[("lang", "fr"), ("topic", "events"), ("topic", "board")]);
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains("Look into your mailbox") && answer.body.contains("Zoe@example.org"),
        "{}",
        answer.body
    );
    // the letter is in the newsletter's language
    let letter = letter(&postbox, 1);
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        ("Zoe@example.org", "Veuillez confirmer votre abonnement")
    );
    assert_eq!(letter.header("Auto-Submitted"), Some("auto-generated"));
    let confirm = token(&letter.text, "c");
    assert_eq!(token(&letter.html, "c"), confirm);
    let path = format!("/c/{confirm}");
    // looking changes nothing
    let page = served.get(&path);
    assert!(page.body.contains("Oui, je m’abonne"), "{}", page.body);
    assert_eq!(known(&room, "zoe@example.org"), (None, Vec::new()));
    for _ in 0..2 {
        let done = submit(&served, &page, &path, "confirm", &[]);
        assert_eq!(done.status, 200);
        assert!(done.body.contains("Votre abonnement est confirmé"), "{}", done.body);
    }
    let (listed, consents) = known(&room, "zoe@example.org");
    let listed = listed.expect("she is on the list").subscriber;
    assert_eq!(listed.language.as_ref().map(ToString::to_string).as_deref(), Some("fr"));
    assert!(listed.values.contains(&"events".to_owned()), "{listed:?}");
    assert!(!listed.values.iter().any(|value| value.contains("board")), "what is not offered is not taken: {listed:?}");
    assert_eq!(consents.len(), 1, "one consent, though confirmed twice");
    let consent = &consents[0];
    assert_eq!((consent.how.as_str(), consent.ip.as_str()), ("form", "127.0.0.1"));
    assert_eq!(consent.source, served.url("/subscribe"));
    assert!(consent.text.starts_with("en-") && consent.given.is_some(), "{consent:?}");
    let _ = room
        .run("subscribers show zoe@example.org")
        .exit(0)
        .stdout_has("by form")
        .stdout_has("/subscribe, from 127.0.0.1");
    postbox.was_treated_politely();
}

#[test]
fn who_is_subscribed_already_gets_the_same_answer_and_another_letter() {
    let postbox = Postbox::new().start();
    let room = newsroom("").relay(&postbox);
    let served = room.serve("");
    let unknown = ask(&served, "zoe@example.org", &[]);
    let path = format!("/c/{}", token(&letter(&postbox, 1).text, "c"));
    let page = served.get(&path);
    assert_eq!(submit(&served, &page, &path, "confirm", &[]).status, 200);
    let known = ask(&served, "zoe@example.org", &[]);
    assert_eq!(known.steady(), unknown.steady());
    assert_eq!(known.body, unknown.body);
    let letter = letter(&postbox, 2);
    assert_eq!(letter.subject, "You are already subscribed");
    let choose = served.get(&format!("/p/{}", token(&letter.text, "p")));
    assert!(choose.body.contains("zoe@example.org"), "{}", choose.body);
}

#[test]
fn readers_choose_language_and_topics() {
    let postbox = Postbox::new().start();
    let room = newsroom(TOPICS).relay(&postbox);
    let served = room.serve("");
    assert_eq!(ask(&served, "zoe@example.org", &[("lang", "en"), ("topic", "press")]).status, 200);
    let path = format!("/c/{}", token(&letter(&postbox, 1).text, "c"));
    let page = served.get(&path);
    let done = submit(&served, &page, &path, "confirm", &[]);
    let path = format!("/p/{}", token(&done.body, "p"));
    let page = served.get(&path);
    assert!(
        page.body.contains("value=\"press\" checked") && !page.body.contains("value=\"events\" checked"),
        "{}",
        page.body
    );
    let saved = submit(&served, &page, &path, "choose", &[("lang", "fr"), ("topic", "events")]);
    assert_eq!(saved.status, 200);
    assert!(saved.body.contains("Votre choix est enregistré"), "{}", saved.body);
    assert!(saved.body.contains("value=\"events\" checked") && !saved.body.contains("value=\"press\" checked"));
    // who left sees that, and nothing to choose
    assert_eq!(served.one_click(&token(&done.body, "p")).status, 200);
    let after = served.get(&path);
    assert!(after.body.contains("unsubscribed: we send nothing") && !after.body.contains("<form"), "{}", after.body);
    // and can come back
    assert_eq!(ask(&served, "zoe@example.org", &[]).status, 200);
    let letter = letter(&postbox, 2);
    assert_eq!(letter.subject, "Please confirm your subscription");
}

#[test]
fn an_old_link_brings_nobody_back_who_left() {
    let postbox = Postbox::new().start();
    let mut room = newsroom("").relay(&postbox).clock("2026-11-25T09:00:00+01:00");
    let served = room.serve("");
    assert_eq!(ask(&served, "zoe@example.org", &[]).status, 200);
    let path = format!("/c/{}", token(&letter(&postbox, 1).text, "c"));
    let page = served.get(&path);
    let done = submit(&served, &page, &path, "confirm", &[]);
    drop(served);
    room.set_env("ENVOI_NOW", "2026-11-25T10:00:00+01:00");
    let served = room.serve("");
    assert_eq!(served.one_click(&token(&done.body, "p")).status, 200);
    let page = served.get(&path);
    let late = submit(&served, &page, &path, "confirm", &[]);
    assert_eq!(late.status, 410);
    drop(served);
    // and after two days it is good for nothing
    room.set_env("ENVOI_NOW", "2026-11-27T09:00:01+01:00");
    let served = room.serve("");
    let page = served.get(&path);
    assert_eq!(page.status, 410);
    assert!(page.body.contains("This link has expired"), "{}", page.body);
}

#[test]
fn an_address_that_is_none_is_shown_again_to_be_mended() {
    let room = newsroom("");
    let served = room.serve("");
    let answer = ask(&served, "zoe@nowhere\"><script>", &[]);
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("aria-invalid") && answer.body.contains("zoe@nowhere&quot;"), "{}", answer.body);
    assert!(!answer.body.contains("<script"));
}

#[test]
fn without_a_relay_the_letter_goes_to_the_outbox() {
    let room = newsroom("");
    let served = room.serve("");
    assert_eq!(ask(&served, "zoe@example.org", &[]).status, 200);
    let until = Instant::now() + PATIENCE;
    while room.messages().is_empty() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(room.messages()[0].to, "zoe@example.org");
}

#[test]
fn a_relay_that_is_busy_is_tried_again_and_one_that_refuses_is_told_without_the_address() {
    let postbox = Postbox::new()
        .deferring("zoe@example.org", 451, 1)
        .rejecting("max@example.org", 550, "5.1.1 <max@example.org> unknown")
        .start();
    let room = newsroom("").relay_with(&postbox, "pause = 0");
    let mut served = room.serve("");
    assert_eq!(ask(&served, "zoe@example.org", &[]).status, 200);
    let _ = letter(&postbox, 1);
    assert_eq!(ask(&served, "max@example.org", &[]).status, 200);
    let said = served.running.wait_for_stderr("a confirmation letter could not be sent", PATIENCE);
    assert!(said.contains("unknown") && !said.contains("max@"), "{said}");
}

#[test]
fn another_site_of_the_organisation_may_have_the_form() {
    let postbox = Postbox::new().start();
    let room = newsroom("form_origins = [\"https://www.example.org\"]").relay(&postbox);
    let served = room.serve("");
    let headers = [("Origin", "https://www.example.org"), ("Sec-Fetch-Site", "cross-site")];
    let answer = served.post_with("/subscribe", &headers, &[("email", "zoe@example.org"), ("consent", "site-7")]);
    assert_eq!(answer.status, 200);
    let path = format!("/c/{}", token(&letter(&postbox, 1).text, "c"));
    let page = served.get(&path);
    assert_eq!(submit(&served, &page, &path, "confirm", &[]).status, 200);
    let (_, consents) = known(&room, "zoe@example.org");
    assert_eq!((consents[0].source.as_str(), consents[0].text.as_str()), ("https://www.example.org", "site-7"));
}

#[test]
fn pages_can_lie_in_a_folder_of_a_site() {
    let room = newsroom("");
    let config = room.read("envoi.toml");
    let line =
        config.lines().find(|line| line.starts_with("url = \"http://127.0.0.1")).expect("the address").to_owned();
    room.write("envoi.toml", config.replace(&line, "url = \"https://www.example.org/liste/\""));
    let readers = tokens(&room);
    let served = room.serve("--listen 127.0.0.1:0");
    let page = served.get(&format!("/liste/u/{}", readers[0].1));
    assert!(page.body.contains("action=\"/liste/u/"), "{}", page.body);
    assert_eq!(served.get(&format!("/u/{}", readers[0].1)).status, 404);
    assert_eq!(served.post(&format!("/liste/u/{}", readers[0].1), &[("List-Unsubscribe", "One-Click")]).status, 200);
    assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"));
}

#[test]
fn health_and_metrics_tell_of_the_server_and_of_nobody() {
    let room = newsroom("trusted_proxy_header = \"X-Forwarded-For\"");
    let readers = tokens(&room);
    let served = room.serve("");
    assert_eq!(served.one_click(&readers[0].1).status, 200);
    assert_eq!(served.one_click("nonsense").status, 404);
    let health = served.get("/health");
    assert_eq!((health.status, health.body.as_str()), (200, "well\n"));
    let metrics = served.get("/metrics");
    for line in [
        "envoi_unsubscribed_total{by=\"one-click\"} 1",
        "envoi_bad_tokens_total 1",
        "envoi_commits_total 1",
        "envoi_http_seconds_count 3",
    ] {
        assert!(metrics.body.contains(line), "no `{line}` in:\n{}", metrics.body);
    }
    assert!(!metrics.body.contains("example.com"));
    let outside = served.send("GET", "/metrics", &[("X-Forwarded-For", "192.0.2.7")], "");
    assert_eq!(outside.status, 404, "not for those who come from outside");
    assert_eq!(percent("a@b"), "a%40b");
}

#[test]
fn a_project_without_an_address_is_told_what_to_write() {
    let room = Newsroom::new();
    let _ = room.run("serve").exit(1).stderr_has("does not say at which address").stderr_has("openssl rand -base64 32");
    let busy = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let room = newsroom("");
    let port = busy.local_addr().expect("an address").port();
    let _ = room.run(&format!("serve --listen 127.0.0.1:{port}")).exit(1).stderr_has("is taken by another program");
}
