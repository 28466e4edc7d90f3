//! The command `purge`: removes cases whose time is over, with everything that anybody wrote or attached,
//! and keeps what was removed and when. Without `--yes` it only says what it would remove.
//!
//! What is deliberately absent: removing a case that is open, or one that somebody picks. A complaint
//! leaves by the landlord's schedule alone.

use std::io::{self, Write};
use std::time::SystemTime;

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Connection, Row};
use tracing::info;

use crate::options::{self, Age};
use crate::store::{self, Place};
use crate::uploads::Uploads;
use crate::{Failure, clock, serve};

/// A case whose time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    /// Its reference.
    pub reference: String,
    /// What it was.
    pub kind: String,
    /// The day of its receipt.
    pub received_on: String,
    /// The moment of the last thing that happened in it.
    pub updated_at: String,
    /// How many files it has, and their bytes.
    pub files: i64,
    /// Their bytes.
    pub bytes: i64,
}

/// What is over: an answered, declined or withdrawn complaint, a request or a comment in which nothing has
/// happened since the day.
const IS_OVER: &str = "cases.landlord = $1 and cases.updated_at < $2
    and (cases.status in ('responded', 'declined', 'withdrawn')
        or cases.kind in ('service_request', 'feedback', 'addition'))";

/// Removes what is over, or says what that would be.
///
/// # Errors
///
/// The database or the folder of the files can't be used. What was removed before is noted.
pub async fn purge(options: &options::Purge) -> Result<(), Failure> {
    let place = serve::database(&options.stored.database)?;
    // Opening it brings it to this version.
    let (opened, writer) = store::Store::open(&place).await?;
    let uploads = Uploads::new(serve::evidence(&options.stored)?);
    let before =
        options.until.before(clock::at(SystemTime::now()).map_err(Failure::from_store)?.today);
    let mut connection = connect(&place).await?;
    let mut out = io::stdout().lock();
    // What a run before this one could not finish.
    let left = finish(&mut connection, &uploads).await.map_err(Failure::Purge)?;
    let over = find(&mut connection, &options.landlord, before).await.map_err(Failure::Purge)?;
    let (files, bytes) =
        over.iter().fold((0, 0), |(files, bytes), it| (files + it.files, bytes + it.bytes));
    for Over { reference, kind, received_on, updated_at, files, .. } in &over {
        let day = updated_at.get(..10).unwrap_or_default();
        let _ = writeln!(
            out,
            "{reference}  {kind}  received {received_on}  last change {day}  files {files}"
        );
    }
    let cases = over.len();
    let what = format!("{cases} cases of {} without a change since {before}", options.landlord);
    if !options.yes {
        let _ = writeln!(
            out,
            "{what}, with {files} files ({bytes} bytes). Nothing was removed: with --yes they are."
        );
        return Ok(());
    }
    let mut removed = 0;
    for it in &over {
        let done = remove(&mut connection, &it.reference, &options.landlord, before, &options.by);
        if done.await.map_err(Failure::Purge)? {
            removed += 1;
        }
    }
    let still = left + finish(&mut connection, &uploads).await.map_err(Failure::Purge)?;
    tidy(&mut connection).await.map_err(Failure::Purge)?;
    let _ = connection.close().await;
    opened.pool().close().await;
    drop(opened);
    let _ = writer.await;
    let _ = writeln!(out, "{what}: {removed} removed, with their files.");
    if still > 0 { Err(Failure::NotRemoved(still)) } else { Ok(()) }
}

impl options::Until {
    /// The day before which the last change must have been.
    fn before(&self, today: NaiveDate) -> NaiveDate {
        match (self.closed_before, self.older_than) {
            (Some(day), _) => day,
            (None, Some(Age { months })) => {
                today.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN)
            }
            // clap asks for one of them.
            (None, None) => NaiveDate::MIN,
        }
    }
}

/// A connection of its own, on which what is deleted is overwritten.
async fn connect(place: &Place) -> Result<AnyConnection, Failure> {
    let open = async {
        let mut connection = AnyConnection::connect_with(&place.options()?).await?;
        if matches!(place, Place::File(_)) {
            store::set_up(&mut connection).await?;
            for pragma in ["pragma secure_delete = on", "pragma foreign_keys = on"] {
                sqlx::query(pragma).execute(&mut connection).await?;
            }
        }
        Ok(connection)
    };
    open.await.map_err(Failure::Purge)
}

/// The cases that are over.
///
/// # Errors
///
/// The database does not answer.
pub async fn find(
    connection: &mut AnyConnection,
    landlord: &str,
    before: NaiveDate,
) -> Result<Vec<Over>, sqlx::Error> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "select cases.reference as reference, cases.kind as kind, cases.updated_at as updated_at,
            submissions.received_on as received_on,
            (select count(*) from uploads where uploads.reference = cases.reference) as files,
            (select cast(coalesce(sum(size), 0) as bigint) from uploads
                where uploads.reference = cases.reference) as bytes
        from cases join submissions on submissions.reference = cases.reference
        where {IS_OVER} order by cases.updated_at, cases.reference"
    )))
    .bind(landlord)
    .bind(before.to_string())
    .fetch_all(connection)
    .await?;
    let over = |row: &AnyRow| {
        Ok(Over {
            reference: row.try_get("reference")?,
            kind: row.try_get("kind")?,
            received_on: row.try_get("received_on")?,
            updated_at: row.try_get("updated_at")?,
            files: row.try_get("files")?,
            bytes: row.try_get("bytes")?,
        })
    };
    rows.iter().map(over).collect()
}

/// A file whose bytes are to be removed.
#[derive(Debug, Serialize, Deserialize)]
struct File {
    file: String,
    place: String,
}

/// Removes a case but for its tombstone, which says which bytes are still to be removed. `false` where
/// something has happened in it meanwhile, and it is no longer over.
async fn remove(
    connection: &mut AnyConnection,
    reference: &str,
    landlord: &str,
    before: NaiveDate,
    by: &str,
) -> Result<bool, sqlx::Error> {
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let mut transaction = connection.begin().await?;
    // From here on nobody else changes it: on SQLite because the first statement writes.
    store::lock(&mut transaction, &format!("case:{reference}")).await?;
    let noted = sqlx::query(sqlx::AssertSqlSafe(format!(
        "insert into tombstones (
            reference, landlord, kind, stage, status, received_on, updated_at,
            events, files, bytes, purged_at, purged_by, to_remove
        )
        select cases.reference, cases.landlord, cases.kind, cases.stage, cases.status,
            submissions.received_on, cases.updated_at,
            (select count(*) from events where events.reference = cases.reference),
            (select count(*) from uploads where uploads.reference = cases.reference),
            (select cast(coalesce(sum(size), 0) as bigint) from uploads
                where uploads.reference = cases.reference),
            $3, $4, '[]'
        from cases join submissions on submissions.reference = cases.reference
        where {IS_OVER} and cases.reference = $5"
    )))
    .bind(landlord)
    .bind(before.to_string())
    .bind(now)
    .bind(by)
    .bind(reference)
    .execute(&mut *transaction)
    .await?;
    if noted.rows_affected() == 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    let rows = sqlx::query("select file, place from uploads where reference = $1")
        .bind(reference)
        .fetch_all(&mut *transaction)
        .await?;
    let file = |row: &AnyRow| -> Result<File, sqlx::Error> {
        Ok(File { file: row.try_get("file")?, place: row.try_get("place")? })
    };
    let files = rows.iter().map(file).collect::<Result<Vec<_>, _>>()?;
    sqlx::query("update tombstones set to_remove = $1 where reference = $2")
        .bind(serde_json::json!(files).to_string())
        .bind(reference)
        .execute(&mut *transaction)
        .await?;
    for delete in [
        "delete from notices where reference = $1",
        "delete from outbox where reference = $1",
        "delete from access_codes where reference = $1",
        "delete from uploads where reference = $1",
        "delete from events where reference = $1",
        "delete from cases where reference = $1",
        "delete from submissions where reference = $1",
    ] {
        sqlx::query(delete).bind(reference).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    info!(reference, "purged");
    Ok(true)
}

/// Removes the bytes that tombstones still name; gives for how many cases that failed.
async fn finish(connection: &mut AnyConnection, uploads: &Uploads) -> Result<usize, sqlx::Error> {
    let rows =
        sqlx::query("select reference, to_remove from tombstones where to_remove is not null")
            .fetch_all(&mut *connection)
            .await?;
    let mut failed = 0;
    for row in rows {
        let reference: String = row.try_get(0)?;
        let text: String = row.try_get(1)?;
        let files: Vec<File> =
            serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let mut is_done = true;
        for File { file, place } in &files {
            is_done &= uploads.erase(file, place == "bucket").await;
        }
        if is_done {
            sqlx::query("update tombstones set to_remove = null where reference = $1")
                .bind(reference)
                .execute(&mut *connection)
                .await?;
        } else {
            failed += 1;
        }
    }
    Ok(failed)
}

/// Has what was deleted leave SQLite's log of changes, too. PostgreSQL's own vacuum does that there.
async fn tidy(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    if connection.backend_name() == "SQLite" {
        sqlx::query("pragma wal_checkpoint(truncate)").execute(connection).await?;
    }
    Ok(())
}
