//! Rules on links: where they lead, and what is read on them.

use super::Rule;

rules! {
    LINK_NOWHERE = "E401" "link-nowhere":
        "A mail has no folder and no site of its own: only a whole address leads anywhere."
        bad "[the timetable](timetable.html)"
        good "[the timetable](https://www.example.org/timetable.html)";
    LINK_SCHEME = "E402" "link-scheme":
        "Mail programs open https, http, mailto and tel links; others they take away, or warn of."
        bad "[the timetable](file:///C:/timetable.pdf)"
        good "[the timetable](https://www.example.org/timetable.pdf)";
    LINK_CONTROL = "E403" "link-control-character":
        "An address with a control character in it is broken, as a rule because it was copied over a line's end."
        bad "url = \"https://www.example.org/time\\ntable\""
        good "url = \"https://www.example.org/timetable\"";
    VAGUE_LINK = "W404" "vague-link":
        "Who has the links read out hears \"click here\" and nothing of where it leads; who skims sees as little."
        bad "[Click here](https://www.example.org/timetable) for the timetable."
        good "See [the timetable](https://www.example.org/timetable).";
    BARE_URL = "W405" "bare-url":
        "A long address on show is read out letter by letter, breaks on a phone, and says less than three words."
        bad "https://www.example.org/2015/04/timetable?season=summer"
        good "[the summer timetable](https://www.example.org/2015/04/timetable?season=summer)";
    LINK_LOCAL = "W406" "link-local":
        "The address exists on your computer or in your office alone: no reader reaches it."
        bad "[the timetable](http://localhost:8080/timetable)"
        good "[the timetable](https://www.example.org/timetable)";
    LINK_HTTP = "W407" "link-http":
        "An http link can be read and changed on its way, and browsers warn of it; nearly every site has https."
        bad "[the timetable](http://www.example.org/timetable)"
        good "[the timetable](https://www.example.org/timetable)";
    FOREIGN_FIELD = "W408" "foreign-field":
        "This is a merge field of another program. Here nobody fills it in, and readers see it as it is."
        bad "Dear *|FNAME|*"
        good "Dear {{ first_name \"friends\" }}";
    SAME_TEXT = "W409" "same-text-other-target":
        "Two links read alike and lead to different places: in a list of links nobody can tell them apart."
        bad "[Read on](https://www.example.org/ferry) … [Read on](https://www.example.org/bridge)"
        good "[Read on about the ferry](https://www.example.org/ferry) … [about the bridge](https://www.example.org/bridge)";
    UNKNOWN_DOWNLOAD = "W410" "unknown-download":
        "Who opens a file on a phone wants to know what it is and how large before paying for it."
        bad "[the guide](https://www.example.org/guide.pdf)"
        good "[the guide (PDF, 2 MB)](https://www.example.org/guide.pdf)";
    ODD_MAILTO = "W411" "odd-mailto":
        "The address that a reader would write to is none."
        bad "[write to us](mailto:info.example.org)"
        good "[write to us](mailto:info@example.org)";
    LOCAL_PHONE = "W412" "local-phone":
        "A number without its country's code cannot be called from abroad, nor by a phone that is there."
        bad "phone = \"02 000 01 25\""
        good "phone = \"+32 2 000 01 25\"";
    LINK_EMPTY = "W413" "link-empty":
        "The link leads to nothing (`#`), or there is nothing on it to be read or clicked."
        bad "[the timetable](#)"
        good "[the timetable](https://www.example.org/timetable)";
    UNREAD_LINK = "W414" "unread-link":
        "Markdown takes it for no link and no picture, as a rule because a space stands in the address: readers see \
         brackets, parentheses and the address."
        bad "![A ferry](a ferry.png)"
        good "![A ferry](<a ferry.png>)";
    LINK_GONE = "W420" "link-gone":
        "The page was asked for and is not there (any more). Found with `--links` alone."
        bad "a link that answers 404"
        good "a link to the page where it is now";
    LINK_MOVED = "W421" "link-moved":
        "The page says that it has moved for good; its old address may stop working. Found with `--links` alone."
        bad "a link that answers 301"
        good "a link to the new address";
    LINK_BROKEN = "W422" "link-broken":
        "The page could not be asked for: the name is unknown, the server does not answer in time, its certificate \
         does not hold, or it reports a fault of its own. Found with `--links` alone."
        bad "https://www.exmaple.org/"
        good "https://www.example.org/";
    OFFLINE = "W423" "offline":
        "None of the links could be asked for, since no name of several sites could be looked up, or this computer knows \
         no way to the internet. That says nothing about the links. Found with `--links` alone."
        bad "envoi check --links on a train"
        good "the same, connected";
}
