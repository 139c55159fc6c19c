//! A snippet in any text: its front matter, its Markdown, what it names. It opens, or what is wrong says where; what
//! opens is looked at by every rule, and mended.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use envoi::check;
use envoi::issue::{FrontMatter, Issue};
use envoi::project::Project;
use envoi::source::Source;
use libfuzzer_sys::fuzz_target;

/// A project in memory, one a process, with one issue of one snippet.
static PROJECT: LazyLock<(Project, PathBuf)> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let memory = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = memory.join(format!("envoi-fuzz-snippet-{}", std::process::id()));
    let issue = folder.join("issues/news");
    std::fs::create_dir_all(&issue).expect("a folder");
    let config = "[organisation]\nname = \"Post\"\naddress = \"1 Quay\"\n[sender]\nfrom = \"Post <post@example.org>\"\n\
                  [languages]\ndefault = \"en\"\n";
    std::fs::write(folder.join("envoi.toml"), config).expect("a project");
    std::fs::write(issue.join("issue.toml"), "subject = \"News\"\n").expect("an issue");
    (Project::open(&folder).expect("a project"), issue.join("lead.md"))
});

fuzz_target!(|text: &str| {
    let (project, snippet) = &*PROJECT;
    match FrontMatter::read(&Source::new("lead.md", text)) {
        Ok((front, start)) => {
            assert!(text.is_char_boundary(start.min(text.len())));
            drop(front.unused_keys());
        }
        Err(error) => drop(error.to_string()),
    }
    std::fs::write(snippet, text).expect("a file");
    match Issue::open(project, "news") {
        Ok(issue) => {
            let columns = ["email", "first_name", "lang", "tags"].map(str::to_owned);
            for found in check::issue(project, &issue, &columns) {
                assert!(!found.message.is_empty());
                drop(found.to_string());
            }
            // nothing is written: the next text may be another one
            for fix in check::fixes(project, &issue) {
                drop((fix.diff(), fix.account()));
            }
        }
        Err(error) => drop(error.to_string()),
    }
});
