//! The rows of the files that residents attach.

use chrono::NaiveDate;
use domain::choices::Choice;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row};

use super::{Store, lock, sought, unreadable};
use crate::cases;
use crate::clock::Now;
use crate::error::Error;

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Bytes are missing.
    Incomplete,
    /// The whole was not what had been announced. It can be sent again from its first byte.
    Damaged,
    /// It is whole. Nothing has scanned it, or not yet.
    Received,
    /// It is whole, and the scanner found nothing.
    Clean,
    /// It is whole, and the scanner found something. It is kept apart.
    Infected,
    /// It is whole, and could not be scanned.
    NotScanned,
    /// It is not of a kind that is taken. Its bytes are gone.
    Refused,
    /// Its sender took it back. Its bytes are gone.
    Removed,
    /// Nobody claimed it, or sent the rest of it, in time. Its bytes are gone.
    Expired,
}

impl Choice for State {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Incomplete, "incomplete"),
        (Self::Damaged, "damaged"),
        (Self::Received, "received"),
        (Self::Clean, "clean"),
        (Self::Infected, "infected"),
        (Self::NotScanned, "not_scanned"),
        (Self::Refused, "refused"),
        (Self::Removed, "removed"),
        (Self::Expired, "expired"),
    ];
}

impl State {
    /// Whether bytes of it are still taken.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Incomplete | Self::Damaged)
    }

    /// Whether its bytes are gone for good.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Refused | Self::Removed | Self::Expired)
    }
}

/// A file, as its row says.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The last part of its address; who knows it may go on sending.
    pub id: String,
    /// The name under which its bytes are stored.
    pub file: String,
    /// The complaint that it belongs to.
    pub reference: Option<String>,
    /// How far it has come.
    pub state: State,
    /// Why so, as a code.
    pub reason: Option<String>,
    /// Its length in bytes when it is whole.
    pub size: u64,
    /// The header `Upload-Metadata`, as it came.
    pub metadata: String,
    /// The name that it has on the resident's device.
    pub name: Option<String>,
    /// The SHA-256 that was announced.
    pub announced: Option<Vec<u8>>,
    /// The media type by its content.
    pub media_type: Option<String>,
    /// The SHA-256 of what is stored.
    pub sha256: Option<Vec<u8>>,
    /// When it is removed, in UTC; `None` where it is kept.
    pub expires_at: Option<String>,
    /// Whether its turn to be scanned is still to come.
    pub to_be_scanned: bool,
    /// How many bytes have arrived, where they arrive in pieces in the bucket.
    pub arrived: Option<u64>,
    /// Whether its bytes are in the bucket as one object, and nowhere else.
    pub in_bucket: bool,
}

/// A file that is announced.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "as in `Upload`")]
pub struct Announced {
    pub id: String,
    pub file: String,
    pub reference: Option<String>,
    pub size: u64,
    pub metadata: String,
    pub name: Option<String>,
    pub sha256: Option<Vec<u8>>,
    /// SHA-256 of what makes creating it twice the same as once.
    pub key_hash: Option<[u8; 32]>,
    pub created_at: String,
    /// The day in London.
    pub created_on: NaiveDate,
    pub expires_at: String,
    /// Whether it is to arrive in pieces in the bucket.
    pub in_pieces: bool,
}

/// How much is taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub file: u64,
    /// Files of one complaint.
    pub files: u64,
    /// Bytes of all files of one complaint.
    pub total: u64,
    /// Bytes of all files that belong to no complaint yet.
    pub unclaimed: u64,
}

/// What became of a file that was announced.
#[derive(Debug)]
pub enum Creation {
    /// It is new.
    New,
    /// It is there already: the same key, or the same bytes in the same complaint.
    Before(Box<Upload>),
    /// The key belongs to another file.
    OtherFile,
    /// There are too many files, or too many bytes.
    Over(Limit),
}

/// The limit that a file would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::files`].
    Files,
    /// [`Limits::total`].
    Total,
    /// [`Limits::unclaimed`].
    Unclaimed,
}

/// Why files were not claimed: which of them, and what is wrong; `None` is an address that is not
/// known, or that of another complaint.
pub type NotClaimed = (usize, Option<Limit>);

/// A change to one row, or to those that are claimed together.
#[derive(Debug)]
enum Change {
    Create(Announced, Limits),
    Claim { reference: String, ids: Vec<String>, limits: Limits, expires_at: String, now: Now },
    Touch { id: String, expires_at: String },
    Damage { id: String },
    Finish { id: String, media_type: &'static str, sha256: [u8; 32], scan_after: Option<String> },
    Scan { id: String, state: State, reason: Option<String>, scan_after: Option<String> },
    InBucket { id: String },
    End { id: String, state: State, reason: Option<&'static str> },
    Forget { created_before: String },
}

/// What a change has led to.
enum Changed {
    Done,
    Created(Creation),
    Claimed(Result<Vec<Upload>, NotClaimed>),
}

impl Store {
    /// The file with this address.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] where the database fails; so do all others here.
    pub async fn upload(&self, id: &str) -> Result<Option<Upload>, Error> {
        Ok(self.uploads("id = $1", &[id]).await?.pop())
    }

    /// The file whose bytes are stored under this name.
    pub async fn upload_in(&self, file: &str) -> Result<Option<Upload>, Error> {
        Ok(self.uploads("file = $1", &[file]).await?.pop())
    }

    /// The files of a complaint, in the order in which they came.
    pub async fn uploads_of(&self, reference: &str) -> Result<Vec<Upload>, Error> {
        self.uploads("reference = $1 order by created_at, id", &[reference]).await
    }

    /// Files whose time is over.
    pub async fn expired_uploads(&self, now: &str) -> Result<Vec<Upload>, Error> {
        let ended = "expires_at < $1 and state not in ('refused', 'removed', 'expired')";
        self.uploads(ended, &[now]).await
    }

    /// Files of which bytes are missing.
    pub async fn open_uploads(&self) -> Result<Vec<Upload>, Error> {
        self.uploads("state in ('incomplete', 'damaged')", &[]).await
    }

    /// Files whose turn to be scanned has come.
    pub async fn uploads_to_scan(&self, now: &str) -> Result<Vec<Upload>, Error> {
        let due = "scan_after <= $1 and state in ('received', 'not_scanned') order by scan_after";
        self.uploads(due, &[now]).await
    }

    /// Whole files of complaints that are still in the folder or in pieces, and need no scanning any more.
    pub async fn uploads_to_move(&self) -> Result<Vec<Upload>, Error> {
        let ready = "(place = 'folder' or arrived is not null)
            and scan_after is null and reference is not null
            and state in ('received', 'clean', 'not_scanned')";
        self.uploads(ready, &[]).await
    }

    /// Notes a file that is to come.
    pub async fn create_upload(&self, file: Announced, limits: Limits) -> Result<Creation, Error> {
        match self.change(Change::Create(file, limits)).await? {
            Changed::Created(creation) => Ok(creation),
            Changed::Done | Changed::Claimed(_) => Err(Error::Unavailable),
        }
    }

    /// Makes files part of a complaint: all of them, or none.
    pub async fn claim_uploads(
        &self,
        reference: String,
        ids: Vec<String>,
        limits: Limits,
        expires_at: String,
        now: Now,
    ) -> Result<Result<Vec<Upload>, NotClaimed>, Error> {
        match self.change(Change::Claim { reference, ids, limits, expires_at, now }).await? {
            Changed::Claimed(outcome) => Ok(outcome),
            Changed::Done | Changed::Created(_) => Err(Error::Unavailable),
        }
    }

    /// Notes that bytes of a file have come.
    pub async fn touch_upload(&self, id: &str, expires_at: String) -> Result<(), Error> {
        self.change(Change::Touch { id: id.to_owned(), expires_at }).await.map(|_| ())
    }

    /// Notes that the whole was not what had been announced.
    pub async fn damage_upload(&self, id: &str) -> Result<(), Error> {
        self.change(Change::Damage { id: id.to_owned() }).await.map(|_| ())
    }

    /// Notes that a file is whole, and what it is.
    pub async fn finish_upload(
        &self,
        id: &str,
        media_type: &'static str,
        sha256: [u8; 32],
        scan_after: Option<String>,
    ) -> Result<(), Error> {
        let id = id.to_owned();
        self.change(Change::Finish { id, media_type, sha256, scan_after }).await.map(|_| ())
    }

    /// Notes what the scanner said, and when to ask again.
    pub async fn note_scan(
        &self,
        id: &str,
        state: State,
        reason: Option<String>,
        scan_after: Option<String>,
    ) -> Result<(), Error> {
        let id = id.to_owned();
        self.change(Change::Scan { id, state, reason, scan_after }).await.map(|_| ())
    }

    /// Notes that the bucket has all bytes.
    pub async fn note_in_bucket(&self, id: &str) -> Result<(), Error> {
        self.change(Change::InBucket { id: id.to_owned() }).await.map(|_| ())
    }

    /// Notes that a file's bytes are no longer kept.
    pub async fn end_upload(
        &self,
        id: &str,
        state: State,
        reason: Option<&'static str>,
    ) -> Result<(), Error> {
        self.change(Change::End { id: id.to_owned(), state, reason }).await.map(|_| ())
    }

    /// Forgets uploads that ended before anybody claimed them.
    pub async fn forget_uploads(&self, created_before: String) -> Result<(), Error> {
        self.change(Change::Forget { created_before }).await.map(|_| ())
    }

    async fn change(&self, change: Change) -> Result<Changed, Error> {
        self.write(move |connection| Box::pin(async move { apply(connection, &change).await }))
            .await
    }

    async fn uploads(&self, which: &'static str, with: &[&str]) -> Result<Vec<Upload>, Error> {
        let mut query = sqlx::query(AssertSqlSafe(format!("{SELECT} where {which}")));
        for value in with {
            query = query.bind(sought(value));
        }
        let rows = query.fetch_all(&self.pool).await.map_err(unreadable)?;
        rows.iter().map(upload).collect::<Result<_, _>>().map_err(unreadable)
    }
}

const SELECT: &str = "select id, file, reference, state, reason, size, metadata, name, \
    announced_sha256, media_type, sha256, expires_at, scan_after, place, arrived from uploads";

/// Of the rows of a complaint, those that count.
const ALIVE: &str = "state not in ('refused', 'removed', 'expired')";

fn upload(row: &AnyRow) -> Result<Upload, sqlx::Error> {
    let state: String = row.try_get("state")?;
    let unknown = || sqlx::Error::Decode(format!("no state {state:?}").into());
    let arrived: Option<i64> = row.try_get("arrived")?;
    Ok(Upload {
        id: row.try_get("id")?,
        file: row.try_get("file")?,
        reference: row.try_get("reference")?,
        state: State::from_key(&state).ok_or_else(unknown)?,
        reason: row.try_get("reason")?,
        size: row.try_get::<i64, _>("size")?.unsigned_abs(),
        metadata: row.try_get("metadata")?,
        name: row.try_get("name")?,
        announced: row.try_get("announced_sha256")?,
        media_type: row.try_get("media_type")?,
        sha256: row.try_get("sha256")?,
        expires_at: row.try_get("expires_at")?,
        to_be_scanned: row.try_get::<Option<String>, _>("scan_after")?.is_some(),
        arrived: arrived.map(i64::unsigned_abs),
        in_bucket: arrived.is_none() && row.try_get::<String, _>("place")? == "bucket",
    })
}

/// Makes a change, inside of a transaction.
async fn apply(connection: &mut AnyConnection, change: &Change) -> Result<Changed, sqlx::Error> {
    let query = match change {
        Change::Create(file, limits) => {
            return create(connection, file, limits).await.map(Changed::Created);
        }
        Change::Claim { reference, ids, limits, expires_at, now } => {
            let outcome = claim(connection, reference, ids, limits, expires_at).await?;
            if outcome.is_ok() {
                cases::evidence_added(connection, reference, &now.at, now.today).await?;
            }
            return Ok(Changed::Claimed(outcome));
        }
        Change::Touch { id, expires_at } => sqlx::query(
            // What nobody has claimed has its time from its creation.
            "update uploads set state = 'incomplete', reason = null,
                expires_at = case when reference is null then expires_at else $1 end
            where id = $2 and state in ('incomplete', 'damaged')",
        )
        .bind(expires_at)
        .bind(id),
        Change::Damage { id } => sqlx::query(
            "update uploads set state = 'damaged', reason = 'checksum_mismatch'
            where id = $1 and state in ('incomplete', 'damaged')",
        )
        .bind(id),
        Change::Finish { id, media_type, sha256, scan_after } => sqlx::query(
            "update uploads set state = 'received', reason = null, media_type = $1, sha256 = $2,
                scan_after = $3,
                expires_at = case when reference is null then expires_at end
            where id = $4 and state in ('incomplete', 'damaged')",
        )
        .bind(*media_type)
        .bind(&sha256[..])
        .bind(scan_after)
        .bind(id),
        Change::Scan { id, state, reason, scan_after } => sqlx::query(
            "update uploads set state = $1, reason = $2, scan_after = $3
            where id = $4 and state in ('received', 'not_scanned')",
        )
        .bind(state.key())
        .bind(reason)
        .bind(scan_after)
        .bind(id),
        Change::InBucket { id } => {
            forget_pieces(connection, id).await?;
            sqlx::query("update uploads set place = 'bucket', arrived = null where id = $1")
                .bind(id)
        }
        Change::End { id, state, reason } => {
            end(connection, id, *state, *reason).await?;
            return Ok(Changed::Done);
        }
        Change::Forget { created_before } => sqlx::query(
            "delete from uploads where reference is null and created_at < $1
            and state in ('refused', 'removed', 'expired')",
        )
        .bind(created_before),
    };
    query.execute(connection).await?;
    Ok(Changed::Done)
}

/// Ends an upload. What the file was called goes with it. A refused one keeps its key: whoever asks
/// again with it is refused again; what was taken back or has expired may be sent anew.
async fn end(
    connection: &mut AnyConnection,
    id: &str,
    state: State,
    reason: Option<&str>,
) -> Result<(), sqlx::Error> {
    forget_pieces(connection, id).await?;
    sqlx::query(
        "update uploads set state = $1, reason = $2, name = null, metadata = '',
            scan_after = null, expires_at = null,
            idempotency_key_hash = case when $1 = 'refused' then idempotency_key_hash end
        where id = $3",
    )
    .bind(state.key())
    .bind(reason)
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// The objects themselves are removed by whoever asked for this, or found by the next round.
async fn forget_pieces(connection: &mut AnyConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("delete from upload_pieces where upload = $1").bind(id).execute(connection).await?;
    Ok(())
}

async fn create(
    connection: &mut AnyConnection,
    file: &Announced,
    limits: &Limits,
) -> Result<Creation, sqlx::Error> {
    let whose = file.reference.as_deref().unwrap_or_default();
    lock(connection, &format!("uploads:{whose}")).await?;
    if let Some(key_hash) = &file.key_hash {
        let sql = format!("{SELECT} where idempotency_key_hash = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(&key_hash[..]);
        if let Some(before) = still(connection, row, file).await? {
            let is_same = before.size == file.size && before.announced == file.sha256;
            return Ok(if is_same { Creation::Before(before) } else { Creation::OtherFile });
        }
    }
    if let (Some(reference), Some(sha256)) = (&file.reference, &file.sha256) {
        let sql = format!("{SELECT} where {ALIVE} and reference = $1 and announced_sha256 = $2");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(reference).bind(sha256);
        if let Some(before) = still(connection, row, file).await? {
            let is_same = before.size == file.size;
            return Ok(if is_same { Creation::Before(before) } else { Creation::OtherFile });
        }
    }
    if let Some(limit) = over(connection, file.reference.as_deref(), 1, file.size, limits).await? {
        return Ok(Creation::Over(limit));
    }
    sqlx::query(
        "insert into uploads (
            id, file, reference, state, size, metadata, name, announced_sha256,
            idempotency_key_hash, created_at, expires_at, place, arrived
        ) values ($1, $2, $3, 'incomplete', $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&file.id)
    .bind(&file.file)
    .bind(&file.reference)
    .bind(as_integer(file.size))
    .bind(&file.metadata)
    .bind(&file.name)
    .bind(&file.sha256)
    .bind(file.key_hash.as_ref().map(|it| &it[..]))
    .bind(&file.created_at)
    .bind(&file.expires_at)
    .bind(if file.in_pieces { "bucket" } else { "folder" })
    .bind(file.in_pieces.then_some(0_i64))
    .execute(&mut *connection)
    .await?;
    if let Some(reference) = &file.reference {
        cases::evidence_added(connection, reference, &file.created_at, file.created_on).await?;
    }
    Ok(Creation::New)
}

/// The upload in this row, if there is one whose time is not over; else it ends here.
async fn still(
    connection: &mut AnyConnection,
    row: Query<'_, Any, AnyArguments>,
    new: &Announced,
) -> Result<Option<Box<Upload>>, sqlx::Error> {
    let Some(row) = row.fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let before = upload(&row)?;
    if before.expires_at.as_ref().is_some_and(|at| *at < new.created_at) {
        end(connection, &before.id, State::Expired, None).await?;
        return Ok(None);
    }
    Ok(Some(Box::new(before)))
}

async fn claim(
    connection: &mut AnyConnection,
    reference: &str,
    ids: &[String],
    limits: &Limits,
    expires_at: &str,
) -> Result<Result<Vec<Upload>, NotClaimed>, sqlx::Error> {
    lock(connection, &format!("uploads:{reference}")).await?;
    let mut claimed = Vec::with_capacity(ids.len());
    let (mut files, mut bytes) = (0, 0);
    let by_id = format!("{SELECT} where id = $1");
    for (at, id) in ids.iter().enumerate() {
        let row = sqlx::query(AssertSqlSafe(by_id.as_str()))
            .bind(id)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(found) = row.as_ref().map(upload).transpose()? else {
            return Ok(Err((at, None)));
        };
        match &found.reference {
            _ if found.state.is_gone() => return Ok(Err((at, None))),
            Some(of) if of != reference => return Ok(Err((at, None))),
            Some(_) => {}
            None => (files, bytes) = (files + 1, bytes + found.size),
        }
        if let Some(limit) = over(connection, Some(reference), files, bytes, limits).await? {
            return Ok(Err((at, Some(limit))));
        }
        claimed.push(found);
    }
    for found in &mut claimed {
        // Left as it is where the complaint has the same file already: then that one is meant, and this
        // one ends when its time is over.
        let sql = format!(
            "update uploads set reference = $1,
                expires_at = case when state in ('incomplete', 'damaged') then $2 end
            where id = $3 and reference is null and not exists (
                select 1 from uploads as other
                where other.reference = $1 and other.announced_sha256 = uploads.announced_sha256
                and other.{ALIVE}
            )"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(reference)
            .bind(expires_at)
            .bind(&found.id)
            .execute(&mut *connection)
            .await?;
        let sql = format!(
            "{SELECT} where {ALIVE} and reference = $1
            and (id = $2 or announced_sha256 = (select announced_sha256 from uploads where id = $2))"
        );
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(reference)
            .bind(&found.id)
            .fetch_one(&mut *connection)
            .await?;
        *found = upload(&row)?;
    }
    Ok(Ok(claimed))
}

/// Which limit would be exceeded by so many more files with so many bytes.
async fn over(
    connection: &mut AnyConnection,
    reference: Option<&str>,
    files: u64,
    bytes: u64,
    limits: &Limits,
) -> Result<Option<Limit>, sqlx::Error> {
    // Of what nobody has claimed, the smallest counts for something too: a row is no smaller.
    let sql = format!(
        "select count(*), cast(coalesce(sum(
            case when reference is null and size < {SMALLEST} then {SMALLEST} else size end
        ), 0) as bigint)
        from uploads where {ALIVE} and reference is not distinct from $1"
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(reference).fetch_one(connection).await?;
    let has_files = row.try_get::<i64, _>(0)?.unsigned_abs();
    let has_bytes = row.try_get::<i64, _>(1)?.unsigned_abs();
    let bytes = has_bytes.saturating_add(bytes);
    Ok(match reference {
        None => (bytes > limits.unclaimed).then_some(Limit::Unclaimed),
        Some(_) if files > 0 && has_files + files > limits.files => Some(Limit::Files),
        Some(_) => (files > 0 && bytes > limits.total).then_some(Limit::Total),
    })
}

/// What an unclaimed file counts at least, in bytes: with the usual limit there are 50,000 at most.
const SMALLEST: u64 = 100_000;

/// A size as a database stores it. The limit for a file is far below the end of its numbers.
pub(super) fn as_integer(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
