//! `Postfix`: the mail server of that name, with a configuration, a queue and a mailbox of its own. Settings in, an
//! `OpenPostfix` out. It demands STARTTLS and delivers every address of every domain into one Maildir, so that
//! nothing can leave the machine; it looks nothing up in the DNS.
//!
//! ```ignore
//! let postfix = Postfix::new().login("desk", "secret").rejecting("ben@example.com").start();
//! room.relay(&postfix).run("send 2026-11 --yes").exit(3);
//! postfix.wait_for_mail(1, Duration::from_secs(10));
//! assert_eq!(postfix.mail("ada@example.com")[0].subject, "Ferry back in service");
//! ```

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::super::certificate::Certificate;
use super::super::letter::Letter;
use super::super::newsroom::{Relay, Security};
use super::{Daemon, found, remove, run, text, wait_for};

/// How often a port is chosen anew, since another process may take it before Postfix does.
const ATTEMPTS: usize = 5;
/// The user `nobody`, who owns the mailbox.
const NOBODY: &str = "65534";
/// The realm of the logins; Postfix adds it to a user without one.
const REALM: &str = "localhost";
/// The folders that belong to Postfix's own user.
const POSTFIX_OWNS: [&str; 14] = [
    "data",
    "queue/active",
    "queue/bounce",
    "queue/corrupt",
    "queue/defer",
    "queue/deferred",
    "queue/flush",
    "queue/hold",
    "queue/incoming",
    "queue/maildrop",
    "queue/private",
    "queue/public",
    "queue/saved",
    "queue/trace",
];

/// The services that take and deliver mail; none that sends it away. No chroot.
const MASTER_CF: &str = "\
127.0.0.1:PORT inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
";

const MAIN_CF: &str = "\
compatibility_level = 3.6
queue_directory = DIR/queue
data_directory = DIR/data
daemon_directory = SBIN
maillog_file = DIR/log
maillog_file_prefixes = DIR
myhostname = localhost
mydestination =
inet_protocols = ipv4
inet_interfaces = 127.0.0.1
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps =
relayhost =
default_transport = error:5.4.4 nothing leaves this server
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtputf8_enable = no
in_flow_delay = 0
virtual_mailbox_domains = static:all
virtual_mailbox_base = DIR
virtual_mailbox_maps = static:mail/
virtual_uid_maps = static:NOBODY
virtual_gid_maps = static:NOBODY
transport_maps = texthash:DIR/etc/transport
smtpd_reject_unlisted_recipient = no
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = DIR/etc/chain.pem
smtpd_recipient_restrictions = check_recipient_access texthash:DIR/etc/recipients
";

/// What a server with a login has more. Debian looks for `sasl/smtpd.conf` beside main.cf, others where they are told.
const WITH_LOGIN: &str = "\
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = REALM
cyrus_sasl_config_path = DIR/etc/sasl
smtpd_relay_restrictions = permit_sasl_authenticated, reject
";

const SASL_CONF: &str = "\
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
sasldb_path: DIR/etc/sasl/sasldb2
";

/// The settings of a Postfix that doesn't run yet. By default it takes everything from everybody.
#[must_use]
#[derive(Default)]
pub struct Postfix {
    login: Option<(String, String)>,
    recipients: String,
    transport: String,
}

/// A Postfix that runs, until it is dropped.
pub struct OpenPostfix {
    // taken away before the folder, into which it writes
    daemon: Option<Daemon>,
    folder: TempDir,
    port: u16,
    certificate: Certificate,
    login: Option<(String, String)>,
}

impl Postfix {
    /// A Postfix that takes everything from everybody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers AUTH after STARTTLS, and takes nothing from who is not logged in.
    pub fn login(mut self, user: &str, password: &str) -> Self {
        self.login = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// Refuses a recipient for good: 550 5.1.1.
    pub fn rejecting(self, recipient: &str) -> Self {
        self.answering(recipient, "550 5.1.1 no such user")
    }

    /// Refuses a recipient for now, whenever it is asked: 451 4.2.1.
    pub fn deferring(self, recipient: &str) -> Self {
        self.answering(recipient, "451 4.2.1 try again later")
    }

    /// Takes what is for a recipient, finds then that it cannot be delivered, and writes a bounce: `5.1.1 no such user`.
    pub fn bouncing(mut self, recipient: &str, why: &str) -> Self {
        let _ = writeln!(self.transport, "{recipient} error:{why}");
        self
    }

    fn answering(mut self, recipient: &str, answer: &str) -> Self {
        let _ = writeln!(self.recipients, "{recipient} {answer}");
        self
    }

    /// Starts it, and waits until it listens.
    #[track_caller]
    pub fn start(self) -> OpenPostfix {
        let folder = TempDir::with_prefix("postfix-").expect("a temporary folder");
        let certificate = Certificate::for_loopback();
        self.furnish(folder.path(), &certificate);
        let mut postfix = OpenPostfix { daemon: None, folder, port: 0, certificate, login: self.login };
        for _ in 0..ATTEMPTS {
            if postfix.open() {
                return postfix;
            }
        }
        panic!("Postfix does not start\n{}", postfix.log());
    }

    /// Makes the folders, with the owners that Postfix insists on, and writes the configuration.
    #[track_caller]
    fn furnish(&self, folder: &Path, certificate: &Certificate) {
        let folders = |mode: &str, owner: &str, names: &[&str]| {
            let paths = names.iter().map(|name| folder.join(name));
            run(Command::new(found("install")).args(["-d", "-m", mode, "-o", owner]).args(paths), "");
        };
        folders("0755", "root", &["", "queue", "queue/pid", "etc", "etc/sasl"]);
        folders("0700", "postfix", &POSTFIX_OWNS);
        folders("0700", NOBODY, &["mail"]);

        let mut main_cf = MAIN_CF.to_owned();
        if let Some((user, password)) = &self.login {
            main_cf.push_str(WITH_LOGIN);
            write(folder, "etc/sasl/smtpd.conf", &in_place(SASL_CONF, folder));
            let database = folder.join("etc/sasl/sasldb2");
            let (name, realm) = user.split_once('@').unwrap_or((user, REALM));
            let mut saslpasswd = Command::new(found("saslpasswd2"));
            run(saslpasswd.args(["-p", "-c", "-u", realm, "-f"]).arg(&database).arg(name), password);
            run(Command::new("chown").arg("postfix").arg(&database), "");
        }
        write(folder, "etc/main.cf", &in_place(&main_cf, folder));
        write(folder, "etc/recipients", &self.recipients);
        write(folder, "etc/transport", &self.transport);
        write(folder, "etc/chain.pem", &format!("{}{}", certificate.key_pem, certificate.server_pem));
    }
}

impl OpenPostfix {
    /// Tries a free port; false if it was taken meanwhile, or Postfix doesn't like its configuration.
    #[track_caller]
    fn open(&mut self) -> bool {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        self.port = listener.local_addr().expect("a bound socket has an address").port();
        drop(listener);
        let folder = self.folder.path();
        write(folder, "etc/master.cf", &MASTER_CF.replace("PORT", &self.port.to_string()));
        let _ = fs::remove_file(folder.join("log"));
        let settings = |command: &mut Command| {
            command.arg("-d").arg("-c").arg(folder.join("etc"));
            // without these it tells the system's log why it does not start
            command.env("POSTLOG_SERVICE", folder.join("queue/public/postlog")).env("POSTLOG_HOSTNAME", "localhost");
        };
        let mut daemon = Daemon::start(&found("master"), settings, &folder.join("output"));
        // said after every port is bound, so that it is not another's port that answers
        let started = daemon.wait_for(|_| self.log().contains("daemon started").then_some(()));
        self.daemon = Some(daemon);
        started.is_some()
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The Maildir into which everything is delivered, bounces too.
    pub fn maildir(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// How many messages were delivered so far, one for each recipient.
    pub fn mail_count(&self) -> usize {
        self.mailbox().len()
    }

    /// Waits until so many messages were delivered.
    #[track_caller]
    pub fn wait_for_mail(&self, count: usize, timeout: Duration) {
        if wait_for(timeout, || (self.mail_count() >= count).then_some(())).is_none() {
            let came = self.mail_count();
            panic!("{came} of {count} messages were delivered within {timeout:?}\n{}", self.log());
        }
    }

    /// Waits until everything that was taken is delivered.
    #[track_caller]
    pub fn wait_until_quiet(&self, timeout: Duration) {
        // in the order in which a message passes through them
        let queues = ["incoming", "active", "deferred"];
        let is_empty = |queue: &&str| files(&self.folder.path().join("queue").join(queue)).is_empty();
        let quiet = wait_for(timeout, || queues.iter().all(is_empty).then_some(()));
        assert!(quiet.is_some(), "there is mail in the queue after {timeout:?}\n{}", self.log());
    }

    /// The messages to an address, in the order of their delivery. They begin with the headers that a delivery
    /// adds: Return-Path, X-Original-To, Delivered-To and Received; their lines end as a Maildir's do, with LF alone.
    #[track_caller]
    pub fn mail(&self, address: &str) -> Vec<Letter> {
        let read = |path: PathBuf| fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let letters = self.mailbox().into_iter().map(|path| Letter::parse(&read(path)));
        let concerned =
            |letter: &Letter| letter.header("Delivered-To").is_some_and(|to| to.eq_ignore_ascii_case(address));
        letters.filter(concerned).collect()
    }

    /// Postfix's log so far.
    pub fn log(&self) -> String {
        let printed = self.daemon.as_ref().map(Daemon::printed).unwrap_or_default();
        text(&self.folder.path().join("log")) + &printed
    }

    /// The messages delivered so far, the oldest first.
    fn mailbox(&self) -> Vec<PathBuf> {
        let mut paths = files(&self.folder.path().join("mail/new"));
        paths.sort_by_cached_key(|path| (fs::metadata(path).and_then(|about| about.modified()).ok(), path.clone()));
        paths
    }
}

impl Relay for OpenPostfix {
    fn port(&self) -> u16 {
        self.port
    }

    fn security(&self) -> Security {
        Security::Required
    }

    fn authority_pem(&self) -> Option<&str> {
        Some(&self.certificate.authority_pem)
    }

    fn login(&self) -> Option<(&str, &str)> {
        self.login.as_ref().map(|(user, password)| (user.as_str(), password.as_str()))
    }
}

impl Drop for OpenPostfix {
    fn drop(&mut self) {
        self.daemon = None;
        remove(self.folder.path());
    }
}

/// A configuration with the folders and names of this Postfix.
fn in_place(template: &str, folder: &Path) -> String {
    let master = found("master");
    let programs = master.parent().expect("a program is in a folder");
    let text = template.replace("DIR", &folder.to_string_lossy()).replace("SBIN", &programs.to_string_lossy());
    text.replace("NOBODY", NOBODY).replace("REALM", REALM)
}

/// Writes a file of long ago: Postfix waits for a second or two before it believes one that was changed just now.
#[track_caller]
fn write(folder: &Path, name: &str, text: &str) {
    let mut file = File::create(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let written = file.write_all(text.as_bytes()).and_then(|()| file.set_modified(SystemTime::UNIX_EPOCH));
    written.unwrap_or_else(|error| panic!("{name} in {}: {error}", folder.display()));
}

/// The files in a folder and in those below it; none where it doesn't exist yet.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
