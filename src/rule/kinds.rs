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
}
