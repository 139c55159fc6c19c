//! Services: the real programs that the tests ask for a second opinion. A test that wants one asks `need` first;
//! what it starts listens on 127.0.0.1 alone, lives in a temporary folder of its own, and ends with it.
//!
//! ```ignore
//! if !need(Service::Postfix) {
//!     return;
//! }
//! ```

mod chromium;
mod dovecot;
mod judges;
mod nsd;
mod pgbouncer;
mod postfix;
mod postgres;
mod webdriver;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub use chromium::Chromium;
pub use dovecot::Dovecot;
pub use judges::{axe, defects, dumped, html_errors, read_feed, spam_score, unsupported};
pub use nsd::{Nsd, OpenNsd};
pub use pgbouncer::PgBouncer;
pub use postfix::{OpenPostfix, Postfix};
pub use postgres::{OpenPostgres, Postgres};

/// How often a condition is looked at again.
const TICK: Duration = Duration::from_millis(10);
/// How long a service may take to come up.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long it lives at the most, in seconds, also where the test that started it was killed.
const LIFETIME: &str = "900";

/// Where a distribution may put programs that are not for everybody's PATH.
const FOLDERS: [&str; 7] = [
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib/postfix/sbin",
    "/usr/libexec/postfix",
    "/usr/lib/chromium",
    "/usr/lib/chromium-browser",
    "/usr/local/sbin",
];

/// A program that a test can need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The mail server, with the Cyrus SASL library for its logins.
    Postfix,
    /// The IMAP server.
    Dovecot,
    /// The name server.
    Nsd,
    /// Python's DKIM library, by Debian's own Python.
    Dkimpy,
    /// The browser, with `chromedriver`, which drives it.
    Chromium,
    /// The programs that read PDF.
    Poppler,
    /// Python with the feed parser that others read feeds with.
    Feedparser,
    /// The Nu HTML checker.
    Vnu,
    /// The accessibility checker axe-core, in the browser.
    Axe,
    /// The caniemail data.
    CanIEmail,
    /// The spam filter.
    SpamAssassin,
    /// Python, for its `email` package.
    Python,
    /// The text browser.
    W3m,
    /// The database server.
    Postgres,
    /// The pooler before the database server.
    PgBouncer,
}

impl Service {
    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Postfix => &["postfix", "master", "saslpasswd2", "install", "timeout"],
            Self::Chromium | Self::Axe => &["chromium", "chromedriver", "timeout"],
            Self::Dovecot => &["dovecot", "setpriv", "timeout"],
            Self::Nsd => &["nsd", "openssl", "setpriv", "timeout"],
            Self::Dkimpy => &["dkimverify", "openssl"],
            Self::Poppler => &["pdftotext", "pdffonts", "pdfinfo"],
            Self::Vnu => &["java"],
            Self::CanIEmail => &["node"],
            Self::SpamAssassin => &["spamassassin"],
            Self::Python | Self::Feedparser => &["python3"],
            Self::W3m => &["w3m"],
            Self::Postgres => &["setpriv"],
            Self::PgBouncer => &["setpriv", "pgbouncer"],
        }
    }

    fn packages(self) -> &'static str {
        match self {
            Self::Postfix => "postfix libsasl2-modules sasl2-bin",
            Self::Chromium | Self::Axe => "chromium chromium-driver",
            Self::Poppler => "poppler-utils",
            Self::Dovecot => "dovecot-imapd util-linux",
            Self::Nsd => "nsd openssl util-linux",
            Self::Dkimpy => "python3-dkim python3-nacl openssl",
            Self::Vnu => "default-jre-headless",
            Self::CanIEmail => "nodejs",
            Self::SpamAssassin => "spamassassin",
            Self::Python | Self::Feedparser => "python3",
            Self::W3m => "w3m",
            Self::Postgres => "postgresql util-linux",
            Self::PgBouncer => "postgresql pgbouncer util-linux",
        }
    }

    /// What `tests/judges/install.sh` installs for it.
    fn installed(self) -> Option<&'static str> {
        match self {
            Self::Vnu => Some("vnu-jar/build/dist/vnu.jar"),
            Self::Axe => Some("axe-core/axe.min.js"),
            Self::CanIEmail => Some("@jsx-email/doiuse-email/package.json"),
            _ => None,
        }
    }

    /// Why it can't be used here.
    fn hindrance(self) -> Option<String> {
        let missing = self.programs().iter().find(|program| find(program).is_none());
        match missing {
            Some(program) => Some(format!("`{program}` is not installed (apt-get install {})", self.packages())),
            None if self == Self::Feedparser && !judges::python().join("feedparser").is_dir() => {
                Some("tests/judges/install.sh has not been run".to_owned())
            }
            None if self.installed().is_some_and(|file| !judges::installed(file).is_file()) => {
                Some("tests/judges/install.sh has not been run".to_owned())
            }
            None if matches!(self, Self::Postgres | Self::PgBouncer) && postgres::program("postgres").is_none() => {
                Some(format!("PostgreSQL is not installed (apt-get install {})", self.packages()))
            }
            None if self == Self::Postfix && !is_root() => Some("only root can start it".to_owned()),
            None => None,
        }
    }
}

/// Whether the test can have this service. Where it can't, a line on standard error says why; where the variable
/// `ENVOI_TEST_SERVICES` is `required`, that fails the test.
#[track_caller]
#[must_use]
pub fn need(service: Service) -> bool {
    let Some(hindrance) = service.hindrance() else { return true };
    let required = std::env::var_os("ENVOI_TEST_SERVICES").is_some_and(|value| value == "required");
    assert!(!required, "this test needs {service:?}: {hindrance}");
    // not by `eprintln!`, which the test harness swallows
    let _ = writeln!(io::stderr(), "skipped: this test needs {service:?}: {hindrance}");
    false
}

/// The full path of a program.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(FOLDERS.iter().map(PathBuf::from));
    folders.map(|folder| folder.join(program)).find(|program| program.is_file())
}

/// The full path of a program that `need` has seen.
#[track_caller]
fn found(program: &str) -> PathBuf {
    find(program).unwrap_or_else(|| panic!("`{program}` is not installed; ask `need` first"))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Runs a program to its end, with something to read on standard input.
#[track_caller]
fn run(command: &mut Command, input: &str) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // a program that reads nothing may have ended by now
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("a child can be waited for");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A program in the background with all that it starts, run under `timeout(1)`, which makes it a process group
/// and ends that when its time is over.
struct Daemon {
    child: Child,
    output: PathBuf,
}

impl Daemon {
    /// Starts a program; what it prints goes to a file.
    #[track_caller]
    fn start(program: &Path, settings: impl FnOnce(&mut Command), output: &Path) -> Self {
        let file = File::create(output).unwrap_or_else(|error| panic!("{}: {error}", output.display()));
        let twin = file.try_clone().expect("a file handle can be doubled");
        let mut command = Command::new(found("timeout"));
        command.args(["--kill-after=5", LIFETIME]).arg(program);
        settings(&mut command);
        let child = command.stdin(Stdio::null()).stdout(file).stderr(twin).spawn();
        let child = child.unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
        Self { child, output: output.to_owned() }
    }

    /// What it has printed so far.
    fn printed(&self) -> String {
        text(&self.output)
    }

    /// Waits until there is what a look finds; nothing if the program ends before that, or time is over.
    fn wait_for<T>(&mut self, look: impl Fn(&Self) -> Option<T>) -> Option<T> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(found) = look(self) {
                return Some(found);
            }
            if self.child.try_wait().expect("a child can be asked").is_some() {
                return None;
            }
            thread::sleep(TICK);
        }
        None
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // the group is still its own: a child that nobody has waited for keeps its number
        if let Ok(None) = self.child.try_wait() {
            let group = format!("-{}", self.child.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text of a file; empty where there is none.
fn text(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

/// Looks until there is something, for some time.
fn wait_for<T>(timeout: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let until = Instant::now() + timeout;
    loop {
        let found = look();
        if found.is_some() || Instant::now() > until {
            return found;
        }
        thread::sleep(TICK);
    }
}

/// Removes a folder in which processes that were just killed may have made one last file.
fn remove(folder: &Path) {
    let _ = wait_for(Duration::from_secs(2), || (fs::remove_dir_all(folder).is_ok() || !folder.exists()).then_some(()));
}
