//! Words that belong on one line with what follows them, and words that are addresses. Two words -> whether they may
//! be torn apart. What French, Dutch and English share a page with: the lists are looked through together, since
//! none of these abbreviations means something else in another of the three.

/// Before a number: "n° 3", "p. 4", "blz. 12".
const BEFORE_NUMBERS: [&str; 22] = [
    "n°", "nº", "nos", "nr.", "no.", "p.", "pp.", "blz.", "art.", "chap.", "fig.", "vol.", "t.", "§", "ann.", "al.",
    "tél.", "tel.", "hfst.", "vers.", "av.", "ch.",
];

/// Before a name: "M. X", "dhr. Janssens".
const BEFORE_NAMES: [&str; 24] = [
    "M.", "MM.", "Mme", "Mmes", "Mlle", "Me", "Dr", "Dr.", "Pr", "Mgr", "St", "Ste", "Mr", "Mr.", "Mrs", "Mrs.", "Ms",
    "Ms.", "Prof.", "prof.", "dr.", "dhr.", "mevr.", "mw.",
];

/// After a number: "10 h", "2,7 Mo".
const AFTER_NUMBERS: [&str; 40] = [
    "h", "min", "s", "%", "‰", "€", "$", "£", "km", "m", "cm", "mm", "kg", "g", "l", "m²", "km²", "°C", "ko", "Ko",
    "Mo", "Go", "kB", "KB", "MB", "GB", "am", "pm", "a.m", "p.m", "uur", "u.", "u", "euros", "euro", "ans", "jaar",
    "siècle", "eeuw", "century",
];

/// Dutch words that begin with an apostrophe: 's avonds, 't, 'n.
const CLITICS: [&str; 6] = ["s", "t", "n", "k", "m", "r"];

/// Whether two words that a space parts belong on one line. The punctuation around them is gone.
pub(super) fn belong_together(before: &str, after: &str, months: &[String]) -> bool {
    let number = is_number(before);
    let starts_number = after.starts_with(|c: char| c.is_ascii_digit());
    if BEFORE_NUMBERS.iter().any(|word| word.eq_ignore_ascii_case(before)) || before == "h" {
        return starts_number;
    }
    if BEFORE_NAMES.contains(&before) || is_initial(before) {
        return after.starts_with(char::is_uppercase);
    }
    let thousands = before.len() <= 3 && after.len() == 3 && after.bytes().all(|byte| byte.is_ascii_digit());
    let day = before.len() <= 4 && months.iter().any(|month| month == after);
    number && (AFTER_NUMBERS.contains(&after) || thousands && before.bytes().all(|byte| byte.is_ascii_digit()))
        || (number || is_ordinal(before)) && day
        || is_ordinal(before) && AFTER_NUMBERS.contains(&after)
}

/// Whether a word is a web or mail address, or the beginning of one.
pub(super) fn is_address(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let host = || lower.split_once('/').is_some_and(|(host, _)| host.contains('.') && host.len() > 3);
    lower.contains("://")
        || lower.contains("www.")
        || word.contains('@')
        || lower.contains("mailto:")
        || lower.contains("tel:+")
        || host()
}

/// Whether a Dutch word that an apostrophe begins is one of those that always do.
pub(super) fn is_clitic(word: &str) -> bool {
    CLITICS.contains(&word)
}

/// "2,7", "24", "10.30", "9–17".
fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '–' | '/'))
}

/// "1er", "25e", "3rd", "19de"; centuries too, in Roman numerals.
fn is_ordinal(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_lowercase());
    let ending = &word[digits.len()..];
    let numeral = !digits.is_empty()
        && (digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.chars().all(|c| "IVXLC".contains(c)));
    numeral && matches!(ending, "er" | "re" | "e" | "ère" | "st" | "nd" | "rd" | "th" | "de" | "ste")
}

/// "J." of "J. Dupont".
fn is_initial(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(char::is_uppercase) && characters.next() == Some('.') && characters.next().is_none()
}
