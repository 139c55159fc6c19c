//! `Newsroom`: an envoi project in a temporary folder, and the program run in it. Files and a relay in, a `Run`
//! out. The environment is empty but for what the test sets, and the folder is gone when the newsroom is dropped.
//!
//! ```ignore
//! let room = Newsroom::new()
//!     .issue("2026-11", r#"subject = "Ferry back in service""#)
//!     .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
//!     .subscribers(["ada@example.com", "ben@example.com,Ben,nl"])
//!     .clock("2015-05-04T09:00:00+02:00");
//! room.run("check 2026-11").exit(0).stdout("2026-11 is ready to go out\n");
//! ```

mod output;
mod run;
mod running;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::letter::Letter;

pub use run::Run;
pub use running::Running;

/// How long a command may take before the test fails, on a busy machine too.
const PATIENCE: Duration = Duration::from_mins(3);

const ENVOI_TOML: &str = r#"[organisation]
name = "The Harbour Post"
url = "https://www.example.org/"
address = "1 Quay Street, Harbourtown"
copyright = "The Harbour Post"

[sender]
from = "The Harbour Post <post@example.org>"
bounce = "bounces@example.org"

[languages]
default = "en"

[list]
file = "subscribers.csv"

[unsubscribe]
url = "https://www.example.org/unsubscribe?address={{ email }}"
mailto = "unsubscribe@example.org"
"#;

/// A project in a temporary folder.
#[must_use]
pub struct Newsroom {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// How a relay is encrypted, in the words of `envoi.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// In the clear.
    None,
    /// By STARTTLS.
    Required,
    /// From the first byte.
    Implicit,
}

/// An SMTP server on 127.0.0.1 that `envoi.toml` can name.
pub trait Relay {
    /// Its port.
    fn port(&self) -> u16;
    /// Its encryption.
    fn security(&self) -> Security;
    /// The certificate of the authority to trust.
    fn authority_pem(&self) -> Option<&str>;
    /// The user and the password it wants.
    fn login(&self) -> Option<(&str, &str)>;
}

impl Newsroom {
    /// A project with an `envoi.toml` in English and nothing else.
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("newsroom-").expect("a temporary folder");
        for inner in ["project", "home"] {
            fs::create_dir(folder.path().join(inner)).expect("a folder in a new temporary folder");
        }
        Self { folder, environment: Vec::new() }.file("envoi.toml", ENVOI_TOML)
    }

    /// One with a short issue, `2026-11`, and these subscribers.
    #[track_caller]
    pub fn with_an_issue<'a>(subscribers: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new()
            .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails at nine.\"")
            .article("2026-11", "lead", "Ferry back in service", "Dear {{ first_name \"reader\" }}, it sails at nine.")
            .subscribers(subscribers)
    }

    /// A folder with nothing in it, not even `envoi.toml`.
    pub fn empty() -> Self {
        let room = Self::new();
        fs::remove_file(room.path("envoi.toml")).expect("`new` has just written it");
        room
    }

    /// Writes a file, its folders too.
    #[track_caller]
    pub fn file(self, path: &str, text: &str) -> Self {
        self.bytes(path, text.as_bytes())
    }

    /// Writes a file of bytes, its folders too.
    #[track_caller]
    pub fn bytes(self, path: &str, bytes: &[u8]) -> Self {
        self.write(path, bytes);
        self
    }

    /// Writes or replaces a file in the middle of a story.
    #[track_caller]
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        let folder = path.parent().expect("a file in a project has a folder");
        fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Writes `issues/<slug>/issue.toml`.
    #[track_caller]
    pub fn issue(self, slug: &str, manifest: &str) -> Self {
        self.file(&format!("issues/{slug}/issue.toml"), manifest)
    }

    /// Writes a snippet's whole file; `name` may carry a language, as in `justice.fr`.
    #[track_caller]
    pub fn snippet(self, slug: &str, name: &str, text: &str) -> Self {
        self.file(&format!("issues/{slug}/{name}.md"), text)
    }

    /// Writes a snippet of the kind `article` from its title and its body.
    #[track_caller]
    pub fn article(self, slug: &str, name: &str, title: &str, body: &str) -> Self {
        let title = title.replace('\\', "\\\\").replace('"', "\\\"");
        self.snippet(slug, name, &format!("+++\ntitle = \"{title}\"\n+++\n{body}\n"))
    }

    /// Writes `subscribers.csv`: each entry an address, or `address,First,lang`.
    #[track_caller]
    pub fn subscribers<'a>(self, entries: impl IntoIterator<Item = &'a str>) -> Self {
        let mut csv = "email,first_name,lang\n".to_owned();
        for entry in entries {
            let missing = 2_usize.saturating_sub(entry.matches(',').count());
            csv.push_str(entry);
            csv.push_str(&",".repeat(missing));
            csv.push('\n');
        }
        self.file("subscribers.csv", &csv)
    }

    /// Makes this server the relay: address, encryption, authority and credentials as it wants them.
    #[track_caller]
    pub fn relay(self, relay: &impl Relay) -> Self {
        self.relay_with(relay, "")
    }

    /// The same, with more lines for `[relay]`, as in `rate = "10/s"`.
    #[track_caller]
    pub fn relay_with(mut self, relay: &impl Relay, more: &str) -> Self {
        let tls = match relay.security() {
            Security::None => "none",
            Security::Required => "required",
            Security::Implicit => "implicit",
        };
        let mut table = format!("\n[relay]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"{tls}\"\n{more}\n", relay.port());
        if let Some(pem) = relay.authority_pem() {
            self.write("relay-ca.pem", pem);
            table.push_str("ca = \"relay-ca.pem\"\n");
        }
        if let Some((user, password)) = relay.login() {
            table.push_str(&format!("user = \"{user}\"\npassword_env = \"ENVOI_PASSWORD\"\n"));
            self = self.env("ENVOI_PASSWORD", password);
        }
        self.config(&table)
    }

    /// Adds lines to `envoi.toml`, as a rule a table of their own.
    #[track_caller]
    pub fn config(self, extra: &str) -> Self {
        let config = self.read("envoi.toml");
        self.file("envoi.toml", &format!("{config}\n{extra}\n"))
    }

    /// Sets a variable in the program's environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.set_env(name, value);
        self
    }

    /// Sets a variable in the middle of a story.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Stops the program's clock, as in `2015-05-04T09:00:00+02:00`.
    pub fn clock(self, now: &str) -> Self {
        self.env("ENVOI_NOW", now)
    }

    /// Runs envoi to its end, its words split as a shell would.
    #[must_use = "check at least the exit code"]
    #[track_caller]
    pub fn run(&self, arguments: &str) -> Run {
        self.spawn(arguments).wait()
    }

    /// Runs envoi to its end with something to read on standard input.
    #[must_use = "check at least the exit code"]
    #[track_caller]
    pub fn run_with_input(&self, arguments: &str, input: &str) -> Run {
        self.start(arguments, Some(input)).wait()
    }

    /// Runs envoi to its end at a terminal, where somebody gives these answers to its questions, one after the other.
    /// Needs [`Service::Python`](super::Service); both outputs come as standard output, with the terminal's line ends.
    #[must_use = "check at least the exit code"]
    #[track_caller]
    pub fn run_at_terminal(&self, arguments: &str, answers: &[&str]) -> Run {
        let mut command = self.command("python3");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/newsroom/terminal.py");
        command.args([script, &answers.join(","), env!("CARGO_BIN_EXE_envoi")]).args(words::split(arguments));
        Running::start(command, format!("envoi {arguments}"), None, &self.path("")).wait()
    }

    /// Starts envoi and lets it run.
    #[track_caller]
    pub fn spawn(&self, arguments: &str) -> Running {
        self.start(arguments, None)
    }

    #[track_caller]
    fn start(&self, arguments: &str, input: Option<&str>) -> Running {
        // another build of the program, where one is to be tried: a faster one, as a rule
        let program = std::env::var("ENVOI_TEST_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_envoi").to_owned());
        // it is started in the project's folder, and named from this one
        let program = Path::new(&program).canonicalize().unwrap_or_else(|error| panic!("{program}: {error}"));
        let mut command = self.command(&program.to_string_lossy());
        command.args(words::split(arguments));
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        Running::start(command, format!("envoi {arguments}"), input, &self.path(""))
    }

    /// A program in the project's folder, with the environment that the test set and hardly anything else.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path("")).env_clear();
        // what a program needs to start others, and what measures the tests' coverage
        for name in ["PATH", "SYSTEMROOT", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs([("NO_COLOR", "1"), ("LANG", "C"), ("LC_ALL", "C"), ("TZ", "UTC")]);
        command.env("HOME", self.folder.path().join("home"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).stdin(Stdio::null());
        command
    }

    /// The full path of a file in the project; of the project itself for the empty path.
    pub fn path(&self, path: &str) -> PathBuf {
        let project = self.folder.path().join("project");
        if path.is_empty() { project } else { project.join(path) }
    }

    /// The text of a file.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        String::from_utf8(self.read_bytes(path)).unwrap_or_else(|_| panic!("{path} is not UTF-8"))
    }

    /// The content of a file.
    #[track_caller]
    pub fn read_bytes(&self, path: &str) -> Vec<u8> {
        fs::read(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}; there is {:?}", self.files("")))
    }

    /// Whether there is a file or folder of this name.
    pub fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// Every file under a folder, relative to it, sorted, with `/` between the folders.
    #[track_caller]
    pub fn files(&self, folder: &str) -> Vec<String> {
        let root = self.path(folder);
        let mut files = Vec::new();
        gather(&root, &root, &mut files);
        files.sort();
        files
    }

    /// The messages in the outbox, the Maildir that stands for a relay where there is none, oldest name first.
    #[track_caller]
    pub fn messages(&self) -> Vec<Letter> {
        self.maildir("outbox")
    }

    /// The messages in any Maildir of the project.
    #[track_caller]
    pub fn maildir(&self, folder: &str) -> Vec<Letter> {
        let in_folder = |inner: &str| {
            let folder = format!("{folder}/{inner}");
            let files = if self.exists(&folder) { self.files(&folder) } else { Vec::new() };
            files.into_iter().map(move |file| format!("{folder}/{file}"))
        };
        let files: Vec<String> = in_folder("new").chain(in_folder("cur")).collect();
        files.iter().map(|file| Letter::parse(&self.read_bytes(file))).collect()
    }
}

#[track_caller]
fn gather(root: &Path, folder: &Path, files: &mut Vec<String>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            gather(root, &path, files);
        } else {
            let relative = path.strip_prefix(root).expect("the walk stays below its root");
            files.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
}
