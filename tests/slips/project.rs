//! Slips in `envoi.toml`.

use super::room;

#[test]
fn an_unknown_key_in_envoi_toml() {
    let room = room();
    let config = room.read("envoi.toml").replace("bounce =", "bouncer =");
    room.write("envoi.toml", config);
    room.run("check").exit(1).stdout("").stderr(
        "
        error: unknown key `bouncer` [E101]
          at envoi.toml:9:1
          9 | bouncer = \"bounces@example.org\"
            | ^^^^^^^
        hint: did you mean `bounce`?
        ",
    );
}

#[test]
fn an_address_in_envoi_toml_that_is_none() {
    let room = room();
    let config = room.read("envoi.toml").replace("bounces@example.org", "bounces.example.org");
    room.write("envoi.toml", config);
    room.run("check").exit(1).stdout("").stderr(
        "
        error: `bounces.example.org` is no e-mail address: it has no `@` [E104]
          at envoi.toml:9:10
          9 | bounce = \"bounces.example.org\"
            |          ^^^^^^^^^^^^^^^^^^^^^
        ",
    );
}

#[test]
fn several_slips_in_envoi_toml_are_counted() {
    let room = room().config("[images]\nmode = \"link\"");
    let config =
        room.read("envoi.toml").replace("https://www.example.org/unsubscribe", "http://www.example.org/unsubscribe");
    room.write("envoi.toml", config);
    room.run("check").exit(1).stdout("").stderr(
        "
        error: the unsubscribe `url` is not an https address [E123]
          at envoi.toml:18:1
          18 | url = \"http://www.example.org/unsubscribe?address={{ email }}\"
             | ^^^
        hint: one-click unsubscribing needs https (RFC 8058); leave `url` out to offer `mailto` alone

        error: images are to be linked, but no `base_url` says where they lie [E125]
          at envoi.toml:22:1
          22 | mode = \"link\"
             | ^^^^
        hint: add `base_url = \"https://…/\"` under `[images]`, or set `mode = \"embed\"`

        2 errors
        ",
    );
}

#[test]
fn a_relay_with_which_nothing_can_be_sent() {
    for key in ["connections", "window", "attempts", "timeout", "messages_per_connection"] {
        let room = room().config(&format!("[relay]\nhost = \"mail.example.org\"\n{key} = 0"));
        let width = "^";
        room.run("check").exit(1).stdout("").stderr(&format!(
            "
            error: 0 is too few: write 1 or more, or leave the line out [E104]
              at envoi.toml:23:{}
              23 | {key} = 0
                 | {}{width}
            ",
            key.len() + 4,
            " ".repeat(key.len() + 3),
        ));
    }
}

#[test]
fn a_password_of_the_ledger_that_is_nowhere() {
    let url = "[ledger]\nurl = \"postgres://envoi@127.0.0.1:9/envoi\"\npassword_env = \"LEDGER_PASSWORD\"";
    room()
        .config(url)
        .run("status")
        .exit(1)
        .stderr_has("the password of the ledger is missing: the variable `LEDGER_PASSWORD` is not set");
}
