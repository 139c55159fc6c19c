//! How fast a send is on the wire, beside its peers, in one run: `cargo bench --bench wire`.
//!
//! (a) Against Postfix's `smtp-sink` on loopback; (b) the same through a proxy that adds a 20 ms round trip, and
//! against a sink of our own that offers CHUNKING. The peers: Postfix's load generator `smtp-source`, which neither
//! renders, personalises nor records; nodemailer with a pool; mailmerge. `benches/README.md` says how to get them.
//!
//! Every figure is messages a second over the whole process, its start, the reading of the list, the enlisting and
//! the ledger included. The middle of three rounds counts; the peers take turns within each round.

#![allow(clippy::print_stdout, reason = "a table is what it gives")]

mod peers;
mod proxy;
mod sink;

use std::path::PathBuf;
use std::time::Duration;

use peers::{Envoi, Mailmerge, Nodemailer, smtp_source};
use proxy::Proxy;
use sink::{ChunkingSink, SmtpSink};

/// Bytes of a message.
const SIZE: usize = 48 * 1024;

/// Messages a second in each round, one row a program.
#[derive(Default)]
struct Table {
    rows: Vec<(String, Vec<f64>)>,
}

impl Table {
    fn add(&mut self, name: &str, rate: Option<f64>) {
        let Some(rate) = rate else { return };
        match self.rows.iter_mut().find(|(row, _)| row == name) {
            Some((_, rates)) => rates.push(rate),
            None => self.rows.push((name.to_owned(), vec![rate])),
        }
    }

    /// Prints each row's middle, least and greatest, and by what factor the first row is faster.
    fn print(&self, title: &str) {
        println!(
            "\n### {title}\n\n| | messages/s | least | greatest | envoi is |\n| --- | ---: | ---: | ---: | ---: |"
        );
        let middle = |rates: &[f64]| {
            let mut sorted = rates.to_vec();
            sorted.sort_by(f64::total_cmp);
            sorted[sorted.len() / 2]
        };
        let Some(first) = self.rows.first().map(|(_, rates)| middle(rates)) else { return };
        for (index, (name, rates)) in self.rows.iter().enumerate() {
            let (least, greatest) = rates.iter().fold((f64::MAX, 0.0_f64), |(l, g), r| (l.min(*r), g.max(*r)));
            let factor = if index == 0 { String::new() } else { format!("{:.2} times", first / middle(rates)) };
            println!("| {name} | {:.0} | {least:.0} | {greatest:.0} | {factor} |", middle(rates));
        }
    }
}

fn main() {
    let number = |name: &str, usual: usize| {
        let mut arguments = std::env::args().skip_while(|argument| argument != name);
        arguments.nth(1).and_then(|value| value.parse().ok()).unwrap_or(usual)
    };
    let (messages, rounds) = (number("--messages", 20_000), number("--rounds", 3));
    let Some(sink) = SmtpSink::start() else {
        println!("smtp-sink and smtp-source are not there: apt-get install postfix");
        return;
    };
    let peers = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/peers");
    let nodemailer = Nodemailer::find(&peers);
    let mailmerge = Mailmerge::find(&peers);
    let envoi = Envoi::new(messages, SIZE);
    println!("{messages} messages of {} bytes, {rounds} rounds", envoi.size);

    for sessions in [1, 8, 16] {
        let mut table = Table::default();
        for _ in 0..rounds {
            table.add("envoi", Some(envoi.run(sink.port, sessions, 1, messages)));
            table.add("smtp-source", Some(smtp_source(sink.port, sessions, envoi.size, messages)));
            table.add(
                "nodemailer, pool",
                nodemailer.as_ref().map(|n| n.run(sink.port, sessions, envoi.size, messages / 10)),
            );
            if sessions == 1 {
                table.add("mailmerge", mailmerge.as_ref().map(|m| m.run(sink.port, envoi.size, messages / 100)));
            }
        }
        table.print(&format!("(a) loopback, {sessions} connection(s)"));
    }

    let proxy = Proxy::start(sink.port, Duration::from_millis(20));
    let far = messages / 100;
    let envoi = Envoi::new(far, SIZE);
    let mut table = Table::default();
    for _ in 0..rounds {
        table.add("envoi", Some(envoi.run(proxy.port, 1, 1, far)));
        table.add("smtp-source", Some(smtp_source(proxy.port, 1, envoi.size, far / 2)));
        table.add("nodemailer, pool", nodemailer.as_ref().map(|n| n.run(proxy.port, 1, envoi.size, far)));
    }
    table.print("(b) a round trip of 20 ms, one connection, PIPELINING");

    let chunking = ChunkingSink::start();
    let proxy_to_chunks = Proxy::start(chunking.port, Duration::from_millis(20));
    let envoi = Envoi::new(far * 10, SIZE);
    let mut table = Table::default();
    for _ in 0..rounds {
        table.add("envoi, window 16", Some(envoi.run(proxy_to_chunks.port, 1, 16, far * 10)));
        table.add("smtp-source", Some(smtp_source(proxy.port, 1, envoi.size, far / 2)));
    }
    table.print("(b) the same, CHUNKING and a window of 16");
}
