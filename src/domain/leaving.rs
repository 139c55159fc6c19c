//! How readers leave: the headers that mail programs make a button of.

use super::Looked;
use super::item::{Item, State};

const ONE_CLICK: &str = "Gmail and Yahoo: newsletters can be left with one click (RFC 8058)";
const UNSUBSCRIBE: &str = "Gmail, Yahoo and Microsoft: newsletters can be left easily (`List-Unsubscribe`, RFC 2369)";

/// Both headers.
pub(super) fn look(looked: &Looked<'_>) -> Vec<Item> {
    let config = &looked.project.config;
    let unsubscribe = config.unsubscribe.as_ref();
    let page = unsubscribe.and_then(|unsubscribe| unsubscribe.url.clone());
    let page = page.or_else(|| looked.project.serve_base().map(|base| format!("{base}/u/…")));
    let mailto = unsubscribe.and_then(|unsubscribe| unsubscribe.mailto.as_ref());
    let one_click = match (&page, &looked.key) {
        (Some(page), Some(_)) => {
            Item::new("one-click", ONE_CLICK, State::Ok, format!("`List-Unsubscribe-Post` with {page}, signed by DKIM"))
        }
        (Some(page), None) => Item::new(
            "one-click",
            ONE_CLICK,
            State::Warn,
            format!("`List-Unsubscribe-Post` with {page}; the relay must sign the header"),
        )
        .hint("ask your provider whether its DKIM signature covers `List-Unsubscribe` and `List-Unsubscribe-Post`"),
        (None, _) => {
            Item::new("one-click", ONE_CLICK, State::Fail, "envoi.toml names no https page where readers unsubscribe")
                .hint("name one: `url = \"https://…\"` under `[unsubscribe]`, or `url` under `[serve]` for envoi's own")
        }
    };
    let ways: Vec<String> = page.into_iter().chain(mailto.map(|address| format!("mailto:{address}"))).collect();
    let header = if ways.is_empty() {
        Item::new("unsubscribe", UNSUBSCRIBE, State::Fail, "messages carry no `List-Unsubscribe`")
            .hint("add `mailto = \"unsubscribe@your-domain\"` under `[unsubscribe]`")
    } else {
        Item::new("unsubscribe", UNSUBSCRIBE, State::Ok, format!("`List-Unsubscribe` with {}", ways.join(" and ")))
    };
    vec![one_click, header]
}
