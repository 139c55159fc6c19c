//! What is printed, and the only file that prints: results to stdout, everything else to stderr.
//!
//! Text with ANSI codes -> bytes; anstream leaves the codes out where the stream is no terminal or `NO_COLOR` is set.
//! A reader who went away (`envoi list | head -1`) ends nothing and is no error; a full disk behind `>` is one.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the one file that prints")]

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal as _, Write};

use serde::Serialize;

use super::ending::Ending;
use super::explain;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Result, Trouble};

/// Shows why a command failed.
pub fn error(error: &Error) -> Ending {
    to_stderr(&explain::error(error));
    Ending::Failed
}

/// Shows on stderr what does not stop the command.
pub(super) fn warnings(found: &[Diagnostic]) {
    if !found.is_empty() {
        to_stderr(&explain::diagnostics(found));
    }
}

/// Says on stderr what is going on, or what to do next. What others wrote may be in it: no terminal obeys that.
pub(super) fn remark(text: impl Display) {
    to_stderr(&format!("{}\n", explain::visible(&text.to_string())));
}

/// Asks on stderr; only a yes is a yes. Where nobody is there to answer, what was to be confirmed is refused.
pub(super) fn ask(question: &str, what: &str, hint: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Err(Error::Refused(Trouble::new(format!("nobody is there to confirm {what}")).hint(hint)));
    }
    to_stderr(&format!("{question} [y/N] "));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(Error::file("read", "standard input"))?;
    Ok(["y", "yes", "o", "oui", "j", "ja"].contains(&answer.trim().to_lowercase().as_str()))
}

/// Says on stderr what is to be done next.
pub(super) fn hint(hint: &str) {
    to_stderr(&explain::hint(hint));
}

/// Gives a line of the result.
pub(super) fn line(text: impl Display) -> Result<()> {
    to_stdout(format!("{text}\n").as_bytes())
}

/// Gives a result that is a text of several lines, its last line's end included.
pub(super) fn text(text: &str) -> Result<()> {
    to_stdout(text.as_bytes())
}

/// Gives a result for a script: one JSON document.
pub(super) fn json(value: &impl Serialize) -> Result<()> {
    line(as_json(value)?)
}

/// A value as JSON. A path that is no text is the one thing that has no JSON.
pub(super) fn as_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::Refused(Trouble::new("the result cannot be written as JSON").because(error)))
}

fn to_stdout(bytes: &[u8]) -> Result<()> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::file("write", "standard output")(error)),
        _ => Ok(()),
    }
}

/// Where stderr cannot be written to, there is nobody left to tell.
fn to_stderr(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}
