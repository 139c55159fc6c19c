//! Automatic answers: vacation notices and the like, told from what a person wrote (RFC 3834). A letter -> why it is
//! taken for automatic, in its own words.

use super::letter::Letter;

/// Headers that only programs write that answer for somebody.
const ANSWERING: [&str; 5] = ["x-autoreply", "x-autorespond", "x-autoresponse", "x-autoreply-from", "x-mail-autoreply"];

/// How programs begin the subjects of such answers, in the languages of our readers.
const SUBJECTS: [&str; 14] = [
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto:",
    "out of office",
    "réponse automatique",
    "absence du bureau",
    "message d'absence",
    "automatisch antwoord",
    "afwezig",
    "niet aanwezig",
    "automatische antwort",
    "abwesenheit",
];

/// Why a letter is an automatic answer to a message.
pub(super) fn answers(letter: &Letter) -> Option<String> {
    let headers = &letter.headers;
    let value = |name: &str| headers.get(name).unwrap_or_default().to_ascii_lowercase();
    if value("auto-submitted").starts_with("auto-replied") {
        return Some("Auto-Submitted: auto-replied".to_owned());
    }
    if let Some(name) = ANSWERING.iter().find(|name| headers.get(name).is_some_and(|value| value != "no")) {
        return Some(format!("it has the header {name}"));
    }
    for name in ["precedence", "x-precedence"] {
        if ["auto_reply", "auto-reply"].contains(&value(name).as_str()) {
            return Some(format!("Precedence: {}", value(name)));
        }
    }
    let subject = letter.subject.trim().to_lowercase();
    SUBJECTS
        .iter()
        .find(|start| subject.starts_with(*start))
        .map(|start| format!("its subject begins with \"{start}\""))
}

/// Why a letter was written by a program, whatever it says.
pub(super) fn is_automatic(letter: &Letter) -> Option<String> {
    let headers = &letter.headers;
    let value = |name: &str| headers.get(name).unwrap_or_default().to_ascii_lowercase();
    let submitted = value("auto-submitted");
    if !submitted.is_empty() && submitted != "no" {
        return Some("Auto-Submitted: auto-generated".to_owned());
    }
    if headers.get("x-auto-response-suppress").is_some() {
        return Some("it asks for no automatic answer (X-Auto-Response-Suppress)".to_owned());
    }
    if ["bulk", "junk", "list"].contains(&value("precedence").as_str()) {
        return Some(format!("Precedence: {}", value("precedence")));
    }
    headers.get("list-id").is_some().then(|| "it comes from a mailing list".to_owned())
}

/// Whether it looks like a bounce: from a mail system, or with nobody as its sender.
pub(super) fn is_from_a_mail_system(letter: &Letter) -> bool {
    let from = letter.headers.get("from").unwrap_or_default().to_ascii_lowercase();
    from.contains("mailer-daemon")
        || from.contains("postmaster@")
        || letter.headers.get("return-path").is_some_and(|path| path.trim() == "<>")
}
