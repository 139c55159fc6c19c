//! How a snippet is built.

use super::{front, in_body, of, room, tells_apart};

#[test]
fn a_paragraph_that_fills_a_phone_twice() {
    let of_words = |count: usize| "word ".repeat(count).trim().to_owned();
    assert_eq!(in_body("W505", &of_words(200)), ["4: a paragraph of 200 words"]);
    assert!(in_body("W505", &format!("{}\n\n{}", of_words(100), of_words(100))).is_empty());
}

#[test]
fn a_heading_level_left_out() {
    assert_eq!(
        in_body("W506", "## One\n\nIt sails.\n\n#### Two\n\nAt nine."),
        ["8: a heading of level 4 follows level 2"]
    );
    tells_apart(
        "W506",
        &["### One\n\nIt sails."],
        &["## One\n\n### Two\n\n## Three\n\nIt sails.", "# One\n\n## Two\n\nIt sails."],
    );
}

#[test]
fn a_title_that_ends_in_a_full_stop() {
    let titled = |title: &str| of("W507", &room().article("2026-11", "lead", title, "It sails at nine."));
    assert_eq!(titled("The ferry is back."), ["2: the title ends in a full stop"]);
    assert!(titled("The ferry is back").is_empty() && titled("To be continued...").is_empty());
    assert!(titled("Listen. Really listen.").is_empty() && titled("A talk by Alizé asbl etc.").is_empty());
}

#[test]
fn a_table_too_wide_for_a_phone() {
    let table = |head: &str| format!("{head}\n{}\n{head}\n", "|-".repeat(head.matches('|').count() - 1) + "|");
    assert_eq!(
        in_body("W508", &table("| Quay | b | c | d | e |")),
        ["4: a table of 5 columns is too wide for a phone"]
    );
    tells_apart(
        "W508",
        &[&table("| Donaudampfschifffahrtsgesellschaft | Kapitän |")],
        &[&table("| a | b | c | d |"), &table("| The end of a long line of short words | and another |")],
    );
}

#[test]
fn a_snippet_with_nothing_in_it() {
    let empty = room().snippet("2026-11", "film", "+++\ntitle = \"A film\"\n+++\n");
    assert_eq!(of("W121", &empty), ["2: the snippet has a title and nothing else"]);
    let link = front("links = [{ text = \"The film\", url = \"https://www.example.org/film\" }]")
        .replace("It sails at nine.", "");
    assert!(of("W121", &room().snippet("2026-11", "film", &link)).is_empty());
}

#[test]
fn html_where_none_is_let_through() {
    assert_eq!(in_body("W120", "It <b>sails</b>."), ["4: HTML in the text will be shown to readers as it is written"]);
    tells_apart(
        "W120",
        &[
            "> <div>x</div>",
            "- <div>x</div>",
            "1. > <div>\n   > x\n   > </div>",
            "It sails[^1].\n\n[^1]:\n    <div>x</div>",
            "| <b>a</b> |\n|---|\n| b |",
        ],
        &["`<div>`", "    <div>", "3 < 4 > 2"],
    );
    assert_eq!(in_body("W120", "It <b>sails</b>.\n\n> <div>x</div>").len(), 1);
    let let_through = front("raw_html = true").replace("sails", "<b>sails</b>");
    assert!(of("W120", &room().snippet("2026-11", "lead", &let_through)).is_empty());
}

/// Something else than a snippet under a snippet's name: looked at in a moment, and without a word too many.
#[test]
fn a_file_that_breaks_a_rule_a_hundred_thousand_times_is_looked_at_in_a_moment() {
    let lines = [
        "It  sails. ",
        "a) ) » ” ( « “",
        "THE END THE END",
        "[here](http://10.0.0.1/a.pdf) ",
        "the the end",
        "*|A|* {{ lang }}",
        "[a](b c.png) ",
        "[a](",
        "{email} ",
    ];
    for line in lines {
        for glue in [" ", "\n\n"] {
            let text = [line, glue].concat().repeat(100_000 / line.len());
            let run = room().article("2026-11", "lead", "Ferry", &text).run("check");
            assert!(run.took().as_secs() < 60, "{line}: {:?}", run.took());
            assert!(run.stdout_text().lines().count() < 500, "{line}");
        }
    }
}
