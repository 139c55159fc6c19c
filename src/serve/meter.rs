//! What is counted, in Prometheus's text format. Numbers alone: no address and no token ever comes here.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// Somebody left by one click of their mail program.
    OneClick,
    /// Somebody left by the page.
    Left,
    /// A token that this project did not make.
    BadToken,
    /// Somebody asked to be subscribed.
    Asked,
    /// Somebody confirmed.
    Confirmed,
    /// Somebody chose what to get.
    Chosen,
    /// A form that was filled in by a machine.
    Trapped,
    /// A form too many from one network, or from everywhere.
    Limited,
    /// A form from another site.
    Foreign,
    /// A letter that the relay took.
    Mailed,
    /// A letter that could not be sent.
    Unmailed,
    /// An answer that could not be given for a fault of ours.
    Failed,
}

const COUNTS: [(&str, &str, &str); 12] = [
    (
        "envoi_unsubscribed_total",
        "{by=\"one-click\"}",
        "Requests to leave the list that were heeded; one that comes again counts again.",
    ),
    ("envoi_unsubscribed_total", "{by=\"page\"}", ""),
    ("envoi_bad_tokens_total", "", "Links that this project did not make."),
    ("envoi_subscriptions_asked_total", "", "Forms to subscribe that were taken."),
    ("envoi_subscriptions_confirmed_total", "", "Subscriptions that were confirmed."),
    ("envoi_preferences_saved_total", "", "Choices that were saved."),
    ("envoi_forms_refused_total", "{why=\"trap\"}", "Forms that were not taken."),
    ("envoi_forms_refused_total", "{why=\"rate\"}", ""),
    ("envoi_forms_refused_total", "{why=\"other-site\"}", ""),
    ("envoi_letters_total", "{state=\"accepted\"}", "Confirmation letters."),
    ("envoi_letters_total", "{state=\"failed\"}", ""),
    ("envoi_failures_total", "", "Answers that failed for a fault of the server's own."),
];

/// The upper ends of the histogram's classes, in milliseconds.
const CLASSES: [u64; 9] = [1, 2, 5, 10, 25, 50, 100, 500, 2000];

/// The counters.
#[derive(Debug)]
pub(super) struct Meter {
    since: Instant,
    counts: [AtomicU64; COUNTS.len()],
    answers: [AtomicU64; 5],
    times: [AtomicU64; CLASSES.len()],
    microseconds: AtomicU64,
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            counts: Default::default(),
            answers: Default::default(),
            times: Default::default(),
            microseconds: AtomicU64::new(0),
        }
    }
}

impl Meter {
    /// Counts one.
    pub(super) fn count(&self, what: Count) {
        self.counts[what as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an answer with its status, and how long it took.
    pub(super) fn answered(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.answers[class].fetch_add(1, Ordering::Relaxed);
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        for (end, time) in CLASSES.iter().zip(&self.times) {
            if millis < *end {
                time.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.microseconds.fetch_add(u64::try_from(took.as_micros()).unwrap_or(0), Ordering::Relaxed);
    }

    /// All of it; `commits` and `written` are the register's.
    pub(super) fn text(&self, (commits, written): (u64, u64)) -> String {
        let mut out = String::with_capacity(4096);
        let head = |out: &mut String, name: &str, kind: &str, help: &str| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        };
        for ((name, labels, help), count) in COUNTS.iter().zip(&self.counts) {
            if !help.is_empty() {
                head(&mut out, name, "counter", help);
            }
            let _ = writeln!(out, "{name}{labels} {}", count.load(Ordering::Relaxed));
        }
        head(&mut out, "envoi_commits_total", "counter", "Commits of the ledger, each synced to the disk.");
        let _ = writeln!(out, "envoi_commits_total {commits}");
        head(&mut out, "envoi_written_total", "counter", "People who were written down in these commits.");
        let _ = writeln!(out, "envoi_written_total {written}");
        head(&mut out, "envoi_http_responses_total", "counter", "Answers by the class of their status.");
        for (class, count) in self.answers.iter().enumerate() {
            let _ = writeln!(
                out,
                "envoi_http_responses_total{{class=\"{}xx\"}} {}",
                class + 1,
                count.load(Ordering::Relaxed)
            );
        }
        head(&mut out, "envoi_http_seconds", "histogram", "How long answers took.");
        for (end, count) in CLASSES.iter().zip(&self.times) {
            let seconds = Duration::from_millis(*end).as_secs_f64();
            let _ = writeln!(out, "envoi_http_seconds_bucket{{le=\"{seconds}\"}} {}", count.load(Ordering::Relaxed));
        }
        let total: u64 = self.answers.iter().map(|count| count.load(Ordering::Relaxed)).sum();
        let sum = Duration::from_micros(self.microseconds.load(Ordering::Relaxed)).as_secs_f64();
        let _ = writeln!(out, "envoi_http_seconds_bucket{{le=\"+Inf\"}} {total}");
        let _ = writeln!(out, "envoi_http_seconds_sum {sum}\nenvoi_http_seconds_count {total}");
        head(&mut out, "envoi_up_seconds", "gauge", "How long the server has been up.");
        let _ = writeln!(out, "envoi_up_seconds {}", self.since.elapsed().as_secs());
        out
    }
}
