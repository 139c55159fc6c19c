//! The organisation and its sender: whether readers can leave, answer, and see who writes.

use crate::address::Address;
use crate::diagnostic::Diagnostic;
use crate::issue::Issue;
use crate::project::Project;
use crate::rule;

/// Where everybody can have an address; those ending in a dot have one in many countries.
const FREE: [&str; 24] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.",
    "ymail.com",
    "hotmail.",
    "outlook.",
    "live.",
    "msn.com",
    "aol.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "gmx.",
    "web.de",
    "proton.me",
    "protonmail.com",
    "skynet.be",
    "telenet.be",
    "proximus.be",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "laposte.net",
    "sfr.fr",
];

/// Addresses that nobody reads.
const DEAF: [&str; 7] =
    ["noreply", "donotreply", "nereply", "nepasrepondre", "nietbeantwoorden", "geenantwoord", "nietantwoorden"];

pub(super) fn look(project: &Project, issue: &Issue, found: &mut Vec<Diagnostic>) {
    let config = &project.config;
    if config.unsubscribe.is_none() && project.serve_base().is_none() {
        found.push(
            Diagnostic::of(&rule::NO_UNSUBSCRIBE, "readers have no way to unsubscribe")
                .at(project.place_of("[unsubscribe]"))
                .hint(
                "add `[unsubscribe]` with `mailto = \"…\"` to `envoi.toml`; mailbox providers and the GDPR ask for it",
            ),
        );
    }
    let default = &config.languages.default;
    if issue.languages.iter().any(|language| config.organisation.address.get(language, default).trim().is_empty()) {
        found.push(
            Diagnostic::of(&rule::NO_ADDRESS, "no postal address says where the organisation is to be found")
                .at(project.place_of("[organisation]"))
                .hint("add `address = \"…\"` under `[organisation]`"),
        );
    }
    let from = &config.sender.from.address;
    if is_free(from.domain()) {
        found.push(
            Diagnostic::of(&rule::FREEMAIL, format!("`{}` forbids others to send in its name (DMARC)", from.domain()))
                .at(project.place_of("sender.from"))
                .hint(
                    "write from an address of the organisation's own domain; answers may go to this one (`reply_to`)",
                ),
        );
    }
    let (key, answers) = match &config.sender.reply_to {
        Some(reply_to) => ("sender.reply_to", &reply_to.address),
        None => ("sender.from", from),
    };
    if is_deaf(answers) {
        found.push(
            Diagnostic::of(&rule::NO_REPLY, format!("answers go to `{answers}`, which nobody reads"))
                .at(project.place_of(key))
                .hint("set `reply_to` to an address that somebody reads"),
        );
    }
}

fn is_free(domain: &str) -> bool {
    FREE.iter().any(|free| if free.ends_with('.') { domain.starts_with(free) } else { domain == *free })
}

fn is_deaf(address: &Address) -> bool {
    let local: String = address.local().to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    DEAF.iter().any(|deaf| local.starts_with(deaf))
}
