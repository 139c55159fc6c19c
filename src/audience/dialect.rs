//! Whose export a file is, and what its columns are for: headers -> [`Dialect`] and a [`Use`] a column.
//!
//! Mailchimp, Brevo and listmonk are recognised by columns that nobody else has. Their columns of technique are left
//! out, when and from where somebody agreed becomes their consent, and who left there is not written to here.

use serde::Serialize;

/// Whose export a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// A list that somebody keeps.
    Plain,
    /// Of Mailchimp: a file each for the subscribed, the unsubscribed and the cleaned.
    Mailchimp,
    /// Of Brevo, formerly Sendinblue.
    Brevo,
    /// Of listmonk.
    Listmonk,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// The address.
    Email,
    /// The language.
    Lang,
    /// Tags; Mailchimp puts each between quotation marks, with commas between them.
    Tags,
    /// A value, a merge field of its name.
    Value,
    /// Values of several columns, as JSON.
    Attributes,
    /// When they agreed; the first that is filled counts, by the number.
    Given(u8),
    /// From where they agreed; the first that is filled counts, by the number.
    Ip(u8),
    /// Whether they still agree, in words; and perhaps a value too.
    Standing {
        /// Whether it is kept as a value.
        kept: bool,
    },
    /// Whether they are blocked: a yes or a no.
    Blocked,
    /// Nothing.
    Nothing,
}

/// How somebody stands to being written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// They left.
    Unsubscribed,
    /// Their address does not work.
    Bounced,
    /// They complained.
    Complained,
    /// Somebody blocked them.
    Blocked,
    /// They never agreed.
    Unconfirmed,
}

impl Standing {
    /// Its name, as suppressions have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Blocked => "blocked",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// Whether they were on a list and are no more.
    pub fn is_gone(self) -> bool {
        self != Self::Unconfirmed
    }

    /// What a word says of somebody; none where it says that they agree, or something else altogether.
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase().replace(['-', '_'], " ");
        let word = word.trim_end_matches("(e)");
        Some(match word {
            "unsubscribed" | "unsubscribe" | "opted out" | "opt out" | "optout" | "désabonné" | "désabonnée"
            | "desabonne" | "désinscrit" | "désinscrite" | "desinscrit" | "uitgeschreven" | "afgemeld" => {
                Self::Unsubscribed
            }
            "cleaned" | "bounced" | "bounce" | "hard bounce" | "hard bounced" | "hardbounced" => Self::Bounced,
            "complained" | "complaint" | "spam" | "spam complaint" => Self::Complained,
            "blocklisted" | "blacklisted" | "blocked" | "disabled" | "bloqué" | "blacklisté" | "geblokkeerd" => {
                Self::Blocked
            }
            "unconfirmed" | "pending" | "nonsubscribed" | "non subscribed" | "not subscribed" | "en attente"
            | "non confirmé" | "niet bevestigd" => Self::Unconfirmed,
            _ => return None,
        })
    }
}

impl Dialect {
    /// Recognises an export by its headers.
    pub(super) fn of(written: &[String]) -> Self {
        let headers: Vec<String> = written.iter().map(|header| header.trim().to_lowercase()).collect();
        let has = |header: &str| headers.iter().any(|other| other == header);
        if has("leid") && has("euid") || has("member_rating") || has("optin_time") && has("confirm_time") {
            Self::Mailchimp
        } else if has("uuid") && has("attributes") && has("status") {
            Self::Listmonk
        } else if has("added_time") && has("modified_time") || has("contact id") && has("ext_id") {
            Self::Brevo
        } else {
            Self::Plain
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "a list",
            Self::Mailchimp => "an export of Mailchimp",
            Self::Brevo => "an export of Brevo",
            Self::Listmonk => "an export of listmonk",
        }
    }

    /// How everybody in the file stands, where the file as a whole says so: Mailchimp writes a file each. `name` is
    /// the file's.
    pub fn everybody(self, written: &[String], name: &str) -> Option<Standing> {
        let has = |header: &str| written.iter().any(|other| other.trim().eq_ignore_ascii_case(header));
        if self != Self::Mailchimp {
            return None;
        }
        let named = |start: &str| name.to_lowercase().starts_with(start);
        if has("UNSUB_TIME") || named("unsubscribed") {
            Some(Standing::Unsubscribed)
        } else if has("CLEAN_TIME") || named("cleaned") {
            Some(Standing::Bounced)
        } else if named("nonsubscribed") {
            Some(Standing::Unconfirmed)
        } else {
            None
        }
    }
}

/// What each column is for, by its header and by the name that envoi gives it.
pub(super) fn uses(dialect: Dialect, written: &[String], names: &[String]) -> Vec<Use> {
    let headers = written.iter().map(String::as_str).chain(std::iter::repeat(""));
    headers.zip(names).map(|(header, name)| of_column(dialect, &header.trim().to_lowercase(), name)).collect()
}

fn of_column(dialect: Dialect, header: &str, name: &str) -> Use {
    match (name, dialect) {
        ("email", _) => return Use::Email,
        ("lang", _) => return Use::Lang,
        ("tags", _) => return Use::Tags,
        ("" | "envoi_line" | "envoi_reason", _) => return Use::Nothing,
        _ => {}
    }
    match dialect {
        Dialect::Mailchimp => match header {
            "confirm_time" => Use::Given(0),
            "optin_time" => Use::Given(1),
            "confirm_ip" => Use::Ip(0),
            "optin_ip" => Use::Ip(1),
            "status" => Use::Standing { kept: false },
            "member_rating" | "latitude" | "longitude" | "gmtoff" | "dstoff" | "timezone" | "cc" | "region"
            | "last_changed" | "leid" | "euid" | "notes" => Use::Nothing,
            other if other.starts_with("unsub_") || other.starts_with("clean_") => Use::Nothing,
            _ => Use::Value,
        },
        Dialect::Brevo => match header {
            "added_time" => Use::Given(1),
            "email_blacklisted" | "emailblacklisted" | "email_blocklisted" | "blacklisted" | "blocklisted"
            | "unsubscribed" => Use::Blocked,
            "email_marketing" | "email_subscription_status" | "status" => Use::Standing { kept: false },
            "contact id" | "modified_time" | "ext_id" | "contact_timezone" | "double_opt-in" | "opt_in"
            | "sms_blacklisted" | "smsblacklisted" | "sms_marketing" | "whatsapp_marketing" | "_listids" => {
                Use::Nothing
            }
            _ => Use::Value,
        },
        Dialect::Listmonk => match header {
            "attributes" => Use::Attributes,
            "status" => Use::Standing { kept: false },
            "created_at" => Use::Given(1),
            "uuid" | "updated_at" => Use::Nothing,
            _ => Use::Value,
        },
        Dialect::Plain => match name {
            "status" | "statut" | "subscription_status" | "email_marketing_status" => Use::Standing { kept: true },
            "consent_date"
            | "date_de_consentement"
            | "date_consentement"
            | "optin_time"
            | "optin_date"
            | "opt_in_date"
            | "confirm_time"
            | "subscribed_at"
            | "date_d_inscription"
            | "date_inscription"
            | "inschrijvingsdatum"
            | "datum_inschrijving" => Use::Given(0),
            "optin_ip" | "confirm_ip" | "consent_ip" => Use::Ip(0),
            _ => Use::Value,
        },
    }
}

/// The tag of a language that is written out, in one of the languages of its readers.
pub(super) fn language_named(name: &str) -> Option<&'static str> {
    Some(match name.trim().to_lowercase().as_str() {
        "french" | "français" | "francais" | "française" | "frans" | "französisch" => "fr",
        "dutch" | "nederlands" | "néerlandais" | "neerlandais" | "flemish" | "flamand" | "vlaams" => "nl",
        "english" | "anglais" | "engels" | "englisch" => "en",
        "german" | "deutsch" | "allemand" | "duits" => "de",
        "spanish" | "español" | "espagnol" | "spaans" => "es",
        "italian" | "italiano" | "italien" | "italiaans" => "it",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(header: &str) -> Dialect {
        Dialect::of(&header.split([',', ';']).map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn exports_are_recognised_by_their_headers() {
        assert_eq!(
            dialect("Email Address,First Name,MEMBER_RATING,OPTIN_TIME,LEID,EUID,NOTES,TAGS"),
            Dialect::Mailchimp
        );
        assert_eq!(dialect("CONTACT ID;EMAIL;LASTNAME;FIRSTNAME;SMS;ADDED_TIME;MODIFIED_TIME"), Dialect::Brevo);
        assert_eq!(dialect("uuid,email,name,attributes,status,created_at,updated_at"), Dialect::Listmonk);
        assert_eq!(dialect("Courriel;Nom;Statut"), Dialect::Plain);
    }

    #[test]
    fn words_say_how_somebody_stands() {
        assert_eq!(Standing::of("Désabonné(e)"), Some(Standing::Unsubscribed));
        assert_eq!(Standing::of("hard_bounce"), Some(Standing::Bounced));
        assert_eq!(Standing::of("blocklisted"), Some(Standing::Blocked));
        assert_eq!(Standing::of("enabled"), None);
        assert_eq!(Standing::of("membre d'honneur"), None);
    }
}
