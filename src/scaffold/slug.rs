//! The name of an issue or a snippet, as folders, files and addresses bear it.

use std::fmt;

/// How long a slug may be, so that every file system takes it.
const LONGEST: usize = 64;

/// Lower case letters, digits and hyphens between them: `2026-11`, `ferry-back`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// Reads a slug. The error says what is wrong with it and what would do instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let edges = text.starts_with('-') || text.ends_with('-');
        if !text.is_empty() && text.len() <= LONGEST && text.chars().all(good) && !edges {
            return Ok(Self(text.to_owned()));
        }
        let wrong = if text.len() > LONGEST {
            format!("a name has at most {LONGEST} characters")
        } else {
            "a name is made of lower case letters (a to z), digits and hyphens between them".to_owned()
        };
        Err(match suggestion(text).as_str() {
            "" => format!("{wrong}, as in `2026-11`"),
            near => format!("{wrong}: write `{near}`"),
        })
    }

    /// The slug that a title makes; none where it has no letter of ours.
    pub fn of_title(title: &str) -> Option<Self> {
        let slug = suggestion(title);
        (!slug.is_empty()).then_some(Self(slug))
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The slug as a title: `ferry-back` becomes "Ferry back".
    pub(super) fn title(&self) -> String {
        let words = self.0.replace('-', " ");
        let mut characters = words.chars();
        characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The slug that was probably meant; empty where there is none.
fn suggestion(text: &str) -> String {
    let mut slug = String::new();
    for character in text.to_lowercase().chars() {
        match character {
            'a'..='z' | '0'..='9' => slug.push(character),
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => slug.push('a'),
            'ç' => slug.push('c'),
            'è' | 'é' | 'ê' | 'ë' => slug.push('e'),
            'ì' | 'í' | 'î' | 'ï' => slug.push('i'),
            'ñ' => slug.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => slug.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => slug.push('u'),
            'ý' | 'ÿ' => slug.push('y'),
            'æ' => slug.push_str("ae"),
            'œ' => slug.push_str("oe"),
            'ß' => slug.push_str("ss"),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(LONGEST);
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_will_not_do_is_told_with_one_that_will() {
        assert_eq!(Slug::parse("2026-11").unwrap().as_str(), "2026-11");
        assert!(Slug::parse("Été à l’école").unwrap_err().ends_with(": write `ete-a-l-ecole`"));
        assert!(Slug::parse("../etc").unwrap_err().ends_with(": write `etc`"));
        assert!(Slug::parse("").unwrap_err().ends_with("as in `2026-11`"));
        assert!(Slug::parse(&"a".repeat(65)).unwrap_err().starts_with("a name has at most 64 characters"));
    }
}
