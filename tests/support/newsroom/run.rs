//! `Run`: a command that has ended, and the checks on what it said. Whole outputs are compared, after what differs
//! from run to run was replaced.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use serde_json::Value;

use super::output::{difference, steady, unindented};

/// A command that has ended.
#[derive(Clone, Debug)]
pub struct Run {
    pub(super) command: String,
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) folder: PathBuf,
    pub(super) took: Duration,
}

impl Run {
    /// Checks the exit code.
    #[track_caller]
    pub fn exit(self, code: i32) -> Self {
        assert!(self.status.code() == Some(code), "expected exit code {code}\n{}", self.account());
        self
    }

    /// Checks the whole standard output. Where the expected text begins with a line break, its indentation is only
    /// the test's own.
    #[track_caller]
    pub fn stdout(self, expected: &str) -> Self {
        self.compare("stdout", expected, &self.stdout_text());
        self
    }

    /// Checks the whole standard error.
    #[track_caller]
    pub fn stderr(self, expected: &str) -> Self {
        self.compare("stderr", expected, &self.stderr_text());
        self
    }

    /// Checks that standard output has this piece of text.
    #[track_caller]
    pub fn stdout_has(self, piece: &str) -> Self {
        assert!(self.stdout_text().contains(piece), "stdout lacks `{piece}`\n{}", self.account());
        self
    }

    /// Checks that standard output doesn't have this piece of text.
    #[track_caller]
    pub fn stdout_lacks(self, piece: &str) -> Self {
        assert!(!self.stdout_text().contains(piece), "stdout has `{piece}`\n{}", self.account());
        self
    }

    /// Checks that standard error has this piece of text.
    #[track_caller]
    pub fn stderr_has(self, piece: &str) -> Self {
        assert!(self.stderr_text().contains(piece), "stderr lacks `{piece}`\n{}", self.account());
        self
    }

    /// Checks that standard error doesn't have this piece of text.
    #[track_caller]
    pub fn stderr_lacks(self, piece: &str) -> Self {
        assert!(!self.stderr_text().contains(piece), "stderr has `{piece}`\n{}", self.account());
        self
    }

    /// Standard output as JSON, untouched by any replacement.
    #[track_caller]
    pub fn stdout_json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is not JSON: {error}\n{}", self.account()))
    }

    /// Standard output as it is compared: with `[DIR]`, `[TIME]` and `[PORT]`.
    pub fn stdout_text(&self) -> String {
        steady(&String::from_utf8_lossy(&self.stdout), &self.folder)
    }

    /// Standard error as it is compared: with `[DIR]`, `[TIME]` and `[PORT]`.
    pub fn stderr_text(&self) -> String {
        steady(&String::from_utf8_lossy(&self.stderr), &self.folder)
    }

    /// Standard output as it was printed.
    pub fn stdout_bytes(&self) -> &[u8] {
        &self.stdout
    }

    /// Standard error as it was printed.
    pub fn stderr_bytes(&self) -> &[u8] {
        &self.stderr
    }

    /// The exit code; none where a signal ended the program.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// How long it ran.
    pub fn took(&self) -> Duration {
        self.took
    }

    #[track_caller]
    fn compare(&self, stream: &str, expected: &str, actual: &str) {
        let expected = unindented(expected);
        assert!(
            expected == actual,
            "{stream} differs (- expected, + printed)\n{}\n{}",
            difference(&expected, actual),
            self.account()
        );
    }

    /// What happened, for a failing test.
    fn account(&self) -> String {
        let quoted = |text: String| if text.is_empty() { "(nothing)".to_owned() } else { text };
        format!(
            "`{}` ended with {} after {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.command,
            self.status,
            self.took,
            quoted(self.stdout_text()),
            quoted(self.stderr_text())
        )
    }
}
