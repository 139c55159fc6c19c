//! A message that came back, in any bytes: bounce, complaint, unsubscription, or nothing.
#![no_main]

use std::sync::LazyLock;

use envoi::inbox;
use envoi::project::Project;
use libfuzzer_sys::fuzz_target;

static PROJECT: LazyLock<Project> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("envoi-fuzz-report-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let config = "[organisation]\nname = \"Post\"\naddress = \"1 Quay\"\n[sender]\nfrom = \"Post <post@example.org>\"\n\
                  bounce = \"returns@example.org\"\n[languages]\ndefault = \"en\"\n[unsubscribe]\n\
                  mailto = \"unsubscribe@example.org\"\n";
    std::fs::write(folder.join("envoi.toml"), config).expect("a project");
    Project::open(&folder).expect("a project")
});

fuzz_target!(|bytes: &[u8]| {
    let _ = inbox::gist(&PROJECT, bytes);
});
