//! Who a send is for: the list, read twice. Once to say how many get which edition before anybody is asked; once to
//! enlist them in the ledger, a thousand at a time, so that a list of a million takes little memory.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::audience::{Columns, Dropped, Filter, Finding, Listing as _, Row, Subscriber};
use crate::error::Result;
use crate::issue::Issue;
use crate::language::Language;
use crate::ledger::{Enlisted, Ledger, Recipient, SendId, State, Suppressed, Tally};
use crate::subscribers::{Roll, Source};

/// How many findings are kept to be shown.
const SHOWN: usize = 20;

/// How many subscribers are enlisted in one transaction.
const BATCH: usize = 1000;

/// A list and the conditions that a send puts on it.
#[derive(Debug, Clone)]
pub struct Plan {
    source: Source,
    conditions: Vec<String>,
    columns: Columns,
}

/// What a look through the list found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Survey {
    /// How many get each edition, in the issue's order.
    #[serde(serialize_with = "as_map")]
    pub editions: Vec<(Language, u64)>,
    /// How many are left out since they must not be written to.
    pub suppressed: u64,
    /// How many the conditions leave out.
    pub filtered: u64,
    /// How many rows stand further up already.
    pub duplicates: u64,
    /// Of how many rows the list says that they left.
    pub left: u64,
    /// How many rows hold no address that can be written to.
    pub unusable: u64,
    /// What the send has come to for these, where it began before.
    pub so_far: Tally,
    /// The first findings.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

impl Survey {
    /// How many there are on the list, after conditions and suppressions.
    pub fn total(&self) -> u64 {
        self.editions.iter().map(|(_, count)| count).sum()
    }

    /// How many of them are still to be sent to.
    pub fn open(&self) -> u64 {
        self.total().saturating_sub(self.so_far.total()) + self.so_far.open()
    }

    fn count(&mut self, language: &Language) {
        match self.editions.iter_mut().find(|(own, _)| own == language) {
            Some((_, count)) => *count += 1,
            None => self.editions.push((language.clone(), 1)),
        }
    }
}

impl Plan {
    /// Opens the list and reads the conditions.
    pub fn new(source: Source, conditions: &[String]) -> Result<Self> {
        let columns = source.open()?.columns().clone();
        Filter::parse(conditions, &columns)?;
        Ok(Self { source, conditions: conditions.to_vec(), columns })
    }

    /// The list's columns.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// What the list is called.
    pub fn list(&self) -> String {
        self.source.name()
    }

    /// Calls `take` with every subscriber that is meant, and the language of the edition they get.
    pub fn each(
        &self,
        issue: &Issue,
        suppressed: &Suppressed,
        mut take: impl FnMut(Subscriber, &Language),
    ) -> Result<Survey> {
        let mut reading = self.read(issue, suppressed)?;
        while let Some((subscriber, language)) = reading.next()? {
            take(subscriber, language);
        }
        Ok(reading.survey)
    }

    /// Looks through the list: how many would get which edition, and what an earlier run has come to for them.
    pub async fn survey(
        &self,
        issue: &Issue,
        suppressed: &Suppressed,
        before: Option<(&Ledger, SendId)>,
    ) -> Result<Survey> {
        let mut reading = self.read(issue, suppressed)?;
        let mut keys = Vec::with_capacity(BATCH);
        loop {
            let next = reading.next()?;
            let end = next.is_none();
            keys.extend(next.map(|(subscriber, _)| subscriber.address.key()));
            if keys.len() == BATCH || end && !keys.is_empty() {
                if let Some((ledger, send)) = before {
                    // of those here nobody is suppressed any more: who was left out then is still to be sent to
                    let more = ledger.tally_of(send, &keys).await?.without(State::Suppressed);
                    reading.survey.so_far = std::mem::take(&mut reading.survey.so_far).and(&more);
                }
                keys.clear();
            }
            if end {
                return Ok(reading.survey);
            }
        }
    }

    /// Enlists everybody who is meant in a send, as this run's audience. Where the send began with another list, its
    /// columns rule. Where another run enlisted the same list, and nobody is missing from the send, there is nothing
    /// to do.
    pub async fn enlist(&self, ledger: &Ledger, send: SendId, issue: &Issue, survey: &Survey) -> Result<Enlisted> {
        let columns = Columns(ledger.columns(send).await?);
        if ledger.shares_audiences() {
            let gathered = ledger.gather(send, &self.digest()?).await?;
            // who was suppressed then, and may be written to by now, is still missing
            if gathered
                && (survey.total() <= survey.so_far.total() || survey.total() <= ledger.audience_size(send).await?)
            {
                return Ok(Enlisted::default());
            }
        }
        let nobody = Suppressed::default();
        let mut reading = self.read(issue, &nobody)?;
        let mut enlisted = Enlisted::default();
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let next = reading.next()?;
            let end = next.is_none();
            if let Some((subscriber, language)) = next {
                let edition = language.to_string();
                let subscriber = in_columns(subscriber, &self.columns, &columns);
                batch.push(Recipient { subscriber, edition });
            }
            if batch.len() == BATCH || end && !batch.is_empty() {
                enlisted.add(ledger.enlist(send, &batch).await?);
                batch.clear();
            }
            if end {
                ledger.gathered(send).await?;
                return Ok(enlisted);
            }
        }
    }

    /// A mark of the list and the conditions: where it is the same, so is the audience.
    fn digest(&self) -> Result<String> {
        let mut hasher = Sha256::new();
        let mut list = self.source.open()?;
        while let Some(row) = list.next_row()? {
            if let Row::Subscriber(subscriber) = row {
                for text in subscriber.values.iter().map(String::as_str).chain([subscriber.address.as_str()]) {
                    hasher.update((text.len() as u64).to_le_bytes());
                    hasher.update(text);
                }
            }
        }
        for condition in &self.conditions {
            hasher.update([0]);
            hasher.update(condition);
        }
        Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn read<'r>(&self, issue: &'r Issue, suppressed: &'r Suppressed) -> Result<Reading<'r>> {
        let list = self.source.open()?;
        let filter = Filter::parse(&self.conditions, list.columns())?;
        let editions = issue.languages.iter().map(|language| (language.clone(), 0)).collect();
        let survey = Survey { editions, ..Survey::default() };
        Ok(Reading { list, filter, issue, suppressed, survey })
    }
}

/// The list, being read.
struct Reading<'r> {
    list: Roll,
    filter: Filter,
    issue: &'r Issue,
    suppressed: &'r Suppressed,
    survey: Survey,
}

impl<'r> Reading<'r> {
    /// The next subscriber who is meant, and the language of their edition; what is passed over is counted.
    fn next(&mut self) -> Result<Option<(Subscriber, &'r Language)>> {
        while let Some(row) = self.list.next_row()? {
            match row {
                Row::Finding(finding) => self.survey.note(finding),
                Row::Subscriber(subscriber) if !self.filter.matches(&subscriber, self.list.columns()) => {
                    self.survey.filtered += 1;
                }
                Row::Subscriber(subscriber) if self.suppressed.holds(&subscriber.address) => {
                    self.survey.suppressed += 1;
                }
                Row::Subscriber(subscriber) => {
                    let language = self.issue.language_for(subscriber.language.as_ref());
                    self.survey.count(language);
                    return Ok(Some((subscriber, language)));
                }
            }
        }
        Ok(None)
    }
}

impl Survey {
    fn note(&mut self, finding: Finding) {
        *(match finding.why {
            Dropped::Duplicate => &mut self.duplicates,
            Dropped::Left(..) => &mut self.left,
            Dropped::Unusable => &mut self.unusable,
        }) += 1;
        if self.findings.len() < SHOWN {
            self.findings.push(finding);
        }
    }
}

fn as_map<S: serde::Serializer>(editions: &[(Language, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(editions.iter().map(|(language, count)| (language, count)))
}

/// A subscriber's values in the order of other columns.
fn in_columns(subscriber: Subscriber, from: &Columns, to: &Columns) -> Subscriber {
    if from == to {
        return subscriber;
    }
    let values = to.0.iter().map(|column| from.value(&subscriber, column).to_owned()).collect();
    Subscriber { values, ..subscriber }
}
