//! The name of a mailbox as IMAP servers want it: modified UTF-7 (RFC 3501, section 5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// `Réponses` -> `R&AOk-ponses`.
pub(super) fn utf7(name: &str) -> String {
    let engine = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);
    let mut out = String::new();
    let mut odd: Vec<u8> = Vec::new();
    let end = |odd: &mut Vec<u8>, out: &mut String| {
        if !odd.is_empty() {
            out.push('&');
            engine.encode_string(&*odd, out);
            out.push('-');
            odd.clear();
        }
    };
    for character in name.chars() {
        if matches!(character, ' '..='~') {
            end(&mut odd, &mut out);
            out.push(character);
            if character == '&' {
                out.push('-');
            }
        } else {
            let units =
                character.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<_>>();
            odd.extend(units);
        }
    }
    end(&mut odd, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_the_standard_says() {
        for (name, written) in [
            ("INBOX", "INBOX"),
            ("Réponses", "R&AOk-ponses"),
            ("Traité", "Trait&AOk-"),
            ("R&D", "R&-D"),
            // the standard's own example
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("a😀", "a&2D3eAA-"),
            ("", ""),
        ] {
            assert_eq!(utf7(name), written);
        }
    }
}
