//! The judges of what readers get: programs that take a file and say what is wrong with it. Files in, findings out;
//! `tests/judges/install.sh` installs those that no distribution has.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::found;

/// Where `install.sh` puts what it installs.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/judges");

/// A file that `install.sh` has installed.
pub(super) fn installed(file: &str) -> PathBuf {
    Path::new(FOLDER).join("node_modules").join(file)
}

/// The Nu HTML checker (<https://validator.github.io/>): the errors in HTML files.
#[track_caller]
#[must_use]
pub fn html_errors(files: &[PathBuf]) -> Vec<String> {
    let mut command = Command::new(found("java"));
    command.arg("-jar").arg(installed("vnu-jar/build/dist/vnu.jar")).args(["--errors-only", "--exit-zero-always"]);
    // the checker reports on standard error
    lines(&output(command.args(files)).1)
}

/// What the caniemail data (<https://www.caniemail.com/>) says that mail programs do not support: `program feature`.
#[track_caller]
#[must_use]
pub fn unsupported(files: &[PathBuf]) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judges/caniemail.cjs");
    lines(&output(Command::new(found("node")).args([script, FOLDER]).args(files)).0)
}

/// What Python's `email` package finds wrong in messages.
#[track_caller]
#[must_use]
pub fn defects(files: &[PathBuf]) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judges/message.py");
    lines(&output(Command::new(found("python3")).arg(script).args(files)).0)
}

/// `SpamAssassin`'s score for a message and the rules that made it, by its local tests alone.
#[track_caller]
#[must_use]
pub fn spam_score(file: &Path, home: &Path) -> (f64, String) {
    let mut command = Command::new(found("spamassassin"));
    command.args(["--local", "--test-mode"]).arg(file).env("HOME", home);
    let report = output(&mut command).0;
    let status = report.split("X-Spam-Status:").nth(1).unwrap_or_default();
    let status: String = status.split("\n\n").next().unwrap_or_default().replace("\n\t", " ");
    let score = status.split("score=").nth(1).and_then(|rest| rest.split(' ').next());
    let score = score.and_then(|score| score.parse().ok());
    (score.unwrap_or_else(|| panic!("no score in:\n{report}")), status)
}

/// What the text browser w3m shows of an HTML file.
#[track_caller]
#[must_use]
pub fn dumped(file: &Path) -> String {
    let mut command = Command::new(found("w3m"));
    command.args(["-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", "100"]).arg(file);
    output(&mut command).0
}

/// The source of axe-core (<https://github.com/dequelabs/axe-core>), to be run in a page.
#[track_caller]
#[must_use]
pub fn axe() -> String {
    let file = installed("axe-core/axe.min.js");
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Where `install.sh` puts Python's packages.
pub(super) fn python() -> PathBuf {
    Path::new(FOLDER).join("python")
}

/// What feedparser (<https://feedparser.readthedocs.io/>) reads in a feed: its version, whether it is well-formed, its
/// entries.
#[track_caller]
#[must_use]
pub fn read_feed(file: &Path) -> serde_json::Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judges/feed.py");
    let mut command = Command::new(found("python3"));
    let text = output(command.arg(script).arg(file).env("PYTHONPATH", python())).0;
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[track_caller]
fn output(command: &mut Command) -> (String, String) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}: {}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect()
}
