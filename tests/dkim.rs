//! Signed messages, verified by an independent implementation with the key that would be published.

mod support;

use std::path::Path;
use std::process::Command;

use base64::Engine as _;

use support::{Newsroom, Postbox, Service, need};

/// Verifies a message read from a file; `k=…; p=…` stands in for the DNS.
const VERIFY: &str = r"
import sys, dkim
message = open(sys.argv[1], 'rb').read()
asked = []
def dns(name, timeout=5):
    asked.append(name)
    return ('v=DKIM1; ' + sys.argv[2]).encode()
try:
    good = dkim.DKIM(message).verify(dnsfunc=dns)
except dkim.ValidationError:
    good = False
print(good, b''.join(asked).decode())
";

fn openssl(arguments: &str, folder: &Path) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().expect("openssl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn verified(message: &[u8], key: &str, room: &Newsroom) -> String {
    room.write("message.eml", message);
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-c", VERIFY]).arg(room.path("message.eml")).arg(key);
    let output = command.output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn a_signature_holds_until_a_word_is_changed() {
    if !need(Service::Dkimpy) {
        return;
    }
    let encoded = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    for (make, kind, prefix) in [("RSA -pkeyopt rsa_keygen_bits:2048", "rsa", 0), ("ED25519", "ed25519", 12)] {
        let postbox = Postbox::new().start();
        let room = Newsroom::new()
            .issue("2026-11", "subject = \"La liaison reprend, {{ first_name \\\"chers amis\\\" }}\"")
            .article("2026-11", "lead", "La liaison reprend", "Bonjour {{ first_name \"à vous\" }}, à neuf heures.")
            .subscribers(["ada@example.com,Zoë", "ben@example.com"])
            .relay(&postbox)
            .config("[dkim]\nselector = \"mail\"\nkey = \"dkim.pem\"\n");
        openssl(&format!("genpkey -algorithm {make} -out dkim.pem"), &room.path(""));
        let public = openssl("pkey -in dkim.pem -pubout -outform DER", &room.path(""));
        let key = format!("k={kind}; p={}", encoded(&public[prefix..]));
        room.run("send 2026-11 --yes").exit(0);
        for taken in postbox.messages() {
            assert_eq!(verified(&taken.bytes, &key, &room), "True mail._domainkey.example.org.", "{kind}");
            let changed = String::from_utf8(taken.bytes).expect("ASCII").replacen("neuf", "onze", 1);
            assert!(verified(changed.as_bytes(), &key, &room).starts_with("False"));
        }
        postbox.was_treated_politely();
    }
}

#[test]
fn a_missing_or_wrong_key_is_said_before_anything_is_sent() {
    let postbox = Postbox::new().start();
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"")
        .article("2026-11", "lead", "Ferry", "At nine.")
        .subscribers(["ada@example.com"])
        .relay(&postbox)
        .config("[dkim]\nselector = \"mail\"\nkey = \"dkim.pem\"\n");
    room.run("send 2026-11 --yes").exit(1).stderr_has("cannot read");
    room.write("dkim.pem", "nonsense");
    room.run("send 2026-11 --yes").exit(1).stderr_has("`dkim.pem` is no private key for DKIM");
    assert_eq!(postbox.count(), 0);
}

#[test]
fn the_name_of_a_key_is_one_that_can_be_asked_for() {
    let postbox = Postbox::new().start();
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry back in service\"")
        .article("2026-11", "lead", "Ferry back in service", "It sails at nine.")
        .subscribers(["ada@example.com"])
        .relay(&postbox)
        .config("[dkim]\ndomain = \"münchen.example\"\nselector = \"mail\"\nkey = \"dkim.pem\"\n");
    openssl("genpkey -algorithm ED25519 -out dkim.pem", &room.path(""));
    let config = room.read("envoi.toml");
    for (from, to, said) in [
        ("\"mail\"", "\"é\"", "`é` is no selector"),
        ("\"mail\"", "\"a; s=x\"", "`a; s=x` is no selector"),
        ("\"mail\"", "\"\"", "`` is no selector"),
        ("münchen.example", "x.example; d=y", "is no domain name"),
        ("münchen.example", "localhost", "has no dot"),
    ] {
        room.write("envoi.toml", config.replace(from, to));
        room.run("send 2026-11 --yes").exit(1).stderr_has(said).stderr_has("at envoi.toml:");
    }
    room.write("envoi.toml", &config);
    room.run("send 2026-11 --yes").exit(0);
    let message = String::from_utf8(postbox.messages()[0].bytes.clone()).expect("ASCII");
    assert!(message.contains("d=xn--mnchen-3ya.example; s=mail;"), "{message}");
}
