//! Where a table's header is, and what its columns mean: rows as they are written -> [`Header`].
//!
//! Spreadsheets put titles, empty rows and `sep=;` above it, and some files have none at all: then a column of addresses
//! is the e-mail column.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizer;

use crate::address::Address;

/// How many rows are looked at for a header.
pub(super) const LOOKED_AT: usize = 20;

/// What a column is called in files, and what it is called in envoi.
const ALIASES: &[(&str, &[&str])] = &[
    (
        "email",
        &[
            "e_mail",
            "mail",
            "e_mail_address",
            "email_address",
            "e_mail_1_value",
            "courriel",
            "adresse_e_mail",
            "adresse_email",
            "adresse_mail",
            "adresse_courriel",
            "adresse_électronique",
            "adresse_electronique",
            "e_mailadres",
            "emailadres",
            "mailadres",
            "e_mail_adres",
        ],
    ),
    ("first_name", &["firstname", "given_name", "prénom", "prenom", "voornaam", "fname"]),
    (
        "last_name",
        &["lastname", "surname", "family_name", "nom", "nom_de_famille", "achternaam", "familienaam", "naam", "lname"],
    ),
    ("name", &["full_name", "nom_complet", "volledige_naam", "prénom_et_nom", "nom_et_prénom"]),
    ("lang", &["language", "langue", "taal", "preferred_language"]),
    (
        "tags",
        &["tag", "étiquettes", "etiquettes", "étiquette", "labels", "label", "trefwoorden", "mots_clés", "groupes"],
    ),
];

/// A header's name as merge fields write it: "E-mail Address" becomes `email`, "Code postal" `code_postal`.
pub fn column_name(header: &str) -> String {
    // a letter and its accent may come apart (macOS), and are one all the same
    let header = composed(header).to_lowercase();
    let words: Vec<&str> = header.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    ALIASES.iter().find(|(_, others)| others.contains(&name.as_str())).map_or(name, |(known, _)| (*known).to_owned())
}

/// A text in which each letter with its accents is one character (Unicode's NFC).
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { ComposingNormalizer::new_nfc().normalize(text) }
}

/// A table's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// As they are written; none where the table has no header.
    pub(super) written: Vec<String>,
    /// By the names that merge fields use; empty where a column has no name.
    pub(super) names: Vec<String>,
    /// How many of the rows looked at stand above the first subscriber.
    pub(super) above: usize,
}

impl Header {
    /// Finds the header among a table's first rows: the first of them that names an e-mail column. Where none does,
    /// and the first row has an address in it, there is no header.
    pub(super) fn find(rows: &[Vec<String>]) -> Option<Self> {
        let named = rows.iter().position(|row| row.iter().any(|cell| column_name(cell) == "email"));
        if let Some(at) = named {
            let mut written = rows[at].clone();
            // what a spreadsheet once held in columns that are empty now
            while written.last().is_some_and(|cell| cell.trim().is_empty()) {
                written.pop();
            }
            let names = written.iter().map(|cell| column_name(cell)).collect();
            return Some(Self { written, names, above: at + 1 });
        }
        let above = rows.iter().take_while(|row| declared(row)).count();
        let first = rows.get(above)?;
        let email = first.iter().position(|cell| Address::parse(cell).is_ok())?;
        let name = |at| if at == email { "email".to_owned() } else { format!("column_{}", at + 1) };
        Some(Self { written: Vec::new(), names: (0..first.len()).map(name).collect(), above })
    }
}

/// Whether a row only tells a spreadsheet what its separator is: `sep=;`.
pub(super) fn declared(row: &[String]) -> bool {
    row.first().is_some_and(|cell| cell.trim().to_lowercase().starts_with("sep="))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(rows: &[&[&str]]) -> Option<Header> {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        Header::find(&rows)
    }

    #[test]
    fn titles_and_empty_columns_are_no_header() {
        let header = find(&[&["Liste des membres"], &["Courriel", "Prénom", "Code postal", "", " "]]).unwrap();
        assert_eq!(header.names, ["email", "first_name", "code_postal"]);
        assert_eq!(header.above, 2);
    }

    #[test]
    fn a_header_is_known_however_its_characters_come() {
        assert_eq!(column_name("E-mail 1 - Value"), "email");
        assert_eq!(column_name("Pre\u{301}nom"), "first_name");
        assert_eq!(column_name(" Code  postal (BE) "), "code_postal_be");
        assert_eq!(column_name("---"), "");
    }

    #[test]
    fn a_table_without_header_has_a_column_of_addresses() {
        let header = find(&[&["sep=;"], &["Ada", "ada@example.org"], &["Ben", "ben@example.com"]]).unwrap();
        assert_eq!((header.names, header.above), (vec!["column_1".to_owned(), "email".to_owned()], 1));
        assert_eq!(find(&[&["Ada", "Ghent"], &["Ben", "ben@example.com"]]), None);
        assert_eq!(find(&[]), None);
    }
}
