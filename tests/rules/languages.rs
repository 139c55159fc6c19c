//! Languages and editions.

use super::support::Newsroom;
use super::{of, room};

const FRENCH: &str = "Comment entendre un enfant sans l’intimider, et que faire ensuite de ce qu’il a dit ? Une \
                      quarantaine de magistrats en ont débattu avec nous dans la salle du tribunal, et les enfants y sont venus pour la clôture.";
const DUTCH: &str = "Hoe hoor je een kind zonder het bang te maken, en wat doe je daarna met wat het heeft gezegd? Een \
                     veertigtal magistraten bogen zich over die vragen, op een studiedag van onze vereniging, met tolken voor wie dat wilde.";
const ENGLISH: &str = "How do you hear a child without frightening them, and what do you do with what they have said? \
                       Some forty judges discussed the questions at a study day that was organised by the association for them.";

#[test]
fn a_text_in_another_language_than_it_is_said_to_be() {
    let named = |name: &str, text: &str| of("W703", &room().article("2026-11", name, "Justice", text));
    assert_eq!(named("justice.nl", FRENCH), ["2: the text is French, and its language is said to be `nl`"]);
    assert_eq!(named("justice.fr", DUTCH), ["2: the text is Dutch, and its language is said to be `fr`"]);
    assert_eq!(named("justice.fr", ENGLISH), ["2: the text is English, and its language is said to be `fr`"]);
    assert_eq!(named("justice", FRENCH), ["2: the text is French, and its language is said to be `en`"]);
    for (name, text) in [("justice.fr", FRENCH), ("justice.nl", DUTCH), ("justice.en", ENGLISH), ("justice", ENGLISH)] {
        assert!(named(name, text).is_empty(), "{name}");
    }
    // a few words say nothing, two languages neither, and of German nothing is known
    assert!(named("justice.nl", "Le rapport est sur le site.").is_empty());
    assert!(named("justice.nl", &format!("{FRENCH}\n\n{DUTCH}")).is_empty());
    assert!(named("justice.de", FRENCH).is_empty());
}

fn two_editions() -> Newsroom {
    Newsroom::new()
        .issue("2026-11", "subject.fr = \"Le bac\"\nsubject.nl = \"De veerboot\"\npreheader.fr = \"Départ.\"\npreheader.nl = \"Vertrek.\"\nlanguages = [\"fr\", \"nl\"]\n")
        .article("2026-11", "lead.fr", "Le bac", "Départ à neuf heures.")
        .article("2026-11", "lead.nl", "De veerboot", "Vertrek om negen uur.")
        .subscribers(["ada@example.org,Ada,fr"])
}

#[test]
fn what_an_edition_takes_from_another_language_or_leaves_out() {
    let whole = two_editions();
    assert!(of("W701", &whole).is_empty() && of("W702", &whole).is_empty());
    let foreign = two_editions().article("2026-11", "film", "The film", "It is short.");
    assert_eq!(
        of("W701", &foreign),
        ["2: the `fr` edition shows this snippet in `en`", "2: the `nl` edition shows this snippet in `en`"]
    );
    let left_out = two_editions().article("2026-11", "film.fr", "Le film", "Il est court.");
    assert_eq!(of("W702", &left_out), ["5: the `nl` edition leaves out 1 snippet that has no `nl` version: film"]);
}

#[test]
fn an_edition_without_a_preheader_of_its_own() {
    let room = two_editions();
    let manifest = room.read("issues/2026-11/issue.toml").replace("preheader.nl = \"Vertrek.\"\n", "");
    room.write("issues/2026-11/issue.toml", manifest);
    assert_eq!(of("W704", &room), ["3: the `nl` edition has no preheader in its language"]);
}
