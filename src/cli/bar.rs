//! The bar of a send: drawn on a terminal, plain lines now and then where there is none.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::grammar::Count;
use super::show;
use crate::clock;
use crate::delivery::Progress;
use crate::ledger::State;

/// How often the bar is drawn.
const DRAWN: Duration = Duration::from_millis(100);

/// How often a line is written where there is no terminal.
const WRITTEN: Duration = Duration::from_secs(5);

/// A bar at work.
pub(super) struct Bar {
    drawn: Option<ProgressBar>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Bar {
    /// Starts to show how far a send of `total` deliveries is. Where several workers are at it, nobody knows how many of
    /// them will be this one's: then it shows how many were, without an end.
    pub(super) fn start(progress: Arc<Progress>, total: u64, workers: impl Fn() -> usize + Send + 'static) -> Self {
        let drawn = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            bar.set_style(style("{bar:28.cyan/dim} {pos}/{len}  {msg}"));
            bar
        });
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(follow(progress, total, workers, drawn.clone(), stopped));
        Self { drawn, stop, task }
    }

    /// Says something above the bar.
    pub(super) fn say(&self, text: &str) {
        match &self.drawn {
            Some(bar) => bar.suspend(|| show::remark(text)),
            None => show::remark(text),
        }
    }

    /// Takes the bar away.
    pub(super) async fn finish(self) {
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("━╸─")
}

async fn follow(
    progress: Arc<Progress>,
    total: u64,
    workers: impl Fn() -> usize,
    bar: Option<ProgressBar>,
    mut stopped: oneshot::Receiver<()>,
) {
    let started = Instant::now();
    let mut tick = tokio::time::interval(if bar.is_some() { DRAWN } else { WRITTEN });
    tick.tick().await;
    let mut among_others = false;
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            _ = tick.tick() => {}
        }
        let workers = workers();
        // once there were others, what they took is not this one's any more
        if workers > 1 && !among_others {
            among_others = true;
            if let Some(bar) = &bar {
                bar.set_style(style("{spinner:.cyan} {msg}"));
            }
        }
        let mut words = words(&progress, (!among_others).then_some(total), started.elapsed());
        if workers > 1 {
            words = format!("{words}; one of {}", Count(workers as u64, "worker"));
        }
        match &bar {
            Some(bar) => {
                bar.set_position(progress.done().min(total));
                bar.set_message(words);
            }
            None if among_others => show::remark(words),
            None => show::remark(format_args!("{} of {total}: {words}", progress.done())),
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

/// How far it is, in words: `1190 accepted, 6 deferred, 4 rejected, 98/s, 39 s left`.
fn words(progress: &Progress, total: Option<u64>, passed: Duration) -> String {
    let mut parts: Vec<String> = [State::Accepted, State::Deferred, State::Rejected, State::Uncertain]
        .into_iter()
        .map(|state| (progress.count(state), state))
        .filter(|(count, state)| *count > 0 || *state == State::Accepted)
        .map(|(count, state)| format!("{count} {state}"))
        .collect();
    if let Some(due) = progress.waiting_until() {
        let left = u64::try_from(due - clock::passing_seconds()).unwrap_or(0);
        parts.push(format!("next attempt in {}", duration(Duration::from_secs(left))));
        return parts.join(", ");
    }
    if let Some(workers) = progress.workers() {
        parts.push(Count(workers, "worker").to_string());
    }
    let rate = (progress.done().saturating_sub(progress.done_before())) as f64 / passed.as_secs_f64().max(0.001);
    parts.push(format!("{rate:.0}/s"));
    let left = total.map_or(0, |total| total.saturating_sub(progress.done()));
    if rate > 0.0 && left > 0 {
        parts.push(format!("{} left", duration(Duration::from_secs_f64((left as f64 / rate).min(1e9)))));
    }
    parts.join(", ")
}

/// A time as a person says it: `0.3 s`, `42 s`, `3 min 20 s`, `2 h 5 min`.
pub(super) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}
