//! One letter to one person, outside of any send: a confirmation mail. Message -> [`Carried`].
//!
//! It stands in no ledger: to get it twice does no harm, and not to get it is mended by asking for it again.

use super::connection::Connection;
use super::dialogue::{Dialogue, Manner, Opening};
use super::meaning::Verdict;
use super::relay::{NoConnection, Relay};
use crate::message::Message;

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// The relay took it.
    Taken,
    /// It may go better later; in the relay's words.
    Later(String),
    /// The relay will not have it; in its words.
    Never(String),
}

impl Relay {
    /// Carries one letter over a connection of its own.
    pub async fn carry(&self, message: &Message) -> Carried {
        match self.connect().await {
            Ok(connection) => over(connection, message).await,
            Err(NoConnection::Later(why)) => Carried::Later(why),
            // somebody may mend the configuration of the other side meanwhile
            Err(NoConnection::Never(error)) => Carried::Later(error.to_string()),
        }
    }
}

async fn over(connection: Connection, message: &Message) -> Carried {
    let mut dialogue = Dialogue::new(connection, 1, Manner::Lockstep);
    let (_, opening) = dialogue.turn(None, Some(message)).await;
    let verdict = match opening {
        Some(Opening::Ready) => dialogue.turn(Some(message), None).await.0,
        Some(Opening::Over(verdict)) => Some(verdict),
        None => None,
    };
    dialogue.end().await;
    match verdict {
        Some(Verdict::Accepted(_)) => Carried::Taken,
        Some(Verdict::Refused(reply) | Verdict::Doubtful(reply) | Verdict::Halt(_, reply)) => {
            Carried::Never(format!("{} {}", reply.code, reply.text))
        }
        Some(Verdict::Deferred(reply)) => Carried::Later(format!("{} {}", reply.code, reply.text)),
        Some(Verdict::PutOff(why) | Verdict::Uncertain(why)) => Carried::Later(why),
        Some(Verdict::Late) | None => Carried::Later("the relay fell silent".to_owned()),
    }
}
