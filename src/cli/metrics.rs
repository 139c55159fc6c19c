//! `--metrics`: how a send goes, for Prometheus to fetch (text format 0.0.4).

use std::cell::RefCell;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::delivery::{Begun, Progress};
use crate::error::{Error, Result, Trouble};
use crate::ledger::{Lease, Ledger, State, Tally};
use crate::project::Storage;

/// How long somebody who asks may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the ledger is asked for all workers' deliveries, at most: Prometheus's own pace. A question that takes long
/// is asked less often.
const PAUSE: Duration = Duration::from_secs(15);

/// Answers whoever asks, until the send is over.
pub(super) async fn tell(
    address: SocketAddr,
    progress: &Arc<Progress>,
    (storage, ledger): (&Storage, &Ledger),
    begun: &Begun,
) -> Result<()> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Error::Refused(
            Trouble::new(format!("metrics cannot be told at {address}"))
                .because(error)
                .hint("name an address of this machine and a port that nobody uses: `--metrics 127.0.0.1:9187`"),
        )
    })?;
    let tally = RefCell::new(None);
    let answers = async {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // a connection that broke before it was taken is nobody's; a machine out of files has to wait
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let text = text(progress, &ledger.own_lease(), begun.open, tally.borrow().as_ref());
            tokio::spawn(async move { drop(tokio::time::timeout(PATIENCE, answer(stream, text)).await) });
        }
    };
    tokio::select! {
        () = look(storage, begun, &tally), if ledger.shares_audiences() => Ok(()),
        () = answers => Ok(()),
    }
}

/// Asks a ledger on a server again and again, on a connection of its own: to count takes long, and nothing that sends
/// may wait for it. While it gives no word, what it said last stands.
async fn look(storage: &Storage, begun: &Begun, tally: &RefCell<Option<Tally>>) {
    let mut own = None;
    loop {
        let asked = Instant::now();
        if own.is_none() {
            own = Ledger::existing(storage).await.ok().flatten();
        }
        if let Some(ledger) = &own
            && let Ok(now) = begun.tally(ledger).await
        {
            *tally.borrow_mut() = Some(now);
        }
        tokio::time::sleep(PAUSE.max(asked.elapsed() * 20)).await;
    }
}

/// One question, one answer: whatever is asked, this is all there is.
async fn answer(mut stream: TcpStream, text: String) -> std::io::Result<()> {
    let mut asked = [0; 4096];
    let _ = stream.read(&mut asked).await?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

fn text(progress: &Progress, lease: &Lease, open: u64, tally: Option<&Tally>) -> String {
    let mut out = String::new();
    let head = |name: &str, kind: &str, help: &str| format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
    let deliveries = head("envoi_deliveries_total", "counter", "Deliveries that this process brought to a state.");
    out.push_str(&deliveries);
    for state in [State::Accepted, State::Rejected, State::Uncertain] {
        let _ = writeln!(out, "envoi_deliveries_total{{state=\"{state}\"}} {}", progress.count(state));
    }
    out.push_str(&head("envoi_deferrals_total", "counter", "Times that this process deferred a delivery."));
    let _ = writeln!(out, "envoi_deferrals_total {}", progress.deferrals());
    if let Some(tally) = tally {
        out.push_str(&head(
            "envoi_send_deliveries",
            "gauge",
            "The send's deliveries in the ledger, whoever sent them.",
        ));
        for state in State::ALL {
            let _ = writeln!(out, "envoi_send_deliveries{{state=\"{state}\"}} {}", tally.count(state));
        }
    }
    let share = lease.share();
    for (name, help, value) in [
        ("envoi_deliveries_open_at_start", "Deliveries that were open when this process began.", open),
        ("envoi_connections", "Connections to the relay that are open.", progress.connections()),
        ("envoi_waiting", "1 while nothing is due yet.", u64::from(progress.waiting_until().is_some())),
        (
            "envoi_lease_held",
            "1 while this process may send; 0 while the database gives no word.",
            u64::from(lease.holds()),
        ),
        ("envoi_workers", "Workers that share the relay, as far as this process knows.", share.of as u64),
    ] {
        out.push_str(&head(name, "gauge", help));
        let _ = writeln!(out, "{name} {value}");
    }
    out
}
