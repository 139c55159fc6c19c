//! How a client proves itself: STARTTLS (RFC 3207) and AUTH with PLAIN and LOGIN (RFC 4954).

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::dialogue::{Answer, Dialogue};
use super::script::Point;

impl Dialogue<'_> {
    pub(super) fn starttls(&mut self) -> io::Result<()> {
        if !self.house.offer.starttls || self.encrypted {
            return self.answer(503, "5.5.1 STARTTLS not offered");
        }
        let answer = self.at(Point::StartTls)?.unwrap_or_else(|| Answer::new(220, "2.0.0 go ahead"));
        let begin = answer.code == 220;
        self.say(answer)?;
        if begin { self.handshake() } else { Ok(()) }
    }

    /// Makes the connection an encrypted one.
    pub(super) fn handshake(&mut self) -> io::Result<()> {
        self.at(Point::Handshake)?;
        let Some(certificate) = &self.house.certificate else { return Ok(()) };
        let config = certificate.server_config();
        match self.wire.encrypt(&config) {
            Ok(injected) => {
                if injected > 0 {
                    self.note(&format!("S: (dropped {injected} bytes that were sent before the handshake)"));
                }
                self.note("S: (encrypted from here)");
                self.encrypted = true;
                self.start_over();
                Ok(())
            }
            Err(error) => {
                self.note(&format!("S: (no handshake: {error})"));
                Err(error)
            }
        }
    }

    pub(super) fn auth(&mut self, argument: &str) -> io::Result<()> {
        let house = self.house;
        let Some(login) = &house.offer.login else {
            return self.answer(502, "5.5.1 AUTH not offered");
        };
        if self.user.is_some() || self.transaction.is_some() {
            return self.answer(503, "5.5.1 no time for AUTH");
        }
        if house.offer.starttls && !self.encrypted {
            return self.answer(538, "5.7.11 encryption required");
        }
        let (mechanism, initial) = argument.split_once(' ').unwrap_or((argument, ""));
        let initial = Some(initial.to_owned()).filter(|initial| !initial.is_empty());
        let mechanism = mechanism.to_ascii_uppercase();
        if !house.offer.mechanisms.split(' ').any(|offered| offered == mechanism) {
            return self.answer(504, "5.5.4 mechanism not offered");
        }
        let given = match mechanism.as_str() {
            "PLAIN" => self.plain(initial)?,
            _ => self.login(initial)?,
        };
        let Some((user, password)) = given else {
            return self.answer(501, "5.5.2 not what was asked for");
        };
        let right = (user.as_str(), password.as_str()) == (login.0.as_str(), login.1.as_str());
        let usual =
            if right { Answer::new(235, "2.7.0 welcome") } else { Answer::new(535, "5.7.8 credentials invalid") };
        let answer = self.at(Point::Auth)?.unwrap_or(usual);
        if answer.code == 235 {
            self.user = Some(user);
        }
        self.say(answer)
    }

    /// PLAIN (RFC 4616): identity, user and password in one.
    fn plain(&mut self, initial: Option<String>) -> io::Result<Option<(String, String)>> {
        let message = match initial {
            Some(message) => decoded(&message),
            None => self.challenge("")?,
        };
        let Some(message) = message else { return Ok(None) };
        let fields: Vec<&str> = message.split('\0').collect();
        Ok(match fields[..] {
            [_, user, password] => Some((user.to_owned(), password.to_owned())),
            _ => None,
        })
    }

    fn login(&mut self, initial: Option<String>) -> io::Result<Option<(String, String)>> {
        let user = match initial {
            Some(user) => decoded(&user),
            None => self.challenge("Username:")?,
        };
        let Some(user) = user else { return Ok(None) };
        Ok(self.challenge("Password:")?.map(|password| (user, password)))
    }

    /// Asks for one more line of credentials.
    fn challenge(&mut self, question: &str) -> io::Result<Option<String>> {
        self.answer(334, &BASE64_STANDARD.encode(question))?;
        let mut line = Vec::new();
        if self.wire.line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.note("C: ****");
        Ok(decoded(String::from_utf8_lossy(&line).trim_end()))
    }
}

fn decoded(text: &str) -> Option<String> {
    let text = if text == "=" { "" } else { text };
    String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()
}
