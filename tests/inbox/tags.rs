//! Bounce addresses of each message's own (VERP).

use super::{Newsroom, Postbox, about, sent_to};

/// A newsroom whose bounce addresses carry tags, and the sender's address of its one message.
fn tagged() -> (Newsroom, super::OpenPostbox) {
    let postbox = Postbox::new().start();
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"\npreheader = \"It sails at nine.\"\n")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(["gone@reader.example", "ada@example.com"]);
    let config = room.read("envoi.toml").replace("bounce = ", "verp = true\nbounce = ");
    room.write("envoi.toml", config);
    let room = room.relay(&postbox);
    room.run("send 2026-11 --yes").exit(0);
    (room, postbox)
}

#[test]
fn each_message_has_a_bounce_address_of_its_own() {
    let (_room, postbox) = tagged();
    let senders: Vec<String> = postbox.messages().iter().map(|message| message.sender.clone()).collect();
    assert_ne!(senders[0], senders[1]);
    for sender in &senders {
        let (local, domain) = sender.split_once('@').expect("an address");
        assert!(local.starts_with("bounces+") && local.len() <= 64 && domain == "example.org", "{sender}");
    }
    // the message itself says nothing of it
    assert!(postbox.messages().iter().all(|message| !String::from_utf8_lossy(&message.bytes).contains("bounces+")));
}

#[test]
fn a_bounce_that_returns_nothing_of_the_message_is_known_by_its_address() {
    let (room, postbox) = tagged();
    let message = &postbox.messages()[0];
    let text = about(message, "exim");
    let bare = text.split("------ This is a copy").next().expect("a text").to_owned();
    // some servers shout
    room.write("bounce.eml", bare.replace(&message.sender, &message.sender.to_uppercase()));
    room.run("inbox bounce.eml").exit(0).stdout_has("1 suppressed").stdout_has(&message.recipients[0]);
}

#[test]
fn an_invented_tag_suppresses_nobody() {
    let (room, postbox) = tagged();
    let messages = postbox.messages();
    let text = about(&messages[0], "exim");
    let bare = text.split("------ This is a copy").next().expect("a text").to_owned();
    let own = messages[0].sender.clone();
    let at = own.find('@').expect("an address");
    for forged in [
        "bounces+aaaaaaaaaaaaaaa@example.org".to_owned(),
        "bounces+@example.org".to_owned(),
        // one letter changed
        format!("{}{}{}", &own[..at - 1], if own[..at].ends_with('a') { 'b' } else { 'a' }, &own[at..]),
        // the number of another delivery
        own.replace("bounces+", "bounces+b"),
    ] {
        room.write("bounce.eml", bare.replace(&own, &forged));
        room.run("inbox bounce.eml").exit(0).stdout_has("1 not ours").stdout_has("not about a message of ours");
    }
    room.run("send 2026-11 --dry-run").exit(0).stdout_lacks("suppressed");
}

/// Somebody who got a message knows its Message-ID, and can do no harm with it but to themselves.
#[test]
fn a_forged_bounce_reaches_nobody_else() {
    let sent = sent_to(&["eve@reader.example", "ada@example.com"], "");
    let forged = sent.about("eve@reader.example", "postfix").replace("eve@reader.example", "ada@example.com");
    sent.put("1", &forged);
    sent.room.run("inbox returns").exit(0).stdout_has("soft bounce  eve@reader.example  counted");
    // without the tag, and with a Message-ID that would be another's
    let without = forged.replace("subject=unsubscribe%20", "subject=unsubscribe%20b");
    sent.put("2", &without.replace("4D2C1A0B7", "2"));
    sent.put("3", &without.replace("4D2C1A0B7", "3").replace("Message-ID: <", "Message-ID: <0"));
    sent.room.run("inbox returns").exit(0).stdout_has("2 not ours").stdout_has("not about a message of ours");
    assert!(sent.suppressed().is_empty());
}

#[test]
fn a_bounce_address_leaves_room_for_its_tag() {
    let long = "a-mailbox-for-all-that-came-back-to-the-sender";
    let room = Newsroom::new();
    let config = room.read("envoi.toml").replace("bounce = \"bounces@", &format!("verp = true\nbounce = \"{long}@"));
    room.write("envoi.toml", config);
    room.run("list").exit(1).stderr_has("E133").stderr_has("leaves no room for the tag").stderr_has("at most 38");
}
