//! The watch: tells the [`Desk`] when something that the preview shows was saved.
//!
//! `envoi.toml`, `issues/`, `templates/` and the list. Events of the system, gathered for a moment, since one save is
//! several of them (a truncation and a write; a new file renamed onto the old one). Where the system gives none (no
//! watch can be had, or a network folder that keeps silent) the times of change are looked at instead. Nothing is
//! read here; `outbox/` is not watched, the page asks for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::desk::Desk;
use super::fingerprint::{fingerprint, is_aside};
use crate::project::FILE;

/// A save is over when nothing was heard for this long.
const QUIET: Duration = Duration::from_millis(20);

/// Nor is a stream of events waited for longer than this.
const LONGEST: Duration = Duration::from_millis(80);

/// How often the times of change are looked at where there is no watch.
const POLLED: Duration = Duration::from_millis(500);

/// How often they are where there is one, for folders of which the system tells nothing.
const ASSURED: Duration = Duration::from_secs(2);

/// A running watch; it ends when it is dropped.
pub(super) struct Watch(Sender<Signal>);

enum Signal {
    News(notify::Result<Event>),
    Stop,
}

impl Watch {
    /// Starts watching, on a thread of its own.
    pub(super) fn start(desk: Arc<Desk>) -> std::io::Result<Self> {
        let (sender, signals) = mpsc::channel();
        let news = sender.clone();
        let system = notify::recommended_watcher(move |event| {
            let _ = news.send(Signal::News(event));
        });
        Self::run(desk, system.ok(), sender, signals)
    }

    /// The same where the system cannot watch.
    #[cfg(test)]
    pub(super) fn start_polling(desk: Arc<Desk>) -> std::io::Result<Self> {
        let (sender, signals) = mpsc::channel();
        Self::run(desk, None, sender, signals)
    }

    fn run(
        desk: Arc<Desk>,
        system: Option<RecommendedWatcher>,
        sender: Sender<Signal>,
        signals: Receiver<Signal>,
    ) -> std::io::Result<Self> {
        let list = desk.first().list();
        let mut round = Round { list, desk, system, failing: false, seen: 0 };
        round.seen = round.look();
        std::thread::Builder::new().name("watch".to_owned()).spawn(move || round.keep(&signals))?;
        Ok(Self(sender))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.0.send(Signal::Stop);
    }
}

/// What the watching thread knows.
struct Round {
    desk: Arc<Desk>,
    system: Option<RecommendedWatcher>,
    /// Whether the system does not watch all that it should.
    failing: bool,
    list: Option<PathBuf>,
    /// The fingerprint of all that is watched.
    seen: u64,
}

impl Round {
    fn keep(mut self, signals: &Receiver<Signal>) {
        self.arm();
        loop {
            let pause = if self.failing { POLLED } else { ASSURED };
            let changed = match signals.recv_timeout(pause) {
                Ok(Signal::News(news)) if self.concerns(&news) => match self.gather(signals) {
                    Ok(()) => true,
                    Err(Stopped) => return,
                },
                Ok(Signal::News(_)) => false,
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => self.look() != self.seen,
            };
            if changed {
                // seen first: what is saved from here on is news
                self.seen = self.look();
                self.desk.turn();
                // folders that came, and a list that is another now, are to be watched too
                self.arm();
            }
        }
    }

    /// Waits until a save is over.
    fn gather(&mut self, signals: &Receiver<Signal>) -> Result<(), Stopped> {
        let last = Instant::now() + LONGEST;
        loop {
            let pause = QUIET.min(last.saturating_duration_since(Instant::now()));
            match signals.recv_timeout(pause) {
                Ok(Signal::News(news)) => {
                    self.concerns(&news);
                }
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return Err(Stopped),
                Err(RecvTimeoutError::Timeout) => return Ok(()),
            }
            if Instant::now() >= last {
                return Ok(());
            }
        }
    }

    /// Asks the system to watch everything that there is by now.
    fn arm(&mut self) {
        let project = Arc::clone(&self.desk.snapshot().project);
        self.list = project.list();
        let root = self.desk.root().to_owned();
        let folders = [project.issues(), project.templates()];
        self.failing = self.system.as_mut().is_none_or(|system| {
            let mut watch = |path: &Path, mode| system.watch(path, mode).is_err();
            let mut failing = watch(&root, RecursiveMode::NonRecursive);
            for folder in folders.iter().filter(|folder| folder.is_dir()) {
                failing |= watch(folder, RecursiveMode::Recursive);
            }
            let beside = self.list.as_deref().and_then(Path::parent).filter(|parent| {
                parent.is_dir() && *parent != root && !folders.iter().any(|folder| parent.starts_with(folder))
            });
            beside.map_or(failing, |parent| failing | watch(parent, RecursiveMode::NonRecursive))
        });
    }

    fn look(&self) -> u64 {
        let root = self.desk.root();
        let mut watched = vec![root.join(FILE), root.join("issues"), root.join("templates")];
        watched.extend(self.list.clone());
        fingerprint(watched.iter().map(PathBuf::as_path))
    }

    /// Whether an event is about something that the preview shows.
    fn concerns(&mut self, news: &notify::Result<Event>) -> bool {
        let Ok(event) = news else {
            self.failing = true;
            return true;
        };
        match event.kind {
            // that somebody reads is no news: we do ourselves
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => {}
            EventKind::Access(_) => return false,
            _ if event.need_rescan() => return true,
            _ => {}
        }
        event.paths.iter().any(|path| self.is_shown(path))
    }

    fn is_shown(&self, path: &Path) -> bool {
        let root = self.desk.root();
        let inside = path.starts_with(root.join("issues")) || path.starts_with(root.join("templates"));
        (inside && !is_aside(path)) || path == root.join(FILE) || self.list.as_deref() == Some(path)
    }
}

/// The preview ends.
struct Stopped;
