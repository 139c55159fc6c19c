//! A `--where` in any text: a filter that can be asked, or an error that points into the text.
#![no_main]

use envoi::address::Address;
use envoi::audience::{Columns, Filter, Subscriber};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let columns = Columns(["email", "first_name", "lang", "tags"].map(str::to_owned).to_vec());
    match Filter::parse(&[text.to_owned()], &columns) {
        Ok(filter) => {
            let address = Address::parse("ada@example.org").expect("an address");
            let values = ["ada@example.org", "Ada", "nl", "press, board"].map(str::to_owned).to_vec();
            let subscriber = Subscriber { address, language: None, values };
            let _ = filter.matches(&subscriber, &columns);
        }
        Err(error) => drop(error.to_string()),
    }
});
