//! Links: where they lead, and what is read on them.

use super::{front, in_body, of, room, tells_apart};

#[test]
fn a_link_that_reads_click_here() {
    assert_eq!(
        in_body("W404", "[Cliquez ici](https://www.example.org/) !"),
        ["4: the link reads `Cliquez ici`, which says nothing of where it leads"]
    );
    let vague = [
        "[click here](https://www.example.org/)",
        "[Klik hier!](https://www.example.org/)",
        "[**Ici**](https://www.example.org/)",
    ];
    tells_apart(
        "W404",
        &vague,
        &["[The timetable](https://www.example.org/)", "[Ici Bruxelles](https://www.example.org/)"],
    );
}

#[test]
fn a_long_address_on_show() {
    let long = "https://www.example.org/2015/04/timetable?season=summer";
    assert_eq!(in_body("W405", &format!("See {long} for more.")), ["4: a long address is shown to readers"]);
    tells_apart(
        "W405",
        &[&format!("<{long}>")],
        &["<https://www.example.org/>", &format!("[The timetable]({long})"), "[example.org](https://www.example.org/)"],
    );
}

#[test]
fn a_link_that_no_reader_reaches() {
    assert_eq!(
        in_body("W406", "[The timetable](http://localhost:8080/timetable)"),
        ["4: no reader reaches `localhost`: it exists on your computer or in your office alone"]
    );
    let local = [
        "[a](https://192.168.1.10/)",
        "[a](https://intranet/)",
        "[a](https://[::1]/)",
        "[a](https://nas.local/)",
        "[a](http://10.0.0.1/)",
    ];
    tells_apart("W406", &local, &["[a](https://www.example.org/)", "[a](https://8.8.8.8/)"]);
}

#[test]
fn a_link_that_is_not_https() {
    assert_eq!(in_body("W407", "[a](http://www.example.org/)"), ["4: the link is not an https one"]);
    let front = front("links = [{ text = \"a\", url = \"http://www.example.org/\" }]");
    assert_eq!(of("W407", &room().snippet("2026-11", "lead", &front)), ["3: the link is not an https one"]);
    assert!(in_body("W407", "[a](https://www.example.org/)").is_empty());
}

#[test]
fn links_that_read_alike_and_lead_to_different_places() {
    let twice = "[Read on](https://www.example.org/a) or [read on](https://www.example.org/b)";
    assert_eq!(in_body("W409", twice), ["4: two links read `read on` and lead to different places"]);
    assert!(in_body("W409", "[a](https://www.example.org/a) and [a](https://www.example.org/a)").is_empty());
    // in two snippets of one edition
    let room = room().article("2026-11", "lead", "Ferry", "[Read on](https://www.example.org/a)").article(
        "2026-11",
        "more",
        "Bridge",
        "[Read on](https://www.example.org/b)",
    );
    assert_eq!(of("W409", &room).len(), 1);
}

#[test]
fn a_download_that_does_not_say_what_it_is() {
    assert_eq!(
        in_body("W410", "[The guide](https://www.example.org/guide.pdf)"),
        ["4: the link opens a PDF file and does not say so"]
    );
    tells_apart(
        "W410",
        &["[The form](https://www.example.org/form.docx)"],
        &[
            "[The guide (PDF, 2 MB)](https://www.example.org/guide.pdf)",
            "[The guide](https://www.example.org/guide.pdf) (PDF, 2 MB)",
            "[The form (Word)](https://www.example.org/form.docx)",
            "[The page](https://www.example.org/guide.html)",
        ],
    );
    let document = |more: &str| {
        let text = format!(
            "kind = \"publication\"\ndocuments = [{{ title = \"The guide\", url = \"https://www.example.org/guide{more} }}]"
        );
        of("W410", &room().snippet("2026-11", "lead", &front(&text)))
    };
    assert_eq!(document(".pdf\""), ["4: the document `The guide` has no `size`"]);
    assert_eq!(document("\", size = \"2 MB\""), ["4: the document `The guide` has no `type`"]);
    assert!(
        document(".pdf\", size = \"2 MB\"").is_empty() && document("\", type = \"Films\", size = \"2 min\"").is_empty()
    );
}

#[test]
fn an_address_to_write_to_that_is_none() {
    assert_eq!(
        in_body("W411", "[a](mailto:info.example.org)"),
        ["4: `info.example.org` is no address to write to: it has no `@`"]
    );
    tells_apart(
        "W411",
        &["[a](mailto:)", "[a](mailto:a@example.org,b)"],
        &["[a](mailto:info@example.org?subject=Ferry)", "[a](mailto:{{ email }})"],
    );
}

#[test]
fn a_number_without_its_countrys_code() {
    assert_eq!(in_body("W412", "[a](tel:020000125)"), ["4: the number `020000125` has no country's code"]);
    assert!(in_body("W412", "[a](tel:+3220000125) or [b](tel:112)").is_empty());
    let contact = |phone: &str| {
        let text = format!(
            "kind = \"press-release\"\nplace = \"Brussels\"\ndate = 2026-11-24\ncontacts = [{{ name = \"Ada\", phone = \"{phone}\" }}]"
        );
        of("W412", &room().snippet("2026-11", "lead", &front(&text)))
    };
    assert_eq!(contact("02 000 01 25"), ["6: the number `02 000 01 25` has no country's code"]);
    assert!(contact("+32 2 000 01 25").is_empty() && contact("Tél. (+32) 2 000 01 25").is_empty());
}

#[test]
fn a_link_that_leads_to_nothing() {
    assert_eq!(in_body("W413", "[The timetable](#)"), ["4: the link leads to nothing"]);
    assert_eq!(in_body("W413", "[](https://www.example.org/)"), ["4: nothing is to be read on the link"]);
}

#[test]
fn a_link_that_markdown_takes_for_none() {
    assert_eq!(
        in_body("W414", "![A ferry](a ferry.png)"),
        ["4: `![A ferry](…)` is no picture: readers see it as it is"]
    );
    let merged = "Or [leave]( https://www.example.org/leave me?a={{ email }} ) us.";
    assert_eq!(in_body("W414", merged).len(), 1);
    tells_apart(
        "W414",
        &[
            "[The **timetable**](https://www.example.org/time table.html)",
            "> - [Write](mailto:info@example.org subject)",
            "[The quay](https://www.example.org/quay \"1)",
            "[us](tel:+32 2 000 00 00)",
            "[us](tel: 112)",
            "[the part](#s-my film)",
            "[The quay](www.example.org/the quay)",
            "[The quay](../the quay)",
            "[The quay](example.org/the quay)",
            "[The quay](pictures/the quay.JPG)",
        ],
        &[
            "[The timetable](https://www.example.org/timetable)",
            "[The timetable](<https://www.example.org/time table.html>)",
            "The ferry [sic](cf. p. 12) sails.",
            "`[The quay](a quay.png)`",
            "a[1](2)",
            "[sic](voir p. 3.5)",
            "[le bus](à 9.30 h)",
            "[lijn 5](om 9.30 uur)",
            "[x](il/elle et nous)",
            "[1](p. 12/13)",
            "[note](cf. l’article 3/4)",
            "[note](p.ex. ici, c.à.d. là)",
            "[bus](d.w.z. nu, cf. `a.png`)",
            "[sic](voir https://www.example.org/)",
            "[note](NB : # 5)",
            "\\[texte\\](une adresse/ici)",
            "\\[A ferry\\](a ferry.png)",
            "Le \\[bac\\](un bac.png) &amp; vous",
        ],
    );
    room()
        .article("2026-11", "lead", "Ferry", "![A ferry](a ferry.png)")
        .run("check")
        .exit(0)
        .stdout_has("hint: write its address between angle brackets, `![…](<…>)`, or each space as `%20`\n");
    room()
        .article("2026-11", "lead", "Ferry", "[Ring us](tel:+32 2 000 00 00)")
        .run("check")
        .exit(0)
        .stdout_has("hint: write the number without spaces: `[…](tel:+3220000000)`\n");
    let field = "Dear **you**, [{{ first_name \"you\" }}]({{ first_name }})";
    let told = in_body("W414", field);
    assert_eq!(told, ["4: `[{{ first_name \"you\" }}](…)` is no link: readers see it as it is"]);
}

#[test]
fn a_picture_may_have_a_space_in_its_name() {
    let picture = std::fs::read("issues/2015-02-internet/ecran.png").expect("a picture of the repository");
    for address in ["<un écran.png>", "un%20écran.png", "un%20%C3%A9cran.png"] {
        let room = room().bytes("issues/2026-11/un écran.png", &picture).article(
            "2026-11",
            "lead",
            "Ferry",
            &format!("![The screen of a phone]({address})"),
        );
        room.run("check").exit(0).stdout("2026-11 is ready to go out\n");
    }
    let outside = room().article("2026-11", "lead", "Ferry", "![A secret](%2e%2e/%2e%2e/envoi.toml)");
    outside.run("check").exit(1).stdout_has("[E303]");
}
