//! What one address may do, and that no limit keeps a resident from their own case.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::time::{Duration, SystemTime};

use common::{Response, Service, complaint, send};
use server::keys::{self, Scope};
use server::limits::{Limits, Proxies};
use server::{Config, outbox};
use uuid::Uuid;

/// The tests' own address is believed about where a request comes from.
fn behind_a_proxy(config: &mut Config) {
    let trusted = vec!["127.0.0.1/32".parse().unwrap()];
    config.proxies = Proxies { trusted, ..Proxies::default() };
    config.limits = Limits::new(3);
    // It stands still: no window ends in the middle of a test.
    config.clock = || SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_253_400);
}

async fn submit_from(service: &Service, address: &str) -> Response {
    submit_under(service, address, &Uuid::new_v4().to_string(), complaint("No heating.")).await
}

async fn submit_under(service: &Service, address: &str, key: &str, body: String) -> Response {
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", key),
        ("x-forwarded-for", address),
    ];
    send(service.address, "POST", "/v1/submissions", &headers, body).await
}

async fn read_from(service: &Service, address: &str, reference: &str, code: &str) -> Response {
    let bearer = format!("Bearer {code}");
    let headers = [("authorization", bearer.as_str()), ("x-forwarded-for", address)];
    send(service.address, "GET", &format!("/v1/cases/{reference}"), &headers, "").await
}

fn receipt(response: &Response) -> (String, String) {
    let receipt = response.json();
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    (text("reference"), text("accessCode"))
}

#[tokio::test]
async fn the_right_code_works_after_any_number_of_wrong_ones() {
    let service = Service::start_with(behind_a_proxy).await;
    let (reference, code) = receipt(&submit_from(&service, "198.51.100.7").await);
    let mut refused = 0;
    for _ in 0..14 {
        let answer = read_from(&service, "198.51.100.9", &reference, "1111 2222 3333 4444").await;
        if answer.status == 429 {
            let seconds: u32 = answer.header("retry-after").parse().unwrap();
            assert!((1..=600).contains(&seconds));
            refused += 1;
        } else {
            answer.problem(404);
        }
    }
    assert!(refused > 0);
    // From the same address, and from another.
    for address in ["198.51.100.9", "198.51.100.7"] {
        assert_eq!(read_from(&service, address, &reference, &code).await.status, 200);
    }
}

#[tokio::test]
async fn an_unknown_reference_is_counted_as_a_wrong_code_is() {
    let service = Service::start_with(behind_a_proxy).await;
    let (reference, _) = receipt(&submit_from(&service, "198.51.100.7").await);
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for _ in 0..12 {
        let wrong = "1111 2222 3333 4444";
        let answer = read_from(&service, "203.0.113.1", &reference, wrong).await;
        known.push((answer.status, answer.body));
        let answer = read_from(&service, "203.0.113.2", "X22-X22-X22", wrong).await;
        unknown.push((answer.status, answer.body));
    }
    assert_eq!(known, unknown);
    assert_eq!(known.last().unwrap().0, 429);
}

#[tokio::test]
async fn an_address_that_sends_too_much_is_told_when_to_come_back() {
    let service = Service::start_with(behind_a_proxy).await;
    for _ in 0..3 {
        assert_eq!(submit_from(&service, "198.51.100.7").await.status, 201);
    }
    let refused = submit_from(&service, "198.51.100.7").await;
    refused.problem(429);
    let seconds: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&seconds));
    // What the visitor writes into the header changes nothing.
    assert_eq!(submit_from(&service, "203.0.113.9, 198.51.100.7").await.status, 429);
    assert_eq!(submit_from(&service, "203.0.113.9").await.status, 201);
    assert_eq!(service.rows().await, 4);
}

#[tokio::test]
async fn a_record_that_was_stored_is_answered_again_however_much_was_sent() {
    let service = Service::start_with(behind_a_proxy).await;
    let key = Uuid::new_v4().to_string();
    for at in 0..5 {
        let body = complaint("No heating.");
        let sent = submit_under(&service, "198.51.100.7", &key, body).await;
        assert_eq!(sent.status, if at == 0 { 201 } else { 200 });
    }
    // It counts once.
    for status in [201, 201, 429] {
        assert_eq!(submit_from(&service, "198.51.100.7").await.status, status);
    }
}

#[tokio::test]
async fn what_is_not_stored_is_not_counted() {
    let service = Service::start_with(behind_a_proxy).await;
    let key = Uuid::new_v4().to_string();
    for (body, status) in [("{}", 422), ("No heating.", 201), ("No hot water.", 422)] {
        let body = if body == "{}" { body.to_owned() } else { complaint(body) };
        let sent = submit_under(&service, "198.51.100.7", &key, body).await;
        assert_eq!(sent.status, status);
    }
    let sql = "select count from attempts".to_owned();
    let rows = common::query(service.folder.path(), sql).await.unwrap();
    let counts: Vec<i64> = rows.iter().map(|row| sqlx::Row::get(row, 0)).collect();
    assert_eq!(counts, [1]);
}

async fn post_from(service: &Service, address: &str, path: &str, fields: &str) -> Response {
    let (media_type, body) = match path.starts_with("/officers") {
        true => ("application/x-www-form-urlencoded", fields),
        false => ("application/json", "{}"),
    };
    let headers = [
        ("content-type", media_type),
        ("sec-fetch-site", "same-origin"),
        ("x-forwarded-for", address),
    ];
    send(service.address, "POST", path, &headers, body.to_owned()).await
}

/// Sends this until it was once too often; gives how often it was not.
async fn until_too_often(service: &Service, path: &str, fields: &str, status: u16) -> usize {
    for at in 0..100 {
        let answer = post_from(service, "198.51.100.7", path, fields).await;
        if answer.status == 429 {
            let seconds: u32 = answer.header("retry-after").parse().unwrap();
            assert!((1..=3600).contains(&seconds));
            // Another address notices nothing.
            assert_eq!(post_from(service, "203.0.113.9", path, fields).await.status, status);
            return at;
        }
        assert_eq!(answer.status, status, "{path}");
    }
    panic!("{path} has no limit");
}

#[tokio::test]
async fn an_address_may_ask_for_a_new_code_thirty_times_an_hour() {
    let service = Service::start_with(behind_a_proxy).await;
    let (reference, code) = receipt(&submit_from(&service, "198.51.100.7").await);
    let path = format!("/v1/cases/{reference}/code");
    assert_eq!(until_too_often(&service, &path, "", 202).await, 30);
    // A case that is not there is answered and counted the same.
    let unknown = "/v1/cases/X22-X22-X22/code";
    post_from(&service, "198.51.100.7", unknown, "").await.problem(429);
    assert_eq!(read_from(&service, "198.51.100.7", &reference, &code).await.status, 200);
}

#[tokio::test]
async fn whoever_has_a_good_key_gets_in_after_any_number_of_wrong_ones() {
    let service = Service::start_with(behind_a_proxy).await;
    let path = "/officers/sign-in/key";
    assert_eq!(until_too_often(&service, path, "key=hck_1_2", 422).await, 20);
    let scopes = [Scope::Officers];
    let now = "2026-11-21T09:30:00.000Z".to_owned();
    let key = keys::add(&service.state.store, "Ann", None, &scopes, now).await.unwrap().key;
    let good = format!("key={key}");
    assert_eq!(post_from(&service, "198.51.100.7", path, &good).await.status, 303);
}

#[tokio::test]
async fn an_address_may_ask_for_sixty_links_in_ten_minutes() {
    let service = Service::start_with(|config| {
        behind_a_proxy(config);
        let mailer = outbox::mail::Mailer::new("smtp://127.0.0.1:9", "c@halton.example").unwrap();
        config.outbox.mail = Some(mailer);
        config.outbox.public_url = Some("https://c.example.org".to_owned());
    })
    .await;
    let path = "/officers/sign-in/link";
    let fields = "email=ann%40halton.example&to=K47-W92-F36";
    assert_eq!(until_too_often(&service, path, fields, 200).await, 60);
    let refused = post_from(&service, "198.51.100.7", path, fields).await;
    let page = String::from_utf8(refused.body.to_vec()).unwrap();
    // What was typed is still there.
    assert!(page.contains("ann@halton.example") && page.contains("K47-W92-F36"), "{page}");
    assert!(page.contains("Try again in 10 minutes"));
}

#[tokio::test]
async fn a_proxy_that_nobody_has_named_is_not_everybody() {
    let service = Service::start_with(|config| config.limits = Limits::new(3)).await;
    for _ in 0..6 {
        assert_eq!(submit_from(&service, "198.51.100.7").await.status, 201);
    }
}

#[tokio::test]
async fn no_address_and_no_reference_is_in_what_is_counted() {
    let service = Service::start_with(behind_a_proxy).await;
    let (reference, _) = receipt(&submit_from(&service, "198.51.100.7").await);
    read_from(&service, "198.51.100.7", &reference, "1").await;
    let sql = "select what from attempts".to_owned();
    let rows = common::query(service.folder.path(), sql).await.unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let what: String = sqlx::Row::get(&row, 0);
        assert!(what.len() == 32 && what.bytes().all(|it| it.is_ascii_hexdigit()), "{what}");
    }
}
