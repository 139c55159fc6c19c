//! A client of `envoi serve` that speaks HTTP word by word, and the server itself, run in a newsroom.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

use super::{Newsroom, Running};

/// The secret of the tests.
pub const SECRET: &str = "a secret of the tests, 32 bytes or more";

/// How long the server may take to be there, and to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers as they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// What it says.
    pub body: String,
}

impl Answer {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The value of a hidden field of its form.
    #[track_caller]
    #[must_use]
    pub fn hidden(&self, name: &str) -> String {
        let before = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&before).unwrap_or_else(|| panic!("no field `{name}` in:\n{}", self.body));
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// Everything but what differs from answer to answer: the date, and the tokens of forms.
    #[must_use]
    pub fn steady(&self) -> (u16, Vec<(String, String)>) {
        (self.status, self.headers.iter().filter(|(name, _)| name != "date").cloned().collect())
    }
}

/// A server at work in a newsroom.
pub struct Served {
    /// Its port on 127.0.0.1.
    pub port: u16,
    /// The program.
    pub running: Running,
}

impl Served {
    /// The address under which a page lies.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Asks for a page.
    #[track_caller]
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// Sends a form.
    #[track_caller]
    #[must_use]
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_with(path, &[], fields)
    }

    /// Sends a form with more headers.
    #[track_caller]
    #[must_use]
    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
        let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send("POST", path, &all, &body.join("&"))
    }

    /// One click of a mail program (RFC 8058).
    #[track_caller]
    #[must_use]
    pub fn one_click(&self, token: &str) -> Answer {
        self.post(&format!("/u/{token}"), &[("List-Unsubscribe", "One-Click")])
    }

    /// Sends any request over a connection of its own.
    #[track_caller]
    #[must_use]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n", self.port);
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body);
        self.raw(request.as_bytes()).unwrap_or_else(|| panic!("no answer to {method} {path}"))
    }

    /// Writes bytes, and reads the answer until the server closes; none where it closes without a word.
    #[track_caller]
    #[must_use]
    pub fn raw(&self, request: &[u8]) -> Option<Answer> {
        let mut stream = self.connect();
        // a server that has heard enough may close before all is written
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        read(&String::from_utf8_lossy(&bytes))
    }

    /// A connection.
    #[track_caller]
    #[must_use]
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time that is not zero");
        stream
    }
}

/// Reads an answer.
fn read(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Some(Answer { status, headers: lines.filter_map(header).collect(), body: body.to_owned() })
}

/// A value in a form.
#[must_use]
pub fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

impl Newsroom {
    /// Says under which address readers reach the pages, at a free port, with more lines for `[serve]`; the page that
    /// the project had before goes.
    #[track_caller]
    pub fn serving(self, more: &str) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|one| one.local_addr()).expect("a port").port();
        self.serving_at(&format!("http://127.0.0.1:{port}"), &format!("listen = \"127.0.0.1:{port}\"\n{more}"))
    }

    /// The same under an address of its own.
    #[track_caller]
    pub fn serving_at(self, url: &str, more: &str) -> Self {
        let own = "url = \"https://www.example.org/unsubscribe?address={{ email }}\"\n";
        let config = self.read("envoi.toml").replace(own, "");
        self.write("envoi.toml", config);
        let table = format!("[serve]\nurl = \"{url}\"\nsecret_env = \"ENVOI_SECRET\"\n{more}");
        self.config(&table).env("ENVOI_SECRET", SECRET)
    }

    /// Starts the server, and waits until it listens.
    #[track_caller]
    #[must_use]
    pub fn serve(&self, arguments: &str) -> Served {
        let mut running = self.spawn(&format!("serve {arguments}"));
        let said = running.wait_for_stdout("is served on", PATIENCE);
        let port = said.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        Served { port: port.unwrap_or_else(|| panic!("no port in `{said}`")), running }
    }
}
