//! `Postgres`: a PostgreSQL server of a test's own, in a temporary folder, run by a user who may do nothing else.
//!
//! ```ignore
//! let postgres = Postgres::new().start();
//! let room = Newsroom::new().env("ENVOI_LEDGER_URL", &postgres.url());
//! room.run("status").exit(0);
//! assert_eq!(postgres.ask("SELECT count(*) FROM sends"), "0");
//! ```

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::super::certificate::Certificate;
use super::{Daemon, find, found, is_root, remove, text, wait_for};

/// The user `nobody`; PostgreSQL does not run as root.
const NOBODY: &str = "65534";
/// How long a server may take to stop.
const PATIENCE: Duration = Duration::from_secs(20);

/// The settings of a server that doesn't run yet. By default it lets everybody in from this machine.
#[must_use]
#[derive(Default)]
pub struct Postgres {
    password: Option<String>,
    certificate: Option<Certificate>,
    more: Vec<String>,
}

/// A server that runs, until it is dropped.
pub struct OpenPostgres {
    daemon: Option<Daemon>,
    folder: TempDir,
    port: u16,
    settings: Postgres,
}

/// Where Debian puts what only the server's own scripts call.
pub(super) fn program(name: &str) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.iter().rev().map(|folder| folder.join(name)).find(|path| path.is_file()).or_else(|| find(name))
}

impl Postgres {
    /// A server that lets everybody in.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the user `envoi` for a password.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// Offers TLS with this certificate.
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// Adds a setting, as in `shared_buffers=1GB`.
    pub fn with(mut self, setting: &str) -> Self {
        self.more.push(setting.to_owned());
        self
    }

    /// Starts it, with an empty database `envoi` that belongs to the user `envoi`.
    #[track_caller]
    pub fn start(self) -> OpenPostgres {
        let folder = TempDir::with_prefix("postgres-").expect("a temporary folder");
        own(folder.path());
        let data = folder.path().join("data");
        let made = as_nobody(&program("initdb").expect("ask `need` first"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"])
            .arg(&data)
            .current_dir(folder.path())
            .output()
            .expect("initdb can be started");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        if let Some(certificate) = &self.certificate {
            write(&data.join("server.crt"), &certificate.server_pem);
            write(&data.join("server.key"), &certificate.key_pem);
        }
        let mut server = OpenPostgres { daemon: None, folder, port: 0, settings: self };
        server.run();
        server.ask_as("postgres", "postgres", "CREATE ROLE envoi LOGIN");
        server.ask_as("postgres", "postgres", "CREATE DATABASE envoi OWNER envoi");
        if let Some(password) = &server.settings.password {
            server.ask_as("postgres", "postgres", &format!("ALTER ROLE envoi PASSWORD '{password}'"));
            let rules = "local all postgres trust\nhost all postgres 127.0.0.1/32 trust\n\
                         hostssl all envoi all scram-sha-256\nhost all envoi 127.0.0.1/32 scram-sha-256\n";
            write(&server.folder.path().join("data/pg_hba.conf"), rules);
            server.ask_as("postgres", "postgres", "SELECT pg_reload_conf()");
        }
        server
    }
}

impl OpenPostgres {
    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The database `envoi` for the user `envoi`, without a password.
    pub fn url(&self) -> String {
        format!("postgres://envoi@127.0.0.1:{}/envoi", self.port)
    }

    /// Another, empty database, as a URL.
    #[track_caller]
    pub fn another(&self, name: &str) -> String {
        self.ask_as("postgres", "postgres", &format!("CREATE DATABASE {name} OWNER envoi"));
        format!("postgres://envoi@127.0.0.1:{}/{name}", self.port)
    }

    /// The authority of its certificate.
    pub fn authority_pem(&self) -> Option<&str> {
        self.settings.certificate.as_ref().map(|certificate| certificate.authority_pem.as_str())
    }

    /// Asks the database `envoi`; the values of a row with `|` between them.
    #[track_caller]
    pub fn ask(&self, sql: &str) -> String {
        self.ask_as("postgres", "envoi", sql)
    }

    fn psql(&self, user: &str, database: &str, sql: &str) -> Command {
        let mut psql = Command::new(program("psql").expect("ask `need` first"));
        psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(["-U", user, "-d", database, "-c", sql])
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        psql
    }

    #[track_caller]
    fn ask_as(&self, user: &str, database: &str, sql: &str) -> String {
        let output = self.psql(user, database, sql).output().expect("psql can be started");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Locks a table for everybody else, until this server stops.
    #[track_caller]
    pub fn lock(&self, table: &str) {
        let sql = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)");
        let mut psql = self.psql("postgres", "envoi", &sql);
        std::thread::spawn(move || psql.output());
        let asks = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted";
        assert!(wait_for(PATIENCE, || (self.ask(asks) != "0").then_some(())).is_some(), "{table} is not locked");
    }

    /// Waits until a question of envoi's waits for a lock.
    #[track_caller]
    pub fn wait_for_a_waiter(&self) {
        let asks = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'envoi'";
        assert!(wait_for(PATIENCE, || (self.ask(asks) != "0").then_some(())).is_some(), "nobody waits");
    }

    /// What it wrote into its log.
    pub fn log(&self) -> String {
        text(&self.folder.path().join("log"))
    }

    /// Cuts every connection of the user `envoi`.
    pub fn cut_connections(&self) {
        self.ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'envoi'");
    }

    /// Stops it at once, as a crash of the program would (what was committed stays), and starts it again on its port.
    #[track_caller]
    pub fn restart(&mut self) {
        self.stop();
        self.run();
    }

    /// Stops it at once.
    pub fn stop(&mut self) {
        let Some(mut daemon) = self.daemon.take() else { return };
        if let Some(id) = text(&self.folder.path().join("data/postmaster.pid")).lines().next() {
            let _ = Command::new("kill").args(["-QUIT", id]).stderr(Stdio::null()).status();
        }
        wait_for(PATIENCE, || daemon.child.try_wait().expect("a child can be asked"));
    }

    /// Starts it.
    #[track_caller]
    pub fn run(&mut self) {
        for _ in 0..5 {
            // once it has a port, it keeps it
            let port = if self.port > 0 { self.port } else { free_port() };
            let folder = self.folder.path();
            let mut settings = vec![
                format!("port={port}"),
                "listen_addresses=127.0.0.1".to_owned(),
                format!("unix_socket_directories={}", folder.display()),
                // the machine does not lose its power in a test
                "fsync=off".to_owned(),
            ];
            if self.settings.certificate.is_some() {
                settings.push("ssl=on".to_owned());
            }
            settings.extend(self.settings.more.iter().cloned());
            let (first, rest) = nobody(&program("postgres").expect("ask `need` first"));
            let mut daemon = Daemon::start(
                &first,
                |command| {
                    command.args(rest).arg("-D").arg(folder.join("data"));
                    for setting in &settings {
                        command.args(["-c", setting]);
                    }
                    command.current_dir(folder);
                },
                &folder.join("log"),
            );
            let up = daemon.wait_for(|own| own.printed().contains("ready to accept connections").then_some(()));
            if up.is_some() {
                self.daemon = Some(daemon);
                self.port = port;
                return;
            }
            assert!(daemon.printed().contains("in use"), "PostgreSQL does not start:\n{}", daemon.printed());
        }
        panic!("PostgreSQL finds no free port");
    }
}

impl Drop for OpenPostgres {
    fn drop(&mut self) {
        self.stop();
        remove(self.folder.path());
    }
}

pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound address").port()
}

/// A program and its first arguments, so that it runs as nobody where the test runs as root.
pub(super) fn nobody(program: &Path) -> (PathBuf, Vec<String>) {
    if !is_root() {
        return (program.to_owned(), Vec::new());
    }
    let program = program.to_string_lossy().into_owned();
    let user = ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"].map(str::to_owned);
    (found("setpriv"), user.into_iter().chain([program]).collect())
}

fn as_nobody(program: &Path) -> Command {
    let (first, rest) = nobody(program);
    let mut command = Command::new(first);
    command.args(rest);
    command
}

/// Gives a file or folder to nobody, where the test runs as root.
pub(super) fn own(path: &Path) {
    if is_root() {
        let owner = format!("{NOBODY}:{NOBODY}");
        let given = Command::new("chown").arg(&owner).arg(path).status();
        assert!(given.is_ok_and(|status| status.success()), "{} cannot be given away", path.display());
    }
}

/// Writes a file that the server alone may read.
pub(super) fn write(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("its own file");
    own(path);
}
