//! How a message's content comes in, by DATA (RFC 5321, section 4.5.2) or BDAT (RFC 3030), and what becomes of it.

use std::io::{self, BufRead};
use std::time::Instant;

use super::dialogue::{Answer, Dialogue, Transaction};
use super::records::Taken;
use super::script::Point;

impl Dialogue<'_> {
    pub(super) fn data(&mut self) -> io::Result<()> {
        let Some(open) = &self.transaction else {
            return self.answer(503, "5.5.1 need MAIL");
        };
        if open.chunks.is_some() {
            return self.answer(503, "5.5.1 the message has begun with BDAT");
        }
        let usual = if open.recipients.is_empty() && !self.house.offer.data_for_nobody {
            Answer::new(554, "5.5.1 no valid recipients")
        } else {
            Answer::new(354, "end with a dot on a line of its own")
        };
        let answer = self.at(Point::Data)?.unwrap_or(usual);
        let begin = answer.code == 354;
        self.say(answer)?;
        if !begin {
            return Ok(());
        }
        let (content, answered) = self.read_lines()?;
        self.note(&format!("C: ({} bytes)", content.len()));
        if !self.house.offer.pipelining && self.wire.ahead() > 0 {
            self.fault("did not wait for the reply to the message");
        }
        let open = self.transaction.take().unwrap_or_default();
        if answered { Ok(()) } else { self.decide(open, content, false, None) }
    }

    /// Reads until the lone dot, without the dots that were stuffed; also whether the script answered half-way.
    fn read_lines(&mut self) -> io::Result<(Vec<u8>, bool)> {
        let mut content = Vec::new();
        let mut line = Vec::new();
        let mut answered = false;
        let mut fresh = true;
        loop {
            line.clear();
            if self.wire.line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if fresh && line == b".\r\n" {
                return Ok((content, answered));
            }
            let first = content.is_empty();
            let stuffed = fresh && line.starts_with(b".");
            content.extend_from_slice(&line[usize::from(stuffed)..]);
            fresh = line.ends_with(b"\r\n");
            if first {
                answered = self.half_way()?;
            }
        }
    }

    fn half_way(&mut self) -> io::Result<bool> {
        let Some(answer) = self.at(Point::MidBody)? else { return Ok(false) };
        self.say(answer)?;
        self.wire.flush()?;
        Ok(true)
    }

    pub(super) fn bdat(&mut self, argument: &str) -> io::Result<()> {
        let mut words = argument.split_whitespace();
        let size: Option<u64> = words.next().and_then(|size| size.parse().ok());
        let last = words.next().map(|word| word.eq_ignore_ascii_case("LAST"));
        let (Some(size), None | Some(true)) = (size, last) else {
            return self.answer(501, "5.5.4 syntax: BDAT size [LAST]");
        };
        let scripted = self.at(Point::Bdat)?;
        let (chunk, answered) = self.read_chunk(size)?;
        if !self.house.offer.pipelining && self.wire.ahead() > 0 {
            self.fault("did not wait for the reply to BDAT");
        }
        let mut open = self.transaction.take();
        let refusal = scripted.or_else(|| self.chunk_refused(open.as_ref(), size));
        if open.as_ref().is_none_or(|open| open.recipients.is_empty()) {
            self.house.records.book().bytes_for_nobody += size;
        }
        if answered || refusal.as_ref().is_some_and(|refusal| !refusal.is_positive()) {
            // RFC 3030, section 2: the message has failed; what is left of it is read and refused. LAST ends it.
            if let Some(open) = open.as_mut().filter(|_| last.is_none()) {
                open.failed = true;
                open.chunks.get_or_insert_default();
            }
            self.transaction = open.filter(|_| last.is_none());
            return refusal.filter(|_| !answered).map_or(Ok(()), |refusal| self.say(refusal));
        }
        let mut open = open.unwrap_or_default();
        open.chunks.get_or_insert_default().extend_from_slice(&chunk);
        if last.is_some() {
            let content = open.chunks.take().unwrap_or_default();
            return self.decide(open, content, true, refusal);
        }
        self.transaction = Some(open);
        self.say(refusal.unwrap_or_else(|| Answer::new(250, &format!("2.0.0 {size} bytes received"))))
    }

    /// Reads a chunk, with the pause for the script in the middle of the first one.
    fn read_chunk(&mut self, size: u64) -> io::Result<(Vec<u8>, bool)> {
        let begins = self.transaction.as_ref().is_some_and(|open| open.chunks.is_none());
        let mut chunk = Vec::new();
        self.wire.bytes(size / 2, &mut chunk)?;
        let answered = begins && self.half_way()?;
        self.wire.bytes(size - size / 2, &mut chunk)?;
        self.note(&format!("C: ({size} bytes)"));
        Ok((chunk, answered))
    }

    fn chunk_refused(&self, open: Option<&Transaction>, size: u64) -> Option<Answer> {
        let Some(open) = open else { return Some(Answer::new(503, "5.5.1 need MAIL")) };
        let so_far = open.chunks.as_ref().map_or(0, |chunks| chunks.len() as u64) + size;
        if !self.house.offer.chunking {
            Some(Answer::new(502, "5.5.1 BDAT not offered"))
        } else if open.failed {
            Some(Answer::new(503, "5.5.1 a part of this message was refused before"))
        } else if open.recipients.is_empty() {
            Some(Answer::new(554, "5.5.1 no valid recipients"))
        } else if self.house.offer.size.is_some_and(|limit| so_far > limit) {
            Some(Answer::new(552, "5.3.4 message too big"))
        } else {
            None
        }
    }

    /// Takes or refuses a whole message. `wanted` is the script's own wording of the acceptance.
    fn decide(&mut self, open: Transaction, content: Vec<u8>, chunked: bool, wanted: Option<Answer>) -> io::Result<()> {
        self.transaction = Some(open);
        let scripted = self.at(Point::AfterEnd)?;
        let open = self.transaction.take().unwrap_or_default();
        let verdict = scripted.unwrap_or_else(|| self.verdict(&open, &content, wanted));
        if !verdict.is_positive() {
            return self.say(verdict);
        }
        let Transaction { sender, parameters, recipients, .. } = open;
        let kept = Transaction { recipients: recipients.clone(), ..Transaction::default() };
        self.taken += 1;
        self.house.records.take(Taken {
            sender,
            recipients,
            bytes: if self.house.offer.forgets_contents { Vec::new() } else { content },
            connection: self.number,
            parameters,
            chunked,
            encrypted: self.encrypted,
            user: self.user.clone(),
            at: Instant::now(),
        });
        self.transaction = Some(kept);
        let scripted = self.at(Point::Accepted)?;
        self.transaction = None;
        self.say(scripted.unwrap_or(verdict))
    }

    fn verdict(&self, open: &Transaction, content: &[u8], wanted: Option<Answer>) -> Answer {
        if open.recipients.is_empty() {
            self.house.records.book().bytes_for_nobody += content.len() as u64;
            return Answer::new(554, "5.5.1 no valid recipients");
        }
        if self.house.offer.size.is_some_and(|limit| content.len() as u64 > limit) {
            return Answer::new(552, "5.3.4 message too big");
        }
        if let Some(fault) = line_fault(content) {
            self.fault(&format!("a message to {} with {fault}", open.recipients.join(", ")));
            return Answer::new(550, &format!("5.6.0 message with {fault}"));
        }
        if !content.is_ascii() && !open.parameters.iter().any(|one| one.eq_ignore_ascii_case("BODY=8BITMIME")) {
            self.fault("a message with 8-bit content that was not announced by BODY=8BITMIME");
            return Answer::new(554, "5.6.3 8-bit content not announced");
        }
        wanted.unwrap_or_else(|| Answer::new(250, "2.0.0 taken"))
    }
}

/// What RFC 5321 (sections 2.3.8 and 4.5.3.1.6) forbids in the lines of a message.
fn line_fault(mut content: &[u8]) -> Option<&'static str> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if content.read_until(b'\n', &mut line).expect("memory can be read") == 0 {
            return None;
        }
        let Some(inner) = line.strip_suffix(b"\r\n") else {
            return Some(if line.ends_with(b"\n") { "a bare line feed" } else { "a last line without CRLF" });
        };
        if inner.len() > 998 {
            return Some("a line of more than 998 bytes");
        }
        if inner.contains(&b'\r') {
            return Some("a bare carriage return");
        }
    }
}
