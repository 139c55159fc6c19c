//! A mailbox on an IMAP server (RFC 3501), over TLS: a few messages at a time, read without marking them (BODY.PEEK).
//! Up to where it was read is remembered by UIDVALIDITY and UID.
//!
//! Where nothing is to be changed the mailbox is opened read-only (EXAMINE), so that the server itself sees to it.

use std::collections::VecDeque;
use std::future::Future;
use std::time::Duration;

use async_imap::error::Error as ImapError;
use async_imap::{Authenticator, Client, Session};
use futures_util::TryStreamExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

use super::letter::MOST_BYTES;
use super::utf7::utf7;
use super::{Mark, Message};
use crate::error::{Error, Result, Trouble};
use crate::project::{After, Project, Tls};
use crate::tls;

/// How many messages are fetched at once.
const SOME: usize = 16;

/// How many messages are taken out with one command.
const MANY: usize = 200;

/// How long a connection, or an answer, may take.
const PATIENCE: Duration = Duration::from_mins(1);

type Stream = TlsStream<TcpStream>;

/// A mailbox that is being read.
#[derive(Debug)]
pub(super) struct Imap {
    server: Server,
    session: Session<Stream>,
    /// The mailbox's UIDVALIDITY.
    pub(super) validity: u32,
    /// The UIDs still to be fetched.
    left: VecDeque<u32>,
    /// What was fetched and not given yet.
    fetched: VecDeque<Message>,
    /// The last UID that was given.
    pub(super) last: u32,
    /// What is to be taken out.
    settled: Vec<u32>,
}

/// Where the mailbox is.
#[derive(Debug, Clone)]
pub(super) struct Server {
    host: String,
    port: u16,
    user: String,
    folder: String,
    /// Whether messages are being taken out.
    changing: bool,
}

impl Server {
    /// The mailbox's name, by which it is remembered.
    pub(super) fn name(&self) -> String {
        format!("imap://{}@{}:{}/{}", self.user, self.host, self.port, self.folder)
    }

    fn failed(&self, what: &str, why: impl std::fmt::Display) -> Error {
        let trouble = Trouble::new(format!("the IMAP server {}:{} {what}: {why}", self.host, self.port));
        Error::Refused(if self.changing {
            trouble.hint(
                "what was read is in the ledger; some of it may have left the mailbox: the next run does the rest",
            )
        } else {
            trouble
                .hint("check `host`, `port`, `user` and `folder` under `[inbox]`; nothing in the mailbox was changed")
        })
    }
}

/// Waits for the server, but not for ever.
async fn asked<T>(
    server: &Server,
    what: &str,
    answer: impl Future<Output = std::result::Result<T, ImapError>>,
) -> Result<T> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(server.failed(what, error)),
        Err(_) => Err(server.failed(what, "it does not answer")),
    }
}

/// AUTHENTICATE PLAIN (RFC 4616), for passwords that LOGIN could not quote.
struct Plain<'p> {
    user: &'p str,
    password: &'p SecretString,
}

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.password.expose_secret())
    }
}

impl Imap {
    /// The server that a project names.
    pub(super) fn server(project: &Project) -> Result<Option<Server>> {
        let config = &project.config.inbox;
        let Some(host) = &config.host else { return Ok(None) };
        let Some(user) = &config.user else {
            return Err(Error::Refused(
                Trouble::new("`[inbox]` names an IMAP server, but not whose mailbox it is")
                    .hint("add `user = \"bounces@example.org\"` under `[inbox]`"),
            ));
        };
        if config.tls == Some(Tls::None) {
            return Err(Error::Refused(
                Trouble::new("`[inbox]` asks for a connection without TLS, over which the password would go")
                    .hint("take `tls` out for TLS from the first byte, or write `tls = \"required\"` for STARTTLS"),
            ));
        }
        Ok(Some(Server {
            host: host.clone(),
            port: config.port(),
            user: user.clone(),
            folder: config.folder.clone().unwrap_or_else(|| "INBOX".to_owned()),
            changing: false,
        }))
    }

    /// Opens the mailbox. `bookmark` is up to where it was read.
    pub(super) async fn open(
        project: &Project,
        server: Server,
        bookmark: Option<(i64, i64)>,
        changing: bool,
    ) -> Result<Self> {
        let password = project.config.inbox.password(&server.user, &project.root)?;
        let client = connect(project, &server).await?;
        let login = async {
            if password.expose_secret().is_ascii() {
                client.login(&server.user, password.expose_secret()).await
            } else {
                client.authenticate("PLAIN", Plain { user: &server.user, password: &password }).await
            }
        };
        let mut session = match tokio::time::timeout(PATIENCE, login).await {
            Ok(Ok(session)) => session,
            Ok(Err((error, _))) => {
                return Err(server.failed(&format!("refused the login of `{}`", server.user), error));
            }
            Err(_) => return Err(server.failed("did not answer the login", "it is silent")),
        };
        let folder = utf7(&server.folder);
        let what = format!("does not open `{}`", server.folder);
        let mailbox = if changing {
            asked(&server, &what, session.select(&folder)).await?
        } else {
            asked(&server, &what, session.examine(&folder)).await?
        };
        let validity = mailbox.uid_validity.unwrap_or(0);
        let last = match bookmark {
            Some((known, uid)) if known == i64::from(validity) => u32::try_from(uid).unwrap_or(0),
            _ => 0,
        };
        let range = format!("UID {}:*", last.saturating_add(1));
        let mut uids: Vec<u32> =
            asked(&server, "does not list its messages", session.uid_search(range)).await?.into_iter().collect();
        // `n:*` names the last message even where its number is below n
        uids.retain(|uid| *uid > last);
        uids.sort_unstable();
        Ok(Self { server, session, validity, left: uids.into(), fetched: VecDeque::new(), last, settled: Vec::new() })
    }

    /// The next message; one that another program took away meanwhile is passed over.
    pub(super) async fn next(&mut self) -> Result<Option<Message>> {
        while self.fetched.is_empty() && !self.left.is_empty() {
            let some: Vec<u32> = self.left.drain(..self.left.len().min(SOME)).collect();
            let query = format!("(UID BODY.PEEK[]<0.{MOST_BYTES}>)");
            let fetch = async { self.session.uid_fetch(set(&some), query).await?.try_collect::<Vec<_>>().await };
            let mut fetched = asked(&self.server, "does not give its messages", fetch).await?;
            fetched.sort_by_key(|message| message.uid);
            let message = |fetch: &async_imap::types::Fetch| {
                let uid = fetch.uid.filter(|uid| some.contains(uid))?;
                let bytes = fetch.body()?.to_vec();
                Some(Message { name: format!("{} {uid}", self.server.folder), bytes, mark: Mark::Uid(uid) })
            };
            self.fetched.extend(fetched.iter().filter_map(message));
            let given = |uid: &u32| fetched.iter().any(|fetch| fetch.uid == Some(*uid) && fetch.body().is_some());
            let missing: Vec<u32> = some.iter().copied().filter(|uid| !given(uid)).collect();
            if !missing.is_empty() {
                // gone meanwhile, or the connection broke in the middle, which the library does not tell
                let look = self.session.uid_search(format!("UID {}", set(&missing)));
                let there = asked(&self.server, "does not give its messages", look).await?;
                if missing.iter().any(|uid| there.contains(uid)) {
                    return Err(self.server.failed("does not give its messages", "it leaves some of them out"));
                }
            }
        }
        let message = self.fetched.pop_front();
        if let Some(Message { mark: Mark::Uid(uid), .. }) = &message {
            self.last = *uid;
        }
        Ok(message)
    }

    /// A message is to be taken out at the end.
    pub(super) fn settle(&mut self, uid: u32) {
        self.settled.push(uid);
    }

    /// Takes out what is to be taken out, and says goodbye.
    pub(super) async fn close(mut self, after: &After) -> Result<()> {
        if !self.settled.is_empty() {
            let what = "does not take messages out";
            let capabilities = asked(&self.server, "does not say what it can do", self.session.capabilities()).await?;
            self.server.changing = true;
            let (moves, expunges) = (capabilities.has_str("MOVE"), capabilities.has_str("UIDPLUS"));
            let folder = if let After::Move(folder) = after { utf7(folder) } else { String::new() };
            if !folder.is_empty() {
                // where it is there already, that is what is wanted
                let _ = tokio::time::timeout(PATIENCE, self.session.create(&folder)).await;
            }
            for some in self.settled.chunks(MANY) {
                let set = set(some);
                match after {
                    After::Keep => {}
                    After::Move(_) if moves => {
                        asked(&self.server, what, self.session.uid_mv(&set, &folder)).await?;
                    }
                    After::Move(_) => {
                        asked(&self.server, what, self.session.uid_copy(&set, &folder)).await?;
                        delete(&self.server, &mut self.session, &set, expunges).await?;
                    }
                    After::Delete => delete(&self.server, &mut self.session, &set, expunges).await?,
                }
            }
        }
        // whatever it says to that
        let _ = tokio::time::timeout(PATIENCE, self.session.logout()).await;
        Ok(())
    }

    /// The mailbox's name, by which it is remembered.
    pub(super) fn name(&self) -> String {
        self.server.name()
    }
}

/// Marks messages as deleted and, where the server can do that to these alone (UIDPLUS, RFC 4315), removes them. A plain
/// EXPUNGE would remove what others have marked as well.
async fn delete(server: &Server, session: &mut Session<Stream>, set: &str, expunges: bool) -> Result<()> {
    let what = "does not delete messages";
    let store =
        async { session.uid_store(set, "+FLAGS.SILENT (\\Deleted)").await?.try_collect::<Vec<_>>().await.map(|_| ()) };
    asked(server, what, store).await?;
    if expunges {
        let expunge = async { session.uid_expunge(set).await?.try_collect::<Vec<_>>().await.map(|_| ()) };
        asked(server, what, expunge).await?;
    }
    Ok(())
}

/// A connection, protected, with the greeting read.
async fn connect(project: &Project, server: &Server) -> Result<Client<Stream>> {
    let config = &project.config.inbox;
    let ca = config.ca.as_ref().map(|ca| project.root.join(ca));
    let connector = tls::connector(ca.as_deref())?;
    let name = ServerName::try_from(server.host.clone())
        .map_err(|_| server.failed("cannot be asked", "its name is no host name"))?;
    let dial = async {
        let tcp = TcpStream::connect((server.host.as_str(), server.port))
            .await
            .map_err(|error| server.failed("cannot be reached", error))?;
        let tcp = if config.tls == Some(Tls::Required) { starttls(server, tcp).await? } else { tcp };
        let stream = connector.connect(name, tcp).await.map_err(|error| {
            let error = server.failed("gives no protected connection", error);
            match error {
                Error::Refused(trouble) => Error::Refused(trouble.hint(
                    "for a private authority name its certificate with `ca = \"…\"`; envoi never goes on without TLS",
                )),
                other => other,
            }
        })?;
        let mut client = Client::new(stream);
        if config.tls != Some(Tls::Required) {
            greeting(server, &mut client).await?;
        }
        Ok(client)
    };
    match tokio::time::timeout(PATIENCE, dial).await {
        Ok(client) => client,
        Err(_) => Err(server.failed("cannot be reached", "it does not answer")),
    }
}

async fn greeting<S>(server: &Server, client: &mut Client<S>) -> Result<()>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + std::fmt::Debug + Send,
{
    match client.read_response().await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(server.failed("hung up", "it gave no greeting")),
        Err(error) => Err(server.failed("gave no greeting", error)),
    }
}

/// STARTTLS. What a third party may have put in behind its answer is thrown away with the old client's buffer.
async fn starttls(server: &Server, tcp: TcpStream) -> Result<TcpStream> {
    let mut client = Client::new(tcp);
    greeting(server, &mut client).await?;
    asked(server, "does not do STARTTLS", client.run_command_and_check_ok("STARTTLS", None)).await?;
    Ok(client.into_inner())
}

/// Numbers as a command takes them.
fn set(uids: &[u32]) -> String {
    uids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
