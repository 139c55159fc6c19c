//! Rules on the files as such: whether they can be read, and whether everything in them is of use.

use super::Rule;

rules! {
    UNKNOWN_KEY = "E101" "unknown-key":
        "A key that envoi does not know is a slip of the pen: what it should have done would silently not be done."
        bad "subjet = \"Ferry back in service\""
        good "subject = \"Ferry back in service\"";
    UNKNOWN_VALUE = "E102" "unknown-value":
        "Some keys take one of a few words, and this is none of them."
        bad "kind = \"evnt\""
        good "kind = \"event\"";
    MISSING_KEY = "E103" "missing-key":
        "Something without which nothing can be made is not there: a snippet has a title, an issue a subject."
        bad "+++\ndate = 2015-04-24\n+++"
        good "+++\ntitle = \"Ferry back in service\"\ndate = 2015-04-24\n+++";
    WRONG_VALUE = "E104" "wrong-value":
        "The value is of the wrong kind, or cannot be what it should be: a text where a date is needed, an address \
         without an `@`."
        bad "date = \"24 April 2015\""
        good "date = 2015-04-24";
    BROKEN_TOML = "E105" "broken-toml":
        "The file does not follow the rules of TOML, most often for want of a quotation mark or a bracket, so that \
         nothing in it can be trusted."
        bad "subject = \"Ferry back in service"
        good "subject = \"Ferry back in service\"";
    NOT_UTF_8 = "E106" "not-utf-8":
        "The file was saved in another encoding, and its accents would come out as rubbish."
        bad "a snippet saved as Windows-1252"
        good "the same, saved as UTF-8";
    TOO_LARGE = "E107" "too-large":
        "A text of so many megabytes is no text, but a picture or a film under a text's name."
        bad "issues/2015-05/film.md, 300 MB"
        good "a link to the film";
    NO_FRONT_MATTER = "E108" "no-front-matter":
        "A snippet begins with its title and what else is to be said about it, between two lines of plus signs."
        bad "# Ferry back in service"
        good "+++\ntitle = \"Ferry back in service\"\n+++";
    OPEN_FRONT_MATTER = "E109" "open-front-matter":
        "Without its second line of plus signs the front matter never ends, and there is no text."
        bad "+++\ntitle = \"Ferry\"\nIt sails at nine."
        good "+++\ntitle = \"Ferry\"\n+++\nIt sails at nine.";
    SNIPPET_MISSING = "E110" "snippet-missing":
        "The issue lists a snippet of which there is no file; readers would miss it."
        bad "snippets = [\"lead\", \"flim\"]"
        good "snippets = [\"lead\", \"film\"]";
    SNIPPET_TWICE = "E111" "snippet-twice":
        "The issue lists the same snippet twice; readers would read it twice."
        bad "snippets = [\"lead\", \"lead\"]"
        good "snippets = [\"lead\"]";
    LANGUAGE_TWICE = "E112" "language-twice":
        "Each reader gets one edition, so that a language has one."
        bad "languages = [\"fr\", \"fr\"]"
        good "languages = [\"fr\", \"nl\"]";
    EMPTY_EDITION = "E113" "empty-edition":
        "An edition without a single snippet would be an empty mail."
        bad "languages = [\"fr\", \"nl\"], and no file `*.nl.md`"
        good "languages = [\"fr\"]";
    BAD_HEADLINE = "E114" "unusable-headline":
        "A subject and a preheader are one line of text each, and a subject is not empty: they become headers of the \
         message."
        bad "subject = \"\""
        good "subject = \"Ferry back in service\"";
    PRIVATE_USE = "E115" "private-use-character":
        "Characters of Unicode's private use look different in every font, or like nothing at all; they come from \
         symbol fonts of word processors."
        bad "a bullet pasted from a slide"
        good "- a list, written with hyphens";
    TOO_DEEP = "E116" "too-deep":
        "Lists, quotations and emphasis lie so deep in each other that no reader could follow."
        bad "> > > > > > …"
        good "> one quotation";
    HTML_TOO_DEEP = "E117" "html-too-deep":
        "Elements of HTML lie so deep in each other that mail programs give up, as a rule because they are opened and \
         never closed."
        bad "<div><div><div>…"
        good "<div>…</div>";
    BOILERPLATE_MISSING = "E118" "boilerplate-missing":
        "The press release names a text on the organisation that is not there in its language."
        bad "boilerplate = \"alise\""
        good "boilerplate = \"alize\", and the file templates/boilerplates/alize.fr.md";
    UNUSED_KEY = "W119" "unused-key":
        "The key is known, but this kind of snippet makes no use of it; perhaps another `kind` is meant."
        bad "kind = \"article\"\nplace = \"Brussels\""
        good "kind = \"event\"\nplace = \"Brussels\"";
    SHOWN_HTML = "W120" "html-shown-as-written":
        "HTML in a text is shown to readers with its angle brackets unless the snippet lets it through."
        bad "<b>nine</b> o'clock"
        good "**nine** o'clock";
    EMPTY_SNIPPET = "W121" "empty-snippet":
        "The snippet has a title and nothing else: no text, picture, link or document."
        bad "+++\ntitle = \"Ferry\"\n+++"
        good "+++\ntitle = \"Ferry\"\n+++\nIt sails at nine.";
    USELESS_ALLOW = "W122" "useless-allow":
        "What is allowed does not occur (any more), is no rule, or is an error, which stops a send and cannot be \
         allowed. Left in place it would hide the next slip."
        bad "allow = [\"W999\"]"
        good "allow = [\"all-caps\"]";
    UNSUBSCRIBE_NOT_HTTPS = "E123" "unsubscribe-not-https":
        "One-click unsubscribing works over https alone (RFC 8058)."
        bad "url = \"http://www.example.org/unsubscribe\""
        good "url = \"https://www.example.org/unsubscribe\"";
    UNSUBSCRIBE_EMPTY = "E124" "unsubscribe-empty":
        "The table is there, but says neither of the two ways to leave the list."
        bad "[unsubscribe]"
        good "[unsubscribe]\nmailto = \"unsubscribe@example.org\"";
    NO_BASE_URL = "E125" "no-base-url":
        "Linked pictures need an address under which they lie."
        bad "[images]\nmode = \"link\""
        good "[images]\nmode = \"link\"\nbase_url = \"https://www.example.org/newsletter/\"";
    WEB_ADDRESS = "E126" "no-web-address":
        "The editions' pages are to be linked to, and the address under which they lie is none."
        bad "[web]\nbase_url = \"www.example.org\""
        good "[web]\nbase_url = \"https://www.example.org/newsletter/\"";
    TOO_MANY_AUDIENCES = "E127" "too-many-audiences":
        "Each audience of a snippet doubles the number of different messages; with so many nobody can look at them \
         all before they go out."
        bad "nine snippets for nine different tags"
        good "two snippets for `tag:press`, the others for everybody";
    EMPTY_LETTER = "E128" "empty-letter":
        "All snippets of an edition are for some readers only, and others would get a letter with nothing in it."
        bad "one snippet, with audience = \"tag:press\""
        good "the same, and one for everybody";
    ODD_ZONE = "E129" "unknown-time-zone":
        "The zone in which embargoes are told is none that this computer knows."
        bad "zone = \"Brussels\""
        good "zone = \"Europe/Brussels\"";
    FEED_BROKEN = "E130" "feed-broken":
        "What is to be imported is not well-formed XML, so nothing can be taken from it safely."
        bad "<item><title>Ferry</item>"
        good "<item><title>Ferry</title></item>";
    FEED_UNKNOWN = "E131" "feed-unknown":
        "What is to be imported is no feed and no export that envoi knows."
        bad "a web page"
        good "the address of its RSS or Atom feed";
    FEED_LARGE = "E132" "feed-large":
        "What is to be imported is larger than any feed."
        bad "an export of 80 MB"
        good "the same, exported year by year";
    NO_ROOM_FOR_TAG = "E133" "no-room-for-tag":
        "With `verp` each message has a bounce address of its own: the bounce address with a tag. Together they must \
         not have more than 64 characters before the `@`."
        bad "bounce = \"a-mailbox-for-all-that-came-back-to-the-sender@example.org\""
        good "bounce = \"bounces@example.org\"";
    UNLISTED = "W134" "unlisted-snippet":
        "The issue lists its snippets, and this file is not among them: no reader gets it. Perhaps it was forgotten."
        bad "snippets = [\"lead\"], and a file film.md"
        good "snippets = [\"lead\", \"film\"]";
    SERVE_NOT_HTTPS = "E140" "serve-not-https":
        "Readers' addresses, choices and tokens pass through the server's pages, and one-click unsubscribing works over \
         https alone (RFC 8058)."
        bad "[serve]\nurl = \"http://news.example.org\""
        good "[serve]\nurl = \"https://news.example.org\"";
    TWO_UNSUBSCRIBE_PAGES = "E141" "two-unsubscribe-pages":
        "A message has one link to unsubscribe; with two pages named, one of them would silently not be used."
        bad "[unsubscribe]\nurl = \"https://www.example.org/unsubscribe\"\n\n[serve]\nurl = \"https://news.example.org\""
        good "[unsubscribe]\nmailto = \"unsubscribe@example.org\"\n\n[serve]\nurl = \"https://news.example.org\"";
    SERVE_NO_SECRET = "E142" "serve-no-secret":
        "The links to the server carry tokens, which only the project's secret can make; the secret itself never stands \
         in the file."
        bad "[serve]\nurl = \"https://news.example.org\""
        good "[serve]\nurl = \"https://news.example.org\"\nsecret_env = \"ENVOI_SECRET\"";
    SERVE_VALUE = "E143" "serve-unusable-value":
        "A value of the table `[serve]` cannot be what it should be, and the pages would not work as meant."
        bad "form_origins = [\"www.example.org/subscribe\"]"
        good "form_origins = [\"https://www.example.org\"]";
}
