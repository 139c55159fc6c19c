//! What stands above the question: what goes to whom, through what.

use std::fmt::Write as _;
use std::path::Path;

use super::grammar::{Count, GONE, counts};
use super::show;
use crate::delivery::{Dispatch, Relay, Survey};
use crate::ledger::{SendKind, State, Tally};
use crate::project::{Project, Tls};

/// A send before it begins.
pub(super) struct Summary<'s> {
    pub(super) project: &'s Project,
    pub(super) dispatch: &'s Dispatch<'s>,
    pub(super) survey: &'s Survey,
    pub(super) relay: Option<&'s Relay>,
    /// The list that was given by hand.
    pub(super) list: Option<&'s Path>,
}

impl Summary<'_> {
    /// Shows it, the first findings of the list before it.
    pub(super) fn show(&self) {
        let findings: Vec<_> = self.survey.findings.iter().map(|finding| finding.diagnostic.clone()).collect();
        show::warnings(&findings);
        let found = self.survey.duplicates + self.survey.left + self.survey.unusable;
        let hidden = found.saturating_sub(findings.len() as u64);
        if hidden > 0 {
            show::remark(format_args!("and {hidden} more: `{}` shows them all", check(self.list)));
        }
        show::remark(self.text());
    }

    /// What is asked. `again` is how many uncertain deliveries would be sent once more, `limit` how many are begun at
    /// most.
    pub(super) fn question(&self, again: u64, limit: Option<u64>) -> String {
        let all = self.survey.open() + again;
        let mut what = match limit {
            Some(limit) if limit < all => format!("Send {limit} of {}?", Count(all, "message")),
            _ => format!("Send {}?", Count(all, "message")),
        };
        if again > 0 {
            what.push_str(&format!(" {again} of them may have arrived already."));
        }
        if self.relay.is_none() {
            what.push_str(" (into the outbox, nothing leaves this computer)");
        }
        what
    }

    fn text(&self) -> String {
        let mut out = String::new();
        for (index, language) in self.dispatch.issue.languages.iter().enumerate() {
            let name = if index == 0 { "Subject" } else { "" };
            let tag = if self.dispatch.issue.languages.len() > 1 { format!("{language}  ") } else { String::new() };
            line(&mut out, name, &format!("{tag}{}", self.dispatch.subject(language)));
        }
        line(&mut out, "From", &self.project.config.sender.from.to_string());
        line(&mut out, "To", &self.audience());
        let left_out = counts(&[
            Count(self.survey.suppressed, "suppressed address"),
            Count(self.survey.duplicates, "duplicate"),
            Count(self.survey.left, GONE),
            Count(self.survey.unusable, "unusable row"),
        ]);
        if !left_out.is_empty() {
            line(&mut out, "Left out", &left_out);
        }
        line(&mut out, "Through", &self.through());
        if self.survey.so_far.total() > 0 {
            let open = self.survey.open();
            line(&mut out, "So far", &format!("{}; {open} to go", so_far(&self.survey.so_far)));
        }
        out.pop();
        out
    }

    fn audience(&self) -> String {
        if self.dispatch.kind() == SendKind::Test {
            return "a test: every edition to one address".to_owned();
        }
        let editions: Vec<String> =
            self.survey.editions.iter().map(|(lang, count)| format!("{count} {lang}")).collect();
        let list = self.dispatch.list().map(|list| format!(" of {list}")).unwrap_or_default();
        let total = Count(self.survey.total(), "subscriber");
        if editions.is_empty() { format!("{total}{list}") } else { format!("{total}{list}: {}", editions.join(", ")) }
    }

    fn through(&self) -> String {
        let Some(config) = &self.project.config.relay else {
            return "outbox/, a folder on this computer (envoi.toml names no relay)".to_owned();
        };
        let tls = match config.tls {
            Tls::None => "no TLS",
            Tls::Required | Tls::Implicit => "TLS",
        };
        let rate = config.rate.map(|rate| format!(", {rate} at most")).unwrap_or_default();
        let connections = Count(u64::from(config.connections), "connection");
        format!("{}:{} ({tls}, {connections}{rate})", config.host, config.port())
    }
}

/// The command that names every row of a list that cannot be used.
pub(super) fn check(list: Option<&Path>) -> String {
    let file = list.map(|file| format!(" {}", file.display())).unwrap_or_default();
    format!("envoi subscribers check{file}")
}

/// A send's deliveries in words, those states that none is in left out.
pub(super) fn so_far(tally: &Tally) -> String {
    let states = State::ALL.iter().filter(|state| tally.count(**state) > 0);
    states.map(|state| format!("{} {state}", tally.count(*state))).collect::<Vec<_>>().join(", ")
}

fn line(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "{name:<9} {value}");
}
