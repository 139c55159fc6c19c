//! The mail catcher: a real SMTP server on loopback, for the time of a command, that keeps every message in the
//! project's `outbox/` and passes none on. What `send` delivers to where the project has no relay.
//!
//! It speaks what `send` speaks (RFC 5321 with PIPELINING), and is no server for anything else.

use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::maildir::Maildir;
use super::relay::Relay;
use crate::error::{Result, Trouble};

/// The longest line that is read.
const LONGEST: usize = 64 * 1024;

/// A mail catcher at work; it ends when it is dropped.
#[derive(Debug)]
pub struct Catcher {
    port: u16,
    task: JoinHandle<()>,
}

impl Catcher {
    /// Opens a catcher that delivers into a Maildir.
    pub async fn open(outbox: &Path) -> Result<Self> {
        let maildir = Arc::new(Maildir::open(outbox)?);
        let failed = |error| {
            crate::error::Error::Relay(
                Trouble::new("the mail catcher cannot listen on this machine").because(Box::new(error)),
            )
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let maildir = Arc::clone(&maildir);
                // a client that hangs up is no trouble of ours
                tokio::spawn(async move { drop(talk(stream, &maildir).await) });
            }
        });
        Ok(Self { port, task })
    }

    /// The catcher as a relay.
    pub fn relay(&self) -> Relay {
        Relay::local(self.port)
    }
}

impl Drop for Catcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection.
async fn talk(stream: TcpStream, maildir: &Maildir) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut replies = b"220 envoi.invalid ESMTP mail catcher\r\n".to_vec();
    let (mut sender, mut recipients) = (None::<String>, Vec::<String>::new());
    loop {
        if stream.buffer().is_empty() {
            stream.get_mut().write_all(&replies).await?;
            replies.clear();
        }
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 || line.len() > LONGEST {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let reply: &[u8] = match verb.as_str() {
            "EHLO" => b"250-envoi.invalid\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n",
            "HELO" => b"250 envoi.invalid\r\n",
            "MAIL" if sender.is_some() => b"503 5.5.1 one message at a time\r\n",
            "MAIL" => {
                sender = Some(path(line));
                b"250 2.1.0 sender fine\r\n"
            }
            "RCPT" if sender.is_none() => b"503 5.5.1 need MAIL\r\n",
            "RCPT" => {
                recipients.push(path(line));
                b"250 2.1.5 recipient fine\r\n"
            }
            "DATA" if recipients.is_empty() => b"554 5.5.1 no recipient\r\n",
            "DATA" => {
                replies.extend_from_slice(b"354 end with a dot on a line of its own\r\n");
                stream.get_mut().write_all(&replies).await?;
                replies.clear();
                let head = format!(
                    "Return-Path: <{}>\r\nDelivered-To: {}\r\n",
                    sender.take().unwrap_or_default(),
                    recipients.join(", ")
                );
                recipients.clear();
                let Some(message) = content(&mut stream, head.into_bytes()).await? else { return Ok(()) };
                match maildir.deliver(&message) {
                    Ok(()) => b"250 2.0.0 kept\r\n",
                    Err(_) => b"452 4.3.1 the outbox cannot be written\r\n",
                }
            }
            "RSET" => {
                sender = None;
                recipients.clear();
                b"250 2.0.0 forgotten\r\n"
            }
            "NOOP" => b"250 2.0.0 fine\r\n",
            "QUIT" => {
                replies.extend_from_slice(b"221 2.0.0 goodbye\r\n");
                stream.get_mut().write_all(&replies).await?;
                return Ok(());
            }
            _ => b"500 5.5.2 unknown command\r\n",
        };
        replies.extend_from_slice(reply);
    }
}

/// A message's lines until the lone dot, dots unstuffed; none where the client hung up before it.
async fn content(stream: &mut BufReader<TcpStream>, mut message: Vec<u8>) -> std::io::Result<Option<Vec<u8>>> {
    loop {
        let start = message.len();
        if stream.read_until(b'\n', &mut message).await? == 0 {
            return Ok(None);
        }
        if message[start..] == *b".\r\n" {
            message.truncate(start);
            return Ok(Some(message));
        }
        if message[start] == b'.' {
            message.remove(start);
        }
    }
}

/// The address of MAIL and RCPT.
fn path(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}
