//! Who a send is for: the list, read twice. Once to say how many get which edition before anybody is asked; once to
//! enlist them in the ledger, a thousand at a time, so that a list of a million takes little memory.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use serde::Serialize;

use crate::audience::{Columns, Filter, Finding, List, Row, Subscriber};
use crate::error::Result;
use crate::issue::Issue;
use crate::language::Language;
use crate::ledger::{Enlisted, Ledger, Recipient, SendId};
use crate::project::Project;

/// How many findings are kept to be shown.
const SHOWN: usize = 20;

/// How many subscribers are enlisted in one transaction.
const BATCH: usize = 1000;

/// A list and the conditions that a send puts on it.
#[derive(Debug, Clone)]
pub struct Plan {
    path: PathBuf,
    shown: PathBuf,
    conditions: Vec<String>,
    columns: Columns,
}

/// What a look through the list found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Survey {
    /// How many get each edition.
    pub editions: BTreeMap<Language, u64>,
    /// How many are left out since they must not be written to.
    pub suppressed: u64,
    /// How many the conditions leave out.
    pub filtered: u64,
    /// How many rows stand further up already.
    pub duplicates: u64,
    /// How many rows hold no address that can be written to.
    pub unusable: u64,
    /// The first findings.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

impl Survey {
    /// How many messages there would be.
    pub fn total(&self) -> u64 {
        self.editions.values().sum()
    }
}

impl Plan {
    /// Opens the list and reads the conditions.
    pub fn new(project: &Project, path: PathBuf, conditions: &[String]) -> Result<Self> {
        let shown = project.shown(&path);
        let list = List::open(&path, &shown)?;
        Filter::parse(conditions, &list.columns)?;
        Ok(Self { path, shown, conditions: conditions.to_vec(), columns: list.columns })
    }

    /// The list's columns.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The list, as diagnostics name it.
    pub fn list(&self) -> &std::path::Path {
        &self.shown
    }

    /// Calls `take` with every subscriber that is meant, and the language of the edition they get.
    pub fn each(
        &self,
        issue: &Issue,
        suppressed: &HashSet<String>,
        mut take: impl FnMut(Subscriber, &Language),
    ) -> Result<Survey> {
        let mut list = List::open(&self.path, &self.shown)?;
        let filter = Filter::parse(&self.conditions, &list.columns)?;
        let mut survey = Survey::default();
        while let Some(row) = list.next_row()? {
            match row {
                Row::Finding(finding) => survey.note(finding),
                Row::Subscriber(subscriber) if !filter.matches(&subscriber, &list.columns) => survey.filtered += 1,
                Row::Subscriber(subscriber) if suppressed.contains(&subscriber.address.key()) => survey.suppressed += 1,
                Row::Subscriber(subscriber) => {
                    let language = issue.language_for(subscriber.language.as_ref());
                    *survey.editions.entry(language.clone()).or_default() += 1;
                    take(subscriber, language);
                }
            }
        }
        Ok(survey)
    }

    /// Enlists everybody who is meant in a send. Where the send began with another list, its columns rule.
    pub async fn enlist(&self, ledger: &Ledger, send: SendId, issue: &Issue) -> Result<Enlisted> {
        let columns = Columns(ledger.columns(send).await?);
        let mut list = List::open(&self.path, &self.shown)?;
        let filter = Filter::parse(&self.conditions, &list.columns)?;
        let mut enlisted = Enlisted::default();
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let row = list.next_row()?;
            let end = row.is_none();
            if let Some(Row::Subscriber(subscriber)) = row
                && filter.matches(&subscriber, &list.columns)
            {
                let edition = issue.language_for(subscriber.language.as_ref()).to_string();
                let subscriber = in_columns(subscriber, &list.columns, &columns);
                batch.push(Recipient { subscriber, edition });
            }
            if batch.len() == BATCH || end && !batch.is_empty() {
                enlisted.add(ledger.enlist(send, &batch).await?);
                batch.clear();
            }
            if end {
                return Ok(enlisted);
            }
        }
    }
}

impl Survey {
    fn note(&mut self, finding: Finding) {
        if finding.duplicate {
            self.duplicates += 1;
        } else {
            self.unusable += 1;
        }
        if self.findings.len() < SHOWN {
            self.findings.push(finding);
        }
    }
}

/// A subscriber's values in the order of other columns.
fn in_columns(subscriber: Subscriber, from: &Columns, to: &Columns) -> Subscriber {
    if from == to {
        return subscriber;
    }
    let values = to.0.iter().map(|column| from.value(&subscriber, column).to_owned()).collect();
    Subscriber { values, ..subscriber }
}
