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

    /// The words with the mark on both sides.
    pub(super) fn around(&self, words: &str) -> String {
        match self {
            Self::Strong => format!("**{words}**"),
            Self::Emphasis => format!("*{words}*"),
            Self::Struck => format!("~~{words}~~"),
            Self::Code => format!("`{words}`"),
            Self::Link(address) if address.is_empty() => words.to_owned(),
            Self::Link(address) => {
                let address = address.replace('(', "%28").replace(')', "%29").replace(' ', "%20");
                format!("[{words}]({address})")
            }
        }
    }
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
