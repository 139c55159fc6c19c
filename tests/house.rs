//! The house's own rules, proved on its source: imports go one way, files are short and say what they are, nothing
//! unfinished is left behind. The order of the rooms is the map in `src/lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

/// No file is longer; few are half as long.
const LONGEST: usize = 500;

/// What must not stay in the source. Written in two pieces, so that this file does not find itself.
const UNFINISHED: [&str; 4] =
    [concat!("dbg", "!("), concat!("todo", "!("), concat!("unimplemented", "!("), concat!("FIX", "ME")];

/// A Rust file of this repository.
struct File {
    path: PathBuf,
    text: String,
}

impl File {
    /// The room it belongs to: `render` for `src/render/html.rs` and for `src/render.rs`.
    fn room(&self) -> String {
        let inner = self.path.strip_prefix("src").expect("a file of src/");
        let first = inner.components().next().expect("a file has a name").as_os_str().to_string_lossy();
        first.trim_end_matches(".rs").to_owned()
    }

    /// The lines that are no comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn files(folder: &str) -> Vec<File> {
    let mut found = Vec::new();
    gather(Path::new(folder), &mut found);
    assert!(!found.is_empty(), "no file in {folder}/");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn gather(folder: &Path, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a text");
            found.push(File { path, text });
        }
    }
}

/// The rooms in the order of the map: the first words of the lines within its two frames.
fn map() -> Vec<String> {
    let text = fs::read_to_string("src/lib.rs").expect("the map");
    let mut rooms = Vec::new();
    let mut framed = false;
    for line in text.lines().filter_map(|line| line.strip_prefix("//! ")) {
        if line.starts_with("```") {
            framed = !framed;
        } else if framed && let Some(room) = line.split_whitespace().next() {
            rooms.push(room.to_owned());
        }
    }
    rooms
}

#[test]
fn the_map_names_every_room_once() {
    let mut rooms: Vec<String> =
        files("src").iter().map(File::room).filter(|room| room != "lib" && room != "main").collect();
    rooms.sort();
    rooms.dedup();
    let mut mapped = map();
    mapped.sort();
    assert_eq!(mapped, rooms, "the map in src/lib.rs (left) and the rooms in src/ (right)");
}

#[test]
fn imports_go_one_way() {
    let map = map();
    let standing = |room: &str| map.iter().position(|other| other == room);
    let mut wrong = Vec::new();
    for file in files("src") {
        let room = file.room();
        let Some(own) = standing(&room) else { continue };
        for (number, line) in file.code() {
            for import in line.split("crate::").skip(1) {
                // `use crate::{…}` would hide what it imports
                let other: String = import.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if standing(&other).is_none_or(|other| other > own) {
                    wrong.push(format!("{}:{number}: `{room}` stands above `{other}`", file.path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "a room imports only what stands above it in the map:\n{}", wrong.join("\n"));
}

#[test]
fn each_file_says_what_it_is() {
    let silent = |file: &File| !file.text.starts_with("//! ");
    let silent: Vec<PathBuf> =
        files("src").into_iter().chain(files("tests")).filter(silent).map(|file| file.path).collect();
    assert!(silent.is_empty(), "these files do not open with `//!`: {silent:?}");
}

#[test]
fn no_file_is_long() {
    let long = |file: &File| file.text.lines().count() > LONGEST;
    let long: Vec<PathBuf> = files("src").into_iter().filter(long).map(|file| file.path).collect();
    assert!(long.is_empty(), "these files have more than {LONGEST} lines: {long:?}");
}

#[test]
fn nothing_unfinished_is_left_behind() {
    let mut left = Vec::new();
    for file in files("src").into_iter().chain(files("tests")) {
        for (index, line) in file.text.lines().enumerate() {
            if UNFINISHED.iter().any(|word| line.contains(word)) {
                left.push(format!("{}:{}: {}", file.path.display(), index + 1, line.trim()));
            }
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}
