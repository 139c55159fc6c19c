//! Rules on languages and editions.

use super::Rule;

rules! {
    FOREIGN_SNIPPET = "W701" "foreign-snippet":
        "An edition shows a snippet in another language, since it has none of its own."
        bad "justice.md in French, and an edition in Dutch"
        good "justice.fr.md and justice.nl.md";
    LEFT_OUT = "W702" "untranslated-snippet":
        "An edition leaves out what has no version in its language."
        bad "justice.fr.md, and an edition in Dutch"
        good "justice.fr.md and justice.nl.md";
    OTHER_LANGUAGE = "W703" "other-language":
        "The text is clearly in another language than its file says: hyphenation, quotation marks and screen readers \
         would treat it as the wrong one. Told by the small words, where there are enough of them."
        bad "justice.nl.md: « Comment entendre un enfant sans l’intimider ? »"
        good "justice.fr.md: « Comment entendre un enfant sans l’intimider ? »";
    UNTRANSLATED_HEADLINE = "W704" "untranslated-headline":
        "An edition has no subject or preheader in its language, and shows another language's."
        bad "languages = [\"fr\", \"nl\"]\nsubject.fr = \"Écouter les enfants\""
        good "languages = [\"fr\", \"nl\"]\nsubject.fr = \"Écouter les enfants\"\nsubject.nl = \"Luisteren naar kinderen\"";
    NO_WORDS = "E705" "no-template-words":
        "The templates have no fixed words in this language: \"Unsubscribe\", the names of months."
        bad "languages = [\"de\"]"
        good "languages = [\"de\"], and the file templates/i18n/de.toml";
    WORDS_MISSING = "E706" "template-words-missing":
        "Some fixed words of the templates are missing in this language."
        bad "a templates/i18n/de.toml without `unsubscribe`"
        good "unsubscribe = \"Abmelden\"";
}
