//! What search engines read of a press release: release + address -> schema.org `NewsArticle` as JSON-LD.
//!
//! The properties that Google requires or recommends of an article, as far as they are true: a picture only where it
//! can be fetched. <https://developers.google.com/search/docs/appearance/structured-data/article>

use serde_json::{Value, json};

use super::context::Organisation;
use crate::issue::markdown::{Block, plain};
use crate::issue::{Day, Snippet};

/// How long a description is at most, in characters.
const DESCRIPTION: usize = 200;

/// What is known of a release.
pub(super) struct Facts<'a> {
    release: &'a Snippet,
    organisation: &'a Organisation,
    address: Option<&'a str>,
    images: &'a [String],
    pub(super) description: Option<String>,
    /// When it was or will be published: a moment or a day (ISO 8601).
    pub(super) published: Option<String>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(
        release: &'a Snippet,
        organisation: &'a Organisation,
        address: Option<&'a str>,
        images: &'a [String],
    ) -> Self {
        let front = &release.front;
        let embargo = front.embargo.as_ref().map(|moment| moment.0.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
        let published = embargo.or_else(|| front.date.map(day));
        let description = front.subtitle.clone().or_else(|| first_words(release));
        Self { release, organisation, address, images, description, published }
    }

    /// The article, safe to stand in a `<script>` element: no character of it can end one.
    pub(super) fn json_ld(&self) -> String {
        let front = &self.release.front;
        let mut publisher = json!({ "@type": "Organization", "name": self.organisation.name });
        set(&mut publisher, "url", self.organisation.url.as_deref());
        let mut article = json!({
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": front.title,
            "inLanguage": self.release.lang.as_str(),
            "author": [publisher],
            "publisher": publisher,
        });
        set(&mut article, "alternativeHeadline", front.subtitle.as_deref());
        set(&mut article, "description", self.description.as_deref());
        set(&mut article, "dateline", front.place.as_deref());
        set(&mut article, "datePublished", self.published.as_deref());
        let modified = front.updated.map(day).or_else(|| self.published.clone());
        set(&mut article, "dateModified", modified.as_deref());
        set(&mut article, "url", self.address);
        set(&mut article, "mainEntityOfPage", self.address);
        let copyright = front.copyright.as_deref().unwrap_or(&self.organisation.copyright);
        set(&mut article, "copyrightNotice", Some(copyright).filter(|line| !line.is_empty()));
        if !self.images.is_empty() {
            article["image"] = json!(self.images);
        }
        let text = serde_json::to_string_pretty(&article).unwrap_or_default();
        text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
    }
}

fn set(object: &mut Value, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        object[key] = json!(value);
    }
}

fn day(day: Day) -> String {
    day.0.to_string()
}

/// The first paragraph, cut off at a word.
fn first_words(release: &Snippet) -> Option<String> {
    let words = release.body.blocks.iter().find_map(|block| match block {
        Block::Paragraph(inlines) => Some(plain(inlines)),
        _ => None,
    })?;
    if words.chars().count() <= DESCRIPTION {
        return Some(words);
    }
    let cut: String = words.chars().take(DESCRIPTION).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    Some(format!("{}…", whole.trim_end_matches([',', ';', ':', '.'])))
}

/// What a relative address means on a page (RFC 3986, section 5.2, as far as the pages here need it).
pub(super) fn resolve(page: &str, relative: &str) -> Option<String> {
    if relative.starts_with("http://") || relative.starts_with("https://") {
        return Some(relative.to_owned());
    }
    if relative.contains(':') {
        return None;
    }
    let start = page.find("://")? + 3;
    let path = page[start..].rfind('/').map_or(page.len(), |at| start + at);
    let (mut folder, mut rest) = (&page[..path], relative);
    while let Some(further) = rest.strip_prefix("../") {
        folder = &folder[..folder[start..].rfind('/').map_or(folder.len(), |at| start + at)];
        rest = further;
    }
    Some(format!("{folder}/{rest}"))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn a_relative_address_is_seen_from_its_page() {
        let page = "https://www.example.org/archive/fr/press/ferry.html";
        let images = Some("https://www.example.org/archive/images/a.png".to_owned());
        assert_eq!(resolve(page, "../../images/a.png"), images);
        assert_eq!(resolve(page, "a.png"), Some("https://www.example.org/archive/fr/press/a.png".to_owned()));
        assert_eq!(resolve(page, "data:image/png;base64,"), None);
        assert_eq!(resolve("https://www.example.org/a.html", "../../b"), Some("https://www.example.org/b".to_owned()));
    }
}
