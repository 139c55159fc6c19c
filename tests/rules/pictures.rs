//! Pictures and what is said about them.

use super::support::Newsroom;
use super::{front, of, room};

/// A PNG of one colour, as small as it can be written by hand: no library under test makes it.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::RgbImage::new(width, height)
        .write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png)
        .expect("a picture in memory");
    bytes
}

fn with_image(name: &str, width: u32, height: u32, more: &str) -> Newsroom {
    room().bytes(&format!("issues/2026-11/{name}"), &png(width, height)).snippet(
        "2026-11",
        "lead",
        &front(&format!("image = {{ file = \"{name}\"{more} }}")),
    )
}

#[test]
fn no_alternative_text() {
    let found = of("W305", &with_image("ferry.png", 1200, 800, ""));
    assert_eq!(found, ["3: the image `ferry.png` has no alternative text"]);
    assert!(of("W305", &with_image("ferry.png", 1200, 800, ", alt = \"A white ferry\"")).is_empty());
}

#[test]
fn a_picture_in_a_table_of_its_own_is_found_by_its_head() {
    let room = room().bytes("issues/2026-11/ferry.png", &png(1200, 800)).snippet(
        "2026-11",
        "lead",
        &front("\n[image]\nfile = \"ferry.png\""),
    );
    assert_eq!(of("W305", &room), ["4: the image `ferry.png` has no alternative text"]);
}

#[test]
fn photos_for_journalists_have_alternative_texts_too() {
    let release = |photos: &str| {
        let more = format!(
            "kind = \"press-release\"\nplace = \"Quay\"\ndate = 2026-11-24\ncontacts = [{{ name = \"Ada\" }}]\n{photos}"
        );
        let bytes = png(1200, 800);
        room().bytes("issues/2026-11/a.png", &bytes).bytes("issues/2026-11/b.png", &bytes).snippet(
            "2026-11",
            "lead",
            &front(&more),
        )
    };
    let photos = "image = { file = \"a.png\", full = \"a.png\", alt = \"A white ferry\" }\n\
                  photos = [{ file = \"b.png\", full = \"b.png\" }]";
    assert_eq!(of("W305", &release(photos)), ["8: the image `b.png` has no alternative text"]);
    let said = photos.replace("full = \"b.png\"", "alt = \"The quay\"");
    assert!(of("W305", &release(&said)).is_empty());
}

#[test]
fn an_alternative_text_that_is_a_files_name() {
    for alt in ["IMG_4774", "Capture d’écran", "image1.png", "photo", "ferry.png", "DSC 0042"] {
        let found = of("W306", &with_image("ferry.png", 1200, 800, &format!(", alt = \"{alt}\"")));
        assert_eq!(found, [format!("3: the alternative text `{alt}` does not say what is to be seen")]);
    }
    assert!(of("W306", &with_image("ferry.png", 1200, 800, ", alt = \"Photo of a white ferry\"")).is_empty());
    let in_text = with_image("ferry.png", 1200, 800, ", alt = \"A white ferry\"").article(
        "2026-11",
        "film",
        "Film",
        "![IMG_4774](ferry.png)",
    );
    assert_eq!(of("W306", &in_text), ["4: the alternative text `IMG_4774` does not say what is to be seen"]);
}

#[test]
fn a_caption_without_a_credit() {
    let captioned = ", alt = \"A white ferry\", caption = \"The first day.\"";
    let found = of("W307", &with_image("ferry.png", 1200, 800, captioned));
    assert_eq!(found, ["3: nobody is named who made the image `ferry.png`"]);
    let credited = format!("{captioned}, credit = \"Ada Okafor\"");
    assert!(of("W307", &with_image("ferry.png", 1200, 800, &credited)).is_empty());
}

#[test]
fn a_picture_too_small_for_its_place() {
    let alt = ", alt = \"A white ferry\"";
    let found = of("W309", &with_image("ferry.png", 500, 300, alt));
    assert_eq!(found, ["3: the image `ferry.png` is 500 pixels wide, too few to be sharp on a phone"]);
    assert_eq!(of("W309", &with_image("ferry.png", 300, 400, alt)).len(), 1);
    assert!(of("W309", &with_image("ferry.png", 1200, 800, alt)).is_empty());
    assert!(of("W309", &with_image("ferry.png", 520, 800, alt)).is_empty());
}

#[test]
fn a_picture_too_heavy_even_when_prepared() {
    // an animation is sent as it is
    let mut gif = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
        let mut seed = 7_u32;
        for _ in 0..2 {
            let noise = image::RgbaImage::from_fn(1000, 700, |_, _| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let [a, b, c, _] = seed.to_be_bytes();
                image::Rgba([a, b, c, 255])
            });
            encoder.encode_frame(image::Frame::new(noise)).expect("a frame");
        }
    }
    let room = room().bytes("issues/2026-11/ferry.gif", &gif).snippet(
        "2026-11",
        "lead",
        &front("image = { file = \"ferry.gif\", alt = \"A white ferry\" }"),
    );
    let found = of("W308", &room);
    assert!(found.len() == 1 && found[0].starts_with("0: the image `ferry.gif` has "), "{found:?}");
}
