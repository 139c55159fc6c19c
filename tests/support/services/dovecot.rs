//! `Dovecot`: the IMAP server of that name, in a folder of its own, as a user who may do nothing, with TLS from the first
//! byte on one port and STARTTLS on the other. It takes any user with the password `secret`; all have one mailbox.
//!
//! ```ignore
//! let dovecot = Dovecot::start();
//! dovecot.deliver("1", "Subject: Hello\n\n…");
//! let room = room.config(&dovecot.inbox());
//! ```

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::super::certificate::Certificate;
use super::{Daemon, found, is_root, remove, run, text};

/// How often ports are chosen anew, since another process may take them before Dovecot does.
const ATTEMPTS: usize = 5;
/// The user and the group that may do nothing.
const NOBODY: &str = "65534";

const CONFIG: &str = "\
base_dir = DIR/run
state_dir = DIR/state
log_path = DIR/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <DIR/cert.pem
ssl_key = <DIR/key.pem
default_internal_user = USER
default_internal_group = GROUP
default_login_user = USER
first_valid_uid = 0
mail_location = maildir:DIR/mail
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=UID gid=GID home=DIR/home
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = STARTTLS
  }
  inet_listener imaps {
    port = IMPLICIT
    ssl = yes
  }
}
";

/// A Dovecot that runs, until it is dropped.
pub struct Dovecot {
    // taken away before the folder, into which it writes
    daemon: Option<Daemon>,
    folder: TempDir,
    /// The port with TLS from the first byte.
    pub port: u16,
    /// The port with STARTTLS.
    pub starttls: u16,
    certificate: Certificate,
}

impl Dovecot {
    /// Starts it, and waits until it listens.
    #[track_caller]
    #[must_use]
    pub fn start() -> Self {
        let folder = TempDir::with_prefix("dovecot-").expect("a temporary folder");
        let certificate = Certificate::for_loopback();
        let mut dovecot = Self { daemon: None, folder, port: 0, starttls: 0, certificate };
        for inner in ["run", "state", "home", "mail/new", "mail/cur", "mail/tmp"] {
            fs::create_dir_all(dovecot.path(inner)).expect("a folder");
        }
        fs::write(dovecot.path("cert.pem"), &dovecot.certificate.server_pem).expect("a file");
        fs::write(dovecot.path("key.pem"), &dovecot.certificate.key_pem).expect("a file");
        for _ in 0..ATTEMPTS {
            if dovecot.open() {
                return dovecot;
            }
        }
        panic!("Dovecot does not start\n{}", dovecot.log());
    }

    /// Tries free ports; false if they were taken meanwhile, or Dovecot doesn't like its configuration.
    #[track_caller]
    fn open(&mut self) -> bool {
        let listeners = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback"));
        let ports = listeners.each_ref().map(|own| own.local_addr().expect("a bound socket has an address").port());
        [self.port, self.starttls] = ports;
        drop(listeners);
        let own = |flag: &str| {
            let output = Command::new("id").arg(flag).output().expect("`id` runs").stdout;
            String::from_utf8_lossy(&output).trim().to_owned()
        };
        let root = is_root();
        let [uid, gid] = if root { [NOBODY, NOBODY].map(str::to_owned) } else { [own("-u"), own("-g")] };
        let [user, group] = if root { ["nobody", "nogroup"].map(str::to_owned) } else { [own("-un"), own("-gn")] };
        let config = CONFIG.replace("DIR", &self.folder.path().to_string_lossy());
        let config = config.replace("UID", &uid).replace("GID", &gid).replace("USER", &user).replace("GROUP", &group);
        let config = config.replace("STARTTLS", &self.starttls.to_string()).replace("IMPLICIT", &self.port.to_string());
        fs::write(self.path("dovecot.conf"), config).expect("a file");
        let _ = fs::remove_file(self.path("log"));
        let program = if root {
            run(Command::new("chown").args(["-R", "nobody:nogroup"]).arg(self.folder.path()), "");
            "setpriv"
        } else {
            "dovecot"
        };
        let settings = |command: &mut Command| {
            if root {
                command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(found("dovecot"));
            }
            command.arg("-F").arg("-c").arg(self.path("dovecot.conf"));
        };
        let mut daemon = Daemon::start(&found(program), settings, &self.path("output"));
        let started = daemon.wait_for(|_| self.log().contains("starting up").then_some(()));
        self.daemon = Some(daemon);
        started.is_some()
    }

    /// Puts a message into the mailbox.
    #[track_caller]
    pub fn deliver(&self, name: &str, text: &str) {
        let path = self.path(&format!("mail/tmp/{name}"));
        fs::write(&path, text).expect("a file");
        if is_root() {
            run(Command::new("chown").arg("nobody:nogroup").arg(&path), "");
        }
        fs::rename(path, self.path(&format!("mail/new/{name}"))).expect("the message is delivered");
    }

    /// The table `[inbox]` for this server, with TLS from the first byte; the authority is in `imap-ca.pem`.
    pub fn inbox(&self) -> String {
        format!(
            "[inbox]\nhost = \"127.0.0.1\"\nport = {}\nca = \"imap-ca.pem\"\nuser = \"bounces@example.org\"\n\
             password_env = \"IMAP_PASSWORD\"\n",
            self.port
        )
    }

    /// The authority to trust.
    pub fn authority_pem(&self) -> &str {
        &self.certificate.authority_pem
    }

    /// The names of the messages in a folder of the mailbox, with their flags: `""` is the mailbox itself.
    pub fn messages(&self, folder: &str) -> Vec<String> {
        let root = if folder.is_empty() { self.path("mail") } else { self.path("mail").join(format!(".{folder}")) };
        let mut names: Vec<String> = ["new", "cur"]
            .iter()
            .flat_map(|inner| fs::read_dir(root.join(inner)).into_iter().flatten().flatten())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn log(&self) -> String {
        text(&self.path("log")) + &self.daemon.as_ref().map(Daemon::printed).unwrap_or_default()
    }

    fn path(&self, inner: &str) -> PathBuf {
        let folder: &Path = self.folder.path();
        folder.join(inner)
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.daemon = None;
        remove(self.folder.path());
    }
}
