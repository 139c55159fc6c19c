//! Rules on the organisation and its sender, and on the project's templates.

use super::Rule;

rules! {
    NO_UNSUBSCRIBE = "W901" "no-unsubscribe":
        "Readers must be able to leave the list: the GDPR says so, and Gmail and Yahoo refuse newsletters without."
        bad "an envoi.toml without [unsubscribe]"
        good "[unsubscribe]\nmailto = \"unsubscribe@example.org\"";
    NO_ADDRESS = "W902" "no-postal-address":
        "Many countries want a newsletter to say where its sender can be found, and spam filters look for it."
        bad "[organisation]\nname = \"The Lantern\""
        good "[organisation]\nname = \"The Lantern\"\naddress = \"12 Quay Street, 1000 Brussels\"";
    FREEMAIL = "W903" "freemail-sender":
        "Gmail and its like forbid others to send in their name (DMARC): such a newsletter lands in spam, or nowhere. \
         Write from an address of your own domain."
        bad "from = \"The Lantern <thelantern@gmail.com>\""
        good "from = \"The Lantern <newsletter@example.org>\"";
    NO_REPLY = "W904" "no-reply":
        "Readers answer newsletters. An address that nobody reads turns them away, and costs trust with filters."
        bad "reply_to = \"noreply@example.org\""
        good "reply_to = \"info@example.org\"";
    NO_TEMPLATE = "E911" "template-missing":
        "A template that is needed is not there."
        bad "templates/newsletter.html.hbs was renamed"
        good "the file under its own name, or none at all";
    BROKEN_TEMPLATE = "E912" "broken-template":
        "The template cannot be read or filled in: a block that is never closed, a helper that is not there."
        bad "{{#if date}}{{date}}"
        good "{{#if date}}{{date}}{{/if}}";
    EMPTY_TEMPLATE = "E913" "empty-template":
        "The template gives nothing: readers would get an empty mail."
        bad "{{!-- to be written --}}"
        good "no file of that name, so that the built-in one is used";
    UNKNOWN_PARTIAL = "E914" "unknown-partial":
        "The template uses a part of which there is no file."
        bad "{{> footr}}"
        good "{{> footer}}";
    UNKNOWN_TEMPLATE_FIELD = "E915" "unknown-template-field":
        "The template asks for something that is neither part of an issue nor a column of the list."
        bad "{{organisation.nam}}"
        good "{{organisation.name}}";
    BROKEN_STYLE = "E916" "broken-style":
        "The style sheet cannot be written onto the elements, and many mail programs read no other."
        bad "<style>p { color: </style>"
        good "<style>p { color: #222; }</style>";
    NO_LOGO = "W917" "logo-missing":
        "The theme names a logo that is not there; the organisation's name stands in its place."
        bad "[logo]\nfile = \"logo-2014.png\""
        good "[logo]\nfile = \"logo.png\"";
    WRONG_THEME = "E918" "unusable-theme":
        "The theme cannot be used: a colour that is none, a base that is not there, a column too narrow or too wide to \
         be read."
        bad "[colours]\naccent = \"dark blue\""
        good "[colours]\naccent = \"#17323b\"";
    PALE = "W919" "hard-to-read":
        "Two colours of the theme stand on each other with too little contrast (WCAG 2.2, 1.4.3), in daylight or in \
         dark mode."
        bad "text = \"#999999\" on background = \"#ffffff\""
        good "text = \"#333333\" on background = \"#ffffff\"";
}
