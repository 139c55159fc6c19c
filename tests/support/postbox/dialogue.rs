//! `Dialogue`: the postbox's side of one connection (RFC 5321): reads commands, asks the script, answers in order,
//! writes the records. How a message's content is read is in `content`, how a client proves itself in `access`.

use std::io;
use std::time::Duration;

use super::House;
use super::script::{Act, Point};
use super::wire::Wire;

/// One connection, from its greeting to its end.
pub(super) struct Dialogue<'a> {
    pub(super) house: &'a House,
    pub(super) wire: Wire,
    pub(super) number: usize,
    pub(super) encrypted: bool,
    pub(super) user: Option<String>,
    pub(super) transaction: Option<Transaction>,
    pub(super) taken: usize,
    greeted: bool,
}

/// What stands between MAIL and the end of the message.
#[derive(Default)]
pub(super) struct Transaction {
    pub(super) sender: String,
    pub(super) parameters: Vec<String>,
    pub(super) recipients: Vec<String>,
    /// The BDAT chunks so far.
    pub(super) chunks: Option<Vec<u8>>,
    /// A chunk was refused, and so is the rest of the message.
    pub(super) failed: bool,
}

/// A reply with its code; the code is 0 where the bytes aren't a reply.
pub(super) struct Answer {
    pub(super) code: u16,
    bytes: Vec<u8>,
}

impl Answer {
    /// A reply; each line of the text becomes a line of the reply.
    pub(super) fn new(code: u16, text: &str) -> Self {
        let lines: Vec<&str> = text.split('\n').collect();
        let mut bytes = String::new();
        for (index, line) in lines.iter().enumerate() {
            let mark = if index + 1 == lines.len() { ' ' } else { '-' };
            bytes.push_str(&format!("{code}{mark}{line}\r\n"));
        }
        Self { code, bytes: bytes.into_bytes() }
    }

    fn raw(bytes: Vec<u8>) -> Self {
        let code = bytes.get(..3).and_then(|code| std::str::from_utf8(code).ok()).and_then(|code| code.parse().ok());
        Self { code: code.unwrap_or(0), bytes }
    }

    pub(super) fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }
}

/// The connection is at its end, though the client didn't ask for it.
fn gone() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

impl<'a> Dialogue<'a> {
    pub(super) fn new(house: &'a House, wire: Wire, number: usize) -> Self {
        Self { house, wire, number, greeted: false, encrypted: false, user: None, transaction: None, taken: 0 }
    }

    /// Talks until the client or the script ends it. An error is an end like any other: the client sees it too.
    pub(super) fn run(mut self) {
        let _ = self.talk();
        self.house.records.book().round_trips += self.wire.round_trips();
    }

    fn talk(&mut self) -> io::Result<()> {
        if self.house.offer.implicit_tls {
            self.handshake()?;
        }
        let banner = self.at(Point::Banner)?.unwrap_or_else(|| self.banner());
        let welcome = banner.code == 220;
        self.say(banner)?;
        if !welcome {
            return self.wire.close();
        }
        let mut line = Vec::new();
        loop {
            line.clear();
            if self.wire.line(&mut line)? == 0 {
                return Ok(());
            }
            if !self.obey(&line)? {
                return self.wire.close();
            }
        }
    }

    fn banner(&self) -> Answer {
        let open = self.house.records.book().open;
        match self.house.offer.most_connections {
            Some(most) if open > most => Answer::new(421, "4.7.0 postbox.test too many connections"),
            _ => Answer::new(220, "postbox.test ESMTP"),
        }
    }

    /// Plays what the script has for this point; gives the reply it wants instead of the usual one.
    pub(super) fn at(&mut self, point: Point) -> io::Result<Option<Answer>> {
        let recipients = self.transaction.as_ref().map(|open| open.recipients.clone()).unwrap_or_default();
        self.at_recipients(point, &recipients)
    }

    fn at_recipients(&mut self, point: Point, recipients: &[String]) -> io::Result<Option<Answer>> {
        for act in self.house.script.due(point, self.number, recipients) {
            match act {
                Act::Reply(code, text) => return Ok(Some(Answer::new(code, &text))),
                Act::Raw(bytes) => return Ok(Some(Answer::raw(bytes))),
                Act::Goodbye(code, text) => {
                    self.say(Answer::new(code, &text))?;
                    self.wire.close()?;
                    return Err(gone());
                }
                Act::Stall(duration) => self.stall(duration)?,
                Act::StallForever => self.stall(Duration::MAX)?,
                Act::HangUp => {
                    self.note("S: (hangs up)");
                    self.wire.flush()?;
                    return Err(gone());
                }
            }
        }
        Ok(None)
    }

    fn stall(&mut self, duration: Duration) -> io::Result<()> {
        self.note("S: (stalls)");
        self.wire.flush()?;
        self.house.stop.sleep(duration)
    }

    #[expect(clippy::needless_pass_by_value, reason = "an answer is given once")]
    pub(super) fn say(&mut self, answer: Answer) -> io::Result<()> {
        for line in String::from_utf8_lossy(&answer.bytes).lines() {
            self.note(&format!("S: {line}"));
        }
        if !self.house.offer.reply_delay.is_zero() {
            self.house.stop.sleep(self.house.offer.reply_delay)?;
        }
        self.wire.reply(&answer.bytes);
        Ok(())
    }

    pub(super) fn answer(&mut self, code: u16, text: &str) -> io::Result<()> {
        self.say(Answer::new(code, text))
    }

    pub(super) fn note(&self, line: &str) {
        self.house.records.line(self.number, line.to_owned());
    }

    pub(super) fn fault(&self, what: &str) {
        self.house.records.fault(self.number, what);
    }

    /// Obeys one command; false ends the dialogue.
    fn obey(&mut self, line: &[u8]) -> io::Result<bool> {
        let text = String::from_utf8_lossy(line);
        let command = text.trim_end_matches(['\r', '\n']);
        let (verb, argument) = command.split_once(' ').unwrap_or((command, ""));
        let verb = verb.to_ascii_uppercase();
        let secret = if verb == "AUTH" { Some("AUTH ****") } else { None };
        self.note(&format!("C: {}", secret.unwrap_or(command)));
        self.look_at(line, &verb);
        match verb.as_str() {
            "EHLO" | "HELO" => self.ehlo(&verb)?,
            "STARTTLS" => self.starttls()?,
            "AUTH" => self.auth(argument)?,
            "MAIL" => return self.mail(argument),
            "RCPT" => self.rcpt(argument)?,
            "DATA" => self.data()?,
            "BDAT" => self.bdat(argument)?,
            "RSET" => {
                let scripted = self.at(Point::Rset)?;
                self.transaction = None;
                self.say(scripted.unwrap_or_else(|| Answer::new(250, "2.0.0 forgotten")))?;
            }
            "NOOP" => self.answer(250, "2.0.0 nothing done")?,
            "VRFY" => self.answer(252, "2.0.0 send and see")?,
            "HELP" => self.answer(214, "2.0.0 see RFC 5321")?,
            "QUIT" => {
                let scripted = self.at(Point::Quit)?;
                self.say(scripted.unwrap_or_else(|| Answer::new(221, "2.0.0 until next time")))?;
                return Ok(false);
            }
            _ => {
                self.fault(&format!("`{command}` is no command"));
                self.answer(500, "5.5.2 what?")?;
            }
        }
        Ok(true)
    }

    /// Notes what is wrong with a command itself: its length, its line break, what was sent ahead of its reply.
    fn look_at(&self, line: &[u8], verb: &str) {
        let limit = if verb == "AUTH" { 12_288 } else { 512 };
        if line.len() > limit {
            self.fault(&format!("a {verb} of {} bytes; the limit is {limit}", line.len()));
        }
        if !line.ends_with(b"\r\n") {
            self.fault(&format!("{verb} does not end in CRLF"));
        }
        // RFC 2920, section 3.1: these end a group, pipelining or not. BDAT's chunk follows it in any case.
        let ends_group = matches!(verb, "EHLO" | "HELO" | "STARTTLS" | "AUTH" | "DATA" | "VRFY" | "NOOP" | "QUIT");
        if self.wire.ahead() > 0 && (ends_group || !self.house.offer.pipelining && verb != "BDAT") {
            self.fault(&format!("did not wait for the reply to {verb}"));
        }
    }

    fn ehlo(&mut self, verb: &str) -> io::Result<()> {
        let usual = if verb == "HELO" {
            Answer::new(250, "postbox.test")
        } else {
            Answer::new(250, &self.house.offer.keywords(self.encrypted, self.user.is_some()))
        };
        let answer = self.at(Point::Ehlo)?.unwrap_or(usual);
        self.greeted |= answer.is_positive();
        self.transaction = None;
        self.say(answer)
    }

    /// False where the limit of messages on this connection is reached.
    fn mail(&mut self, argument: &str) -> io::Result<bool> {
        if self.house.offer.messages_per_connection.is_some_and(|most| self.taken >= most) {
            self.answer(421, "4.7.0 postbox.test enough for one connection")?;
            return Ok(false);
        }
        let refusal = self.mail_out_of_place();
        let scripted = if refusal.is_none() { self.at(Point::Mail)? } else { None };
        let (sender, parameters) = path(argument, "FROM:").unwrap_or_default();
        let refusal = refusal.or(scripted).or_else(|| self.mail_refused(argument, &sender, &parameters));
        let answer = refusal.unwrap_or_else(|| Answer::new(250, "2.1.0 sender fine"));
        if answer.is_positive() {
            self.transaction = Some(Transaction { sender, parameters, ..Transaction::default() });
        }
        self.say(answer)?;
        Ok(true)
    }

    fn mail_out_of_place(&self) -> Option<Answer> {
        let offer = &self.house.offer;
        if !self.greeted {
            Some(Answer::new(503, "5.5.1 say EHLO first"))
        } else if offer.starttls && !self.encrypted {
            Some(Answer::new(530, "5.7.0 must issue a STARTTLS command first"))
        } else if offer.login.is_some() && self.user.is_none() {
            Some(Answer::new(530, "5.7.0 authentication required"))
        } else if self.transaction.is_some() {
            Some(Answer::new(503, "5.5.1 one message at a time"))
        } else {
            None
        }
    }

    fn mail_refused(&self, argument: &str, sender: &str, parameters: &[String]) -> Option<Answer> {
        let offer = &self.house.offer;
        if path(argument, "FROM:").is_none() {
            return Some(Answer::new(501, "5.5.4 syntax: MAIL FROM:<address>"));
        }
        if let Some(strange) = parameters.iter().find(|one| !offer.knows(one, &["SIZE", "BODY", "SMTPUTF8", "DSN"])) {
            return Some(Answer::new(555, &format!("5.5.4 parameter {strange} not offered")));
        }
        let announced: Option<u64> =
            parameters.iter().find_map(|one| one.strip_prefix("SIZE=")).and_then(|size| size.parse().ok());
        if offer.size.zip(announced).is_some_and(|(limit, announced)| announced > limit) {
            return Some(Answer::new(552, "5.3.4 message too big"));
        }
        if !sender.is_ascii() && !parameters.iter().any(|one| one == "SMTPUTF8") {
            return Some(Answer::new(553, "5.6.7 address needs SMTPUTF8"));
        }
        match offer.most_a_second {
            Some(most) if self.house.records.within_a_second() >= most => Some(Answer::new(450, "4.7.1 slow down")),
            _ => None,
        }
    }

    fn rcpt(&mut self, argument: &str) -> io::Result<()> {
        let Some(open) = &self.transaction else {
            return self.answer(503, "5.5.1 need MAIL");
        };
        if open.chunks.is_some() {
            return self.answer(503, "5.5.1 the message has begun");
        }
        let utf8 = open.parameters.iter().any(|one| one == "SMTPUTF8");
        let Some((recipient, parameters)) = path(argument, "TO:").filter(|(recipient, _)| !recipient.is_empty()) else {
            return self.answer(501, "5.5.4 syntax: RCPT TO:<address>");
        };
        let scripted = self.at_recipients(Point::Rcpt, std::slice::from_ref(&recipient))?;
        let refusal = if let Some(strange) = parameters.iter().find(|one| !self.house.offer.knows(one, &["DSN"])) {
            Some(Answer::new(555, &format!("5.5.4 parameter {strange} not offered")))
        } else if !recipient.is_ascii() && !utf8 {
            Some(Answer::new(553, "5.6.7 address needs SMTPUTF8"))
        } else if recipient.contains('@') {
            None
        } else {
            Some(Answer::new(501, "5.1.3 address without a domain"))
        };
        let answer = scripted.or(refusal).unwrap_or_else(|| Answer::new(250, "2.1.5 recipient fine"));
        if let (true, Some(open)) = (answer.is_positive(), &mut self.transaction) {
            open.recipients.push(recipient);
        }
        self.say(answer)
    }

    /// Everything before STARTTLS is forgotten after it.
    pub(super) fn start_over(&mut self) {
        self.greeted = false;
        self.transaction = None;
        self.user = None;
    }
}

/// Takes `FROM:<address> PARAMETER ..` apart.
fn path(argument: &str, prefix: &str) -> Option<(String, Vec<String>)> {
    let head = argument.get(..prefix.len())?;
    let rest = argument[head.len()..].trim_start();
    let (address, parameters) = rest.strip_prefix('<')?.split_once('>')?;
    let parameters = parameters.split_whitespace().map(str::to_owned).collect();
    head.eq_ignore_ascii_case(prefix).then(|| (address.to_owned(), parameters))
}
