//! Merge fields, and what the list has for them.

use super::support::Newsroom;
use super::{in_body, of, room, tells_apart};

#[test]
fn a_field_that_is_empty_for_some() {
    let room = room().article("2026-11", "lead", "Ferry", "Dear {{ first_name }},").subscribers([
        "ada@example.org,Ada",
        "ben@example.com",
        "cleo@example.com",
        "dan@example.com,Dan",
    ]);
    assert_eq!(of("W804", &room), ["4: `first_name` is empty for 2 of 4 readers of the `en` edition"]);
    room.write("issues/2026-11/lead.md", "+++\ntitle = \"Ferry\"\n+++\nDear {{ first_name \"friends\" }},\n");
    assert!(of("W804", &room).is_empty());
    // nobody without a name
    let named = Newsroom::new()
        .issue("2026-11", "subject = \"{{ first_name }}, it sails\"\npreheader = \"At nine.\"\n")
        .article("2026-11", "lead", "Ferry", "It sails.")
        .subscribers(["ada@example.org,Ada"]);
    assert!(of("W804", &named).is_empty());
    named.write("subscribers.csv", "email,first_name\nada@example.org,\n");
    assert_eq!(of("W804", &named), ["1: `first_name` is empty for 1 of 1 reader of the `en` edition"]);
}

#[test]
fn only_an_editions_own_readers_count() {
    let room = Newsroom::new()
        .issue("2026-11", "subject.fr = \"Le bac\"\nsubject.nl = \"De veerboot\"\npreheader.fr = \"Départ.\"\npreheader.nl = \"Vertrek.\"\nlanguages = [\"fr\", \"nl\"]\n")
        .article("2026-11", "lead.fr", "Le bac", "Bonjour {{ first_name }},")
        .article("2026-11", "lead.nl", "De veerboot", "Beste vrienden,")
        .subscribers(["ada@example.org,,nl", "ben@example.com,Ben,fr", "cleo@example.com,,fr"]);
    assert_eq!(of("W804", &room), ["4: `first_name` is empty for 1 of 2 readers of the `fr` edition"]);
}

#[test]
fn fields_that_cannot_be_filled() {
    assert_eq!(in_body("E801", "Dear {{ name }},"), ["4: unknown merge field `name`"]);
    assert_eq!(in_body("E802", "Dear {{ first_name,").len(), 1);
    let titled = room().article("2026-11", "lead", "For {{ first_name }}", "It sails.");
    assert_eq!(of("E803", &titled), ["2: no merge field is filled in `title`: readers would see the braces"]);
}

#[test]
fn a_list_that_is_not_there() {
    let room = Newsroom::new().issue("2026-11", "subject = \"Ferry\"\npreheader = \"It sails.\"\n").article(
        "2026-11",
        "lead",
        "Ferry",
        "It sails.",
    );
    assert_eq!(of("W810", &room), ["15: the list `subscribers.csv` is not there"]);
}

#[test]
fn a_snippet_for_a_tag_where_the_list_has_none() {
    let text = "+++\ntitle = \"For journalists\"\naudience = \"tag:press\"\n+++\nRing us.\n";
    let room = room().snippet("2026-11", "press", text);
    assert_eq!(of("W806", &room), ["3: the list has no column `tags`: nobody gets this snippet"]);
}

#[test]
fn a_field_that_lacks_a_brace() {
    assert_eq!(
        in_body("W807", "Bonjour {first_name}, et { first_name }} !"),
        [
            "4: `{first_name}` is no merge field: readers would see it as it is",
            "4: `{ first_name }}` is no merge field: readers would see it as it is",
        ]
    );
    tells_apart(
        "W807",
        &[
            "Dear **{First_Name \"friends\"}**,",
            "- {{ first_name }} or {email}",
            "> {lang}",
            "| {email} |\n|---|\n| a |",
            "[Leave](https://www.example.org/leave?a={email})",
            "<https://www.example.org/leave?a={email}>",
        ],
        &[
            "Dear {{ first_name }}, {{first_name \"{email}\"}},",
            "Write `{first_name}`.",
            "    {first_name}",
            "{ferry} {} { } {first_name {first name} first_name}}",
            "[Leave](https://www.example.org/leave?a={{ email }})",
        ],
    );
    let room = room().issue("2026-11", "subject = \"{first_name}, it sails\"\npreheader = \"At nine.\"\n");
    assert_eq!(of("W807", &room), ["1: `{first_name}` is no merge field: readers would see it as it is"]);
    let room = room.article("2026-11", "lead", "For {first_name}", "It sails.");
    room.run("check").exit(0).stdout_has("hint: take it out: merge fields work in the text");
    room.run("check").exit(0).stdout_has("hint: write `{{ first_name }}`, with two braces on each side");
}
