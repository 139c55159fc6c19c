//! The forms in which a press release goes out, and what stands against it: page, data, kit, PDF, mail.

mod support;

use std::io::{Cursor, Read as _};

use serde_json::Value;
use support::{Newsroom, PIXEL, Service, need, pdf};

const HEAD: &str = r#"title = "Ferry </script> back"
kind = "press-release"
subtitle = "It sails at nine & returns at six"
place = "Brussels"
date = 2026-11-24
image = { file = "ferry.png", alt = "A ferry" }
photos = [{ file = "ferry.png", full = "large.png", alt = "A ferry", caption = "The ferry", credit = "Ada" }]
documents = [
    { title = "Timetable", file = "times & tides.pdf" },
    { title = "Map", url = "https://www.example.org/map.pdf", size = "1 MB" },
]
notes_for_editors = "The **Harbour Post** is a newspaper."
contacts = [{ name = "Ada", function = "press officer", phone = "+32 (0)2 000 01 25", email = "ada@example.org" }]
"#;

fn room_with(head: &str) -> Newsroom {
    let text = |head: &str| format!("+++\n{head}+++\nIt sails at nine.\n\n## The ship\n\nIt is *white*.\n");
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"\npreheader = \"-\"\nlanguages = [\"en\", \"fr\"]\n")
        .bytes("issues/2026-11/ferry.png", PIXEL)
        .bytes("issues/2026-11/large.png", PIXEL)
        .file("issues/2026-11/times & tides.pdf", "%PDF-1.4 …")
        .snippet("2026-11", "ferry.en", &text(head))
        .snippet("2026-11", "ferry.fr", &text(&HEAD.replace("Ferry </script> back", "Le bac revient")))
        .clock("2026-11-20T09:00:00+01:00")
}

fn room() -> Newsroom {
    room_with(HEAD)
}

/// The article that search engines read on a page.
fn article(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/ld+json\">").expect("a page has an article");
    let (json, _) = rest.split_once("</script>").expect("the element ends");
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

#[test]
fn every_form_is_a_file() {
    let room = room();
    room.run("export ferry --out press --format html,text,zip,ninjs,eml --assets").exit(0).stderr("");
    let files = room.files("press");
    let pictures: Vec<&String> = files.iter().filter(|file| file.starts_with("images/")).collect();
    assert_eq!(pictures.len(), 1, "{files:?}");
    let others: Vec<&String> = files.iter().filter(|file| !file.starts_with("images/")).collect();
    assert_eq!(
        others,
        [
            "ferry.en.eml",
            "ferry.en.html",
            "ferry.en.ninjs.json",
            "ferry.en.txt",
            "ferry.fr.eml",
            "ferry.fr.html",
            "ferry.fr.ninjs.json",
            "ferry.fr.txt",
            "ferry.zip",
            "ferry/documents/times & tides.pdf",
            "ferry/photos/large.png",
        ]
    );
    let page = room.read("press/ferry.en.html");
    assert!(page.contains("href=\"ferry/documents/times%20%26%20tides.pdf\""), "{page}");
    assert!(page.contains("href=\"tel:+3220000125\""), "{page}");
    assert!(page.contains("<p><strong class=\"dateline\">Brussels, 24 November 2026 –</strong> It sails"), "{page}");
    assert!(page.contains("<h3>The ship</h3>"), "headings follow the page's own:\n{page}");
    assert!(page.contains(&format!("src=\"{}\"", pictures[0])), "{page}");
}

#[test]
fn captions_and_titles_are_set_by_the_rules_of_their_language() {
    let head = HEAD
        .replace(
            "alt = \"A ferry\", caption = \"The ferry\"",
            "alt = \"Le bac : vu d'en bas\", caption = \"Où est-il ?\"",
        )
        .replace("title = \"Timetable\"", "title = \"L'horaire : été\"")
        .replace("file = \"ferry.png\", full", "file = \"large.png\", full");
    let text = format!("+++\n{head}+++\nIl part.\n");
    let room = room().snippet("2026-11", "ferry.fr", &text);
    room.run("export ferry --out press").exit(0);
    let page = room.read("press/ferry.fr.html");
    for set in ["alt=\"Le bac\u{a0}: vu d’en bas\"", "Où est-il\u{202f}?", "L’horaire\u{a0}: été</a>"] {
        assert!(page.contains(set), "no {set}:\n{page}");
    }
}

#[test]
fn search_engines_find_what_google_asks_for() {
    let room = room().config("[press]\nurl = \"https://www.example.org/press/\"");
    room.run("export ferry --out press --assets").exit(0).stderr("");
    let page = room.read("press/ferry.en.html");
    let article = article(&page);
    let own = "https://www.example.org/press/ferry.en.html";
    assert_eq!(article["@context"], "https://schema.org");
    assert_eq!(article["@type"], "NewsArticle");
    assert_eq!(article["headline"], "Ferry </script> back");
    assert_eq!(article["datePublished"], "2026-11-24");
    assert_eq!(article["dateModified"], "2026-11-24");
    assert_eq!(article["inLanguage"], "en");
    assert_eq!(article["author"][0]["name"], "The Harbour Post");
    assert_eq!(article["author"][0]["url"], "https://www.example.org/");
    assert_eq!(article["mainEntityOfPage"], own);
    let image = article["image"][0].as_str().unwrap_or_default();
    assert!(image.starts_with("https://www.example.org/press/images/ferry-"), "{article:#}");
    for head in [
        &format!("<link rel=\"canonical\" href=\"{own}\">"),
        "<link rel=\"alternate\" hreflang=\"en\" href=\"https://www.example.org/press/ferry.en.html\">",
        "<link rel=\"alternate\" hreflang=\"fr\" href=\"https://www.example.org/press/ferry.fr.html\">",
        &format!("<meta property=\"og:image\" content=\"{image}\">"),
        "<meta property=\"og:type\" content=\"article\">",
    ] {
        assert!(page.contains(head), "no {head}\n{page}");
    }
}

#[test]
fn a_page_with_no_address_claims_none() {
    let room = room();
    room.run("export ferry --out press").exit(0);
    let page = room.read("press/ferry.en.html");
    assert!(!page.contains("canonical") && !page.contains("rel=\"alternate\"") && !page.contains("og:image"));
    assert!(article(&page)["image"].is_null());
}

#[test]
fn the_kit_holds_what_a_journalist_needs() {
    let room = room();
    room.run("export ferry --out one --format zip").exit(0).stdout("one/ferry.zip\n");
    room.run("export ferry --out two --format zip").exit(0);
    let bytes = room.read_bytes("one/ferry.zip");
    assert!(bytes == room.read_bytes("two/ferry.zip"), "the same files make the same kit");
    let mut kit = zip::ZipArchive::new(Cursor::new(bytes)).expect("a kit");
    let names = kit.file_names().map(|name| name.expect("UTF-8").into_owned());
    let names: Vec<String> = names.filter(|name| !name.contains("/images/")).collect();
    assert_eq!(
        names,
        [
            "ferry/documents/times & tides.pdf",
            "ferry/ferry.en.html",
            "ferry/ferry.en.txt",
            "ferry/ferry.fr.html",
            "ferry/ferry.fr.txt",
            "ferry/photos/large.png",
        ]
    );
    let mut page = String::new();
    kit.by_name("ferry/ferry.en.html").expect("a page").read_to_string(&mut page).expect("a text");
    assert!(page.contains("href=\"documents/times%20%26%20tides.pdf\""), "what lies beside it is found:\n{page}");
}

/// The rules of <https://iptc.org/std/ninjs/ninjs-schema_2.1.json> that concern what is written.
#[test]
fn newsrooms_systems_read_the_data() {
    let head = format!("embargo = 2026-11-24T10:30:00+01:00\nupdated = 2026-11-25\n{HEAD}");
    let room = room_with(&head);
    room.run("export ferry --out press --format ninjs").exit(0);
    let item: Value = serde_json::from_str(&room.read("press/ferry.en.ninjs.json")).expect("JSON");
    let known = [
        "uri",
        "type",
        "representationtype",
        "profile",
        "version",
        "firstcreated",
        "versioncreated",
        "contentcreated",
        "embargoed",
        "pubstatus",
        "urgency",
        "copyrightholder",
        "copyrightnotice",
        "usageterms",
        "ednote",
        "language",
        "descriptions",
        "bodies",
        "headlines",
        "people",
        "organisations",
        "places",
        "subjects",
        "events",
        "objects",
        "infosources",
        "title",
        "by",
        "slugline",
        "located",
        "renditions",
        "associations",
        "altids",
        "trustindicators",
        "standard",
        "genres",
        "expires",
        "rightsinfo",
    ];
    only(&item, &known);
    assert_eq!(item["uri"], "tag:example.org,2026:press/2026-11/ferry/en");
    assert_eq!(item["type"], "text");
    assert_eq!(item["pubstatus"], "withheld");
    assert_eq!(item["embargoed"], "2026-11-24T10:30:00+01:00");
    assert_eq!(item["versioncreated"], "2026-11-25T00:00:00Z");
    assert_eq!(item["standard"]["name"], "ninjs");
    assert_eq!(item["standard"]["version"], "2.1");
    for headline in list(&item["headlines"]) {
        only(headline, &["role", "contenttype", "value"]);
        assert!(headline["value"].is_string());
    }
    for body in list(&item["bodies"]) {
        only(body, &["role", "contenttype", "charcount", "wordcount", "value"]);
        assert!(body["value"].as_str().is_some_and(|text| text.contains("It sails at nine") && !text.contains("<img")));
    }
    for source in list(&item["infosources"]) {
        only(source, &["name", "role", "uri", "literal", "contactinfo"]);
        for contact in list(&source["contactinfo"]) {
            only(contact, &["type", "role", "lang", "name", "value"]);
            assert!(contact["value"].is_string(), "exactly one of value and address");
        }
    }
    for photo in list(&item["associations"]) {
        only(photo, &known.iter().copied().chain(["name"]).collect::<Vec<_>>());
        assert!(photo["name"].is_string() && photo["uri"].is_string() && photo["type"] == "picture");
        for rendition in list(&photo["renditions"]) {
            let known =
                ["name", "href", "contenttype", "title", "height", "width", "sizeinbytes", "duration", "format"];
            only(rendition, &known);
        }
    }
}

#[track_caller]
fn list(value: &Value) -> &Vec<Value> {
    value.as_array().filter(|list| !list.is_empty()).unwrap_or_else(|| panic!("no list: {value}"))
}

#[track_caller]
fn only(value: &Value, known: &[&str]) {
    for key in value.as_object().expect("an object").keys() {
        assert!(known.contains(&key.as_str()), "the schema does not know `{key}`");
    }
}

#[test]
fn a_mail_program_opens_the_draft_for_writing() {
    let room = room();
    room.run("export ferry --out press --format eml").exit(0);
    let bytes = room.read_bytes("press/ferry.en.eml");
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.starts_with("X-Unsent: 1\r\n"), "{text}");
    assert!(!text.contains("\r\nTo:") && !text.contains("\r\nDate:") && !text.contains("List-Unsubscribe"), "{text}");
    let letter = support::Letter::parse(&bytes);
    assert_eq!(letter.subject, "Ferry </script> back");
}

#[test]
fn without_chromium_there_is_no_pdf_and_no_doubt_why() {
    let room = room().env("PATH", "/nowhere");
    room.run("export ferry --out press --format html,pdf").exit(1).stdout("").stderr(
        "
        error: no Chromium was found, which makes the PDF
        hint: install Chromium or Chrome (`apt install chromium`), or name it: `ENVOI_CHROMIUM=/path/to/chromium`
        hint: or leave out `pdf`, and print the page from any browser
        ",
    );
    assert!(!room.exists("press"));
    let room = room.env("ENVOI_CHROMIUM", "/nowhere/chromium");
    room.run("export ferry --format pdf").exit(1).stdout("").stderr(
        "
        error: `ENVOI_CHROMIUM` names `/nowhere/chromium`, which is no file
        hint: name the program itself, or take the variable away to have it looked for
        ",
    );
}

#[test]
fn the_pdf_is_what_a_printer_needs() {
    if !need(Service::Chromium) || !need(Service::Poppler) {
        return;
    }
    let room = room();
    room.run("export ferry --out press --format pdf").exit(0).stdout("press/ferry.en.pdf\npress/ferry.fr.pdf\n");
    let text = pdf::text(&room.path("press/ferry.fr.pdf"));
    assert!(text.contains("Le bac revient"), "{text}");
    assert!(text.contains("– Fin du communiqué –"), "{text}");
    assert!(text.contains("1/1"), "the pages are numbered:\n{text}");
    let fonts = pdf::fonts(&room.path("press/ferry.fr.pdf"));
    assert!(!fonts.is_empty() && fonts.iter().all(|font| font.embedded), "{fonts:?}");
    assert_eq!(pdf::page_size(&room.path("press/ferry.fr.pdf")), "A4");
}

#[test]
fn the_embargo_is_told_in_the_readers_zone() {
    let zone =
        "[press]\nzone = \"Europe/Brussels\"\nzone_name.en = \"Brussels time\"\nzone_name.fr = \"heure de Bruxelles\"";
    let embargo = format!("embargo = 2026-11-24T09:30:00Z\n{HEAD}");
    let room = room_with(&embargo).config(zone);
    room.run("export ferry --out press")
        .exit(0)
        .stderr_has("warning: under embargo until 2026-11-24 09:30 +00:00 [W608]\n");
    let told = "Under embargo until <time datetime=\"2026-11-24T10:30:00+01:00\">Tuesday 24 November 2026, 10:30 (Brussels time)</time>";
    assert!(room.read("press/ferry.en.html").contains(told), "{}", room.read("press/ferry.en.html"));
    let text = room.read("press/ferry.en.txt");
    assert!(
        text.contains("\n\n*** UNDER EMBARGO UNTIL\n*** Tuesday 24 November 2026, 10:30 (Brussels time)\n\n"),
        "{text}"
    );
    let room = room.clock("2026-11-24T10:30:00+01:00");
    room.run("export ferry --out press").exit(0).stderr("");
    assert!(!room.read("press/ferry.en.html").contains("Under embargo"));
    assert!(!room.read("press/ferry.en.txt").contains("UNDER EMBARGO"));
}

#[test]
fn an_embargo_needs_its_zone() {
    let room = room_with(&format!("embargo = 2026-11-24T10:30:00\n{HEAD}"));
    room.run("export ferry --out press")
        .exit(1)
        .stdout("")
        .stderr_has("hint: `2026-11` cannot be read: see `envoi check 2026-11`\n");
    room.run("check 2026-11").exit(1).stdout_has(
        "error: a moment needs its day, its time and its zone; write one like 2014-11-06T10:30:00+01:00 [E104]\n  at issues/2026-11/ferry.en.md:2:11\n",
    );
    assert!(!room.exists("press"));
}

#[test]
fn the_release_time_has_one_name() {
    let room = room_with(&format!("for_release = \"immediate\"\n{HEAD}"));
    room.run("export 2026-11/ferry --out press").exit(1).stdout("").stderr(
        "
        error: unknown key `for_release`: the release time is called `embargo` [E616]
          at issues/2026-11/ferry.en.md:2:1
          2 | for_release = \"immediate\"
            | ^^^^^^^^^^^
        hint: take the line out: what has no embargo may appear at once
        ",
    );
}

#[test]
fn a_release_that_nobody_can_be_asked_about_stays_in() {
    let lonely: String = HEAD.lines().filter(|line| !line.starts_with("contacts")).map(|l| format!("{l}\n")).collect();
    let room = room_with(&lonely);
    room.run("export ferry --out press").exit(1).stdout("").stderr(
        "
        error: the press release names nobody whom journalists could ask [E610]
          at issues/2026-11/ferry.en.md
        hint: add `contacts = [{ name = \"…\", phone = \"…\", email = \"…\" }]`
        ",
    );
    assert!(!room.exists("press"));
}

#[test]
fn a_boilerplate_is_there_in_every_language_of_the_release() {
    let head = |title: &str| format!("boilerplate = \"about\"\n{}", HEAD.replace("Ferry </script> back", title));
    let text = |head: &str| format!("+++\n{head}+++\nIt sails.\n");
    let room = room()
        .file("templates/boilerplates/about.en.md", "We are the harbour.")
        .snippet("2026-11", "ferry.en", &text(&head("Ferry")))
        .snippet("2026-11", "ferry.fr", &text(&head("Bac")));
    room.run("export 2026-11 --out press").exit(1).stdout("").stderr(
        "
        error: the boilerplate `about` is not there in `fr` [E118]
          at issues/2026-11/ferry.fr.md:2:1
          2 | boilerplate = \"about\"
            | ^^^^^^^^^^^
        hint: write it in `templates/boilerplates/about.fr.md`
        ",
    );
    assert!(!room.exists("press"));
}

#[test]
fn a_document_lies_in_the_issues_folder() {
    let head = HEAD.replace("times & tides.pdf", "../../envoi.toml");
    room_with(&head).run("export 2026-11 --out press").exit(1).stdout("").stderr_has(
        "error: the document's path `../../envoi.toml` leaves the issue's folder [E611]\n  at issues/2026-11/ferry.en.md:10:36\n",
    );
    let head = HEAD.replace("times & tides.pdf", "nowhere.pdf");
    room_with(&head)
        .run("export 2026-11 --out press")
        .exit(1)
        .stdout("")
        .stderr_has("error: the document `nowhere.pdf` is not there [E612]\n");
}

/// What is filled in is text, however it is written: no element, and no address of its own.
#[test]
fn a_fallback_is_no_html() {
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"\npreheader = \"-\"\n")
        .snippet(
            "2026-11",
            "ferry",
            "+++\ntitle = \"Ferry\"\nkind = \"press-release\"\ncontacts = [{ name = \"Ada\", email = \"ada@example.org\" }]\n+++\nDear {{ first_name \"&lt;img src=x onerror=alert(1)&gt; A & B\" }}, \
             [see](<https://www.example.org/?n={{ first_name \"a&b c\" }}>).\n",
        )
        .subscribers([]);
    room.run("export ferry --out press --format html,text,eml").exit(0);
    let mail = support::Letter::parse(&room.read_bytes("press/ferry.en.eml"));
    for html in [room.read("press/ferry.en.html"), mail.html] {
        assert!(html.contains("Dear &lt;img src=x onerror=alert(1)&gt; A &amp; B,"), "{html}");
        assert!(html.contains("href=\"https://www.example.org/?n=a%26b%20c\""), "{html}");
    }
    for text in [room.read("press/ferry.en.txt"), mail.text] {
        assert!(text.contains("Dear <img src=x onerror=alert(1)> A & B,"), "{text}");
        assert!(text.contains("https://www.example.org/?n=a%26b%20c"), "{text}");
    }
}

/// RFC 3966: what is dialled is one number, without what is said of it.
#[test]
fn a_telephone_number_is_dialled_as_it_is_meant() {
    for (written, dialled) in [
        ("+32 2 000 00 00 (poste 12)", "+3220000000"),
        ("+32 (0)2 000.00-00", "+3220000000"),
        ("+32 2 000 00 00 / +32 475 00 00 00", "+3220000000"),
        ("02/000 00 00", "020000000"),
        ("+32 2 000 00 00 (", "+3220000000"),
        ("(02) 000 00 00", "020000000"),
        ("+32 (2) 000 00 00", "+3220000000"),
        ("02 000 00 00 / 02 111 00 00", "020000000"),
        ("+32 2 000 00 00 ext. 12", "+3220000000"),
        ("+32 475/12 34 56", "+32475123456"),
        ("+32 475 / 12 34 56", "+32475123456"),
        ("+32 (0)475/12.34.56", "+32475123456"),
        ("0032 475/12 34 56", "0032475123456"),
        ("0475/12.34.56", "0475123456"),
        ("+49 7071/29-12345", "+4970712912345"),
        ("+49 (0)221/9876543", "+492219876543"),
        ("+352 26 12 34 / 26 12 35", "+352261234"),
        ("Tél. +32 2 123 45 67", "+3221234567"),
        ("GSM: +32 475 12 34 56 (24/7)", "+32475123456"),
        ("(+32) 2 000 00 00", "+3220000000"),
        ("2e étage, +32 2 123 45 67", "+3221234567"),
        ("+1 (212) 555-0123", "+12125550123"),
    ] {
        let head = HEAD.replace("+32 (0)2 000 01 25", written);
        let room = room_with(&head);
        room.run("export ferry --out press --format html").exit(0);
        let page = room.read("press/ferry.en.html");
        assert!(page.contains(&format!("href=\"tel:{dialled}\"")), "{written}: {page}");
        assert!(page.contains(&format!(">{written}<")), "{written}: {page}");
    }
}

/// WCAG 2.2, success criterion 1.3.1: headings follow each other without a gap.
#[test]
fn the_headings_of_a_mail_follow_each_other() {
    let room = room();
    room.run("export ferry --out press --format eml").exit(0);
    let html = support::Letter::parse(&room.read_bytes("press/ferry.en.eml")).html;
    let levels: Vec<u8> = html
        .split("<h")
        .skip(1)
        .filter_map(|rest| rest.as_bytes().first().copied())
        .filter(u8::is_ascii_digit)
        .collect();
    assert_eq!(levels.first(), Some(&b'1'), "{html}");
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
}
