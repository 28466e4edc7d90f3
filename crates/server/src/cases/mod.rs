//! Cases: what has become of what residents have sent. Here are the rows; the rules are in
//! `domain::case`, and [`act`] is the one way by which anybody changes a case.

use chrono::NaiveDate;
use domain::case::{Act, By, Case, Clock, Desk, Entry, Exhibit, ForPage, NotNow, View};
use domain::choices::Choice;
use domain::evidence::hex;
use domain::record;
use domain::timescale::Timescale;
use domain::working_days::ENGLAND;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};
use tracing::{error, info};
use uuid::Uuid;

use crate::clock::{self, Now};
use crate::error::Error;
use crate::outbox::{self, Notice, recipients, sealed::Sealed};
use crate::store::submissions::code_hash;
use crate::store::{Store, lock, sha256, sought, unreadable};
use crate::{AppState, landlords, secret};

pub mod http;

/// Who does something.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The resident, the landlord or the service.
    pub by: By,
    /// Which officer or key of the landlord. Only the landlord reads it.
    pub who: Option<String>,
}

/// A case as it is stored.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its state.
    pub case: Case,
    /// The moment of receipt, in UTC.
    pub received_at: String,
    /// The moment of the last change, in UTC.
    pub updated_at: String,
    /// When a person or a system of the landlord last had it.
    pub confirmed_at: Option<String>,
    /// Since when something of the resident waits for the landlord to have it.
    pub waiting_since: Option<String>,
    /// The day by which the landlord owes something.
    pub due_on: Option<String>,
    /// What a complaints officer needs to see at once, by keys.
    pub flags: Vec<String>,
}

/// Something that has happened, on its way into the history.
#[derive(Debug)]
pub struct Event<'a> {
    /// Who did it.
    pub by: By,
    /// Which officer or key of the landlord.
    pub who: Option<&'a str>,
    /// What it was.
    pub what: &'a str,
    /// The words, unchanged.
    pub text: Option<&'a str>,
    /// The moment, in UTC.
    pub at: &'a str,
    /// The day in London for which it counts.
    pub on: NaiveDate,
}

/// Which cases are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this landlord; of all where it is `None`.
    pub landlord: Option<String>,
    /// Changed at this moment or later.
    pub updated_since: Option<String>,
    /// With this status.
    pub status: Option<String>,
    /// Only those in which the landlord owes something.
    pub owed: bool,
    /// In which order.
    pub order: Order,
    /// After the case with these: the moment of its change or the day of what is due, and its reference.
    pub after: Option<(String, String)>,
    /// At most so many.
    pub limit: i64,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By the last change, oldest first: whoever asks again goes on from there.
    #[default]
    Changed,
    /// By the last change, newest first.
    Latest,
    /// By what is due next; those in which nothing is due come last.
    Due,
    /// Only those that are open and have no date, by when they came.
    Undated,
    /// By reference, which never changes: whoever reads all of them meets each once.
    Reference,
}

/// The last day that there is, for cases in which nothing is due.
const NEVER: &str = "9999-12-31";

const COLUMNS: &str = "cases.reference as reference, cases.state as state,
    cases.received_at as received_at, cases.updated_at as updated_at,
    cases.confirmed_at as confirmed_at, cases.waiting_since as waiting_since,
    cases.due_on as due_on, submissions.flags as flags,
    case when cases.state = '' then submissions.body end as body,
    submissions.received_on as received_on
    from cases join submissions on submissions.reference = cases.reference";

/// Does something in a case, once per key.
///
/// # Errors
///
/// [`Error::NoSuchCase`]; [`Error::NotNow`] where it is not possible as the case is; [`Error::KeyReused`]
/// where the key was used for something else.
pub async fn act(
    state: &AppState,
    reference: &str,
    act: Act,
    actor: Actor,
    key: Option<Uuid>,
) -> Result<Case, Error> {
    let now = clock::now(state)?;
    let landlord = landlord_of(&state.store, reference).await?.ok_or(Error::NoSuchCase)?;
    let times = landlords::read(&state.config.landlords, &landlord).await.times;
    let by = actor.by.key();
    let key_hash = key.map(|key| sha256(format!("act:{reference}:{by}:{key}").as_bytes()));
    let reference = reference.to_owned();
    let done = state.store.write(move |connection| {
        Box::pin(async move {
            apply(connection, &reference, &act, &actor, key_hash, &times, &now).await
        })
    });
    done.await?
}

/// Does it inside of a transaction. The inner result is what keeps it from being done.
async fn apply(
    connection: &mut AnyConnection,
    reference: &str,
    act: &Act,
    actor: &Actor,
    key_hash: Option<[u8; 32]>,
    times: &Timescale,
    now: &Now,
) -> Result<Result<Case, Error>, sqlx::Error> {
    lock(connection, &format!("case:{reference}")).await?;
    let row = sqlx::query(AssertSqlSafe(format!("select {COLUMNS} where cases.reference = $1")))
        .bind(reference)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row.as_ref().map(|row| read(row, times)).transpose()? else {
        return Ok(Err(Error::NoSuchCase));
    };
    let json = serde_json::to_string(act).map_err(|error| sqlx::Error::Encode(error.into()))?;
    if let Some(key_hash) = &key_hash {
        let before = sqlx::query("select act from events where idempotency_key_hash = $1")
            .bind(&key_hash[..])
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(before) = before {
            let is_same = before.try_get::<Option<String>, _>(0)?.as_ref() == Some(&json);
            return Ok(if is_same { Ok(row.case) } else { Err(Error::KeyReused) });
        }
    }
    let clock = Clock { times, calendar: &ENGLAND, today: now.today };
    let case = match row.case.after(act, actor.by, &clock) {
        Ok(case) => case,
        Err(not_now) => return Ok(Err(Error::NotNow(not_now))),
    };
    let is_waiting = match actor.by {
        By::Resident => Some(now.at.as_str()),
        By::Landlord | By::Service => None,
    };
    sqlx::query(
        "update cases set state = $1, kind = $2, stage = $3, status = $4, due_on = $5,
            updated_at = $6,
            waiting_since = case when $7 = 'resident' then coalesce(waiting_since, $8) end,
            confirmed_at = case when $7 = 'landlord' then $6 else confirmed_at end
        where reference = $9",
    )
    .bind(written(&case)?)
    .bind(case.kind.key())
    .bind(i64::from(case.stage))
    .bind(case.status.key())
    .bind(due_on(&case))
    .bind(&now.at)
    .bind(actor.by.key())
    .bind(is_waiting)
    .bind(reference)
    .execute(&mut *connection)
    .await?;
    let on = match act {
        Act::Acknowledge { on, .. } | Act::Respond { on, .. } => on.unwrap_or(now.today),
        Act::Message { .. }
        | Act::Extend { .. }
        | Act::Decline { .. }
        | Act::AskForStage2 { .. }
        | Act::Complain {}
        | Act::Withdraw {}
        | Act::Reopen {}
        | Act::AddRepresentative { .. }
        | Act::RemoveRepresentative { .. }
        | Act::ChangeAdjustments { .. } => now.today,
    };
    let who = actor.who.as_deref();
    let event = Event { by: actor.by, who, what: act.key(), text: act.words(), at: &now.at, on };
    let keyed = Some((json.as_str(), key_hash));
    let event_id = append(connection, reference, &event, keyed).await?;
    let notice = Notice {
        case: &case,
        event_id,
        what: event.what,
        by: event.by,
        at: event.at,
        access_code: None,
        record: None,
    };
    outbox::enqueue(connection, &notice).await?;
    info!(reference, what = event.what, by = actor.by.key(), "acted");
    Ok(Ok(case))
}

/// Notes that a person or a system of the landlord has this case: it has reached somebody.
///
/// # Errors
///
/// [`Error::Unavailable`] where the database fails.
pub async fn confirm(state: &AppState, reference: &str, who: &str) -> Result<(), Error> {
    let now = clock::now(state)?;
    let (reference, who) = (reference.to_owned(), who.to_owned());
    let waits =
        sqlx::query("select 1 from cases where reference = $1 and waiting_since is not null")
            .bind(&reference)
            .fetch_optional(state.store.pool())
            .await
            .map_err(unreadable)?;
    if waits.is_none() {
        return Ok(());
    }
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            let done = sqlx::query(
                "update cases set confirmed_at = $1, waiting_since = null
                where reference = $2 and waiting_since is not null",
            )
            .bind(&now.at)
            .bind(&reference)
            .execute(&mut *connection)
            .await?;
            if done.rows_affected() == 1 {
                let (by, who) = (By::Landlord, Some(who.as_str()));
                let event =
                    Event { by, who, what: "confirmed", text: None, at: &now.at, on: now.today };
                append(connection, &reference, &event, None).await?;
            }
            Ok(())
        })
    });
    work.await
}

/// The most new codes that a case gets in a day.
const CODES_A_DAY: i64 = 3;

/// Sends a new access code to the e-mail address of a case, if it has one.
///
/// # Errors
///
/// [`Error::Unavailable`] where the database fails.
pub async fn send_code(state: &AppState, reference: &str) -> Result<(), Error> {
    let Some(row) = load(state, reference).await? else {
        return Ok(());
    };
    let record = record(state, reference).await?.and_then(|it| parsed(&it));
    let has_reader = |it: &record::Submission| !recipients::readers(&row.case, it).is_empty();
    let Some(record) = record.filter(has_reader) else {
        return Ok(());
    };
    let now = clock::now(state)?;
    let code = domain::reference::access_code(secret::random()?);
    let sealed = Sealed::new(&state.secret, &code)?;
    let reference = reference.to_owned();
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            lock(connection, &format!("case:{reference}")).await?;
            let sent = sqlx::query(
                "select count(*) from events
                where reference = $1 and what = 'code_sent' and on_day = $2",
            )
            .bind(&reference)
            .bind(now.today.to_string())
            .fetch_one(&mut *connection)
            .await?;
            if sent.try_get::<i64, _>(0)? >= CODES_A_DAY {
                return Ok(());
            }
            sqlx::query(
                "insert into access_codes (reference, code_hash, created_at) values ($1, $2, $3)",
            )
            .bind(&reference)
            .bind(&code_hash(&reference, &code)[..])
            .bind(&now.at)
            .execute(&mut *connection)
            .await?;
            let (by, at) = (By::Service, now.at.as_str());
            let event = Event { by, who: None, what: "code_sent", text: None, at, on: now.today };
            let event_id = append(connection, &reference, &event, None).await?;
            let notice = Notice {
                case: &row.case,
                event_id,
                what: event.what,
                by,
                at,
                access_code: Some(&sealed),
                record: Some(&record),
            };
            outbox::enqueue(connection, &notice).await
        })
    });
    work.await
}

/// Notes that files have become part of a case, inside of the transaction in which they do.
///
/// # Errors
///
/// The database fails.
pub async fn evidence_added(
    connection: &mut AnyConnection,
    reference: &str,
    at: &str,
    today: NaiveDate,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update cases set updated_at = $1, waiting_since = coalesce(waiting_since, $1)
        where reference = $2",
    )
    .bind(at)
    .bind(reference)
    .execute(&mut *connection)
    .await?;
    // Thirty photos are one thing that happened.
    let last = sqlx::query("select what from events where reference = $1 order by id desc limit 1")
        .bind(reference)
        .fetch_optional(&mut *connection)
        .await?;
    let last: Option<String> = last.map(|row| row.try_get(0)).transpose()?;
    if last.as_deref() != Some(EVIDENCE_ADDED) {
        let by = By::Resident;
        let event = Event { by, who: None, what: EVIDENCE_ADDED, text: None, at, on: today };
        let event_id = append(connection, reference, &event, None).await?;
        let row =
            sqlx::query(AssertSqlSafe(format!("select {COLUMNS} where cases.reference = $1")))
                .bind(reference)
                .fetch_one(&mut *connection)
                .await?;
        let case = read(&row, &Timescale::default())?.case;
        let notice = Notice {
            case: &case,
            event_id,
            what: EVIDENCE_ADDED,
            by,
            at,
            access_code: None,
            record: None,
        };
        outbox::enqueue(connection, &notice).await?;
    }
    Ok(())
}

const EVIDENCE_ADDED: &str = "evidence_added";

/// The case with this reference.
///
/// # Errors
///
/// [`Error::Unavailable`] where the database fails; so do all others here.
pub async fn load(state: &AppState, reference: &str) -> Result<Option<Row>, Error> {
    let row = sqlx::query(AssertSqlSafe(format!("select {COLUMNS} where cases.reference = $1")))
        .bind(sought(reference))
        .fetch_optional(state.store.pool())
        .await
        .map_err(unreadable)?;
    row.as_ref().map(|row| read(row, &Timescale::default())).transpose().map_err(unreadable)
}

/// The id of the landlord that has this case.
async fn landlord_of(store: &Store, reference: &str) -> Result<Option<String>, Error> {
    let row = sqlx::query("select landlord from cases where reference = $1")
        .bind(sought(reference))
        .fetch_optional(store.pool())
        .await
        .map_err(unreadable)?;
    row.map(|row| row.try_get(0)).transpose().map_err(unreadable)
}

/// The cases that are wanted, in their order.
pub async fn list(state: &AppState, filter: &Filter) -> Result<Vec<Row>, Error> {
    list_in(&state.store, filter).await
}

/// [`list`], for a command.
pub async fn list_in(store: &Store, filter: &Filter) -> Result<Vec<Row>, Error> {
    let by = match filter.order {
        Order::Changed | Order::Latest => "cases.updated_at".to_owned(),
        // Where all have a day, its index gives the order.
        Order::Due if filter.owed => "cases.due_on".to_owned(),
        Order::Due => format!("coalesce(cases.due_on, '{NEVER}')"),
        Order::Undated => "cases.received_at".to_owned(),
        Order::Reference => "cases.reference".to_owned(),
    };
    let (beyond, direction) = match filter.order {
        Order::Latest => ("<", " desc"),
        Order::Changed | Order::Due | Order::Undated | Order::Reference => (">", ""),
    };
    let mut wanted = Vec::new();
    let mut values = Vec::new();
    let mut is = |what: &str, value: &Option<String>| {
        if let Some(value) = value {
            values.push(value.clone());
            wanted.push(format!("{what} ${}", values.len()));
        }
    };
    is("cases.landlord =", &filter.landlord);
    is("cases.updated_at >=", &filter.updated_since);
    is("cases.status =", &filter.status);
    if let Some((at, reference)) = &filter.after {
        values.extend([at.clone(), reference.clone()]);
        let [first, second] = [values.len() - 1, values.len()];
        wanted.push(format!(
            "({by} {beyond} ${first} or ({by} = ${first} and cases.reference {beyond} ${second}))"
        ));
    }
    if filter.owed {
        wanted.push("cases.due_on is not null".to_owned());
    }
    if filter.order == Order::Undated {
        let open = "cases.due_on is null and cases.status in ('received', 'acknowledged')";
        wanted.push(open.to_owned());
    }
    let wanted = if wanted.is_empty() { "1 = 1".to_owned() } else { wanted.join(" and ") };
    let limit = filter.limit.max(0);
    let sql = format!(
        "select {COLUMNS} where {wanted} order by {by}{direction}, cases.reference{direction}
        limit {limit}"
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in values {
        query = query.bind(sought(&value));
    }
    let rows = query.fetch_all(store.pool()).await.map_err(unreadable)?;
    let times = Timescale::default();
    rows.iter().map(|row| read(row, &times)).collect::<Result<_, _>>().map_err(unreadable)
}

/// The case as the resident reads it, or as the landlord does.
pub async fn view(
    state: &AppState,
    reference: &str,
    for_landlord: bool,
) -> Result<Option<View>, Error> {
    let today = clock::now(state)?.today;
    let Some((mut view, body)) = seen(&state.store, reference, for_landlord, today).await? else {
        return Ok(None);
    };
    if !for_landlord {
        let landlord = landlords::read(&state.config.landlords, &view.case.landlord).await;
        view.page = parsed(&body).map(|it| ForPage::new(&it, &landlord));
    }
    Ok(Some(view))
}

/// [`view`], for a command: without what is for the resident's page.
pub async fn view_in(
    store: &Store,
    reference: &str,
    for_landlord: bool,
    today: NaiveDate,
) -> Result<Option<View>, Error> {
    Ok(seen(store, reference, for_landlord, today).await?.map(|it| it.0))
}

/// What is seen of a case, and its record as it was received.
async fn seen(
    store: &Store,
    reference: &str,
    for_landlord: bool,
    today: NaiveDate,
) -> Result<Option<(View, String)>, Error> {
    let whole = format!("select submissions.body as whole, {COLUMNS} where cases.reference = $1");
    let row = sqlx::query(AssertSqlSafe(whole))
        .bind(sought(reference))
        .fetch_optional(store.pool())
        .await
        .map_err(unreadable)?;
    let Some(row) = row else {
        return Ok(None);
    };
    let body: String = row.try_get("whole").map_err(unreadable)?;
    let row = read(&row, &Timescale::default()).map_err(unreadable)?;
    let history = history(store, reference, for_landlord).await?;
    let uploads = store.uploads_of(reference).await?;
    let evidence = uploads
        .into_iter()
        .filter(|it| !it.state.is_gone())
        .map(|it| Exhibit {
            name: it.name,
            size: it.size,
            state: it.state.key().to_owned(),
            file: for_landlord.then_some(it.file),
            media_type: it.media_type,
            sha256: it.sha256.map(|hash| hex(&hash)),
        })
        .collect();
    let desk = for_landlord.then(|| Desk {
        received_at: row.received_at,
        updated_at: row.updated_at,
        confirmed_at: row.confirmed_at,
        flags: row.flags,
        submission: serde_json::from_str(&body).ok(),
    });
    let (next, may) = (row.case.next(today), row.case.may());
    let view = View { case: row.case, next, may, history, evidence, page: None, desk };
    Ok(Some((view, body)))
}

/// The record as it was received, to the byte.
pub async fn record(state: &AppState, reference: &str) -> Result<Option<String>, Error> {
    let row = sqlx::query("select body from submissions where reference = $1")
        .bind(reference)
        .fetch_optional(state.store.pool())
        .await
        .map_err(unreadable)?;
    row.map(|row| row.try_get(0)).transpose().map_err(unreadable)
}

/// A record, read; nothing where another version of this program has written what this one can't read.
fn parsed(body: &str) -> Option<record::Submission> {
    serde_json::from_str(body).ok()
}

async fn history(store: &Store, reference: &str, for_landlord: bool) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query(
        "select id, at, on_day, by, who, what, text from events where reference = $1 order by id",
    )
    .bind(reference)
    .fetch_all(store.pool())
    .await
    .map_err(unreadable)?;
    let entry = |row: &AnyRow| -> Result<Entry, sqlx::Error> {
        let by: String = row.try_get("by")?;
        let who: Option<String> = row.try_get("who")?;
        Ok(Entry {
            id: row.try_get("id")?,
            at: row.try_get("at")?,
            on: crate::store::submissions::date(row, "on_day")?.ok_or(sqlx::Error::RowNotFound)?,
            by: By::from_key(&by).ok_or_else(|| decode(format!("no {by:?}")))?,
            what: row.try_get("what")?,
            text: row.try_get("text")?,
            who: who.filter(|_| for_landlord),
        })
    };
    rows.iter().map(entry).collect::<Result<_, _>>().map_err(unreadable)
}

/// Adds the row of a case that begins.
///
/// # Errors
///
/// The database fails.
pub async fn insert(
    connection: &mut AnyConnection,
    case: &Case,
    received_at: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into cases (
            reference, state, landlord, kind, stage, status, due_on, received_at, updated_at,
            waiting_since
        ) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8)",
    )
    .bind(&case.reference)
    .bind(written(case)?)
    .bind(&case.landlord)
    .bind(case.kind.key())
    .bind(i64::from(case.stage))
    .bind(case.status.key())
    .bind(due_on(case))
    .bind(received_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds to the history of a case; gives the id of the row. With an act goes its JSON, and the hash of its
/// key where it has one.
///
/// # Errors
///
/// The database fails.
pub async fn append(
    connection: &mut AnyConnection,
    reference: &str,
    event: &Event<'_>,
    act: Option<(&str, Option<[u8; 32]>)>,
) -> Result<i64, sqlx::Error> {
    let key_hash = act.and_then(|(_, key_hash)| key_hash).map(|hash| hash.to_vec());
    let row = sqlx::query(
        "insert into events (
            reference, at, on_day, by, who, what, text, act, idempotency_key_hash
        ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
    )
    .bind(reference)
    .bind(event.at)
    .bind(event.on.to_string())
    .bind(event.by.key())
    .bind(event.who)
    .bind(event.what)
    .bind(event.text)
    .bind(act.map(|(json, _)| json))
    .bind(key_hash)
    .fetch_one(connection)
    .await?;
    row.try_get(0)
}

fn due_on(case: &Case) -> Option<String> {
    // Whether it is late depends on the day; by when it is due does not.
    case.next(NaiveDate::MIN)?.by.map(|day| day.to_string())
}

fn written(case: &Case) -> Result<String, sqlx::Error> {
    serde_json::to_string(case).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn decode(what: String) -> sqlx::Error {
    sqlx::Error::Decode(what.into())
}

/// A row as a case. One of before there were cases has no state yet: it is made from its record.
fn read(row: &AnyRow, times: &Timescale) -> Result<Row, sqlx::Error> {
    let state: String = row.try_get("state")?;
    let unreadable = |error: serde_json::Error| sqlx::Error::Decode(error.into());
    let case = match row.try_get::<Option<String>, _>("body")? {
        None => serde_json::from_str(&state).map_err(unreadable)?,
        Some(body) => {
            let record: record::Submission = serde_json::from_str(&body).map_err(unreadable)?;
            let received_on = crate::store::submissions::date(row, "received_on")?
                .ok_or(sqlx::Error::RowNotFound)?;
            let dates = record::dates(record.kind(), times, received_on);
            let reference: String = row.try_get("reference")?;
            Case::new(&reference, &record, received_on, dates)
        }
    };
    let flags: String = row.try_get("flags")?;
    Ok(Row {
        case,
        received_at: row.try_get("received_at")?,
        updated_at: row.try_get("updated_at")?,
        confirmed_at: row.try_get("confirmed_at")?,
        waiting_since: row.try_get("waiting_since")?,
        due_on: row.try_get("due_on")?,
        flags: serde_json::from_str(&flags).unwrap_or_else(|_| {
            error!("flags that are no list");
            Vec::new()
        }),
    })
}

impl From<NotNow> for Error {
    fn from(not_now: NotNow) -> Self {
        Self::NotNow(not_now)
    }
}
