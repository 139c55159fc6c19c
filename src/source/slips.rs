//! What to do where TOML cannot be read: a message of the library's -> a hint that needs no programmer.

/// The months, as a hint names them.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What to do about a message on syntax.
pub(super) fn remedy(message: &str, written: &str) -> Option<String> {
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    if written.starts_with(['“', '„', '”', '«', '»', '‘', '‚', '’']) {
        return Some("write it between straight quotation marks, `\"…\"`: TOML knows no others".to_owned());
    }
    if let Some(days) = message.strip_prefix("invalid date, expected day between 01 and ") {
        let (year, rest) = written.split_once('-')?;
        let number: usize = rest.split('-').next()?.parse().ok()?;
        let month = MONTHS.get(number.checked_sub(1)?)?;
        return Some(format!("{month} {year} has {days} days"));
    }
    let hint = if says(&["month between"]) {
        "write the year, then the month, then the day: 2015-04-24 is a day of April"
    } else if says(&["invalid date", "invalid time", "invalid offset"]) {
        "write a day as 2015-04-24, and a moment with its zone as 2014-11-06T10:30:00+01:00"
    } else if says(&["inline table", "key-value pairs"]) {
        "what opens with `{` closes with `}`, and has a comma between its keys: `{ file = \"…\", alt = \"…\" }`"
    } else if says(&["array table", "unclosed table", "table open"]) {
        "write the table's name between brackets, on a line of its own: `[image]`, or `[[contacts]]` for one of several"
    } else if says(&["array"]) {
        "what opens with `[` closes with `]`, and has a comma between its entries: `[\"…\", \"…\"]`"
    } else if says(&["must be quoted"]) {
        "write it between quotation marks: `\"…\"`"
    } else if says(&["invalid multi-line", "invalid basic string", "invalid literal string"]) {
        "a text ends with the quotation mark with which it begins; within it, write `\\\"` and `\\\\`"
    } else if says(&["duplicate key"]) {
        "write each key once: take one of the two out, or make one of them"
    } else if says(&["unexpected key or value"]) {
        "write one key a line; a remark begins with `#`, and a quotation mark within a text is written `\\\"`"
    } else if says(&["key with no value", "missing value"]) {
        "write the key, `=` and its value: `key = \"…\"`"
    } else if message.starts_with("invalid ") {
        "a text stands between `\"` and `\"`, a list between `[` and `]`, a date as it is: 2015-04-24"
    } else {
        return None;
    };
    Some(hint.to_owned())
}
