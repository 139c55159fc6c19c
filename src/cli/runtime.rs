//! The one place where the program enters asynchronous code.

use std::future::Future;

use crate::error::{Error, Result, Trouble};

/// Runs a future to its end. One thread is enough, and quicker: a send waits for the wire and for the ledger's own
/// thread, and each change of threads on the way costs more than the work between two of them.
pub(super) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Error::Refused(Trouble::new("the operating system gives no threads").because(Box::new(error)))
    })?;
    let result = runtime.block_on(future);
    // a name look-up or a file that hangs is nobody's business any more
    runtime.shutdown_background();
    result
}

/// Waits until somebody wants the program to end: Ctrl-C, or a service manager's SIGTERM.
pub(super) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
