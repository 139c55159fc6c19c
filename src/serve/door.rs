//! The door: connections in, requests to the [`Router`], answers out. Bounded in number, in size and in time.
//!
//! A client that is slow, or sends too much, loses its connection and takes nothing from others. When the server is to
//! end, nobody new is let in, and what was begun is finished.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How many connections at once; more wait in the operating system's queue.
const CONNECTIONS: usize = 1024;

/// How long a request's head may take to come, and how long a connection may be idle.
const HEAD: Duration = Duration::from_secs(10);

/// How long a connection may live. A client with more to ask opens another.
const LIFE: Duration = Duration::from_mins(10);

/// How large a request's head may be, in bytes; its address counts.
const HEAD_SIZE: usize = 16 * 1024;

/// How many headers a request may have.
const HEADERS: usize = 64;

/// How long what was begun may take when the server ends: answers and letters together, less than the 30 seconds after
/// which Kubernetes kills.
pub(super) const GRACE: Duration = Duration::from_secs(20);

/// From where a connection comes: the client itself, or a proxy before this server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Lets clients in until `until` is over, then waits for those that are inside.
pub(super) async fn keep(listener: TcpListener, router: Router, until: impl Future<Output = ()>) {
    let (end, ending) = watch::channel(false);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let service = TowerToHyperService::new(router);
    let mut guests = JoinSet::new();
    let mut until = pin!(until);
    loop {
        let place = tokio::select! {
            () = &mut until => break,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let Ok(place) = place else { break };
        let entry = tokio::select! {
            () = &mut until => break,
            entry = listener.accept() => entry,
            Some(_) = guests.join_next(), if !guests.is_empty() => continue,
        };
        match entry {
            Ok((stream, peer)) => {
                guests.spawn(host(stream, peer, service.clone(), ending.clone(), place));
            }
            Err(error) => pause(&error).await,
        }
    }
    drop(listener);
    let _ = end.send(true);
    let _ = timeout(GRACE, async { while guests.join_next().await.is_some() {} }).await;
}

/// What a client did wrong passes at once; where the machine is out of files, others must go first.
async fn pause(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// One connection's life.
async fn host(
    stream: TcpStream,
    peer: SocketAddr,
    service: TowerToHyperService<Router>,
    mut ending: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let peer = Peer(peer.ip().to_canonical());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        service.call(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_headers(HEADERS);
    http.max_header_size(HEAD_SIZE).max_buf_size(2 * HEAD_SIZE).half_close(false);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let mut life = pin!(tokio::time::sleep(LIFE));
    tokio::select! {
        // a client that broke off is no trouble of ours
        _ = connection.as_mut() => return,
        () = life.as_mut() => {}
        _ = ending.wait_for(|ending| *ending) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(GRACE, connection).await;
}
