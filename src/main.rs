//! The program `envoi`: parse, run, show the error, exit code. Everything else is in the library, its map in `lib.rs`.

use std::process::ExitCode;

use clap::Parser;
use envoi::cli::{Envoi, show};

fn main() -> ExitCode {
    let ending = Envoi::parse().run().unwrap_or_else(|error| show::error(&error));
    ending.into()
}
