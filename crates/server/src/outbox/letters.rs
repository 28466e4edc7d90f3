//! Mail: each letter is made when it goes out, from the case as it was at the event and for whoever is to
//! get it now.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::choices::Choice;
use domain::evidence::hex;
use domain::landlord::{ChannelKind, Landlord};
use domain::record::Submission;
use lettre::Address;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use tracing::{error, warn};

use super::backoff;
use super::compose::{self, Story};
use super::letter::Letter;
use super::mail::{Envelope, Mailer, NotSent};
use super::queue::{self, End, Message};
use super::recipients::{self, Reader};
use super::sealed::Sealed;
use super::what::What;
use super::{Settings, Told};
use crate::clock;
use crate::error::Error;
use crate::secret::Secret;
use crate::store::unreadable;
use crate::words::Words;
use crate::{AppState, cases, landlords};

/// How many letters are taken at once.
const AT_ONCE: usize = 16;
/// For how long an instance has them, in milliseconds.
const LEASE: Duration = Duration::from_secs(120);
/// How much of that must be left for a letter to be sent: more than it can take.
const LEAST: Duration = Duration::from_secs(60);
/// How much longer is waited where a server knows no such address: each try is a nuisance to it.
const NO_SUCH_ADDRESS: u32 = 12;

/// What is known of the mail server: while it is not there, no letter is tried.
#[derive(Default)]
pub(super) struct Desk(Mutex<Rest>);

#[derive(Default)]
struct Rest {
    failures: u32,
    until: Option<Instant>,
}

impl Desk {
    fn rests(&self) -> bool {
        self.rest().until.is_some_and(|until| Instant::now() < until)
    }

    fn rest(&self) -> std::sync::MutexGuard<'_, Rest> {
        // A panic elsewhere can't leave two numbers half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, is_there: bool, settings: &Settings) {
        let mut rest = self.rest();
        if is_there {
            *rest = Rest::default();
            return;
        }
        rest.failures = rest.failures.saturating_add(1);
        let wait = settings.patience.wait(rest.failures, None, backoff::chance());
        rest.until = Some(Instant::now() + wait);
    }
}

/// What an alarm's letter is made from.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Unconfirmed {
    /// How many cases.
    pub count: usize,
    /// The references of some.
    pub references: Vec<String>,
}

/// The lane of the letters about a case to one reader: they are one thread.
pub(super) fn lane(kind: &str, reference: &str, reader: &str) -> String {
    format!("{kind}:{reference}:{reader}")
}

/// The name of the first letter of a thread, which is that about the receipt.
pub(super) fn first_of(secret: &Secret, lane: &str) -> String {
    hex(&secret.derive(format!("thread:{lane}").as_bytes())[..16])
}

/// Sends what waits, until nothing does.
pub(super) async fn deliver(
    state: AppState,
    desk: std::sync::Arc<Desk>,
    stopping: std::sync::Arc<AtomicBool>,
) {
    let Some(mailer) = &state.config.outbox.mail else {
        return;
    };
    while !desk.rests() && !stopping.load(Ordering::Relaxed) {
        // What failed was logged. The next round finds everything as it is.
        match deliver_some(&state, mailer, &desk, &stopping).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

async fn deliver_some(
    state: &AppState,
    mailer: &Mailer,
    desk: &Desk,
    stopping: &AtomicBool,
) -> Result<usize, Error> {
    let taken_at = Instant::now();
    let lease = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX);
    let letters = queue::take_letters(state, AT_ONCE, lease).await?;
    let count = letters.len();
    let mut left = letters.into_iter();
    for message in left.by_ref() {
        deliver_one(state, mailer, desk, &message).await?;
        let is_late = taken_at.elapsed() + LEAST > LEASE;
        if is_late || desk.rests() || stopping.load(Ordering::Relaxed) {
            break;
        }
    }
    queue::give_back(state, left.map(|it| it.id).collect()).await?;
    Ok(count)
}

async fn deliver_one(
    state: &AppState,
    mailer: &Mailer,
    desk: &Desk,
    message: &Message,
) -> Result<(), Error> {
    let settings = &state.config.outbox;
    let end = match written(state, message).await? {
        Err(why) => End::Dropped(why),
        Ok(ready) => {
            let domain = mailer.domain();
            let message_id = format!("<{}@{domain}>", message.message_id);
            let thread = ready.thread.map(|it| format!("<{it}@{domain}>"));
            let envelope = Envelope {
                to: ready.to,
                from_name: ready.from_name.as_deref(),
                reply_to: ready.reply_to,
                message_id: &message_id,
                thread: thread.as_deref().filter(|first| *first != message_id),
            };
            let sent = mailer.send(&ready.letter, &envelope).await;
            desk.note(!matches!(sent, Err(NotSent::Server(_))), settings);
            after(state, message, sent)?
        }
    };
    let (id, now) = (message.id, clock::now(state)?.at);
    let work = state.store.write(move |connection| {
        Box::pin(async move { queue::settle(connection, id, &end, &now).await })
    });
    work.await
}

/// What becomes of a letter that was tried.
fn after(state: &AppState, message: &Message, sent: Result<(), NotSent>) -> Result<End, Error> {
    let patience = &state.config.outbox.patience;
    let now = clock::now(state)?;
    let (kind, id) = (message.kind.as_str(), message.id);
    let failures = message.failures.saturating_add(1);
    let wait = patience.wait(failures, None, backoff::chance());
    let (why, code, wait) = match sent {
        Ok(()) => return Ok(End::Delivered),
        Err(NotSent::Unwritable) => {
            error!(id, kind, "a letter that can't be written as mail is put aside");
            return Ok(End::Parked("unwritable"));
        }
        // How long is waited is the server's matter, not this letter's.
        Err(NotSent::Server(why)) => (why, 0, None),
        Err(NotSent::NotNow(code)) => ("not_now", code, Some(wait)),
        Err(NotSent::NotThere(code)) => ("not_there", code, Some(wait * NO_SUCH_ADDRESS)),
    };
    if super::is_over(patience, message.failing_since.as_deref(), &now) {
        error!(id, kind, why, code, "a letter is put aside after too long a time of failures");
        return Ok(End::Parked(why));
    }
    if failures == 1 || failures.is_multiple_of(20) {
        warn!(id, kind, why, code, failures, "a letter could not be sent");
    }
    let millis = wait.map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
    Ok(End::Again(millis.map(|millis| queue::later(&now, millis)).transpose()?))
}

/// A letter that can go out.
struct Ready {
    letter: Letter,
    to: Address,
    from_name: Option<String>,
    reply_to: Option<Address>,
    thread: Option<String>,
}

/// Makes the letter. The inner result says why nobody gets one any more.
async fn written(
    state: &AppState,
    message: &Message,
) -> Result<Result<Ready, &'static str>, Error> {
    let now = clock::now(state)?;
    if message.expires_at.as_ref().is_some_and(|at| *at <= now.at) {
        return Ok(Err("too_late"));
    }
    match message.kind.as_str() {
        "officer" => Ok(to_officer(state, message)),
        "alarm" => Ok(alarm(state, message)),
        kind => about_case(state, kind, message).await,
    }
}

async fn about_case(
    state: &AppState,
    kind: &str,
    message: &Message,
) -> Result<Result<Ready, &'static str>, Error> {
    let settings = &state.config.outbox;
    let (Some(reference), Some(reader)) = (&message.reference, &message.reader) else {
        return Ok(Err("unreadable"));
    };
    let told: Option<Told> = serde_json::from_str(&message.body).ok();
    let what = told.as_ref().and_then(|told| What::from_key(&told.what));
    let (Some(told), Some(what)) = (told, what) else {
        return Ok(Err("unreadable"));
    };
    let body = cases::record(state, reference).await?;
    let record = body.and_then(|body| serde_json::from_str::<Submission>(&body).ok());
    let (Some(record), Some(row)) = (record, cases::load(state, reference).await?) else {
        return Ok(Err("no_case"));
    };
    let landlord = landlords::read(&state.config.landlords, &told.case.landlord).await;
    let words = words_of(state, message).await?;
    let access_code = message.code.as_deref().and_then(|it| Sealed::open(&state.secret, it));
    let story = Story {
        what,
        case: &told.case,
        record: &record,
        words: words.as_deref(),
        access_code: access_code.as_deref(),
        landlord: &landlord,
        page: settings.page_of(&told.case.landlord),
    };
    let thread = Some(first_of(&state.secret, &lane(kind, reference, reader)));
    if kind == "team" {
        let Ok(to) = reader.parse() else {
            return Ok(Err("nobody"));
        };
        let page = settings.link(&format!("/officers/cases/{reference}"));
        let today = clock::now(state)?.today;
        let letter = compose::to_team(&Words::of("en"), &story, today, page.as_deref());
        return Ok(Ok(Ready { letter, to, from_name: None, reply_to: None, thread }));
    }
    // Who gets it is decided by how things are now: somebody may speak for the resident no longer.
    let to = Reader::from_key(reader)
        .and_then(|reader| recipients::address_of(reader, &row.case, &record));
    let Some(to) = to else {
        return Ok(Err("nobody"));
    };
    let mut letter = compose::to_resident(&Words::of(&told.case.language), &story);
    letter.is_large = recipients::wants_large_print(&row.case);
    let from_name = Some(landlord.name.clone()).filter(|name| !name.is_empty());
    Ok(Ok(Ready { letter, to, from_name, reply_to: own_address(&landlord), thread }))
}

/// The words that were said at the event, if there were any.
async fn words_of(state: &AppState, message: &Message) -> Result<Option<String>, Error> {
    let row = sqlx::query("select text from events where id = $1")
        .bind(message.event_id)
        .fetch_optional(state.store.pool())
        .await
        .map_err(unreadable)?;
    Ok(row.map(|row| row.try_get(0)).transpose().map_err(unreadable)?.flatten())
}

/// The landlord's own address for complaints, where answers to a letter should go.
fn own_address(landlord: &Landlord) -> Option<Address> {
    let mut channels = landlord.channels.iter().filter(|it| it.kind == ChannelKind::Email);
    channels.find_map(|it| it.value.as_deref()?.trim().parse().ok())
}

fn to_officer(state: &AppState, message: &Message) -> Result<Ready, &'static str> {
    let to = message.reader.as_deref().and_then(|it| it.parse().ok()).ok_or("nobody")?;
    let token = message.code.as_deref().and_then(|it| Sealed::open(&state.secret, it));
    let token = token.ok_or("unreadable")?;
    let Some(link) = state.config.outbox.link(&format!("/officers/enter/{token}")) else {
        error!("an officer asked for a link by mail; give --public-url, so that there is one");
        return Err("no_public_url");
    };
    let letter = compose::sign_in(&Words::of("en"), &link);
    Ok(Ready { letter, to, from_name: None, reply_to: None, thread: None })
}

fn alarm(state: &AppState, message: &Message) -> Result<Ready, &'static str> {
    let to = message.reader.as_deref().and_then(|it| it.parse().ok()).ok_or("nobody")?;
    let about: Unconfirmed = serde_json::from_str(&message.body).map_err(|_| "unreadable")?;
    let page = state.config.outbox.link("/officers");
    let words = Words::of("en");
    let letter = compose::alarm(&words, about.count, &about.references, page.as_deref());
    Ok(Ready { letter, to, from_name: None, reply_to: None, thread: None })
}
