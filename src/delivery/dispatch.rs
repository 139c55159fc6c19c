//! A dispatch: an issue made ready for its readers, then sent. What `envoi send` does, without the talking.
//!
//! Project + slug + [`Audience`] -> [`Dispatch`]: the editions rendered and proved, the list opened. Nothing is
//! written until [`Dispatch::begin`], nothing leaves until [`Dispatch::run`].

use std::path::PathBuf;

use super::{Brake, Catcher, Plan, Progress, Relay, Report, Run, Survey};
use crate::address::Address;
use crate::audience::{Columns, Listing as _, Row, Subscriber};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result, Trouble};
use crate::issue::{Issue, Moment};
use crate::language::Language;
use crate::ledger::{Enlisted, Ledger, NewSend, Recipient, SendId, SendKind, State, Suppressed, Tally};
use crate::message::{Message, Stamper};
use crate::project::Project;
use crate::render::{Placing, Proof, Rendering};
use crate::subscribers::Source;

/// For whom a send is.
#[derive(Debug, Clone)]
pub enum Audience {
    /// For those on a list who meet conditions (`lang=fr`); the project's own list where none is named.
    List {
        /// The list's file.
        file: Option<PathBuf>,
        /// Conditions, all of which must hold.
        conditions: Vec<String>,
    },
    /// For those whom an earlier run enlisted: the list is not read.
    Prepared {
        /// The columns with which the send began.
        columns: Vec<String>,
    },
    /// For one address that looks at every edition.
    Test(Address),
}

impl Audience {
    /// Whether one of the conditions, all of which must hold, says `tag:press`.
    fn is_the_press(&self) -> bool {
        let Self::List { conditions, .. } = self else { return false };
        conditions.iter().any(|condition| condition.to_lowercase().replace(' ', "") == "tag:press")
    }
}

/// An issue, ready to be sent.
#[derive(Debug)]
pub struct Dispatch<'p> {
    project: &'p Project,
    /// The issue.
    pub issue: Issue,
    /// What was found that does not stand against sending it.
    pub warnings: Vec<Diagnostic>,
    renderings: Vec<Rendering>,
    to: To,
    /// Whether it is for journalists alone, who may have what is under embargo.
    for_the_press: bool,
}

#[derive(Debug)]
enum To {
    List(Plan),
    Prepared(Columns),
    Test(Box<(Subscriber, Columns)>),
}

/// A send in the ledger, enlisted.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its number, and the key that names it in Message-IDs; for a test, one an edition.
    sends: Vec<(SendId, String)>,
    /// How many were taken into it.
    pub enlisted: Enlisted,
    /// How many deliveries are open.
    pub open: u64,
}

impl Begun {
    /// What it has come to, by whomever it was sent.
    pub async fn tally(&self, ledger: &Ledger) -> Result<Tally> {
        let mut all = Tally::default();
        for (send, _) in &self.sends {
            all = all.and(&ledger.tally(*send).await?);
        }
        Ok(all)
    }
}

/// What a rehearsal came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rehearsal {
    /// How many messages were stamped.
    pub messages: u64,
    /// How many bytes they have together.
    pub bytes: u64,
    /// How many bytes the largest has.
    pub largest: u64,
}

impl<'p> Dispatch<'p> {
    /// Opens, checks and renders an issue, and opens the list.
    pub fn prepare(project: &'p Project, slug: &str, audience: Audience) -> Result<Self> {
        let for_the_press = audience.is_the_press();
        let to = match audience {
            Audience::List { file, conditions } => {
                let source = match file {
                    Some(file) => Some(Source::file(project, file)),
                    None => Source::of(project)?,
                };
                To::List(Plan::new(source.ok_or_else(no_list)?, &conditions)?)
            }
            Audience::Prepared { columns } => To::Prepared(Columns(columns)),
            Audience::Test(address) => To::Test(Box::new(tester(project, address)?)),
        };
        let columns = match &to {
            To::List(plan) => plan.columns(),
            To::Prepared(columns) => columns,
            To::Test(test) => &test.1,
        };
        let mut proof = Proof::pull(project, slug, &columns.0, &Placing::in_messages(project))?;
        let variants = std::mem::take(&mut proof.variants);
        let (issue, mut renderings, warnings) = proof.passed()?;
        renderings.extend(variants);
        Ok(Self { project, issue, warnings, renderings, to, for_the_press })
    }

    /// The moment before which the issue must not go out: the latest embargo of the press releases in it. A test may
    /// go out at any time, and so may what goes to those alone whom the list marks as press.
    pub fn embargo(&self) -> Option<&Moment> {
        match self.to {
            To::List(_) | To::Prepared(_) if !self.for_the_press => self.issue.embargo(),
            _ => None,
        }
    }

    /// The subject of an edition.
    pub fn subject(&self, language: &Language) -> String {
        self.issue.subject(language).sample()
    }

    /// What the list is called; none for a test.
    pub fn list(&self) -> Option<String> {
        match &self.to {
            To::List(plan) => Some(plan.list()),
            To::Prepared(_) => Some("what was prepared".to_owned()),
            To::Test(_) => None,
        }
    }

    /// The kind of send it is.
    pub fn kind(&self) -> SendKind {
        match self.to {
            To::List(_) | To::Prepared(_) => SendKind::Issue,
            To::Test(_) => SendKind::Test,
        }
    }

    /// Looks through the list: how many would get which edition, and what an earlier run has come to for them.
    /// `suppressed` are those who are left out.
    pub async fn survey(&self, suppressed: &Suppressed, ledger: Option<&Ledger>) -> Result<Survey> {
        match &self.to {
            To::List(plan) => {
                let before = match ledger {
                    Some(ledger) => ledger.find(&self.issue.slug).await?.map(|send| (ledger, send)),
                    None => None,
                };
                if let Some((ledger, send)) = before {
                    ledger.refuse_forgotten(send, &self.issue.slug).await?;
                }
                plan.survey(&self.issue, suppressed, before).await
            }
            To::Prepared(_) => {
                let Some(ledger) = ledger else { return Ok(Survey::default()) };
                let send = ledger.find(&self.issue.slug).await?.ok_or_else(|| not_prepared(&self.issue.slug))?;
                ledger.refuse_forgotten(send, &self.issue.slug).await?;
                let editions = ledger.editions(send).await?.into_iter();
                let editions = editions.filter_map(|(name, count)| Some((Language::parse(&name)?, count))).collect();
                Ok(Survey { editions, so_far: ledger.tally(send).await?, ..Survey::default() })
            }
            To::Test(_) => {
                let editions = self.issue.languages.iter().map(|language| (language.clone(), 1)).collect();
                Ok(Survey { editions, ..Survey::default() })
            }
        }
    }

    /// Stamps every message and sends none: whatever could go wrong with them goes wrong here.
    pub fn rehearse(&self, suppressed: &Suppressed, mut each: impl FnMut()) -> Result<Rehearsal> {
        let mut rehearsal = Rehearsal::default();
        let mut count = |message: &Message| {
            let bytes = message.bytes.len() as u64;
            rehearsal.messages += 1;
            rehearsal.bytes += bytes;
            rehearsal.largest = rehearsal.largest.max(bytes);
            each();
        };
        match &self.to {
            To::List(plan) => {
                let stampers = self.stampers("rehearsal", plan.columns())?;
                plan.each(&self.issue, suppressed, |subscriber, language| {
                    if let Some(stamper) =
                        stampers.iter().find(|stamper| stamper.serves(language.as_str(), &subscriber))
                    {
                        count(&stamper.stamp(&subscriber));
                    }
                })?;
            }
            // rehearsed by the run that prepared it
            To::Prepared(_) => {}
            To::Test(test) => {
                let stampers = self.stampers("rehearsal", &test.1)?;
                for stamper in stampers.iter().filter(|one| one.serves(one.language().as_str(), &test.0)) {
                    count(&stamper.stamp(&test.0));
                }
            }
        }
        Ok(rehearsal)
    }

    /// Enlists the audience that was surveyed in the ledger: in the issue's one send, or for a test in a new one an
    /// edition. What an earlier run gave up on is open again, and what is uncertain where that is asked for.
    pub async fn begin(
        &self,
        ledger: &Ledger,
        survey: &Survey,
        relay: Option<&Relay>,
        resend_uncertain: bool,
    ) -> Result<Begun> {
        let new = |columns: &Columns| NewSend {
            issue: self.issue.slug.clone(),
            kind: self.kind(),
            columns: columns.0.clone(),
        };
        let mut begun = Begun { sends: Vec::new(), enlisted: Enlisted::default(), open: 0 };
        match &self.to {
            To::List(plan) => {
                let send = ledger.begin(&new(plan.columns())).await?;
                ledger.refuse_forgotten(send.0, &self.issue.slug).await?;
                begun.enlisted = plan.enlist(ledger, send.0, &self.issue, survey).await?;
                begun.sends.push(send);
            }
            To::Prepared(columns) => {
                let send = ledger.begin(&new(columns)).await?;
                if !ledger.join(send.0).await? {
                    return Err(not_prepared(&self.issue.slug));
                }
                begun.sends.push(send);
            }
            To::Test(test) => {
                for language in &self.issue.languages {
                    let send = ledger.begin(&new(&test.1)).await?;
                    ledger.gather(send.0, "a test").await?;
                    let recipient = Recipient { subscriber: test.0.clone(), edition: language.to_string() };
                    begun.enlisted.add(ledger.enlist(send.0, &[recipient]).await?);
                    begun.sends.push(send);
                }
            }
        }
        let attempts = relay.map_or(Relay::LOCAL_ATTEMPTS, |relay| relay.attempts);
        for (send, _) in &begun.sends {
            ledger.reopen(*send, attempts, resend_uncertain).await?;
            begun.open += ledger.open_deliveries(*send).await?;
        }
        Ok(begun)
    }

    /// Sends what is open, over the relay or into the outbox.
    pub async fn run(
        &self,
        ledger: &Ledger,
        begun: &Begun,
        relay: Option<&Relay>,
        options: Options,
        (progress, brake): (&Progress, &Brake),
    ) -> Result<Report> {
        let catcher = match relay {
            Some(_) => None,
            None => Some(Catcher::open(&self.project.outbox()).await?),
        };
        let own = catcher.as_ref().map(Catcher::relay);
        let relay = relay.or(own.as_ref()).ok_or_else(no_list)?;
        let embargo = self.embargo().filter(|_| !options.break_embargo).map(|moment| moment.0.timestamp());
        let mut whole: Option<Report> = None;
        for (send, key) in &begun.sends {
            let stampers = self.stampers(key, &Columns(ledger.columns(*send).await?))?;
            let run = Run { ledger, send: *send, stampers: &stampers, relay, limit: options.limit, embargo };
            let report = run.deliver(progress, brake).await?;
            whole = Some(match whole {
                Some(whole) => whole.and(&report),
                None => report,
            });
            if brake.is_pulled() {
                break;
            }
        }
        let mut whole = whole.ok_or_else(no_list)?;
        // another worker may have sent since what was put off here
        whole.deferred = whole.deferred.min(whole.tally.count(State::Deferred));
        Ok(whole)
    }

    fn stampers(&self, key: &str, columns: &Columns) -> Result<Vec<Stamper>> {
        self.renderings
            .iter()
            .map(|rendering| Stamper::new(self.project, &self.issue.slug, rendering, columns, key))
            .collect()
    }
}

/// How a dispatch is run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// How many deliveries to begin at most.
    pub limit: Option<u64>,
    /// Whether an embargo is no hindrance.
    pub break_embargo: bool,
}

/// Who looks at a test: as on the list where they are on it, else with nothing but their address.
fn tester(project: &Project, address: Address) -> Result<(Subscriber, Columns)> {
    if project.list().is_some_and(|path| !path.is_file()) {
        return Ok(unknown(address, Columns::usual()));
    }
    let Some(mut list) = Source::of(project)?.map(|source| source.open()).transpose()? else {
        return Ok(unknown(address, Columns::usual()));
    };
    while let Some(row) = list.next_row()? {
        match row {
            Row::Subscriber(subscriber) if subscriber.address.key() == address.key() => {
                return Ok((subscriber, list.columns().clone()));
            }
            _ => {}
        }
    }
    Ok(unknown(address, list.columns().clone()))
}

fn unknown(address: Address, columns: Columns) -> (Subscriber, Columns) {
    let value = |column: &String| if column == "email" { address.to_string() } else { String::new() };
    let values = columns.0.iter().map(value).collect();
    (Subscriber { address, language: None, values }, columns)
}

/// Nobody was enlisted in an issue's send, or not here: a ledger that was moved forgets who was.
pub fn not_prepared(issue: &str) -> Error {
    Error::Refused(
        Trouble::new(format!("`{issue}` was not prepared"))
            .hint(format!("enlist its audience first: `envoi send {issue} --prepare`")),
    )
}

fn no_list() -> Error {
    Error::Refused(
        Trouble::new("no list says who gets the issue")
            .hint("bring one into the ledger: `envoi subscribers import FILE`")
            .hint(
                "or name a file under `[list]` in `envoi.toml` (`file = \"subscribers.csv\"`), or give `--list FILE`",
            ),
    )
}
