//! Subjects, preheaders, and the size of the message.

use super::support::Newsroom;
use super::{of, room};

/// What a rule says of a subject and a preheader.
#[track_caller]
fn of_headline(code: &str, subject: &str, preheader: &str) -> Vec<String> {
    of(code, &room().issue("2026-11", &format!("subject = \"{subject}\"\npreheader = \"{preheader}\"\n")))
}

#[test]
fn a_subject_too_long_for_a_phone() {
    let long = "Newsletter number fourteen of the association of friends of the ferry";
    assert_eq!(of_headline("W201", long, "It sails."), ["1: the `en` subject has 69 characters; phones show about 50"]);
    assert!(of_headline("W201", "Fifty characters are as many as a small phone show", "It sails.").is_empty());
}

#[test]
fn a_subject_that_shouts() {
    assert_eq!(of_headline("W202", "LAST PLACES ON THE FERRY", "It sails."), ["1: the subject stands in capitals"]);
    assert!(of_headline("W202", "Last places on the MS Ada", "It sails.").is_empty());
    assert!(of_headline("W202", "2015", "It sails.").is_empty());
}

#[test]
fn no_preheader() {
    let room = room().issue("2026-11", "subject = \"Ferry\"\n");
    assert_eq!(of("W203", &room), ["0: the `en` edition has no preheader"]);
}

#[test]
fn a_preheader_that_repeats_the_subject() {
    assert_eq!(of_headline("W204", "Ferry is back", "Ferry is back!"), ["2: the preheader repeats the subject"]);
    assert_eq!(of_headline("W204", "The ferry is back", "The ferry is back in service").len(), 1);
    assert!(of_headline("W204", "Ferry is back", "It sails at nine.").is_empty());
    assert!(of_headline("W204", "Alizé", "Alizé is ten years old.").is_empty());
}

#[test]
fn one_subject_in_two_languages() {
    let two = |subjects: &str| {
        room()
            .issue(
                "2026-11",
                &format!("{subjects}\npreheader.en = \"One.\"\npreheader.fr = \"Un.\"\nlanguages = [\"en\", \"fr\"]\n"),
            )
            .article("2026-11", "lead.fr", "Le bac est de retour", "Départ à neuf heures.")
            .article("2026-11", "lead.en", "Ferry back in service", "It sails at nine.")
    };
    let same = two("subject = \"Ferry\"");
    assert_eq!(of("W205", &same), ["1: the subject is the same in `en` and `fr`"]);
    assert_eq!(of("W205", &two("subject.en = \"Ferry\"\nsubject.fr = \"Ferry\"")).len(), 1);
    assert!(of("W205", &two("subject.en = \"Ferry\"\nsubject.fr = \"Le bac\"")).is_empty());
    let untranslated = two("subject.en = \"Ferry\"");
    assert!(of("W205", &untranslated).is_empty());
    assert_eq!(of("W704", &untranslated), ["1: the `fr` edition has no subject in its language"]);
}

#[test]
fn a_faked_reply() {
    assert_eq!(of_headline("W206", "Re: our meeting", "x"), ["1: the subject begins with `Re:` as if it answered"]);
    assert_eq!(of_headline("W206", "TR : la réunion", "x").len(), 1);
    assert!(of_headline("W206", "Ferry: it is back", "It sails.").is_empty());
}

#[test]
fn words_that_spam_filters_know() {
    assert_eq!(of_headline("W207", "Ferry tickets: act now", "x"), ["1: spam filters know the words `act now`"]);
    assert_eq!(of_headline("W207", "Un outil 100 % gratuit", "x").len(), 1);
    assert_eq!(of_headline("W207", "Un outil GRATUIT", "x").len(), 1);
    assert!(of_headline("W207", "Onze outils gratuits", "Ils sont gratuits.").is_empty());
}

#[test]
fn exclamation_marks() {
    assert_eq!(of_headline("W208", "It sails!!!", "x"), ["1: several exclamation marks"]);
    assert_eq!(of_headline("W208", "Come! It sails!", "x").len(), 1);
    assert!(of_headline("W208", "It sails!", "Come along!").is_empty());
    let many = room().article("2026-11", "lead", "Ferry", "Come!\n\nIt sails!\n\nAt nine!\n\nBring soup!");
    assert_eq!(of("W208", &many), ["4: 4 exclamation marks in one snippet"]);
}

#[test]
fn emoji() {
    assert_eq!(of_headline("W209", "🎉🎉 25 years 🎂", "x"), ["1: 3 emoji stand in one text"]);
    assert!(of_headline("W209", "25 years 🎂", "It sails.").is_empty());
}

#[test]
fn a_message_near_the_size_at_which_gmail_cuts_it_off() {
    let of_paragraphs = |count: usize| {
        let text = "It sails at nine from the old quay and comes back at noon.\n\n".repeat(count);
        room().article("2026-11", "lead", "Ferry", &text)
    };
    let size = |count: usize| {
        let room = of_paragraphs(count);
        let _ = room.run("build 2026-11 --out out").exit(0);
        room.read("out/en/newsletter.html").len()
    };
    let found = |room: &Newsroom| (of("W210", room).len(), of("W211", room).len());
    let (without, with) = (size(1), size(101));
    let count_for = |bytes: usize| (bytes - without) * 100 / (with - without);
    assert_eq!(found(&of_paragraphs(count_for(85_000))), (0, 0));
    assert_eq!(found(&of_paragraphs(count_for(97_000))), (0, 1));
    assert_eq!(found(&of_paragraphs(count_for(110_000))), (1, 0));
}
