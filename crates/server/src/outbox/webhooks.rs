//! The landlord's systems that are told, by Standard Webhooks: thin messages without personal data, signed,
//! in order, and tried again until they arrive.
//!
//! What must never be there: a resident's words, a name, an address. Who wants to know more reads the case
//! with an API key, and that is noted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::case::{By, Case};
use domain::choices::Choice;
use reqwest::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use tracing::{error, info, warn};

use super::addresses::{self, Resolver};
use super::backoff;
use super::queue::{self, End, Message};
use super::signature::{self, Key};
use super::what::What;
use crate::clock::{self, Now};
use crate::error::Error;
use crate::secret::Secret;
use crate::store::{Store, unreadable};
use crate::{AppState, cases, header};

/// How long a receiver may take to answer.
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// For how long an instance has a webhook, in milliseconds.
const LEASE: i64 = 40_000;
/// How much of that must be left for a message to be sent: more than it can take.
const LEAST: i64 = 20_000;
/// For how long a secret that was replaced signs as well, in milliseconds.
const BOTH_SIGN: i64 = 24 * 60 * 60 * 1000;

const WEBHOOK_ID: HeaderName = header("webhook-id");
const WEBHOOK_TIMESTAMP: HeaderName = header("webhook-timestamp");
const WEBHOOK_SIGNATURE: HeaderName = header("webhook-signature");

/// A system of a landlord that is told.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its name: `wh_` and letters.
    pub id: String,
    /// Of which landlord.
    pub landlord: String,
    /// Where it is.
    pub url: String,
    /// Which of its secrets signs.
    pub secret_version: i64,
    /// Since when, if it is not the first.
    pub rotated_at: Option<String>,
    /// When it was switched off.
    pub disabled_at: Option<String>,
    /// Since when it has failed.
    pub failing_since: Option<String>,
    /// How often in a row.
    pub failures: u32,
}

/// What a receiver answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 2xx: it has it.
    Taken,
    /// 410: it wants no more.
    Gone,
    /// Another status, and how long it asks to wait.
    Failed(StatusCode, Option<Duration>),
    /// None: it is not there, takes too long, or must not be asked.
    Nothing(&'static str),
}

/// What is told, as it goes over the wire. `None` for what no system is told.
pub fn payload(what: What, by: By, case: &Case, event_id: i64, at: &str) -> Option<String> {
    let kind = what.webhook_type()?;
    let payload = json!({
        "type": kind,
        "timestamp": at,
        "data": {
            "reference": case.reference,
            "landlord": case.landlord,
            "kind": case.kind.key(),
            "stage": case.stage,
            "status": case.status.key(),
            "by": by.key(),
            "eventId": event_id,
            "url": format!("/v1/cases/{}", case.reference),
        }
    });
    Some(payload.to_string())
}

/// The lane of a webhook's messages.
pub fn lane(id: &str) -> String {
    format!("webhook:{id}")
}

/// The client by which all webhooks are sent. It follows no redirect and uses no proxy: only the address
/// that was checked is connected to.
///
/// # Errors
///
/// The machine has no certificates of authorities.
pub fn client(allow_private: bool) -> Result<Client, reqwest::Error> {
    // Once per program; a second time changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .timeout(TIME_LIMIT)
        .dns_resolver(Arc::new(Resolver { allow_private }))
        .user_agent(concat!("housing-complaint/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// The secrets that sign now: the present one, and for a day the one before.
pub fn keys(secret: &Secret, webhook: &Webhook, now: &Now) -> Vec<Key> {
    let version = webhook.secret_version;
    let mut keys = vec![key(secret, &webhook.id, version)];
    let since = clock::moment(now.millis.saturating_sub(BOTH_SIGN));
    let is_new = match (&webhook.rotated_at, &since) {
        (Some(rotated_at), Some(since)) => rotated_at > since,
        (None, _) | (_, None) => false,
    };
    if is_new && version > 1 {
        keys.push(key(secret, &webhook.id, version - 1));
    }
    keys
}

/// A secret of a webhook. It is in no database.
pub fn key(secret: &Secret, id: &str, version: i64) -> Key {
    Key(secret.derive(format!("webhook:{id}:{version}").as_bytes()))
}

/// Sends a message once.
pub async fn send(
    client: &Client,
    webhook: &Webhook,
    keys: &[Key],
    message_id: &str,
    body: &str,
    now: &Now,
    allow_private: bool,
) -> Answer {
    let Ok(url) = addresses::check(&webhook.url, allow_private) else {
        return Answer::Nothing("address_refused");
    };
    let timestamp = u64::try_from(now.millis / 1000).unwrap_or_default();
    let sent = client
        .post(url)
        .header(CONTENT_TYPE, "application/json")
        .header(WEBHOOK_ID, message_id)
        .header(WEBHOOK_TIMESTAMP, timestamp)
        .header(WEBHOOK_SIGNATURE, signature::signature(keys, message_id, timestamp, body))
        .body(body.to_owned())
        .send()
        .await;
    let answer = match sent {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => return Answer::Nothing("too_slow"),
        Err(error) if is_refused(&error) => return Answer::Nothing("address_refused"),
        Err(error) if error.is_connect() => return Answer::Nothing("not_there"),
        Err(_) => return Answer::Nothing("broken_off"),
    };
    // What it says beside its status is not read: it could be anything, of any length.
    match answer.status() {
        status if status.is_success() => Answer::Taken,
        StatusCode::GONE => Answer::Gone,
        status => {
            let wait = answer.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok());
            let seconds = wait.and_then(|it| it.trim().parse().ok());
            Answer::Failed(status, seconds.map(Duration::from_secs))
        }
    }
}

/// Whether the resolver has kept all addresses back.
fn is_refused(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.to_string() == addresses::Refused::Private.to_string() {
            return true;
        }
        source = error.source();
    }
    false
}

/// The webhooks that have something waiting, and whose turn it is.
pub(super) async fn due(state: &AppState) -> Result<Vec<String>, Error> {
    let now = clock::now(state)?;
    let rows = sqlx::query(
        "select w.id from webhooks w
        where w.disabled_at is null and (w.next_at is null or w.next_at <= $1)
            and (w.claimed_until is null or w.claimed_until < $1)
            and exists (
                select 1 from outbox o where o.lane = 'webhook:' || w.id
                    and o.delivered_at is null and o.parked_at is null
            )
        order by w.id",
    )
    .bind(&now.at)
    .fetch_all(state.store.pool())
    .await
    .map_err(unreadable)?;
    rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(unreadable)
}

/// Delivers what waits for a webhook, one after another, until nothing does or one fails.
pub(super) async fn deliver(
    state: AppState,
    client: Client,
    id: String,
    stopping: Arc<AtomicBool>,
) {
    let owner = uuid::Uuid::new_v4().to_string();
    // What failed was logged. The next round finds everything as it is.
    if let Ok(true) = claim(&state, &id, &owner).await {
        let _ = deliver_claimed(&state, &client, &id, &owner, &stopping).await;
        let _ = release(&state, &id, &owner).await;
    }
}

async fn deliver_claimed(
    state: &AppState,
    client: &Client,
    id: &str,
    owner: &str,
    stopping: &AtomicBool,
) -> Result<(), Error> {
    let mut claimed_at = clock::now(state)?.millis;
    loop {
        let messages = queue::next(state, &lane(id)).await?;
        if messages.is_empty() {
            return Ok(());
        }
        for message in messages {
            if stopping.load(Ordering::Relaxed) {
                return Ok(());
            }
            // By this machine's clock: nobody else has it as long as enough of the lease is left.
            if clock::now(state)?.millis - claimed_at > LEASE - LEAST {
                if !claim(state, id, owner).await? {
                    return Ok(());
                }
                claimed_at = clock::now(state)?.millis;
            }
            let Some(webhook) = find(&state.store, id).await?.filter(|it| it.disabled_at.is_none())
            else {
                return Ok(());
            };
            if !deliver_one(state, client, &webhook, &message).await? {
                return Ok(());
            }
        }
    }
}

/// Delivers one message; whether the next may follow.
async fn deliver_one(
    state: &AppState,
    client: &Client,
    webhook: &Webhook,
    message: &Message,
) -> Result<bool, Error> {
    let settings = &state.config.outbox;
    let now = clock::now(state)?;
    let keys = keys(&state.secret, webhook, &now);
    let (id, body) = (&message.message_id, &message.body);
    let answer =
        send(client, webhook, &keys, id, body, &now, settings.allow_private_webhooks).await;
    let now = clock::now(state)?;
    match answer {
        Answer::Taken => {
            if let Some(reference) = &message.reference
                && queue::is_last(state, &lane(&webhook.id), reference, message.id).await?
            {
                // Before it counts as delivered: what fails here is done again.
                cases::confirm(state, reference, &lane(&webhook.id)).await?;
            }
            taken(state, webhook, message.id, &now).await?;
            Ok(true)
        }
        Answer::Gone => {
            warn!(webhook = webhook.id, "a webhook answered 410 Gone and is switched off");
            disable(state, &webhook.id, &now).await?;
            Ok(false)
        }
        Answer::Failed(..) | Answer::Nothing(_) => {
            failed(state, webhook, message, answer, &now).await?;
            Ok(false)
        }
    }
}

async fn failed(
    state: &AppState,
    webhook: &Webhook,
    message: &Message,
    answer: Answer,
    now: &Now,
) -> Result<(), Error> {
    let patience = state.config.outbox.patience;
    let (status, why, asked_for) = match answer {
        Answer::Failed(status, asked_for) => (status.as_u16(), "status", asked_for),
        Answer::Nothing(why) => (0, why, None),
        Answer::Taken | Answer::Gone => (0, "", None),
    };
    let failures = webhook.failures.saturating_add(1);
    let wait = patience.wait(failures, asked_for, backoff::chance());
    // What came later, while it failed, has waited for less: it is put aside later.
    let is_over = super::is_over(&patience, webhook.failing_since.as_deref(), now)
        && super::is_over(&patience, Some(&message.created_at), now);
    if is_over {
        error!(
            webhook = webhook.id,
            status, why, "a message to a webhook is put aside after too long a time of failures"
        );
    } else if failures == 1 || failures.is_multiple_of(20) {
        warn!(webhook = webhook.id, status, why, failures, "a webhook can't be reached");
    }
    let next_at = queue::later(now, i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))?;
    let (id, message, now) = (webhook.id.clone(), message.id, now.at.clone());
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            sqlx::query(
                "update webhooks set failing_since = coalesce(failing_since, $1),
                    failures = failures + 1, next_at = $2, claimed_until = null
                where id = $3",
            )
            .bind(&now)
            .bind(next_at)
            .bind(&id)
            .execute(&mut *connection)
            .await?;
            let end = if is_over { End::Parked(why) } else { End::Again(None) };
            queue::settle(connection, message, &end, &now).await
        })
    });
    work.await
}

async fn taken(state: &AppState, webhook: &Webhook, message: i64, now: &Now) -> Result<(), Error> {
    if webhook.failures > 0 {
        info!(webhook = webhook.id, "a webhook can be reached again");
    }
    let (id, now, had_failed) = (webhook.id.clone(), now.at.clone(), webhook.failures > 0);
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            if had_failed {
                sqlx::query(
                    "update webhooks set failing_since = null, failures = 0, next_at = null
                    where id = $1",
                )
                .bind(&id)
                .execute(&mut *connection)
                .await?;
            }
            queue::settle(connection, message, &End::Delivered, &now).await
        })
    });
    work.await
}

async fn disable(state: &AppState, id: &str, now: &Now) -> Result<(), Error> {
    let (id, now) = (id.to_owned(), now.at.clone());
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            sqlx::query("update webhooks set disabled_at = $1, claimed_until = null where id = $2")
                .bind(&now)
                .bind(&id)
                .execute(&mut *connection)
                .await?;
            park_all(connection, &id, "gone", &now).await
        })
    });
    work.await
}

/// Puts aside all that waits for a webhook.
pub(super) async fn park_all(
    connection: &mut AnyConnection,
    id: &str,
    why: &str,
    now: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update outbox set parked_at = $1, body = null, code = null, why = $2
        where lane = $3 and delivered_at is null and parked_at is null",
    )
    .bind(now)
    .bind(why)
    .bind(lane(id))
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes a webhook, or keeps it: whether this instance has it now.
async fn claim(state: &AppState, id: &str, owner: &str) -> Result<bool, Error> {
    let now = clock::now(state)?;
    let until = queue::later(&now, LEASE)?;
    let (id, owner) = (id.to_owned(), owner.to_owned());
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            let done = sqlx::query(
                "update webhooks set claimed_until = $1, claimed_by = $2
                where id = $3 and disabled_at is null
                    and (claimed_until is null or claimed_until < $4 or claimed_by = $2)",
            )
            .bind(until)
            .bind(owner)
            .bind(id)
            .bind(&now.at)
            .execute(connection)
            .await?;
            Ok(done.rows_affected() == 1)
        })
    });
    work.await
}

async fn release(state: &AppState, id: &str, owner: &str) -> Result<(), Error> {
    let (id, owner) = (id.to_owned(), owner.to_owned());
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            sqlx::query(
                "update webhooks set claimed_until = null
                where id = $1 and claimed_by = $2 and claimed_until is not null",
            )
            .bind(id)
            .bind(owner)
            .execute(connection)
            .await?;
            Ok(())
        })
    });
    work.await
}

/// The webhook with this id.
///
/// # Errors
///
/// The database fails.
pub async fn find(store: &Store, id: &str) -> Result<Option<Webhook>, Error> {
    let row = sqlx::query("select * from webhooks where id = $1")
        .bind(id)
        .fetch_optional(store.pool())
        .await
        .map_err(unreadable)?;
    row.as_ref().map(webhook).transpose().map_err(unreadable)
}

/// All webhooks, each with how many messages wait for it.
///
/// # Errors
///
/// The database fails.
pub async fn all(store: &Store) -> Result<Vec<(Webhook, i64)>, Error> {
    let rows = sqlx::query(
        "select w.*, (
            select count(*) from outbox o where o.lane = 'webhook:' || w.id
                and o.delivered_at is null and o.parked_at is null
        ) as waiting
        from webhooks w order by w.landlord, w.id",
    )
    .fetch_all(store.pool())
    .await
    .map_err(unreadable)?;
    let read = |row: &AnyRow| Ok((webhook(row)?, row.try_get("waiting")?));
    rows.iter().map(read).collect::<Result<_, _>>().map_err(unreadable)
}

/// The webhooks of a landlord that are told, by their ids.
pub(super) async fn of(
    connection: &mut AnyConnection,
    landlord: &str,
) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::query(
        "select id from webhooks where landlord = $1 and disabled_at is null order by id",
    )
    .bind(landlord)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

fn webhook(row: &AnyRow) -> Result<Webhook, sqlx::Error> {
    let failures: i64 = row.try_get("failures")?;
    Ok(Webhook {
        id: row.try_get("id")?,
        landlord: row.try_get("landlord")?,
        url: row.try_get("url")?,
        secret_version: row.try_get("secret_version")?,
        rotated_at: row.try_get("rotated_at")?,
        disabled_at: row.try_get("disabled_at")?,
        failing_since: row.try_get("failing_since")?,
        failures: u32::try_from(failures).unwrap_or(u32::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(secret_version: i64, rotated_at: Option<&str>) -> Webhook {
        Webhook {
            id: "wh_1".into(),
            landlord: "halton".into(),
            url: "https://crm.example.org/".into(),
            secret_version,
            rotated_at: rotated_at.map(str::to_owned),
            disabled_at: None,
            failing_since: None,
            failures: 0,
        }
    }

    #[test]
    fn both_secrets_sign_for_a_day_after_a_change() {
        let secret = Secret::new("words");
        let millis = 1_795_000_000_000;
        let now = Now {
            at: clock::moment(millis).unwrap(),
            millis,
            today: domain::london::date(millis).unwrap(),
        };
        let ago = |hours: i64| clock::moment(millis - hours * 3_600_000).unwrap();
        assert!(keys(&secret, &webhook(1, None), &now) == [key(&secret, "wh_1", 1)]);
        let fresh = keys(&secret, &webhook(2, Some(&ago(23))), &now);
        assert!(fresh == [key(&secret, "wh_1", 2), key(&secret, "wh_1", 1)]);
        let old = keys(&secret, &webhook(2, Some(&ago(25))), &now);
        assert!(old == [key(&secret, "wh_1", 2)]);
        assert!(key(&secret, "wh_1", 1) != key(&secret, "wh_2", 1));
    }
}
