//! A link's address -> the same with campaign parameters (`utm_source` and its like), where it leads to the
//! organisation's own site and `envoi.toml` asks for them. Nobody else's links are touched.

use crate::issue::{MergeText, Piece};
use crate::project::Links;

/// Campaign parameters for links to the organisation's own site.
pub(super) struct Campaign<'a> {
    pub(super) links: &'a Links,
    pub(super) site: Option<&'a str>,
    pub(super) slug: &'a str,
}

impl Campaign<'_> {
    /// An address with the parameters, where it is the organisation's own.
    pub(super) fn apply(&self, url: &MergeText) -> MergeText {
        let own = match (self.site.and_then(host), url.0.first()) {
            (Some(site), Some(Piece::Text(start))) => host(start).is_some_and(|host| host.eq_ignore_ascii_case(site)),
            _ => false,
        };
        let parameters: Vec<String> = [
            ("utm_source", self.links.utm_source.as_deref()),
            ("utm_medium", self.links.utm_medium.as_deref()),
            ("utm_campaign", self.links.utm_campaign.as_deref().or(self.links.utm_source.as_ref().map(|_| self.slug))),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name}={value}")))
        .collect();
        if !own || parameters.is_empty() {
            return url.clone();
        }
        let mut url = url.clone();
        let asks = url.0.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('?')));
        let query = format!("{}{}", if asks { '&' } else { '?' }, parameters.join("&"));
        match url.0.last_mut() {
            Some(Piece::Text(text)) => match text.find('#') {
                Some(at) => text.insert_str(at, &query),
                None => text.push_str(&query),
            },
            _ => url.0.push(Piece::Text(query)),
        }
        url
    }
}

fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    rest.split(['/', '?', '#']).next()
}
