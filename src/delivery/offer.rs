//! What a relay offers: the keywords of its answer to EHLO (RFC 5321, section 4.1.1.1).

/// What a relay offers in answer to EHLO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// The keywords with their parameters, as they came.
    pub keywords: Vec<String>,
}

impl Offer {
    /// Whether a keyword is offered.
    pub fn has(&self, keyword: &str) -> bool {
        self.parameters(keyword).is_some()
    }

    /// What stands behind a keyword.
    pub fn parameters(&self, keyword: &str) -> Option<&str> {
        self.keywords.iter().find_map(|line| {
            let (word, rest) = line.split_once([' ', '=']).unwrap_or((line, ""));
            word.eq_ignore_ascii_case(keyword).then_some(rest)
        })
    }

    /// The largest message that is taken (RFC 1870), where there is such a limit.
    pub fn size_limit(&self) -> Option<u64> {
        self.parameters("SIZE")?.trim().parse().ok().filter(|limit| *limit > 0)
    }
}
