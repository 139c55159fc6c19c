//! `Nsd`: the authoritative name server of that name, with zones of the test's own on a port of 127.0.0.1. Zones in, an
//! `OpenNsd` out.
//!
//! ```ignore
//! let nsd = Nsd::new().zone("example.org", "@ MX 10 mail\nmail A 192.0.2.25").broken("broken.example").start();
//! room.run(&format!("doctor example.org --dns {}", nsd.server())).exit(1);
//! ```

use std::fs;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::process::Command;

use tempfile::TempDir;

use super::{Daemon, found, is_root, remove, run, text};

/// How often a port is chosen anew, since another process may take it before the server does.
const ATTEMPTS: usize = 5;
/// The user who may do nothing.
const NOBODY: &str = "65534";

/// The zones of a name server that doesn't run yet.
#[must_use]
#[derive(Default)]
pub struct Nsd {
    zones: Vec<(String, String)>,
}

/// A name server that runs, until it is dropped.
pub struct OpenNsd {
    // taken away before the folder, into which it writes
    daemon: Option<Daemon>,
    folder: TempDir,
    port: u16,
}

impl Nsd {
    /// A name server without a zone; it refuses every question.
    pub fn new() -> Self {
        Self::default()
    }

    /// A zone with these records, one a line, in the form of zone files.
    pub fn zone(mut self, name: &str, records: &str) -> Self {
        let soa =
            format!("$ORIGIN {name}.\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n");
        self.zones.push((name.to_owned(), soa + records + "\n"));
        self
    }

    /// A zone that cannot be read: every question to it is answered by SERVFAIL.
    pub fn broken(mut self, name: &str) -> Self {
        self.zones.push((name.to_owned(), "this is no zone\n".to_owned()));
        self
    }

    /// Starts it, and waits until it answers.
    #[track_caller]
    pub fn start(self) -> OpenNsd {
        let folder = TempDir::with_prefix("nsd-").expect("a temporary folder");
        for (name, text) in &self.zones {
            fs::write(folder.path().join(name), text).expect("a zone");
        }
        let mut nsd = OpenNsd { daemon: None, folder, port: 0 };
        for _ in 0..ATTEMPTS {
            if nsd.open(&self.zones) {
                return nsd;
            }
        }
        panic!("nsd does not start\n{}", nsd.log());
    }
}

impl OpenNsd {
    /// The server's address and port, as `--dns` takes them.
    pub fn server(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Tries a port that is free for both kinds; false if it was taken meanwhile.
    #[track_caller]
    fn open(&mut self, zones: &[(String, String)]) -> bool {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        self.port = listener.local_addr().expect("a bound socket has an address").port();
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            return false;
        }
        drop(listener);
        let path = self.folder.path();
        let at = |name: &str| path.join(name).to_string_lossy().into_owned();
        let mut config = format!(
            "server:\n ip-address: 127.0.0.1@{}\n username: \"\"\n chroot: \"\"\n zonesdir: \"{}\"\n database: \"\"\n \
             pidfile: \"{}\"\n xfrdfile: \"{}\"\n xfrdir: \"{}\"\n zonelistfile: \"{}\"\n server-count: 1\n\
             remote-control:\n control-enable: no\n",
            self.port,
            path.display(),
            at("pid"),
            at("xfrd"),
            path.display(),
            at("zonelist"),
        );
        for (name, _) in zones {
            config.push_str(&format!("zone:\n name: \"{name}\"\n zonefile: \"{name}\"\n"));
        }
        fs::write(path.join("nsd.conf"), config).expect("a file");
        let root = is_root();
        if root {
            run(Command::new("chown").args(["-R", "nobody:nogroup"]).arg(path), "");
        }
        let settings = |command: &mut Command| {
            if root {
                command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(found("nsd"));
            }
            command.arg("-d").arg("-c").arg(path.join("nsd.conf"));
        };
        let program = found(if root { "setpriv" } else { "nsd" });
        let mut daemon = Daemon::start(&program, settings, &path.join("output"));
        let started = daemon.wait_for(|own| own.printed().contains("nsd started").then_some(()));
        self.daemon = Some(daemon);
        started.is_some()
    }

    fn log(&self) -> String {
        text(&self.folder.path().join("output"))
    }
}

impl Drop for OpenNsd {
    fn drop(&mut self) {
        self.daemon = None;
        remove(self.folder.path());
    }
}
