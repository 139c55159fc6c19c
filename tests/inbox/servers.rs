//! IMAP servers that break off, leave out and talk nonsense: what was read counts, and the rest is read the next time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::support::Certificate;
use super::{Sent, sent_to};

/// A server with these messages, and what it answers to each FETCH, one after the other; then it gives them all.
struct Server {
    port: u16,
    authority_pem: String,
    fetches: Arc<AtomicUsize>,
}

/// How a server answers FETCH.
#[derive(Clone, Copy)]
enum Fetch {
    /// It hangs up in the middle of the second message.
    HangsUp,
    /// It leaves the second message out.
    LeavesOut,
    /// It says that it can't.
    Refuses,
    /// It talks nonsense.
    Babbles,
    /// It gives all.
    Gives,
}

impl Server {
    fn start(messages: Vec<String>, script: Vec<Fetch>) -> Self {
        let certificate = Certificate::for_loopback();
        let acceptor = TlsAcceptor::from(certificate.server_config());
        let fetches = Arc::new(AtomicUsize::new(0));
        let (port, count) = (std::sync::mpsc::channel(), Arc::clone(&fetches));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                port.0.send(listener.local_addr().expect("an address").port()).expect("the test waits");
                while let Ok((tcp, _)) = listener.accept().await {
                    if let Ok(stream) = acceptor.accept(tcp).await {
                        let _ = serve(stream, &messages, &script, &count).await;
                    }
                }
            });
        });
        let port = port.1.recv().expect("the server listens");
        Self { port, authority_pem: certificate.authority_pem, fetches }
    }

    fn inbox(&self) -> String {
        format!(
            "[inbox]\nhost = \"127.0.0.1\"\nport = {}\nca = \"ca.pem\"\nuser = \"u\"\npassword_command = \"echo p\"\n",
            self.port
        )
    }
}

async fn serve(
    stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>,
    messages: &[String],
    script: &[Fetch],
    count: &AtomicUsize,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"* OK ready\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or(("*", ""));
        let mut answer = String::new();
        if command.starts_with("UID MOVE") {
            stream.write_all(format!("{tag} NO [OVERQUOTA] full\r\n").as_bytes()).await?;
            continue;
        } else if command.starts_with("CAPABILITY") {
            answer.push_str("* CAPABILITY IMAP4rev1 MOVE\r\n");
        } else if command.starts_with("EXAMINE") || command.starts_with("SELECT") {
            answer.push_str(&format!("* {} EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n", messages.len()));
        } else if command.starts_with("UID SEARCH") {
            answer.push_str(&format!(
                "* SEARCH{}\r\n",
                (1..=messages.len()).map(|uid| format!(" {uid}")).collect::<String>()
            ));
        } else if command.starts_with("UID FETCH") {
            let act = script.get(count.fetch_add(1, Ordering::Relaxed)).copied().unwrap_or(Fetch::Gives);
            for (index, message) in messages.iter().enumerate() {
                let whole =
                    format!("* {n} FETCH (UID {n} BODY[]<0> {{{}}}\r\n{message})\r\n", message.len(), n = index + 1);
                match act {
                    Fetch::HangsUp if index == 1 => {
                        answer.push_str(&whole[..whole.len() / 2]);
                        stream.write_all(answer.as_bytes()).await?;
                        return stream.shutdown().await;
                    }
                    Fetch::LeavesOut if index == 1 => {}
                    Fetch::Babbles => answer.push_str("* )( {9999999999999999999999}\r\n\u{0}\r\n"),
                    Fetch::Refuses => {}
                    _ => answer.push_str(&whole),
                }
            }
            if matches!(act, Fetch::Refuses) {
                answer.push_str(&format!("{tag} NO not now\r\n"));
                stream.write_all(answer.as_bytes()).await?;
                continue;
            }
        }
        answer.push_str(&format!("{tag} OK done\r\n"));
        stream.write_all(answer.as_bytes()).await?;
        stream.flush().await?;
    }
}

fn with(script: Vec<Fetch>) -> (Sent, Server) {
    let mut sent = sent_to(&["gone@reader.example", "left@reader.example"], "");
    let messages = vec![
        sent.about("gone@reader.example", "postfix").replace('\n', "\r\n"),
        sent.about("left@reader.example", "exim").replace('\n', "\r\n"),
    ];
    let server = Server::start(messages, script);
    sent.room.write("ca.pem", &server.authority_pem);
    sent.room = std::mem::replace(&mut sent.room, super::Newsroom::empty()).config(&server.inbox());
    (sent, server)
}

#[test]
fn what_a_server_did_not_give_is_read_the_next_time() {
    for fetch in [Fetch::HangsUp, Fetch::LeavesOut, Fetch::Refuses, Fetch::Babbles] {
        let (sent, server) = with(vec![fetch]);
        sent.room.run("inbox").exit(1).stderr_has("nothing in the mailbox was changed");
        assert_eq!(server.fetches.load(Ordering::Relaxed), 1);
        sent.room.run("inbox").exit(0).stdout_has("2 messages").stdout_has("left@reader.example");
        assert_eq!(sent.suppressed().len(), 2);
    }
}

/// Some may be gone from the mailbox by then: nobody is told that nothing was changed.
#[test]
fn a_server_that_does_not_move_messages_stops_the_run_late() {
    let (sent, _server) = with(Vec::new());
    let room = sent.room.config("after = \"move:Done\"");
    let run =
        room.run("inbox").exit(1).stderr_has("does not take messages out").stderr_has("what was read is in the ledger");
    run.stderr_lacks("nothing in the mailbox was changed");
}

/// A bare machine: the reason is told before anybody is asked for a certificate.
#[test]
fn a_machine_that_believes_nobody_says_so() {
    let inbox = "[inbox]\nhost = \"127.0.0.1\"\nport = 1\nuser = \"u\"\npassword_command = \"echo p\"\n";
    let room = super::Newsroom::new().config(inbox).env("SSL_CERT_FILE", "/nowhere/authorities.pem");
    let run = room.run("inbox").exit(1).stderr_has("no certificate authorities that could be believed");
    run.stderr_has("/nowhere/authorities.pem").stderr_has("ca-certificates");
}
