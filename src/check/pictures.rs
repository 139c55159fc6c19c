//! Pictures: what is said about them, and whether they have the pixels for their place.

use crate::diagnostic::{Diagnostic, Place};
use crate::issue::markdown::{Document, Inline, walk};
use crate::issue::{Media, Snippet};
use crate::rule;

/// How wide a snippet's own picture is shown, in CSS pixels: over the whole width, or beside the text where it is
/// upright or narrower than `WIDE`.
const WHOLE: u32 = 600;
const BESIDE: u32 = 260;
const WIDE: u32 = 480;

/// Pictures narrower than this are icons, which are drawn for their size.
const ICON: u32 = 100;

/// How programs and cameras begin the names they give.
const GIVEN: [&str; 16] = [
    "img",
    "dsc",
    "dscn",
    "dscf",
    "pict",
    "pxl",
    "image",
    "photo",
    "foto",
    "scan",
    "screenshot",
    "screen shot",
    "capture d",
    "schermafbeelding",
    "whatsapp image",
    "bildschirmfoto",
];

/// Words that say what kind of thing a picture is, and nothing of what is on it.
const KINDS: [&str; 16] = [
    "image",
    "photo",
    "foto",
    "picture",
    "afbeelding",
    "illustration",
    "illustratie",
    "dessin",
    "tekening",
    "drawing",
    "logo",
    "bild",
    "icon",
    "icône",
    "icoon",
    "screenshot",
];

const ENDINGS: [&str; 7] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".tif"];

pub(super) fn look(snippet: &Snippet, found: &mut Vec<Diagnostic>) {
    if let Some(image) = &snippet.image {
        let place = snippet.place_of("image");
        found.extend(alternative(&image.alt, &image.media, &place));
        if image.caption.is_some() && image.credit.as_deref().unwrap_or_default().trim().is_empty() {
            found.push(
                Diagnostic::of(&rule::NO_CREDIT, format!("nobody is named who made the image `{}`", image.media.name))
                    .at(place.clone())
                    .hint("add `credit = \"…\"` to it: the photographer or the draughtsman"),
            );
        }
        found.extend(small(&image.media).map(|finding| finding.at(place)));
    }
    // the picture above the text is the first of the photos where it is there for print, too
    let above = snippet.front.image.iter().filter(|image| image.full.is_some()).count();
    let values = snippet.values();
    for picture in snippet.press.photos.iter().skip(above).map(|photo| &photo.picture) {
        found.extend(alternative(&picture.alt, &picture.media, &values.place_of_text(&picture.media.name)));
    }
    in_text(&snippet.body, found);
}

/// The pictures of a text.
pub(super) fn in_text(text: &Document, found: &mut Vec<Diagnostic>) {
    walk(text, &mut |inline| {
        if let Inline::Image(picture) = inline {
            found.extend(alternative(&picture.alt, &picture.media, &picture.place));
        }
    });
}

fn alternative(alt: &str, media: &Media, place: &Place) -> Option<Diagnostic> {
    let alt = alt.trim();
    if alt.is_empty() {
        return Some(
            Diagnostic::of(&rule::NO_ALT, format!("the image `{}` has no alternative text", media.name))
                .at(place.clone())
                .hint("say what is to be seen on it, for readers who do not see it"),
        );
    }
    says_nothing(alt, &media.name).then(|| {
        Diagnostic::of(&rule::POOR_ALT, format!("the alternative text `{alt}` does not say what is to be seen"))
            .at(place.clone())
            .hint("describe it in a few words, for readers who do not see it")
    })
}

fn says_nothing(alt: &str, file: &str) -> bool {
    let alt = alt.to_lowercase();
    let file = file.rsplit('/').next().unwrap_or(file).to_lowercase();
    let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
    let is_file = ENDINGS.iter().any(|ending| alt.ends_with(ending)) || alt == file || alt == stem;
    let bare = alt.trim_matches(|c: char| !c.is_alphanumeric());
    // a given name goes on with digits and what stands between them, not with words
    let given = GIVEN.iter().filter_map(|name| alt.strip_prefix(name)).any(|rest| {
        let numbered = rest.chars().any(|c| c.is_ascii_digit());
        numbered && rest.chars().all(|c| !c.is_alphabetic() || "x".contains(c))
    });
    let captured = ["capture d'écran", "capture d’écran", "schermafbeelding", "bildschirmfoto"];
    is_file || KINDS.contains(&bare) || given || captured.iter().any(|name| alt.starts_with(name) && is_stamp(&alt))
}

/// Whether a text has nothing but a date and a time behind its first words.
fn is_stamp(alt: &str) -> bool {
    alt.split_whitespace().skip(2).all(|word| !word.chars().all(char::is_alphabetic) || word.chars().count() < 3)
}

fn small(media: &Media) -> Option<Diagnostic> {
    let Media { width, height, .. } = *media;
    let shown = if width >= WIDE && width >= height { WHOLE } else { BESIDE };
    // half as sharp again as a page's own pixels is where blur begins to show
    (ICON..shown * 3 / 2).contains(&width).then(|| {
        Diagnostic::of(
            &rule::IMAGE_SMALL,
            format!("the image `{}` is {width} pixels wide, too few to be sharp on a phone", media.name),
        )
        .hint(format!("save it {} pixels wide, where the original has them", shown * 2))
    })
}

#[cfg(test)]
mod tests {
    use super::says_nothing;

    #[test]
    fn names_of_files_are_told_from_descriptions() {
        for poor in [
            "IMG_4774",
            "Capture d’écran",
            "Capture d'écran 2015-04-24 à 10.12.33",
            "image1.png",
            "photo",
            "Photo 12",
            "DSC-0042",
            "ferry",
            "ferry.jpg",
            "logo",
            "WhatsApp Image 2015-04-24 at 10.12",
        ] {
            let stamped = poor.starts_with("WhatsApp");
            assert!(says_nothing(poor, "ferry.jpg") || stamped, "{poor}");
        }
        for fine in [
            "A white ferry",
            "Photo of a ferry",
            "Image of 3 boats",
            "Capture d’écran du site de signalement",
            "Dessin d’un hôtel",
            "Ferry and quay",
        ] {
            assert!(!says_nothing(fine, "ferry.jpg"), "{fine}");
        }
    }
}
