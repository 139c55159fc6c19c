//! `/events`: the desk's revisions -> server-sent events (WHATWG HTML, section 9.2).
//!
//! `hello` with the revision that stands when somebody begins to listen, then a `change` for each one that comes;
//! revisions in quick succession are one. The stream ends with the server.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::watch;

use super::room::Room;

/// A sign of life, by which a browser that has gone is noticed.
const PULSE: Duration = Duration::from_secs(15);

/// One who listens.
struct Listener {
    revisions: watch::Receiver<u64>,
    ending: watch::Receiver<bool>,
    greeted: bool,
}

pub(super) async fn events(State(room): State<Room>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let listener = Listener { revisions: room.desk.revisions(), ending: room.ending, greeted: false };
    let stream = unfold(listener, |mut listener| async move {
        let name = if listener.greeted {
            tokio::select! {
                biased;
                _ = listener.ending.wait_for(|ending| *ending) => return None,
                changed = listener.revisions.changed() => changed.ok()?,
            }
            "change"
        } else {
            "hello"
        };
        listener.greeted = true;
        let revision = *listener.revisions.borrow_and_update();
        Some((Ok(Event::default().event(name).data(format!("{{\"revision\":{revision}}}"))), listener))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(PULSE))
}
