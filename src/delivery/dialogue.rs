//! The dialogue with the relay over one connection: messages in, a [`Verdict`] for each out.
//!
//! Three manners, by what the relay offers. *Lockstep* waits for every reply. *Pipelined* (RFC 2920) sends a
//! message's end together with the next message's MAIL, RCPT and DATA: one round trip a message. *Chunked*
//! (RFC 3030) sends several messages before the first is answered: less than one round trip each.
//!
//! Replies are read in the order in which they are owed, one by one, so that none is ever taken for another
//! message's. After a fault the dialogue is over: its connection is dropped and never used again.

use super::connection::Connection;
use super::meaning::{Stage, Verdict, refusal};
use super::reply::{Fault, Reply};
use crate::message::Message;

/// How messages go over a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Manner {
    Lockstep,
    Pipelined,
    /// With this many messages under way at most, two or more.
    Chunked(usize),
}

/// An envelope that the relay was told of.
#[derive(Debug)]
pub(super) enum Opening {
    /// It waits for the message.
    Ready,
    /// There will be no message.
    Over(Verdict),
}

/// A connection with the state of its dialogue.
pub(super) struct Dialogue {
    connection: Connection,
    pub(super) manner: Manner,
    /// The relay still holds the envelope of a message that will not come.
    stale: bool,
    /// Chunked: how many messages are under way.
    under_way: usize,
    /// Chunked: how many of them have not left yet, and how many, the last ones, never will.
    unsent: usize,
    late: usize,
    /// The connection can't be used any more.
    pub(super) over: Option<Fault>,
    /// How many messages were answered.
    pub(super) carried: u32,
}

impl Dialogue {
    /// Begins with what the relay offers, but no more than `most`, as it may have misbehaved before.
    pub(super) fn new(connection: Connection, window: usize, most: Manner) -> Self {
        let pipelines = connection.offer.has("PIPELINING");
        let manner = match (pipelines, connection.offer.has("CHUNKING")) {
            (true, true) if window > 1 => Manner::Chunked(window),
            (true, _) => Manner::Pipelined,
            (false, _) => Manner::Lockstep,
        };
        let manner = manner.min(most);
        Self { connection, manner, stale: false, under_way: 0, unsent: 0, late: 0, over: None, carried: 0 }
    }

    /// The largest message that the relay takes.
    pub(super) fn size_limit(&self) -> Option<u64> {
        self.connection.offer.size_limit()
    }

    /// Ends the connection as it should be ended, where it still can be.
    pub(super) async fn end(self) {
        if self.over.is_none() && self.under_way == 0 {
            self.connection.quit().await;
        }
    }

    /// One round trip, pipelined or in lockstep: the message that the relay waits for goes out whole, and the next
    /// one's envelope with it. Gives what became of the one, and how the other was received.
    pub(super) async fn turn(
        &mut self,
        finishing: Option<&Message>,
        announcing: Option<&Message>,
    ) -> (Option<Verdict>, Option<Opening>) {
        if let Some(message) = finishing {
            self.connection.put(&message.bytes);
            self.connection.put(b".\r\n");
        }
        let ahead = self.manner != Manner::Lockstep;
        if let (true, Some(message)) = (ahead, announcing) {
            self.connection.put(&self.envelope(message, "DATA\r\n"));
        }
        let mut verdict = None;
        if finishing.is_some() {
            let answer = self.connection.next_reply().await;
            verdict = Some(self.ended(answer));
        }
        let Some(message) = announcing else { return (verdict, None) };
        if let Some(fault) = &self.over {
            return (verdict, Some(Opening::Over(never_left(fault))));
        }
        let opening = if ahead { self.opening().await } else { self.knock(message).await };
        (verdict, Some(opening))
    }

    /// RSET where the relay holds an old envelope, MAIL, RCPT, and what comes after them.
    fn envelope(&self, message: &Message, more: &str) -> Vec<u8> {
        let reset = if self.stale { "RSET\r\n" } else { "" };
        format!("{reset}MAIL FROM:<{}>\r\nRCPT TO:<{}>\r\n{more}", message.from, message.to).into_bytes()
    }

    /// The replies to an envelope that was sent in one piece, DATA included.
    async fn opening(&mut self) -> Opening {
        let mut verdict = None;
        let stages: &[Stage] = if self.stale {
            &[Stage::Mail, Stage::Mail, Stage::Rcpt, Stage::Data]
        } else {
            &[Stage::Mail, Stage::Rcpt, Stage::Data]
        };
        for stage in stages {
            let reply = match self.connection.next_reply().await {
                Ok(reply) => reply,
                Err(fault) => return Opening::Over(self.lost(verdict, fault)),
            };
            if *stage == Stage::Data && reply.is(354) {
                let Some(verdict) = verdict else {
                    self.stale = false;
                    return Opening::Ready;
                };
                return Opening::Over(self.nothing_for_nobody(verdict).await);
            }
            if *stage == Stage::Data || !reply.is_positive() {
                self.heed(&reply);
                verdict.get_or_insert_with(|| refusal(*stage, reply));
            }
            if let Some(fault) = &self.over {
                let why = fault.to_string();
                return Opening::Over(verdict.unwrap_or(Verdict::PutOff(why)));
            }
        }
        self.stale = true;
        Opening::Over(verdict.unwrap_or_else(|| Verdict::PutOff("the relay did not ask for the message".to_owned())))
    }

    /// RFC 2920, section 3.1: a relay may ask for the message though it refused its recipient. It gets an empty one.
    async fn nothing_for_nobody(&mut self, verdict: Verdict) -> Verdict {
        self.connection.put(b".\r\n");
        self.stale = false;
        if let Err(fault) = self.connection.next_reply().await {
            self.over = Some(fault);
        }
        verdict
    }

    /// The envelope in lockstep: each command waits for the reply to the one before.
    async fn knock(&mut self, message: &Message) -> Opening {
        let mut steps = vec![
            (Stage::Mail, format!("MAIL FROM:<{}>\r\n", message.from)),
            (Stage::Rcpt, format!("RCPT TO:<{}>\r\n", message.to)),
            (Stage::Data, "DATA\r\n".to_owned()),
        ];
        if self.stale {
            steps.insert(0, (Stage::Mail, "RSET\r\n".to_owned()));
        }
        for (stage, command) in steps {
            self.connection.put(command.as_bytes());
            let reply = match self.connection.next_reply().await {
                Ok(reply) => reply,
                Err(fault) => return Opening::Over(self.lost(None, fault)),
            };
            let wanted = if stage == Stage::Data { reply.is(354) } else { reply.is_positive() };
            if !wanted {
                self.heed(&reply);
                self.stale = true;
                return Opening::Over(refusal(stage, reply));
            }
            if stage == Stage::Mail {
                self.stale = true;
            }
        }
        self.stale = false;
        Opening::Ready
    }

    /// Chunked: gathers a message with its envelope. RSET goes first in any case: whether a relay forgets the
    /// envelope of a refused BDAT is not settled (RFC 3030, section 2), and two messages must never mix.
    pub(super) fn send_ahead(&mut self, message: &Message) {
        self.stale = true;
        let envelope = self.envelope(message, &format!("BDAT {} LAST\r\n", message.bytes.len()));
        self.connection.put(&envelope);
        self.connection.put(&message.bytes);
        self.under_way += 1;
        self.unsent += 1;
    }

    /// How many messages may be under way at once, chunked. One, until the relay has shown that it can do it. None more
    /// behind those that never left: they are the last ones under way, and no reply to a later one may be read as theirs.
    pub(super) fn window(&self) -> usize {
        match self.manner {
            _ if self.late > 0 => 0,
            Manner::Chunked(window) if self.carried > 0 => window,
            _ => 1,
        }
    }

    /// Chunked: what became of the oldest message under way.
    pub(super) async fn oldest(&mut self) -> Verdict {
        if self.unsent > 0 && self.connection.is_late() {
            self.late += self.unsent;
        }
        self.unsent = 0;
        self.under_way = self.under_way.saturating_sub(1);
        if self.late > self.under_way {
            self.late -= 1;
            return Verdict::Late;
        }
        let mut verdict = None;
        for stage in [Stage::Mail, Stage::Mail, Stage::Rcpt, Stage::End] {
            if let Some(fault) = &self.over {
                // after a 421 the relay reads no further (RFC 5321, section 3.8); after anything else, who knows
                let why = fault.to_string();
                let unread = matches!(fault, Fault::Goodbye(_));
                return verdict.unwrap_or(if unread { Verdict::PutOff(why) } else { Verdict::Uncertain(why) });
            }
            match self.connection.next_reply().await {
                Err(fault) => self.over = Some(fault),
                Ok(reply) => {
                    let wanted = if stage == Stage::End { reply.is(250) } else { reply.is_positive() };
                    if stage == Stage::End && wanted && verdict.is_none() {
                        self.carried += 1;
                        return Verdict::Accepted(reply);
                    }
                    if !wanted && verdict.is_none() {
                        self.heed(&reply);
                        verdict = Some(self.understood(stage, reply));
                    }
                }
            }
        }
        self.carried += 1;
        match (verdict, &self.over) {
            (Some(verdict), _) => verdict,
            (None, Some(fault)) => Verdict::Uncertain(fault.to_string()),
            (None, None) => Verdict::Uncertain("the relay answered out of turn".to_owned()),
        }
    }

    /// The reply to a message's end.
    fn ended(&mut self, answer: Result<Reply, Fault>) -> Verdict {
        self.carried += 1;
        match answer {
            Ok(reply) if reply.is(250) => Verdict::Accepted(reply),
            Ok(reply) => {
                self.heed(&reply);
                refusal(Stage::End, reply)
            }
            // nothing of the message has left
            Err(Fault::Late) => {
                self.over = Some(Fault::Late);
                Verdict::Late
            }
            Err(fault) => {
                let why = fault.to_string();
                self.over = Some(fault);
                Verdict::Uncertain(why)
            }
        }
    }

    /// A fault before the message's end could be sent: whatever was said before it counts.
    fn lost(&mut self, verdict: Option<Verdict>, fault: Fault) -> Verdict {
        let never = never_left(&fault);
        self.over = Some(fault);
        verdict.unwrap_or(never)
    }

    /// A refusal of the first BDAT as a command: the relay offers what it cannot do. Only one message was risked.
    fn understood(&mut self, stage: Stage, reply: Reply) -> Verdict {
        if stage == Stage::End && self.carried == 0 && (500..=504).contains(&reply.code) && !reply.is_enhanced() {
            let why = format!("{} {}", reply.code, reply.text);
            self.over.get_or_insert(Fault::Garbled(why.clone()));
            return Verdict::PutOff(why);
        }
        refusal(stage, reply)
    }

    /// An unwanted reply. 421 ends the connection (RFC 5321, section 3.8), whatever it answers; and so does a reply
    /// that can't be one to what was asked.
    fn heed(&mut self, reply: &Reply) {
        if reply.is(421) {
            self.over.get_or_insert(Fault::Goodbye(format!("421 {}", reply.text)));
        } else if !reply.is_transient() && !reply.is_permanent() {
            self.over.get_or_insert(Fault::Garbled(format!("{} {}", reply.code, reply.text)));
        }
    }
}

/// What a fault means for a message whose end was not sent.
fn never_left(fault: &Fault) -> Verdict {
    match fault {
        Fault::Late => Verdict::Late,
        other => Verdict::PutOff(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use lettre::transport::smtp::client::AsyncSmtpConnection;
    use lettre::transport::smtp::extension::ClientId;
    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::address::Address;
    use crate::delivery::offer::Offer;
    use crate::ledger::Lease;

    /// A relay that takes everything, in chunks.
    async fn take_everything(listener: TcpListener) -> std::io::Result<()> {
        let (stream, _) = listener.accept().await?;
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 relay\r\n").await?;
        let mut line = String::new();
        while stream.read_line(&mut line).await? > 0 {
            if let Some(size) = line.strip_prefix("BDAT ").and_then(|rest| rest.split(' ').next()?.parse().ok()) {
                stream.read_exact(&mut vec![0; size]).await?;
            }
            stream.write_all(b"250 fine\r\n").await?;
            line.clear();
        }
        Ok(())
    }

    async fn dialogue(window: usize) -> Dialogue {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        tokio::spawn(take_everything(listener));
        let smtp = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &ClientId::default()).await.unwrap();
        let offer = Offer { keywords: vec!["PIPELINING".to_owned(), "CHUNKING".to_owned()] };
        let connection = Connection::new(smtp, offer, Duration::from_secs(5));
        Dialogue::new(connection, window, Manner::Chunked(window))
    }

    #[tokio::test]
    async fn a_message_that_never_left_gets_no_later_ones_reply() {
        let mut dialogue = dialogue(3).await;
        let message = Message { from: Address::example(), to: Address::example(), bytes: b"Text.\r\n".to_vec() };
        let mut verdicts = Vec::new();
        for _ in 0..3 {
            dialogue.send_ahead(&message);
        }
        // the first two are answered while the third is under way
        for _ in 0..2 {
            verdicts.push(dialogue.oldest().await);
        }
        // one more is gathered; then this process is away for longer than its lease
        dialogue.send_ahead(&message);
        dialogue.connection = dialogue.connection.under(Lease::new(Instant::now()));
        verdicts.push(dialogue.oldest().await);
        // back again, with a new lease: nothing may go out behind the one that never left
        dialogue.connection = dialogue.connection.under(Lease::default());
        assert_eq!(dialogue.window(), 0);
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Accepted(_))), "{verdicts:?}");
        assert_eq!(dialogue.oldest().await, Verdict::Late);
        // and from then on as before
        assert_eq!(dialogue.window(), 3);
        dialogue.send_ahead(&message);
        assert!(matches!(dialogue.oldest().await, Verdict::Accepted(_)));
        dialogue.end().await;
    }
}
