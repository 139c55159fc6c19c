//! A picture's bytes -> the same picture without what a camera or a program wrote beside it: EXIF with the place
//! where it was taken, XMP, IPTC, comments, previews, further pictures behind the first.
//!
//! By lists of what is kept, so that what nobody has thought of goes as well. The picture itself and its colour
//! profile stay as they are, byte by byte. None where the file is not built as its format says.

/// Takes the metadata out of a picture of this media type.
pub(super) fn strip(mime: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match mime {
        "image/jpeg" => jpeg(bytes),
        "image/png" => png(bytes),
        "image/gif" => gif(bytes),
        "image/webp" => webp(bytes),
        _ => None,
    }
}

/// Markers; those with a segment have its length behind them (ITU T.81, annex B). Of the segments of applications,
/// number 0 is JFIF, 2 holds a colour profile, 14 says how colours are coded; the others go, comments too, and what
/// follows the end.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = bytes.get(..2).filter(|start| *start == [0xff, 0xd8])?.to_vec();
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        if marker == 0xff {
            at += 1;
            continue;
        }
        if marker == 0xd9 {
            out.extend_from_slice(&[0xff, 0xd9]);
            return Some(out);
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
        let end = at + 2 + length.max(2);
        let segment = bytes.get(at..end)?;
        let kept = match marker {
            0xe0 => segment[4..].starts_with(b"JFIF\0"),
            0xe2 => segment[4..].starts_with(b"ICC_PROFILE\0"),
            0xee => segment[4..].starts_with(b"Adobe"),
            0xe1..=0xef | 0xfe => false,
            _ => true,
        };
        if kept {
            out.extend_from_slice(segment);
        }
        at = end;
        if marker == 0xda {
            // the scan: up to the next marker that is no stuffing and no restart
            let scan = bytes[at..]
                .windows(2)
                .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff))?;
            out.extend_from_slice(&bytes[at..at + scan]);
            at += scan;
        }
    }
}

/// Chunks: length, name, content, check sum (RFC 2083, section 3.2).
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: [&[u8; 4]; 15] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
        b"acTL", b"fcTL", b"fdAT",
    ];
    let mut out = bytes.get(..8)?.to_vec();
    let mut at = 8;
    loop {
        let length = usize::try_from(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()?;
        let end = at.checked_add(length)?.checked_add(12)?;
        let chunk = bytes.get(at..end)?;
        let name = &chunk[4..8];
        if KEPT.iter().any(|kept| *kept == name) {
            out.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            return Some(out);
        }
        at = end;
    }
}

/// Blocks (`GIF89a`, section 12): images and their controls stay, of the applications' own blocks only the one that
/// says how often an animation runs.
fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let colours = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let blocks_end = |mut at: usize| -> Option<usize> {
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += length + 1;
            if length == 0 {
                return Some(at);
            }
        }
    };
    let mut at = 13 + colours(*bytes.get(10)?);
    let mut out = bytes.get(..at)?.to_vec();
    loop {
        let (end, kept) = match *bytes.get(at)? {
            0x3b => {
                out.push(0x3b);
                return Some(out);
            }
            0x2c => (blocks_end(at + 10 + colours(*bytes.get(at + 9)?) + 1)?, true),
            0x21 => {
                let loops = bytes.get(at + 3..at + 14).is_some_and(|name| name == b"NETSCAPE2.0");
                let kept = match *bytes.get(at + 1)? {
                    0xf9 => true,
                    0xff => loops,
                    _ => false,
                };
                (blocks_end(at + 2)?, kept)
            }
            _ => return None,
        };
        if kept {
            out.extend_from_slice(bytes.get(at..end)?);
        }
        at = end;
    }
}

/// Chunks in a RIFF file: name, length, content, a byte more where that is odd. The `VP8X` chunk says which others
/// are there.
fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"];
    /// EXIF and XMP in the flags of `VP8X`.
    const FLAGS: u8 = 0b0000_1100;
    let mut out = bytes.get(..12)?.to_vec();
    let mut at = 12;
    while at < bytes.len() {
        let length = usize::try_from(u32::from_le_bytes(bytes.get(at + 4..at + 8)?.try_into().ok()?)).ok()?;
        let end = at.checked_add(8)?.checked_add(length)?;
        let chunk = bytes.get(at..end)?;
        if KEPT.iter().any(|kept| *kept == &chunk[..4]) {
            let start = out.len();
            out.extend_from_slice(chunk);
            if chunk.starts_with(b"VP8X") {
                *out.get_mut(start + 8)? &= !FLAGS;
            }
            if length % 2 == 1 {
                out.push(0);
            }
        }
        at = end + length % 2;
    }
    let size = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    Some(out)
}
