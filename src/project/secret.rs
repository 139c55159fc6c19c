//! What must stay secret: the passwords of the relay, of the mailbox and of the ledger's database, and the secret of the
//! project's tokens. Asked of the environment, a command or a file that is not the project's, never shown.

use std::path::Path;
use std::process::{Command, Stdio};

use secrecy::{ExposeSecret, SecretString};

use super::{Ledger, Project, Relay, Serve};
use crate::error::{Error, Result, Trouble};
use crate::token::Secret;

/// How a secret is made.
const MAKE: &str = "make one with `openssl rand -base64 32`, keep it where only this program can read it, and keep it \
                    for ever: the links in mails that were sent depend on it";

/// The largest file that can be a secret.
const LARGEST: u64 = 4096;

impl Relay {
    /// The password, where a user is named. A missing one is an error: envoi never tries without. `root` is the
    /// project's folder, in which the command runs.
    pub fn password(&self, root: &Path) -> Result<Option<SecretString>> {
        let Some(user) = &self.user else { return Ok(None) };
        password("[relay]", user, self.password_env.as_deref(), self.password_command.as_deref(), root).map(Some)
    }
}

/// The password of a user, from where a table of `envoi.toml` says it is.
pub(super) fn password(
    table: &str,
    user: &str,
    env: Option<&str>,
    command: Option<&str>,
    root: &Path,
) -> Result<SecretString> {
    match (env, command) {
        (Some(name), _) => variable(name, &format!("`{user}`"), table),
        (None, Some(command)) => ask("password", command, root),
        (None, None) => Err(Error::Refused(
            Trouble::new(format!("`{table}` names the user `{user}`, but not where the password is"))
                .hint(format!("add `password_env = \"ENVOI_PASSWORD\"` or `password_command = \"…\"` under `{table}`")),
        )),
    }
}

impl Ledger {
    /// The password of the database, where the file says where it is; else PostgreSQL's own ways hold (`PGPASSWORD`,
    /// `~/.pgpass`). `root` is the project's folder, in which the command runs.
    pub fn password(&self, root: &Path) -> Result<Option<SecretString>> {
        match (&self.password_env, &self.password_command) {
            (Some(name), _) => variable(name, "the ledger", "[ledger]").map(Some),
            (None, Some(command)) => ask("password", command, root).map(Some),
            (None, None) => Ok(None),
        }
    }
}

impl Project {
    /// The secret of the project's tokens; none where `envoi.toml` names none. Asked once, however often it is needed.
    pub fn secret(&self) -> Result<Option<&Secret>> {
        let Some(serve) = &self.config.serve else { return Ok(None) };
        if let Some(secret) = self.secret.get() {
            return Ok(Some(secret));
        }
        let Some((text, from)) = self.ask_secret(serve)? else { return Ok(None) };
        let secret = Secret::new(text.expose_secret().trim().as_bytes())
            .map_err(|why| Error::Refused(Trouble::new(format!("the secret from {from} is none: {why}")).hint(MAKE)))?;
        Ok(Some(self.secret.get_or_init(|| secret)))
    }

    fn ask_secret(&self, serve: &Serve) -> Result<Option<(SecretString, String)>> {
        match (&serve.secret_env, &serve.secret_command, &serve.secret_file) {
            (Some(name), _, _) => match std::env::var(name).ok().filter(|value| !value.is_empty()) {
                Some(value) => Ok(Some((value.into(), format!("the variable `{name}`")))),
                None => Err(Error::Refused(
                    Trouble::new(format!("the project's secret is missing: the variable `{name}` is not set"))
                        .hint(format!("set it for this shell: `read -rs {name} && export {name}`"))
                        .hint(MAKE),
                )),
            },
            (None, Some(command), _) => {
                Ok(Some((ask("secret", command, &self.root)?, "the command of `secret_command`".to_owned())))
            }
            (None, None, Some(file)) => {
                let path = self.root.join(file);
                let shown = format!("`{}`", self.shown(&path).display());
                Ok(Some((read(&path, &shown)?, shown)))
            }
            (None, None, None) => Ok(None),
        }
    }
}

/// What a variable of the environment holds.
fn variable(name: &str, whose: &str, table: &str) -> Result<SecretString> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).map(Into::into).ok_or_else(|| {
        Error::Refused(
            Trouble::new(format!("the password of {whose} is missing: the variable `{name}` is not set"))
                .hint(format!("set it for this shell: `read -rs {name} && export {name}`"))
                .hint(format!("or let a password manager print it: `password_command = \"…\"` under `{table}`")),
        )
    })
}

/// A secret's file: small, and for nobody else to read.
fn read(path: &Path, shown: &str) -> Result<SecretString> {
    let data = std::fs::metadata(path).map_err(Error::file("read", path))?;
    if data.len() > LARGEST {
        return Err(Error::Refused(Trouble::new(format!("{shown} is too large to be a secret")).hint(MAKE)));
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&data.permissions()) & 0o007 != 0 {
        return Err(Error::Refused(
            Trouble::new(format!("everybody on this machine may read the secret in {shown}"))
                .hint(format!("take it from them: `chmod o= {}`", path.display())),
        ));
    }
    let text = std::fs::read_to_string(path).map_err(Error::file("read", path))?;
    Ok(text.into())
}

/// Runs the command in the shell, in the project's folder like all that `envoi.toml` names; its first line is the
/// secret. What it prints on stderr reaches the officer.
fn ask(what: &str, command: &str, root: &Path) -> Result<SecretString> {
    let shell = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let failed = |what: String| Error::Refused(Trouble::new(what).hint(format!("try it in a shell: `{command}`")));
    let output = Command::new(shell.0)
        .args([shell.1, command])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(format!("the {what} command cannot be run: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!("the {what} command failed ({})", output.status)));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| failed(format!("the {what} command printed no text")))?;
    match text.lines().next().unwrap_or_default() {
        "" => Err(failed(format!("the {what} command printed nothing"))),
        password => Ok(password.to_owned().into()),
    }
}
