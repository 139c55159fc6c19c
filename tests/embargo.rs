//! What goes out before an embargo ends, to whom, and after which question.

mod support;

use support::{Newsroom, Service, need};

const NOON: &str = "2026-11-24T12:00:00+01:00";

fn room() -> Newsroom {
    let release = "+++\ntitle = \"Ferry back\"\nkind = \"press-release\"\nplace = \"Brussels\"\ndate = 2026-11-24\n\
        embargo = 2026-11-24T18:00:00+01:00\ncontacts = [{ name = \"Ada\", email = \"ada@example.org\" }]\n+++\nIt sails.\n";
    Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"\npreheader = \"-\"\n")
        .snippet("2026-11", "ferry", release)
        .file(
            "subscribers.csv",
            "email,first_name,lang,tags\nada@example.com,Ada,en,local press\nben@example.com,Ben,en,\n",
        )
        .clock(NOON)
}

#[test]
fn nobody_gets_it_before() {
    let room = room();
    room.run("send 2026-11 --yes").exit(1).stdout("").stderr_has(
        "error: `2026-11` is under embargo until 2026-11-24 18:00 +01:00\n\
         hint: send it after that time\n\
         hint: to journalists alone it may go before: `--where tag:press`, where the list has a column `tags`\n\
         hint: where all its readers may have it before, give `--break-embargo`\n",
    );
    assert!(room.messages().is_empty());
    let room = room.clock("2026-11-24T18:00:00+01:00");
    room.run("send 2026-11 --yes").exit(0);
    assert_eq!(room.messages().len(), 2);
}

#[test]
fn journalists_may_have_it_before_and_nobody_else() {
    let room = room();
    room.run("send 2026-11 --where tag:press --yes").exit(0);
    assert_eq!(room.messages().len(), 1);
    room.run("send 2026-11 --yes").exit(1);
    room.run("send 2026-11 --where lang=en --yes").exit(1);
    room.run("send 2026-11 --where tags!=press --yes").exit(1);
    assert_eq!(room.messages().len(), 1);
}

#[test]
fn a_broken_embargo_is_agreed_to() {
    let room = room();
    room.run("send 2026-11 --break-embargo")
        .exit(1)
        .stderr_has("error: nobody is there to confirm the send\nhint: give `--yes` to send without asking\n");
    assert!(room.messages().is_empty());
    room.run("send 2026-11 --break-embargo --yes").exit(0);
    assert_eq!(room.messages().len(), 2);
}

/// An embargo has a question of its own, before the usual one; whoever does not say yes to both sends nothing.
#[test]
fn at_a_terminal_two_questions_are_asked() {
    if !need(Service::Python) {
        return;
    }
    let question =
        "The embargo lasts until 2026-11-24 18:00 +01:00. Break it, and let these readers have it before? [y/N] ";
    for (answers, asked) in [(&["n"][..], 1), (&[""], 1), (&["y", "n"], 2), (&["y", ""], 2)] {
        let room = room();
        let run = room.run_at_terminal("send 2026-11 --break-embargo", answers).exit(1).stdout_has("nothing was sent");
        let said = run.stdout_text();
        assert!(said.contains(question), "{said}");
        assert_eq!(said.matches("[y/N] ").count(), asked, "{answers:?}: {said}");
        assert!(room.messages().is_empty(), "{answers:?}");
    }
    let room = room();
    room.run_at_terminal("send 2026-11", &["y", "y"])
        .exit(1)
        .stdout_lacks("[y/N]")
        .stdout_has("is under embargo until");
    room.run_at_terminal("send 2026-11 --break-embargo", &["y", "y"]).exit(0).stdout_has("2 accepted");
    assert_eq!(room.messages().len(), 2);
}

/// Who sets the clock to try an embargo, and writes it wrongly, must not send by the real one.
#[test]
fn a_clock_that_cannot_be_read_stops_everything() {
    for now in ["2015-05-04", "tomorrow", ""] {
        let room = room().clock(now);
        let run = room.run("send 2026-11 --yes").exit(1).stdout("");
        run.stderr_has(&format!("`ENVOI_NOW` sets the clock to `{now}`, which is no moment"))
            .stderr_has("2015-05-04T09");
        assert!(room.messages().is_empty());
    }
}

/// What journalists get before says so itself, in the reader's zone, in both parts; the page says so too.
#[test]
fn a_letter_that_goes_before_says_so() {
    let zone = "[press]\nzone = \"Europe/London\"\nzone_name = \"London time\"";
    let room = room().config(zone);
    room.run("send 2026-11 --where tag:press --yes").exit(0);
    let told = "under embargo until tuesday 24 november 2026, 17:00 (london time)";
    let said = |text: &str| {
        text.replace("&nbsp;", " ")
            .replace("*** ", "")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
            .contains(told)
    };
    let letters = room.messages();
    assert!(said(&letters[0].text), "{}", letters[0].text);
    let html = letters[0].html.replace("<strong>", "").replace("</strong>", "");
    assert!(said(&html), "{html}");
    let (before, _) = html.split_once("Under embargo").expect("it says so");
    assert!(!before.contains("<h2"), "it stands at the head");
    room.run("build 2026-11 --out web").exit(0);
    assert!(said(&room.read("web/en/newsletter.html")) && said(&room.read("web/en/newsletter.txt")));
    let room = room.clock("2026-11-24T18:00:00+01:00");
    room.run("build 2026-11 --out web").exit(0);
    for file in ["web/en/newsletter.html", "web/en/newsletter.txt"] {
        let text = room.read(file);
        assert!(!text.to_lowercase().contains("embargo until"), "{text}");
    }
}

/// Words and moment have a line each, so that neither is folded somewhere in its middle.
#[test]
fn plain_text_tells_it_on_two_lines() {
    let release = |lang: &str, place: &str| {
        format!(
            "+++\ntitle = \"Le bac\"\nkind = \"press-release\"\nplace = \"{place}\"\ndate = 2026-12-24\nlang = \"{lang}\"\n\
             embargo = 2026-12-24T09:00:00+01:00\ncontacts = [{{ name = \"Ada\", email = \"ada@example.org\" }}]\n+++\nOui.\n"
        )
    };
    for (lang, told) in [
        ("fr", "*** SOUS EMBARGO JUSQU’AU\n*** jeudi 24 décembre 2026 à 9 h 00 (UTC+01:00)\n\n"),
        ("nl", "*** ONDER EMBARGO TOT\n*** donderdag 24 december 2026 om 9.00 uur (UTC+01:00)\n\n"),
        ("en", "*** UNDER EMBARGO UNTIL\n*** Thursday 24 December 2026, 9:00 (UTC+01:00)\n\n"),
    ] {
        let room = Newsroom::new()
            .issue("2026-12", &format!("subject = \"Bac\"\npreheader = \"-\"\nlanguages = [\"{lang}\"]\n"))
            .snippet("2026-12", "ferry", &release(lang, "Bruxelles"))
            .subscribers(["ada@example.com"])
            .clock(NOON);
        room.run("export ferry --out press --format text").exit(0);
        room.run("build 2026-12 --out built").exit(0);
        let files = room.files("built");
        let page = files.iter().find(|file| file.ends_with(".txt")).expect("a text");
        for text in [room.read(&format!("press/ferry.{lang}.txt")), room.read(&format!("built/{page}"))] {
            let text = text.replace('\u{a0}', " ");
            assert!(text.contains(told), "{told}:\n{text}");
        }
    }
}
