//! Findings -> SARIF 2.1.0 (OASIS), which editors and the code hosts' CI read: one run, its rules, its results.
//!
//! Columns count characters, as everywhere in envoi. Paths are relative to the project, whose folder is given as the
//! base `PROJECT`.

use std::path::Path;

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Place};
use crate::rule::{Rule, Severity};

/// A log with one run.
pub(super) fn log(root: &Path, found: &[&Diagnostic]) -> Value {
    let mut rules: Vec<&'static Rule> = found.iter().filter_map(|found| found.rule).collect();
    rules.sort_by_key(|rule| &rule.code[1..]);
    rules.dedup();
    let results: Vec<Value> = found.iter().map(|found| result(found, &rules)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "envoi",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            } },
            "originalUriBaseIds": { "PROJECT": { "uri": format!("file:///{}/", path(root).trim_matches('/')) } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    let help = format!("{}\n\nNot so:\n\n{}\n\nBut so:\n\n{}", rule.why, rule.bad, rule.good);
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.name.replace('-', " ") },
        "fullDescription": { "text": rule.why },
        "help": { "text": help },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn result(found: &Diagnostic, rules: &[&'static Rule]) -> Value {
    let mut text = found.message.clone();
    for hint in &found.hints {
        text.push_str(&format!("\n{hint}"));
    }
    let mut result = json!({ "level": level(found.severity), "message": { "text": text } });
    if let Some(rule) = found.rule {
        result["ruleId"] = json!(rule.code);
        result["ruleIndex"] = json!(rules.iter().position(|other| *other == rule));
    }
    if let Some(place) = &found.place {
        result["locations"] = json!([{ "physicalLocation": location(place) }]);
    }
    result
}

fn location(place: &Place) -> Value {
    let mut location = json!({ "artifactLocation": { "uri": path(&place.path), "uriBaseId": "PROJECT" } });
    if place.line > 0 {
        location["region"] = if place.column > 0 {
            json!({ "startLine": place.line, "startColumn": place.column, "endColumn": place.column + place.width })
        } else {
            json!({ "startLine": place.line })
        };
    }
    location
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A path as a part of a URI (RFC 3986, section 3.3).
fn path(path: &Path) -> String {
    let mut out = String::new();
    for byte in path.to_string_lossy().replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
