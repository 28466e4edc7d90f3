//! The database: one SQLite file. Reading goes through a small pool; writing through one task
//! ([`writer`]), because SQLite has one writer at a time anyway, and one that collects what is
//! waiting pays once for what each would pay alone: the wait for the disk.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;
use domain::receipt::Receipt;
use domain::timescale::DatesOrNone;
use domain::triage::Route;
use sha2::{Digest, Sha256};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqlSafeStr};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::Failure;
use crate::error::Error;

mod writer;

/// How many submissions may wait for the writer before senders wait, too.
const WAITING: usize = 256;

/// The database. Clones are the same database.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
    writer: mpsc::Sender<writer::Job>,
    in_flight: InFlight,
}

/// What is to be stored.
#[derive(Debug)]
pub struct Submission {
    /// The sender's key for this one submission.
    pub key: Uuid,
    /// What was received, exactly.
    pub body: String,
    /// What kind of record it is.
    pub kind: Route,
    /// The landlord's id, as it was sent.
    pub landlord: String,
    /// The language of the page.
    pub language: String,
    /// The flags that it raises, as a JSON list.
    pub flags: String,
    /// The moment of receipt, in UTC.
    pub received_at: String,
    /// The day of receipt in London.
    pub received_on: NaiveDate,
    /// The dates to promise; none for a request or a comment.
    pub dates: Option<DatesOrNone>,
}

/// What became of a submission.
#[derive(Debug)]
pub enum Stored {
    /// It is on disk.
    New(Receipt),
    /// It was on disk already: the same key came with the same body.
    Before(Receipt),
    /// The key belongs to another body, which is on disk.
    OtherBody,
}

impl Store {
    /// Opens the database, brings it to this version, and starts the task that writes. The task
    /// ends when the last clone of the store is gone and everything is written.
    ///
    /// # Errors
    ///
    /// The file can't be opened, or is not a database of this program.
    pub async fn open(file: &Path) -> Result<(Self, JoinHandle<()>), Failure> {
        let cant_open = |source| Failure::Database { file: file.to_owned(), source };
        let options = connect_options(file);
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.clone())
            .await
            .map_err(cant_open)?;
        migrations()
            .run(&pool)
            .await
            .map_err(|source| Failure::Migration { file: file.to_owned(), source })?;
        let connection = options.connect().await.map_err(cant_open)?;
        let (sender, jobs) = mpsc::channel(WAITING);
        let task = tokio::spawn(writer::run(options, connection, jobs));
        let store = Self { pool, writer: sender, in_flight: InFlight::default() };
        Ok((store, task))
    }

    /// Stores a submission, once per key. When this returns [`Stored::New`], it is on disk.
    ///
    /// From the moment on which the writer has it, it is stored even if the caller goes away.
    ///
    /// # Errors
    ///
    /// [`Error::InFlight`] while the same key is being stored; [`Error::Unavailable`] where the
    /// database fails, and then nothing is promised.
    pub async fn submit(&self, submission: Submission) -> Result<Stored, Error> {
        let key_hash = key_hash(submission.key);
        let in_flight = self.in_flight.enter(key_hash).ok_or(Error::InFlight)?;
        let (answer, answered) = oneshot::channel();
        let job = writer::Job {
            body_hash: sha256(submission.body.as_bytes()),
            key_hash,
            submission,
            answer,
            in_flight,
        };
        // Either fails only if the writer is gone, which is a defect: it outlives the store.
        let gone = || {
            tracing::error!("the task that writes has ended");
            Error::Unavailable
        };
        self.writer.send(job).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// Whether the database answers.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] where it does not.
    pub async fn check(&self) -> Result<(), Error> {
        sqlx::query("select exists (select 1 from submissions)")
            .execute(&self.pool)
            .await
            .map_err(|error| {
                tracing::error!(%error, "the database does not answer");
                Error::Unavailable
            })?;
        Ok(())
    }

    /// The connections for reading.
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}

/// The files of `migrations/`, in order. They are part of the program.
const MIGRATIONS: &[(i64, &str, &str)] =
    &[(1, "submissions", include_str!("../../migrations/0001_submissions.sql"))];

fn migrations() -> Migrator {
    let migrations = MIGRATIONS.iter().map(|&(version, name, sql)| {
        let sql = sql.into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// How every connection to the database is set up.
pub fn connect_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        // Readers don't wait for the writer; and with `full`, a commit returns when it is on disk,
        // which is what a receipt says.
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        // A statement in a log is one slip away from a resident's words in a log.
        .disable_statement_logging()
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

/// The key is a secret of the sender (it gives the access code), so only its hash is stored. A
/// random UUID can't be guessed from it.
fn key_hash(key: Uuid) -> [u8; 32] {
    sha256(key.as_bytes())
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
