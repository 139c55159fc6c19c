//! Where the messages go: Postfix's `smtp-sink`, and a sink that offers CHUNKING, which `smtp-sink` does not.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// Postfix's `smtp-sink`, until it is dropped.
pub(crate) struct SmtpSink {
    pub(crate) port: u16,
    child: Child,
}

impl SmtpSink {
    /// None where Postfix is not installed.
    pub(crate) fn start() -> Option<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?.local_addr().ok()?.port();
        let mut command = Command::new("smtp-sink");
        if std::env::var("USER").as_deref() == Ok("root") || std::path::Path::new("/root").read_dir().is_ok() {
            // it will not run as root
            command.args(["-u", "nobody"]);
        }
        command.arg(format!("127.0.0.1:{port}")).arg("128").stdout(Stdio::null());
        let sink = Self { port, child: command.spawn().ok()? };
        let listens = |_: &i32| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
        let patience = Duration::from_millis(10);
        (0..300).inspect(|_| thread::sleep(patience)).find(listens).map(|_| sink)
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A sink that takes every message by BDAT (RFC 3030) and forgets it.
pub(crate) struct ChunkingSink {
    pub(crate) port: u16,
}

impl ChunkingSink {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || drop(swallow(stream)));
            }
        });
        Self { port }
    }
}

fn swallow(stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut stream = BufReader::with_capacity(256 * 1024, stream);
    let mut replies = b"220 sink ESMTP\r\n".to_vec();
    let mut line = String::new();
    loop {
        if stream.buffer().is_empty() {
            out.write_all(&replies)?;
            replies.clear();
        }
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut words = line.split_whitespace();
        let reply: &[u8] = match words.next() {
            Some("EHLO") => b"250-sink\r\n250-PIPELINING\r\n250 CHUNKING\r\n",
            Some("BDAT") => {
                let size = words.next().and_then(|size| size.parse().ok()).unwrap_or(0);
                io::copy(&mut (&mut stream).take(size), &mut io::sink())?;
                b"250 2.0.0 swallowed\r\n"
            }
            Some("QUIT") => {
                replies.extend_from_slice(b"221 2.0.0 goodbye\r\n");
                return out.write_all(&replies);
            }
            _ => b"250 2.0.0 fine\r\n",
        };
        replies.extend_from_slice(reply);
    }
}
