//! Submissions: what a resident has sent, exactly as it came, and the case that begins with it.

use chrono::NaiveDate;
use domain::case::{By, Case};
use domain::choices::Choice;
use domain::receipt::{self, Receipt};
use domain::record;
use domain::reference;
use domain::timescale::{DatesOrNone, StageDates};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use uuid::Uuid;

use super::{Store, sha256};
use crate::cases::{self, Event};
use crate::error::Error;
use crate::limits::Count;
use crate::outbox::{self, Notice, sealed::Sealed};
use crate::secret::Secret;

/// What is to be stored.
#[derive(Debug)]
pub struct Submission {
    /// The sender's key for this one submission.
    pub key: Uuid,
    /// What is counted of the address that it comes from.
    pub count: Option<Count>,
    /// What was received, exactly.
    pub body: String,
    /// The same, read.
    pub record: record::Submission,
    /// The flags that it raises, as a JSON list.
    pub flags: String,
    /// The moment of receipt, in UTC.
    pub received_at: String,
    /// The day of receipt in London.
    pub received_on: NaiveDate,
    /// The day in London on which this service got it; later than that of receipt where a member of staff
    /// was told before.
    pub today: NaiveDate,
    /// The dates to promise; none for a request or a comment.
    pub dates: Option<DatesOrNone>,
    /// By which the access code is kept from the database until it is mailed.
    pub secret: Secret,
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
    /// Stores a submission, once per key. When this returns [`Stored::New`], it is on disk.
    ///
    /// # Errors
    ///
    /// [`Error::InFlight`] while the same key is being stored; [`Error::Unavailable`] where the
    /// database fails, and then nothing is promised.
    pub async fn submit(&self, submission: Submission) -> Result<Stored, Error> {
        let key_hash = key_hash(submission.key);
        let in_flight = self.in_flight.enter(key_hash).ok_or(Error::InFlight)?;
        self.write(move |connection| {
            Box::pin(async move {
                let stored = store(connection, &submission, key_hash).await;
                // It travels with the work, not with the request: a sender that goes away does not end it.
                drop(in_flight);
                stored
            })
        })
        .await
    }
}

async fn store(
    connection: &mut AnyConnection,
    submission: &Submission,
    key_hash: [u8; 32],
) -> Result<Stored, sqlx::Error> {
    let body_hash = sha256(submission.body.as_bytes());
    loop {
        let reference = new_reference()?;
        let access_code = access_code(submission.key, &reference);
        let Submission { record, received_on, dates, .. } = submission;
        if insert(connection, submission, &reference, &access_code, key_hash, body_hash).await? {
            let case = Case::new(&reference, record, *received_on, *dates);
            begin(connection, submission, &case, &access_code).await?;
            if let Some(count) = &submission.count {
                count.add(connection).await?;
            }
            let kind = record.kind();
            let receipt = Receipt::new(reference, Some(access_code), kind, *received_on, *dates);
            return Ok(Stored::New(receipt));
        }
        // Something was there already: this key, or, once in millions, this reference.
        if let Some(stored) = find(connection, submission.key, key_hash, body_hash).await? {
            return Ok(stored);
        }
    }
}

/// The case that begins with it, its first event, and who is told.
async fn begin(
    connection: &mut AnyConnection,
    submission: &Submission,
    case: &Case,
    access_code: &str,
) -> Result<(), sqlx::Error> {
    let Submission { received_at, today, record, .. } = submission;
    cases::insert(connection, case, received_at).await?;
    let event = Event {
        by: By::Resident,
        who: None,
        what: "received",
        text: None,
        at: received_at,
        on: *today,
    };
    let event_id = cases::append(connection, &case.reference, &event, None).await?;
    // Without random numbers nothing could be stored either; then it is not mailed.
    let access_code = Sealed::new(&submission.secret, access_code).ok();
    let notice = Notice {
        case,
        event_id,
        what: event.what,
        by: event.by,
        at: received_at,
        access_code: access_code.as_ref(),
        record: Some(record),
    };
    outbox::enqueue(connection, &notice).await
}

/// Adds a row; `false` where its key or its reference is taken.
async fn insert(
    connection: &mut AnyConnection,
    submission: &Submission,
    reference: &str,
    access_code: &str,
    key_hash: [u8; 32],
    body_hash: [u8; 32],
) -> Result<bool, sqlx::Error> {
    let Submission {
        key: _,
        count: _,
        secret: _,
        body,
        record,
        flags,
        received_at,
        received_on,
        today: _,
        dates,
    } = submission;
    let dates = dates.and_then(Result::ok);
    let date = |which: fn(StageDates) -> NaiveDate| dates.map(|it| which(it).to_string());
    let envelope = &record.common().envelope;
    let done = sqlx::query(
        "insert into submissions (
            reference, kind, stage, landlord, language, received_at, received_on,
            acknowledge_by, respond_by, extended_by, flags,
            idempotency_key_hash, body_hash, access_code_hash, body
        ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        on conflict do nothing",
    )
    .bind(reference)
    .bind(record.kind().key())
    .bind(i64::from(receipt::stage(record.kind())))
    .bind(&envelope.landlord)
    .bind(&envelope.language)
    .bind(received_at)
    .bind(received_on.to_string())
    .bind(date(|it| it.acknowledge_by))
    .bind(date(|it| it.respond_by))
    .bind(date(|it| it.extended_by))
    .bind(flags)
    .bind(&key_hash[..])
    .bind(&body_hash[..])
    .bind(&code_hash(reference, access_code)[..])
    .bind(body)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What was stored under this key, if anything: the receipt that was given then.
async fn find(
    connection: &mut AnyConnection,
    key: Uuid,
    key_hash: [u8; 32],
    body_hash: [u8; 32],
) -> Result<Option<Stored>, sqlx::Error> {
    let row = sqlx::query(
        "select reference, body_hash, stage, received_on, acknowledge_by, respond_by, extended_by
        from submissions where idempotency_key_hash = $1",
    )
    .bind(&key_hash[..])
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let stored: Vec<u8> = row.try_get("body_hash")?;
    if stored != body_hash {
        return Ok(Some(Stored::OtherBody));
    }
    let reference: String = row.try_get("reference")?;
    let receipt = Receipt {
        access_code: Some(access_code(key, &reference)),
        reference,
        stage: if row.try_get::<i64, _>("stage")? == 2 { 2 } else { 1 },
        received_on: date(&row, "received_on")?.ok_or(sqlx::Error::RowNotFound)?,
        acknowledge_by: date(&row, "acknowledge_by")?,
        respond_by: date(&row, "respond_by")?,
        extended_by: date(&row, "extended_by")?,
    };
    Ok(Some(Stored::Before(receipt)))
}

/// The day in this column.
pub(crate) fn date(row: &AnyRow, column: &str) -> Result<Option<NaiveDate>, sqlx::Error> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| text.parse()).transpose().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn new_reference() -> Result<String, sqlx::Error> {
    let mut random = [0; 9];
    getrandom::fill(&mut random).map_err(|error| sqlx::Error::Io(error.into()))?;
    Ok(reference::reference(random))
}

/// The key is a secret of the sender (it gives the access code), so only its hash is stored. A
/// random UUID can't be guessed from it.
fn key_hash(key: Uuid) -> [u8; 32] {
    sha256(key.as_bytes())
}

/// What is stored of an access code.
pub(crate) fn code_hash(reference: &str, code: &str) -> [u8; 32] {
    sha256(format!("{reference}:{code}").as_bytes())
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
