//! The body: multipart/alternative, the text first; the HTML in multipart/related where pictures are embedded.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::encode;
use super::segment::{Builder, Coding};
use crate::issue::Piece;
use crate::render::{Placed, Rendering};

/// Writes the rest of a message: the content's headers and the parts.
pub(super) fn body(rendering: &Rendering, out: &mut Builder<'_>) {
    let boundary = boundary(rendering);
    let embedded: Vec<&Placed> = rendering.pictures.iter().filter(|placed| placed.src.starts_with("cid:")).collect();

    out.with(|bytes| multipart("alternative", "", &boundary, bytes));
    out.with(|bytes| {
        part(&boundary, bytes);
        text_headers("plain", bytes);
    });
    out.text(&rendering.text, Coding::Text);

    out.with(|bytes| part(&boundary, bytes));
    let related = inner(&boundary);
    if !embedded.is_empty() {
        out.with(|bytes| {
            multipart("related", " type=\"text/html\";", &related, bytes);
            part(&related, bytes);
        });
    }
    out.with(|bytes| text_headers("html", bytes));
    out.text(&rendering.html, Coding::Html);
    if !embedded.is_empty() {
        for placed in embedded {
            out.with(|bytes| picture(placed, &related, bytes));
        }
        out.with(|bytes| end(&related, bytes));
    }
    out.with(|bytes| end(&boundary, bytes));
}

/// `=_` can stand in neither quoted-printable nor base64, so that no part can hold the boundary (RFC 2045,
/// section 6.7, note 2).
fn boundary(rendering: &Rendering) -> String {
    let mut hash = Sha256::new();
    for piece in &rendering.html.0 {
        if let Piece::Text(text) = piece {
            hash.update(text);
        }
    }
    let mut boundary = "=_".to_owned();
    for byte in &hash.finalize()[..9] {
        let _ = write!(boundary, "{byte:02x}");
    }
    boundary
}

/// The boundary within: neither begins with the other, since whoever reads compares no more than the beginning of a line
/// (RFC 2046, section 5.1.1).
fn inner(boundary: &str) -> String {
    format!("=_r{}", boundary.trim_start_matches("=_"))
}

fn multipart(kind: &str, parameters: &str, boundary: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(
        format!("Content-Type: multipart/{kind};{parameters}\r\n boundary=\"{boundary}\"\r\n").as_bytes(),
    );
}

fn part(boundary: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\r\n--{boundary}\r\n").as_bytes());
}

fn end(boundary: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
}

fn text_headers(kind: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(
        format!("Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
            .as_bytes(),
    );
}

fn picture(placed: &Placed, boundary: &str, out: &mut Vec<u8>) {
    part(boundary, out);
    let id = placed.src.trim_start_matches("cid:");
    out.extend_from_slice(
        format!(
            "Content-Type: {mime};\r\n name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <{id}>\r\nContent-Disposition: inline;\r\n filename=\"{name}\"\r\n\r\n",
            mime = placed.mime,
            name = placed.name,
        )
        .as_bytes(),
    );
    encode::base64_lines(&placed.content, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_boundary_is_the_beginning_of_another() {
        let outer = "=_0123456789abcdef01";
        let inner = inner(outer);
        assert!(!inner.starts_with(outer) && !outer.starts_with(&inner), "{inner}");
    }
}
