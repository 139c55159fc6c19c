//! `Chromium`: a headless browser with a profile of its own, driven by `chromedriver`. Addresses and selectors in,
//! what a reader would see out. It reaches loopback alone: every other name leads nowhere, so that what a page
//! wants from elsewhere shows among the console's errors.
//!
//! ```ignore
//! let browser = Chromium::start();
//! browser.resize(320, 640);
//! browser.open(&preview.url());
//! browser.wait_until("return document.querySelector('iframe').contentDocument.body", Duration::from_secs(5));
//! assert_eq!(browser.script("return document.documentElement.scrollWidth"), 320);
//! assert!(browser.console_errors().is_empty());
//! ```

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::webdriver::{Element, Session};
use super::{Daemon, found, remove, wait_for};

/// How the browser is started, besides its profile's folder.
const SWITCHES: [&str; 14] = [
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--lang=en-US",
    "--window-size=1280,800",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];
/// How long a command waits for the element that it is about, in milliseconds.
const ELEMENT_WAIT: u32 = 10_000;
/// How long a page may take to load and a script to run, in milliseconds.
const PAGE_WAIT: u32 = 120_000;

/// A browser with one window, until it is dropped.
pub struct Chromium {
    session: Session,
    // taken away before the folder, into which it writes
    driver: Option<Daemon>,
    folder: TempDir,
    console: RefCell<Vec<Message>>,
    dark: Cell<bool>,
    media: RefCell<String>,
}

/// What the page or the browser said on the console.
struct Message {
    level: String,
    text: String,
}

impl Chromium {
    /// Starts a browser with an empty page of 1280 by 800 pixels, in light colours.
    #[track_caller]
    #[must_use]
    pub fn start() -> Self {
        let folder = TempDir::with_prefix("chromium-").expect("a temporary folder");
        let home = folder.path();
        let settings = |command: &mut Command| {
            // what the browser keeps outside its profile is to go with the folder too
            command.arg("--port=0").env("HOME", home).env("TMPDIR", home);
            command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_CACHE_HOME");
        };
        let mut driver = Daemon::start(&found("chromedriver"), settings, &home.join("driver.log"));
        let Some(port) = driver.wait_for(|driver| port_in(&driver.printed())) else {
            panic!("the WebDriver does not start\n{}", driver.printed());
        };
        let session = match Session::start(port, &capabilities(home)) {
            Ok(session) => session,
            Err(error) => panic!("Chromium does not start: {error}\n{}", driver.printed()),
        };
        let browser = Self {
            session,
            driver: Some(driver),
            folder,
            console: RefCell::default(),
            dark: Cell::default(),
            media: RefCell::new("screen".to_owned()),
        };
        browser.resize(1280, 800);
        browser.emulate();
        browser
    }

    /// Opens an address and waits until the page is loaded.
    #[track_caller]
    pub fn open(&self, url: &str) {
        self.done(self.session.post("/url", &json!({ "url": url })), format_args!("open {url}"));
    }

    /// Makes the page so many CSS pixels wide and high, also where no window could be as narrow.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Whether the reader prefers dark colours.
    #[track_caller]
    pub fn dark(&self, dark: bool) {
        self.dark.set(dark);
        self.emulate();
    }

    /// Shows the page as for this medium: `print` or `screen`.
    #[track_caller]
    pub fn media(&self, media: &str) {
        self.media.replace(media.to_owned());
        self.emulate();
    }

    /// Runs the body of a function in the page, and gives what it returns.
    #[track_caller]
    pub fn script(&self, body: &str) -> Value {
        self.done(self.run_script(body), format_args!("run `{body}`"))
    }

    /// Runs the body of a function until it returns what counts as true in JavaScript, and gives that.
    #[track_caller]
    pub fn wait_until(&self, body: &str, timeout: Duration) -> Value {
        let mut last = Ok(Value::Null);
        let found = wait_for(timeout, || {
            last = self.run_script(body);
            last.clone().ok().filter(is_truthy)
        });
        let Some(found) = found else {
            let end = last.map_or_else(|error| error, |value| format!("it gave {value}"));
            self.fail(format_args!("see `{body}` come true within {timeout:?}"), &end)
        };
        found
    }

    /// Clicks on the middle of an element.
    #[track_caller]
    pub fn click(&self, css: &str) {
        self.done(self.element(css).post("/click"), format_args!("click on `{css}`"));
    }

    /// Types a text into a field, as on a keyboard.
    #[track_caller]
    pub fn write(&self, css: &str, text: &str) {
        self.done(self.element(css).write(text), format_args!("write into `{css}`"));
    }

    /// Chooses the option with this value.
    #[track_caller]
    pub fn choose(&self, select_css: &str, value: &str) {
        let option = format!("{select_css} option[value={}]", Value::from(value));
        self.click(&option);
    }

    /// The visible text of an element.
    #[track_caller]
    pub fn text(&self, css: &str) -> String {
        let text = self.done(self.element(css).get("/text"), format_args!("read `{css}`"));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// From now on commands are about the page in this frame.
    #[track_caller]
    pub fn switch_to_frame(&self, css: &str) {
        let frame = self.element(css).as_argument();
        self.done(self.session.post("/frame", &json!({ "id": frame })), format_args!("enter `{css}`"));
    }

    /// From now on commands are about the page around the frame.
    #[track_caller]
    pub fn leave_frame(&self) {
        self.done(self.session.post("/frame/parent", &json!({})), "leave the frame");
    }

    /// Writes a picture of what is visible, as PNG.
    #[track_caller]
    pub fn screenshot(&self, path: &Path) {
        let picture = self.done(self.session.get("/screenshot"), "take a picture");
        let png = BASE64_STANDARD.decode(picture.as_str().unwrap_or_default()).expect("the driver writes Base64");
        fs::write(path, png).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// The address of the page.
    #[track_caller]
    #[must_use]
    pub fn url(&self) -> String {
        let url = self.done(self.session.get("/url"), "tell where it is");
        url.as_str().unwrap_or_default().to_owned()
    }

    /// The errors on the console so far: exceptions, and what could not be loaded.
    #[must_use]
    pub fn console_errors(&self) -> Vec<String> {
        self.hear();
        let console = self.console.borrow();
        console.iter().filter(|message| message.level == "SEVERE").map(|message| message.text.clone()).collect()
    }

    #[track_caller]
    fn element(&self, css: &str) -> Element<'_> {
        self.done(self.session.element(css), format_args!("find `{css}`"))
    }

    fn run_script(&self, body: &str) -> Result<Value, String> {
        self.session.post("/execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// A command of the `DevTools` protocol.
    #[track_caller]
    fn devtools(&self, command: &str, parameters: &Value) {
        let body = json!({ "cmd": command, "params": parameters });
        self.done(self.session.post("/goog/cdp/execute", &body), command);
    }

    /// Sets medium and colours together, since each call undoes the one before.
    #[track_caller]
    fn emulate(&self) {
        let scheme = if self.dark.get() { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let media = json!({ "media": self.media.borrow().as_str(), "features": features });
        self.devtools("Emulation.setEmulatedMedia", &media);
    }

    /// Adds what was said since the last time; the driver tells it only once.
    fn hear(&self) {
        let heard = self.session.post("/se/log", &json!({ "type": "browser" })).unwrap_or_default();
        let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let message = |entry: &Value| Message { level: string(&entry["level"]), text: string(&entry["message"]) };
        self.console.borrow_mut().extend(heard.as_array().into_iter().flatten().map(message));
    }

    #[track_caller]
    fn done<T>(&self, result: Result<T, String>, task: impl Display) -> T {
        match result {
            Ok(value) => value,
            Err(error) => self.fail(task, &error),
        }
    }

    #[track_caller]
    fn fail(&self, task: impl Display, error: &str) -> ! {
        self.hear();
        let told = |path| self.session.get(path).map_or_else(|error| error, |value| value.to_string());
        let console: Vec<String> =
            self.console.borrow().iter().map(|message| format!("  {}: {}", message.level, message.text)).collect();
        let (url, title) = (told("/url"), told("/title"));
        panic!("Chromium did not {task}: {error}\nurl: {url}\ntitle: {title}\nconsole:\n{}", console.join("\n"));
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.session.end();
        self.driver = None;
        remove(self.folder.path());
    }
}

/// The browser that the driver is to start.
fn capabilities(home: &Path) -> Value {
    let mut switches = SWITCHES.map(str::to_owned).to_vec();
    switches.push(format!("--user-data-dir={}", home.join("profile").display()));
    json!({
        "timeouts": { "implicit": ELEMENT_WAIT, "pageLoad": PAGE_WAIT, "script": PAGE_WAIT },
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": { "binary": found("chromium"), "args": switches },
    })
}

/// The port in the line `ChromeDriver was started successfully on port 36281.`
fn port_in(printed: &str) -> Option<u16> {
    let (_, rest) = printed.split_once("successfully on port ")?;
    let (port, _) = rest.split_once('.')?;
    port.parse().ok()
}

/// Whether JavaScript takes a value for true.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}
