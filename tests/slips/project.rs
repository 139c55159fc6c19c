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
