//! The database: one SQLite file, or PostgreSQL where one machine is not enough. All SQL is in the subset
//! that both know, through `sqlx::Any`.
//!
//! Reading goes through a pool. Writing is one function, [`Store::write`]: a transaction, all of it or
//! nothing. SQLite has one writer at a time anyway, so there it goes through one task ([`writer`]), which
//! collects what is waiting and pays once for what each would pay alone: the wait for the disk.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor, SqlSafeStr};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing::error;

use crate::Failure;
use crate::error::Error;

pub mod pieces;
pub mod submissions;
pub mod uploads;
mod writer;

/// How many changes may wait for the writer before senders wait, too.
const WAITING: usize = 256;
/// How many connections an instance has to PostgreSQL. A server allows a hundred, for all.
const CONNECTIONS: u32 = 16;
/// How long after its last use a connection is used again without asking whether it is still there.
const TRUSTED: Duration = Duration::from_secs(1);

/// The database. Clones are the same database.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    /// The one writer of an SQLite file; PostgreSQL has as many as there are connections.
    writer: Option<mpsc::Sender<writer::Job>>,
    in_flight: InFlight,
}

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL server, by its URL. It may hold a password: it is not logged.
    Server(String),
}

/// A future of what is done in a transaction.
pub type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, sqlx::Error>> + Send + 'c>>;

impl Store {
    /// Opens the database, brings it to this version, and starts the task that writes, where there is
    /// one. The task ends when the last clone of the store is gone and everything is written.
    ///
    /// # Errors
    ///
    /// The database can't be opened, or is not one of this program.
    pub async fn open(place: &Place) -> Result<(Self, JoinHandle<()>), Failure> {
        sqlx::any::install_default_drivers();
        let cant_open = |source| Failure::Database { database: place.shown(), source };
        let options = place.options().map_err(cant_open)?;
        let is_file = matches!(place, Place::File(_));
        // One by itself, which says what is wrong: a pool would try again and again.
        let mut connection = AnyConnection::connect_with(&options).await.map_err(cant_open)?;
        if is_file {
            set_up(&mut connection).await.map_err(cant_open)?;
        }
        let pool = AnyPoolOptions::new()
            .max_connections(if is_file { 4 } else { CONNECTIONS })
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(move |connection, _| {
                Box::pin(async move { if is_file { set_up(connection).await } else { Ok(()) } })
            })
            // Each query would wait for an answer of its own before it.
            .test_before_acquire(false)
            .before_acquire(|connection, its| {
                Box::pin(async move {
                    if its.idle_for > TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options.clone());
        let migrations = migrations(is_file);
        migrations
            .run(&mut connection)
            .await
            .map_err(|source| Failure::Migration { database: place.shown(), source })?;
        let (writer, task) = if is_file {
            let (sender, jobs) = mpsc::channel(WAITING);
            (Some(sender), tokio::spawn(writer::run(options, connection, jobs)))
        } else {
            // That it can't be closed in good order is of no consequence.
            let _ = connection.close().await;
            (None, tokio::spawn(std::future::ready(())))
        };
        Ok((Self { pool, writer, in_flight: InFlight::default() }, task))
    }

    /// Does this in one transaction: all of it or nothing. When this returns, it is on disk.
    ///
    /// It happens even if the caller goes away.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] where the database fails, and then nothing has changed.
    pub async fn write<T, W>(&self, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut AnyConnection) -> Work<'c, T> + Send + 'static,
    {
        let Some(writer) = &self.writer else {
            let pool = self.pool.clone();
            // In a task of its own: a beginning that is given up would leave its connection to the next
            // one inside of a transaction.
            let done = tokio::spawn(async move {
                let mut transaction = pool.begin().await?;
                let done = work(&mut transaction).await?;
                transaction.commit().await?;
                Ok(done)
            });
            return done.await.map_err(|_| gone())?.map_err(unwritable);
        };
        let (answer, answered) = oneshot::channel();
        writer.send(writer::job(work, answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// Whether the database answers.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] where it does not.
    pub async fn check(&self) -> Result<(), Error> {
        sqlx::query("select 1 from submissions limit 1").execute(&self.pool).await.map_err(
            |error| {
                error!(%error, "the database does not answer");
                Error::Unavailable
            },
        )?;
        Ok(())
    }

    /// The connections for reading.
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }
}

impl Place {
    /// How every connection to the database is opened.
    ///
    /// # Errors
    ///
    /// It is not the address of a database.
    pub fn options(&self) -> Result<AnyConnectOptions, sqlx::Error> {
        let options = match self {
            Self::File(file) => {
                let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
                AnyConnectOptions::from_url(&options.to_url_lossy())?
            }
            Self::Server(url) => url.parse()?,
        };
        // A statement in a log is one slip away from a resident's words in a log.
        Ok(options.disable_statement_logging())
    }

    /// The database, for a person who reads what went wrong: without a password.
    fn shown(&self) -> String {
        match self {
            Self::File(file) => file.display().to_string(),
            Self::Server(url) => {
                let host = url.rsplit_once('@').map_or(url.as_str(), |(_, host)| host);
                host.split_once('?').map_or(host, |(host, _)| host).to_owned()
            }
        }
    }
}

impl From<&Path> for Place {
    fn from(file: &Path) -> Self {
        Self::File(file.to_owned())
    }
}

/// Sets up a connection to an SQLite file. Readers don't wait for the writer; and with `full`, a commit
/// returns when it is on disk, which is what a receipt says.
///
/// # Errors
///
/// The file is not a database.
pub async fn set_up(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    for pragma in ["pragma journal_mode = wal", "pragma synchronous = full"] {
        connection.execute(pragma).await?;
    }
    Ok(())
}

/// A connection of its own to an SQLite file.
async fn connect(options: &AnyConnectOptions) -> Result<AnyConnection, sqlx::Error> {
    let mut connection = AnyConnection::connect_with(options).await?;
    set_up(&mut connection).await?;
    Ok(connection)
}

/// Keeps all other transactions off this, until the end of this one: on every instance of the service.
/// In SQLite there is one transaction at a time anyway.
///
/// # Errors
///
/// The database does not answer.
pub async fn lock(connection: &mut AnyConnection, what: &str) -> Result<(), sqlx::Error> {
    if connection.backend_name() == "PostgreSQL" {
        sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(what)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Text of a visitor, as something to look for. PostgreSQL takes no text with a NUL in it, and nothing that
/// is stored has one: with the mark for an unreadable character in its place it is found as little, by
/// either database.
pub(crate) fn sought(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Logs that something can't be read, without what it is.
pub fn unreadable(error: sqlx::Error) -> Error {
    error!(%error, "can't read from the database");
    Error::Unavailable
}

fn unwritable(error: sqlx::Error) -> Error {
    error!(%error, "can't write to the database");
    Error::Unavailable
}

/// Fails only if the task that writes is gone, which is a defect.
fn gone() -> Error {
    error!("the task that writes has ended");
    Error::Unavailable
}

/// The files of `migrations/`, in order, each with what PostgreSQL says in words of its own: triggers.
/// They are part of the program.
const MIGRATIONS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "submissions",
        include_str!("../../migrations/0001_submissions.sql"),
        include_str!("../../migrations/0001_submissions.postgres.sql"),
    ),
    (
        2,
        "evidence",
        include_str!("../../migrations/0002_evidence.sql"),
        include_str!("../../migrations/0002_evidence.postgres.sql"),
    ),
    (
        3,
        "cases",
        include_str!("../../migrations/0003_cases.sql"),
        include_str!("../../migrations/0003_cases.postgres.sql"),
    ),
    (4, "outbox", include_str!("../../migrations/0004_outbox.sql"), ""),
    (5, "people", include_str!("../../migrations/0005_people.sql"), ""),
    (
        6,
        "retention",
        include_str!("../../migrations/0006_retention.sql"),
        include_str!("../../migrations/0006_retention.postgres.sql"),
    ),
    (7, "pieces", include_str!("../../migrations/0007_pieces.sql"), ""),
];

fn migrations(is_sqlite: bool) -> Migrator {
    let migrations = MIGRATIONS.iter().map(|&(version, name, sql, own)| {
        let sql = if is_sqlite {
            sql.into_sql_str()
        } else {
            sqlx::AssertSqlSafe(for_postgres(sql) + own).into_sql_str()
        };
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// The same tables in PostgreSQL's words, without the triggers.
fn for_postgres(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut is_trigger = false;
    for line in sql.lines() {
        is_trigger |= line.starts_with("create trigger");
        let is_dropped = line.starts_with("drop trigger");
        if !is_trigger && !is_dropped && !line.trim_start().starts_with("--") {
            text.push_str(line);
            text.push('\n');
        }
        is_trigger &= line != "end;";
    }
    [
        ("integer primary key autoincrement", "bigint generated always as identity primary key"),
        (" integer", " bigint"),
        (" blob", " bytea"),
        (") strict;", ");"),
        ("json_valid(flags)", "(flags::json is not null)"),
    ]
    .iter()
    .fold(text, |text, (sqlite, postgres)| text.replace(sqlite, postgres))
}

/// The keys of the submissions that are being stored at this moment.
#[derive(Clone, Default)]
struct InFlight(Arc<Mutex<HashSet<[u8; 32]>>>);

impl InFlight {
    /// Notes this key, until what is returned is dropped; `None` if it is noted already.
    fn enter(&self, key_hash: [u8; 32]) -> Option<Noted> {
        let is_new = self.keys().insert(key_hash);
        is_new.then(|| Noted { key_hash, all: self.clone() })
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, HashSet<[u8; 32]>> {
        // A panic elsewhere can't leave a set of keys half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A key in flight. It travels with the submission, not with the request: a sender that goes away
/// does not end it.
struct Noted {
    key_hash: [u8; 32],
    all: InFlight,
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.all.keys().remove(&self.key_hash);
    }
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
