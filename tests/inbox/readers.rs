//! What readers and their providers write: unsubscriptions and complaints.

use super::{Sent, sent_to};

fn unsubscription(from: &str, subject: &str) -> String {
    let template = std::fs::read_to_string("tests/inbox/messages/unsubscribe.eml").expect("a message");
    template.replace("[FROM]", from).replace("[SUBJECT]", subject).replace("[MARK]", from)
}

/// The subject that a mail program takes from `List-Unsubscribe`.
fn subject(sent: &Sent, reader: &str) -> String {
    let letter = sent.message(reader).parsed();
    let header = letter.header("List-Unsubscribe").expect("a way out").to_owned();
    let (_, rest) = header.split_once("<mailto:unsubscribe@example.org?subject=").expect("by mail");
    rest.trim_end_matches('>').replace("%20", " ")
}

#[test]
fn a_reader_leaves_by_mail_from_whatever_address() {
    let sent = sent_to(&["ada@reader.example", "ben@example.com"], "");
    let subject = subject(&sent, "ada@reader.example");
    sent.put("1", &unsubscription("ada.lovelace@private.example", &subject));
    let run = sent.room.run("inbox returns").exit(0).stdout_has("unsubscription  ada@reader.example  suppressed");
    run.stdout_has("with the tag of a message of ours");
    assert_eq!(sent.suppressed(), ["ada@reader.example unsubscribed"]);
    sent.room.run("inbox returns").exit(0).stdout("1 message: 1 noted before\n");
}

#[test]
fn without_a_tag_only_who_gets_our_mail_can_leave() {
    let sent = sent_to(&["ada@reader.example"], "");
    sent.put("1", &unsubscription("Ada@Reader.Example", "unsubscribe"));
    sent.put("2", &unsubscription("stranger@example.com", "unsubscribe"));
    let run = sent.room.run("inbox returns").exit(0).stdout_has("2 messages: 1 suppressed, 1 not ours");
    run.stdout_has("nobody to whom we write");
    assert_eq!(sent.suppressed(), ["Ada@reader.example unsubscribed"]);
}

#[test]
fn who_is_only_on_the_list_can_leave_too() {
    let sent = sent_to(&["ada@reader.example"], "");
    sent.room
        .write("subscribers.csv", "email,statut\nada@reader.example,\nnew@example.com,\nold@example.com,Désinscrit\n");
    sent.put("1", &unsubscription("new@example.com", "please"));
    sent.put("2", &unsubscription("old@example.com", "please"));
    sent.room.run("inbox returns").exit(0).stdout_has("2 suppressed");
}

#[test]
fn a_vacation_notice_unsubscribes_nobody() {
    let sent = sent_to(&["ada@reader.example"], "");
    let notice = unsubscription("ada@reader.example", "Automatic reply: Ferry back in service");
    sent.put("1", &notice);
    sent.put("2", &notice.replace("Subject: Automatic reply:", "Auto-Submitted: auto-replied\nSubject: Re:"));
    sent.room.run("inbox returns").exit(0).stdout_has("2 messages: 2 ignored");
    assert!(sent.suppressed().is_empty());
}

/// Where the address is also the one that readers answer to, a letter is no unsubscription.
#[test]
fn an_answer_unsubscribes_nobody() {
    let sent = sent_to(&["ada@reader.example", "ben@example.com"], "");
    let config = sent.room.read("envoi.toml").replace("bounces@example.org", "unsubscribe@example.org");
    sent.room.write("envoi.toml", config);
    sent.put("1", &unsubscription("ada@reader.example", "A question about the timetable"));
    sent.put("2", &unsubscription("ben@example.com", "Unsubscribe me"));
    sent.room.run("inbox returns").exit(0).stdout_has("2 messages: 1 suppressed, 1 ignored");
    assert_eq!(sent.suppressed(), ["ben@example.com unsubscribed"]);
}

/// Many providers take the reader's address out of their complaints; our tags stay.
#[test]
fn a_complaint_suppresses_though_the_reader_is_not_named() {
    let sent = sent_to(&["ada@reader.example", "ben@example.com"], "");
    let complaint = sent.about("ada@reader.example", "complaint");
    assert!(!complaint.contains("ada@reader.example"));
    sent.put("1", &complaint);
    let run = sent.room.run("inbox returns").exit(0).stdout_has("complaint  ada@reader.example  suppressed");
    run.stdout_has("abuse ProviderLoop/1.0");
    assert_eq!(sent.suppressed(), ["ada@reader.example complained"]);
    let kind = |kind: &str| complaint.replace("Feedback-Type: abuse", &format!("Feedback-Type: {kind}"));
    let sent = sent_to(&["ada@reader.example"], "");
    sent.put("1", &kind("not-spam"));
    sent.room.run("inbox returns").exit(0).stdout_has("1 ignored");
    let forged = sent_to(&["ada@reader.example"], "");
    forged.put("1", &complaint);
    forged.room.run("inbox returns").exit(0).stdout_has("1 not ours").stdout_has("not about a message of ours");
    assert!(forged.suppressed().is_empty());
}

/// Who asked to be forgotten does not come back into the ledger by writing, nor by a bounce of long ago.
#[test]
fn who_was_erased_stays_unknown() {
    let sent = sent_to(&["ada@reader.example"], "");
    sent.put("1", &unsubscription("ada@reader.example", "unsubscribe"));
    sent.put("2", &sent.about("ada@reader.example", "postfix"));
    sent.room.run("subscribers erase ada@reader.example --yes").exit(0);
    let run = sent.room.run("inbox returns").exit(0).stdout_has("1 suppressed already, 1 not ours");
    run.stdout_has("not about a message of ours");
    assert!(sent.suppressed().is_empty());
}

/// What stands behind a `+` of the address to unsubscribe at is a part of it: the mailbox itself takes other letters.
#[test]
fn a_letter_to_the_mailbox_behind_the_address_unsubscribes_nobody() {
    let sent = sent_to(&["ada@reader.example", "ben@example.com"], "");
    let config = sent.room.read("envoi.toml").replace("unsubscribe@example.org", "contact+desabonnement@example.org");
    sent.room.write("envoi.toml", config);
    let to = |address: &str, letter: String| letter.replace("To: unsubscribe@example.org", &format!("To: {address}"));
    let question = unsubscription("ada@reader.example", "Question sur la formation");
    sent.put("1", &to("contact@example.org", question));
    sent.put("2", &to("contact+Desabonnement+x@example.org", unsubscription("ben@example.com", "Bonjour")));
    sent.room.run("inbox returns").exit(0).stdout_has("2 messages: 1 suppressed, 1 ignored");
    assert_eq!(sent.suppressed(), ["ben@example.com unsubscribed"]);
}

/// Who is on a list that cannot be read wants to leave: that waits for a list that can.
#[test]
fn no_unsubscription_is_lost_for_a_list_that_cannot_be_read() {
    let sent = sent_to(&["ada@reader.example"], "");
    sent.room.write("subscribers.csv", format!("email\n{}\nzed@example.com\n", "x".repeat(2_000_000)));
    sent.put("1", &unsubscription("zed@example.com", "unsubscribe"));
    sent.room.run("inbox returns --delete").exit(1).stderr_has("[E820]").stderr_has("at subscribers.csv:2");
    sent.room.write("subscribers.csv", "email\nzed@example.com\n");
    sent.room.run("inbox returns --delete").exit(0).stdout_has("1 suppressed");
    assert_eq!(sent.suppressed(), ["zed@example.com unsubscribed"]);
}
