//! What the typography does to texts in three languages, and what it must never do.

use proptest::prelude::*;

use super::*;

fn set(language: &str, text: &str) -> String {
    let months = ["avril".to_owned(), "mai".to_owned(), "April".to_owned()];
    // shown with signs that can be seen: `~` no-break, `^` narrow
    Typography::new(&Language::parse(language).unwrap(), &months).text(text).replace(NO_BREAK, "~").replace(NARROW, "^")
}

fn cases(language: &str, cases: &[(&str, &str)]) {
    for (typed, read) in cases {
        assert_eq!(set(language, typed), *read, "`{typed}`");
    }
}

#[test]
fn french_spaces_and_marks() {
    cases(
        "fr",
        &[
            ("L'école : fini ?", "L’école~: fini^?"),
            ("Fini! Vraiment? Oui; non.", "Fini^! Vraiment^? Oui^; non."),
            ("Langues: français", "Langues~: français"),
            ("Quoi ?!", "Quoi^?!"),
            ("« bonjour » et «bonsoir»", "«~bonjour~» et «~bonsoir~»"),
            ("Il dit \"oui\", puis \"non\".", "Il dit «~oui~», puis «~non~»."),
            ("de 9 h 30 à 16 h 30", "de 9~h~30 à 16~h~30"),
            ("le 24 avril et le 1er mai", "le 24~avril et le 1er~mai"),
            ("n° 3, p. 4, M. Xavier, 2,7 Mo, 10 000 personnes", "n°~3, p.~4, M.~Xavier, 2,7~Mo, 10~000 personnes"),
            ("en huit pages (PDF, 420 Ko)", "en huit pages (PDF, 420~Ko)"),
            ("à 10:30 ou 3:1", "à 10:30 ou 3:1"),
            (":-) et ;-)", ":-) et ;-)"),
            ("au XXIe siècle", "au XXIe~siècle"),
            ("(?) et (!)", "(?) et (!)"),
        ],
    );
}

#[test]
fn dutch_and_english_marks() {
    cases(
        "nl",
        &[
            ("Zij zei: \"Kom!\"", "Zij zei: “Kom!”"),
            ("'s avonds om 9.30 uur, foto's", "’s avonds om 9.30~uur, foto’s"),
            ("het woord 'ja' telt", "het woord ‘ja’ telt"),
        ],
    );
    cases(
        "en",
        &[
            ("It's \"fine\", isn't it?", "It’s “fine”, isn’t it?"),
            ("the '90s; a 6\" nail, 5' 30", "the ’90s; a 6\" nail, 5' 30"),
            ("24 April at 9.30 am", "24~April at 9.30~am"),
        ],
    );
}

#[test]
fn addresses_are_left_alone() {
    for text in
        ["https://example.org/?a=b;c=d'e!", "lotte@example.org", "www.example.org/l'acte?x", "example.org/chemin?q=1"]
    {
        assert!(set("fr", &format!("Voir {text} là")).contains(text), "{text}");
    }
    assert_eq!(set("fr", "Voir « https://example.org/a » !"), "Voir «~https://example.org/a~»^!");
}

#[test]
fn a_flow_goes_through_its_markup() {
    let text = |text: &str| Inline::Text(text.to_owned());
    let french = Language::parse("fr").unwrap();
    let set = Typography::new(&french, &[]).inlines(&[
        text("Il dit \""),
        Inline::Strong(vec![text("oui")]),
        text("\""),
        Inline::Space,
        text("! Et `"),
        Inline::Code("a ? b".to_owned()),
        text("` ?"),
    ]);
    let plain = crate::issue::markdown::plain(&set);
    assert_eq!(plain, "Il dit «\u{a0}oui\u{a0}»\u{202f}! Et `a ? b`\u{202f}?");
}

#[test]
fn it_can_be_turned_off() {
    let french = Language::parse("fr").unwrap();
    assert_eq!(Typography::new(&french, &[]).wanted(false).text("L'été !"), "L'été !");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn setting_twice_changes_nothing_more(text in "[a-zà1 '\"«»“”‘’:;!?.,()h%°\u{a0}\u{202f}]{0,24}", language in "fr|nl|en|de|pl") {
        let once = set(&language, &text).replace('~', "\u{a0}").replace('^', "\u{202f}");
        let twice = set(&language, &once).replace('~', "\u{a0}").replace('^', "\u{202f}");
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn letters_and_digits_stay(text in "\\PC{0,40}", language in "fr|nl|en|de|pl") {
        let kept = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let typography = Typography::new(&Language::parse(&language).unwrap(), &[]);
        prop_assert_eq!(kept(&typography.text(&text)), kept(&text));
    }

    #[test]
    fn addresses_stay(path in "[a-z0-9/;?!'=&:.-]{0,20}[a-z0-9/]", language in "fr|nl|en") {
        let url = format!("https://www.example.org/{path}");
        let typography = Typography::new(&Language::parse(&language).unwrap(), &[]);
        let text = format!("Voir \"{url}\" ou {url} ! Mais oui ?");
        prop_assert_eq!(typography.text(&text).matches(&url).count(), 2);
    }
}
