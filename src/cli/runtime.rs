//! The one place where asynchronous work begins: the ledger, and whatever talks to a relay.

use crate::error::{Error, Result};

/// Runs a task to its end.
pub(super) fn block_on<T>(task: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(Error::file("start", "the threads of envoi"))?.block_on(task)
}
