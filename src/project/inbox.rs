//! `[inbox]`: where bounces and unsubscriptions arrive, and what becomes of them.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::Deserialize;

use super::{Tls, secret};
use crate::error::Result;

/// Where what comes back is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbox {
    /// A Maildir or an mbox, seen from the project's folder.
    pub path: Option<PathBuf>,
    /// Or an IMAP server.
    pub host: Option<String>,
    /// Its port: 993, or 143 with STARTTLS.
    pub port: Option<u16>,
    /// How the connection is protected: TLS from the first byte where left out.
    pub tls: Option<Tls>,
    /// A private certificate authority (PEM), seen from the project's folder.
    pub ca: Option<PathBuf>,
    /// The login.
    pub user: Option<String>,
    /// The environment variable that holds the password.
    pub password_env: Option<String>,
    /// The command that prints the password.
    pub password_command: Option<String>,
    /// Which mailbox on the server.
    pub folder: Option<String>,
    /// What becomes of messages that were dealt with.
    #[serde(default)]
    pub after: After,
    /// After how many sends in a row that did not arrive an address is given up.
    #[serde(default = "five")]
    pub soft_bounces: u32,
    /// How many days there must be between the first and the last of them, at least.
    #[serde(default = "seven")]
    pub soft_days: u32,
}

fn five() -> u32 {
    5
}

fn seven() -> u32 {
    7
}

impl Inbox {
    /// The port of the IMAP server, with the usual one where none is given (RFC 8314).
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls == Some(Tls::Required) { 143 } else { 993 })
    }

    /// The password of a user of the IMAP server. `root` is the project's folder, in which the command runs.
    pub fn password(&self, user: &str, root: &Path) -> Result<SecretString> {
        secret::password("[inbox]", user, self.password_env.as_deref(), self.password_command.as_deref(), root)
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            path: None,
            host: None,
            port: None,
            tls: None,
            ca: None,
            user: None,
            password_env: None,
            password_command: None,
            folder: None,
            after: After::Keep,
            soft_bounces: five(),
            soft_days: seven(),
        }
    }
}

/// What becomes of a message that was dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum After {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is deleted.
    Delete,
    /// It goes into a folder of the mailbox.
    Move(String),
}

impl TryFrom<String> for After {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match (text.as_str(), text.strip_prefix("move:").map(str::trim)) {
            ("keep", _) => Ok(Self::Keep),
            ("delete", _) => Ok(Self::Delete),
            (_, Some(folder)) => {
                let odd = |c: char| c.is_control() || "/\\\"*%".contains(c);
                if folder.is_empty() || folder.starts_with('.') || folder.contains(odd) {
                    return Err(format!("`{folder}` is no folder's name"));
                }
                Ok(Self::Move(folder.to_owned()))
            }
            _ => Err(format!("`{text}` is not known; write \"keep\", \"delete\" or \"move:Folder\"")),
        }
    }
}
