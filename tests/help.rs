//! What envoi says of itself: help, completions, manual pages; colours, and readers that go away.

mod support;

use std::process::{Command, Stdio};

use support::Newsroom;

const HELP: &str = "
    The newsletter and press desk of a small organisation: compose, check, preview, send, export

    Usage: envoi [OPTIONS] <COMMAND>

    Commands:
      init         Start a project: envoi.toml, templates, a sample list and an example issue
      new          Start an issue, a press release or a snippet
      import       Bring in a website's posts as snippets, from RSS, Atom or a WordPress export
      list         List the issues: slug, date, languages, snippets, subject
      check        Check issues: what is wrong or worth knowing, where, and how to mend it
      explain      Explain what `check` finds: a rule by its code or name, or the list of all rules
      build        Write an issue as files: web page, plain text and sample message, one of each a
                   language
      preview      Show issues in the browser as readers will get them, following every save
      send         Send an issue to its subscribers, or go on with a send that stopped
      serve        Serve the pages where readers subscribe, choose and unsubscribe
      status       Show what became of sends: per state, per domain, and what did not go well
      export       Write a press release for journalists: page, text, PDF, press kit, data, mail
      archive      Write what was sent and released as a website: archive, press room, feeds
      subscribers  Look after the list of subscribers
      unsubscribe  Never write to an address again, whatever list it stands on
      inbox        Read what came back: bounces, complaints and unsubscriptions by mail
      ledger       Look after the ledger: move it to another database
      doctor       Try the relay: connect, log in, see what it offers; with a domain, check SPF, DKIM,
                   DMARC and the like
      completions  Write a script with which your shell completes envoi's commands
      man          Write the manual pages: one for envoi and one for each command
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Global options:
      -C, --project <DIR>  The project's folder, or one inside it [default: the current one]
          --color <WHEN>   Use colours [default: auto] [possible values: auto, always, never]

    Exit codes:
        0  all well
        1  it failed
        2  bad usage
        3  finished, but some deliveries were rejected or deferred
        4  some deliveries are uncertain: a person decides
      130  interrupted; the same command goes on
    ";

/// The commands, as the help lists them.
fn commands() -> impl Iterator<Item = &'static str> {
    let list = HELP.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    let command = |line: &'static str| line.strip_prefix("      ").filter(|line| !line.starts_with(' '));
    list.lines().filter_map(command).filter_map(|line| line.split(' ').next()).filter(|command| *command != "help")
}

#[test]
fn envoi_alone_says_what_it_can_do() {
    let room = Newsroom::empty();
    room.run("").exit(2).stdout("").stderr(HELP);
    room.run("--help").exit(0).stdout(HELP).stderr("");
    room.run("--version").exit(0).stdout("envoi 0.1.0\n").stderr("");
}

#[test]
fn every_command_has_its_help() {
    let room = Newsroom::empty();
    for command in commands() {
        let run = room.run(&format!("{command} --help")).exit(0).stderr("");
        let help = run.stdout_text();
        assert!(help.contains(&format!("Usage: envoi {command}")), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
        // an option without words is a riddle
        let lines: Vec<&str> = help.lines().collect();
        let silent = |pair: &[&str]| {
            pair[0].trim_start().starts_with("--") && !pair[0].trim().contains("  ") && pair[1].trim().is_empty()
        };
        assert!(!lines.windows(2).any(silent), "{help}");
    }
}

#[test]
fn what_is_misspelt_is_told_with_what_was_meant() {
    let room = Newsroom::empty();
    room.run("chek").exit(2).stdout("").stderr(
        "
        error: unrecognized subcommand 'chek'

          tip: a similar subcommand exists: 'check'

        Usage: envoi [OPTIONS] <COMMAND>

        For more information, try '--help'.
        ",
    );
    room.run("build").exit(2).stdout("").stderr_has("<ISSUE>");
    room.run("check --jsn").exit(2).stdout("").stderr_has("tip: a similar argument exists: '--json'");
}

#[test]
fn shells_complete_every_command() {
    let room = Newsroom::empty();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = room.run(&format!("completions {shell}")).exit(0).stderr("");
        for command in commands() {
            assert!(run.stdout_text().contains(command), "{shell} lacks {command}");
        }
    }
}

#[test]
fn every_command_has_its_manual_page() {
    let room = Newsroom::empty();
    room.run("man").exit(0).stderr("").stdout_has(".TH envoi 1").stdout_has("Exit codes:");
    room.run("man --out man1").exit(0).stderr("").stdout_has("man1/envoi.1\n").stdout_has("man1/envoi-new-snippet.1\n");
    let pages = room.files("man1");
    for command in commands() {
        assert!(pages.contains(&format!("envoi-{command}.1")), "{command} is not among {pages:?}");
    }
    assert!(!pages.iter().any(|page| page.contains("help")), "{pages:?}");
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let mut room = Newsroom::new().issue("2026-11", "subjet = \"Ferry\"\n");
    let is_coloured = |room: &Newsroom, arguments: &str| room.run(arguments).exit(1).stdout_text().contains("\u{1b}[");
    assert!(!is_coloured(&room, "check"));
    assert!(is_coloured(&room, "check --color always"));
    room.set_env("CLICOLOR_FORCE", "1");
    room.set_env("NO_COLOR", "");
    assert!(is_coloured(&room, "check"));
    assert!(!is_coloured(&room, "--color never check"));
    room.set_env("NO_COLOR", "1");
    assert!(!is_coloured(&room, "check"));
}

/// `envoi list | head -1`: who has read enough goes away, and that is no error.
#[test]
fn a_reader_who_goes_away_is_no_error() {
    let rows = "no address\n".repeat(20_000);
    let room = Newsroom::new().file("subscribers.csv", &format!("email\nada@example.org\n{rows}"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_envoi"));
    command.args(["subscribers", "check"]).current_dir(room.path("")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("envoi starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("envoi ends");
    // what the list is worth, not what became of the reader
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
