//! The parts of a send, each on its own: `cargo bench --bench micro`.
//!
//! A stamp of a 48 KB message, a reader's token, the ledger's claims and changes, the rows of a list, the proof of the large example.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use envoi::address::Address;
use envoi::audience::{Columns, List, Row, Subscriber};
use envoi::ledger::{Ledger, NewSend, Outcome, Recipient, SendKind, State};
use envoi::message::Stamper;
use envoi::project::Project;
use envoi::render::{Placing, Proof};
use envoi::token::{Purpose, Secret};

/// The repository is a project itself.
fn project() -> Project {
    Project::open(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the example project")
}

fn subscriber(n: usize, columns: &Columns) -> Subscriber {
    let address = Address::parse(&format!("reader{n:06}@example.com")).expect("an address");
    let value = |column: &String| match column.as_str() {
        "email" => address.to_string(),
        "first_name" => "Zoë".to_owned(),
        _ => String::new(),
    };
    Subscriber { language: None, values: columns.0.iter().map(value).collect(), address }
}

/// The same with links to `envoi serve`, each of which carries the reader's token.
fn served() -> Project {
    let mut project = project();
    let table = "url = \"https://news.example.org\"\nsecret_command = \"echo a secret of enough bytes for a bench\"";
    project.config.serve = Some(toml::from_str(table).expect("a table"));
    project.config.unsubscribe.as_mut().expect("the example has one").url = None;
    project
}

fn stamp(criterion: &mut Criterion) {
    stamped(criterion, &project(), "a message");
    stamped(criterion, &served(), "with a token");
}

fn token(criterion: &mut Criterion) {
    let secret = Secret::new(b"a secret of enough bytes for a bench").expect("long enough");
    let token = secret.seal(Purpose::Reader, b"reader000001@example.com");
    let mut group = criterion.benchmark_group("token");
    group.bench_function("seal", |bencher| {
        bencher.iter(|| black_box(secret.seal(Purpose::Reader, black_box(b"reader000001@example.com"))));
    });
    group.bench_function("open", |bencher| {
        bencher.iter(|| black_box(secret.open(Purpose::Reader, black_box(&token))));
    });
    group.finish();
}

fn stamped(criterion: &mut Criterion, project: &Project, what: &str) {
    let columns = Columns::usual();
    let (_, renderings, _) =
        Proof::pull(project, "2015-05-droits", &columns.0, &Placing::Link("https://example.org".into()))
            .and_then(Proof::passed)
            .expect("the example can go out");
    // the edition whose message comes nearest to 48 KB
    let stampers = renderings
        .iter()
        .map(|rendering| Stamper::new(project, "droits", rendering, &columns, "key").expect("encodes"));
    let reader = subscriber(1, &columns);
    let size = |stamper: &Stamper| stamper.stamp(&reader).bytes.len();
    let stamper = stampers.min_by_key(|stamper| size(stamper).abs_diff(48 * 1024)).expect("an edition");
    let mut group = criterion.benchmark_group("stamp");
    group.throughput(Throughput::Bytes(size(&stamper) as u64));
    group.bench_function(format!("{what} of {} bytes", size(&stamper)), |bencher| {
        bencher.iter(|| black_box(stamper.stamp(black_box(&reader))));
    });
    group.finish();
}

fn ledger(criterion: &mut Criterion) {
    const ROWS: usize = 10_000;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    let columns = Columns::usual();
    let recipients: Vec<Recipient> =
        (0..ROWS).map(|n| Recipient { subscriber: subscriber(n, &columns), edition: "en".into() }).collect();
    let prepared = |enlist: bool| {
        let folder = tempfile::TempDir::new().expect("a folder");
        let (ledger, send) = runtime.block_on(async {
            let mut ledger = Ledger::open(&folder.path().join("ledger.db")).await.expect("a ledger");
            ledger.sign_on().await.expect("signs on");
            let new = NewSend { issue: "news".into(), kind: SendKind::Issue, columns: columns.0.clone() };
            let (send, _) = ledger.begin(&new).await.expect("begins");
            if enlist {
                ledger.enlist(send, &recipients).await.expect("enlists");
            }
            (ledger, send)
        });
        (folder, ledger, send)
    };
    let mut group = criterion.benchmark_group("ledger");
    group.sample_size(10).throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("enlist", |bencher| {
        bencher.iter_batched(
            || prepared(false),
            |(folder, ledger, send)| {
                for batch in recipients.chunks(1000) {
                    runtime.block_on(ledger.enlist(send, batch)).expect("enlists");
                }
                (folder, ledger)
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("claim, in flight, accepted", |bencher| {
        bencher.iter_batched(
            || prepared(true),
            |(folder, ledger, send)| {
                runtime.block_on(async {
                    let (scribe, desk) = ledger.scribe().expect("signed on");
                    loop {
                        let claimed = ledger.claim(send, 4, 128).await.expect("claims");
                        if claimed.is_empty() {
                            break;
                        }
                        for delivery in claimed {
                            scribe.in_flight(delivery.id).written().await.expect("is written");
                            let outcome = Outcome {
                                id: delivery.id,
                                state: State::Accepted,
                                attempts: 1,
                                due: 0,
                                code: Some(250),
                                reply: "2.0.0 taken".into(),
                                suppress: false,
                            };
                            scribe.outcome(outcome).expect("records");
                        }
                    }
                    drop(scribe);
                    desk.close().await.expect("everything is written");
                });
                (folder, ledger)
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn list(criterion: &mut Criterion) {
    const ROWS: usize = 100_000;
    let mut csv = "email,first_name,last_name,lang\n".to_owned();
    for n in 0..ROWS {
        let _ = writeln!(csv, "reader{n:06}@example.com,Zoë,Reader,fr");
    }
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), csv).expect("a list");
    let mut group = criterion.benchmark_group("list");
    group.sample_size(10).throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("rows", |bencher| {
        bencher.iter(|| {
            let mut list = List::open(file.path(), "list.csv").expect("a list");
            let mut count = 0;
            while let Some(row) = list.next_row().expect("a row") {
                count += usize::from(matches!(row, Row::Subscriber(_)));
            }
            assert_eq!(count, ROWS);
        });
    });
    group.finish();
}

fn proof(criterion: &mut Criterion) {
    let project = project();
    let columns = Columns::usual();
    let mut group = criterion.benchmark_group("proof");
    group.sample_size(20);
    group.bench_function("the large example in three languages", |bencher| {
        bencher.iter(|| Proof::pull(&project, "2015-05-droits", &columns.0, &Placing::Embed).expect("a proof"));
    });
    group.finish();
}

criterion_group!(benches, stamp, token, ledger, list, proof);
criterion_main!(benches);
