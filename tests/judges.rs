//! What others say of what readers get: every example issue, in every language and every theme that ships, before
//! judges that know nothing of envoi. Each test says which; one that cannot be asked is skipped with the reason.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use support::{Chromium, Letter, Newsroom, Service, axe, defects, dumped, html_errors, need, spam_score, unsupported};

const THEMES: [&str; 3] = ["lantern", "harbour", "meadow"];

/// What some mail programs do not support, and why it is used all the same.
const ALLOWED: [(&str, &str); 8] = [
    ("@media", "Outlook for Windows and old Thunderbirds show the light scheme at the full width, which is whole"),
    ("border-radius", "Outlook for Windows shows square corners"),
    ("border-spacing", "Outlook for Windows gets `border-collapse` from its own style sheet"),
    ("<body> element", "it is replaced by an element that carries its style; the page's own ground is on `.page`"),
    ("Local anchors", "on some phones the table of contents is a list of titles"),
    ("Attribute selector", "it speaks to Outlook.com alone, which sets the attributes, in a style sheet of its own"),
    ("Chaining selectors", "the same: Outlook for Windows has its styles on the elements"),
    ("aria-label attribute", "where it is dropped, the subject names the message"),
];

/// This project, with its examples, in a theme.
struct Printed {
    room: Newsroom,
    theme: &'static str,
    /// Each edition's folder within the project.
    editions: Vec<String>,
    /// The press releases' pages within the project.
    releases: Vec<String>,
}

impl Printed {
    #[track_caller]
    fn in_theme(theme: &'static str) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut room = Newsroom::empty();
        for name in ["envoi.toml", "subscribers.example.csv", "issues", "templates"] {
            copy(source, &source.join(name), &room);
        }
        let look = room.read("templates/theme.toml").replace("base = \"lantern\"", &format!("base = \"{theme}\""));
        room.write("templates/theme.toml", look);
        room = room.config("[web]\nbase_url = \"https://www.example.org/lettres/\"\n");
        let issues = room.run("list --json").exit(0).stdout_json();
        let (mut editions, mut releases) = (Vec::new(), Vec::new());
        for issue in issues.as_array().expect("a list of issues") {
            let slug = issue["slug"].as_str().expect("a slug");
            room.run(&format!("build {slug} --out web/{slug}")).exit(0);
            let languages = issue["languages"].as_array().expect("languages");
            editions.extend(languages.iter().map(|lang| format!("web/{slug}/{}", lang.as_str().expect("a language"))));
        }
        for release in ["site-signalement", "signalement"] {
            room.run(&format!("export {release} --out press")).exit(0);
        }
        releases.extend(room.files("press").into_iter().filter(|file| file.ends_with(".html")));
        let releases = releases.into_iter().map(|file| format!("press/{file}")).collect();
        let printed = Self { room, theme, editions, releases };
        for edition in &printed.editions {
            let letter = printed.letter(edition);
            printed.room.write(&format!("{edition}/mail.html"), &letter.html);
        }
        printed
    }

    fn letter(&self, edition: &str) -> Letter {
        Letter::parse(&self.room.read_bytes(&format!("{edition}/newsletter.eml")))
    }

    /// A file of each edition.
    fn each(&self, file: &str) -> Vec<PathBuf> {
        self.editions.iter().map(|edition| self.room.path(&format!("{edition}/{file}"))).collect()
    }

    fn pages(&self) -> Vec<PathBuf> {
        let releases = self.releases.iter().map(|page| self.room.path(page));
        self.each("newsletter.html").into_iter().chain(releases).collect()
    }
}

fn copy(root: &Path, path: &Path, room: &Newsroom) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder of the repository") {
            copy(root, &entry.expect("an entry of a folder").path(), room);
        }
        return;
    }
    let name = path.strip_prefix(root).expect("the walk stays below its root").to_string_lossy().into_owned();
    room.write(&name, fs::read(path).expect("a file of the repository"));
}

#[test]
fn no_letter_is_small_and_no_mail_is_cut_off() {
    for printed in THEMES.map(Printed::in_theme) {
        for edition in &printed.editions {
            let html = printed.letter(edition).html;
            // the preheader is seen in the inbox alone
            let body = html.split_once("mso-hide: all;\">").expect("a preheader").1;
            for size in body.split("font-size: ").skip(1).filter_map(|rest| rest.split("px").next()) {
                let pixels: f64 = size.parse().unwrap_or_else(|_| panic!("{edition}: `{size}` is no size in pixels"));
                assert!(pixels >= 14.0, "{}, {edition}: {pixels} px", printed.theme);
            }
            assert!(html.len() < 102_400, "Gmail cuts off {edition}: {} bytes", html.len());
        }
    }
}

#[test]
fn the_pages_are_valid_html() {
    if !need(Service::Vnu) {
        return;
    }
    let printed: Vec<Printed> = THEMES.map(Printed::in_theme).into();
    let pages: Vec<PathBuf> = printed.iter().flat_map(Printed::pages).collect();
    assert!(pages.len() >= 3 * (7 + 3), "{pages:?}");
    assert_eq!(html_errors(&pages), [""; 0]);
}

#[test]
fn the_mails_use_what_mail_programs_support() {
    if !need(Service::CanIEmail) {
        return;
    }
    let mut needed = [false; ALLOWED.len()];
    for printed in THEMES.map(Printed::in_theme) {
        for line in unsupported(&printed.each("mail.html")) {
            let reason = ALLOWED.iter().position(|(feature, _)| line.ends_with(&format!(" {feature}")));
            let reason = reason.unwrap_or_else(|| panic!("{}: {line} is not supported", printed.theme));
            needed[reason] = true;
        }
    }
    let idle: Vec<_> = ALLOWED.iter().zip(needed).filter(|(_, needed)| !needed).collect();
    assert!(idle.is_empty(), "allowed, but not used any more: {idle:?}");
}

#[test]
fn the_messages_are_well_formed() {
    if !need(Service::Python) {
        return;
    }
    let printed = Printed::in_theme("lantern");
    assert_eq!(defects(&printed.each("newsletter.eml")), [""; 0]);
}

#[test]
fn the_messages_do_not_look_like_spam() {
    if !need(Service::SpamAssassin) {
        return;
    }
    for printed in THEMES.map(Printed::in_theme) {
        let home = printed.room.path("home");
        for message in printed.each("newsletter.eml") {
            let (score, why) = spam_score(&message, &home);
            assert!(score < 0.5, "{}: {score}\n{why}", message.display());
        }
    }
}

/// The words of a text, however it is wrapped and underlined.
fn words(text: &str) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1) {
        *words.entry(word.to_lowercase()).or_default() += 1;
    }
    words
}

#[test]
fn both_parts_say_the_same() {
    if !need(Service::W3m) {
        return;
    }
    let printed = Printed::in_theme("lantern");
    for edition in &printed.editions {
        let html = words(&dumped(&printed.room.path(&format!("{edition}/mail.html"))));
        let mut text = printed.letter(edition).text;
        // addresses stand in the HTML's links, not in its words
        text = text.split_whitespace().filter(|word| !word.contains("://")).collect::<Vec<_>>().join(" ");
        let text = words(&text);
        let shared: usize = html.iter().map(|(word, count)| (*count).min(text.get(word).copied().unwrap_or(0))).sum();
        for (name, part) in [("HTML", &html), ("text", &text)] {
            let all: usize = part.values().sum();
            let missing: Vec<_> = part
                .iter()
                .filter(|(word, count)| {
                    let other = if name == "HTML" { &text } else { &html };
                    other.get(*word).copied().unwrap_or(0) < **count
                })
                .collect();
            let share = shared * 100 / all;
            println!("{edition}: {share} % of the words of the {name} part are in the other");
            assert!(share >= 95, "{edition}: {share} % of the {name} part; not in the other: {missing:?}");
        }
    }
}

#[test]
fn nothing_shuts_readers_out() {
    if !need(Service::Axe) {
        return;
    }
    let (browser, source) = (Chromium::start(), axe());
    let mut count = 0;
    for printed in THEMES.map(Printed::in_theme) {
        // a mail is shown within a mail program's page, which has the landmarks
        let mails = printed.each("mail.html").into_iter().map(|mail| (mail, "region,landmark-one-main"));
        for (page, apart) in mails.chain(printed.pages().into_iter().map(|page| (page, ""))) {
            for dark in [false, true] {
                browser.dark(dark);
                browser.open(&format!("file://{}", page.display()));
                let rules: Vec<String> = apart
                    .split(',')
                    .filter(|rule| !rule.is_empty())
                    .map(|rule| format!("'{rule}': {{ enabled: false }}"))
                    .collect();
                let run = format!(
                    "{source}; window.verdict = null; \
                     axe.run(document, {{ rules: {{ {} }} }}).then(result => window.verdict = result); return true",
                    rules.join(", ")
                );
                browser.script(&run);
                let verdict = browser.wait_until(
                    "return window.verdict && window.verdict.violations.map(one => one.id + ': ' + \
                     one.nodes.map(node => node.html.slice(0, 160) + ' ' + (node.any[0] || {}).message).slice(0, 3).join(' | ')).concat('end')",
                    Duration::from_mins(2),
                );
                let found = verdict.as_array().cloned().unwrap_or_default();
                assert_eq!(found, ["end"], "{}, {}, dark: {dark}", printed.theme, page.display());
                count += 1;
            }
        }
    }
    assert!(count >= 3 * 2 * (7 + 7 + 3), "{count}");
}

/// Writes pictures of every example into target/screenshots: `cargo test --test judges -- --ignored`.
#[test]
#[ignore = "makes pictures for people to look at"]
fn pictures_for_people() {
    if !need(Service::Chromium) {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    fs::create_dir_all(&folder).expect("a folder below target");
    let browser = Chromium::start();
    for printed in THEMES.map(Printed::in_theme) {
        for edition in &printed.editions {
            let name = edition.trim_start_matches("web/").replace('/', ".");
            for (width, dark) in [(1280, false), (1280, true), (375, false), (375, true)] {
                browser.dark(dark);
                browser.resize(width, 800);
                browser.open(&format!("file://{}", printed.room.path(&format!("{edition}/newsletter.html")).display()));
                let height = browser.script("return document.documentElement.scrollHeight").as_u64().unwrap_or(800);
                browser.resize(width, u32::try_from(height).unwrap_or(800).min(16_000));
                let scheme = if dark { "dark" } else { "light" };
                browser.screenshot(&folder.join(format!("{}.{name}.{width}.{scheme}.png", printed.theme)));
            }
        }
    }
}
