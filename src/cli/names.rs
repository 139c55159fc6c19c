//! Names on the command line -> what the library calls them.

use std::convert::Infallible;

use crate::address::Address;

#[expect(clippy::unnecessary_wraps, reason = "clap asks for a result")]
/// An issue's slug; a path to its folder, as a shell completes it, will do.
pub(super) fn issue(text: &str) -> Result<String, Infallible> {
    let name = text.trim_end_matches(['/', '\\']);
    let name = name.strip_prefix("./").unwrap_or(name);
    Ok(name.strip_prefix("issues/").or_else(|| name.strip_prefix("issues\\")).unwrap_or(name).to_owned())
}

/// Somebody's address.
pub(super) fn address(text: &str) -> Result<Address, String> {
    Address::parse(text)
}
