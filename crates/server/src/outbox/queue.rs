//! What waits to be delivered, in the database. Any number of instances work on it at once: whoever
//! delivers has a webhook or a letter for a while (`claimed_until`), and nobody else touches it then. One
//! that dies loses it when that time is over, and the message goes out again: at least once, and never
//! two of one lane at a time.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::AppState;
use crate::clock::{self, Now};
use crate::error::Error;
use crate::store::unreadable;

/// A message that waits.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its place in the order.
    pub id: i64,
    /// What it is: one of `webhook`, `resident`, `team`, `officer`, `alarm`.
    pub kind: String,
    /// By which the receiver knows it again.
    pub message_id: String,
    /// The case.
    pub reference: Option<String>,
    /// The event that it tells of.
    pub event_id: Option<i64>,
    /// For whom it is.
    pub reader: Option<String>,
    /// What it says, or is made from.
    pub body: String,
    /// An access code, or the token of a link; sealed.
    pub code: Option<String>,
    /// When it was written.
    pub created_at: String,
    /// After which it is worth nothing.
    pub expires_at: Option<String>,
    /// Since when it has failed.
    pub failing_since: Option<String>,
    /// How often in a row.
    pub failures: u32,
}

/// A message that is new.
#[derive(Debug, Default)]
pub struct New<'a> {
    /// See [`Message::kind`].
    pub kind: &'a str,
    /// What it must not overtake.
    pub lane: &'a str,
    /// See [`Message::message_id`].
    pub message_id: &'a str,
    /// The case.
    pub reference: Option<&'a str>,
    /// The event that it tells of.
    pub event_id: Option<i64>,
    /// For whom it is.
    pub reader: Option<&'a str>,
    /// What it says, or is made from.
    pub body: &'a str,
    /// An access code, or the token of a link; sealed.
    pub code: Option<&'a str>,
    /// The moment.
    pub at: &'a str,
    /// After which it is worth nothing.
    pub expires_at: Option<&'a str>,
}

const WAITS: &str = "delivered_at is null and parked_at is null";
const COLUMNS: &str = "id, kind, message_id, reference, event_id, reader, body, code, created_at, \
    expires_at, failing_since, failures";

/// Adds a message.
///
/// # Errors
///
/// The database fails.
pub async fn add(connection: &mut AnyConnection, new: &New<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into outbox (
            kind, lane, message_id, reference, event_id, reader, body, code, created_at, expires_at,
            failures
        ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
    )
    .bind(new.kind)
    .bind(new.lane)
    .bind(new.message_id)
    .bind(new.reference)
    .bind(new.event_id)
    .bind(new.reader)
    .bind(new.body)
    .bind(new.code)
    .bind(new.at)
    .bind(new.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The next messages of a lane, in their order.
pub(super) async fn next(state: &AppState, lane: &str) -> Result<Vec<Message>, Error> {
    let sql =
        format!("select {COLUMNS} from outbox where lane = $1 and {WAITS} order by id limit 20");
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(lane)
        .fetch_all(state.store.pool())
        .await
        .map_err(unreadable)?;
    rows.iter().map(message).collect::<Result<_, _>>().map_err(unreadable)
}

/// Whether nothing newer about a case waits in a lane. Only then has its receiver all that a resident did:
/// what is still on its way may never arrive, and must not keep an alarm silent.
pub(super) async fn is_last(
    state: &AppState,
    lane: &str,
    reference: &str,
    id: i64,
) -> Result<bool, Error> {
    let sql = format!(
        "select 1 where exists (
            select 1 from outbox where lane = $1 and id > $2 and reference = $3 and {WAITS}
        ) or exists (select 1 from notices where reference = $3)"
    );
    let newer = sqlx::query(AssertSqlSafe(sql))
        .bind(lane)
        .bind(id)
        .bind(reference)
        .fetch_optional(state.store.pool())
        .await
        .map_err(unreadable)?;
    Ok(newer.is_none())
}

/// Takes letters whose turn it is, at most so many, until then: the first of each lane.
pub(super) async fn take_letters(
    state: &AppState,
    limit: usize,
    lease_millis: i64,
) -> Result<Vec<Message>, Error> {
    let now = clock::now(state)?;
    let sql = format!(
        "select {COLUMNS} from outbox o
        where {WAITS} and kind <> 'webhook' and (next_at is null or next_at <= $1)
            and (claimed_until is null or claimed_until < $1)
            and not exists (
                select 1 from outbox e
                where e.lane = o.lane and e.id < o.id
                    and e.delivered_at is null and e.parked_at is null
            )
        order by id limit {limit}"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(&now.at)
        .fetch_all(state.store.pool())
        .await
        .map_err(unreadable)?;
    let found: Vec<Message> =
        rows.iter().map(message).collect::<Result<_, _>>().map_err(unreadable)?;
    if found.is_empty() {
        return Ok(found);
    }
    let until = later(&now, lease_millis)?;
    let taken = state.store.write(move |connection| {
        Box::pin(async move {
            let mut taken = Vec::new();
            for message in found {
                let sql = format!(
                    "update outbox set claimed_until = $1 where id = $2 and {WAITS}
                        and (claimed_until is null or claimed_until < $3)"
                );
                let done = sqlx::query(AssertSqlSafe(sql))
                    .bind(&until)
                    .bind(message.id)
                    .bind(&now.at)
                    .execute(&mut *connection)
                    .await?;
                if done.rows_affected() == 1 {
                    taken.push(message);
                }
            }
            Ok(taken)
        })
    });
    taken.await
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The receiver has it.
    Delivered,
    /// There is nobody for it any more, or it is too late.
    Dropped(&'static str),
    /// Nobody tries any longer.
    Parked(&'static str),
    /// It is tried again at this moment.
    Again(Option<String>),
}

/// Notes what became of a message. What it says goes with it, unless it is tried again.
pub(super) async fn settle(
    connection: &mut AnyConnection,
    id: i64,
    end: &End,
    now: &str,
) -> Result<(), sqlx::Error> {
    let (change, with) = match end {
        End::Delivered => (ended("delivered_at"), None),
        End::Dropped(why) => (ended("delivered_at"), Some(*why)),
        End::Parked(why) => (ended("parked_at"), Some(*why)),
        End::Again(next_at) => {
            let again = "failing_since = coalesce(failing_since, $1), failures = failures + 1, \
                next_at = $3";
            (again.to_owned(), next_at.as_deref())
        }
    };
    let sql = format!("update outbox set {change}, claimed_until = null where id = $2");
    sqlx::query(AssertSqlSafe(sql)).bind(now).bind(id).bind(with).execute(connection).await?;
    Ok(())
}

fn ended(column: &str) -> String {
    format!("{column} = $1, body = null, code = null, why = $3")
}

/// Gives letters back that were taken and not tried.
pub(super) async fn give_back(state: &AppState, ids: Vec<i64>) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            for id in ids {
                sqlx::query("update outbox set claimed_until = null where id = $1")
                    .bind(id)
                    .execute(&mut *connection)
                    .await?;
            }
            Ok(())
        })
    });
    work.await
}

/// A moment so much later than this.
pub(super) fn later(now: &Now, millis: i64) -> Result<String, Error> {
    // Only a clock at the end of time has no later.
    clock::moment(now.millis.saturating_add(millis)).ok_or(Error::Unavailable)
}

fn message(row: &AnyRow) -> Result<Message, sqlx::Error> {
    let failures: i64 = row.try_get("failures")?;
    Ok(Message {
        id: row.try_get("id")?,
        kind: row.try_get("kind")?,
        message_id: row.try_get("message_id")?,
        reference: row.try_get("reference")?,
        event_id: row.try_get("event_id")?,
        reader: row.try_get("reader")?,
        body: row.try_get::<Option<String>, _>("body")?.unwrap_or_default(),
        code: row.try_get("code")?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        failing_since: row.try_get("failing_since")?,
        failures: u32::try_from(failures).unwrap_or(u32::MAX),
    })
}
