//! What each kind of snippet needs.

use super::{front, of, room};

#[track_caller]
fn with(code: &str, more: &str) -> Vec<String> {
    of(code, &room().snippet("2026-11", "lead", &front(more)).clock("2015-05-04T09:00:00+02:00"))
}

const RELEASE: &str =
    "kind = \"press-release\"\nplace = \"Brussels\"\ndate = 2026-11-24\ncontacts = [{ name = \"Ada\" }]\n";

#[test]
fn an_event_without_its_day_or_place() {
    assert_eq!(with("W603", "kind = \"event\"\nplace = \"Quay\""), ["3: the event has no date"]);
    assert_eq!(with("W604", "kind = \"event\"\ndate = 2026-11-24"), ["3: the event has no place"]);
    let whole = "kind = \"event\"\ndate = 2026-11-24\nplace = \"Quay\"";
    assert!(with("W603", whole).is_empty() && with("W604", whole).is_empty());
}

#[test]
fn an_event_that_ends_before_it_begins() {
    let found = with("W609", "kind = \"event\"\ndate = 2026-11-24\nuntil = 2026-11-23\nplace = \"Quay\"");
    assert_eq!(found, ["5: the event ends before it begins"]);
}

#[test]
fn words_that_nobody_said() {
    assert_eq!(with("W605", "kind = \"quotation\""), ["3: nobody is named who said this"]);
    assert!(with("W605", "kind = \"quotation\"\nfunction = \"a girl of 15\"").is_empty());
    let quoted = |who: &str| with("W605", &format!("{RELEASE}[[quotations]]\nwords = \"It sails.\"\n{who}"));
    assert_eq!(quoted(""), ["8: nobody is named who said this"]);
    assert!(quoted("speaker = \"Ada\"").is_empty());
}

#[test]
fn a_press_release_without_what_journalists_need() {
    assert_eq!(
        with("W606", "kind = \"press-release\""),
        ["0: the press release names nobody whom journalists could ask"]
    );
    assert_eq!(
        with("W607", "kind = \"press-release\""),
        ["3: the press release has neither place nor date for its dateline"]
    );
    assert_eq!(with("W607", "kind = \"press-release\"\nplace = \"Brussels\"").len(), 1);
    assert!(with("W606", RELEASE).is_empty() && with("W607", RELEASE).is_empty());
}

#[test]
fn an_embargo_that_has_not_passed() {
    let embargo = |moment: &str| with("W608", &format!("{RELEASE}embargo = {moment}"));
    assert_eq!(embargo("2015-05-04T10:30:00+02:00"), ["7: under embargo until 2015-05-04 10:30 +02:00"]);
    assert!(embargo("2015-05-04T08:30:00+02:00").is_empty());
}

#[test]
fn a_document_that_no_newsletter_can_lead_to() {
    let room = |more: &str| {
        let front = front(&format!("{more}documents = [{{ title = \"Kit\", file = \"kit.pdf\" }}]"));
        room().file("issues/2026-11/kit.pdf", "%PDF").snippet("2026-11", "lead", &front)
    };
    let lost = ": the newsletter leaves the document `Kit` out: nothing leads to `kit.pdf`";
    assert_eq!(of("W617", &room("")), [format!("3{lost}")]);
    assert_eq!(of("W617", &room(RELEASE)), [format!("7{lost}")]);
    room("").run("check").exit(0).stdout_has("hint: put the file on your site and write `url = \"https://…\"`");
    room(RELEASE).run("check").exit(0).stdout_has("hint: say in `envoi.toml` where its page will lie");
    let web = "[web]\nbase_url = \"https://www.example.org/archive/\"";
    assert_eq!(of("W617", &room("").config(web)).len(), 1, "an article has no page of its own");
    let (web, press) =
        (room(RELEASE).config(web), room(RELEASE).config("[press]\nurl = \"https://www.example.org/press\""));
    for (room, link) in [
        (web, "https://www.example.org/archive/files/lead/documents/kit.pdf"),
        (press, "https://www.example.org/press/lead/documents/kit.pdf"),
    ] {
        assert!(of("W617", &room).is_empty());
        room.run("build 2026-11 --out out").exit(0);
        let (page, text) = (room.read("out/en/newsletter.html"), room.read("out/en/newsletter.txt"));
        assert!(page.contains(link) && page.contains("PDF"), "{page}");
        assert!(text.contains(link), "{text}");
    }
}

#[test]
fn a_key_that_the_kind_has_no_use_for() {
    assert_eq!(with("W119", "speaker = \"Ada\""), ["3: a snippet of kind `article` does not use `speaker`"]);
}
