//! Messages on their way: in order, never two at once, tried again until they arrive, and put aside after too
//! long a time. With two instances of the service over one database.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use common::{Service, complaint};
use domain::case::{Act, By};
use serde_json::Value;
use server::cases::{self, Actor};
use server::outbox::{self, OfficerLink, Settings, sealed::Sealed};
use server::{AppState, Config, alarm};
use sqlx::Row;
use tokio::net::TcpListener;
use uuid::Uuid;

/// A receiver of webhooks, which answers with a status that can be changed.
#[derive(Clone, Default)]
struct Receiver {
    status: Arc<Mutex<u16>>,
    /// With what it answers once it has taken one.
    then: Arc<Mutex<Option<u16>>>,
    events: Arc<Mutex<Vec<i64>>>,
    tries: Arc<AtomicUsize>,
    at_once: Arc<AtomicI64>,
    most_at_once: Arc<AtomicI64>,
}

impl Receiver {
    async fn start(status: u16) -> (Self, String) {
        let receiver = Self::default();
        receiver.answers(status);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let own = receiver.clone();
        let receive = post(async move |body: String| own.receive(&body).await);
        let app = Router::new().route("/hooks", receive);
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        (receiver, url)
    }

    fn answers(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    async fn receive(&self, body: &str) -> StatusCode {
        self.tries.fetch_add(1, Ordering::SeqCst);
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(3)).await;
        let status = *self.status.lock().unwrap();
        if status == 200 {
            let body: Value = serde_json::from_str(body).unwrap();
            self.events.lock().unwrap().push(body["data"]["eventId"].as_i64().unwrap());
            if let Some(then) = *self.then.lock().unwrap() {
                self.answers(then);
            }
        }
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        StatusCode::from_u16(status).unwrap()
    }

    fn events(&self) -> Vec<i64> {
        self.events.lock().unwrap().clone()
    }
}

fn settings(config: &mut Config) {
    config.outbox = Settings {
        allow_private_webhooks: true,
        round: Duration::from_millis(20),
        ..Settings::default()
    };
    config.outbox.patience.first = Duration::from_millis(20);
    config.outbox.patience.longest = Duration::from_millis(60);
}

async fn add_webhook(state: &AppState, id: &str, url: &str) {
    let row = (id.to_owned(), url.to_owned());
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            sqlx::query(
                "insert into webhooks (id, landlord, url, secret_version, created_at, failures)
                values ($1, 'halton', $2, 1, '2026-11-21T00:00:00.000Z', 0)",
            )
            .bind(row.0)
            .bind(row.1)
            .execute(connection)
            .await?;
            Ok(())
        })
    });
    work.await.unwrap();
}

async fn add_case(service: &Service) -> String {
    let receipt = service.submit(Uuid::new_v4(), &complaint("No heating")).await;
    receipt.json()["reference"].as_str().unwrap().to_owned()
}

async fn say(state: &AppState, reference: &str, by: By) {
    let act = Act::Message { text: "Hello".to_owned() };
    cases::act(state, reference, act, Actor { by, who: None }, None).await.unwrap();
}

async fn count(state: &AppState, sql: &'static str) -> i64 {
    sqlx::query(sql).fetch_one(state.store.pool()).await.unwrap().try_get(0).unwrap()
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..1000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}: it does not come");
}

/// Starts what delivers, and waits until it has begun: over an SQLite file, which has one instance, it first takes
/// from others what they have. In PostgreSQL it does not.
async fn start_beside_others(state: &AppState) -> tokio::task::JoinHandle<()> {
    let claim = state.store.write(|connection| {
        Box::pin(async move {
            let is_file = connection.backend_name() == "SQLite";
            let until = if is_file { Some("2100-01-01T00:00:00.000Z") } else { None };
            sqlx::query("update webhooks set claimed_until = $1")
                .bind(until)
                .execute(connection)
                .await?;
            Ok(())
        })
    });
    claim.await.unwrap();
    let instance = tokio::spawn(outbox::run(state.clone()));
    let claimed = "select count(*) from webhooks where claimed_until is not null";
    until("the beginning", async || count(state, claimed).await == 0).await;
    instance
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_tell_everything_once_in_order_and_one_at_a_time() {
    let service = Service::start_with(settings).await;
    let state = &service.state;
    let (receiver, url) = Receiver::start(200).await;
    add_webhook(state, "wh_1", &url).await;
    let mut instances = Vec::new();
    for _ in 0..2 {
        instances.push(start_beside_others(state).await);
    }
    let mut references = Vec::new();
    for number in 0..30 {
        if number % 3 == 0 {
            references.push(add_case(&service).await);
        } else {
            say(state, references.last().unwrap(), By::Resident).await;
        }
    }
    until("30 events", async || receiver.events().len() >= 30).await;
    until("an empty outbox", async || outbox::backlog(state).await.unwrap().waiting == 0).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let events = receiver.events();
    assert_eq!(events.len(), 30, "once");
    assert!(events.is_sorted(), "in order: {events:?}");
    assert_eq!(receiver.most_at_once.load(Ordering::SeqCst), 1);
    // Whoever takes it has the case: nothing of the resident's waits any longer.
    assert_eq!(count(state, "select count(*) from cases where waiting_since is not null").await, 0);
    let backlog = outbox::backlog(state).await.unwrap();
    assert_eq!((backlog.waiting, backlog.parked, backlog.oldest), (0, 0, None));
    state.uploads.stop();
    for instance in instances {
        instance.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_receiver_that_fails_holds_up_no_other_and_gets_all_later() {
    let service = Service::start_with(settings).await;
    let state = &service.state;
    let (away, away_url) = Receiver::start(503).await;
    let (there, there_url) = Receiver::start(200).await;
    add_webhook(state, "wh_1", &away_url).await;
    add_webhook(state, "wh_2", &there_url).await;
    tokio::spawn(outbox::run(state.clone()));
    let reference = add_case(&service).await;
    for _ in 0..9 {
        say(state, &reference, By::Landlord).await;
    }
    until("the one that is there", async || there.events().len() == 10).await;
    until("some tries", async || away.tries.load(Ordering::SeqCst) > 3).await;
    // What the one that is there has is taken from the outbox a moment later.
    until("the other's ten", async || outbox::backlog(state).await.unwrap().waiting == 10).await;
    away.answers(200);
    until("the other", async || away.events().len() == 10).await;
    assert_eq!(away.events(), there.events());
    assert!(away.events().is_sorted());
    until("an empty outbox", async || outbox::backlog(state).await.unwrap().waiting == 0).await;
    let failing = "select count(*) from webhooks where failures > 0 or failing_since is not null";
    assert_eq!(count(state, failing).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_has_a_case_only_when_it_has_the_last_of_it() {
    let service = Service::start_with(settings).await;
    let state = &service.state;
    let (receiver, url) = Receiver::start(200).await;
    *receiver.then.lock().unwrap() = Some(503);
    add_webhook(state, "wh_1", &url).await;
    let reference = add_case(&service).await;
    say(state, &reference, By::Resident).await;
    tokio::spawn(outbox::run(state.clone()));
    until("some tries", async || receiver.tries.load(Ordering::SeqCst) > 3).await;
    let waiting = "select count(*) from cases where waiting_since is not null";
    assert_eq!((receiver.events().len(), count(state, waiting).await), (1, 1));
    *receiver.then.lock().unwrap() = None;
    receiver.answers(200);
    until("the other", async || count(state, waiting).await == 0).await;
    assert_eq!(receiver.events().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_too_long_a_time_of_failures_a_message_is_put_aside_and_counted() {
    let service = Service::start_with(|config| {
        settings(config);
        config.outbox.patience.gives_up_after = Duration::from_millis(600);
    })
    .await;
    let state = &service.state;
    let (receiver, url) = Receiver::start(500).await;
    add_webhook(state, "wh_1", &url).await;
    tokio::spawn(outbox::run(state.clone()));
    let reference = add_case(&service).await;
    until("it to be put aside", async || outbox::backlog(state).await.unwrap().parked == 1).await;
    assert!(receiver.tries.load(Ordering::SeqCst) > 4, "it was tried");
    assert_eq!(count(state, "select count(*) from outbox where body is not null").await, 0);
    // What comes later is tried all the same, and arrives when it is back.
    say(state, &reference, By::Resident).await;
    receiver.answers(200);
    until("what came later", async || receiver.events().len() == 1).await;
    assert_eq!(outbox::backlog(state).await.unwrap().parked, 1);
}

#[tokio::test]
async fn without_mail_and_webhooks_nothing_is_kept_not_even_the_access_code() {
    let service = Service::start_with(settings).await;
    let state = &service.state;
    add_case(&service).await;
    assert_eq!(count(state, "select count(*) from notices where access_code is not null").await, 1);
    tokio::spawn(outbox::run(state.clone()));
    until("no notice", async || count(state, "select count(*) from notices").await == 0).await;
    assert_eq!(count(state, "select count(*) from outbox").await, 0);
}

fn with_mail_to_nowhere(config: &mut Config) {
    settings(config);
    // Nothing listens there.
    config.outbox.mail =
        Some(outbox::mail::Mailer::new("smtp://127.0.0.1:9", "c@halton.example").unwrap());
    config.outbox.team = vec![("halton".to_owned(), "team@halton.example".parse().unwrap())];
    config.outbox.public_url = Some("https://c.example.org".to_owned());
}

#[tokio::test]
async fn a_link_for_an_officer_that_is_late_is_dropped_with_its_secret() {
    let service = Service::start_with(with_mail_to_nowhere).await;
    let state = &service.state;
    let add = |expires_at: &'static str| {
        let token = Sealed::new(&state.secret, "secret").unwrap();
        state.store.write(move |connection| {
            Box::pin(async move {
                let link = OfficerLink {
                    to: "officer@halton.example",
                    name: "Jo",
                    token: &token,
                    at: "2026-11-21T09:00:00.000Z",
                    expires_at,
                };
                outbox::enqueue_mail_to_officer(connection, &link).await
            })
        })
    };
    add("2026-11-21T09:15:00.000Z").await.unwrap();
    add("2099-01-01T00:00:00.000Z").await.unwrap();
    tokio::spawn(outbox::run(state.clone()));
    let late = "select count(*) from outbox where why = 'too_late' and code is null";
    until("the late one to be dropped", async || count(state, late).await == 1).await;
    // The other waits for the mail server.
    assert_eq!(count(state, "select count(*) from outbox where code is not null").await, 1);
    assert_eq!(count(state, "select count(*) from outbox where code like '%secret%'").await, 0);
    assert_eq!(outbox::backlog(state).await.unwrap().parked, 0);
}

/// How many days the clock of the test below is ahead.
static DAYS: AtomicUsize = AtomicUsize::new(0);

fn shifted() -> SystemTime {
    // Saturday 21 November 2026, noon.
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_262_400);
    noon + Duration::from_secs(86_400 * DAYS.load(Ordering::SeqCst) as u64)
}

#[tokio::test]
async fn what_nobody_has_looked_at_for_a_working_day_is_an_alarm_once_a_working_day() {
    let service = Service::start_with(|config| {
        with_mail_to_nowhere(config);
        config.clock = shifted;
    })
    .await;
    let state = &service.state;
    let seen = add_case(&service).await;
    let unseen = add_case(&service).await;
    let letters = async || count(state, "select count(*) from outbox where kind = 'alarm'").await;
    // Sunday, and Monday, which is the one working day.
    for _ in 0..2 {
        DAYS.fetch_add(1, Ordering::SeqCst);
        assert_eq!(alarm::look(state).await.unwrap(), 0);
    }
    cases::confirm(state, &seen, "webhook:wh_1").await.unwrap();
    // Tuesday to Friday: once each.
    for day in 1..=4 {
        DAYS.fetch_add(1, Ordering::SeqCst);
        for _ in 0..2 {
            assert_eq!(alarm::look(state).await.unwrap(), 1);
        }
        assert_eq!(letters().await, day);
    }
    assert_eq!(alarm::unconfirmed(state).await.unwrap(), 1);
    let sql = "select body from outbox where kind = 'alarm' limit 1";
    let body: String =
        sqlx::query(sql).fetch_one(state.store.pool()).await.unwrap().try_get(0).unwrap();
    assert!(body.contains(&unseen) && !body.contains(&seen), "{body}");
    // No letter at the weekend, though the count goes on.
    DAYS.fetch_add(1, Ordering::SeqCst);
    assert_eq!(alarm::look(state).await.unwrap(), 1);
    assert_eq!(letters().await, 4);
    // Whatever the landlord does ends it.
    DAYS.fetch_add(2, Ordering::SeqCst);
    say(state, &unseen, By::Landlord).await;
    assert_eq!(alarm::look(state).await.unwrap(), 0);
}
