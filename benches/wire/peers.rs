//! The programs that are measured: each sends so many messages to a port, and gives messages a second.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

/// envoi with its project: an issue whose messages have the wanted size, and a list.
pub(crate) struct Envoi {
    folder: TempDir,
    /// Bytes of a message.
    pub(crate) size: usize,
}

impl Envoi {
    pub(crate) fn new(subscribers: usize, size: usize) -> Self {
        let folder = TempDir::with_prefix("envoi-bench-").expect("a temporary folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        write(
            "envoi.toml",
            "[organisation]\nname = \"The Harbour Post\"\naddress = \"1 Quay Street\"\n[sender]\nfrom = \"The Harbour Post \
             <post@example.org>\"\n[languages]\ndefault = \"en\"\n[list]\nfile = \"subscribers.csv\"\n[unsubscribe]\n\
             url = \"https://www.example.org/unsubscribe?address={{ email }}\"\nmailto = \"unsubscribe@example.org\"\n",
        );
        write("issues/news/issue.toml", "subject = \"Ferry back in service\"\npreheader = \"It sails at nine.\"\n");
        let mut csv = "email,first_name\n".to_owned();
        for n in 0..subscribers {
            let _ = writeln!(csv, "reader{n:06}@example.com,Reader {n}");
        }
        write("subscribers.csv", &csv);
        // the text stands in both parts: what is missing in size is made up for by its length
        let mut envoi = Self { folder, size: 0 };
        let mut sentences = 0_usize;
        loop {
            let text = "The ferry sails at nine, at noon and at six, and *whoever* is late waits for the next one.\n\n";
            let body = format!(
                "+++\ntitle = \"Ferry\"\n+++\nDear {{{{ first_name \"reader\" }}}},\n\n{}",
                text.repeat(sentences)
            );
            fs::write(envoi.folder.path().join("issues/news/lead.md"), body).expect("a file");
            envoi.size = envoi.rehearse();
            if envoi.size + 100 >= size {
                return envoi;
            }
            sentences += ((size - envoi.size) / 420).max(1);
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_envoi"));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn rehearse(&self) -> usize {
        let output = self.command().args(["send", "news", "--dry-run", "--json"]).output().expect("envoi runs");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
        usize::try_from(report["largest"].as_u64().expect("bytes")).expect("a size")
    }

    pub(crate) fn run(&self, port: u16, connections: usize, window: usize, messages: usize) -> f64 {
        let path = self.folder.path().join("envoi.toml");
        let config = fs::read_to_string(&path).expect("the project");
        let config = config.split("[relay]").next().expect("a beginning");
        let relay = format!(
            "[relay]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nconnections = {connections}\nwindow = {window}\n"
        );
        fs::write(&path, format!("{config}{relay}")).expect("the project");
        for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
            let _ = fs::remove_file(self.folder.path().join(file));
        }
        let started = Instant::now();
        let output = self.command().args(["send", "news", "--yes", "--json"]).output().expect("envoi runs");
        let took = started.elapsed().as_secs_f64();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
        assert_eq!(report["accepted"].as_u64(), Some(messages as u64), "{report}");
        messages as f64 / took
    }
}

/// Postfix's load generator, which keeps its connections (`-d`).
pub(crate) fn smtp_source(port: u16, sessions: usize, size: usize, messages: usize) -> f64 {
    let arguments = format!(
        "-d -N -s {sessions} -l {size} -m {messages} -f post@example.org -t reader@example.com 127.0.0.1:{port}"
    );
    timed(Command::new("smtp-source").args(arguments.split(' ')), messages)
}

/// nodemailer with `pool: true`.
pub(crate) struct Nodemailer {
    folder: PathBuf,
}

impl Nodemailer {
    pub(crate) fn find(peers: &Path) -> Option<Self> {
        let found = peers.join("node_modules/nodemailer").is_dir();
        found.then(|| Self { folder: peers.to_owned() }).or_else(|| missing("nodemailer"))
    }

    pub(crate) fn run(&self, port: u16, sessions: usize, size: usize, messages: usize) -> f64 {
        let script = self.folder.join("nodemailer.cjs");
        fs::write(&script, include_str!("nodemailer.cjs")).expect("a script");
        let numbers = [usize::from(port), sessions, size, messages].map(|number| number.to_string());
        timed(Command::new("node").arg(script).args(numbers).current_dir(&self.folder), messages)
    }
}

/// The Python package mailmerge.
pub(crate) struct Mailmerge {
    folder: PathBuf,
}

impl Mailmerge {
    pub(crate) fn find(peers: &Path) -> Option<Self> {
        let folder = peers.join("python");
        let found = folder.join("bin/mailmerge").is_file();
        found.then_some(Self { folder }).or_else(|| missing("mailmerge"))
    }

    pub(crate) fn run(&self, port: u16, size: usize, messages: usize) -> f64 {
        let project = TempDir::with_prefix("mailmerge-").expect("a temporary folder");
        let write = |name: &str, text: &str| fs::write(project.path().join(name), text).expect("a file");
        let text = "The ferry sails at nine, at noon and at six, and whoever is late waits.\n".repeat(size / 72);
        write(
            "mailmerge_template.txt",
            &format!(
                "TO: {{{{email}}}}\nSUBJECT: Ferry back in service\nFROM: post@example.org\n\nDear {{{{name}}}},\n{text}"
            ),
        );
        let mut csv = "email,name\n".to_owned();
        for n in 0..messages {
            let _ = writeln!(csv, "reader{n:06}@example.com,Reader {n}");
        }
        write("mailmerge_database.csv", &csv);
        write("mailmerge_server.conf", &format!("[smtp_server]\nhost = 127.0.0.1\nport = {port}\n"));
        let mut command = Command::new(self.folder.join("bin/mailmerge"));
        command.args(["--no-dry-run", "--no-limit"]).current_dir(project.path()).env("PYTHONPATH", &self.folder);
        timed(&mut command, messages)
    }
}

fn timed(command: &mut Command, messages: usize) -> f64 {
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).output().expect("a peer runs");
    let took = started.elapsed().as_secs_f64();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    messages as f64 / took
}

fn missing<T>(name: &str) -> Option<T> {
    println!("{name} is left out: benches/README.md says how to get it");
    None
}
