//! Which language a text is in, told by its small words; for French, Dutch and English, and only where it is clear.

use super::text::{Part, Text, words};
use crate::diagnostic::Diagnostic;
use crate::issue::Snippet;
use crate::rule;

/// Words that each language writes all the time, and the other two hardly ever.
const SMALL: [(&str, &str, &[&str]); 3] = [
    (
        "fr",
        "French",
        &[
            "le", "la", "les", "des", "du", "une", "un", "est", "et", "dans", "pour", "que", "qui", "sur", "avec",
            "pas", "nous", "vous", "aux", "ce", "cette", "ont", "sont", "il", "elle", "ils", "leur", "leurs", "mais",
            "ou", "où", "sans", "être", "à",
        ],
    ),
    (
        "nl",
        "Dutch",
        &[
            "het", "een", "van", "dat", "niet", "zijn", "op", "aan", "met", "voor", "er", "ook", "bij", "naar", "wij",
            "ze", "hun", "werd", "worden", "deze", "dit", "maar", "door", "over", "om", "uit", "wordt", "geen", "zich",
            "heeft", "hebben", "onze",
        ],
    ),
    (
        "en",
        "English",
        &[
            "the", "and", "to", "that", "for", "with", "as", "are", "this", "be", "by", "have", "from", "not", "they",
            "you", "which", "were", "has", "their", "it", "at", "our", "who", "will", "been", "its", "an",
        ],
    ),
];

/// How many of these words a text needs before anything is said of it.
const ENOUGH: usize = 10;

/// How many times more often the one language's words must stand there than any other's.
const CLEAR: usize = 4;

pub(super) fn look(snippet: &Snippet, texts: &[Text<'_>], found: &mut Vec<Diagnostic>) {
    let Some((tag, finding)) = other(snippet.lang.primary(), texts) else { return };
    let file = snippet.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    found.push(finding.at(snippet.place_of("title")).hint(if snippet.only {
        format!("rename `{file}` to `{}.{tag}.md`, or translate it", snippet.name)
    } else {
        format!("add `lang = \"{tag}\"` to its front matter, or name it `{}.{tag}.md`", snippet.name)
    }));
}

/// The language that a text is in, and a finding without its place, where that is clearly another than is `said`.
pub(super) fn other(said: &str, texts: &[Text<'_>]) -> Option<(&'static str, Diagnostic)> {
    if !SMALL.iter().any(|(tag, ..)| *tag == said) {
        return None;
    }
    let body = texts.iter().filter(|text| matches!(text.part, Part::Paragraph | Part::Title));
    let mut counts = [0_usize; 3];
    for text in body {
        for (_, word) in words(text.words()) {
            // of `l’enfant` and `it’s` the part that is a word of its own
            let lower = word.split(['’', '\'']).next_back().unwrap_or_default().to_lowercase();
            for (count, (_, _, small)) in counts.iter_mut().zip(SMALL) {
                *count += usize::from(small.contains(&lower.as_str()));
            }
        }
    }
    let (most, (tag, name, _)) = counts.iter().zip(SMALL).max_by_key(|(count, _)| **count)?;
    let others = counts.iter().zip(SMALL).filter(|(_, (other, ..))| *other != tag).map(|(count, _)| *count).max();
    let clear = tag != said && *most >= ENOUGH && *most >= CLEAR * others.unwrap_or(0);
    clear.then(|| {
        let message = format!("the text is {name}, and its language is said to be `{said}`");
        (tag, Diagnostic::of(&rule::OTHER_LANGUAGE, message))
    })
}
