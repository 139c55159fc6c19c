//! `PgBouncer`: Debian's connection pooler before a PostgreSQL, in transaction mode: each transaction may be in another
//! session, and what a session keeps is gone.

use tempfile::TempDir;

use super::postgres::{OpenPostgres, free_port, nobody, own, write};
use super::{Daemon, found, remove};

/// A pooler that runs, until it is dropped.
pub struct PgBouncer {
    daemon: Option<Daemon>,
    folder: TempDir,
    port: u16,
}

impl PgBouncer {
    /// Starts one before a server: few sessions for many who ask.
    #[track_caller]
    pub fn before(postgres: &OpenPostgres) -> Self {
        let folder = TempDir::with_prefix("pgbouncer-").expect("a temporary folder");
        own(folder.path());
        for _ in 0..5 {
            let port = free_port();
            let settings = format!(
                "[databases]\nenvoi = host=127.0.0.1 port={} user=envoi\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
                 listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n\
                 default_pool_size = 4\nmax_client_conn = 200\nserver_login_retry = 0\n",
                postgres.port()
            );
            let file = folder.path().join("pgbouncer.ini");
            write(&file, &settings);
            let (first, rest) = nobody(&found("pgbouncer"));
            let mut daemon = Daemon::start(
                &first,
                |command| {
                    command.args(rest).arg(&file).current_dir(folder.path());
                },
                &folder.path().join("log"),
            );
            if daemon.wait_for(|own| own.printed().contains("process up").then_some(())).is_some() {
                return Self { daemon: Some(daemon), folder, port };
            }
            let said = daemon.printed();
            assert!(said.contains("in use"), "PgBouncer does not start:\n{said}");
        }
        panic!("PgBouncer finds no free port");
    }

    /// The database behind it.
    pub fn url(&self) -> String {
        format!("postgres://envoi@127.0.0.1:{}/envoi", self.port)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        drop(self.daemon.take());
        remove(self.folder.path());
    }
}
