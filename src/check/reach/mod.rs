//! Asks for each page that an issue links to: is it there, has it moved, can it be reached? Issue -> diagnostics.
//!
//! Eight at once, each link ten seconds in all. What is well is remembered for a day in the user's cache folder (not in
//! the project: it is no work of the officer's, and says something of one machine's network only); what is not is asked
//! again each time, so that a page that was mended is seen at once. A page that refuses a program (401, 403, 429) may
//! well show itself to a reader, and is not told. Merge fields are not filled in: such links are left out.

mod ask;
mod guard;
mod recall;

use std::collections::{HashMap, HashSet};
use std::net::UdpSocket;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use self::ask::Asker;
use self::recall::Memory;
use super::links::{self, Target};
use super::url;
use crate::diagnostic::Diagnostic;
use crate::issue::{Issue, ascii_url};
use crate::project::Project;
use crate::rule;

/// How many links are asked for at once.
const AT_ONCE: usize = 8;

/// What became of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reached {
    /// The page is there, or shows itself to readers alone.
    Well,
    /// It has moved for good, to this address.
    Moved(String),
    /// It is not there: the status.
    Gone(u16),
    /// It cannot be reached, and this is why.
    Broken(String),
    /// Its name cannot be looked up, or there is no way into the network: perhaps this computer's fault.
    CutOff,
}

/// So many sites, and none of their names known: it is this computer then, and not the links.
const SITES: usize = 3;

/// Asks for pages, each once.
pub struct Reach {
    asker: Asker,
    memory: Memory,
    known: HashMap<String, Reached>,
}

impl Reach {
    /// Remembers for a day in this file what was well; not at all without one.
    pub fn new(memory: Option<PathBuf>) -> Self {
        let memory = Memory::open(memory);
        Self { asker: Asker::new(), known: memory.known(), memory }
    }

    /// The file in the user's cache folder, where there is one.
    pub fn usual_memory() -> Option<PathBuf> {
        recall::folder().map(|folder| folder.join("envoi").join("links.json"))
    }

    /// Asks for every page that an issue, or the foot of its messages, links to.
    pub fn ask(&mut self, project: &Project, issue: &Issue) -> Vec<Diagnostic> {
        let targets = targets(project, issue);
        let mut urls: Vec<&str> = targets.iter().map(|(url, _)| url.as_str()).collect();
        urls.sort_unstable();
        urls.dedup();
        urls.retain(|url| !self.known.contains_key(*url));
        let answers = self.ask_all(&urls);
        let offline = is_offline(&answers);
        for (url, reached) in answers {
            self.memory.note(&url, &reached);
            self.known.insert(url, reached);
        }
        self.memory.keep();
        if offline {
            // said once, and asked again for the next issue
            self.known.retain(|_, reached| *reached != Reached::CutOff);
        }
        let finding = |(url, target): &(String, Target)| {
            self.known.get(url).and_then(|reached| finding(url, reached)).map(|found| found.at(target.place.clone()))
        };
        let mut found: Vec<Diagnostic> = targets.iter().filter_map(finding).collect();
        found.sort_by_key(|found| found.place.as_ref().map(|place| (place.path.clone(), place.line, place.column)));
        if offline {
            found.push(
                Diagnostic::of(&rule::OFFLINE, "no link could be asked for: this computer is not on the internet")
                    .hint("connect it, and check the links again; behind a proxy, set `HTTPS_PROXY`"),
            );
        }
        found
    }

    fn ask_all(&self, urls: &[&str]) -> Vec<(String, Reached)> {
        let next = AtomicUsize::new(0);
        let answers = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(urls.len()) {
                scope.spawn(|| {
                    while let Some(url) = urls.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let reached = self.asker.ask(url);
                        answers.lock().unwrap_or_else(PoisonError::into_inner).push(((*url).to_owned(), reached));
                    }
                });
            }
        });
        answers.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it is this computer that reaches nothing: no name is known, of several sites or where there is no way out.
fn is_offline(answers: &[(String, Reached)]) -> bool {
    let sites: HashSet<&str> = answers.iter().filter_map(|(url, _)| Some(url::split(url)?.host)).collect();
    let cut_off = !answers.is_empty() && answers.iter().all(|(_, reached)| *reached == Reached::CutOff);
    cut_off && (sites.len() >= SITES || !has_way_out())
}

/// Whether this computer knows a way to the internet. Nothing is sent: to connect a UDP socket only looks up the way.
fn has_way_out() -> bool {
    let way = |from: &str, to: &str| UdpSocket::bind(from).and_then(|socket| socket.connect(to)).is_ok();
    way("0.0.0.0:0", "192.0.2.1:9") || way("[::]:0", "[2001:db8::1]:9")
}

/// The links that can be asked for, each with its address without the fragment.
fn targets(project: &Project, issue: &Issue) -> Vec<(String, Target)> {
    let mut targets: Vec<Target> = issue.all_snippets().flat_map(links::targets).collect();
    for snippet in issue.all_snippets() {
        targets.extend(links::of_notes(snippet));
        snippet.boilerplate.iter().for_each(|boilerplate| links::in_text(&boilerplate.text, &mut targets));
    }
    if let Some(url) = &project.config.organisation.url {
        targets.push(Target::of_project(url, project.place_of("organisation.url")));
    }
    let can_be_asked = |target: &Target| target.fixed && url::split(&target.url).is_some();
    let mut targets: Vec<(String, Target)> = targets
        .into_iter()
        .filter(can_be_asked)
        .map(|target| (ascii_url(target.url.split('#').next().unwrap_or_default()), target))
        .collect();
    let mut seen: HashSet<(String, String)> = HashSet::new();
    targets.retain(|(url, target)| seen.insert((url.clone(), target.place.to_string())));
    targets
}

fn finding(url: &str, reached: &Reached) -> Option<Diagnostic> {
    Some(match reached {
        Reached::Well => return None,
        Reached::Moved(to) => Diagnostic::of(&rule::LINK_MOVED, format!("`{url}` has moved for good"))
            .hint(format!("write its new address: {to}")),
        Reached::Gone(status) => Diagnostic::of(&rule::LINK_GONE, format!("`{url}` is gone (it answers {status})"))
            .hint("correct the address, or take the link out"),
        Reached::CutOff => return finding(url, &Reached::Broken("its name is unknown".to_owned())),
        Reached::Broken(why) => Diagnostic::of(&rule::LINK_BROKEN, format!("`{url}` cannot be reached: {why}"))
            .hint("open it in a browser; correct the address, or try again later"),
    })
}
