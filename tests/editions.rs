//! Which edition a reader gets, what is in it, and the same edition as a page.

mod support;

use support::{Letter, Newsroom, PIXEL};

/// A letter in English and French, with a snippet for the press alone.
fn room() -> Newsroom {
    Newsroom::new()
        .config("[languages.fallback]\nnl = [\"de\", \"fr\"]\n")
        .issue("walk", "subject = \"A walk\"\npreheader = \"We went.\"\nlanguages = [\"en\", \"fr\"]\n")
        .article("walk", "a.en", "The walk", "Dear {{ first_name \"walker & friend\" }}, we went.")
        .article("walk", "a.fr", "La promenade", "Nous sommes parti(e)s : c'était \"bien\" !")
        .snippet("walk", "b", "+++\ntitle = \"Passes\"\nlang = \"en\"\naudience = \"tag:press\"\n+++\nFetch yours.\n")
        .file(
            "subscribers.csv",
            "email,first_name,lang,tags\n\
             ada@example.com,Ada,en,\"school, Press\"\n\
             ben@example.com,Ben,en,school\n\
             bea@example.com,Béa,nl,\n\
             zoe@example.com,Zoé,pl,press\n",
        )
}

fn letter_to<'l>(letters: &'l [Letter], address: &str) -> &'l Letter {
    letters.iter().find(|letter| letter.to.contains(address)).expect("everybody gets a letter")
}

#[test]
fn each_reader_gets_the_language_and_the_snippets_that_are_theirs() {
    let room = room();
    room.run("send walk --yes").exit(0);
    let letters = room.messages();
    let has = |address: &str, words: &str| {
        let letter = letter_to(&letters, address);
        let (text, html) = (letter.text.contains(words), letter.html.contains(words));
        assert_eq!(text, html, "{address}, {words}: the two parts say the same");
        text
    };
    assert!(has("ada@example.com", "The walk") && has("ada@example.com", "Passes"));
    assert!(has("ben@example.com", "The walk") && !has("ben@example.com", "Passes"));
    // Dutch has no edition: its chain names German, which has none either, then French
    assert!(has("bea@example.com", "La promenade") && !has("bea@example.com", "Passes"));
    // Polish has no chain: the issue's first language
    assert!(has("zoe@example.com", "The walk") && has("zoe@example.com", "Passes"));
    room.run("send walk --dry-run").exit(0);
    room.run("status --json").exit(0).stdout_has("\"accepted\":4");
}

#[test]
fn a_test_shows_what_its_address_would_get() {
    let room = room();
    room.run("send walk --yes --test ada@example.com").exit(0);
    assert!(room.messages().iter().all(|letter| letter.text.contains("Passes")));
}

#[test]
fn an_audience_that_nobody_can_be_of_is_told() {
    let room = room().subscribers(["ada@example.com"]);
    room.run("check walk").exit(0).stdout_has("the list has no column `tags`: nobody gets this snippet");
    let room = room.snippet("walk", "b", "+++\ntitle = \"Passes\"\naudience = \"press\"\n+++\nFetch yours.\n");
    room.run("check walk").exit(1).stdout_has("`press` is no audience; write one like \"tag:press\"");
}

#[test]
fn nobody_gets_an_empty_letter() {
    let room = Newsroom::new()
        .issue("walk", "subject = \"A walk\"\npreheader = \"We went.\"\n")
        .snippet("walk", "b", "+++\ntitle = \"Passes\"\naudience = \"tag:press\"\n+++\nFetch yours.\n")
        .subscribers(["ada@example.com"]);
    room.run("send walk --yes").exit(1).stderr_has("some readers of the `en` edition would get an empty letter");
}

#[test]
fn typography_is_set_in_both_parts_and_can_be_turned_off() {
    let room = room();
    room.run("send walk --yes").exit(0);
    let letters = room.messages();
    let bea = letter_to(&letters, "bea@example.com");
    assert!(bea.text.contains("parti(e)s\u{a0}: c’était «\u{a0}bien\u{a0}»\u{a0}!"), "{}", bea.text);
    assert!(
        bea.html.replace("&nbsp;", "\u{a0}").contains("parti(e)s\u{a0}: c’était «\u{a0}bien\u{a0}»\u{202f}!"),
        "{}",
        bea.html
    );
    let room =
        room.snippet("walk", "a.fr", "+++\ntitle = \"La promenade\"\ntypography = false\n+++\nC'est \"bien\" !\n");
    room.run("build walk --out web").exit(0);
    assert!(room.read("web/fr/newsletter.txt").contains("C'est \"bien\" !"));
}

#[test]
fn the_page_is_for_everyone_and_leads_to_the_others() {
    let room = room().config("[web]\nbase_url = \"https://www.example.org/letters/\"\n");
    room.run("build walk --out web/walk").exit(0);
    let page = room.read("web/walk/en/newsletter.html");
    assert!(page.contains("Dear walker &amp; friend, we went."), "{page}");
    assert!(!page.contains("Unsubscribe") && !page.contains("unsubscribe") && !page.contains("Passes"), "{page}");
    assert!(page.contains("<a href=\"../fr/newsletter.html\""), "{page}");
    assert!(
        page.contains("rel=\"canonical\" href=\"https://www.example.org/letters/walk/en/newsletter.html\""),
        "{page}"
    );
    room.run("send walk --yes").exit(0);
    let letters = room.messages();
    let ada = letter_to(&letters, "ada@example.com");
    for part in [&ada.text, &ada.html] {
        assert!(part.contains("https://www.example.org/letters/walk/en/newsletter.html"), "{part}");
        assert!(part.contains("https://www.example.org/letters/walk/fr/newsletter.html"), "{part}");
    }
}

#[test]
fn a_theme_is_a_word_and_what_it_lacks_is_told() {
    let room = room().file("templates/theme.toml", "base = \"harbor\"\n");
    room.run("build walk").exit(1).stderr_has("there is no theme `harbor`").stderr_has("did you mean `harbour`?");
    let room = room.file("templates/theme.toml", "base = \"harbour\"\n\n[colours]\naccent = \"#9ad0ec\"\n");
    room.run("build walk").exit(0).stderr_has("`accent` on `paper` in `[colours]` has a contrast of 1.7");
    assert!(room.read("out/walk/en/newsletter.html").contains("#9ad0ec"));
    let room = room.file("templates/theme.toml", "[colours]\naccent = \"blue\"\n");
    room.run("build walk")
        .exit(1)
        .stderr_has("`blue` is no colour for `accent`")
        .stderr_has("templates/theme.toml:2:1");
}

/// A newsroom with one letter in a language, made of this snippet.
fn letter_of(language: &str, snippet: &str) -> Newsroom {
    let room = Newsroom::new()
        .issue("walk", "subject = \"A walk\"\npreheader = \"We went.\"\n")
        .snippet("walk", "a", snippet)
        .subscribers(["ada@example.com"]);
    let config = room.read("envoi.toml").replace("default = \"en\"", &format!("default = \"{language}\""));
    room.write("envoi.toml", config);
    room
}

/// The message, the page and the text of the letter.
#[track_caller]
fn built(room: &Newsroom, language: &str) -> (Letter, String, String) {
    room.run("build walk --out web").exit(0);
    let letter = Letter::parse(&room.read_bytes(&format!("web/{language}/newsletter.eml")));
    (
        letter,
        room.read(&format!("web/{language}/newsletter.html")),
        room.read(&format!("web/{language}/newsletter.txt")),
    )
}

fn article(body: &str) -> String {
    format!("+++\ntitle = \"The walk\"\n+++\n{body}\n")
}

/// A template is the designer's own: what it holds of marks is no field, and takes nothing with it.
#[test]
fn a_private_use_character_in_a_template_cuts_nothing_off() {
    let room = letter_of("en", &article("We went."));
    let template = "Before \u{e000}x after {{merge \"first_name\" \"friend\"}}\nand {{unsubscribe.url}} at the end\n";
    room.write("templates/newsletter.txt.hbs", template);
    let (letter, _, text) = built(&room, "en");
    assert!(text.contains("after friend\n") && text.ends_with(" at the end\n"), "{text}");
    assert!(letter.text.contains("after ") && letter.text.contains(" at the end"), "{}", letter.text);
}

#[test]
fn campaign_parameters_stand_before_the_fragment_and_are_encoded() {
    let body = "[a](https://www.example.org/#/page?x=1) [b](https://www.example.org/?x=1#/y?z) \
        [c](<https://www.example.org/{{ first_name \"x\" }}#top?>) [d](<https://www.example.org/#a{{ first_name \"x\" }}?b>)";
    let room = letter_of("en", &article(body)).config("[links]\nutm_source = \"lettre info & co\"\n");
    let config = room.read("envoi.toml");
    let url = config.contains("\nurl = \"https://www.example.org");
    assert!(url, "the organisation's own site is www.example.org:\n{config}");
    let (_, page, text) = built(&room, "en");
    let query = "utm_source=lettre%20info%20%26%20co&utm_campaign=walk";
    for address in [
        format!("https://www.example.org/?{query}#/page?x=1"),
        format!("https://www.example.org/?x=1&{query}#/y?z"),
        format!("https://www.example.org/x?{query}#top?"),
        format!("https://www.example.org/?{query}#ax?b"),
    ] {
        assert!(text.contains(&address), "{address} is missing:\n{text}");
        assert!(page.contains(&address.replace('&', "&amp;")), "{address} is missing:\n{page}");
    }
}

/// A site is one, in letters or as `xn--`; where nothing but campaign parameters follow, its name has ended.
#[test]
fn campaign_parameters_go_to_a_site_whose_name_is_not_ascii() {
    let body = "[a](https://www.müller.example) [b](https://www.xn--mller-kva.example/b) [c](https://www.MÜLLER.example/c) \
        [d](<https://www.müller.example{{ first_name \"d\" }}>) [e](https://www.muller.example)";
    let room =
        letter_of("en", &article(body)).config("[links]\nutm_source = \"news%20letter\"\nutm_medium = \"100%\"\n");
    let config =
        room.read("envoi.toml").replace("url = \"https://www.example.org", "url = \"https://www.müller.example");
    room.write("envoi.toml", config);
    let (letter, page, text) = built(&room, "en");
    let query = "utm_source=news%20letter&utm_medium=100%25&utm_campaign=walk";
    for address in [
        format!("https://www.xn--mller-kva.example?{query}"),
        format!("https://www.xn--mller-kva.example/b?{query}"),
        format!("https://www.xn--mller-kva.example/c?{query}"),
    ] {
        assert!(text.contains(&address), "{address} is missing:\n{text}");
        assert!(page.contains(&format!("href=\"{}\"", address.replace('&', "&amp;"))), "{address} is missing:\n{page}");
    }
    assert!(page.contains("href=\"https://www.muller.example\""), "{page}");
    // the foot's own link too
    for html in [&page, &letter.html] {
        assert!(!html.contains("href=\"https://www.mü"), "{html}");
        assert!(html.contains("href=\"https://www.xn--mller-kva.example"), "{html}");
    }
}

/// RFC 3986, section 3.2.2, and RFC 5891: a host goes into the network as `xn--`; all else is percent-encoded.
#[test]
fn addresses_reach_readers_in_ascii() {
    let body = "[a](https://user@www.café.example:8080/été?à#ç) [b](<https://www.example.org/a b>) \
        [c](<https://www.example.org/{{ first_name \"é à\" }}>) [d](mailto:ada@example.org) \
        [e](<tel:+32 2 000 00 00>) <https://www.café.example/>";
    let links = "links = [{ text = \"f\", url = \"https://www.école.example/cours élémentaire\" }]";
    let room = letter_of("fr", &format!("+++\ntitle = \"Une promenade\"\n{links}\n+++\n{body}\n"));
    let config = room.read("envoi.toml").replace("https://www.example.org/unsub", "https://www.été.example/unsub");
    room.write("envoi.toml", config);
    let (letter, page, text) = built(&room, "fr");
    let leave = "https://www.xn--t-9fab.example/unsubscribe?address=ada%40example.com";
    assert!(letter.header("List-Unsubscribe").is_some_and(|value| value.contains(leave)), "{:?}", letter.headers);
    assert!(letter.text.contains(leave) && letter.html.contains(leave), "{}", letter.text);
    for address in [
        "https://user@www.xn--caf-dma.example:8080/%C3%A9t%C3%A9?%C3%A0#%C3%A7",
        "https://www.example.org/a%20b",
        "https://www.example.org/%C3%A9%20%C3%A0",
        "https://www.xn--cole-9oa.example/cours%20%C3%A9l%C3%A9mentaire",
    ] {
        assert!(page.contains(&format!("href=\"{address}\"")), "{address} is missing:\n{page}");
        assert!(text.contains(address), "{address} is missing:\n{text}");
    }
    assert!(page.contains("href=\"https://www.xn--caf-dma.example/\""), "{page}");
    // what is read is as it was written
    for read in ["ada@example.org", "+32 2 000 00 00", "https://www.café.example/"] {
        assert!(text.contains(read) && letter.text.contains(read), "{read} is missing:\n{text}");
    }
}

/// RFC 3676, section 4.3: the line of two hyphens and a blank opens a signature; programs grey what follows.
#[test]
fn the_title_of_two_letters_opens_no_signature() {
    let room = letter_of("fr", "+++\ntitle = \"UE\"\n+++\nNous.\n\n| UE |\n|----|\n| un |\n");
    let (_, _, text) = built(&room, "fr");
    assert_eq!(text.lines().filter(|line| *line == "-- ").count(), 1, "{text}");
    assert!(text.contains("UE\n---\n"), "{text}");
    let (_, signature) = text.split_once("\n-- \n").expect("the footer is a signature");
    assert!(signature.starts_with("The Harbour Post\n"), "{signature}");
}

#[test]
fn a_quotation_in_plain_text_is_wrapped_with_its_marks() {
    let words = "Nous avons marché tout le jour, et le soir nous étions au bord de la mer, bien las, où un bac nous \
        attendait pour nous ramener en ville avant la nuit, que nous craignions.";
    for from in (0..30).step_by(4) {
        let words = words.split(' ').skip(from).collect::<Vec<_>>().join(" ");
        let room = letter_of("fr", &format!("+++\ntitle = \"Marcher\"\nkind = \"quotation\"\n+++\n{words}\n"));
        let (_, _, text) = built(&room, "fr");
        let quoted: Vec<&str> =
            text.lines().skip_while(|line| !line.starts_with('«')).take_while(|line| !line.is_empty()).collect();
        assert!(quoted.iter().all(|line| line.chars().count() <= 72), "{text}");
        // each line takes what would fit: none is torn
        let torn = quoted.windows(2).find(|pair| {
            let next = pair[1].split(' ').next().unwrap_or_default();
            pair[0].chars().count() + 1 + next.chars().count() <= 68
        });
        assert_eq!(torn, None, "{text}");
    }
}

#[test]
fn a_caption_begins_where_its_picture_does() {
    let room = letter_of("en", &article("We went.\n\n![A gull](gull.png \"On the quay\")"))
        .bytes("issues/walk/gull.png", PIXEL);
    let (letter, _, _) = built(&room, "en");
    let (before, _) = letter.html.split_once("On the quay").expect("a caption");
    let (_, caption) = before.rsplit_once("<span").expect("an element of its own");
    assert!(!caption.contains("36px"), "{caption}");
}

#[test]
fn a_picture_that_says_nothing_leaves_no_mark_in_plain_text() {
    let body = "Texte ![](gull.png) ici.\n\n![](gull.png)\n\n![](gull.png \"On the quay\")";
    let room = letter_of("en", &article(body)).bytes("issues/walk/gull.png", PIXEL);
    let (_, _, text) = built(&room, "en");
    assert!(text.contains("\n\nTexte ici.\n\nOn the quay\n"), "{text}");
}

#[test]
fn code_in_a_quotation_stays_whole() {
    let code = format!("curl --header 'Accept: text/html' {}", "example.org ".repeat(8));
    let code = code.trim_end();
    let room = letter_of("en", &article(&format!("> She wrote:\n>\n>     {code}\n>\n> > and\n> >\n> >     {code}")));
    let (_, _, text) = built(&room, "en");
    assert_eq!(text.matches(code).count(), 2, "{text}");
}

/// RFC 2392: a Content-ID names one part.
#[test]
fn a_picture_in_two_places_travels_once() {
    let room = letter_of("en", &article("![A gull](gull.png)\n\n![A gull](x/gull.png)"))
        .bytes("issues/walk/gull.png", PIXEL)
        .bytes("issues/walk/x/gull.png", PIXEL);
    let (letter, _, _) = built(&room, "en");
    let pictures = letter.parts.iter().filter(|part| part.content_type.starts_with("image/png")).count();
    let of_the_text = letter.html.matches("cid:gull-").count();
    assert_eq!(
        (
            of_the_text,
            letter
                .parts
                .iter()
                .filter(|part| part.content_id.as_deref().is_some_and(|id| id.starts_with("gull-")))
                .count()
        ),
        (2, 1),
        "{pictures} pictures"
    );
}

/// HTML, section 3.2.6: an `id` has no white space.
#[test]
fn the_contents_lead_to_files_of_any_name() {
    let mut room = letter_of("en", &article("We went: see [the gala](#s-gala)."));
    for name in ["mon bac", "mon-bac", "été", "100 %", "gala"] {
        room = room.snippet("walk", name, &article("We went."));
    }
    let (_, page, _) = built(&room, "en");
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids, ["s-100--", "s-a", "s-gala", "s-mon-bac", "s-mon-bac-", "s-été"]);
    for id in ids {
        let links = page.matches(&format!("href=\"#{id}\"")).count();
        assert_eq!(links, if id == "s-gala" { 2 } else { 1 }, "{id}: {page}");
    }
}
