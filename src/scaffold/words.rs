//! The words that a new issue begins with, in the languages that envoi speaks.

use crate::language::Language;

/// Where in a skeleton words stand for the officer's own. A place is not asked for: Brussels may be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// An issue's subject.
    Subject,
    /// What an inbox shows behind it.
    Preheader,
    /// A snippet's title.
    Title,
    /// A press release's second line.
    Subtitle,
    /// A paragraph of a body.
    Text,
}

/// What stands there until the officer writes her own.
pub(super) struct Words {
    pub(super) subject: &'static str,
    pub(super) preheader: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) subtitle: &'static str,
    pub(super) release: &'static str,
    pub(super) place: &'static str,
}

impl Words {
    /// The words of a language; English where there are none.
    pub(super) fn of(language: &Language) -> &'static Self {
        match language.primary() {
            "fr" => &FRENCH,
            "nl" => &DUTCH,
            _ => &ENGLISH,
        }
    }

    /// Whether a text is what one of these has there, which nobody wrote for readers.
    pub(super) fn hold(slot: Slot, text: &str) -> bool {
        let text = text.trim();
        [&ENGLISH, &FRENCH, &DUTCH].iter().any(|words| match slot {
            Slot::Subject => text == words.subject,
            Slot::Preheader => text == words.preheader,
            Slot::Title => text == words.title,
            Slot::Subtitle => text == words.subtitle,
            Slot::Text => text == words.text || text == words.release,
        })
    }
}

const ENGLISH: Words = Words {
    subject: "What this issue is about",
    preheader: "The words that follow the subject in an inbox",
    title: "The title of this text",
    text: "Write the text here, in Markdown.",
    subtitle: "The headline tells what happened, this line where, since when, for whom",
    release: "The first paragraph tells who did what, where, and why it matters.",
    place: "Brussels",
};

const FRENCH: Words = Words {
    subject: "De quoi parle ce numéro",
    preheader: "Les mots qui suivent l’objet dans la boîte de réception",
    title: "Le titre de ce texte",
    text: "Écrivez le texte ici, en Markdown.",
    subtitle: "Le titre dit ce qui s’est passé, cette ligne où, depuis quand, pour qui",
    release: "Le premier paragraphe dit qui a fait quoi, où, et pourquoi cela compte.",
    place: "Bruxelles",
};

const DUTCH: Words = Words {
    subject: "Waar dit nummer over gaat",
    preheader: "De woorden die in een mailbox op het onderwerp volgen",
    title: "De titel van deze tekst",
    text: "Schrijf de tekst hier, in Markdown.",
    subtitle: "De titel zegt wat er gebeurd is, deze regel waar, sinds wanneer, voor wie",
    release: "De eerste alinea zegt wie wat deed, waar, en waarom het telt.",
    place: "Brussel",
};
