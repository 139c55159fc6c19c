//! Evidence: whether a message of the mailbox is about one that we sent. Anybody can write a bounce; only who has seen a
//! message of ours knows its tag or its Message-ID, and each of them stands for one address alone. So a forged bounce
//! reaches nobody but its forger.

use super::fields::{Fields, address};
use super::letter::Letter;
use super::reading::TO;
use super::report::{Report, returned};
use crate::address::Address;
use crate::error::Result;
use crate::ledger::{Ledger, SendId, Sent};
use crate::message::{Role, Tag, message_id};

/// How many tags, Message-IDs and addresses of one message are tried.
const MOST: usize = 10;

/// What a message offers as evidence.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    tags: Vec<Tag>,
    ids: Vec<String>,
    addresses: Vec<Address>,
}

impl Evidence {
    /// Gathers what a letter has; `bounce` is the address to which our bounces go.
    pub(super) fn of(letter: &Letter, bounce: &Address, reports: &[Report], complaint: Option<&Fields>) -> Self {
        let mut evidence = Self::default();
        let returned = returned(letter).unwrap_or_default();
        for to in letter.headers.addresses(&TO) {
            evidence.tags.extend(Tag::of(&to, bounce));
        }
        let mail_from = complaint.and_then(|fields| fields.get("original-mail-from")).and_then(address);
        let paths = returned.addresses(&["return-path", "x-envelope-from"]);
        evidence.tags.extend(paths.iter().chain(mail_from.iter()).filter_map(|path| Tag::of(path, bounce)));
        evidence.tags.extend(returned.all("list-unsubscribe").filter_map(of_header));

        let ids = returned.all("message-id").chain(letter.headers.all("in-reply-to"));
        for id in ids.chain(letter.headers.all("references")) {
            evidence.ids.extend(id.split(['<', '>']).filter_map(local_part));
        }

        let removal = ["original-rcpt-to", "removal-recipient"];
        evidence.addresses.extend(reports.iter().flat_map(|report| report.recipients.iter().cloned()));
        evidence.addresses.extend(complaint.map(|fields| fields.addresses(&removal)).unwrap_or_default());
        evidence.addresses.extend(returned.addresses(&["to", "delivered-to", "x-hmxmroriginalrecipient"]));

        evidence.tags.truncate(MOST);
        evidence.ids.truncate(MOST);
        evidence.addresses.truncate(MOST);
        evidence
    }

    /// The tags of an unsubscription's subject.
    pub(super) fn of_tags(tags: Vec<Tag>) -> Self {
        Self { tags, ..Self::default() }
    }

    /// The delivery that a message is about, where it shows that it is about one.
    pub(super) async fn delivery(&self, ledger: &Ledger, sends: &[(SendId, String)]) -> Result<Option<Sent>> {
        for tag in self.tags.iter().take(MOST) {
            if let Some(sent) = ledger.sent(tag.delivery).await?
                && tag.is_of(&sent.send)
            {
                return Ok(Some(sent));
            }
        }
        for id in &self.ids {
            for address in &self.addresses {
                let own = |key: &str| local_part(&message_id(key, address, "x")).is_some_and(|own| own == *id);
                if let Some((send, _)) = sends.iter().find(|(_, key)| own(key))
                    && let Some(sent) = ledger.sent_to(*send, &address.key()).await?
                {
                    return Ok(Some(sent));
                }
            }
        }
        Ok(None)
    }
}

/// The tag in the `mailto:` of a `List-Unsubscribe`.
fn of_header(value: &str) -> Option<Tag> {
    let (_, rest) = value.split_once("subject=unsubscribe%20")?;
    let word: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    Tag::parse(&word, Role::Unsubscription)
}

/// What stands before the `@` of a Message-ID, where it has the form of ours.
fn local_part(id: &str) -> Option<String> {
    let (local, _) = id.split_once('@')?;
    (local.len() == 32 && local.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| local.to_ascii_lowercase())
}
