//! The exported page of a press release, as a browser shows it: on a phone, in the dark, on paper, to be copied from.

mod support;

use std::time::Duration;

use support::{Chromium, Newsroom, Service, need};

/// The example release, exported, and a browser that shows it.
fn shown() -> Option<(Newsroom, Chromium, String)> {
    if !need(Service::Chromium) {
        return None;
    }
    let room = Newsroom::empty().clock("2014-11-05T09:00:00+01:00");
    let project = env!("CARGO_MANIFEST_DIR");
    room.run(&format!("-C '{project}' export site-signalement --out press")).exit(0);
    let url = format!("file://{}", room.path("press/site-signalement.fr.html").display());
    let browser = Chromium::start();
    browser.open(&url);
    Some((room, browser, url))
}

#[test]
fn it_fits_every_phone() {
    let Some((_room, browser, url)) = shown() else { return };
    for width in [320, 375, 768] {
        browser.resize(width, 700);
        browser.open(&url);
        let wide = browser.script("return document.documentElement.scrollWidth");
        assert!(
            wide.as_u64().is_some_and(|wide| wide <= u64::from(width)),
            "{wide} pixels wide on a screen of {width}"
        );
    }
    assert!(browser.console_errors().is_empty(), "{:?}", browser.console_errors());
}

#[test]
fn its_text_is_copied_clean() {
    let Some((_room, browser, _)) = shown() else { return };
    assert_eq!(browser.text("#copy"), "Copier le texte");
    browser.click("#copy");
    browser.wait_until("return document.getElementById('copy').textContent === 'Texte copié'", Duration::from_mins(1));
    let copied = browser.script("return document.getElementById('copy').dataset.copied");
    let copied = copied.as_str().unwrap_or_default();
    assert!(
        copied.starts_with("Un site pour signaler l’exploitation sexuelle d’enfants en voyage\n\nVoyageurs"),
        "{copied}"
    );
    assert!(copied.contains("\n\nBruxelles, le 6 novembre 2014 – Alizé et ses partenaires"), "{copied}");
    assert!(copied.contains("\n\n1. le témoin décrit"), "{copied}");
    assert!(copied.contains("\n2. le message parvient"), "a list's lines stand together:\n{copied}");
    assert!(copied.ends_with("\n\n– Fin du communiqué –\n"), "{copied}");
    for noise in ["Copier", "Sous embargo", "Communiqué de presse", "Texte du communiqué"] {
        assert!(!copied.contains(noise), "{noise} is no part of the text:\n{copied}");
    }
}

#[test]
fn its_colours_keep_their_contrast() {
    let Some((_room, browser, _)) = shown() else { return };
    // WCAG 2.2, contrast (minimum): relative luminance of each text and of the ground behind it
    let contrast = "
        const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
        const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
            if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
        return [...document.querySelectorAll('p,h1,h2:not(.heard),h3,a,li,figcaption,button,time')].map(e => {
            const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
            return [(a + .05) / (b + .05), e.tagName + ' ' + e.textContent.slice(0, 40)];
        }).filter(([ratio]) => ratio < 4.5).map(([ratio, what]) => ratio.toFixed(2) + ' ' + what)";
    for dark in [false, true] {
        browser.dark(dark);
        assert_eq!(browser.script(contrast), serde_json::json!([]), "dark: {dark}");
    }
}

#[test]
fn paper_shows_no_buttons_and_every_address() {
    let Some((_room, browser, _)) = shown() else { return };
    browser.media("print");
    let shown = "return [...document.querySelectorAll('button, nav')].filter(e => getComputedStyle(e).display !== 'none').length";
    assert_eq!(browser.script(shown), 0);
    let hidden = "
        const said = (link) => link.textContent + getComputedStyle(link, '::after').content.replace('attr(href)', link.href);
        return [...document.querySelectorAll('.prose a[href^=http]')].filter(link => !said(link).includes(new URL(link.href).host)).length";
    assert_eq!(browser.script(hidden), 0);
    assert_ne!(browser.script("return document.querySelectorAll('.prose a[href^=http]').length"), 0);
}

#[test]
fn without_scripts_nothing_is_amiss() {
    let Some((room, _, _)) = shown() else { return };
    let page = room.read("press/site-signalement.fr.html");
    assert!(page.contains("<button id=\"copy\" type=\"button\" hidden"), "a button that does nothing is not shown");
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
    let policy = policy.unwrap_or_default().replace("&#39;", "'");
    assert!(
        policy.starts_with("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-"),
        "{policy}"
    );
}

#[test]
fn paper_shows_no_address_twice() {
    if !need(Service::Chromium) {
        return;
    }
    let room = Newsroom::new()
        .issue("2026-11", "subject = \"Ferry\"\npreheader = \"-\"\n")
        .snippet(
            "2026-11",
            "ferry",
            "+++\ntitle = \"Ferry\"\nkind = \"press-release\"\ncontacts = [{ name = \"Ada\", email = \"ada@example.org\" }]\n+++\nSee <https://www.example.org/a>, www.example.org and [us](https://www.example.org/b).\n",
        )
        .subscribers([]);
    room.run("export ferry --out press --format html").exit(0);
    let browser = Chromium::start();
    browser.open(&format!("file://{}", room.path("press/ferry.en.html").display()));
    browser.media("print");
    let behind = browser.script(
        "return [...document.querySelectorAll('.prose a')].map(link => getComputedStyle(link, '::after').content !== 'none')",
    );
    assert_eq!(behind, serde_json::json!([false, false, true]));
}
