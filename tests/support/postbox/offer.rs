//! `Offer`: what the postbox is like when nothing goes wrong: its EHLO keywords, its limits, its manners.

use std::time::Duration;

/// The settings of a postbox.
#[expect(clippy::struct_excessive_bools, reason = "each is a keyword that a server offers or doesn't")]
pub(super) struct Offer {
    pub(super) pipelining: bool,
    pub(super) chunking: bool,
    pub(super) eight_bit: bool,
    pub(super) smtputf8: bool,
    pub(super) dsn: bool,
    pub(super) enhanced_codes: bool,
    pub(super) starttls: bool,
    pub(super) implicit_tls: bool,
    /// In bytes.
    pub(super) size: Option<u64>,
    pub(super) login: Option<(String, String)>,
    pub(super) mechanisms: String,
    pub(super) most_connections: Option<usize>,
    pub(super) messages_per_connection: Option<usize>,
    pub(super) most_a_second: Option<usize>,
    /// 354 also where every recipient was refused, as RFC 2920, section 3.1 allows.
    pub(super) data_for_nobody: bool,
    pub(super) forgets_contents: bool,
    pub(super) reply_delay: Duration,
    pub(super) round_trip: Duration,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            pipelining: true,
            chunking: false,
            eight_bit: true,
            smtputf8: false,
            dsn: false,
            enhanced_codes: true,
            starttls: false,
            implicit_tls: false,
            size: None,
            login: None,
            mechanisms: "PLAIN LOGIN".to_owned(),
            most_connections: None,
            messages_per_connection: None,
            most_a_second: None,
            data_for_nobody: false,
            forgets_contents: false,
            reply_delay: Duration::ZERO,
            round_trip: Duration::ZERO,
        }
    }
}

impl Offer {
    /// The lines of the reply to EHLO.
    pub(super) fn keywords(&self, encrypted: bool, logged_in: bool) -> String {
        let login = self.login.is_some() && !logged_in && (encrypted || !self.starttls);
        let lines = [
            (true, "postbox.test".to_owned()),
            (self.pipelining, "PIPELINING".to_owned()),
            (self.size.is_some(), format!("SIZE {}", self.size.unwrap_or(0))),
            (self.starttls && !encrypted, "STARTTLS".to_owned()),
            (login, format!("AUTH {}", self.mechanisms)),
            (self.enhanced_codes, "ENHANCEDSTATUSCODES".to_owned()),
            (self.eight_bit, "8BITMIME".to_owned()),
            (self.dsn, "DSN".to_owned()),
            (self.smtputf8, "SMTPUTF8".to_owned()),
            (self.chunking, "CHUNKING".to_owned()),
        ];
        let offered: Vec<String> = lines.into_iter().filter(|(offered, _)| *offered).map(|(_, line)| line).collect();
        offered.join("\n")
    }

    /// Whether a parameter of MAIL or RCPT belongs to an extension that was offered and fits here.
    pub(super) fn knows(&self, parameter: &str, here: &[&str]) -> bool {
        let (name, _) = parameter.split_once('=').unwrap_or((parameter, ""));
        let (family, offered) = match name.to_ascii_uppercase().as_str() {
            "SIZE" => ("SIZE", self.size.is_some()),
            "BODY" => ("BODY", self.eight_bit),
            "SMTPUTF8" => ("SMTPUTF8", self.smtputf8),
            "RET" | "ENVID" | "NOTIFY" | "ORCPT" => ("DSN", self.dsn),
            _ => ("", false),
        };
        offered && here.contains(&family)
    }
}
