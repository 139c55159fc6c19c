//! A lock that outlives a panic.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A lock; what a panic elsewhere left behind is whole, since every change here is one assignment.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
