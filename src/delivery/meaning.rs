//! What a reply means for a delivery, at each point of the dialogue.

use super::reply::Reply;

/// Where in the dialogue a reply came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// To MAIL (and to RSET before it).
    Mail,
    /// To RCPT.
    Rcpt,
    /// To DATA.
    Data,
    /// To the end of the message.
    End,
}

/// What became of a message, as far as its connection can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The relay took it.
    Accepted(Reply),
    /// The relay will not have it for this address now.
    Deferred(Reply),
    /// The relay will not have it for this address.
    Refused(Reply),
    /// The relay refuses the address without saying that the address is to blame: it may mean us.
    Doubtful(Reply),
    /// The relay will not have the sender or the content: it would refuse everyone.
    Halt(Stage, Reply),
    /// The relay never had it whole, for a reason that is not its own: too busy, connection lost.
    PutOff(String),
    /// We were away for too long, and held it back: it may be somebody else's now.
    Late,
    /// The relay may have it.
    Uncertain(String),
}

/// What a refusal means. `reply` is not the positive one that belongs to the stage.
pub(super) fn refusal(stage: Stage, reply: Reply) -> Verdict {
    if !reply.is_transient() && !reply.is_permanent() {
        // a dialogue out of step
        let what = format!("the relay answered out of turn: {} {}", reply.code, reply.text);
        return if stage == Stage::End { Verdict::Uncertain(what) } else { Verdict::PutOff(what) };
    }
    match stage {
        // RFC 5321, section 3.8: the relay closes the connection; it has nothing against this message
        Stage::Mail | Stage::Rcpt | Stage::Data if reply.is(421) => Verdict::PutOff(said(&reply)),
        Stage::Mail if reply.is_transient() => Verdict::PutOff(said(&reply)),
        _ if reply.is_transient() => Verdict::Deferred(reply),
        Stage::Rcpt if reply.blames_address() => Verdict::Refused(reply),
        Stage::Rcpt => Verdict::Doubtful(reply),
        // after the content, only the enhanced code can say that the address is to blame
        Stage::End if reply.is_enhanced() && reply.blames_address() => Verdict::Refused(reply),
        Stage::Mail | Stage::Data | Stage::End => Verdict::Halt(stage, reply),
    }
}

fn said(reply: &Reply) -> String {
    format!("{} {}", reply.code, reply.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(stage: Stage, code: u16, text: &str) -> Verdict {
        refusal(stage, Reply { code, text: text.to_owned() })
    }

    #[test]
    fn a_refusal_of_the_address_is_not_one_of_the_message() {
        assert!(matches!(meant(Stage::Rcpt, 550, "5.1.1 no such user"), Verdict::Refused(_)));
        assert!(matches!(meant(Stage::Rcpt, 554, "5.7.1 relay access denied"), Verdict::Doubtful(_)));
        assert!(matches!(meant(Stage::End, 550, "5.1.1 no such user"), Verdict::Refused(_)));
        assert!(matches!(meant(Stage::End, 550, "looks like spam"), Verdict::Halt(Stage::End, _)));
        assert!(matches!(meant(Stage::Mail, 550, "5.7.1 not your domain"), Verdict::Halt(Stage::Mail, _)));
    }

    #[test]
    fn what_passes_is_tried_again() {
        assert!(matches!(meant(Stage::Rcpt, 451, "4.7.1 greylisted"), Verdict::Deferred(_)));
        assert!(matches!(meant(Stage::End, 452, "4.3.1 disk full"), Verdict::Deferred(_)));
        assert!(matches!(meant(Stage::Mail, 450, "slow down"), Verdict::PutOff(_)));
        assert!(matches!(meant(Stage::Data, 421, "closing"), Verdict::PutOff(_)));
    }

    #[test]
    fn a_reply_out_of_turn_is_never_taken_for_an_acceptance() {
        assert!(matches!(meant(Stage::End, 354, "go ahead"), Verdict::Uncertain(_)));
        assert!(matches!(meant(Stage::Rcpt, 354, "go ahead"), Verdict::PutOff(_)));
    }
}
