//! `Site`: a folder on a web server on 127.0.0.1, until it is dropped. Paths in, files out; what has no file is 404.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// A folder on the web.
pub struct Site {
    port: u16,
    ended: Arc<AtomicBool>,
    server: Option<JoinHandle<()>>,
}

impl Site {
    /// Serves a folder.
    #[track_caller]
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let ended = Arc::new(AtomicBool::new(false));
        let (folder, over) = (folder.to_owned(), Arc::clone(&ended));
        let server = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let folder = folder.clone();
                thread::spawn(move || answer(stream, &folder));
            }
        });
        Self { port, ended, server: Some(server) }
    }

    /// The address of a file.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // wakes the server, which then sees that it is over
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        self.server.take().map(JoinHandle::join);
    }
}

fn answer(mut stream: TcpStream, folder: &Path) {
    let mut first = String::new();
    let mut reader = BufReader::new(stream.try_clone().expect("a socket can be doubled"));
    if reader.read_line(&mut first).is_err() {
        return;
    }
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/");
    let path = path.trim_start_matches('/');
    let file: PathBuf =
        folder.join(if path.ends_with('/') || path.is_empty() { format!("{path}index.html") } else { path.to_owned() });
    let (status, content) = match fs::read(&file) {
        Ok(content) if !path.contains("..") => ("200 OK", content),
        _ => ("404 Not Found", b"nothing".to_vec()),
    };
    let kind = match file.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("json") => "application/json",
        Some("xml") => "application/xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        content.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&content));
}
