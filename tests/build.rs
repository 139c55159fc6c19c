//! `envoi build`: an issue as files, whole or not at all.

mod support;

use std::process::Command;

use support::{Letter, Newsroom};

/// A white picture of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9bU\0\0\0\nIDATx\x9cc\xf8\x0f\0\x01\x01\x01\0\xb1\x38\xf6\x14\0\0\0\0IEND\xaeB`\x82";

const HTML: &str = "<html><head><title>{{subject}}</title></head><body>{{#each snippets}}{{#if image}}\
    <img src=\"{{image.src}}\" alt=\"{{image.alt}}\">{{/if}}{{{body}}}{{/each}}<a href=\"{{unsubscribe.url}}\">out</a></body></html>";
const TEXT: &str = "{{subject}}\n{{#each snippets}}\n{{{this.body}}}\n{{/each}}";

/// An issue in two languages with templates of a few words, so that whole files can be compared.
fn room() -> Newsroom {
    Newsroom::new()
        .file("templates/newsletter.html.hbs", HTML)
        .file("templates/newsletter.txt.hbs", TEXT)
        .issue(
            "2026-11",
            "subject.en = \"Ferry back\"\nsubject.fr = \"Le bac revient\"\npreheader = \"-\"\nlanguages = [\"en\", \"fr\"]\n",
        )
        .snippet("2026-11", "lead.en", &lead("Dear {{ first_name \"reader\" }}, it sails."))
        .snippet("2026-11", "lead.fr", &lead("Cher {{ first_name \"lecteur\" }}, il repart."))
        .bytes("issues/2026-11/ferry.png", PNG)
        .subscribers(["ben@example.com,Ben,nl", "bea@example.com,Béa,fr", "zoe@example.org,Zoé,fr"])
        .clock("2026-11-24T09:00:00+01:00")
}

fn lead(body: &str) -> String {
    format!("+++\ntitle = \"Ferry\"\nimage = {{ file = \"ferry.png\", alt = \"A ferry\" }}\n+++\n{body}\n")
}

/// What Outlook.com marks in the dark: <https://www.caniemail.com/features/css-at-media-prefers-color-scheme/>, note 3.
#[test]
fn outlooks_own_dark_scheme_has_its_rules_in_mails_alone() {
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"\n")
        .article("2026-11", "lead", "Ferry", "It sails.")
        .subscribers(["ada@example.com"]);
    room.run("build 2026-11 --out out").exit(0);
    let mail = support::Letter::parse(&room.read_bytes("out/en/newsletter.eml")).html;
    let head = mail.split("</head>").next().unwrap_or_default();
    assert!(head.contains("[data-ogsc] .cell") && head.contains("[data-ogsb] .sheet"), "{head}");
    let of_its_own = head.split("<style>").filter(|style| style.contains("[data-ogs")).collect::<Vec<_>>();
    assert!(matches!(of_its_own[..], [style] if !style.contains("@media")), "a style sheet of its own:\n{head}");
    assert!(!mail.contains("data-css-inline"), "{head}");
    assert!(!room.read("out/en/newsletter.html").contains("data-ogs"), "browsers know the scheme");
}

#[test]
fn each_language_is_a_page_a_text_and_a_message() {
    let room = room();
    room.run("build 2026-11 --out web").exit(0).stderr("").stdout(
        "
        web/en/newsletter.html
        web/en/newsletter.txt
        web/en/newsletter.eml
        web/en/images/ferry-d44c0303173e.png
        web/fr/newsletter.html
        web/fr/newsletter.txt
        web/fr/newsletter.eml
        web/fr/images/ferry-d44c0303173e.png
        ",
    );
    assert_eq!(room.files("web").len(), 8);
    // a page is for everyone: it shows the fallbacks, and nobody's own data
    assert_eq!(
        room.read("web/fr/newsletter.html"),
        "<html><head><title>Le bac revient</title></head><body><img src=\"images/ferry-d44c0303173e.png\" alt=\"A ferry\">\
         <p>Cher lecteur, il repart.</p>\n<a href=\"\">out</a></body></html>"
    );
    assert_eq!(room.read("web/en/newsletter.txt"), "Ferry back\nDear reader, it sails.\n");
    assert_eq!(room.read_bytes("web/en/images/ferry-d44c0303173e.png"), PNG);
}

#[test]
fn the_message_is_stamped_for_the_first_reader_of_its_language() {
    let room = room();
    room.run("build 2026-11 --out web").exit(0).stderr("");
    let letter = |language: &str| Letter::parse(&room.read_bytes(&format!("web/{language}/newsletter.eml")));
    // a Dutch reader gets the issue's first language
    assert_eq!(
        (letter("en").to.as_str(), letter("fr").to.as_str()),
        ("Ben <ben@example.com>", "Béa <bea@example.com>")
    );
    let french = letter("fr");
    assert_eq!(french.subject, "Le bac revient");
    assert_eq!(french.text, "Le bac revient\r\nCher Béa, il repart.\r\n\r\n");
    assert_eq!(french.header("Date"), Some("Tue, 24 Nov 2026 09:00:00 +0100"));
    assert_eq!(french.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    let picture = french.part("ferry-d44c0303173e.png@envoi").expect("the picture travels inside the message");
    assert_eq!(picture.bytes, PNG);
    assert!(french.html.contains("src=\"cid:ferry-d44c0303173e.png@envoi\""), "{}", french.html);
    assert!(french.html.contains("address=bea%40example.com"), "{}", french.html);
}

#[test]
fn an_edition_that_nobody_reads_yet_has_somebody_invented() {
    let room = room().subscribers([]);
    room.run("build 2026-11 --out web").exit(0).stderr("");
    let letter = Letter::parse(&room.read_bytes("web/fr/newsletter.eml"));
    assert_eq!(letter.to, "Ada <ada@example.org>");
}

#[test]
fn pictures_that_are_linked_do_not_travel() {
    let room = room().config("[images]\nmode = \"link\"\nbase_url = \"https://www.example.org/pictures/\"");
    room.run("build 2026-11 --out web").exit(0).stderr("");
    let letter = Letter::parse(&room.read_bytes("web/en/newsletter.eml"));
    assert!(letter.html.contains("src=\"https://www.example.org/pictures/ferry-d44c0303173e.png\""), "{}", letter.html);
    assert_eq!(letter.parts.len(), 2);
    // the page keeps its own beside it
    assert!(room.read("web/en/newsletter.html").contains("src=\"images/ferry-d44c0303173e.png\""));
}

#[test]
fn without_a_folder_an_issue_is_built_in_out() {
    let room = room();
    room.run("build issues/2026-11/ -C templates").exit(0).stdout_has("[DIR]/out/2026-11/en/newsletter.html\n");
    assert!(room.exists("out/2026-11/fr/newsletter.eml"));
}

#[test]
fn building_again_replaces_what_was_built() {
    let room = room();
    room.run("build 2026-11 --out web").exit(0);
    room.write("web/en/notes.md", "mine");
    room.write("issues/2026-11/lead.en.md", lead("It is late."));
    room.run("build 2026-11 --out web").exit(0);
    assert_eq!(room.read("web/en/newsletter.txt"), "Ferry back\nIt is late.\n");
    assert_eq!(room.read("web/en/notes.md"), "mine");
    assert!(room.files("web").iter().all(|file| !file.contains(".envoi-")), "{:?}", room.files("web"));
}

#[test]
fn warnings_are_told_beside_the_result() {
    let room = room().snippet("2026-11", "lead.fr", &lead("Cher <b>lecteur</b>, il repart."));
    room.run("build 2026-11 --out web").exit(0).stdout_has("web/fr/newsletter.html\n").stderr(
        "
        warning: HTML in the text will be shown to readers as it is written [W120]
          at issues/2026-11/lead.fr.md:5:6
          5 | Cher <b>lecteur</b>, il repart.
            |      ^^^
        hint: write it in Markdown, or allow HTML in this snippet with `raw_html = true` in its front matter
        ",
    );
}

#[test]
fn an_issue_with_an_error_writes_nothing() {
    let room = room().snippet("2026-11", "lead.fr", &lead("Cher {{ prenom }}, il repart."));
    room.run("build 2026-11 --out web").exit(1).stdout("").stderr(
        "
        error: unknown merge field `prenom` [E801]
          at issues/2026-11/lead.fr.md:5:6
          5 | Cher {{ prenom }}, il repart.
            |      ^^^^^^^^^
        hint: the list has these columns: email, first_name, lang
        ",
    );
    assert!(!room.exists("web"));
}

#[test]
fn a_list_that_cannot_be_read_writes_nothing() {
    let room = room().file("subscribers.csv", "name;town\nAda;Brussels\n");
    room.run("build 2026-11 --out web").exit(1).stdout("").stderr(
        "
        error: the list has no e-mail column [E813]
          at subscribers.csv:1
        hint: name one column `email`; the first row has: name, town
        ",
    );
    assert!(!room.exists("web"));
}

#[test]
fn a_file_in_the_way_is_named() {
    let room = room().file("web", "a file");
    room.run("build 2026-11 --out web").exit(1).stdout("").stderr(
        "
        error: cannot create `web`
        because: File exists (os error 17)
        ",
    );
}

/// A limit on the size of files stands for a full disk: the third file does not fit.
#[cfg(unix)]
#[test]
fn a_disk_that_is_full_half_way_leaves_nothing_behind() {
    let mut noise = 1_u32;
    let pixels = image::RgbImage::from_fn(200, 200, |_, _| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = noise.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    let mut large = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut large, image::ImageFormat::Png).expect("a picture is written to memory");
    let room = room().bytes("issues/2026-11/ferry.png", large.get_ref());
    let script =
        format!("trap '' XFSZ; ulimit -f 64; exec {} build 2026-11 --out web/today", env!("CARGO_BIN_EXE_envoi"));
    let output = Command::new("sh").args(["-c", &script]).current_dir(room.path("")).env("NO_COLOR", "1").output();
    let output = output.expect("a shell");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.starts_with("error: cannot write `web/today/en/newsletter.eml`\nbecause: File too large"),
        "{stderr}"
    );
    assert!(!room.exists("web"), "{:?}", room.files("web"));
}

/// `/dev/full` is a disk that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_stdout_is_told() {
    let room = room();
    let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
    let envoi = Command::new(env!("CARGO_BIN_EXE_envoi")).arg("list").current_dir(room.path("")).stdout(full).output();
    let output = envoi.expect("envoi runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: cannot write `standard output`\nbecause: No space left on device (os error 28)\n\
         hint: make room on the disk and run the command again\n"
    );
}

/// The repository's own issues: every picture that a page shows is there, no brace is left, and each message is one
/// that a mail program reads.
#[test]
fn the_example_issues_are_whole() {
    let room = Newsroom::empty();
    let project = env!("CARGO_MANIFEST_DIR");
    let issues = room.run(&format!("-C '{project}' list --json")).exit(0).stdout_json();
    let issues = issues.as_array().expect("a list of issues");
    assert!(issues.len() >= 3, "{issues:?}");
    for issue in issues {
        let slug = issue["slug"].as_str().expect("a slug");
        room.run(&format!("-C '{project}' build {slug} --out {slug}")).exit(0);
        for language in issue["languages"].as_array().expect("languages") {
            edition_is_whole(&room, slug, language.as_str().expect("a language"));
        }
    }
}

#[track_caller]
fn edition_is_whole(room: &Newsroom, slug: &str, language: &str) {
    let page = room.read(&format!("{slug}/{language}/newsletter.html"));
    for picture in page.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(room.exists(&format!("{slug}/{language}/{picture}")), "{slug} ({language}) lacks {picture}");
    }
    let text = room.read(&format!("{slug}/{language}/newsletter.txt"));
    for (name, content) in [("page", &page), ("text", &text)] {
        assert!(!content.contains("{{") && !content.contains("}}"), "the {name} of {slug} ({language}) shows braces");
    }
    let letter = Letter::parse(&room.read_bytes(&format!("{slug}/{language}/newsletter.eml")));
    assert_eq!(letter.header("Content-Language"), Some(language));
    let shown = letter.html.matches("src=\"cid:").count();
    let travelling = letter.parts.iter().filter(|part| part.content_type.starts_with("image/")).count();
    assert!(travelling > 0 && travelling <= shown, "{slug} ({language}) shows {shown} of {travelling} pictures");
}
