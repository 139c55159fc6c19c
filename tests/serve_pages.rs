//! The pages of `envoi serve` in a real browser: the whole way of a reader, on a phone; what others say of each page;
//! pictures for people to look at.

mod support;

use std::fs;
use std::path::Path;
use std::time::Duration;

use support::{Chromium, Newsroom, OpenPostbox, Postbox, Served, Service, axe, html_errors, need};

const PATIENCE: Duration = Duration::from_secs(30);

const TOPICS: &str = r#"
languages = ["fr", "nl", "en"]
privacy_url = "https://www.example.org/vie-privee"

[[serve.topics]]
tag = "presse"
name.fr = "Communiqués de presse"
name.nl = "Persberichten"
name.en = "Press releases"

[[serve.topics]]
tag = "agenda"
name.fr = "Agenda et événements"
name.nl = "Agenda en evenementen"
name.en = "Events"

[[serve.topics]]
tag = "publications"
name.fr = "Publications et films"
name.nl = "Publicaties en films"
name.en = "Publications and films"
"#;

/// The examples' own project, its pages served.
fn room(postbox: &OpenPostbox, theme: &str) -> Newsroom {
    let room = Newsroom::empty();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["templates", "envoi.toml", "subscribers.example.csv"] {
        copy(&here.join(name), &room.path(name));
    }
    let look = room.read("templates/theme.toml").replace("base = \"lantern\"", &format!("base = \"{theme}\""));
    room.write("templates/theme.toml", look);
    let own = "url = \"https://www.example.org/desabonnement?adresse={{ email }}\"\n";
    room.write("envoi.toml", room.read("envoi.toml").replace(own, ""));
    room.serving(TOPICS).relay(postbox)
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

/// The link in the last letter to that page.
#[track_caller]
fn link(postbox: &OpenPostbox, count: usize, page: &str) -> String {
    postbox.wait_for(count, PATIENCE);
    let text = postbox.messages()[count - 1].parsed().text;
    let link = text.split_whitespace().find(|word| word.starts_with("http://") && word.contains(page));
    link.unwrap_or_else(|| panic!("no link to {page} in:\n{text}")).to_owned()
}

#[test]
fn a_reader_subscribes_chooses_and_unsubscribes_on_a_phone() {
    if !need(Service::Chromium) {
        return;
    }
    let postbox = Postbox::new().start();
    let room = room(&postbox, "lantern");
    let served = room.serve("");
    let browser = Chromium::start();
    browser.resize(360, 740);
    browser.open(&served.url("/subscribe?lang=nl"));
    says(&browser, "h1", "Schrijf u in op onze nieuwsbrief");
    browser.write("#email", "zoe@example.org");
    browser.click("input[name=lang][value=nl]");
    browser.click("input[name=topic][value=agenda]");
    fits(&browser);
    browser.click("button");
    says(&browser, "h1", "Kijk in uw mailbox");
    // the letter, its link, the button on its page
    browser.open(&link(&postbox, 1, "/c/"));
    says(&browser, "h1", "Bevestig uw inschrijving");
    says(&browser, ".address", "zoe@example.org");
    fits(&browser);
    browser.click("button");
    says(&browser, "h1", "U bent ingeschreven");
    // what was chosen stands there, and can be changed
    browser.click(".links a");
    says(&browser, "h1", "Wat u ontvangt");
    assert_eq!(browser.script("return document.querySelector('input[value=agenda]').checked"), true);
    assert_eq!(browser.script("return document.querySelector('input[value=presse]').checked"), false);
    browser.click("input[name=topic][value=presse]");
    browser.click("button");
    says(&browser, ".notice", "Uw keuze is opgeslagen.");
    assert_eq!(browser.script("return document.querySelector('input[value=presse]').checked"), true);
    // and out again, by the button and not by the link
    browser.click(".links a");
    says(&browser, "h1", "Uitschrijven");
    browser.click("button");
    says(&browser, "h1", "U bent uitgeschreven");
    fits(&browser);
    assert_eq!(browser.console_errors(), [""; 0], "the policy stands in no way of the pages' own");
    postbox.was_treated_politely();
}

/// Waits until an element says this: a form's answer may still be on its way.
#[track_caller]
fn says(browser: &Chromium, css: &str, text: &str) {
    let (css, text) = (serde_json::Value::from(css), serde_json::Value::from(text));
    let told = format!(
        "const told = document.querySelector({css}); return document.readyState === 'complete' && told !== null && \
         told.textContent.trim() === {text}"
    );
    browser.wait_until(&told, PATIENCE);
}

/// Nothing is wider than the page, and what is to be touched is large enough (WCAG 2.2, 2.5.8, asks for 24 pixels).
#[track_caller]
fn fits(browser: &Chromium) {
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.script(wide), 0, "{}", browser.url());
    let small = "return [...document.querySelectorAll('button, .choices label, input[type=email], a')]
        .filter(e => e.getBoundingClientRect().height < 24).map(e => e.outerHTML)";
    assert_eq!(browser.script(small), serde_json::json!([]), "{}", browser.url());
}

#[test]
fn a_form_that_another_site_sends_is_refused_by_what_the_browser_says() {
    if !need(Service::Chromium) {
        return;
    }
    let postbox = Postbox::new().start();
    let room = room(&postbox, "lantern");
    let served = room.serve("");
    let form = served.get("/subscribe");
    let evil = format!(
        "<form id=f method=post action=\"{}\"><input name=email value=zoe@example.org><input name=form value=\"{}\">\
         <input name=consent value=\"{}\"></form><script>f.submit()</script>",
        served.url("/subscribe"),
        form.hidden("form"),
        form.hidden("consent")
    );
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("evil.html"), evil).expect("a file");
    let site = support::Site::of(folder.path());
    let browser = Chromium::start();
    // another host than the server's: to a browser 127.0.0.1 and localhost are two sites
    browser.open(&site.url("evil.html").replace("127.0.0.1", "localhost"));
    browser.wait_until("return location.pathname === '/subscribe'", PATIENCE);
    says(&browser, "h1", "Please send the form from here");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(postbox.count(), 0);
}

/// A form's fields.
type Fields = Vec<(String, String)>;

/// Every page there is, by its name: the address, and the form to send where it is the answer to one.
fn every_page(served: &Served, postbox: &OpenPostbox) -> Vec<(&'static str, String, Option<Fields>)> {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let form = |path: &str| served.get(path).hidden("form");
    let consent = served.get("/subscribe?lang=fr").hidden("consent");
    let join = |email: &str| {
        Some(vec![
            field("form", &form("/subscribe")),
            field("action", "join"),
            field("consent", &consent),
            field("email", email),
            field("lang", "fr"),
            field("topic", "presse"),
        ])
    };
    let taken = join("zoe@example.org").expect("fields");
    let fields: Vec<(&str, &str)> = taken.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(served.post("/subscribe?lang=fr", &fields).status, 200);
    let url = link(postbox, 1, "/c/");
    let confirm = url
        .split_once(&format!(":{}", served.port))
        .expect("its own address")
        .1
        .split('?')
        .next()
        .expect("a path")
        .to_owned();
    let done = Some(vec![field("form", &form(&confirm)), field("action", "confirm")]);
    let answer = served.post(&confirm, &[("form", &form(&confirm)), ("action", "confirm")]);
    let token = answer.body.split("/p/").nth(1).and_then(|rest| rest.split('?').next()).expect("a token").to_owned();
    let (leave, choose) = (format!("/u/{token}"), format!("/p/{token}"));
    let saved = Some(vec![
        field("form", &form(&choose)),
        field("action", "choose"),
        field("lang", "nl"),
        field("topic", "agenda"),
    ]);
    let left = Some(vec![field("form", &form(&leave)), field("action", "leave")]);
    vec![
        ("subscribe", "/subscribe".to_owned(), None),
        ("subscribe-mistake", "/subscribe".to_owned(), join("zoe@example")),
        ("sent", "/subscribe".to_owned(), join("max@example.org")),
        ("confirm", confirm.clone(), None),
        ("confirmed", confirm, done),
        ("choose", choose.clone(), None),
        ("chosen", choose, saved),
        ("broken", "/u/nonsense".to_owned(), None),
        ("lost", "/nowhere".to_owned(), None),
        ("leave", leave.clone(), None),
        ("left", leave.clone(), left),
        ("choose-left", leave.replace("/u/", "/p/"), None),
    ]
}

/// Opens a page; the answer to a form by sending it from a page of the same server.
#[track_caller]
fn open(browser: &Chromium, served: &Served, path: &str, lang: &str, fields: Option<&Fields>) {
    let url = served.url(&format!("{path}?lang={lang}"));
    let Some(fields) = fields else { return browser.open(&url) };
    browser.open(&served.url(&format!("/subscribe?lang={lang}")));
    let fields = serde_json::to_string(fields).expect("texts");
    browser.script(&format!(
        "const form = document.createElement('form'); form.method = 'post'; form.action = '{url}'; form.id = 'sent';
         for (const [name, value] of {fields}) {{ const input = document.createElement('input'); input.type = 'hidden';
         input.name = name; input.value = value; form.append(input); }} document.body.append(form); form.submit();"
    ));
    browser.wait_until("return document.readyState === 'complete' && !document.getElementById('sent')", PATIENCE);
}

#[test]
fn no_page_shuts_anybody_out_and_every_page_is_valid() {
    if !need(Service::Axe) || !need(Service::Vnu) {
        return;
    }
    let postbox = Postbox::new().start();
    let room = room(&postbox, "lantern");
    let served = room.serve("");
    let (browser, source) = (Chromium::start(), axe());
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for (name, path, fields) in every_page(&served, &postbox) {
        for (lang, dark) in [("fr", false), ("nl", true)] {
            browser.dark(dark);
            open(&browser, &served, &path, lang, fields.as_ref());
            fits(&browser);
            browser.script(&format!(
                "{source}; window.verdict = null; axe.run(document).then(result => window.verdict = result); return true"
            ));
            let verdict = browser.wait_until(
                "return window.verdict && window.verdict.violations.map(one => one.id + ': ' + one.nodes.map(node => \
                 node.html.slice(0, 160) + ' ' + (node.any[0] || {}).message).slice(0, 3).join(' | ')).concat('end')",
                PATIENCE,
            );
            assert_eq!(verdict.as_array().cloned().unwrap_or_default(), ["end"], "{name}, {lang}, dark: {dark}");
        }
        let answer = match &fields {
            None => served.get(&path),
            Some(fields) => {
                let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                served.post(&path, &fields)
            }
        };
        let file = folder.path().join(format!("{name}.html"));
        fs::write(&file, answer.body).expect("a file");
        files.push(file);
    }
    let letter = folder.path().join("letter.html");
    fs::write(&letter, &postbox.messages()[0].parsed().html).expect("a file");
    files.push(letter);
    assert_eq!(html_errors(&files), [""; 0]);
}

#[test]
#[ignore = "makes pictures for people to look at"]
fn pictures_for_people() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots/serve");
    fs::create_dir_all(&folder).expect("a folder");
    let browser = Chromium::start();
    for theme in ["lantern", "harbour", "meadow"] {
        let postbox = Postbox::new().start();
        let room = room(&postbox, theme);
        let served = room.serve("");
        for (name, path, fields) in every_page(&served, &postbox) {
            for (shape, width, height, dark, lang) in
                [("phone", 375, 812, false, "fr"), ("desktop", 1280, 900, false, "en"), ("dark", 375, 812, true, "nl")]
            {
                browser.dark(dark);
                browser.resize(width, height);
                open(&browser, &served, &path, lang, fields.as_ref());
                let all = browser.script("return document.documentElement.scrollHeight").as_u64().unwrap_or(900);
                browser.resize(width, u32::try_from(all).unwrap_or(900).max(height));
                browser.screenshot(&folder.join(format!("{theme}-{name}-{shape}.png")));
            }
        }
        let letter = folder.join("letter.html");
        fs::write(&letter, &postbox.messages()[0].parsed().html).expect("a file");
        browser.resize(600, 800);
        browser.open(&format!("file://{}", letter.display()));
        browser.screenshot(&folder.join(format!("{theme}-letter.png")));
    }
}
