//! The preview as a browser meets it: a project in a temporary folder, a server on a free port, plain HTTP.

mod guarded;
mod press;
mod saved;
mod shown;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::Preview;
use crate::error::Result;

const PATIENCE: Duration = Duration::from_mins(1);

const ENVOI: &str = r#"
[organisation]
name = "The Harbour Post"
[sender]
from = "The Harbour Post <post@example.org>"
[languages]
default = "en"
[list]
file = "list.csv"
[unsubscribe]
url = "https://www.example.org/leave?address={{ email }}"
"#;

/// A project on the desk, and its preview.
struct Desktop {
    folder: TempDir,
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<Result<()>>>,
}

impl Desktop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "envoi.toml", ENVOI);
        write(folder.path(), "list.csv", "email,first_name,lang\nada@example.org,Ada & <b>,en\nben@example.org,,nl\n");
        write(
            folder.path(),
            "issues/2015-05/issue.toml",
            "subject = \"Ferry for {{ first_name \\\"all\\\" }}\"\ndate = 2015-05-04\n",
        );
        write(
            folder.path(),
            "issues/2015-05/lead.md",
            "+++\ntitle = \"Ferry\"\n+++\nHello {{ first_name \"all\" }}.\n",
        );
        Self::open(folder)
    }

    fn open(folder: TempDir) -> Self {
        let (end, ended) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let root = folder.path().to_owned();
        let thread = std::thread::spawn(move || {
            tokio::runtime::Runtime::new().unwrap().block_on(async {
                let preview = Preview::bind(&root, ([127, 0, 0, 1], 0).into()).await?;
                tell.send(preview.address()).unwrap();
                preview.serve(async { drop(ended.await) }).await
            })
        });
        let address = told.recv_timeout(PATIENCE).unwrap();
        Self { folder, address, end: Some(end), thread: Some(thread) }
    }

    fn write(&self, name: &str, text: &str) {
        write(self.folder.path(), name, text);
    }

    fn ask(&self, path: &str) -> Answer {
        self.request("GET", path, &self.address.to_string())
    }

    fn json(&self, path: &str) -> Value {
        let answer = self.ask(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    fn request(&self, method: &str, path: &str, host: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        Answer { status: head[9..12].parse().unwrap(), head, body: bytes[end + 4..].to_vec() }
    }

    /// Listens to `/events`; the greeting is heard.
    fn listen(&self) -> Listener {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET /events HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).unwrap();
        let mut listener = Listener(BufReader::new(stream));
        assert_eq!(listener.next().0, "hello");
        listener
    }

    /// Asks until the answer is as it should be: the news of a save takes a moment.
    #[track_caller]
    fn until(&self, path: &str, good: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let answer = self.json(path);
            if good(&answer) {
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE, "{answer:#}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.end.take();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(std::thread::panicking() || matches!(ended, Ok(Ok(()))), "{ended:?}");
        }
    }
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    fn says(&self, header: &str) -> &Self {
        assert!(self.head.contains(&header.to_lowercase()), "no `{header}` in:\n{}", self.head);
        self
    }
}

struct Listener(BufReader<TcpStream>);

impl Listener {
    /// The next event's name and revision; passes over the chunks that HTTP makes of the stream.
    fn next(&mut self) -> (String, u64) {
        let (mut name, mut line) = (String::new(), String::new());
        loop {
            line.clear();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream has ended");
            if let Some(event) = line.strip_prefix("event: ") {
                event.trim().clone_into(&mut name);
            }
            if let Some(data) = line.strip_prefix("data: ") {
                let data: Value = serde_json::from_str(data.trim()).unwrap();
                return (name, data["revision"].as_u64().unwrap());
            }
        }
    }

    fn has_ended(mut self) -> bool {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).is_ok()
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
