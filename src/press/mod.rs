//! Press releases for journalists: a name -> [`Release`] -> an [`Export`], in the forms that are asked for.
//!
//! A press release is a snippet of an issue; in a newsletter it is a teaser, here it is a page of its own with
//! contacts and boilerplate, its pictures within it. What goes wrong goes wrong before the first file is written.

mod export;
mod find;
mod kit;
mod material;
mod name;
mod ninjs;
mod printer;

pub use export::{Export, Format, Options, complaints};
pub use find::{Release, versions};
pub use material::{Material, material};
pub use name::lasting_name;
pub use printer::end_printing;
