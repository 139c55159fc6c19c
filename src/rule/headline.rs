//! Rules on what an inbox shows (subject and preheader), and on the size of the message.

use super::Rule;

rules! {
    SUBJECT_TOO_LONG = "W201" "subject-too-long":
        "A phone shows about fifty characters of a subject and cuts off the rest; half of all mail is read there."
        bad "subject = \"Newsletter number 14 of our association: what we did this spring\""
        good "subject = \"Listening to children, and meaning it\"";
    SUBJECT_SHOUTS = "W202" "subject-shouts":
        "A subject in capitals reads like shouting, and spam filters count it."
        bad "subject = \"LAST PLACES FOR THE COURSE\""
        good "subject = \"Last places for the course\"";
    NO_PREHEADER = "W203" "no-preheader":
        "Inboxes show a line behind the subject. Without a preheader it is the first words of the message, often \
         \"View in browser\"."
        bad "subject = \"Ferry back in service\""
        good "subject = \"Ferry back in service\"\npreheader = \"It sails at nine, from the old quay.\"";
    PREHEADER_REPEATS = "W204" "preheader-repeats-subject":
        "An inbox shows subject and preheader in one line: saying the same twice gives away half of it."
        bad "subject = \"Ferry back in service\"\npreheader = \"Ferry back in service\""
        good "subject = \"Ferry back in service\"\npreheader = \"It sails at nine, from the old quay.\"";
    SAME_SUBJECT = "W205" "same-subject":
        "Two editions have the very same subject: one of them was probably never translated."
        bad "subject.fr = \"Justice\"\nsubject.nl = \"Justice\""
        good "subject.fr = \"La justice à hauteur d’enfant\"\nsubject.nl = \"Justitie op kindermaat\"";
    FAKED_REPLY = "W206" "faked-reply":
        "A newsletter answers and forwards nothing. A subject that claims so deceives its readers, and spam filters \
         know the trick."
        bad "subject = \"Re: our meeting\""
        good "subject = \"What came of our meeting\"";
    SPAM_WORDS = "W207" "spam-words":
        "Spam filters know these words, above all in a subject and in capitals."
        bad "subject = \"100 % GRATUIT\""
        good "subject = \"Onze outils à télécharger\"";
    EXCLAMATION_MARKS = "W208" "exclamation-marks":
        "Several exclamation marks in a row shout, and spam filters count them; so do many of them in one text."
        bad "Come along!!!"
        good "Come along!";
    TOO_MANY_EMOJI = "W209" "too-many-emoji":
        "One emoji may be charming. Several make a subject look like advertising, and a screen reader reads out the \
         name of each."
        bad "subject = \"🎉🎉🎉 25 years 🎂\""
        good "subject = \"25 years 🎂\"";
    CLIPPED = "W210" "clipped":
        "Gmail shows the first 102,400 bytes of a message's HTML and hides the rest, the unsubscribe link with it, \
         behind a link."
        bad "an edition of 130,000 bytes"
        good "the same with its longest texts told on the site, and linked";
    NEARLY_CLIPPED = "W211" "nearly-clipped":
        "Above nine tenths of the size at which Gmail cuts a message off, a longer name or one more paragraph is \
         enough."
        bad "an edition of 99,000 bytes"
        good "an edition of 60,000 bytes";
}
