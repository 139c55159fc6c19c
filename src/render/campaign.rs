//! A link's address -> the same with campaign parameters (`utm_source` and its like), where it leads to the
//! organisation's own site and `envoi.toml` asks for them. Nobody else's links are touched.

use crate::issue::{MergeText, Piece, ascii_url, decoded, segment};
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
        let own = self.site.is_some_and(|site| host_of(url).is_some_and(|own| host(site, false) == Some(own)));
        let parameters: Vec<String> = [
            ("utm_source", self.links.utm_source.as_deref()),
            ("utm_medium", self.links.utm_medium.as_deref()),
            ("utm_campaign", self.links.utm_campaign.as_deref().or(self.links.utm_source.as_ref().map(|_| self.slug))),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name}={}", parameter(value))))
        .collect();
        if !own || parameters.is_empty() {
            return url.clone();
        }
        // a fragment may hold a `?` of its own, and be the last thing that is filled in
        let fragment = url.0.iter().enumerate().find_map(|(index, piece)| match piece {
            Piece::Text(text) => Some((index, text.find('#')?)),
            Piece::Field(_) => None,
        });
        let (index, at) = fragment.unwrap_or((url.0.len(), 0));
        let (mut before, mut behind) = (url.0[..index].to_vec(), url.0[index..].to_vec());
        if let Some(Piece::Text(text)) = behind.first_mut() {
            let fragment = text.split_off(at);
            before.push(Piece::Text(std::mem::replace(text, fragment)));
        }
        let asks = before.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('?')));
        before.push(Piece::Text(format!("{}{}", if asks { '&' } else { '?' }, parameters.join("&"))));
        MergeText(before.into_iter().chain(behind).collect())
    }
}

/// A parameter's value within an address; who has encoded it already meant what it stands for.
fn parameter(value: &str) -> String {
    segment(decoded(value).as_deref().unwrap_or(value))
}

fn host_of(url: &MergeText) -> Option<String> {
    let Some(Piece::Text(start)) = url.0.first() else { return None };
    host(start, url.0.len() > 1)
}

/// The host of a web address, as the network knows it; none where what is filled in behind it may be a part of it.
fn host(url: &str, open: bool) -> Option<String> {
    let url = ascii_url(url);
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let end = rest.find(['/', '?', '#']);
    if end.is_none() && open {
        return None;
    }
    Some(rest[..end.unwrap_or(rest.len())].to_ascii_lowercase())
}
