//! A page -> PDF, by an installed Chromium: what `--print-to-pdf` makes of the page's own rules for paper.
//!
//! The browser gets a folder of its own, without the network, and ends with it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use url::Url;

use crate::error::{Error, Result, Trouble};

/// The variable that names the browser.
const VARIABLE: &str = "ENVOI_CHROMIUM";

/// What Chromium and those built on it are called.
const NAMES: [&str; 7] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "brave-browser",
];

/// Where other systems keep programs that are not in the PATH.
const ELSEWHERE: [&str; 4] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/// How long the browser may take over a page.
const PATIENCE: Duration = Duration::from_mins(1);

/// The browser at work: a group of processes that the terminal's Ctrl-C does not reach.
struct AtWork {
    group: Option<u32>,
    /// Whether no other is to begin.
    stopped: bool,
}

static AT_WORK: Mutex<AtWork> = Mutex::new(AtWork { group: None, stopped: false });

/// Ends the browser that prints, for good: the program is about to end.
pub fn end_printing() {
    let mut at_work = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner);
    at_work.stopped = true;
    at_work.group.take().into_iter().for_each(end_group);
}

/// Starts the browser, unless the program is about to end.
fn start(command: &mut Command) -> std::io::Result<Child> {
    let mut at_work = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner);
    if at_work.stopped {
        return Err(ErrorKind::Interrupted.into());
    }
    let child = command.spawn()?;
    at_work.group = Some(child.id());
    Ok(child)
}

/// Prints a page.
pub(super) fn print(html: &str) -> Result<Vec<u8>> {
    let browser = find()?;
    let folder = tempfile::Builder::new().prefix("envoi-print-").tempdir().map_err(Error::file("create", "folder"))?;
    let (page, pdf) = (folder.path().join("page.html"), folder.path().join("page.pdf"));
    std::fs::write(&page, html).map_err(Error::file("write", &page))?;
    let log = folder.path().join("log");
    let said = std::fs::File::create(&log).map_err(Error::file("create", &log))?;
    let mut command = Command::new(&browser);
    command
        .args(["--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-pdf-header-footer"])
        .args(["--disable-background-networking", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--print-to-pdf={}", pdf.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(said);
    if is_root(folder.path()) {
        // Chromium's own sandbox does not work for root
        command.arg("--no-sandbox");
    }
    // a group of its own, with which everything ends that it started
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let address = Url::from_file_path(&page).map_or_else(|()| format!("file://{}", page.display()), String::from);
    let child = start(command.arg(address)).map_err(|error| {
        Error::Refused(
            Trouble::new(format!("`{}` does not start", browser.display()))
                .because(Box::new(error))
                .hint(format!("name another Chromium: `{VARIABLE}=/path/to/chromium`")),
        )
    })?;
    let ended = wait(child);
    match std::fs::read(&pdf) {
        Ok(bytes) if ended.is_some_and(|status| status.success()) && bytes.starts_with(b"%PDF") => Ok(bytes),
        _ => {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            let last = said.lines().rfind(|line| line.contains("ERROR")).unwrap_or("it said nothing").to_owned();
            let what = match ended {
                Some(status) if status.success() => "made no PDF".to_owned(),
                Some(status) => format!("ended with {status}"),
                None => "did not end within a minute".to_owned(),
            };
            Err(Error::Refused(
                Trouble::new(format!("`{}` {what}", browser.display()))
                    .because(last)
                    .hint("open the page in a browser and print it from there"),
            ))
        }
    }
}

/// How the browser ended; it is ended where it did not in time, with whatever it started and left behind.
fn wait(mut child: Child) -> Option<ExitStatus> {
    let until = Instant::now() + PATIENCE;
    let mut ended = None;
    while ended.is_none() && Instant::now() < until {
        ended = child.try_wait().ok()?;
        if ended.is_none() {
            thread::sleep(Duration::from_millis(20));
        }
    }
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner).group = None;
    end_group(child.id());
    if ended.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    ended
}

/// Ends every process of a group. The program `kill` does it: the standard library has no words for it.
#[cfg(unix)]
fn end_group(leader: u32) {
    let mut kill = Command::new("kill");
    kill.args(["-KILL", "--", &format!("-{leader}")]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = kill.status();
}

#[cfg(not(unix))]
fn end_group(_: u32) {}

fn find() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        if named.is_file() {
            return Ok(named);
        }
        return Err(Error::Refused(
            Trouble::new(format!("`{VARIABLE}` names `{}`, which is no file", named.display()))
                .hint("name the program itself, or take the variable away to have it looked for"),
        ));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let named = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    named.chain(ELSEWHERE.iter().map(PathBuf::from)).find(|program| program.is_file()).ok_or_else(|| {
        Error::Refused(
            Trouble::new("no Chromium was found, which makes the PDF")
                .hint("install Chromium or Chrome (`apt install chromium`), or name it: `ENVOI_CHROMIUM=/path/to/chromium`")
                .hint("or leave out `pdf`, and print the page from any browser"),
        )
    })
}

#[cfg(unix)]
fn is_root(own: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(own).is_ok_and(|data| data.uid() == 0)
}

#[cfg(not(unix))]
fn is_root(_: &Path) -> bool {
    false
}
