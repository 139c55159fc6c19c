//! The organisation and its sender, and the look of what they send.

use super::{of, room};

/// What a rule says where a line of `envoi.toml` is another one.
#[track_caller]
fn changed(code: &str, from: &str, to: &str) -> Vec<String> {
    let room = room();
    let config = room.read("envoi.toml");
    assert!(config.contains(from), "{from}");
    room.write("envoi.toml", config.replace(from, to));
    of(code, &room)
}

const FROM: &str = "from = \"The Harbour Post <post@example.org>\"";

#[test]
fn no_way_to_unsubscribe() {
    let table = "[unsubscribe]\nurl = \"https://www.example.org/unsubscribe?address={{ email }}\"\nmailto = \"unsubscribe@example.org\"\n";
    assert_eq!(changed("W901", table, "").len(), 1);
    assert!(of("W901", &room()).is_empty());
}

#[test]
fn no_postal_address() {
    let found = changed("W902", "address = \"1 Quay Street, Harbourtown\"\n", "");
    assert_eq!(found, ["1: no postal address says where the organisation is to be found"]);
    assert!(of("W902", &room()).is_empty());
}

#[test]
fn a_sender_at_a_freemail_provider() {
    let found = changed("W903", FROM, "from = \"The Harbour Post <harbourpost@gmail.com>\"");
    assert_eq!(found, ["8: `gmail.com` forbids others to send in its name (DMARC)"]);
    assert_eq!(changed("W903", FROM, "from = \"harbourpost@hotmail.be\"").len(), 1);
    assert!(of("W903", &room()).is_empty());
}

#[test]
fn answers_that_nobody_reads() {
    let found = changed("W904", FROM, &format!("{FROM}\nreply_to = \"no-reply@example.org\""));
    assert_eq!(found, ["9: answers go to `no-reply@example.org`, which nobody reads"]);
    assert_eq!(changed("W904", FROM, "from = \"noreply@example.org\"").len(), 1);
    assert!(changed("W904", FROM, "from = \"noreply@example.org\"\nreply_to = \"post@example.org\"").is_empty());
}

#[test]
fn a_logo_that_is_not_there() {
    let theme = "[logo]\nfile = \"logo-2014.png\"\nwidth = 160\nalt.en = \"The Harbour Post\"\n";
    let found = of("W917", &room().file("templates/theme.toml", theme));
    assert_eq!(found, ["0: the logo `logo-2014.png` is not there; the organisation's name stands in its place"]);
}

#[test]
fn colours_that_are_hard_to_read() {
    assert!(of("W919", &room()).is_empty());
    assert!(!of("W919", &room().file("templates/theme.toml", "[colours]\ntext = \"#bbbbbb\"\n")).is_empty());
}
