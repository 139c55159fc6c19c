//! The preview: a project -> a local web page that shows every issue as readers will get it, and follows every save.
//!
//! ```text
//! watch   ── files saved ──>  desk      the project after the last save, and the proofs pulled of it
//! server  ── a question ───>  desk      -> index, readers, sheet, letter, archive -> answers, report
//!                             caught    the mail catcher's outbox
//! events  <── revisions ───   desk      server-sent events, upon which the page asks again
//! guard                                 who may ask, and what an answer may do
//! page/                                 the page itself: HTML, CSS, script
//! ```
//!
//! [`Preview`] is the front door. It writes nothing, sends nothing, and prints nothing. There is one page for
//! one person on this machine: no login, no TLS, and no listening on other addresses unless the caller names one.

mod answers;
mod assets;
mod caught;
mod desk;
mod events;
mod fingerprint;
mod guard;
mod index;
mod letter;
mod lock;
mod readers;
mod report;
mod room;
mod server;
mod sheet;
#[cfg(test)]
mod tests;
mod watch;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use self::caught::Outbox;
use self::desk::Desk;
use self::room::Room;
use self::watch::Watch;
use crate::error::{Error, Result, Trouble};
use crate::issue::segment;

/// How long answers that are under way may take when the server ends.
const GRACE: Duration = Duration::from_millis(500);

/// A preview that listens, but does not answer yet.
pub struct Preview {
    listener: TcpListener,
    address: SocketAddr,
    desk: Arc<Desk>,
}

impl Preview {
    /// Opens the project in a folder and takes the address; port 0 takes a free one. Where `envoi.toml` cannot be
    /// read, the error holds its diagnostics.
    pub async fn bind(project_root: &Path, address: SocketAddr) -> Result<Self> {
        let root = project_root.canonicalize().map_err(Error::file("read", project_root))?;
        let desk = tokio::task::spawn_blocking(move || Desk::open(&root))
            .await
            .map_err(|error| Error::Refused(Trouble::new("the project cannot be opened").because(error)))??;
        let refused = |error| taken(address, error);
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        Ok(Self { listener, address, desk: Arc::new(desk) })
    }

    /// The address that was taken, with its port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a browser opens: the page, showing an issue where one is named.
    pub fn url(&self, issue: Option<&str>) -> String {
        let base = guard::base(self.address);
        let Some(slug) = issue else { return format!("{base}/") };
        format!("{base}/#issue={}", segment(slug))
    }

    /// Answers until `until` is over; pages that are still open do not hold it up.
    pub async fn serve(self, until: impl Future<Output = ()>) -> Result<()> {
        let stopped = |error: io::Error| Error::Refused(Trouble::new("the preview stopped").because(error));
        let watch = Watch::start(Arc::clone(&self.desk)).map_err(stopped)?;
        let (end, ending) = tokio::sync::watch::channel(false);
        let outbox = Arc::new(Outbox::new(self.desk.first().outbox()));
        let room = Room { desk: self.desk, outbox, ending: ending.clone() };
        // events are small and must not wait for one another
        let listener = self.listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        let signal = async move {
            let mut ending = ending;
            let _ = ending.wait_for(|ending| *ending).await;
        };
        let serving = axum::serve(listener, server::routes(room, self.address)).with_graceful_shutdown(signal);
        let mut serving = std::pin::pin!(serving.into_future());
        let result = tokio::select! {
            ended = &mut serving => ended.map_err(stopped),
            () = until => {
                let _ = end.send(true);
                // a connection on which nobody asks would be waited for
                let _ = tokio::time::timeout(GRACE, serving).await;
                Ok(())
            }
        };
        drop(watch);
        result
    }
}

/// Why an address could not be taken.
fn taken(address: SocketAddr, error: io::Error) -> Error {
    let port = address.port();
    let trouble = match error.kind() {
        io::ErrorKind::AddrInUse => {
            Trouble::new(format!("port {port} is taken by another program, perhaps another preview")).hint(format!(
                "choose another: `--port {}`, or `--port 0` for any that is free",
                port.wrapping_add(1).max(1024)
            ))
        }
        io::ErrorKind::PermissionDenied => Trouble::new(format!("port {port} is not for everyone to take"))
            .hint("choose one above 1023: `--port 8025`, or `--port 0` for any that is free"),
        io::ErrorKind::AddrNotAvailable => Trouble::new(format!("`{}` is no address of this machine", address.ip()))
            .hint("leave it out to listen on this machine alone"),
        _ => Trouble::new(format!("the preview cannot listen on `{address}`"))
            .hint("choose another port: `--port 0` takes any that is free"),
    };
    Error::Refused(trouble.because(error))
}
