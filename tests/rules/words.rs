//! Words: spaces, capitals, repetitions, marks that open and close.

use super::{in_body, of, room, tells_apart};

#[test]
fn two_spaces_in_a_row() {
    assert_eq!(in_body("W501", "It  sails at nine,\nand\\\n`so  on`."), ["4: two spaces stand in a row"]);
    tells_apart(
        "W501",
        &["a **b  c** d", "> It  sails."],
        &[
            "It sails.  \nAt nine.",
            "    code  here",
            "| a |  b |\n|---|----|\n| 1 |  2 |",
            "- It\n  sails.",
            "[a](https://www.example.org/  'b')",
        ],
    );
    let title = room().article("2026-11", "lead", "Ferry  back", "It sails.");
    assert_eq!(of("W501", &title), ["2: two spaces stand in a row"]);
    let subject = room().issue("2026-11", "subject = \"Ferry  back\"\npreheader = \"It sails.\"\n");
    assert_eq!(of("W501", &subject), ["1: two spaces stand in a row"]);
}

#[test]
fn marks_that_open_and_never_close() {
    assert_eq!(in_body("W502", "« Merci de m’en avoir parlé."), ["4: `«` opens and never closes"]);
    assert_eq!(in_body("W502", "Merci. » dit-elle"), ["4: `»` closes, but was never opened"]);
    tells_apart(
        "W502",
        &["It sails (at nine.", "“It sails, she said.", "It sails) at nine."],
        &[
            "« Merci », dit-elle (à voix basse).",
            "“It sails.” (At nine.)",
            "a) the first, b) the second",
            "It sails :) at nine ;-)",
            "« Un.\n\n« Deux.\n\n« Trois. »",
            "“One.\n\n“Two.”",
            "„Eins“ und „zwei“",
            "»Eins« und »zwei«",
            "”Ett” och ”två”",
            "`(` and `«`",
            "- a (one)\n- b (two)",
        ],
    );
}

#[test]
fn words_in_capitals() {
    assert_eq!(in_body("W503", "This is IMPORTANT."), ["4: `IMPORTANT` stands in capitals"]);
    assert_eq!(in_body("W503", "WE ALL SAIL today."), ["4: `WE ALL SAIL` stands in capitals"]);
    tells_apart(
        "W503",
        &["**ATTENTION**", "ÉCOUTER les enfants"],
        &[
            "ECPAT, the NGO and UNICEF met.",
            "An EU-wide ID.",
            "`CONSTANT`",
            "MS Ada sails.",
            "2015 et 2016",
            "Louis XXXVIII",
            "ONU, NATO, UNHCR, USA",
        ],
    );
}

#[test]
fn a_word_that_stands_twice() {
    assert_eq!(in_body("W504", "The end of of the line."), ["4: `of` stands twice in a row"]);
    tells_apart(
        "W504",
        &["la fin de\nde la ligne", "the **the** ferry", "The the ferry"],
        &[
            "Nous nous levons.",
            "Als je je vergist.",
            "New York, York",
            "It sails. Sails up!",
            "Duran Duran",
            "9 9",
            "Très très bien",
            "Non, non, non et non non non.",
        ],
    );
}

#[test]
fn merge_fields_of_other_programs() {
    assert_eq!(in_body("W408", "Dear *|FNAME|*,"), ["4: `|FNAME|` is another program's merge field"]);
    tells_apart(
        "W408",
        &["Dear %%name%%,", "[a](https://www.example.org/?e=%7B%7Bemail%7D%7D)"],
        &["Dear {{ first_name \"friends\" }},", "5 * 3 | 4"],
    );
}

/// What `envoi new` writes into a subject may well be a heading, a title or an entry of a list.
#[test]
fn words_of_envoi_new_are_told_where_envoi_new_writes_them() {
    for words in ["What this issue is about", "De quoi parle ce numéro", "Waar dit nummer over gaat"] {
        assert!(in_body("E509", &format!("## {words}\n\n{words}\n\n- {words}\n\n> {words}")).is_empty(), "{words}");
        let titled = room().article("2026-11", "lead", words, "It sails.");
        assert!(of("E509", &titled).is_empty(), "{words}");
        let subject = room().issue("2026-11", &format!("subject = \"{words}\"\npreheader = \"It sails.\"\n"));
        assert_eq!(of("E509", &subject), ["1: these words are still those of `envoi new`"]);
    }
    assert!(in_body("E509", "## The title of this text\n\nIt sails.").is_empty());
    assert_eq!(in_body("E509", "Write the text here, in Markdown.").len(), 1);
}
