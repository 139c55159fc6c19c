//! `--where 'lang = fr and tag:press'`: which part of the list is meant.
//!
//! Texts -> [`Filter`] -> yes or no for a subscriber. How conditions are written is told in `condition.rs`, and for the
//! officer in `docs/filters.md`.

use super::condition::{self, Condition};
use super::{Columns, Subscriber};
use crate::error::Result;
use crate::issue::TAGS;

/// Conditions on columns and tags, all of which must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter(Vec<Condition>);

impl Filter {
    /// Reads conditions, each a text of its own, and checks that the list has the columns. What cannot be read is a
    /// diagnostic with the column in its text.
    pub fn parse(conditions: &[String], columns: &Columns) -> Result<Self> {
        conditions.iter().map(|text| condition::parse(text, columns)).collect::<Result<_>>().map(Self)
    }

    /// Whether a subscriber is meant. Values and tags are compared without regard to case.
    pub fn matches(&self, subscriber: &Subscriber, columns: &Columns) -> bool {
        self.0.iter().all(|condition| condition.holds(subscriber, columns))
    }
}

impl Condition {
    /// Its depth is bounded where it is read.
    fn holds(&self, subscriber: &Subscriber, columns: &Columns) -> bool {
        match self {
            Self::Equals { column, value } => columns.value(subscriber, column).trim().to_lowercase() == *value,
            Self::Tagged(audience) => audience.has(columns.value(subscriber, TAGS)),
            Self::Not(inner) => !inner.holds(subscriber, columns),
            Self::All(parts) => parts.iter().all(|part| part.holds(subscriber, columns)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(subscriber, columns)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::address::Address;

    fn columns() -> Columns {
        Columns(["email", "lang", "city", "tags"].map(str::to_owned).to_vec())
    }

    /// Whether the condition holds for Ada, who reads French in Saint-Josse and has two tags.
    fn holds(text: &str) -> bool {
        let values = ["ada@example.org", "FR", "Saint Josse (Brussels)", "Press, board"].map(str::to_owned).to_vec();
        let ada = Subscriber { address: Address::example(), language: None, values };
        Filter::parse(&[text.to_owned()], &columns()).unwrap().matches(&ada, &columns())
    }

    fn refusal(text: &str) -> (String, usize, usize, Vec<String>) {
        let error = Filter::parse(&[text.to_owned()], &columns()).unwrap_err();
        let found = &error.diagnostics()[0];
        let place = found.place.as_ref().unwrap();
        (found.message.clone(), place.column, place.width, found.hints.clone())
    }

    #[test]
    fn a_condition_holds_or_does_not() {
        for text in [
            "lang=fr",
            "lang!=nl",
            "  LANG = \"Fr\" ",
            "Langue = fr",
            "tag:press",
            "TAG:Board",
            "not tag:school",
            "city = \"saint josse (brussels)\"",
            "city != Saint Josse",
            "lang = fr and tag:press and not tag:school",
            "lang = nl or tag:press",
            "not (lang = nl or tag:school)",
            "not lang = nl and tag:press",
            "not not tag:press",
            "NOT lang=nl AND (tag:x OR tag:press)",
        ] {
            assert!(holds(text), "{text}");
        }
        for text in ["lang=nl", "lang!=fr", "city=", "tag:pres", "not tag:press", "lang = fr and not tag:press"] {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn and_binds_closer_than_or_and_not_closest() {
        assert!(holds("tag:press or tag:a and tag:b"));
        assert!(!holds("(tag:press or tag:a) and tag:b"));
        assert!(!holds("not tag:press and tag:board or tag:a"));
        assert!(holds("not (tag:press and tag:a) and tag:board"));
    }

    #[test]
    fn a_value_of_several_words_needs_no_quotation_marks() {
        let columns = Columns(["email", "city"].map(str::to_owned).to_vec());
        let values = ["ada@example.org", "New York"].map(str::to_owned).to_vec();
        let ada = Subscriber { address: Address::example(), language: None, values };
        for text in ["city=new york", "city = New  York and email = ada@example.org", "city = \"new york\""] {
            assert!(Filter::parse(&[text.to_owned()], &columns).unwrap().matches(&ada, &columns), "{text}");
        }
    }

    #[test]
    fn all_of_several_conditions_must_hold() {
        let of = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            Filter::parse(&texts, &columns()).unwrap()
        };
        let ada = Subscriber {
            address: Address::example(),
            language: None,
            values: ["a@example.org", "fr", "", "press"].map(str::to_owned).to_vec(),
        };
        assert!(of(&[]).matches(&ada, &columns()));
        assert!(of(&["lang=fr", "tag:press or tag:x"]).matches(&ada, &columns()));
        assert!(!of(&["lang=fr", "tag:x"]).matches(&ada, &columns()));
        assert!(of(&["city="]).matches(&ada, &columns()));
    }

    #[test]
    fn a_refusal_points_at_its_column() {
        let at = |text: &str| {
            let (message, column, width, _) = refusal(text);
            (message, column, width)
        };
        let told = |message: &str, column, width| (message.to_owned(), column, width);
        assert_eq!(at("city = Zoé and lnag = fr"), told("the list has no column `lnag`", 16, 4));
        assert_eq!(at("lang = fr tag:press"), told("`and` or `or` is missing before `tag:press`", 11, 9));
        assert_eq!(at("lang = fr city = x"), told("`and` or `or` is missing before `city`", 11, 4));
        assert_eq!(at("(lang = fr"), told("this `(` is never closed", 1, 1));
        assert_eq!(at("lang = fr)"), told("this `)` closes nothing", 10, 1));
        assert_eq!(at("lang = \"fr"), told("this quotation mark is never closed", 8, 3));
        assert_eq!(at("lang"), told("`lang` is no condition", 1, 4));
        assert_eq!(at("lang = fr and"), told("a condition is missing behind `and`", 11, 3));
        assert_eq!(at("lang = and tag:x"), told("a value is missing before `and`", 8, 3));
        assert_eq!(at("= fr"), told("a condition is missing before `=`", 1, 1));
        assert_eq!(at("tag:"), told("`tag:` names no tag", 1, 4));
        assert_eq!(at(""), told("the condition is empty", 1, 1));
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        assert_eq!(refusal("lnag=fr").3, ["did you mean `lang`?"]);
        assert_eq!(refusal("weather=fr").3, ["its columns are: email, lang, city, tags"]);
        let bare = Columns(vec!["email".to_owned()]);
        let error = Filter::parse(&["tag:press".to_owned()], &bare).unwrap_err();
        assert_eq!(error.diagnostics()[0].message, "the list has no column `tags`");
    }

    #[test]
    fn depth_is_bounded() {
        assert!(refusal(&format!("{}lang=fr", "(".repeat(100_000))).0.contains("too deep"));
        assert!(refusal(&format!("{}lang=fr", "not ".repeat(100_000))).0.contains("too deep"));
        assert!(holds(&vec!["lang=fr"; 10_000].join(" and ")));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_written_is_read_or_refused(text in any::<String>()) {
            let _ = Filter::parse(&[text], &columns());
        }

        #[test]
        fn whatever_is_nearly_right_is_read_or_refused_with_a_place_in_it(
            words in proptest::collection::vec(
                prop_oneof!["and", "or", "not", "lang", "=", "!=", "!", "\"", "\\(", "\\)", "tag:", "é", " ", "\n"], 0..24,
            )
        ) {
            let text: String = words.concat();
            if let Err(error) = Filter::parse(std::slice::from_ref(&text), &columns()) {
                let place = error.diagnostics()[0].place.clone().unwrap();
                prop_assert!(place.column >= 1 && place.column <= text.chars().count() + 1);
            }
        }

        #[test]
        fn a_condition_and_its_contrary_part_the_list(text in "(lang|city) ?!?= ?[a-m]{1,3}( (and|or) (not )?tag:[a-z]{1,3})?") {
            prop_assert_ne!(holds(&text), holds(&format!("not ({text})")));
        }
    }
}
