//! The ledger in SQLite: one connection for this process, WAL mode, nothing synced but what a power cut must not
//! undo.
//!
//! What is claimed is synced before it is sent; the rest stands in this process's journal at once, and is on the disk
//! within a second (see [`Scribe`]). After a power cut everything that was claimed is therefore uncertain, after a mere
//! crash only what was in flight.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row, SqliteConnection};
use tokio::sync::Mutex;

use super::erasures::ANONYMOUS;
use super::journal::{self, Journal};
use super::presence::{self, Presence};
use super::tray::{Tray, TrayDesk};
use super::{Delivery, Outcome, SendId, State, delivery, enlist, failed, schema};
use crate::clock;
use crate::error::{Error, Result, Trouble};

/// How long a process waits for another one that has the database.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it waits for readers when it empties the log.
const SHORT_PATIENCE: Duration = Duration::from_secs(2);

/// Claims what is due: first what was put off, by the index of that name, so that what is put off for later is not
/// walked over each time.
const CLAIM: &str = "
    UPDATE deliveries SET state = 'claimed', worker = $1, changed = $2
    WHERE id IN (SELECT id FROM deliveries WHERE send = $3 AND state IN ('pending', 'deferred')
                 AND due <= $2 AND attempts < $4 AND key IN (SELECT key FROM audience)
                 ORDER BY due DESC, id LIMIT $5)
    RETURNING id, address, edition, \"values\", attempts,
              EXISTS (SELECT 1 FROM suppressions WHERE suppressions.key = deliveries.key) AS suppressed";

/// When the next one is due.
const NEXT_DUE: &str = "
    SELECT due FROM deliveries WHERE send = $1 AND state IN ('pending', 'deferred') AND attempts < $2
    AND key IN (SELECT key FROM audience) ORDER BY due LIMIT 1";

/// A ledger in a file, opened. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Sqlite {
    path: PathBuf,
    pub(super) connection: Arc<Mutex<SqliteConnection>>,
    worker: Option<Arc<Worker>>,
}

#[derive(Debug)]
struct Worker {
    id: i64,
    tray: Arc<Tray>,
    presence: Presence,
}

impl Sqlite {
    /// Opens a ledger, making it where there is none.
    pub(super) async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            // a checkpoint waits for the disk: at most one for each 16 MB of changes
            .pragma("wal_autocheckpoint", "4000")
            .busy_timeout(PATIENCE);
        let unopened = |error| {
            Error::Ledger(
                Trouble::new(format!("the ledger `{}` cannot be opened", path.display()))
                    .because(error)
                    .hint("check that the folder is there and may be written to"),
            )
        };
        let mut connection = options.connect().await.map_err(unopened)?;
        log_ahead(&mut connection).await.map_err(unopened)?;
        schema::migrate(&mut connection).await?;
        enlist::prepare(&mut connection).await?;
        Ok(Self { path: path.to_owned(), connection: Arc::new(Mutex::new(connection)), worker: None })
    }

    /// Signs this process on as a worker, and settles what workers that died had taken. Gives how many deliveries
    /// became uncertain.
    pub(super) async fn sign_on(&mut self) -> Result<u64> {
        // what is claimed is synced; that helps only where the file itself is found again
        self.sync_folder().await?;
        let presence = presence::announce(&self.path)?;
        let journal = Journal::begin(presence::journal(&self.path, &presence.name))?;
        let mut connection = self.connection.lock().await;
        let id: i64 = sqlx::query_scalar("INSERT INTO workers (lock, boot, started) VALUES ($1, $2, $3) RETURNING id")
            .bind(&presence.name)
            .bind(presence::boot())
            .bind(clock::seconds())
            .fetch_one(&mut *connection)
            .await
            .map_err(failed("sign on"))?;
        drop(connection);
        self.worker = Some(Arc::new(Worker { id, tray: Arc::new(Tray::new(journal)), presence }));
        self.settle().await
    }

    /// Takes back what workers that died had taken: what they had only claimed is pending again, what was in flight is
    /// uncertain. Gives how many became uncertain.
    pub(super) async fn settle(&self) -> Result<u64> {
        let own = self.worker.as_ref().map(|worker| worker.id);
        let boot = presence::boot();
        let mut connection = self.connection.lock().await;
        let others: Vec<(i64, String, String)> =
            sqlx::query_as("SELECT id, lock, boot FROM workers WHERE id IS NOT $1")
                .bind(own)
                .fetch_all(&mut *connection)
                .await
                .map_err(failed("be read"))?;
        let mut uncertain = 0;
        for (other, lock, started_in) in others {
            // where it can't be known whether the machine was started anew, it is taken for granted
            let power_cut = started_in != boot || boot == presence::UNKNOWN;
            if started_in != boot || presence::has_ended(&self.path, &lock) {
                let journal = presence::journal(&self.path, &lock);
                uncertain += take_back(&mut connection, other, &journal, power_cut).await?;
            }
        }
        Ok(uncertain)
    }

    /// Signs off: what this process had claimed, and did not send, is pending again.
    pub(super) async fn sign_off(&mut self) -> Result<()> {
        if let Some(worker) = self.worker.take() {
            let journal = presence::journal(&self.path, &worker.presence.name);
            let mut connection = self.connection.lock().await;
            take_back(&mut connection, worker.id, &journal, false).await?;
            drop(connection);
            self.sync().await?;
        }
        Ok(())
    }

    /// The tray that takes what becomes of deliveries, and the task that empties it. Only who has signed on may write.
    pub(super) fn tray(&self) -> Result<(Arc<Tray>, TrayDesk)> {
        let worker =
            self.worker.as_ref().ok_or_else(|| Error::Ledger(Trouble::new("nobody signed on to the ledger")))?;
        Ok((Arc::clone(&worker.tray), TrayDesk::open(self.clone(), Arc::clone(&worker.tray))))
    }

    /// Claims up to `limit` deliveries that are due. Addresses that were suppressed meanwhile are marked and left
    /// out. Synced before it returns, so that a power cut can't make anything that is sent look unclaimed.
    pub(super) async fn claim(&self, send: SendId, attempts: u16, limit: usize) -> Result<Vec<Delivery>> {
        let worker = self.worker.as_ref().map(|worker| worker.id);
        let now = clock::passing_seconds();
        let mut connection = self.connection.lock().await;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("claim deliveries"))?;
        let rows = sqlx::query(CLAIM)
            .bind(worker)
            .bind(now)
            .bind(send)
            .bind(attempts)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed("claim deliveries"))?;
        let (suppressed, free): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.get::<bool, _>("suppressed"));
        let suppressed: Vec<i64> = suppressed.iter().map(|row| row.get("id")).collect();
        if !suppressed.is_empty() {
            sqlx::query(
                "UPDATE deliveries SET state = 'suppressed', worker = NULL WHERE id IN (SELECT value FROM json_each($1))",
            )
            .bind(serde_json::to_string(&suppressed).unwrap_or_default())
            .execute(&mut *transaction)
            .await
            .map_err(failed("claim deliveries"))?;
        }
        transaction.commit().await.map_err(failed("claim deliveries"))?;
        drop(connection);
        if !free.is_empty() {
            self.sync().await?;
        }
        free.into_iter()
            .map(|row| {
                delivery(row.get("id"), row.get("address"), row.get("edition"), row.get("values"), row.get("attempts"))
            })
            .collect()
    }

    /// When the next deferred delivery is due, if one will be tried again.
    pub(super) async fn next_due(&self, send: SendId, attempts: u16) -> Result<Option<i64>> {
        let mut connection = self.connection.lock().await;
        sqlx::query_scalar(NEXT_DUE)
            .bind(send)
            .bind(attempts)
            .fetch_optional(&mut *connection)
            .await
            .map_err(failed("be read"))
    }

    /// Records what became of many deliveries at once.
    ///
    /// One statement, which is its own transaction: each further one would cost a way to the database's thread and
    /// back, which is most of what a commit costs.
    pub(super) async fn record(&self, outcomes: &[Outcome]) -> Result<()> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let mut connection = self.connection.lock().await;
        if !outcomes.iter().any(|outcome| outcome.suppress) {
            return change(&mut connection, outcomes, None).await;
        }
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("record deliveries"))?;
        condemn(&mut transaction, outcomes, None).await?;
        change(&mut transaction, outcomes, None).await?;
        transaction.commit().await.map_err(failed("record deliveries"))
    }

    /// Opens again to everybody what this process had claimed and did not send.
    pub(super) async fn give_back(&self) -> Result<()> {
        let Some(worker) = &self.worker else { return Ok(()) };
        let mut connection = self.connection.lock().await;
        sqlx::query(
            "UPDATE deliveries SET state = 'pending', worker = NULL WHERE worker = $1 AND state = 'claimed'
             AND id NOT IN (SELECT value FROM json_each($2))",
        )
        .bind(worker.id)
        .bind(serde_json::to_string(&worker.tray.under_way()).unwrap_or_default())
        .execute(&mut *connection)
        .await
        .map_err(failed("be written"))?;
        Ok(())
    }

    /// Closes the ledger: everything comes into the one file, which can then be copied.
    pub(super) async fn close(mut self) -> Result<()> {
        self.sign_off().await?;
        match Arc::into_inner(self.connection) {
            Some(connection) => connection.into_inner().close().await.map_err(failed("be closed")),
            // another part of the program still reads
            None => Ok(()),
        }
    }

    /// Brings the names of its files to the disk: a database that was just made is lost with its folder's entry.
    pub(super) async fn sync_folder(&self) -> Result<()> {
        use std::io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.to_owned();
        // elsewhere a folder is no file that could be synced
        if cfg!(unix) {
            let synced = tokio::task::spawn_blocking({
                let folder = folder.clone();
                move || std::fs::File::open(folder)?.sync_all()
            });
            match synced.await.map_err(std::io::Error::other).flatten() {
                // one that may not be read, or a file system that knows no such thing: it keeps what it keeps
                Err(error) if matches!(error.kind(), PermissionDenied | InvalidInput | Unsupported) => {}
                other => other.map_err(Error::file("sync", folder))?,
            }
        }
        Ok(())
    }

    /// Empties the log that lies beside the file: old pages are in it. `false` where somebody else reads from it; that is
    /// not waited for long, since nobody may write meanwhile.
    pub(super) async fn empty_log(&self) -> Result<bool> {
        let mut connection = self.connection.lock().await;
        let patience = |time: Duration| AssertSqlSafe(format!("PRAGMA busy_timeout = {}", time.as_millis()));
        connection.execute(patience(SHORT_PATIENCE)).await.map_err(failed("be written"))?;
        // that it could not is no error, but a row
        let done: sqlx::Result<(i64, i64, i64)> =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
        connection.execute(patience(PATIENCE)).await.map_err(failed("be written"))?;
        done.map(|(busy, ..)| busy == 0).map_err(failed("be written"))
    }

    /// Brings to the disk what the operating system still holds.
    pub(super) async fn sync(&self) -> Result<()> {
        let mut wal = self.path.as_os_str().to_owned();
        wal.push("-wal");
        let path = PathBuf::from(wal);
        let synced = tokio::task::spawn_blocking({
            let path = path.clone();
            move || match std::fs::File::open(&path) {
                Ok(file) => file.sync_data(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
                Err(error) => Err(error),
            }
        });
        synced.await.map_err(std::io::Error::other).flatten().map_err(Error::file("sync", path))
    }
}

/// Turns the write-ahead log on, which stays on. Two processes that do so in the same moment each hold what the other
/// needs; SQLite then refuses one of them at once, however long it may wait, and that one tries again.
async fn log_ahead(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let begun = Instant::now();
    loop {
        match connection.execute("PRAGMA journal_mode = WAL").await {
            Err(sqlx::Error::Database(error))
                if error.code().is_some_and(|code| is_busy(&code)) && begun.elapsed() < PATIENCE =>
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            done => return done.map(|_| ()),
        }
    }
}

/// Whether SQLite's code says that somebody else has the database (`SQLITE_BUSY` and its kinds).
fn is_busy(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| code & 0xff == 5)
}

/// Writes what became of deliveries; where a worker is given, only of those that are still its own.
async fn change(connection: &mut SqliteConnection, outcomes: &[Outcome], worker: Option<i64>) -> Result<()> {
    let rows: Vec<_> = outcomes.iter().map(|o| (o.id, o.state.name(), o.attempts, o.due, o.code, &o.reply)).collect();
    sqlx::query(
        "UPDATE deliveries SET attempts = row.value ->> 2, due = row.value ->> 3,
                code = row.value ->> 4, worker = NULL, changed = $2,
                state = CASE WHEN address = $4 AND row.value ->> 1 IN ('pending', 'deferred') THEN 'suppressed'
                             ELSE row.value ->> 1 END,
                reply = CASE WHEN address = $4 THEN NULL ELSE row.value ->> 5 END
         FROM json_each($1) AS row WHERE deliveries.id = row.value ->> 0 AND ($3 IS NULL OR worker = $3)",
    )
    .bind(serde_json::to_string(&rows).unwrap_or_default())
    .bind(clock::seconds())
    .bind(worker)
    .bind(ANONYMOUS)
    .execute(connection)
    .await
    .map_err(failed("record deliveries"))?;
    Ok(())
}

/// Suppresses the addresses that refused for good; where a worker is given, only those that are still its own.
async fn condemn(connection: &mut SqliteConnection, outcomes: &[Outcome], worker: Option<i64>) -> Result<()> {
    for outcome in outcomes.iter().filter(|outcome| outcome.suppress) {
        sqlx::query(
            "INSERT INTO suppressions (key, address, reason, detail, since)
             SELECT key, address, 'bounced', $2, $3 FROM deliveries
             WHERE id = $1 AND ($4 IS NULL OR worker = $4) AND address <> $5
             ON CONFLICT (key) DO NOTHING",
        )
        .bind(outcome.id)
        .bind(&outcome.reply)
        .bind(clock::seconds())
        .bind(worker)
        .bind(ANONYMOUS)
        .execute(&mut *connection)
        .await
        .map_err(failed("record deliveries"))?;
    }
    Ok(())
}

/// Takes back what a worker had taken and strikes it off. What its journal knows is written first; after a power cut
/// all of the rest is uncertain. Another process may be doing the same: only what is still the worker's own is touched.
async fn take_back(connection: &mut SqliteConnection, worker: i64, journal: &Path, power_cut: bool) -> Result<u64> {
    let legacy = journal::read(journal)?;
    let mut outcomes: Vec<Outcome> = legacy.outcomes.into_values().collect();
    if power_cut {
        // the journal's last lines may be lost: what was to be tried again may have been accepted since
        outcomes.retain(|outcome| !matches!(outcome.state, State::Deferred | State::Pending));
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed("take deliveries back"))?;
    condemn(&mut transaction, &outcomes, Some(worker)).await?;
    change(&mut transaction, &outcomes, Some(worker)).await?;
    let uncertain = sqlx::query(
        "UPDATE deliveries SET state = 'uncertain', worker = NULL,
                reply = 'the process ended before the relay answered'
         WHERE worker = $1 AND state IN ('claimed', 'in-flight')
           AND ($2 OR state = 'in-flight' OR id IN (SELECT value FROM json_each($3)))",
    )
    .bind(worker)
    .bind(power_cut)
    .bind(serde_json::to_string(&legacy.in_flight).unwrap_or_default())
    .execute(&mut *transaction)
    .await
    .map_err(failed("take deliveries back"))?
    .rows_affected();
    sqlx::query("UPDATE deliveries SET state = 'pending', worker = NULL WHERE worker = $1 AND state = 'claimed'")
        .bind(worker)
        .execute(&mut *transaction)
        .await
        .map_err(failed("take deliveries back"))?;
    sqlx::query("DELETE FROM workers WHERE id = $1")
        .bind(worker)
        .execute(&mut *transaction)
        .await
        .map_err(failed("take deliveries back"))?;
    transaction.commit().await.map_err(failed("take deliveries back"))?;
    // the database has it all
    let _ = std::fs::remove_file(journal);
    Ok(uncertain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However many are put off for later, nobody walks over them.
    #[tokio::test]
    async fn what_is_due_is_found_by_its_index() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Sqlite::open(&folder.path().join("ledger.db")).await.unwrap();
        let mut connection = ledger.connection.lock().await;
        for (statement, way) in [(CLAIM, "due_first (send=? AND due<?)"), (NEXT_DUE, "due_first (send=?)")] {
            let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
            let plan: Vec<String> = sqlx::query(sql)
                .fetch_all(&mut *connection)
                .await
                .unwrap()
                .iter()
                .map(|row| row.get("detail"))
                .collect();
            assert!(plan.iter().any(|step| step.ends_with(way)), "{plan:?}");
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:?}");
        }
    }
}
