//! Rules on pictures and what is said about them.

use super::Rule;

rules! {
    IMAGE_MISSING = "E301" "image-missing":
        "The file that is named is not in the issue's folder."
        bad "image = { file = \"fery.jpg\", alt = \"…\" }"
        good "image = { file = \"ferry.jpg\", alt = \"…\" }";
    IMAGE_UNREADABLE = "E302" "image-unreadable":
        "The file is no picture that mail programs show, or it is damaged."
        bad "image = { file = \"ferry.heic\", alt = \"…\" }"
        good "image = { file = \"ferry.jpg\", alt = \"…\" }";
    IMAGE_OUTSIDE = "E303" "image-outside":
        "Pictures lie in the issue's own folder, so that nothing is sent by accident that was never meant to be."
        bad "image = { file = \"../../photos/ferry.jpg\", alt = \"…\" }"
        good "image = { file = \"ferry.jpg\", alt = \"…\" }";
    IMAGE_TOO_MANY_PIXELS = "E304" "image-too-many-pixels":
        "No screen shows so many pixels, and opening them would fill the memory."
        bad "a scan of 20000 by 20000 pixels"
        good "the same of 1200 by 1200 pixels";
    NO_ALT = "W305" "no-alt":
        "Readers who are blind, or whose program shows no pictures, get the alternative text instead."
        bad "image = { file = \"ferry.jpg\" }"
        good "image = { file = \"ferry.jpg\", alt = \"A white ferry leaves the quay\" }";
    POOR_ALT = "W306" "poor-alt":
        "The name of a file, or the word \"photo\", tells nobody what is to be seen."
        bad "alt = \"IMG_4774\""
        good "alt = \"A white ferry leaves the quay\"";
    NO_CREDIT = "W307" "no-credit":
        "A picture with a caption and without a credit leaves its author unnamed, whom the law wants named."
        bad "caption = \"The ferry on its first day.\""
        good "caption = \"The ferry on its first day.\", credit = \"Ada Okafor\"";
    IMAGE_HEAVY = "W308" "image-heavy":
        "Even scaled down and encoded anew the picture weighs so much that phones load it slowly."
        bad "an animation of 4 MB"
        good "one picture of it, linked to the film";
    IMAGE_SMALL = "W309" "image-small":
        "The picture has so few pixels for its place that it looks blurred on today's screens, which show two of them \
         where a page has one."
        bad "a photo of 500 by 300 pixels, shown over the whole width"
        good "the same of 1200 by 720 pixels";
}
