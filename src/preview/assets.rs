//! The page's own files, built into envoi: where each is served, what it is, its text.

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Path, media type, text; a script imports only those before it.
pub(super) const ALL: [(&str, &str, &str); 11] = [
    ("/", "text/html; charset=utf-8", include_str!("page/page.html")),
    ("/page.css", "text/css; charset=utf-8", include_str!("page/page.css")),
    ("/tools.js", SCRIPT, include_str!("page/tools.js")),
    ("/state.js", SCRIPT, include_str!("page/state.js")),
    ("/device.js", SCRIPT, include_str!("page/device.js")),
    ("/stage.js", SCRIPT, include_str!("page/stage.js")),
    ("/controls.js", SCRIPT, include_str!("page/controls.js")),
    ("/issue.js", SCRIPT, include_str!("page/issue.js")),
    ("/archive.js", SCRIPT, include_str!("page/archive.js")),
    ("/outbox.js", SCRIPT, include_str!("page/outbox.js")),
    ("/page.js", SCRIPT, include_str!("page/page.js")),
];
