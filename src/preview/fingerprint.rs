//! Files and folders -> a number that changes when they do: names, sizes and times of change, no contents.
//!
//! For what is kept between two saves (the index, the readers) and for the watch where the system gives no news.
//! What a symbolic link leads to counts, but a linked folder is not entered: it may lead back.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;

/// The deepest folder within a folder that is looked into.
const DEPTH: usize = 12;

/// The fingerprint of files and folders, those that are not there included.
pub(super) fn fingerprint<'p>(paths: impl IntoIterator<Item = &'p Path>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        add(path, 0, &mut hasher);
    }
    hasher.finish()
}

fn add(path: &Path, depth: usize, hasher: &mut DefaultHasher) {
    path.hash(hasher);
    let Ok(data) = std::fs::metadata(path) else { return };
    if data.is_file() {
        data.len().hash(hasher);
        data.modified().ok().hash(hasher);
        return;
    }
    let linked = depth > 0 && path.is_symlink();
    if linked || depth > DEPTH {
        return;
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).filter(|path| !is_aside(path)).collect();
    paths.sort();
    for path in paths {
        add(&path, depth + 1, hasher);
    }
}

/// Whether a file is one that editors write beside another while that is open.
pub(super) fn is_aside(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with('.') || name.ends_with('~')
}
