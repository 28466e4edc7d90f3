//! Sending twice is the same as sending once, whatever was lost on the way.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::time::Duration;

use common::{Service, complaint, database};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::task::JoinSet;
use uuid::Uuid;

#[tokio::test]
async fn the_same_key_and_body_give_the_same_receipt() {
    let service = Service::start().await;
    let (key, body) = (Uuid::new_v4(), complaint("No heating"));
    let first = service.submit(key, &body).await;
    let second = service.submit(key, &body).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 200));
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(service.rows().await, 1);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused_and_the_first_one_stays() {
    let service = Service::start().await;
    let key = Uuid::new_v4();
    let body = complaint("No heating");
    let first = service.submit(key, &body).await;
    let other = service.submit(key, &complaint("Something else")).await;
    let error = (String::new(), "idempotency_key_reused".to_owned());
    assert_eq!(other.problem(422), [error]);
    assert_eq!(service.submit(key, &body).await.body, first.body);
    assert_eq!(service.rows().await, 1);
}

#[tokio::test]
async fn the_same_body_under_two_keys_is_two_complaints() {
    let service = Service::start().await;
    let body = complaint("No heating");
    let first = service.submit(Uuid::new_v4(), &body).await.json();
    let second = service.submit(Uuid::new_v4(), &body).await.json();
    assert_ne!(first["reference"], second["reference"]);
    assert_ne!(first["accessCode"], second["accessCode"]);
    assert_eq!(service.rows().await, 2);
}

#[tokio::test]
async fn twenty_at_once_with_one_key_are_one_row() {
    let service = Service::start().await;
    let (key, body) = (Uuid::new_v4(), complaint("No heating"));
    let mut senders = JoinSet::new();
    for _ in 0..20 {
        let (address, body) = (service.address, body.clone());
        senders.spawn(async move { common::submit(address, key, &body).await });
    }
    let mut created = 0;
    let mut receipts = Vec::new();
    while let Some(response) = senders.join_next().await {
        let response = response.unwrap();
        match response.status.as_u16() {
            201 => created += 1,
            200 => {}
            409 => {
                assert_eq!(response.header("retry-after"), "1");
                continue;
            }
            other => panic!("{other}"),
        }
        receipts.push(response.body);
    }
    assert_eq!(created, 1);
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert_eq!(service.rows().await, 1);
    assert_eq!(service.submit(key, &body).await.body, receipts[0]);
}

#[tokio::test]
async fn while_the_first_is_in_flight_the_same_key_waits_even_if_the_first_sender_has_gone() {
    // It locks the file. `two_instances` has it for PostgreSQL.
    if common::is_postgres() {
        return;
    }
    let service = Service::start().await;
    let (key, body) = (Uuid::new_v4(), complaint("No heating"));
    // Somebody else writes, so the first submission waits for the database.
    let options = SqliteConnectOptions::new().filename(database(service.folder.path()));
    let mut connection = options.connect().await.unwrap();
    let lock = connection.begin_with("begin immediate").await.unwrap();

    let (address, sent) = (service.address, body.clone());
    let first = tokio::spawn(async move { common::submit(address, key, &sent).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let second = service.submit(key, &body).await;
    assert!(second.problem(409).is_empty());
    assert_eq!(second.header("retry-after"), "1");

    first.abort();
    lock.rollback().await.unwrap();
    let mut last = service.submit(key, &body).await;
    for _ in 0..50 {
        if last.status == 409 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            last = service.submit(key, &body).await;
        }
    }
    assert_eq!(last.status, 200, "the first was stored without its sender");
    assert_eq!(service.rows().await, 1);
}
