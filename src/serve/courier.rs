//! The courier: who asked to be subscribed -> a letter to their address.
//!
//! Works after the form was answered, so that neither the answer nor its time says whether an address is known. Who is
//! subscribed already is told so instead of being asked. A relay that is down is tried again for a while; a letter that
//! is lost with the process is asked for again by its reader.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::door::GRACE;
use super::joining::Joining;
use super::limits::Limits;
use super::meter::{Count, Meter};
use super::pages::Pages;
use crate::address::Address;
use crate::delivery::{Carried, Catcher, Relay};
use crate::error::{Error, Result, Trouble};
use crate::language::Language;
use crate::ledger::Ledger;
use crate::message::{LetterWriter, Message};
use crate::project::Project;
use crate::render::{Renderer, Rendering};
use crate::token::{Purpose, Secret};

/// How many requests may wait.
const QUEUE: usize = 512;

/// How many letters may be on their way or waiting to be tried again.
const LETTERS: usize = 1024;

/// How many connections to the relay at once.
const CONNECTIONS: usize = 2;

/// When everything has to be over, once the server is to end.
pub(super) type Deadline = Arc<OnceLock<Instant>>;

/// Tells somebody who reads the terminal or the journal: never an address, never a token.
pub(super) type Tell = Arc<dyn Fn(String) + Send + Sync>;

/// Where requests are handed in.
pub(super) struct Courier(mpsc::Sender<Joining>);

impl Courier {
    /// Hands in a request; `false` where too many wait.
    pub(super) fn ask(&self, joining: Joining) -> bool {
        self.0.try_send(joining).is_ok()
    }
}

/// A letter's words.
#[derive(Debug, Serialize)]
struct Words {
    title: String,
    text: Vec<String>,
    button: String,
    fine: String,
}

/// The two letters, in each language.
struct Letters {
    confirm: BTreeMap<Language, Rendering>,
    known: BTreeMap<Language, Rendering>,
}

/// What the courier needs.
pub(super) struct Bag {
    secret: Secret,
    ledger: Ledger,
    base: String,
    letters: Letters,
    writer: LetterWriter,
    relay: Relay,
    /// Where there is no relay; it lives as long as the courier.
    _catcher: Option<Catcher>,
    default: Language,
    meter: Arc<Meter>,
    limits: Arc<Limits>,
    tell: Tell,
}

impl Bag {
    /// Makes the letters ready, and finds the way to the relay.
    pub(super) async fn pack(
        project: &Project,
        pages: &Pages,
        (secret, ledger): (Secret, Ledger),
        (meter, limits): (Arc<Meter>, Arc<Limits>),
        tell: Tell,
    ) -> Result<Self> {
        let hours = project.config.serve.as_ref().map_or(48, |serve| serve.confirm_hours);
        let renderer = Renderer::new(project, &[])?;
        let (mut confirm, mut known) = (BTreeMap::new(), BTreeMap::new());
        for language in renderer.page_languages() {
            let word = |name: &str| pages.word(&language, name).replace("{hours}", &hours.to_string());
            let words = |subject: &str, text: &str, button: &str, fine: &str| Words {
                title: word(subject),
                text: vec![word(text)],
                button: word(button),
                fine: word(fine),
            };
            let ask = words("mail_subject", "mail_text", "mail_button", "mail_fine");
            confirm.insert(language.clone(), renderer.letter("confirmation", &language, &ask.title, &ask)?);
            let tell = words("known_subject", "known_text", "choose_link", "known_fine");
            known.insert(language.clone(), renderer.letter("confirmation", &language, &tell.title, &tell)?);
        }
        let (relay, catcher) = if let Some(relay) = Relay::of(project)? {
            (relay, None)
        } else {
            let catcher = Catcher::open(&project.outbox()).await?;
            (catcher.relay(), Some(catcher))
        };
        Ok(Self {
            secret,
            ledger,
            base: project.serve_base().unwrap_or_default().to_owned(),
            letters: Letters { confirm, known },
            writer: LetterWriter::new(project)?,
            relay,
            _catcher: catcher,
            default: pages.default().clone(),
            meter,
            limits,
            tell,
        })
    }

    /// Begins to carry. The task ends when every [`Courier`] is gone and what was on its way has arrived.
    pub(super) fn start(self, deadline: Deadline) -> (Courier, tokio::task::JoinHandle<()>) {
        let (requests, inbox) = mpsc::channel(QUEUE);
        (Courier(requests), tokio::spawn(carry(Arc::new(self), inbox, deadline)))
    }

    /// The letter to somebody who asked; none to those who must not be written to. Who left by themselves may come back,
    /// and is asked once a day at most.
    async fn letter(&self, joining: &Joining) -> Result<Option<Message>> {
        let out = self.ledger.out_of_reach(&joining.address).await?;
        if out.as_ref().is_some_and(|out| !out.is_their_own() || !self.limits.return_letter(&joining.address.key())) {
            return Ok(None);
        }
        let known = out.is_none() && self.ledger.listed(&joining.address).await?.is_some();
        let (letters, link) = if known {
            let token = self.secret.seal(Purpose::Reader, joining.address.key().as_bytes());
            (&self.letters.known, format!("{}/p/{token}?lang={}", self.base, joining.language))
        } else {
            let token = joining.seal(&self.secret);
            if token.is_empty() {
                return Err(Error::Refused(Trouble::new("what was asked for is too long for a link")));
            }
            (&self.letters.confirm, format!("{}/c/{token}?lang={}", self.base, joining.language))
        };
        let exact = letters.get(&joining.language);
        let kin = || letters.iter().find(|(own, _)| own.primary() == joining.language.primary()).map(|(_, one)| one);
        let rendering = exact.or_else(kin).or_else(|| letters.get(&self.default)).or_else(|| letters.values().next());
        let rendering = rendering.ok_or_else(super::no_url)?;
        Ok(Some(self.writer.write(&rendering.with_link(&link), &joining.address)))
    }
}

async fn carry(bag: Arc<Bag>, mut inbox: mpsc::Receiver<Joining>, deadline: Deadline) {
    let mut letters = JoinSet::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let joining = tokio::select! {
            joining = inbox.recv() => joining,
            Some(_) = letters.join_next(), if !letters.is_empty() => continue,
        };
        let Some(joining) = joining else { break };
        // nobody is to be pestered by what others fill in, and who is, hears nothing of it either
        if !bag.limits.letter(&joining.address.key()) || letters.len() >= LETTERS {
            bag.meter.count(Count::Limited);
            continue;
        }
        match bag.letter(&joining).await {
            Ok(None) => bag.meter.count(Count::Limited),
            Ok(Some(message)) => {
                letters.spawn(deliver(Arc::clone(&bag), Arc::clone(&places), message));
            }
            Err(error) => lost(&bag, &error.to_string(), &joining.address),
        }
    }
    let deadline = deadline.get().copied().unwrap_or_else(|| Instant::now() + GRACE);
    let _ = timeout_at(deadline, async { while letters.join_next().await.is_some() {} }).await;
    if !letters.is_empty() {
        (bag.tell)(format!("{} confirmation letters were not sent; their readers can ask again", letters.len()));
    }
}

async fn deliver(bag: Arc<Bag>, places: Arc<Semaphore>, message: Message) {
    let mut pause = bag.relay.pause;
    for attempt in 1..=bag.relay.attempts.max(1) {
        let Ok(place) = places.acquire().await else { return };
        let carried = bag.relay.carry(&message).await;
        drop(place);
        match carried {
            Carried::Taken => return bag.meter.count(Count::Mailed),
            Carried::Later(_) if attempt < bag.relay.attempts => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            Carried::Later(why) | Carried::Never(why) => return lost(&bag, &why, &message.to),
        }
    }
}

/// A letter that nobody will get. The relay may have said the address again: it is taken out.
fn lost(bag: &Bag, why: &str, address: &Address) {
    bag.meter.count(Count::Unmailed);
    let why = why.replace(address.as_str(), "…");
    (bag.tell)(format!("a confirmation letter could not be sent: {why}"));
}
