//! A row of a file that is imported -> what it says: somebody to be taken in, or somebody who must not be written
//! to. Pure: nothing is read or written here.

use crate::address::Address;
use crate::audience::{Dialect, List, Standing, Subscriber, Use, column_name, moment};
use crate::ledger::{Consent, How, Newcomer, Suppression};

/// The longest value of an attribute that is taken over.
const LONGEST: usize = 10_000;

/// What is said of everybody in a file.
#[derive(Debug, Clone, Default)]
pub struct Agreement {
    /// Where and how they agreed; the file's name where left out.
    pub source: Option<String>,
    /// When they agreed, in seconds since 1970; what the rows say, where left out.
    pub given: Option<i64>,
    /// Tags that everybody gets.
    pub tags: Vec<String>,
}

/// How the rows of a file are read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Whose export it is.
    pub dialect: Dialect,
    /// What each column is for.
    pub uses: Vec<Use>,
    /// How everybody in it stands, where the file as a whole says so.
    pub everybody: Option<Standing>,
    names: Vec<String>,
    agreement: Agreement,
    source: String,
    now: i64,
}

impl Reading {
    /// Decides how a list is read. `file` is its name, `now` the moment of the import.
    pub fn of(list: &List, file: &str, agreement: Agreement, now: i64) -> Self {
        let dialect = list.dialect();
        let source = agreement.source.clone().unwrap_or_else(|| file.to_owned());
        Self {
            dialect,
            uses: list.uses().to_vec(),
            everybody: list.everybody(),
            names: list.columns.0.clone(),
            agreement,
            source,
            now,
        }
    }

    /// The columns that subscribers get from this file. Attributes add their own.
    pub fn columns(&self) -> Vec<String> {
        let kept = |used: &Use| matches!(used, Use::Lang | Use::Tags | Use::Value | Use::Standing { kept: true });
        let mut columns: Vec<String> =
            self.names.iter().zip(&self.uses).filter(|(_, used)| kept(used)).map(|(name, _)| name.clone()).collect();
        if !self.agreement.tags.is_empty() && !columns.iter().any(|name| name == "tags") {
            columns.push("tags".to_owned());
        }
        columns
    }

    /// Somebody who left, as a row says.
    pub fn take_out(&self, address: Address, standing: Standing) -> Suppression {
        let detail = format!("in {}", self.source);
        Suppression { address, reason: standing.name().to_owned(), detail, since: self.now }
    }

    /// Somebody to be taken in.
    pub fn take(&self, subscriber: Subscriber) -> Newcomer {
        let given = self.first(&subscriber, |used| if let Use::Given(rank) = used { Some(rank) } else { None });
        let given = self.agreement.given.or_else(|| moment(given));
        let ip = self.first(&subscriber, |used| if let Use::Ip(rank) = used { Some(rank) } else { None });
        // what is no address is none of ours to keep
        let ip = ip.parse::<std::net::IpAddr>().map(|ip| ip.to_string()).unwrap_or_default();
        let consent = Consent {
            how: How::Import,
            source: self.source.clone(),
            text: String::new(),
            given,
            ip,
            new_only: self.agreement.source.is_none() && given.is_none(),
        };
        let mut values = Vec::with_capacity(self.names.len());
        for ((name, used), value) in self.names.iter().zip(&self.uses).zip(subscriber.values) {
            match used {
                Use::Tags if self.dialect == Dialect::Mailchimp => values.push((name.clone(), of_mailchimp(&value))),
                Use::Tags | Use::Value | Use::Standing { kept: true } => values.push((name.clone(), value)),
                Use::Attributes => values.extend(attributes(&value)),
                _ => {}
            }
        }
        if !self.agreement.tags.is_empty() {
            let more = self.agreement.tags.join(" ");
            match values.iter_mut().find(|(name, _)| name == "tags") {
                Some((_, tags)) if tags.is_empty() => *tags = more,
                Some((_, tags)) => *tags = format!("{tags} {more}"),
                None => values.push(("tags".to_owned(), more)),
            }
        }
        Newcomer { address: subscriber.address, language: subscriber.language, values, consent: Some(consent) }
    }

    /// The first filled value of the columns that have a rank, by that rank.
    fn first<'s>(&self, subscriber: &'s Subscriber, rank: impl Fn(Use) -> Option<u8>) -> &'s str {
        let ranked = self.uses.iter().zip(&subscriber.values).filter_map(|(used, value)| Some((rank(*used)?, value)));
        ranked.filter(|(_, value)| !value.is_empty()).min_by_key(|(rank, _)| *rank).map_or("", |(_, value)| value)
    }
}

/// `"press","board members"` -> `press board-members`.
fn of_mailchimp(tags: &str) -> String {
    let tag = |tag: &str| tag.trim().trim_matches('"').split_whitespace().collect::<Vec<_>>().join("-");
    tags.split(',').map(tag).filter(|tag| !tag.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The scalars of a JSON object, as columns.
fn attributes(text: &str) -> Vec<(String, String)> {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_str(text) else { return Vec::new() };
    let attribute = |(name, value): (String, serde_json::Value)| {
        let value = match value {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Bool(yes) => yes.to_string(),
            _ => return None,
        };
        let value: String = value.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let name = column_name(&name);
        let own = ["", "email", "lang"].contains(&name.as_str());
        (!own).then(|| (name, value.trim().to_owned()))
    };
    object.into_iter().filter_map(attribute).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_mailchimp_become_words() {
        assert_eq!(of_mailchimp(r#""press","board members""#), "press board-members");
        assert_eq!(of_mailchimp(""), "");
    }

    #[test]
    fn attributes_of_listmonk_become_columns() {
        let pairs = attributes(r#"{"city": "Ghent", "Age": 42, "email": "x", "likes": {"tea": true}, "press": true}"#);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(pairs, [("age", "42"), ("city", "Ghent"), ("press", "true")]);
        assert!(attributes("[1]").is_empty() && attributes("{").is_empty());
    }
}
