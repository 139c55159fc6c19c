//! `--where lang=fr`, `--where tag:press`: which part of the list a send is for.

use super::{Columns, Subscriber};
use crate::error::{Error, Result, Trouble};
use crate::issue::TAGS;

/// Conditions on columns, all of which must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter(Vec<Condition>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    column: String,
    value: String,
    negated: bool,
    /// Whether the column holds several values, of which one is meant.
    one_of: bool,
}

impl Filter {
    /// Reads conditions, each `column=value`, `column!=value` or `tag:name`, and checks that the list has the columns.
    pub fn parse(conditions: &[String], columns: &Columns) -> Result<Self> {
        conditions.iter().map(|text| Condition::parse(text, columns)).collect::<Result<_>>().map(Self)
    }

    /// Whether a subscriber is meant. Values are compared without regard to case.
    pub fn matches(&self, subscriber: &Subscriber, columns: &Columns) -> bool {
        self.0.iter().all(|condition| {
            let value = columns.value(subscriber, &condition.column).trim().to_lowercase();
            let is = if condition.one_of {
                value.split([' ', ',', ';', '\t']).any(|tag| tag == condition.value)
            } else {
                value == condition.value
            };
            is != condition.negated
        })
    }
}

impl Condition {
    fn parse(text: &str, columns: &Columns) -> Result<Self> {
        let wrong = |message: String, hint: String| Error::Refused(Trouble::new(message).hint(hint));
        let tag = text.trim().strip_prefix("tag:").map(|tag| (TAGS, tag));
        let Some((column, value)) = tag.or_else(|| text.split_once('=')) else {
            return Err(wrong(
                format!("`{text}` is no condition"),
                "write `--where lang=fr`, `--where lang!=fr` or `--where tag:press`".to_owned(),
            ));
        };
        let one_of = tag.is_some();
        let (column, negated) = column.strip_suffix('!').map_or((column, false), |column| (column, true));
        let column = column.trim().to_lowercase();
        if !columns.0.contains(&column) {
            return Err(wrong(
                format!("the list has no column `{column}`"),
                format!("its columns are: {}", columns.0.join(", ")),
            ));
        }
        Ok(Self { column, value: value.trim().to_lowercase(), negated, one_of })
    }
}
