//! What leaves the service. It is written down in the same transaction as the event that it tells of, so
//! that nothing is told that did not happen, and nothing that happened stays untold.
//!
//! # Layout
//!
//! - [`enqueue`] writes a notice; [`run`] makes of it a message for each who is to be told ([`what`]),
//!   and delivers those ([`queue`]) until they arrive, or for 72 hours ([`backoff`]);
//! - [`sealed`]: how an access code waits;
//! - [`webhooks`]: the landlord's systems; [`signature`], [`addresses`]: how they know us, and which may be
//!   named;
//! - [`letters`]: mail; [`recipients`]: who of the resident's side gets it; [`compose`]: what it says;
//!   [`letter`]: how it looks; [`mail`]: sending it.
//!
//! What must never be there: personal data in a log, and a resident's words in a webhook.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::case::{By, Case};
use domain::choices::Choice;
use domain::evidence::hex;
use domain::record::{self, Submission};
use lettre::Address;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use tokio::task::{Id, JoinSet};
use tracing::{error, info};

use crate::AppState;
use crate::clock::{self, Now};
use crate::error::Error;
use crate::store::{lock, unreadable};

pub mod addresses;
pub mod backoff;
pub mod commands;
pub mod compose;
pub mod letter;
pub mod letters;
pub mod mail;
pub mod queue;
pub mod recipients;
pub mod sealed;
pub mod signature;
pub mod webhooks;
pub mod what;

use backoff::{PATIENCE, Patience};
use mail::Mailer;
use queue::New;
use recipients::Reader;
use sealed::Sealed;
use what::What;

/// How often is looked for what waits.
const ROUND: Duration = Duration::from_millis(500);
/// How many notices become messages in one transaction.
const NOTICES: usize = 100;
/// How many webhooks an instance works on at once.
const AT_ONCE: usize = 16;
/// For how long it is remembered that a message was delivered, in milliseconds; and for how long that it
/// was not.
const REMEMBERED: i64 = 30 * 24 * 60 * 60 * 1000;
const REGRETTED: i64 = 90 * 24 * 60 * 60 * 1000;
/// How often is looked for messages that need not be remembered any longer.
const SWEEP: Duration = Duration::from_secs(3600);
/// How long a delivery that has begun may take after a signal to stop.
const STOP_LIMIT: Duration = Duration::from_secs(8);

/// To whom what is told, and how. By default to nobody by mail, and to webhooks of the open internet.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The mail server. Without one no mail is sent.
    pub mail: Option<Mailer>,
    /// The complaints teams: the landlord's id, or `*` for all others, and an address.
    pub team: Vec<(String, Address)>,
    /// The pages on which residents find the form: the landlord's id, or `*`, and an address.
    pub pages: Vec<(String, String)>,
    /// The address of this service, for links in mail to officers.
    pub public_url: Option<String>,
    /// Whether webhooks may be in the landlord's own network.
    pub allow_private_webhooks: bool,
    /// How often a message is tried again, and for how long.
    pub patience: Patience,
    /// How often is looked for what waits.
    pub round: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mail: None,
            team: Vec::new(),
            pages: Vec::new(),
            public_url: None,
            allow_private_webhooks: false,
            patience: PATIENCE,
            round: ROUND,
        }
    }
}

impl Settings {
    /// Whether mail is sent at all.
    pub fn can_mail(&self) -> bool {
        self.mail.is_some()
    }

    /// The addresses of the team of a landlord.
    pub fn team_of(&self, landlord: &str) -> Vec<&Address> {
        let of = |id: &str| -> Vec<&Address> {
            self.team.iter().filter(|(it, _)| it == id).map(|(_, address)| address).collect()
        };
        let own = of(landlord);
        if own.is_empty() { of("*") } else { own }
    }

    /// The page with the form of a landlord.
    pub fn page_of(&self, landlord: &str) -> Option<&str> {
        let of = |id: &str| self.pages.iter().find(|(it, _)| it == id).map(|(_, url)| url.as_str());
        of(landlord).or_else(|| of("*"))
    }

    /// A page of this service, by its path.
    pub fn link(&self, path: &str) -> Option<String> {
        let base = self.public_url.as_deref()?.trim_end_matches('/');
        Some(format!("{base}{path}"))
    }
}

/// Something that has happened, for whoever is to be told.
#[derive(Debug)]
pub struct Notice<'a> {
    /// The case, as it is now.
    pub case: &'a Case,
    /// The id of the event.
    pub event_id: i64,
    /// What it was, as in a case's history.
    pub what: &'a str,
    /// Who did it.
    pub by: By,
    /// The moment, in UTC.
    pub at: &'a str,
    /// An access code that the resident is to be told.
    pub access_code: Option<&'a Sealed>,
    /// The record, where it has just been received.
    pub record: Option<&'a record::Submission>,
}

/// Notes that this is to be told. It is one row, whoever will be told: the resident waits for it.
///
/// # Errors
///
/// The database fails; then the event has not happened.
pub async fn enqueue(
    connection: &mut AnyConnection,
    notice: &Notice<'_>,
) -> Result<(), sqlx::Error> {
    let state =
        serde_json::to_string(notice.case).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(
        "insert into notices (reference, event_id, what, by, at, state, access_code)
        values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&notice.case.reference)
    .bind(notice.event_id)
    .bind(notice.what)
    .bind(notice.by.key())
    .bind(notice.at)
    .bind(state)
    .bind(notice.access_code.map(Sealed::stored))
    .execute(connection)
    .await?;
    Ok(())
}

/// A link by which an officer signs in.
#[derive(Clone, Copy, Debug)]
pub struct OfficerLink<'a> {
    /// Their address.
    pub to: &'a str,
    /// Their name.
    pub name: &'a str,
    /// The secret part of the link.
    pub token: &'a Sealed,
    /// The moment, in UTC.
    pub at: &'a str,
    /// Until when it is good.
    pub expires_at: &'a str,
}

/// Notes that an officer is to get a link by mail. Where it can't be delivered in time, it is dropped.
///
/// # Errors
///
/// The database fails.
pub async fn enqueue_mail_to_officer(
    connection: &mut AnyConnection,
    link: &OfficerLink<'_>,
) -> Result<(), sqlx::Error> {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let new = New {
        kind: "officer",
        lane: &format!("officer:{id}"),
        message_id: &id,
        reader: Some(link.to),
        body: "{}",
        code: Some(link.token.stored()),
        at: link.at,
        expires_at: Some(link.expires_at),
        ..New::default()
    };
    queue::add(connection, &new).await
}

/// What a letter is made from, beside the case's own rows.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    what: String,
    case: Case,
}

/// Delivers until the service stops.
pub async fn run(state: AppState) {
    let stopping = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    let rounds = rounds(&state, &stopping, &mut tasks);
    tokio::select! {
        () = rounds => {}
        () = state.uploads.stopped() => {}
    }
    stopping.store(true, Ordering::Relaxed);
    let end = async { while tasks.join_next().await.is_some() {} };
    // What is not done by then goes out again at the next start.
    let _ = tokio::time::timeout(STOP_LIMIT, end).await;
}

async fn rounds(state: &AppState, stopping: &Arc<AtomicBool>, tasks: &mut JoinSet<()>) {
    let client = match webhooks::client(state.config.outbox.allow_private_webhooks) {
        Ok(client) => client,
        Err(error) => {
            error!(%error, "no webhook can be sent");
            return;
        }
    };
    // What failed was logged. The next round finds everything as it is.
    let _ = free(state).await;
    let desk = Arc::new(letters::Desk::default());
    let mut at_work: HashMap<Id, String> = HashMap::new();
    let mut swept: Option<std::time::Instant> = None;
    loop {
        while let Some(done) = tasks.try_join_next_with_id() {
            at_work.remove(&done.as_ref().map_or_else(tokio::task::JoinError::id, |it| it.0));
        }
        let _ = tell(state).await;
        let busy: HashSet<String> = at_work.values().cloned().collect();
        for id in webhooks::due(state).await.unwrap_or_default() {
            if at_work.len() < AT_ONCE && !busy.contains(&id) {
                let work = webhooks::deliver(
                    state.clone(),
                    client.clone(),
                    id.clone(),
                    Arc::clone(stopping),
                );
                at_work.insert(tasks.spawn(work).id(), id);
            }
        }
        // No webhook has this name.
        if !busy.contains("letters") && state.config.outbox.can_mail() {
            let work = letters::deliver(state.clone(), Arc::clone(&desk), Arc::clone(stopping));
            at_work.insert(tasks.spawn(work).id(), "letters".to_owned());
        }
        if swept.is_none_or(|it| it.elapsed() >= SWEEP) {
            swept = Some(std::time::Instant::now());
            let _ = sweep(state).await;
        }
        tokio::time::sleep(state.config.outbox.round).await;
    }
}

/// Makes messages of notices: one for each who is to be told. All instances do it one after another, so
/// that messages have one order.
async fn tell(state: &AppState) -> Result<(), Error> {
    loop {
        let any = sqlx::query("select 1 from notices limit 1")
            .fetch_optional(state.store.pool())
            .await
            .map_err(unreadable)?;
        if any.is_none() {
            return Ok(());
        }
        let teller = Teller { state: state.clone(), now: clock::now(state)? };
        let work = state
            .store
            .write(move |connection| Box::pin(async move { teller.tell(connection).await }));
        if work.await? < NOTICES {
            return Ok(());
        }
    }
}

struct Teller {
    state: AppState,
    now: Now,
}

impl Teller {
    async fn tell(&self, connection: &mut AnyConnection) -> Result<usize, sqlx::Error> {
        lock(connection, "notices").await?;
        // What was sent says who gets mail, and is needed for nothing else.
        let body = match self.state.config.outbox.can_mail() {
            true => "(select body from submissions s where s.reference = n.reference)",
            false => "cast(null as text)",
        };
        let rows = sqlx::query(AssertSqlSafe(format!(
            "select n.id, n.event_id, n.what, n.by, n.at, n.state, n.access_code, {body} as body
            from notices n order by n.id limit {NOTICES}"
        )))
        .fetch_all(&mut *connection)
        .await?;
        for row in &rows {
            self.tell_one(connection, row).await?;
            sqlx::query("delete from notices where id = $1")
                .bind(row.try_get::<i64, _>("id")?)
                .execute(&mut *connection)
                .await?;
        }
        Ok(rows.len())
    }

    async fn tell_one(
        &self,
        connection: &mut AnyConnection,
        row: &AnyRow,
    ) -> Result<(), sqlx::Error> {
        let (what, by): (String, String) = (row.try_get("what")?, row.try_get("by")?);
        let case: String = row.try_get("state")?;
        let known = (What::from_key(&what), By::from_key(&by), serde_json::from_str::<Case>(&case));
        let (Some(what), Some(by), Ok(case)) = known else {
            error!("a notice that can't be read; nobody is told");
            return Ok(());
        };
        let at: String = row.try_get("at")?;
        let event_id: i64 = row.try_get("event_id")?;
        let told = Telling { teller: self, what, case: &case, event_id, at: &at };
        if let Some(body) = webhooks::payload(what, by, &case, event_id, &at) {
            for id in webhooks::of(connection, &case.landlord).await? {
                told.to_webhook(connection, &id, &body).await?;
            }
        }
        let settings = &self.state.config.outbox;
        if !settings.can_mail() {
            return Ok(());
        }
        if what.is_for_team(by) {
            for address in settings.team_of(&case.landlord) {
                told.to_team(connection, address).await?;
            }
        }
        // None where it was removed meanwhile.
        let body: Option<String> = row.try_get("body")?;
        let record = body.and_then(|it| serde_json::from_str::<Submission>(&it).ok());
        if let Some(record) = record.filter(|_| what.is_for_resident(by)) {
            let code: Option<String> = row.try_get("access_code")?;
            for (reader, _) in recipients::readers(&case, &record) {
                told.to_reader(connection, reader, code.as_deref()).await?;
            }
        }
        Ok(())
    }
}

/// One event, on its way to several.
struct Telling<'a> {
    teller: &'a Teller,
    what: What,
    case: &'a Case,
    event_id: i64,
    at: &'a str,
}

impl Telling<'_> {
    async fn to_webhook(
        &self,
        connection: &mut AnyConnection,
        id: &str,
        body: &str,
    ) -> Result<(), sqlx::Error> {
        let message_id = format!("msg_{}", self.derived(&format!("webhook:{id}")));
        let lane = webhooks::lane(id);
        let new =
            New { kind: "webhook", lane: &lane, message_id: &message_id, body, ..self.message() };
        queue::add(connection, &new).await
    }

    async fn to_team(
        &self,
        connection: &mut AnyConnection,
        address: &Address,
    ) -> Result<(), sqlx::Error> {
        self.by_mail(connection, "team", address.as_ref(), None).await
    }

    async fn to_reader(
        &self,
        connection: &mut AnyConnection,
        reader: Reader,
        code: Option<&str>,
    ) -> Result<(), sqlx::Error> {
        self.by_mail(connection, "resident", &reader.key(), code).await
    }

    async fn by_mail(
        &self,
        connection: &mut AnyConnection,
        kind: &str,
        reader: &str,
        code: Option<&str>,
    ) -> Result<(), sqlx::Error> {
        let lane = letters::lane(kind, &self.case.reference, reader);
        let message_id = match self.what {
            What::Received => letters::first_of(&self.teller.state.secret, &lane),
            What::Message
            | What::Acknowledge
            | What::Extend
            | What::Respond
            | What::Decline
            | What::AskForStage2
            | What::Complain
            | What::Withdraw
            | What::Reopen
            | What::AddRepresentative
            | What::RemoveRepresentative
            | What::ChangeAdjustments
            | What::EvidenceAdded
            | What::Confirmed
            | What::CodeSent => self.derived(&lane),
        };
        let told = Told { what: self.what.key().to_owned(), case: self.case.clone() };
        let body =
            serde_json::to_string(&told).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let new = New {
            kind,
            lane: &lane,
            message_id: &message_id,
            reader: Some(reader),
            body: &body,
            code,
            ..self.message()
        };
        queue::add(connection, &new).await
    }

    fn message(&self) -> New<'_> {
        New {
            reference: Some(&self.case.reference),
            event_id: Some(self.event_id),
            at: &self.teller.now.at,
            ..New::default()
        }
    }

    /// The name of this message for one receiver: the same whenever it is made, and no number from which
    /// anybody could count cases.
    fn derived(&self, receiver: &str) -> String {
        let of = format!("message:{}:{}:{receiver}", self.event_id, self.at);
        hex(&self.teller.state.secret.derive(of.as_bytes())[..16])
    }
}

/// Whether it has failed since so long ago that nobody tries any longer.
fn is_over(patience: &Patience, since: Option<&str>, now: &Now) -> bool {
    let limit = i64::try_from(patience.gives_up_after.as_millis()).unwrap_or(i64::MAX);
    let begins = clock::moment(now.millis.saturating_sub(limit));
    match (since, begins) {
        (Some(since), Some(begins)) => *since <= *begins,
        (None, _) | (_, None) => false,
    }
}

/// One SQLite file has one instance of the service: what another has taken, one that died has taken. It
/// need not be waited for.
async fn free(state: &AppState) -> Result<(), Error> {
    let work = state.store.write(|connection| {
        Box::pin(async move {
            if connection.backend_name() == "PostgreSQL" {
                return Ok(());
            }
            for table in ["webhooks", "outbox"] {
                let sql = format!(
                    "update {table} set claimed_until = null where claimed_until is not null"
                );
                sqlx::query(AssertSqlSafe(sql)).execute(&mut *connection).await?;
            }
            Ok(())
        })
    });
    work.await
}

/// Forgets messages that were delivered or put aside long ago. Where no mail is sent any more, letters are
/// put aside in time: an access code may be in them.
async fn sweep(state: &AppState) -> Result<(), Error> {
    let now = clock::now(state)?;
    let delivered = queue::later(&now, -REMEMBERED)?;
    let parked = queue::later(&now, -REGRETTED)?;
    let settings = &state.config.outbox;
    let patience = i64::try_from(settings.patience.gives_up_after.as_millis()).unwrap_or(i64::MAX);
    let unsent = queue::later(&now, patience.saturating_neg())?;
    let can_mail = settings.can_mail();
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            if !can_mail {
                sqlx::query(
                    "update outbox set parked_at = $1, body = null, code = null, why = 'no_mail'
                    where kind <> 'webhook' and created_at < $2
                        and delivered_at is null and parked_at is null",
                )
                .bind(&now.at)
                .bind(unsent)
                .execute(&mut *connection)
                .await?;
            }
            let done = sqlx::query("delete from outbox where delivered_at < $1 or parked_at < $2")
                .bind(delivered)
                .bind(parked)
                .execute(connection)
                .await?;
            Ok(done.rows_affected())
        })
    });
    let count = work.await?;
    if count > 0 {
        info!(count, "forgot old messages");
    }
    Ok(())
}

/// What has not been delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// How many messages wait.
    pub waiting: i64,
    /// Since when the oldest of them does.
    pub oldest: Option<String>,
    /// How many nobody tries any longer.
    pub parked: i64,
}

/// Counts what has not been delivered, for the metrics.
///
/// # Errors
///
/// The database fails.
pub async fn backlog(state: &AppState) -> Result<Backlog, Error> {
    let read = async {
        let pool = state.store.pool();
        let waiting = sqlx::query(
            "select count(*), min(created_at) from outbox
            where delivered_at is null and parked_at is null",
        )
        .fetch_one(pool)
        .await?;
        let notices = sqlx::query("select count(*), min(at) from notices").fetch_one(pool).await?;
        let parked = sqlx::query("select count(*) from outbox where parked_at is not null")
            .fetch_one(pool)
            .await?;
        let oldest: [Option<String>; 2] = [waiting.try_get(1)?, notices.try_get(1)?];
        Ok(Backlog {
            waiting: waiting.try_get::<i64, _>(0)? + notices.try_get::<i64, _>(0)?,
            oldest: oldest.into_iter().flatten().min(),
            parked: parked.try_get(0)?,
        })
    };
    read.await.map_err(unreadable)
}
