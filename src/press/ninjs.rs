//! A release -> an item of IPTC ninjs 2.1, the format in which newsrooms' systems take texts.
//!
//! <https://iptc.org/std/ninjs/ninjs-schema_2.1.json>. Only `uri` is required; nothing but what the schema knows may
//! stand in it.

use serde_json::{Map, Value, json};

use super::name::lasting_name;
use crate::clock;
use crate::issue::{Contact, Day, Issue, Photo, Snippet};
use crate::project::Project;
use crate::render::{Page, photo_name};

/// The schema that the item keeps to.
const SCHEMA: &str = "http://www.iptc.org/std/ninjs/ninjs-schema_2.1.json";

/// The item, as JSON. `address` is the page's on the web.
pub(super) fn item(project: &Project, issue: &Issue, snippet: &Snippet, page: &Page, address: Option<&str>) -> String {
    let front = &snippet.front;
    let config = &project.config;
    let default = &config.languages.default;
    let organisation = config.organisation.name.get(&snippet.lang, default);
    let copyright = config.organisation.copyright.get(&snippet.lang, default);
    let uri = lasting_name(project, &["press", &issue.slug, &snippet.name, snippet.lang.as_str()]);
    let embargo = front.embargo.as_ref().map(|moment| &moment.0);
    let under_embargo = embargo.is_some_and(|moment| clock::now().timestamp() < moment.timestamp());
    let published = embargo.map(|moment| moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
    let first = published.clone().or_else(|| front.date.map(midnight));

    let mut item = Map::new();
    let mut set = |key: &str, value: Value| drop(item.insert(key.to_owned(), value));
    set("uri", json!(uri));
    set("type", json!("text"));
    set("profile", json!("press-release"));
    set("language", json!(snippet.lang.as_str()));
    set("pubstatus", json!(if under_embargo { "withheld" } else { "usable" }));
    set("title", json!(front.title));
    set("slugline", json!(snippet.name));
    set("headlines", headlines(snippet));
    set("bodies", bodies(page));
    set("by", json!(organisation));
    set("infosources", json!([source(organisation, config.organisation.url.as_deref(), &front.contacts)]));
    set("standard", json!({ "name": "ninjs", "version": "2.1", "schema": SCHEMA }));
    if let Some(first) = first {
        set("firstcreated", json!(first));
        set("versioncreated", json!(front.updated.map_or(first, midnight)));
    }
    if let Some(moment) = published.filter(|_| under_embargo) {
        set("embargoed", json!(moment));
    }
    if let Some(place) = &front.place {
        set("located", json!(place));
    }
    if let Some(line) = front.copyright.as_deref().or(Some(copyright)).filter(|line| !line.is_empty()) {
        set("copyrightholder", json!(organisation));
        set("copyrightnotice", json!(line));
    }
    if let Some(notes) = &front.notes_for_editors {
        set("ednote", json!(notes.trim()));
    }
    if let Some(address) = address {
        set("renditions", json!([{ "name": "web", "href": address, "contenttype": "text/html" }]));
    }
    let photos: Vec<Value> =
        snippet.press.photos.iter().enumerate().map(|(index, photo)| picture(&uri, index, photo)).collect();
    if !photos.is_empty() {
        set("associations", json!(photos));
    }
    let text = serde_json::to_string_pretty(&Value::Object(item)).unwrap_or_default();
    text + "\n"
}

fn headlines(snippet: &Snippet) -> Value {
    let mut headlines = vec![json!({ "role": "main", "contenttype": "text/plain", "value": snippet.front.title })];
    if let Some(subtitle) = &snippet.front.subtitle {
        headlines.push(json!({ "role": "subheadline", "contenttype": "text/plain", "value": subtitle }));
    }
    json!(headlines)
}

fn bodies(page: &Page) -> Value {
    let words = page.text.split_whitespace().count();
    json!([
        { "role": "text", "contenttype": "text/plain", "value": page.text, "charcount": page.text.chars().count(), "wordcount": words },
        { "role": "article", "contenttype": "text/html", "value": article(&page.html) },
    ])
}

/// The text and the quotations within the page, without what is only for the page's readers; the whole article where
/// the project's own template is built differently.
fn article(html: &str) -> &str {
    let between = |open: &str, close: &str| {
        let start = html.find(open)?;
        let end = start + html.get(start..)?.find(close)?;
        html.get(start..end)
    };
    let text = between("<section class=\"prose\"", "<p class=\"end\">");
    text.or_else(|| between("<article", "</article>")).unwrap_or(html).trim()
}

fn source(name: &str, url: Option<&str>, contacts: &[Contact]) -> Value {
    let mut info = Vec::new();
    if let Some(url) = url {
        info.push(json!({ "type": "web", "value": url }));
    }
    for contact in contacts {
        let role = contact.function.as_deref().unwrap_or("press");
        if let Some(phone) = &contact.phone {
            info.push(json!({ "type": "phone", "role": role, "name": contact.name, "value": phone }));
        }
        if let Some(email) = &contact.email {
            info.push(json!({ "type": "email", "role": role, "name": contact.name, "value": email.as_str() }));
        }
    }
    json!({ "name": name, "contactinfo": info })
}

fn picture(uri: &str, index: usize, photo: &Photo) -> Value {
    let shown = &photo.picture;
    let media = photo.full.as_ref().unwrap_or(&shown.media);
    let mut picture = json!({
        "name": format!("photo-{}", index + 1),
        "uri": format!("{uri}/photo-{}", index + 1),
        "type": "picture",
        "renditions": [{
            "name": "original",
            "title": photo_name(media),
            "contenttype": media.mime,
            "width": media.width,
            "height": media.height,
        }],
        "descriptions": [{ "role": "alternative", "contenttype": "text/plain", "value": shown.alt }],
    });
    if let Some(caption) = &shown.caption {
        picture["descriptions"] = json!([
            { "role": "caption", "contenttype": "text/plain", "value": caption },
            { "role": "alternative", "contenttype": "text/plain", "value": shown.alt },
        ]);
    }
    if let Some(credit) = &shown.credit {
        picture["by"] = json!(credit);
    }
    picture
}

/// A day as a moment, which the schema asks for (RFC 3339).
fn midnight(day: Day) -> String {
    format!("{}T00:00:00Z", day.0)
}
