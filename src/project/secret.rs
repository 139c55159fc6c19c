//! The passwords of the relay and of the ledger's database: asked of the environment or a command, never kept in a file, never shown.

use std::process::{Command, Stdio};

use secrecy::SecretString;

use super::{Ledger, Relay};
use crate::error::{Error, Result, Trouble};

impl Relay {
    /// The password, where a user is named. A missing one is an error: envoi never tries without.
    pub fn password(&self) -> Result<Option<SecretString>> {
        let Some(user) = &self.user else { return Ok(None) };
        match (&self.password_env, &self.password_command) {
            (Some(name), _) => variable(name, user, "[relay]").map(Some),
            (None, Some(command)) => ask(command).map(Some),
            (None, None) => Err(Error::Refused(
                Trouble::new(format!("`[relay]` names the user `{user}`, but not where the password is"))
                    .hint("add `password_env = \"ENVOI_PASSWORD\"` or `password_command = \"…\"` under `[relay]`"),
            )),
        }
    }
}

impl Ledger {
    /// The password of the database, where the file says where it is; else PostgreSQL's own ways hold (`PGPASSWORD`,
    /// `~/.pgpass`).
    pub fn password(&self) -> Result<Option<SecretString>> {
        match (&self.password_env, &self.password_command) {
            (Some(name), _) => variable(name, "the ledger", "[ledger]").map(Some),
            (None, Some(command)) => ask(command).map(Some),
            (None, None) => Ok(None),
        }
    }
}

/// What a variable of the environment holds.
fn variable(name: &str, whose: &str, table: &str) -> Result<SecretString> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).map(Into::into).ok_or_else(|| {
        Error::Refused(
            Trouble::new(format!("the password of `{whose}` is missing: the variable `{name}` is not set"))
                .hint(format!("set it for this shell: `read -rs {name} && export {name}`"))
                .hint(format!("or let a password manager print it: `password_command = \"…\"` under `{table}`")),
        )
    })
}

/// Runs the command in the shell; its first line is the password. What it prints on stderr reaches the officer.
fn ask(command: &str) -> Result<SecretString> {
    let shell = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let failed = |what: String| Error::Refused(Trouble::new(what).hint(format!("try it in a shell: `{command}`")));
    let output = Command::new(shell.0)
        .args([shell.1, command])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(format!("the password command cannot be run: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!("the password command failed ({})", output.status)));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| failed("the password command printed no text".into()))?;
    match text.lines().next().unwrap_or_default() {
        "" => Err(failed("the password command printed nothing".to_owned())),
        password => Ok(password.to_owned().into()),
    }
}
