//! The links that each reader's message carries to `envoi serve`: tokens instead of addresses.

mod support;

use support::{Letter, Newsroom, Postbox};

const SECRET: &str = "a secret of the tests, 32 bytes or more";

fn room() -> Newsroom {
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"")
        .article("2026-11", "lead", "Ferry", "It sails at nine.")
        .subscribers(["ada@example.com", "Ben@example.com"]);
    let config =
        room.read("envoi.toml").replace("url = \"https://www.example.org/unsubscribe?address={{ email }}\"\n", "");
    room.write(
        "envoi.toml",
        format!("{config}\n[serve]\nurl = \"https://news.example.org/liste/\"\nsecret_env = \"ENVOI_SECRET\"\n"),
    );
    room
}

/// What stands behind an address in a message's header or body.
fn token(text: &str, before: &str) -> String {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no `{before}` in:\n{text}"));
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

#[test]
fn each_reader_has_a_token_of_their_own_in_header_html_and_text() {
    let room = room().env("ENVOI_SECRET", SECRET);
    let _ = room.run("send 2026-11 --yes").exit(0);
    let letters = room.messages();
    assert_eq!(letters.len(), 2);
    let mut tokens: Vec<String> = Vec::new();
    for letter in &letters {
        let header = letter.header("List-Unsubscribe").expect("a way out");
        let own = token(header, "<https://news.example.org/liste/u/");
        assert!(header.contains("<mailto:unsubscribe@example.org?subject=unsubscribe"), "{header}");
        assert_eq!(letter.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
        for body in [&letter.html, &letter.text] {
            assert_eq!(token(body, "https://news.example.org/liste/u/"), own);
            assert_eq!(token(body, "https://news.example.org/liste/p/"), own);
            assert!(body.contains(&format!("{own}?lang=en")), "{body}");
        }
        assert!(!header.contains("example.com"), "no address in clear: {header}");
        tokens.push(own);
    }
    assert_ne!(tokens[0], tokens[1]);
}

#[test]
fn a_send_without_the_secret_sends_nothing_and_a_preview_needs_none() {
    let room = room();
    let _ = room
        .run("send 2026-11 --yes")
        .exit(1)
        .stderr_has("the project's secret is missing: the variable `ENVOI_SECRET` is not set")
        .stderr_has("openssl rand -base64 32");
    assert!(room.messages().is_empty());
    let _ = room.run("build 2026-11").exit(0);
    assert!(room.read("out/2026-11/en/newsletter.txt").contains("https://news.example.org/liste/u/sample?lang=en"));
}

#[test]
fn a_weak_or_readable_secret_is_refused_and_never_shown() {
    let room = room().env("ENVOI_SECRET", "too-short-to-be-a-secret");
    let run = room.run("send 2026-11 --yes").exit(1).stderr_has("it has 24 bytes, and 32 is the least");
    drop(run.stderr_lacks("too-short"));
    let config = room.read("envoi.toml").replace("secret_env = \"ENVOI_SECRET\"", "secret_file = \"secret\"");
    room.write("envoi.toml", config);
    room.write("secret", SECRET);
    #[cfg(unix)]
    {
        let run = room.run("send 2026-11 --yes").exit(1).stderr_has("everybody on this machine may read the secret");
        drop(run.stderr_lacks(SECRET));
        std::fs::set_permissions(room.path("secret"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .expect("its own file");
    }
    let _ = room.run("send 2026-11 --yes").exit(0);
}

#[test]
fn the_page_that_a_project_has_already_is_still_linked() {
    let postbox = Postbox::new().start();
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"")
        .article("2026-11", "lead", "Ferry", "It sails at nine.")
        .subscribers(["ada@example.com"])
        .relay(&postbox);
    let _ = room.run("send 2026-11 --yes").exit(0);
    let letter: Letter = postbox.messages()[0].parsed();
    let header = letter.header("List-Unsubscribe").expect("a way out");
    assert!(header.contains("<https://www.example.org/unsubscribe?address=ada%40example.com>"), "{header}");
}
