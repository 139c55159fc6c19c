//! Links: where they lead, and what is read on them. Nothing is asked of the network here; `reach` does that.

use std::collections::{HashMap, HashSet};

use super::{url, words};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Place};
use crate::issue::markdown::{self, Inline, plain, walk};
use crate::issue::{Issue, Kind, MergeText, Piece, Snippet};
use crate::project::Project;
use crate::rule;

/// What is read on a link that says nothing of where it leads.
const VAGUE: [&str; 17] = [
    "cliquez ici",
    "cliquer ici",
    "clique ici",
    "ici",
    "ce lien",
    "lien",
    "par ici",
    "click here",
    "click",
    "here",
    "this link",
    "link",
    "klik hier",
    "hier",
    "deze link",
    "via deze link",
    "klik",
];

/// An address on show that is longer than this is no name of a site any more, in characters.
const SHOWN: usize = 40;

/// Files that are opened outside the browser, by their ending, and how else their kind is called.
const FILES: [(&str, &str); 19] = [
    ("pdf", ""),
    ("zip", ""),
    ("doc", "word"),
    ("docx", "word"),
    ("odt", ""),
    ("rtf", ""),
    ("xls", "excel"),
    ("xlsx", "excel"),
    ("ods", ""),
    ("csv", ""),
    ("ppt", "powerpoint"),
    ("pptx", "powerpoint"),
    ("odp", ""),
    ("epub", ""),
    ("mp3", "audio"),
    ("mp4", "video"),
    ("mov", "video"),
    ("avi", "video"),
    ("pages", ""),
];

/// A link, wherever in a snippet it stands.
pub(super) struct Target {
    /// What is read on it.
    pub(super) text: String,
    /// Where it leads, its merge fields as their fallbacks.
    pub(super) url: String,
    /// Whether that is the same for everyone.
    pub(super) fixed: bool,
    /// Where it stands.
    pub(super) place: Place,
    is_document: bool,
    is_picture: bool,
}

impl Target {
    /// A link of `envoi.toml`.
    pub(super) fn of_project(url: &str, place: Place) -> Self {
        let text = url.to_owned();
        Self { url: text.clone(), text, fixed: true, place, is_document: false, is_picture: false }
    }
}

/// The links of a snippet: those of its text and of its front matter.
pub(super) fn targets(snippet: &Snippet) -> Vec<Target> {
    let mut targets = Vec::new();
    in_text(&snippet.body, &mut targets);
    let front = &snippet.front;
    let links = front.links.iter().map(|link| (&link.text, &link.url, false));
    // a file of the issue's own folder is no link
    let documents = front.documents.iter().filter(|document| document.file.is_none());
    let documents = documents.map(|document| (&document.title, &document.url, true));
    let values = snippet.values();
    for (text, url, is_document) in links.chain(documents) {
        let merge = MergeText::parse(url).unwrap_or_default();
        let fixed = merge.fields().next().is_none();
        let (text, place) = (text.clone(), values.place_of_text(url));
        targets.push(Target { text, url: merge.sample(), fixed, place, is_document, is_picture: false });
    }
    targets
}

/// The links of a release's notes for editors.
pub(super) fn of_notes(snippet: &Snippet) -> Vec<Target> {
    let mut targets = Vec::new();
    snippet.press.notes.iter().for_each(|notes| in_text(notes, &mut targets));
    if !snippet.press.notes_in_lines {
        let place = snippet.place_of("notes_for_editors");
        for target in &mut targets {
            target.place = place.clone();
        }
    }
    targets
}

/// The links of a text.
pub(super) fn in_text(text: &markdown::Document, targets: &mut Vec<Target>) {
    walk(text, &mut |inline| {
        if let Inline::Link(link) = inline {
            let is_picture = link.content.iter().any(|inline| matches!(inline, Inline::Image(_) | Inline::Field(_)));
            let fixed = link.url.0.iter().all(|piece| matches!(piece, Piece::Text(_)));
            let (text, url, place) = (plain(&link.content), link.url.sample(), link.place.clone());
            targets.push(Target { text, url, fixed, place, is_document: false, is_picture });
        }
    });
}

pub(super) fn look(snippet: &Snippet, found: &mut Vec<Diagnostic>) {
    look_at(&targets(snippet), found);
    let values = snippet.values();
    // a file of the issue's folder has its type and its size itself
    for document in snippet.front.documents.iter().filter(|document| document.file.is_none()) {
        let known =
            document.kind.is_some() || url::split(&document.url).and_then(|url| url::ending(url.path)).is_some();
        let lacks = match (known, document.size.is_some()) {
            (_, false) => "size",
            (false, true) => "type",
            (true, true) => continue,
        };
        let title = &document.title;
        found.push(
            Diagnostic::of(&rule::UNKNOWN_DOWNLOAD, format!("the document `{title}` has no `{lacks}`"))
                .at(values.place_of_text(&document.url))
                .hint(if lacks == "size" { "add `size = \"2 MB\"`" } else { "add `type = \"PDF\"`" }),
        );
    }
    for phone in snippet.front.contacts.iter().filter_map(|contact| contact.phone.as_ref()) {
        if !is_international(phone) {
            found.push(
                Diagnostic::of(&rule::LOCAL_PHONE, format!("the number `{phone}` has no country's code"))
                    .at(values.place_of_text(phone))
                    .hint("write it as it is dialled from abroad, like `+32 2 000 00 00`"),
            );
        }
    }
}

/// What there is to say of each link by itself.
pub(super) fn look_at(targets: &[Target], found: &mut Vec<Diagnostic>) {
    for target in targets {
        let findings = [leads(target), reads(target), download(target)];
        found.extend(findings.into_iter().flatten().map(|finding| finding.at(target.place.clone())));
    }
}

fn leads(target: &Target) -> Option<Diagnostic> {
    let url = target.url.as_str();
    if let Some(field) = words::foreign(url) {
        let shown = &url[field];
        let message = format!("the link holds `{shown}`, another program's merge field");
        return Some(Diagnostic::of(&rule::FOREIGN_FIELD, message).hint("write it as `{{ email }}`"));
    }
    if url == "#" {
        return Some(Diagnostic::of(&rule::LINK_EMPTY, "the link leads to nothing").hint("write where it leads to"));
    }
    if let Some(rest) = url.strip_prefix("mailto:") {
        let addresses = rest.split('?').next().unwrap_or_default().replace("%40", "@");
        let odd = addresses.split(',').find_map(|address| Some((address, Address::parse(address).err()?)));
        let (address, why) = odd.filter(|_| target.fixed)?;
        let message = format!("`{address}` is no address to write to: {why}");
        return Some(Diagnostic::of(&rule::ODD_MAILTO, message).hint("correct it"));
    }
    if let Some(number) = url.strip_prefix("tel:") {
        return (!is_international(number)).then(|| {
            Diagnostic::of(&rule::LOCAL_PHONE, format!("the number `{number}` has no country's code"))
                .hint("write it as it is dialled from abroad, like `tel:+3220000000`")
        });
    }
    let parts = url::split(url)?;
    if url::is_private(parts.host) {
        let message = format!("no reader reaches `{}`: it exists on your computer or in your office alone", parts.host);
        return Some(Diagnostic::of(&rule::LINK_LOCAL, message).hint("write the page's public address"));
    }
    (!parts.secure).then(|| {
        Diagnostic::of(&rule::LINK_HTTP, "the link is not an https one")
            .hint("try the same address with `https://`, which nearly every site has")
    })
}

fn is_international(number: &str) -> bool {
    // it may be said before it what it is: `Tél.`
    let number = number.trim_start_matches(|c: char| c != '+' && !c.is_ascii_digit());
    // short numbers (112, 1712) are a country's own
    let digits = number.chars().filter(char::is_ascii_digit).count();
    number.starts_with('+') || number.starts_with("00") || (1..=6).contains(&digits)
}

fn reads(target: &Target) -> Option<Diagnostic> {
    let text = target.text.trim();
    if text.is_empty() && !target.is_picture {
        let message = "nothing is to be read on the link";
        return Some(Diagnostic::of(&rule::LINK_EMPTY, message).hint("write its words between the brackets"));
    }
    let said = text.to_lowercase();
    let said = said.trim_matches(|c: char| !c.is_alphanumeric());
    if VAGUE.contains(&said) {
        return Some(
            Diagnostic::of(&rule::VAGUE_LINK, format!("the link reads `{text}`, which says nothing of where it leads"))
                .hint("let it read as what it leads to: `the programme`, `le programme`, `het programma`"),
        );
    }
    let is_address = said.starts_with("http://") || said.starts_with("https://") || said.starts_with("www.");
    let is_long = text.chars().count() > SHOWN || text.contains('?');
    (is_address && is_long && !text.contains(' ')).then(|| {
        Diagnostic::of(&rule::BARE_URL, "a long address is shown to readers")
            .hint("write what it leads to: `[the programme](https://…)`")
    })
}

/// A file to download whose kind is not told on the link or just behind it.
fn download(target: &Target) -> Option<Diagnostic> {
    let parts = url::split(&target.url).filter(|_| !target.is_document)?;
    let ending = url::ending(parts.path)?;
    let (ending, other) = FILES.iter().find(|(known, _)| *known == ending)?;
    let place = &target.place;
    let behind: String = place
        .source
        .as_deref()
        .unwrap_or_default()
        .chars()
        .skip((place.column + place.width).saturating_sub(1))
        .take(30)
        .collect();
    let told = format!("{} {behind}", target.text).to_lowercase();
    let is_told = told.contains(ending) || (!other.is_empty() && told.contains(other));
    (!is_told).then(|| {
        let kind = ending.to_uppercase();
        Diagnostic::of(&rule::UNKNOWN_DOWNLOAD, format!("the link opens a {kind} file and does not say so"))
            .hint(format!("say what it is and how large: `({kind}, 2 MB)`"))
    })
}

/// Documents of the issue's folder to which its messages cannot lead.
pub(super) fn unreached(project: &Project, snippet: &Snippet, found: &mut Vec<Diagnostic>) {
    if snippet.beside_on_the_web(project).is_some() {
        return;
    }
    let release = snippet.front.kind == Kind::PressRelease;
    let values = snippet.values();
    for (document, file) in snippet.front.documents.iter().filter_map(|own| Some((own, own.file.as_ref()?))) {
        let message = format!("the newsletter leaves the document `{}` out: nothing leads to `{file}`", document.title);
        let finding = Diagnostic::of(&rule::DOCUMENT_LEFT_OUT, message).at(values.place_of_text(file));
        found.push(if release {
            finding
                .hint("say in `envoi.toml` where its page will lie: `[press]` with `url`, or `[web]` with `base_url`")
        } else {
            finding.hint("put the file on your site and write `url = \"https://…\"` instead of `file`")
        });
    }
}

/// Links of one edition that read alike and lead to different places.
pub(super) fn alike(issue: &Issue, found: &mut Vec<Diagnostic>) {
    let mut told: HashSet<String> = HashSet::new();
    for language in &issue.languages {
        let mut seen: HashMap<String, Target> = HashMap::new();
        for target in issue.edition(language).into_iter().flat_map(targets) {
            let text = target.text.trim().to_lowercase();
            // a vague one is told as such
            if text.is_empty() || VAGUE.contains(&text.as_str()) {
                continue;
            }
            match seen.get(&text) {
                Some(first) if first.url != target.url && told.insert(target.place.to_string()) => {
                    found.push(
                        Diagnostic::of(
                            &rule::SAME_TEXT,
                            format!("two links read `{}` and lead to different places", target.text.trim()),
                        )
                        .at(target.place)
                        .hint(format!("the other one stands at {}: let each say where it leads", first.place)),
                    );
                }
                Some(_) => {}
                None => drop(seen.insert(text, target)),
            }
        }
    }
}
