//! `envoi doctor DOMAIN`: what a domain says of itself, asked of a real name server.

mod support;

use std::fmt::Write as _;
use std::net::UdpSocket;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use support::{Newsroom, Nsd, OpenNsd, OpenPostbox, Postbox, Run, Service, need};

/// The reverse zone of 192.0.2.0/24.
const BACKWARDS: &str = "2.0.192.in-addr.arpa";

/// What a well-kept domain has, but for the key.
const RECORDS: &str = "\
@ MX 10 mail
@ TXT \"v=spf1 ip4:192.0.2.25 ~all\"
_dmarc TXT \"v=DMARC1; p=none; rua=mailto:postmaster@example.org\"
mail A 192.0.2.10
relay A 192.0.2.25
";

/// A newsroom that signs and has a page to unsubscribe, with its relay.
fn room() -> (Newsroom, OpenPostbox) {
    let postbox = Postbox::new().starttls().start();
    let room = Newsroom::new().relay(&postbox).config("[dkim]\nselector = \"news\"\nkey = \"dkim.pem\"");
    make_key(&room, "RSA -pkeyopt rsa_keygen_bits:2048");
    (room, postbox)
}

fn make_key(room: &Newsroom, kind: &str) {
    let arguments = format!("genpkey -algorithm {kind} -out dkim.pem");
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(room.path("")).output();
    assert!(output.expect("openssl runs").status.success());
}

/// A server for `example.org` with some records, and for the addresses of the relay.
fn serve(records: &str) -> OpenNsd {
    let names = "25 PTR relay.example.org.\n26 PTR elsewhere.example.org.\n";
    Nsd::new().zone("example.org", records).zone(BACKWARDS, names).start()
}

#[track_caller]
fn doctor(room: &Newsroom, nsd: &OpenNsd, more: &str) -> Run {
    room.run(&format!("doctor example.org --dns {} {more}", nsd.server()))
}

/// The points by topic: `SPF ok`, `MX fail`.
fn points(run: &Run) -> Vec<String> {
    let json = run.stdout_json();
    let items = json["items"].as_array().expect("items").clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    items.iter().map(|item| format!("{} {}", text(&item["topic"]), text(&item["state"]))).collect()
}

/// A point's record to be published, as a line of a zone file.
fn published(run: &Run, topic: &str) -> String {
    let json = run.stdout_json();
    let item =
        json["items"].as_array().expect("items").iter().find(|item| item["topic"] == topic).expect(topic).clone();
    let record = &item["publish"];
    let value = record["value"].as_str().expect("a value");
    let mut line =
        format!("{}. {}", record["name"].as_str().expect("a name"), record["kind"].as_str().expect("a kind"));
    if record["kind"] == "TXT" {
        for piece in value.as_bytes().chunks(200) {
            let _ = write!(line, " \"{}\"", String::from_utf8_lossy(piece));
        }
    } else {
        let _ = write!(line, " {value}");
    }
    line + "\n"
}

/// The story of an officer who copies what she is told.
#[test]
fn what_is_to_be_published_is_all_that_is_missing() {
    if !need(Service::Nsd) {
        return;
    }
    let (room, _postbox) = room();
    let bare = serve("@ MX 10 mail\nmail A 192.0.2.10\nrelay A 192.0.2.25\n");
    let run = doctor(&room, &bare, "--ip 192.0.2.25 --json").exit(1);
    assert_eq!(points(&run)[..3], ["SPF fail", "DKIM fail", "DMARC fail"]);
    let told: String = ["SPF", "DKIM", "DMARC"].iter().map(|topic| published(&run, topic)).collect();
    let nsd = serve(&format!("@ MX 10 mail\nmail A 192.0.2.10\nrelay A 192.0.2.25\n{told}"));
    let run = doctor(&room, &nsd, "--ip 192.0.2.25").exit(0).stdout_has("9 ok, 0 warn, 0 fail");
    let run = run.stdout_has("ok    SPF          `v=spf1 ip4:192.0.2.25 ~all` allows the relay (0 of 10 look-ups)");
    let run = run.stdout_has("the key at `news._domainkey.example.org` is the one that signs, with 2048 bits");
    let run = run.stdout_has("answers to `example.org` go to `mail.example.org`");
    let run = run.stdout_has("192.0.2.25 is `relay.example.org`, and back").stdout_has("speaks TLS 1.");
    run.stdout_has("`List-Unsubscribe-Post` with https://www.example.org/unsubscribe");
}

#[test]
fn what_is_missing_is_told_for_copying() {
    if !need(Service::Nsd) {
        return;
    }
    let (room, _postbox) = room();
    let nsd = serve("@ MX 10 mail\nmail A 192.0.2.10\nrelay A 192.0.2.25\n@ TXT \"unrelated\"\n");
    let run = doctor(&room, &nsd, "--ip 192.0.2.25").exit(1);
    let run = run.stdout_has("fail  SPF          `example.org`: it has no SPF record");
    let run = run.stdout_has("rule         Gmail, Yahoo and Microsoft: bulk mail passes SPF");
    let run = run.stdout_has(
        "publish      TXT record\n        name       example.org\n        value      v=spf1 ip4:192.0.2.25 ~all\n",
    );
    let run = run.stdout_has("`news._domainkey.example.org`: there is no such name (NXDOMAIN)");
    let run = run.stdout_has("value      v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A");
    run.stdout_has(
        "name       _dmarc.example.org\n        value      v=DMARC1; p=none; rua=mailto:postmaster@example.org\n",
    );
}

#[test]
fn every_way_in_which_spf_goes_wrong_is_named() {
    if !need(Service::Nsd) {
        return;
    }
    let (room, _postbox) = room();
    let with = |spf: &str, more: &str| {
        let rest = RECORDS.lines().filter(|line| !line.contains("v=spf1")).collect::<Vec<_>>().join("\n");
        let nsd = serve(&format!("{rest}\n{spf}\n{more}"));
        doctor(&room, &nsd, "--ip 192.0.2.25").stdout_text()
    };
    let spf = |record: &str| format!("@ TXT \"{record}\"");
    let has = |text: &str, piece: &str| assert!(text.contains(piece), "lacks {piece}:\n{text}");
    has(&with(&spf("v=spf1 -all"), ""), "does not allow the relay (192.0.2.25)");
    has(&with(&spf("v=spf1 -all"), ""), "value      v=spf1 ip4:192.0.2.25 -all");
    has(
        &with("@ TXT \"v=spf1 mx -all\"\n@ TXT \"v=spf1 a -all\"", ""),
        "has 2 SPF records, so that none of them counts",
    );
    has(&with(&spf("v=spf1 +all"), ""), "lets the whole world send (`+all`)");
    has(&with(&spf("v=spf1 all"), ""), "lets the whole world send (`+all`)");
    has(&with(&spf("v=spf1 ip4:192.0.2.25"), ""), "warn  SPF");
    has(&with(&spf("v=spf1 ip4:192.0.2.300 -all"), ""), "`ip4:192.0.2.300` is no range of addresses");
    has(&with(&spf("v=spf1 ipv4:192.0.2.25 -all"), ""), "`ipv4:192.0.2.25` is nothing that SPF knows");
    has(&with(&spf("v=spf1 include:nowhere.example.org -all"), ""), "`include:nowhere.example.org` leads to no record");
    has(&with(&spf("v=spf1 a:relay.example.org mx -all"), ""), "ok    SPF");
    has(&with(&spf("v=spf1 a:mail.example.org/24 -all"), ""), "ok    SPF");
    has(
        &with(&spf("v=spf1 include:_spf.example.org -all"), "_spf TXT \"v=spf1 ip4:192.0.2.0/24 -all\""),
        "(1 of 10 look-ups)",
    );
    has(&with(&spf("v=spf1 redirect=_spf.example.org"), "_spf TXT \"v=spf1 ip4:192.0.2.0/24 -all\""), "ok    SPF");
    // what is included only passes, never refuses
    let refusing = with(&spf("v=spf1 include:_spf.example.org ip4:192.0.2.25 -all"), "_spf TXT \"v=spf1 -all\"");
    has(&refusing, "ok    SPF");
    let many: Vec<String> = (0..11).map(|n| format!("a:h{n}.example.org")).collect();
    let hosts: String = (0..11).map(|n| format!("h{n} A 192.0.2.{n}\n")).collect();
    has(
        &with(&spf(&format!("v=spf1 {} ip4:192.0.2.25 -all", many.join(" "))), &hosts),
        "costs 11 look-ups, and 10 is the most",
    );
    // a circle is walked until it is long enough
    has(
        &with(&spf("v=spf1 include:_a.example.org -all"), "_a TXT \"v=spf1 include:_a.example.org -all\""),
        "look-ups, and 10 is the most",
    );
}

/// As receivers judge it, who have their limits.
#[test]
fn a_record_that_receivers_give_up_on_is_told() {
    if !need(Service::Nsd) {
        return;
    }
    let (room, _postbox) = room();
    let rest = RECORDS.lines().filter(|line| !line.contains("v=spf1")).collect::<Vec<_>>().join("\n");
    let with = |spf: &str, more: &str| {
        let records = format!("{rest}\n@ TXT \"v=spf1 {spf}\"\n{more}");
        let nsd = Nsd::new().broken("broken.example").zone("example.org", &records).start();
        doctor(&room, &nsd, "--ip 192.0.2.25").stdout_text()
    };
    let has = |text: &str, piece: &str| assert!(text.contains(piece), "lacks {piece}:\n{text}");
    let lost = "a:l1.example.org a:l2.example.org";
    has(&with(&format!("ip4:192.0.2.25 {lost} -all"), ""), "ok    SPF");
    has(
        &with(&format!("ip4:192.0.2.25 {lost} exists:l3.example.org -all"), "l3 AAAA 2001:db8::1"),
        "cannot be used: more than 2 of its look-ups lead nowhere, the last to `l3.example.org`",
    );
    has(&with("ip4:192.0.2.25 redirect=%{d}._spf.example.org", ""), "`v=spf1 ip4:192.0.2.25 redirect=%{d}._spf");
    has(&with("redirect=%{d}._spf.example.org", ""), "warn  SPF");
    has(
        &with("ip4:192.0.2.25 a:mail.broken.example -all", ""),
        "cannot be used: `mail.broken.example`: the domain's name servers fail (SERVFAIL)",
    );
    let servers: String =
        (0..11).fold(String::new(), |out, n| out + &format!("many MX {n} h{n}\nh{n} A 192.0.2.{n}\n"));
    has(&with("ip4:192.0.2.25 mx:many.example.org -all", &servers), "has more than 10 mail servers");
    // what is published in place of it must not break what works
    let lax = "_spf TXT \"v=spf1 ip4:192.0.2.0/24\"\n";
    let text = with("redirect=_spf.example.org", lax);
    has(&text, "the record at `_spf.example.org` is the one to end with `~all`");
    assert!(!text.contains("redirect=_spf.example.org ~all"), "{text}");
    let text = with("redirect=_spf.example.org", "_spf TXT \"v=spf1 +all\"\n");
    has(&text, "the record at `_spf.example.org` says so: end it with `~all`");
    has(&with("mx +ALL", ""), "value      v=spf1 mx ~all");
}

/// Each with its own policy, below one that has one too.
#[test]
fn names_of_one_organisation_speak_for_each_other() {
    if !need(Service::Nsd) {
        return;
    }
    let (room, _postbox) = room();
    let config = room.read("envoi.toml").replace("bounces@example.org", "bounces@bounce.example.org");
    room.write("envoi.toml", config.replace("<post@example.org>", "<post@news.example.org>"));
    let policies = "_dmarc.news TXT \"v=DMARC1; p=none; rua=mailto:postmaster@example.org\"\n";
    let nsd = serve(&format!("{RECORDS}{policies}"));
    let run = room.run(&format!("doctor news.example.org --dns {} --ip 192.0.2.25", nsd.server()));
    let run = run.stdout_has("ok    DMARC        _dmarc.news.example.org: `v=DMARC1");
    run.stdout_has("ok    alignment    bounces go to `bounce.example.org`, and `news.example.org` signs");
}

#[test]
fn a_key_that_does_not_fit_is_told() {
    if !need(Service::Nsd) {
        return;
    }
    let (room, _postbox) = room();
    let with = |key: &str| {
        let nsd = serve(&format!("{RECORDS}\nnews._domainkey TXT {key}\n"));
        doctor(&room, &nsd, "--ip 192.0.2.25").stdout_text()
    };
    let has = |text: &str, piece: &str| assert!(text.contains(piece), "lacks {piece}:\n{text}");
    let own = {
        let run = doctor(&room, &serve(RECORDS), "--ip 192.0.2.25 --json").exit(1);
        published(&run, "DKIM").split_once(" TXT ").expect("a record").1.trim().to_owned()
    };
    has(&with(&own), "ok    DKIM");
    has(
        &with(&own.replace("k=rsa;", "k=rsa; t=y;")),
        "warn  DKIM         the key at `news._domainkey.example.org` is the one that signs; it says that you only test",
    );
    has(&with(&own.replace("k=rsa;", "h=sha1;")), "does not allow SHA-256");
    has(&with("\"v=DKIM1; p=\""), "was revoked");
    has(&with("\"v=DKIM1; k=rsa\""), "it has no key (`p=`)");
    make_key(&room, "RSA -pkeyopt rsa_keygen_bits:2048");
    has(&with(&own), "is not the one that signs");
    make_key(&room, "ED25519");
    let run = doctor(&room, &serve(RECORDS), "--ip 192.0.2.25 --json").exit(1);
    let own = published(&run, "DKIM").split_once(" TXT ").expect("a record").1.trim().to_owned();
    assert!(own.contains("k=ed25519"), "{own}");
    has(&with(&own), "not every provider reads Ed25519");
}

#[test]
fn from_has_to_be_who_signs_or_who_gets_the_bounces() {
    if !need(Service::Nsd) {
        return;
    }
    let (room, _postbox) = room();
    let config = room.read("envoi.toml");
    let nsd = serve(RECORDS);
    let elsewhere = config.replace("bounces@example.org", "bounces@provider.example");
    room.write("envoi.toml", &elsewhere);
    let run = doctor(&room, &nsd, "--ip 192.0.2.25");
    run.exit(1).stdout_has("warn  alignment    `example.org` signs, which is `example.org`'s; `provider.example`, where bounces go, is not");
    room.write("envoi.toml", elsewhere.replace("selector =", "domain = \"other.example\"\nselector ="));
    doctor(&room, &nsd, "").exit(1).stdout_has("fail  alignment    neither who signs nor `provider.example`");
    room.write("envoi.toml", config.replace("bounces@example.org", "b@bounces.example.org"));
    doctor(&room, &nsd, "")
        .exit(1)
        .stdout_has("ok    alignment")
        .stdout_has("`bounces.example.org` has no mail server");
}

#[test]
fn failures_of_the_name_servers_are_told_apart() {
    if !need(Service::Nsd) {
        return;
    }
    let (room, _postbox) = room();
    let nsd = Nsd::new().broken("broken.example").zone("example.org", RECORDS).start();
    let ask = |domain: &str, server: &str| room.run(&format!("doctor {domain} --dns {server} --ip 192.0.2.25")).exit(1);
    ask("broken.example", &nsd.server()).stdout_has("the domain's name servers fail (SERVFAIL)");
    ask("elsewhere.example", &nsd.server()).stdout_has("the domain's name servers fail (REFUSED)");
    ask("nowhere.example.org", &nsd.server()).stdout_has("there is no such name (NXDOMAIN)");
    // somebody who never answers
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let run = ask("example.org", &silent.local_addr().expect("an address").to_string());
    assert!(run.took() < Duration::from_secs(20), "{:?}", run.took());
    run.stdout("").stderr_has("no name server answers when it is asked about `example.org`");
}

#[test]
fn mail_servers_and_names_must_lead_somewhere() {
    if !need(Service::Nsd) {
        return;
    }
    let (room, _postbox) = room();
    let with = |records: &str, more: &str| doctor(&room, &serve(records), more).exit(1).stdout_text();
    let has = |text: &str, piece: &str| assert!(text.contains(piece), "lacks {piece}:\n{text}");
    let no_mx = RECORDS.replace("@ MX 10 mail", "");
    has(
        &with(&no_mx, "--ip 192.0.2.25"),
        "`example.org` has no mail server (it has no such record): answers cannot arrive",
    );
    has(&with(&no_mx.replace("relay A", "@ A"), "--ip 192.0.2.25"), "its own address stands in for one");
    has(&with(&format!("{no_mx}@ MX 0 ."), "--ip 192.0.2.25"), "says that it takes no mail (null MX)");
    has(&with(&format!("{no_mx}@ MX 10 lost"), "--ip 192.0.2.25"), "no mail server of `example.org` can be found");
    has(&with(&format!("{RECORDS}@ MX 20 lost"), "--ip 192.0.2.25"), "`lost.example.org` has no address");
    has(
        &with(RECORDS, "--ip 192.0.2.26"),
        "192.0.2.26 is called `elsewhere.example.org`, which does not lead back to it",
    );
    has(&with(RECORDS, "--ip 192.0.2.27"), "192.0.2.27 has no name: there is no such name (NXDOMAIN)");
    // the relay is on this machine: nobody can say what it looks like from outside
    has(
        &with(RECORDS, ""),
        "warn  PTR          the name of the relay's address is not known: `127.0.0.1` is in this network",
    );
}

#[test]
fn without_a_page_there_is_no_one_click() {
    if !need(Service::Nsd) {
        return;
    }
    let (room, _postbox) = room();
    let config = room.read("envoi.toml");
    let line = "url = \"https://www.example.org/unsubscribe?address={{ email }}\"\n";
    room.write("envoi.toml", config.replace(line, ""));
    let run = doctor(&room, &serve(RECORDS), "").exit(1);
    let run = run.stdout_has("fail  one-click    envoi.toml names no https page where readers unsubscribe");
    run.stdout_has("ok    unsubscribe  `List-Unsubscribe` with mailto:unsubscribe@example.org");
}

#[test]
fn what_is_no_domain_is_refused() {
    let room = Newsroom::new();
    room.run("doctor nowhere").exit(1).stderr_has("`nowhere` is no domain: the domain `nowhere` has no dot");
    room.run("doctor --ip 192.0.2.1").exit(2).stderr_has("<DOMAIN>");
    room.run("doctor").exit(0).stdout_has("envoi.toml names no relay");
}
