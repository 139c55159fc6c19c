//! The ledger through the library's front door: what two programs may do to it at once.

use std::sync::Barrier;
use std::thread;

use envoi::ledger::Ledger;

/// Runs what waits, on this thread alone.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

#[test]
fn a_new_ledger_may_be_opened_by_many_at_once() {
    const MANY: usize = 3;
    for round in 0..100 {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger.db");
        let start = Barrier::new(MANY);
        thread::scope(|scope| {
            let opened: Vec<_> = (0..MANY)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        wait(async { Ledger::open(&path).await.map(|_| ()) })
                    })
                })
                .collect();
            for opener in opened {
                let opened = opener.join().expect("no panic");
                assert!(opened.is_ok(), "round {round}: {opened:?}");
            }
        });
    }
}
