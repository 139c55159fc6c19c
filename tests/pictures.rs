//! Pictures on their way to readers: what the camera wrote into them stays behind, and they arrive upright, light and
//! with their measures.

mod support;

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GenericImageView as _, ImageEncoder as _, ImageFormat, ImageReader, Rgb, RgbImage};
use support::{Letter, Newsroom, Part};

/// What must be found in no message: the GPS tag's content, a name, an XMP packet, an IPTC line.
const SECRETS: [&[u8]; 5] = [b"50.8466N", b"Canon of Ada", b"ns.adobe.com/xap", b"Photoshop 3.0", b"a comment of Ada"];

/// A photo of two colours, left half red and right half blue, with all a camera and a program write beside it.
fn photo(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        let noise = u8::try_from((x * 7 + y * 13) % 32).expect("a picture in memory");
        if x < width / 2 { Rgb([255 - noise, noise, 0]) } else { Rgb([0, noise, 255 - noise]) }
    });
    let mut plain = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut plain, 95);
    encoder.set_exif_metadata(exif(orientation)).expect("a picture in memory");
    encoder.write_image(&pixels, width, height, image::ExtendedColorType::Rgb8).expect("a picture in memory");
    let mut photo = plain[..2].to_vec();
    for (marker, content) in [
        (0xe1, &b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>50.8466N</x:xmpmeta>"[..]),
        (0xed, b"Photoshop 3.0\08BIM"),
        (0xfe, b"a comment of Ada"),
    ] {
        photo.extend([0xff, marker]);
        photo.extend(u16::try_from(content.len() + 2).expect("a picture in memory").to_be_bytes());
        photo.extend(content);
    }
    photo.extend(&plain[2..]);
    photo.extend(b"trailer 50.8466N");
    photo
}

/// EXIF (a TIFF, big-endian): the orientation, the camera's owner, and a GPS block with the latitude.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x03".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        tiff.extend(tag.to_be_bytes());
        tiff.extend(kind.to_be_bytes());
        tiff.extend(count.to_be_bytes());
        tiff.extend(value);
    };
    entry(0x0112, 3, 1, [0, orientation, 0, 0]);
    entry(0x010f, 2, 13, 50_u32.to_be_bytes());
    entry(0x8825, 4, 1, 63_u32.to_be_bytes());
    tiff.extend([0; 4]);
    assert_eq!(tiff.len(), 50);
    tiff.extend(b"Canon of Ada\0");
    tiff.extend(b"\0\x01\0\x02\0\x02\0\0\0\x09");
    tiff.extend(81_u32.to_be_bytes());
    tiff.extend([0; 4]);
    tiff.extend(b"50.8466N\0");
    tiff
}

/// The message of a newsletter with this picture.
fn message(name: &str, bytes: &[u8]) -> Letter {
    let snippet =
        format!("+++\ntitle = \"A walk\"\nimage = {{ file = \"{name}\", alt = \"A path\" }}\n+++\nWe went.\n");
    let room = Newsroom::new()
        .issue("walk", "subject = \"A walk\"\npreheader = \"We went.\"")
        .snippet("walk", "walk", &snippet)
        .bytes(&format!("issues/walk/{name}"), bytes)
        .subscribers(["ada@example.com"]);
    room.run("send walk --yes").exit(0);
    room.messages().remove(0)
}

fn picture(letter: &Letter) -> &Part {
    letter.parts.iter().find(|part| part.content_type.starts_with("image/")).expect("the message holds a picture")
}

fn contains(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret)
}

fn decoded(part: &Part) -> DynamicImage {
    ImageReader::new(Cursor::new(&part.bytes))
        .with_guessed_format()
        .expect("a picture in memory")
        .decode()
        .expect("a picture in memory")
}

#[test]
fn what_the_camera_wrote_stays_behind() {
    for (width, height) in [(400, 300), (1200, 800), (3000, 2000)] {
        let original = photo(width, height, 1);
        assert!(SECRETS.iter().all(|secret| contains(&original, secret)), "the test's own photo holds them");
        let letter = message("photo.jpg", &original);
        let sent = &picture(&letter).bytes;
        for secret in SECRETS {
            assert!(!contains(sent, secret), "{width} pixels wide: {}", String::from_utf8_lossy(secret));
        }
        assert!(!contains(sent, b"Exif"), "{width} pixels wide");
    }
}

#[test]
fn a_picture_is_scaled_to_twice_its_width_and_has_its_measures() {
    let original = photo(3000, 2000, 1);
    let letter = message("photo.jpg", &original);
    let part = picture(&letter);
    assert_eq!(decoded(part).dimensions(), (1200, 800));
    assert!(part.bytes.len() < original.len() / 3);
    assert!(letter.html.contains("width=\"600\" height=\"400\""), "{}", letter.html);
}

#[test]
fn a_photo_taken_sideways_arrives_upright() {
    // turned by 90 degrees to the right: the left half, red, comes to the top
    let letter = message("photo.jpg", &photo(1600, 1200, 6));
    let picture = decoded(picture(&letter));
    let (width, height) = picture.dimensions();
    assert!(height > width, "{width} by {height}");
    assert!(picture.get_pixel(width / 2, 10).0[0] > 180, "red is at the top");
    assert!(picture.get_pixel(width / 2, height - 10).0[2] > 180, "blue is at the bottom");
    assert!(letter.html.contains("width=\"260\" height=\"346\""), "{}", letter.html);
}

#[test]
fn other_formats_lose_their_words_too() {
    let pixels = RgbImage::from_pixel(300, 200, Rgb([10, 200, 30]));
    let mut png = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut png, ImageFormat::Png).expect("a picture in memory");
    let mut png = png.into_inner();
    let text = b"tEXtComment\0a comment of Ada";
    let mut chunk = u32::try_from(text.len() - 4).expect("a picture in memory").to_be_bytes().to_vec();
    chunk.extend(text);
    chunk.extend(crc32(text).to_be_bytes());
    png.splice(33..33, chunk);
    let letter = message("drawing.png", &png);
    let part = picture(&letter);
    assert_eq!(part.content_type, "image/png");
    assert!(!contains(&part.bytes, b"a comment of Ada"));
    assert_eq!(decoded(part).dimensions(), (300, 200));
}

#[test]
fn webp_becomes_what_outlook_shows() {
    let pixels = RgbImage::from_pixel(640, 480, Rgb([10, 200, 30]));
    let mut webp = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut webp, ImageFormat::WebP).expect("a picture in memory");
    let letter = message("drawing.webp", &webp.into_inner());
    assert_eq!(picture(&letter).content_type, "image/jpeg");
}

#[test]
fn a_picture_that_would_fill_the_memory_is_refused() {
    let pixels = RgbImage::from_pixel(8, 8, Rgb([10, 200, 30]));
    let mut png = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut png, ImageFormat::Png).expect("a picture in memory");
    let mut png = png.into_inner();
    // the head claims 60,000 by 60,000 pixels
    png[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let sum = crc32(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&sum);
    let room = Newsroom::new()
        .issue("walk", "subject = \"A walk\"\npreheader = \"We went.\"")
        .snippet(
            "walk",
            "walk",
            "+++\ntitle = \"A walk\"\nimage = { file = \"bomb.png\", alt = \"A path\" }\n+++\nWe went.\n",
        )
        .bytes("issues/walk/bomb.png", &png);
    room.run("check walk").exit(1).stdout_has("the image `bomb.png` has 60000 by 60000 pixels, too many to open");
}

#[test]
fn a_picture_that_is_cut_off_is_named_with_its_file() {
    let mut png = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::from_pixel(640, 480, Rgb([10, 200, 30])))
        .write_to(&mut png, ImageFormat::Png)
        .expect("a picture in memory");
    let whole = png.into_inner();
    let broken = &whole[..whole.len() / 2];
    let room = Newsroom::new()
        .issue("walk", "subject = \"A walk\"\npreheader = \"We went.\"")
        .snippet(
            "walk",
            "walk",
            "+++\ntitle = \"A walk\"\nimage = { file = \"cut.png\", alt = \"A path\" }\n+++\nWe went.\n",
        )
        .bytes("issues/walk/cut.png", broken)
        .subscribers(["ada@example.com"]);
    room.run("send walk --yes")
        .exit(1)
        .stderr_has("issues/walk/cut.png")
        .stderr_has("the image `cut.png` cannot be read");
}

/// The check sum of a PNG's chunk (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

/// Drawings have dark lines: what is behind them stays light in the dark too.
#[test]
fn a_picture_that_can_be_seen_through_lies_on_paper_and_others_do_not() {
    let front = "+++\ntitle = \"Ferry\"\nimage = { file = \"ferry.png\", alt = \"A ferry\" }\n+++\nIt sails.\n";
    let page = |picture: &[u8]| {
        let room = Newsroom::new()
            .issue("2026-11", "subject = \"Ferry\"")
            .bytes("issues/2026-11/ferry.png", picture)
            .snippet("2026-11", "lead", front);
        room.run("build 2026-11 --out out").exit(0);
        room.read("out/en/newsletter.html")
    };
    assert!(page(include_bytes!("../templates/logo.png")).contains("class=\"wide clear\""));
    assert!(!page(support::PIXEL).contains("clear\""));
}
