//! Two instances of the service over one PostgreSQL: what must happen once happens once, and what is counted
//! is counted together. `cargo xtask test` starts a PostgreSQL for it; without one it does nothing.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::{Response, Service, complaint, is_postgres, query, send};
use serde_json::json;
use server::Config;
use server::limits::{Limits, Proxies};
use sqlx::Row;
use tokio::task::JoinSet;
use uuid::Uuid;

fn settings(config: &mut Config) {
    let trusted = vec!["127.0.0.1/32".parse().unwrap()];
    config.proxies = Proxies { trusted, ..Proxies::default() };
    config.limits = Limits::new(20);
}

async fn two() -> Option<[Service; 2]> {
    if !is_postgres() {
        return None;
    }
    let one = Service::start_with(settings).await;
    let other = one.beside(settings).await;
    Some([one, other])
}

async fn until_stored(service: &Service, key: Uuid, body: &str) -> Response {
    loop {
        let answer = service.submit(key, body).await;
        if answer.status != 409 {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_sent_to_both_at_once_is_one_case_with_one_receipt() {
    let Some([one, other]) = two().await else { return };
    for round in 0..30 {
        let key = Uuid::new_v4();
        let body = complaint(&format!("There is no heating, round {round}."));
        let (first, second) =
            tokio::join!(until_stored(&one, key, &body), until_stored(&other, key, &body));
        assert_eq!(first.json(), second.json());
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 201]);
    }
    assert_eq!(one.rows().await, 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_for_two_bodies_is_one_of_them() {
    let Some([one, other]) = two().await else { return };
    let key = Uuid::new_v4();
    let (here, there) = (complaint("Here."), complaint("There."));
    let (first, second) =
        tokio::join!(until_stored(&one, key, &here), until_stored(&other, key, &there));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_resident_does_twice_at_once_happens_once() {
    let Some([one, other]) = two().await else { return };
    let receipt = one.submit(Uuid::new_v4(), &complaint("No heating.")).await.json();
    let reference = receipt["reference"].as_str().unwrap();
    let bearer = format!("Bearer {}", receipt["accessCode"].as_str().unwrap());
    let path = format!("/v1/cases/{reference}/stage2");
    let mut sending = JoinSet::new();
    for service in [&one, &other, &one, &other] {
        let (address, path, bearer) = (service.address, path.clone(), bearer.clone());
        sending.spawn(async move {
            let headers =
                [("content-type", "application/json"), ("authorization", bearer.as_str())];
            send(address, "POST", &path, &headers, "{}").await.status.as_u16()
        });
    }
    let mut statuses = sending.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);

    // And with a key, the same once more.
    let key = Uuid::new_v4().to_string();
    let path = format!("/v1/cases/{reference}/messages");
    let headers = [
        ("content-type", "application/json"),
        ("authorization", bearer.as_str()),
        ("idempotency-key", key.as_str()),
    ];
    let body = json!({ "text": "Still no heating." }).to_string();
    let (first, second) = tokio::join!(
        send(one.address, "POST", &path, &headers, body.clone()),
        send(other.address, "POST", &path, &headers, body),
    );
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    let view = second.json();
    let messages = view["history"].as_array().unwrap().iter().filter(|it| it["what"] == "message");
    assert_eq!(messages.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_given_up_leaves_no_transaction_open() {
    let Some([one, _]) = two().await else { return };
    let open = "select count(*) from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%'";
    for wait in 0..60 {
        // Polled a few times, and then dropped: at whatever it is waiting for.
        let mut work = Box::pin(one.state.store.let_go_of_upload("no upload", "nobody"));
        for _ in 0..wait % 6 {
            if tokio::time::timeout(Duration::from_micros(100), &mut work).await.is_ok() {
                break;
            }
        }
        drop(work);
        // It is rolled back behind the request; one that is forgotten stays open for ever.
        for tries in 1.. {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let rows = query(one.folder.path(), open.to_owned()).await.unwrap();
            if rows[0].get::<i64, _>(0) == 0 {
                break;
            }
            assert!(tries < 250, "after {wait}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_hold_across_both() {
    let Some([one, other]) = two().await else { return };
    let submit = async |service: &Service| {
        let key = Uuid::new_v4().to_string();
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
            ("x-forwarded-for", "198.51.100.7"),
        ];
        let body = complaint("No heating.");
        send(service.address, "POST", "/v1/submissions", &headers, body).await
    };
    let mut stored = 0;
    for at in 0..24 {
        let answer = submit(if at % 2 == 0 { &one } else { &other }).await;
        stored += usize::from(answer.status == 201);
    }
    assert_eq!(stored, 20);

    let mut statuses = BTreeSet::new();
    for at in 0..12 {
        let service = if at % 2 == 0 { &one } else { &other };
        let headers = [("authorization", "Bearer 1"), ("x-forwarded-for", "203.0.113.8")];
        let answer = send(service.address, "GET", "/v1/cases/X22-X22-X22", &headers, "").await;
        statuses.insert((at >= 10, answer.status.as_u16()));
    }
    assert_eq!(statuses, BTreeSet::from([(false, 404), (true, 429)]));
}
