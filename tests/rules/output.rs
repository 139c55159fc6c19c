//! Findings for programs, exit codes, and `envoi explain`.

use super::room;

#[test]
fn json_has_each_findings_code_and_name() {
    let run = room().article("2026-11", "lead", "Ferry", "It  sails.").run("check --json").exit(0);
    let found = &run.stdout_json()[0]["diagnostics"][0];
    assert_eq!((found["code"].as_str(), found["name"].as_str()), (Some("W501"), Some("double-space")));
    assert_eq!(found["severity"], "warning");
}

#[test]
fn warnings_stop_a_check_that_denies_them() {
    let sound = room();
    sound.run("check --deny-warnings").exit(0).stdout("2026-11 is ready to go out\n");
    let warned = room().article("2026-11", "lead", "Ferry", "It  sails.");
    warned.run("check").exit(0).stdout_has("(1 warning)");
    warned.run("check --deny-warnings").exit(1).stdout_has("2026-11 is ready to go out (1 warning)");
}

/// SARIF 2.1.0: what its schema requires, and what GitHub and editors read.
#[test]
fn sarif_has_rules_and_results_with_their_places() {
    let room = room().issue("2026-11", "subject = \"Ferry\"\n").article(
        "2026-11",
        "lead à",
        "Ferry",
        "Été : it  sails.\n\nDear {{ name }},",
    );
    let run = room.run("check --sarif").exit(1).stderr("");
    let log = run.stdout_json();
    assert_eq!((&log["version"], log["runs"].as_array().map(Vec::len)), (&"2.1.0".into(), Some(1)));
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "envoi");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let base = run["originalUriBaseIds"]["PROJECT"]["uri"].as_str().expect("a base");
    assert!(base.starts_with("file:///") && base.ends_with("/project/"), "{base}");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    let codes: Vec<&str> = results.iter().filter_map(|result| result["ruleId"].as_str()).collect();
    assert_eq!(codes, ["E801", "W203", "W501"]);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small one");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(rules[index]["defaultConfiguration"]["level"], result["level"]);
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
        assert!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] == "PROJECT");
    }
    let place = |result: usize| &results[result]["locations"][0]["physicalLocation"];
    assert_eq!(place(2)["artifactLocation"]["uri"], "issues/2026-11/lead%20%C3%A0.md");
    assert_eq!(place(2)["region"], serde_json::json!({ "startLine": 4, "startColumn": 9, "endColumn": 11 }));
    assert_eq!(place(1)["region"], serde_json::Value::Null);
    room.run("check --sarif --json").exit(2).stdout("").stderr_has("cannot be used with");
}

#[test]
fn sarif_of_nothing_is_a_run_without_results() {
    let log = room().run("check --sarif").exit(0).stdout_json();
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn a_rule_is_explained_by_its_code_or_its_name() {
    let text = "
        W507 title-full-stop (warning)

        A title is no sentence that ends. `envoi check --fix` takes the full stop away.

        not so:
            title = \"The ferry is back in service.\"

        but so:
            title = \"The ferry is back in service\"

        to let it pass:
            allow = [\"W507\"]
        ";
    room().run("explain W507").exit(0).stdout(text).stderr("");
    room().run("explain Title-Full-Stop").exit(0).stdout(text);
    room().run("explain E801").exit(0).stdout_lacks("allow");
    room()
        .run("explain")
        .exit(0)
        .stdout_has("W507")
        .stdout_has("title-full-stop")
        .stdout_has("A title is no sentence that ends");
    let json = room().run("explain W507 --json").exit(0).stdout_json();
    assert_eq!((&json[0]["code"], &json[0]["severity"]), (&"W507".into(), &"warning".into()));
}

/// What is said to be right is right, and what is said to be wrong is found.
#[test]
fn the_examples_of_a_theme_are_what_they_say() {
    let theme = |text: &str| room().file("templates/theme.toml", text);
    let rule = room().run("explain E918 --json").exit(0).stdout_json();
    let example = |key: &str| rule[0][key].as_str().expect("an example").to_owned();
    theme(&example("bad")).run("check").exit(1).stdout_has("[E918]");
    theme(&example("good")).run("check").exit(0).stdout("2026-11 is ready to go out\n");
}

#[test]
fn a_rule_that_is_not_there_is_told_with_the_nearest_one() {
    room().run("explain no-alts").exit(1).stdout("").stderr(
        "
        error: there is no rule `no-alts`
        hint: did you mean `no-alt`?
        ",
    );
    room().run("explain ferry-boats").exit(1).stdout("").stderr_has("hint: `envoi explain` lists them all");
}
