//! The one task that writes: it takes whatever is waiting, stores it in one transaction, waits for
//! the disk once, and answers all.

use chrono::NaiveDate;
use domain::choices::Choice;
use domain::receipt::{self, Receipt};
use domain::reference;
use domain::timescale::StageDates;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row};
use tokio::sync::{mpsc, oneshot};
use tracing::error;
use uuid::Uuid;

use super::{Noted, Stored, Submission, sha256};
use crate::error::Error;

/// The most that goes into one transaction. More would make the first one wait.
const BATCH: usize = 64;

/// A submission on its way to the disk, and who waits for it.
pub(super) struct Job {
    pub submission: Submission,
    pub key_hash: [u8; 32],
    pub body_hash: [u8; 32],
    pub answer: oneshot::Sender<Result<Stored, Error>>,
    pub in_flight: Noted,
}

/// Writes until nobody can send any more and everything is written.
pub(super) async fn run(
    options: SqliteConnectOptions,
    mut connection: SqliteConnection,
    mut jobs: mpsc::Receiver<Job>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let outcomes = match store_all(&mut connection, &batch).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                error!(%error, submissions = batch.len(), "a transaction failed");
                // SQLite may have ended the transaction by itself, without the connection's
                // knowing (a full disk does that). A new connection starts from what is true.
                match options.connect().await {
                    Ok(new) => connection = new,
                    Err(error) => error!(%error, "can't open the database again"),
                }
                batch.iter().map(|_| Err(Error::Unavailable)).collect()
            }
        };
        for (job, outcome) in batch.drain(..).zip(outcomes) {
            // First the note, then the answer: who asks again on hearing it must not be told that
            // it is still in flight.
            drop(job.in_flight);
            // Whoever has gone away will ask again, with the same key.
            let _ = job.answer.send(outcome);
        }
    }
    if let Err(error) = connection.close().await {
        error!(%error, "can't close the database");
    }
}

/// Stores every job in one transaction, or none of them.
///
/// There is no savepoint around each: in SQLite a statement that fails undoes itself and leaves the
/// transaction as it was, and each job is one statement that changes something.
async fn store_all(
    connection: &mut SqliteConnection,
    batch: &[Job],
) -> Result<Vec<Result<Stored, Error>>, sqlx::Error> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for job in batch {
        let outcome = store(&mut transaction, job).await;
        outcomes.push(outcome.map_err(|error| {
            error!(%error, "can't store a submission");
            Error::Unavailable
        }));
    }
    transaction.commit().await?;
    Ok(outcomes)
}

async fn store(connection: &mut SqliteConnection, job: &Job) -> Result<Stored, sqlx::Error> {
    loop {
        let reference = new_reference()?;
        let access_code = access_code(job.submission.key, &reference);
        if insert(connection, job, &reference, &access_code).await? {
            let Submission { kind, received_on, dates, .. } = job.submission;
            let receipt = Receipt::new(reference, Some(access_code), kind, received_on, dates);
            return Ok(Stored::New(receipt));
        }
        // Something was there already: this key, or, once in millions, this reference.
        if let Some(stored) = find(connection, job).await? {
            return Ok(stored);
        }
    }
}

/// Adds a row; `false` where its key or its reference is taken.
async fn insert(
    connection: &mut SqliteConnection,
    job: &Job,
    reference: &str,
    access_code: &str,
) -> Result<bool, sqlx::Error> {
    let Submission {
        key: _,
        body,
        kind,
        landlord,
        language,
        flags,
        received_at,
        received_on,
        dates,
    } = &job.submission;
    let dates = dates.and_then(Result::ok);
    let date = |which: fn(StageDates) -> NaiveDate| dates.map(|it| which(it).to_string());
    let access_code_hash = sha256(format!("{reference}:{access_code}").as_bytes());
    let done = sqlx::query(
        "insert into submissions (
            reference, kind, stage, landlord, language, received_at, received_on,
            acknowledge_by, respond_by, extended_by, flags,
            idempotency_key_hash, body_hash, access_code_hash, body
        ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict do nothing",
    )
    .bind(reference)
    .bind(kind.key())
    .bind(receipt::stage(*kind))
    .bind(landlord)
    .bind(language)
    .bind(received_at)
    .bind(received_on.to_string())
    .bind(date(|it| it.acknowledge_by))
    .bind(date(|it| it.respond_by))
    .bind(date(|it| it.extended_by))
    .bind(flags)
    .bind(&job.key_hash[..])
    .bind(&job.body_hash[..])
    .bind(&access_code_hash[..])
    .bind(body)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What was stored under the key of this job, if anything: the receipt that was given then.
async fn find(connection: &mut SqliteConnection, job: &Job) -> Result<Option<Stored>, sqlx::Error> {
    let row = sqlx::query(
        "select reference, body_hash, stage, received_on, acknowledge_by, respond_by, extended_by
        from submissions where idempotency_key_hash = ?",
    )
    .bind(&job.key_hash[..])
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let body_hash: Vec<u8> = row.try_get("body_hash")?;
    if body_hash != job.body_hash {
        return Ok(Some(Stored::OtherBody));
    }
    let reference: String = row.try_get("reference")?;
    let receipt = Receipt {
        access_code: Some(access_code(job.submission.key, &reference)),
        reference,
        stage: row.try_get("stage")?,
        received_on: date(&row, "received_on")?.ok_or(sqlx::Error::RowNotFound)?,
        acknowledge_by: date(&row, "acknowledge_by")?,
        respond_by: date(&row, "respond_by")?,
        extended_by: date(&row, "extended_by")?,
    };
    Ok(Some(Stored::Before(receipt)))
}

fn date(row: &SqliteRow, column: &str) -> Result<Option<NaiveDate>, sqlx::Error> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| text.parse()).transpose().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn new_reference() -> Result<String, sqlx::Error> {
    let mut random = [0; 9];
    getrandom::fill(&mut random).map_err(|error| sqlx::Error::Io(error.into()))?;
    Ok(reference::reference(random))
}

/// The access code, worked out from the sender's key and the reference.
///
/// The same key must give the same receipt again, its access code included; yet the service must
/// not keep the code, or whoever reads the database could act as the resident. So it is not kept
/// but made again: HMAC-SHA256 of the reference under the key. The key is a random UUID that only
/// the sender has, and the service stores only its hash.
fn access_code(key: Uuid, reference: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(reference.as_bytes());
    let code: [u8; 32] = mac.finalize().into_bytes().into();
    let (first, _) = code.split_first_chunk().expect("SHA-256 has more than sixteen bytes");
    reference::access_code(*first)
}
