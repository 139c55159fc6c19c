//! `envoi ledger`: the ledger itself, as a database.

use super::ending::Ending;
use super::global::Global;
use super::grammar::Count;
use super::{runtime, show};
use crate::error::{Error, Result, Trouble};
use crate::ledger::Ledger as Book;
use crate::project::{Project, Server, Storage};

/// Look after the ledger: move it to another database
#[derive(Debug, clap::Args)]
pub(super) struct Ledger {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Move(Move),
}

/// Copy the ledger into another database, and compare the two
///
/// From a file to PostgreSQL or back. Stop `envoi serve` and `envoi inbox` before, and start them again when envoi.toml
/// names the other one: until then the ledger stays where it is. What arrived before is not copied again.
#[derive(Debug, clap::Args)]
struct Move {
    /// A database on PostgreSQL (`postgres://user@host/database`), or a file
    #[arg(long, value_name = "URL|FILE")]
    to: String,
}

impl Ledger {
    pub(super) fn run(&self, global: &Global) -> Result<Ending> {
        match &self.what {
            What::Move(to) => to.run(global),
        }
    }
}

impl Move {
    fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project()?;
        let target = self.target(&project)?;
        let moved = runtime::block_on(async {
            let from = Book::existing(&project.ledger())
                .await?
                .ok_or_else(|| Error::Refused(Trouble::new("there is no ledger yet, and so nothing to move")))?;
            // before there is another one: what is refused leaves none behind
            from.at_rest("this").await?;
            let to = Book::open(&target).await?;
            let moved = from.move_to(&to).await?;
            from.close().await?;
            to.close().await?;
            Ok(moved)
        })?;
        for (table, rows) in &moved.tables {
            show::line(format_args!("{table:<20} {}", Count(*rows, "row")))?;
        }
        show::line("both hold the same")?;
        let line = match target {
            // as envoi.toml finds it, wherever she stands
            Storage::File(path) => format!("path = {}", toml::Value::from(&*project.shown(&path).to_string_lossy())),
            Storage::Server(_) => "url = \"postgres://…\"".to_owned(),
        };
        show::hint(&format!("name it under `[ledger]` in envoi.toml (`{line}`), and from then on it is the ledger"));
        show::hint("stop `envoi serve` and `envoi inbox` until then: what they write now is not in it");
        Ok(Ending::Well)
    }

    fn target(&self, project: &Project) -> Result<Storage> {
        if !self.to.contains("://") {
            let path = std::path::absolute(&self.to).map_err(Error::file("find", &self.to))?;
            return Ok(Storage::File(path));
        }
        Ok(Storage::Server(Box::new(Server {
            url: self.to.clone().into(),
            written: false,
            config: project.config.ledger.clone(),
            root: project.root.clone(),
        })))
    }
}
