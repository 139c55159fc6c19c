//! `envoi archive`: what is out, on the web; what is not, nowhere.

mod support;

use std::time::{Duration, Instant};

use support::{Newsroom, Service, Site, need, read_feed};

const CONFIG: &str = "[web]\nbase_url = \"https://www.example.org/archive/\"\n";

fn release(title: &str, more: &str) -> String {
    format!(
        "+++\ntitle = \"{title}\"\nkind = \"press-release\"\nsubtitle = \"A line & more\"\nplace = \"Brussels\"\ndate = 2026-11-24\n{more}\
         contacts = [{{ name = \"Ada\", email = \"ada@example.org\" }}]\n+++\nIt sails at nine.\n"
    )
}

/// Two issues, of which one goes out, and a release that is only a draft.
fn room() -> Newsroom {
    Newsroom::new()
        .config(CONFIG)
        .issue("2026-11", "subject.en = \"Ferry & friends\"\nsubject.fr = \"Le bac\"\npreheader = \"At nine\"\ndate = 2026-11-20\nlanguages = [\"en\", \"fr\"]\n")
        .article("2026-11", "lead", "The ferry", "It sails, {{ first_name \"reader\" }}.")
        .issue("2026-12", "subject = \"A draft\"\npreheader = \"-\"\ndate = 2026-11-21\n")
        .article("2026-12", "lead", "Nothing yet", "To be written.")
        .issue("whale", "subject = \"Whale\"\npreheader = \"-\"\n")
        .snippet("whale", "whale", &release("Whale seen", ""))
        .subscribers(["ada@example.com"])
        .clock("2026-11-24T12:00:00+01:00")
}

#[test]
fn only_what_is_out_appears() {
    let room = room();
    room.run("archive --out web")
        .exit(0)
        .stdout("0 issue pages, 0 press pages in web: 4 files written, 0 unchanged, 0 removed\n")
        .stderr(
            "
        left out: 2026-11: not sent
        left out: 2026-12: not sent
        left out: whale: not sent
        ",
        );
    room.run("send 2026-11 --yes").exit(0);
    room.run("archive --out web").exit(0).stderr("left out: 2026-12: not sent\nleft out: whale: not sent\n");
    assert_eq!(
        room.files("web"),
        [
            ".envoi-archive.json",
            "2026-11/en/newsletter.html",
            "2026-11/fr/newsletter.html",
            "en/feed.xml",
            "en/index.html",
            "en/search.json",
            "fr/feed.xml",
            "fr/index.html",
            "fr/search.json",
            "index.html",
            "robots.txt",
            "search.js",
            "sitemap.xml",
        ]
    );
    let everything: String = room.files("web").iter().map(|file| room.read(&format!("web/{file}"))).collect();
    assert!(!everything.contains("A draft") && !everything.contains("Whale"), "drafts never appear");
    let page = room.read("web/2026-11/en/newsletter.html");
    assert!(page.contains("It sails, reader."), "merge fields show their fallback:\n{page}");
    assert!(!page.to_lowercase().contains("unsubscribe"), "nobody unsubscribes on a web page:\n{page}");
    assert!(
        page.contains("<link rel=\"canonical\" href=\"https://www.example.org/archive/2026-11/en/newsletter.html\">")
    );
    assert!(page.contains("hreflang=\"fr\" href=\"../fr/newsletter.html\""));
}

#[test]
fn a_release_appears_when_it_is_published_and_its_embargo_over() {
    let more = "published = true\nembargo = 2026-11-24T18:00:00+01:00\n";
    let room = room().snippet("whale", "whale", &release("Whale seen", more));
    room.run("archive --out web").exit(0).stdout_has("0 issue pages, 0 press pages");
    assert!(!room.exists("web/en/press/whale.html"));
    let room = room.clock("2026-11-24T18:00:00+01:00");
    room.run("archive --out web").exit(0).stdout_has("0 issue pages, 1 press page");
    let page = room.read("web/en/press/whale.html");
    assert!(page.contains("Whale seen") && page.contains("href=\"../index.html\""), "{page}");
    assert!(room.read("web/en/index.html").contains("href=\"../en/press/whale.html\""));
}

#[test]
fn a_sent_issue_waits_for_the_embargo_in_it() {
    let embargo = "embargo = 2026-11-24T18:00:00+01:00\n";
    let room = room().snippet("2026-11", "ferry", &release("Ferry back", embargo));
    room.run("send 2026-11 --yes --break-embargo").exit(0);
    room.run("archive --out web")
        .exit(0)
        .stdout_has("0 issue pages, 0 press pages")
        .stderr_has("left out: 2026-11: under embargo until 2026-11-24 18:00 +01:00\n");
    let room = room.clock("2026-11-25T09:00:00+01:00");
    room.run("archive --out web").exit(0).stdout_has("2 issue pages, 1 press page");
}

#[test]
fn what_did_not_change_is_left_alone() {
    let room = room();
    room.run("send 2026-11 --yes").exit(0);
    room.run("archive --out web").exit(0).stdout_has("12 files written, 0 unchanged, 0 removed");
    room.run("archive --out web").exit(0).stdout_has("0 files written, 12 unchanged, 0 removed");
    room.write(
        "issues/2026-11/issue.toml",
        "subject = \"Ferry\"\npreheader = \"At nine\"\ndate = 2026-11-20\nlanguages = [\"en\"]\n",
    );
    room.write("web/my-own.txt", "kept");
    room.write("web/fr/index.html", "changed by hand");
    let run = room.run("archive --out web").exit(0);
    assert!(run.stdout_text().contains("3 removed"), "{}", run.stdout_text());
    assert!(run.stderr_text().contains("changed by hand, and left: web/fr/index.html\n"), "{}", run.stderr_text());
    assert!(room.exists("web/my-own.txt") && !room.exists("web/2026-11/fr"));
}

#[test]
fn a_file_of_somebody_else_is_never_touched() {
    let room = room();
    room.write("web/index.html", "my own page");
    room.run("archive --out web").exit(1).stdout("").stderr_has(
        "error: `web/index.html` is there, and envoi did not write it\nhint: move it away, or choose another folder with `--out DIR`; nothing was written\n",
    );
    assert_eq!(room.files("web"), ["index.html"]);
    assert_eq!(room.read("web/index.html"), "my own page");
}

#[test]
fn two_releases_cannot_have_one_address() {
    let room = room()
        .snippet("whale", "whale", &release("Whale seen", "published = true\n"))
        .issue("later", "subject = \"Again\"\npreheader = \"-\"\n")
        .snippet("later", "whale", &release("Whale gone", "published = true\n"));
    room.run("archive --out web").exit(1).stdout("").stderr(
        "
        error: two press releases are called `whale`: here and in `later` [E615]
          at issues/whale/whale.md:2:1
          2 | title = \"Whale seen\"
            | ^^^^^
        hint: rename the files of one of them: a page's address is its name
        ",
    );
    assert!(!room.exists("web"));
}

#[test]
fn an_archive_has_an_address() {
    let room = Newsroom::new();
    room.run("archive").exit(1).stderr_has("error: the archive needs to know where it will lie\n");
    let room = Newsroom::new().config("[web]\nbase_url = \"example.org\"");
    room.run("archive").exit(1).stderr_has("error: `example.org` is no web address [E126]\n");
}

#[test]
fn feeds_and_maps_keep_to_their_rules() {
    let room = room();
    room.run("send 2026-11 --yes").exit(0);
    room.run("archive --out web").exit(0);
    assert_eq!(
        room.read("web/en/feed.xml"),
        r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <title>The Harbour Post – Archive and press room</title>
  <id>tag:example.org,2026:archive/en</id>
  <updated>2026-11-20T00:00:00Z</updated>
  <link rel="self" type="application/atom+xml" href="https://www.example.org/archive/en/feed.xml"/>
  <link rel="alternate" type="text/html" hreflang="en" href="https://www.example.org/archive/en/"/>
  <author>
    <name>The Harbour Post</name>
    <uri>https://www.example.org/</uri>
  </author>
  <rights>The Harbour Post</rights>
  <generator>envoi</generator>
  <entry>
    <title>Ferry &amp; friends</title>
    <id>tag:example.org,2026:newsletter/2026-11/en</id>
    <published>2026-11-20T00:00:00Z</published>
    <updated>2026-11-20T00:00:00Z</updated>
    <link rel="alternate" type="text/html" hreflang="en" href="https://www.example.org/archive/2026-11/en/newsletter.html"/>
    <category term="newsletter" label="Newsletter"/>
    <summary>At nine</summary>
  </entry>
</feed>
"#
    );
    assert_eq!(
        room.read("web/robots.txt"),
        "User-agent: *\nAllow: /\n\nSitemap: https://www.example.org/archive/sitemap.xml\n"
    );
    let map = room.read("web/sitemap.xml");
    assert!(map.contains("<loc>https://www.example.org/archive/2026-11/en/newsletter.html</loc>"), "{map}");
    assert!(map.contains("<xhtml:link rel=\"alternate\" hreflang=\"fr\" href=\"https://www.example.org/archive/2026-11/fr/newsletter.html\"/>"), "{map}");
}

#[test]
fn another_program_reads_the_feed() {
    if !need(Service::Feedparser) {
        return;
    }
    let room = room().snippet("whale", "whale", &release("Whale <seen>", "published = true\n"));
    room.run("send 2026-11 --yes").exit(0);
    room.run("archive --out web").exit(0);
    let feed = read_feed(&room.path("web/en/feed.xml"));
    assert_eq!(feed["bozo"], false, "well-formed: {feed}");
    assert_eq!(feed["version"], "atom10");
    assert_eq!(feed["author"], "The Harbour Post");
    let entries = feed["entries"].as_array().expect("entries");
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["title"], "Whale <seen>");
    assert_eq!(entries[0]["id"], "tag:example.org,2026:press/whale/whale/en");
    for entry in entries {
        assert!(entry["link"].is_string() && entry["updated"].is_string() && entry["summary"].is_string(), "{entry}");
    }
}

#[test]
fn readers_search_without_a_server_and_read_without_a_script() {
    if !need(Service::Chromium) {
        return;
    }
    let room = room().snippet("whale", "whale", &release("Été à l’école", "published = true\n"));
    room.run("send 2026-11 --yes").exit(0);
    room.run("archive --out web").exit(0);
    let site = Site::of(&room.path("web"));
    let browser = support::Chromium::start();
    browser.open(&site.url("en/index.html"));
    browser.wait_until("return !document.getElementById('search').hidden", Duration::from_mins(1));
    let shown =
        "return [...document.querySelectorAll('[data-entry]:not([hidden]) a')].map(a => a.textContent).join('|')";
    assert_eq!(browser.script(shown), "Été à l’école|Ferry & friends");
    let search = |words: &str| {
        browser.script(&format!(
            "const i = document.querySelector('#words'); i.value = '{words}'; i.dispatchEvent(new Event('input')); {shown}"
        ))
    };
    assert_eq!(search("ete"), "Été à l’école");
    assert_eq!(search("FERRY fri"), "Ferry & friends");
    assert_eq!(search("zebra"), "");
    assert_eq!(browser.text("#found"), "No results");
    for page in ["en/index.html", "index.html", "en/press/whale.html", "2026-11/en/newsletter.html"] {
        browser.resize(320, 640);
        browser.open(&site.url(page));
        let width = browser.script("return document.documentElement.scrollWidth");
        assert!(width.as_u64().is_some_and(|width| width <= 320), "{page} is {width} pixels wide on a phone of 320");
    }
    assert!(browser.console_errors().is_empty(), "{:?}", browser.console_errors());
}

/// Subscribers of whom one is on the board, and one from the press.
const TAGGED: &str =
    "email,first_name,lang,tags\nada@example.com,Ada,en,board\nben@example.com,Ben,en,press\ncy@example.com,Cy,en,\n";

#[test]
fn what_is_for_some_readers_only_stays_off_the_web() {
    let board = "+++\ntitle = \"Layoffs\"\naudience = \"tag:board\"\n+++\nThe secret figures.\n";
    let press = "audience = \"tag:press\"\n";
    let room = room().file("subscribers.csv", TAGGED).snippet("2026-11", "figures", board).snippet(
        "2026-11",
        "scoop",
        &release("Scoop for journalists", press),
    );
    room.run("send 2026-11 --yes").exit(0);
    room.run("archive --out web").exit(0).stdout_has("2 issue pages, 0 press pages");
    let everything: String = room.files("web").iter().map(|file| room.read(&format!("web/{file}"))).collect();
    let everything = everything.to_lowercase();
    for secret in ["layoffs", "secret", "figures", "scoop"] {
        assert!(!everything.contains(secret), "`{secret}` is on the web");
    }
    let room = room.snippet("2026-11", "scoop", &release("Scoop for all", &format!("{press}published = true\n")));
    room.run("archive --out web").exit(0).stdout_has("2 issue pages, 1 press page");
}

#[test]
fn an_issue_waits_for_its_day() {
    let manifest = "subject = \"Spring\"\npreheader = \"-\"\ndate = 2027-03-20\n";
    let room = room().issue("spring", manifest).article("spring", "lead", "Spring", "It is spring.").snippet(
        "spring",
        "dated",
        &release("Spring fares", "published = true\n").replace("date = 2026-11-24\n", ""),
    );
    room.run("send spring --yes").exit(0);
    room.run("archive --out web")
        .exit(0)
        .stdout_has("0 issue pages, 0 press pages")
        .stderr_has("left out: spring: its date is 2027-03-20\n");
    let room = room.clock("2027-03-20T08:00:00+01:00");
    room.run("archive --out web").exit(0).stdout_has("1 issue page, 1 press page");
}

#[test]
fn a_name_with_odd_characters_has_an_address() {
    let head = release("Half price", "published = true\ndocuments = [{ title = \"Fares\", file = \"fares.pdf\" }]\n");
    let room = room().file("issues/whale/fares.pdf", "%PDF-1.4").snippet("whale", "Com 50%#", &head);
    room.run("archive --out web").exit(0).stdout_has("1 press page");
    assert!(room.exists("web/en/press/Com 50%#.html") && room.exists("web/files/Com 50%#/documents/fares.pdf"));
    let encoded = "en/press/Com%2050%25%23.html";
    assert!(room.read("web/en/index.html").contains(&format!("href=\"../{encoded}\"")));
    let page = room.read("web/en/press/Com 50%#.html");
    assert!(page.contains("href=\"../../files/Com%2050%25%23/documents/fares.pdf\""), "{page}");
    for file in ["web/en/feed.xml", "web/sitemap.xml", "web/en/press/Com 50%#.html"] {
        let text = room.read(file);
        assert!(text.contains(&format!("https://www.example.org/archive/{encoded}")), "{file}:\n{text}");
    }
    room.run("export 'Com 50%#' --out press").exit(0);
    assert!(room.read("press/Com 50%#.en.html").contains("href=\"Com%2050%25%23/documents/fares.pdf\""));
}

#[test]
fn a_feeds_names_stay_when_the_archive_moves() {
    let room = room().snippet("whale", "whale", &release("Whale seen", "published = true\n"));
    let ids = |feed: String| -> Vec<String> {
        let ids = feed.lines().filter(|line| line.contains("<id>")).map(|line| line.trim().to_owned());
        ids.collect()
    };
    room.run("archive --out web").exit(0);
    let before = ids(room.read("web/en/feed.xml"));
    let corrected = release("Whale seen", "published = true\n").replace("2026-11-24", "2026-11-23");
    room.write("issues/whale/whale.md", corrected);
    room.write("envoi.toml", room.read("envoi.toml").replace("www.example.org/archive/", "press.example.net/"));
    room.run("archive --out web").exit(0);
    assert_eq!(before.len(), 2);
    assert_eq!(ids(room.read("web/en/feed.xml")), before);
}

#[test]
fn the_search_knows_short_words_and_long_pages() {
    let mut body = "The EU decides.".to_owned();
    (0..400).for_each(|number| body.push_str(&format!(" w{number}")));
    let room = room().article("2026-11", "second", "More", &body);
    room.run("send 2026-11 --yes").exit(0);
    room.run("archive --out web").exit(0);
    let index = room.read("web/en/search.json");
    assert!(index.contains(" eu ") && index.contains(" w399"), "{index}");
}

#[test]
fn what_a_killed_one_left_is_cleared_away() {
    let room = room();
    room.write("web/.envoi-Ab12Cd/en/index.html", "half a page");
    room.write("web/.envoi-Ef34Gh/en/index.html", "half a page");
    let aged = std::fs::File::open(room.path("web/.envoi-Ab12Cd")).expect("a folder");
    let long_ago = std::time::UNIX_EPOCH + Duration::from_hours(24);
    aged.set_modified(long_ago).expect("a folder's time can be set");
    room.run("archive --out web").exit(0);
    assert!(!room.exists("web/.envoi-Ab12Cd"), "what is a day old is nobody's any more");
    assert!(room.exists("web/.envoi-Ef34Gh/en/index.html"), "what is new may be another process's");
}

#[test]
fn documents_of_one_name_lie_side_by_side() {
    let version = |language: &str| {
        release(
            "Ferry",
            &format!("published = true\ndocuments = [{{ title = \"Kit\", file = \"{language}/kit.pdf\" }}]\n"),
        )
    };
    let room = room()
        .file("issues/2026-11/en/kit.pdf", "%PDF English")
        .file("issues/2026-11/fr/kit.pdf", "%PDF French")
        .snippet("2026-11", "ferry.en", &version("en"))
        .snippet("2026-11", "ferry.fr", &version("fr"));
    room.run("archive --out web").exit(0);
    room.run("export ferry --out press").exit(0);
    for folder in ["web/files/ferry", "press/ferry"] {
        assert_eq!(room.read(&format!("{folder}/documents/en-kit.pdf")), "%PDF English");
        assert_eq!(room.read(&format!("{folder}/documents/fr-kit.pdf")), "%PDF French");
    }
    let room = room.file("issues/2026-11/fr-kit.pdf", "%PDF another").snippet(
        "2026-11",
        "ferry.en",
        &version("fr").replace("fr/kit.pdf", "fr-kit.pdf"),
    );
    room.run("export ferry --out press")
        .exit(1)
        .stderr_has("error: two different files of the press release would be `documents/fr-kit.pdf`\n");
    room.run("archive --out web").exit(1).stderr_has("`files/ferry/documents/fr-kit.pdf`\n");
}

#[test]
#[ignore = "a measurement: cargo test --release --test archive -- --ignored --nocapture"]
fn a_thousand_issues() {
    let mut room = Newsroom::new().config(CONFIG).subscribers(["ada@example.com"]).clock("2026-11-24T12:00:00+01:00");
    let text = "A paragraph that says what an issue says, with a [link](https://www.example.org/).\n\n".repeat(6);
    for number in 0..1000 {
        let slug = format!("issue-{number:04}");
        let (year, month) = (1990 + number / 30, number % 12 + 1);
        room = room
            .issue(
                &slug,
                &format!("subject = \"Issue {number}\"\npreheader = \"Preheader\"\ndate = {year}-{month:02}-04\n"),
            )
            .article(&slug, "lead", &format!("Article {number}"), &text)
            .snippet(&slug, "release", &release(&format!("Release {number}"), "published = true\n"));
        // a release's name is its address
        let (from, to) =
            (room.path(&format!("issues/{slug}/release.md")), room.path(&format!("issues/{slug}/release-{number}.md")));
        std::fs::rename(from, to).expect("a file can be renamed");
    }
    room.run("archive --out empty").exit(0).stdout_has("1000 press pages");
    let started = Instant::now();
    room.run("archive --out web").exit(0);
    let first = started.elapsed();
    let started = Instant::now();
    room.run("archive --out web").exit(0).stdout_has("0 files written");
    println!("1,000 pages: {first:?} anew, {:?} again", started.elapsed());
}
