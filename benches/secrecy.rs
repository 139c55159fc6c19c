//! Whether the time that a token takes to be refused says how much of it was right. What the figures mean stands in
//! benches/README.md.

#![allow(clippy::print_stdout, reason = "a table is what this is for")]

use std::hint::black_box;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use envoi::token::{Purpose, Secret};

/// How often each kind is opened.
const TIMES: usize = 1_000_000;

/// A tag's length at the end of a token, in bytes.
const TAG: usize = 16;

/// Beyond this, times differ.
const LIMIT: f64 = 4.5;

fn main() {
    let secret = Secret::new(b"a secret of the bench, 32 bytes or more").expect("long enough");
    let token = secret.seal(Purpose::Reader, b"ada@example.org");
    let bytes = URL_SAFE_NO_PAD.decode(&token).expect("envoi's own");
    let wrong = |from_end: usize| {
        let mut wrong = bytes.clone();
        let at = wrong.len() - from_end;
        wrong[at] ^= 1;
        wrong
    };
    let kinds = [wrong(TAG), wrong(1)];
    let tokens = [0, 1].map(|kind: usize| URL_SAFE_NO_PAD.encode(&kinds[kind]));
    let tags = [0, 1].map(|kind: usize| kinds[kind][bytes.len() - TAG..].to_vec());
    let right = bytes[bytes.len() - TAG..].to_vec();
    let opened = measure(|kind| black_box(secret.open(Purpose::Reader, black_box(&tokens[kind]))).is_some());
    let compared = measure(|kind| {
        let opened = black_box(secret.open(Purpose::Reader, black_box(&tokens[0]))).is_some();
        stops_at_the_first(black_box(&right), black_box(&tags[kind])) || opened
    });
    println!("| | first byte wrong | last byte wrong | t | |\n| --- | ---: | ---: | ---: | --- |");
    for (name, [first, last]) in [("envoi", opened), ("a comparison that stops", compared)] {
        let t = (last.mean - first.mean) / (first.variance / first.count + last.variance / last.count).sqrt();
        let said = if t.abs() > LIMIT { "tells" } else { "tells nothing" };
        println!("| {name} | {:.1} ns | {:.1} ns | {t:.1} | {said} |", first.mean, last.mean);
    }
}

/// What must not be done: the sooner a byte is wrong, the sooner this answers.
fn stops_at_the_first(right: &[u8], given: &[u8]) -> bool {
    right.iter().zip(given).all(|(right, given)| black_box(right) == black_box(given))
}

/// The times of one kind, in nanoseconds, without the slowest twentieth: there something else had the processor.
struct Times {
    count: f64,
    mean: f64,
    variance: f64,
}

fn measure(open: impl Fn(usize) -> bool) -> [Times; 2] {
    let mut times = [Vec::with_capacity(TIMES), Vec::with_capacity(TIMES)];
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    while times.iter().any(|kind| kind.len() < TIMES) {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let kind = usize::from(dice >> 63 == 1);
        let begun = Instant::now();
        let opened = open(kind);
        let took = begun.elapsed();
        assert!(!opened, "no changed token opens");
        times[kind].push(took.as_nanos() as f64);
    }
    times.map(|mut kind| {
        kind.sort_by(f64::total_cmp);
        kind.truncate(kind.len() * 19 / 20);
        let count = kind.len() as f64;
        let mean = kind.iter().sum::<f64>() / count;
        let variance = kind.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Times { count, mean, variance }
    })
}
