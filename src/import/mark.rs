//! Markdown's marks: what stands around words, and which characters must not be taken for one.

/// What is done to words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Struck,
    Code,
    /// With its address; none where its words stay alone.
    Link(String),
}

impl Mark {
    /// Whether both do the same to words.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// What stands on both sides of the words, where it is the same: Markdown takes it for a mark by what is beside it.
    pub(super) fn delimiter(&self) -> Option<&'static str> {
        match self {
            Self::Strong => Some("**"),
            Self::Emphasis => Some("*"),
            Self::Struck => Some("~~"),
            Self::Code | Self::Link(_) => None,
        }
    }
}

/// A link's address as it stands between parentheses.
pub(super) fn destination(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(character) = rest.chars().next() {
        let (this, after) = rest.split_at(character.len_utf8());
        match character {
            '(' | ')' | ' ' | '<' | '>' | '\\' => out.push_str(&format!("%{:02X}", u32::from(character))),
            '&' if is_entity(after) => out.push_str("\\&"),
            _ => out.push_str(this),
        }
        rest = after;
    }
    out
}

/// Whether what stands behind `&` makes a character of it.
fn is_entity(rest: &str) -> bool {
    let name = rest.bytes().take(40).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    name > 0 && rest[name..].starts_with(';')
}

/// Whether a character is one that stands for something else on the way.
pub(super) fn is_reserved(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{e002}')
}

/// Whether a character means something in Markdown, wherever it stands.
pub(super) fn needs_escape(character: char) -> bool {
    matches!(character, '\\' | '*' | '_' | '[' | ']' | '<' | '`' | '|' | '~')
}

/// What would begin a list, a heading or a quotation at a line's start does not.
pub(super) fn at_line_start(text: &str) -> String {
    let line = |line: &str| {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let numbered = digits > 0 && line[digits..].starts_with(['.', ')']);
        if line.starts_with(['#', '>', '+', '-', '=', ':']) {
            format!("\\{line}")
        } else if numbered {
            format!("{}\\{}", &line[..digits], &line[digits..])
        } else {
            line.to_owned()
        }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
