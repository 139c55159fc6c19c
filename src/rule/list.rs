//! Rules on merge fields, and on the list that fills them.

use super::Rule;

rules! {
    UNKNOWN_FIELD = "E801" "unknown-field":
        "The list has no such column: every reader would get a gap."
        bad "Dear {{ firstname }},"
        good "Dear {{ first_name \"friends\" }},";
    BROKEN_FIELD = "E802" "broken-field":
        "Two braces open a merge field, and this one cannot be read."
        bad "Dear {{ first_name,"
        good "Dear {{ first_name }},";
    UNFILLED_FIELD = "E803" "unfilled-field":
        "Merge fields are filled in texts, in links' addresses, in subject and preheader; elsewhere readers would see \
         the braces."
        bad "title = \"News for {{ first_name }}\""
        good "title = \"News for you\"";
    EMPTY_FIELD = "W804" "empty-field":
        "Some subscribers have nothing in this column, and the field says nothing to write instead: they read a gap."
        bad "Dear {{ first_name }},"
        good "Dear {{ first_name \"friends\" }},";
    FIELD_FOR_NOBODY = "W805" "field-for-nobody":
        "A press page is read by everyone: there is no subscriber whose name could stand in it."
        bad "Dear {{ first_name }},"
        good "Dear colleagues,";
    NO_TAGS = "W806" "no-tags":
        "A snippet is for the subscribers of a tag, and the list has no column of tags: nobody would get it."
        bad "audience = \"tag:press\", and a list with email and name"
        good "audience = \"tag:press\", and a list with email, name and tags";
    ONE_BRACE = "W807" "one-brace":
        "A merge field has two braces on each side. Where one is missing, readers see it as it is written."
        bad "Dear {first_name},"
        good "Dear {{ first_name \"friends\" }},";
    NO_LIST = "W810" "no-list":
        "The list that `envoi.toml` names is not there (yet), so that merge fields cannot be checked against it."
        bad "[list]\nfile = \"subscribres.csv\""
        good "[list]\nfile = \"subscribers.csv\"";
    LIST_NO_TEXT = "E811" "list-no-text":
        "The list is no text and no workbook that can be read."
        bad "subscribers.xls"
        good "subscribers.xlsx, or subscribers.csv";
    LIST_EMPTY = "E812" "list-empty":
        "The list has no header, or nobody who can be written to."
        bad "an empty file"
        good "email;first_name\nada@example.org;Ada";
    LIST_NO_EMAIL = "E813" "list-without-email":
        "None of the columns is called an e-mail address."
        bad "name;town"
        good "email;name;town";
    COLUMN_TWICE = "E814" "column-twice":
        "Two columns have one name, and a merge field could mean either."
        bad "email;name;name"
        good "email;first_name;last_name";
    OPEN_QUOTE = "E815" "row-swallowed":
        "A quotation mark that nobody closes makes one cell of the rows that follow: those subscribers get nothing."
        bad "ada@example.org;\"Ada"
        good "ada@example.org;\"Ada\"";
    BAD_ADDRESS = "E816" "bad-address":
        "No mail can be sent to this address."
        bad "ada.example.org"
        good "ada@example.org";
    ADDRESS_TWICE = "W817" "address-twice":
        "The address stands further up already. It gets one message."
        bad "ada@example.org\nAda@example.org"
        good "ada@example.org";
    ODD_LANGUAGE = "W818" "odd-language":
        "What stands in the column `lang` is no language's tag."
        bad "French"
        good "fr";
    GARBLED = "W819" "garbled":
        "A name was saved in one encoding and read in another on its way here."
        bad "ZoÃ«"
        good "Zoë";
    LIST_BROKEN = "E820" "list-broken":
        "The list is no CSV from some line on."
        bad "a row of more than a megabyte"
        good "a list that a spreadsheet has saved";
    NEAR_DOMAIN = "W821" "near-domain":
        "The domain is nearly that of a large mail service: a slip, perhaps, and nobody would get the mail."
        bad "ada@gmial.com"
        good "ada@gmail.com";
    ROLE_ADDRESS = "W822" "role-address":
        "The address belongs to a function and not to a person: several may read it, and one agreed."
        bad "info@example.org"
        good "ada@example.org";
    STAYS_OUT = "W823" "stays-out":
        "The address is suppressed, or was erased: an import never brings it back."
        bad "an old list with somebody who unsubscribed since"
        good "a list without them";
    NEVER_AGREED = "E824" "never-agreed":
        "The file says that they never agreed to be written to."
        bad "a contact whose status is `pending`"
        good "a contact whose status is `subscribed`";
    LEFT_LIST = "W825" "left-list":
        "The list says that they left, complained or cannot be reached: they are not written to."
        bad "ada@example.org;unsubscribed, on a list that is sent to"
        good "a list without them; `envoi subscribers import` remembers that they left";
    BAD_CONDITION = "E830" "bad-condition":
        "What stands behind `--where` is no condition, or asks for a column that the list has not."
        bad "--where 'lang fr'"
        good "--where 'lang = fr and tag:press'";
}
