//! Rules on words and how a text is built.

use super::Rule;

rules! {
    DOUBLE_SPACE = "W501" "double-space":
        "Two spaces in a row are a slip of the thumb; plain text shows both. `envoi check --fix` takes one away."
        bad "It sails  at nine."
        good "It sails at nine.";
    UNBALANCED = "W502" "unbalanced-marks":
        "A quotation mark or bracket opens and never closes, or closes without having been opened: the reader cannot \
         tell whose words these are."
        bad "« Merci de m’en avoir parlé."
        good "« Merci de m’en avoir parlé. »";
    ALL_CAPS = "W503" "all-caps":
        "Words in capitals shout, are read out letter by letter, and count as spam. Acronyms of up to five letters \
         are fine, and so is what you allow."
        bad "This is IMPORTANT."
        good "This is **important**.";
    REPEATED_WORD = "W504" "repeated-word":
        "The same word stands twice in a row, which the eye does not see."
        bad "the end of of the line"
        good "the end of the line";
    LONG_PARAGRAPH = "W505" "long-paragraph":
        "A paragraph of more than 150 words fills a phone's screen twice, and is skipped."
        bad "a paragraph of 200 words"
        good "two paragraphs of 100 words";
    HEADING_SKIPPED = "W506" "heading-skipped":
        "Screen readers go from heading to heading; a level that is left out sounds like something missing. A \
         snippet's own headings begin at `##`, below its title."
        bad "## The ferry\n#### Timetable"
        good "## The ferry\n### Timetable";
    TITLE_FULL_STOP = "W507" "title-full-stop":
        "A title is no sentence that ends. `envoi check --fix` takes the full stop away."
        bad "title = \"The ferry is back in service.\""
        good "title = \"The ferry is back in service\"";
    WIDE_TABLE = "W508" "wide-table":
        "A phone shows some forty characters in a row: a table with more columns than four, or with longer words, has \
         to be dragged about."
        bad "| Day | Quay | Island | Harbour | Lighthouse | Remarks |"
        good "| Day | Quay | Island |";
    UNWRITTEN = "E509" "unwritten":
        "These words are what `envoi new` begins with, to say what should stand there. Readers would get them."
        bad "title = \"The title of this text\""
        good "title = \"Ferry back in service\"";
}
