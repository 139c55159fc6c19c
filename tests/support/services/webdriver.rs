//! `Session`: a conversation with a driver of browsers (<https://www.w3.org/TR/webdriver2/>) on loopback, over the little
//! HTTP that takes. Paths and JSON in, JSON or the driver's refusal out.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// How long the driver may take over an answer.
const PATIENCE: Duration = Duration::from_mins(3);
/// The member of an object that stands for an element of the page.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser's session.
pub(super) struct Session {
    port: u16,
    path: String,
}

impl Session {
    /// Has the driver on this port start a browser.
    pub(super) fn start(port: u16, capabilities: &Value) -> Result<Self, String> {
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let value = exchange(port, "POST", "/session", Some(&body))?;
        let id = value["sessionId"].as_str().ok_or("the driver gave no session")?;
        Ok(Self { port, path: format!("/session/{id}") })
    }

    /// Gives the answer to a question.
    pub(super) fn get(&self, path: &str) -> Result<Value, String> {
        exchange(self.port, "GET", &format!("{}{path}", self.path), None)
    }

    /// Has something done.
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        exchange(self.port, "POST", &format!("{}{path}", self.path), Some(body))
    }

    /// Ends the session and the browser with it.
    pub(super) fn end(&self) -> Result<Value, String> {
        exchange(self.port, "DELETE", &self.path, None)
    }

    /// Finds the first element that a selector means.
    pub(super) fn element(&self, css: &str) -> Result<Element<'_>, String> {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css }))?;
        let id = found[ELEMENT].as_str().ok_or("the driver gave no element")?;
        Ok(Element { session: self, id: id.to_owned() })
    }
}

/// An element of the page.
pub(super) struct Element<'session> {
    session: &'session Session,
    id: String,
}

impl Element<'_> {
    pub(super) fn get(&self, path: &str) -> Result<Value, String> {
        self.session.get(&format!("/element/{}{path}", self.id))
    }

    pub(super) fn post(&self, path: &str) -> Result<Value, String> {
        self.session.post(&format!("/element/{}{path}", self.id), &json!({}))
    }

    pub(super) fn write(&self, text: &str) -> Result<Value, String> {
        self.session.post(&format!("/element/{}/value", self.id), &json!({ "text": text }))
    }

    /// The element as an argument of a command.
    pub(super) fn as_argument(&self) -> Value {
        json!({ ELEMENT: self.id })
    }
}

/// One command and its answer's value; where it is refused, the driver's words.
fn exchange(port: u16, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let answer = transfer(port, method, path, &body).map_err(|error| format!("no answer to {path}: {error}"))?;
    let mut answer: Value = serde_json::from_slice(&answer)
        .map_err(|error| format!("{path}: {error}: {}", String::from_utf8_lossy(&answer)))?;
    let value = answer["value"].take();
    match value["error"].as_str() {
        Some(kind) if value["stacktrace"].is_string() => {
            let message = value["message"].as_str().and_then(|message| message.lines().next());
            Err(message.unwrap_or(kind).to_owned())
        }
        _ => Ok(value),
    }
}

/// The content of an HTTP answer. The driver keeps the connection open, also where it says that it closes it.
fn transfer(port: u16, method: &str, path: &str, body: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + body).as_bytes())?;
    let mut answer = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        answer.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut content = vec![0; length];
    answer.read_exact(&mut content)?;
    Ok(content)
}
