//! Rules on what each kind of snippet needs, and on dates.

use super::Rule;

rules! {
    EVENT_PAST = "W601" "event-past":
        "The event is over on the day that the issue bears: either the date is wrong, or this is a report, which is \
         an article."
        bad "kind = \"event\"\ndate = 2014-06-18    # in an issue of May 2015"
        good "kind = \"event\"\ndate = 2015-06-18";
    WRONG_WEEKDAY = "W602" "wrong-weekday":
        "The weekday does not fit the date. Readers will come on either."
        bad "jeudi 24 avril 2015"
        good "vendredi 24 avril 2015";
    EVENT_WITHOUT_DATE = "W603" "event-without-date":
        "Nobody can come to an event without a date."
        bad "kind = \"event\"\nplace = \"Brussels\""
        good "kind = \"event\"\nplace = \"Brussels\"\ndate = 2015-06-18";
    EVENT_WITHOUT_PLACE = "W604" "event-without-place":
        "Nobody can come to an event without a place; write \"online\" where it is on the web."
        bad "kind = \"event\"\ndate = 2015-06-18"
        good "kind = \"event\"\ndate = 2015-06-18\nplace = \"12 Quay Street, Brussels\"";
    NO_SPEAKER = "W605" "quotation-without-speaker":
        "Words in quotation marks are worth as much as the person who said them."
        bad "kind = \"quotation\""
        good "kind = \"quotation\"\nspeaker = \"Ada Okafor\"\nfunction = \"chair of The Lantern\"";
    NO_CONTACT = "W606" "no-press-contact":
        "A journalist with a question and a deadline needs somebody to ring."
        bad "kind = \"press-release\""
        good "[[contacts]]\nname = \"Ada Okafor\"\nphone = \"+32 2 000 00 00\"";
    NO_DATELINE = "W607" "no-dateline":
        "A press release opens with its place and date: from where it comes, and whether it is news."
        bad "kind = \"press-release\""
        good "kind = \"press-release\"\nplace = \"Bruxelles\"\ndate = 2014-11-06";
    UNDER_EMBARGO = "W608" "under-embargo":
        "The embargo has not passed. `send` refuses the issue until then."
        bad "embargo = 2099-01-01T10:30:00+01:00"
        good "embargo = 2014-11-06T10:30:00+01:00    # and send it after that";
    ENDS_BEFORE = "W609" "ends-before-it-begins":
        "The last day of the event lies before its first."
        bad "date = 2015-06-19\nuntil = 2015-06-18"
        good "date = 2015-06-18\nuntil = 2015-06-19";
    PAGE_WITHOUT_CONTACT = "E610" "page-without-contact":
        "A press release's own page must name somebody whom journalists can ask."
        bad "envoi export of a release without [[contacts]]"
        good "[[contacts]]\nname = \"Ada Okafor\"\nphone = \"+32 2 000 00 00\"";
    DOCUMENT_LEAVES = "E611" "document-leaves-folder":
        "A document's path leads out of the issue's folder."
        bad "file = \"../../budget.pdf\""
        good "file = \"press-kit.pdf\"";
    DOCUMENT_MISSING = "E612" "document-missing":
        "A document that is offered is not there."
        bad "file = \"pres-kit.pdf\""
        good "file = \"press-kit.pdf\"";
    DOCUMENT_LARGE = "E613" "document-large":
        "A document is too large to be carried about in a press kit."
        bad "file = \"film-uncut.mov\""
        good "url = \"https://www.example.org/film.mov\"";
    DOCUMENT_TWICE = "E614" "document-twice":
        "Two documents have one file name, and the second would take the first one's place."
        bad "file = \"kit.pdf\" twice, or file = \"fr/kit.pdf\" and file = \"fr-kit.pdf\""
        good "file = \"fr/kit.pdf\" and file = \"nl/kit.pdf\"";
    RELEASE_TWICE = "E615" "release-twice":
        "Two press releases have one name, which is the address of their page."
        bad "new-ferry.md in two issues"
        good "new-ferry.md and new-ferry-timetable.md";
    FOR_RELEASE = "E616" "for-release":
        "The time before which a release must not be published has one name here."
        bad "for_release = 2014-11-06T10:30:00+01:00"
        good "embargo = 2014-11-06T10:30:00+01:00";
    DOCUMENT_LEFT_OUT = "W617" "document-left-out":
        "A document of the issue's folder lies beside a press release's page, and a newsletter leads to it where \
         `envoi.toml` says under what address such pages are. Without that address, and for any other kind of snippet, \
         readers would not find it, and the newsletter leaves it out."
        bad "kind = \"article\"\ndocuments = [{ title = \"Guide\", file = \"guide.pdf\" }]"
        good "kind = \"article\"\ndocuments = [{ title = \"Guide\", url = \"https://www.example.org/guide.pdf\", size = \"2 MB\" }]";
}
