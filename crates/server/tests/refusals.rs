//! Whatever is refused is refused with a problem document that says why (RFC 9457).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::time::Duration;

use common::{Response, Service, complaint, send};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

const KEY: &str = "7d2f6a1e-58a3-4f7e-9a36-1f2f0a3f4b5c";
const JSON: (&str, &str) = ("content-type", "application/json");

async fn post(service: &Service, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
    send(service.address, "POST", "/v1/submissions", headers, body).await
}

async fn errors(service: &Service, body: Value) -> Vec<(String, String)> {
    let response = service.submit(Uuid::new_v4(), &body.to_string()).await;
    response.problem(422)
}

fn record() -> Value {
    serde_json::from_str(&complaint("No heating")).unwrap()
}

fn error(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

#[tokio::test]
async fn without_a_key_or_with_a_malformed_one() {
    let service = Service::start().await;
    let body = complaint("No heating").into_bytes();
    post(&service, &[JSON], body.clone()).await.problem(400);
    let simple = KEY.replace('-', "");
    for key in ["", "1", simple.as_str(), "not-a-uuid-not-a-uuid-not-a-uuid-not"] {
        let headers = [JSON, ("idempotency-key", key)];
        post(&service, &headers, body.clone()).await.problem(400);
    }
    let twice = [JSON, ("idempotency-key", KEY), ("idempotency-key", KEY)];
    post(&service, &twice, body).await.problem(400);
    assert_eq!(service.rows().await, 0);
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_method() {
    let service = Service::start().await;
    for path in ["/v1", "/v1/cases/K47-W92-F36", "/Cargo.toml", "/%00", "/landlords/"] {
        let absent = service.get(path).await;
        absent.problem(404);
        if path.starts_with("/v1") {
            assert_eq!(absent.header("access-control-allow-origin"), "", "{path}");
        }
    }
    let wrong = service.get("/v1/submissions").await;
    wrong.problem(405);
    assert_eq!(wrong.header("allow"), "POST");
    let wrong = send(service.address, "DELETE", "/healthz", &[], "").await;
    wrong.problem(405);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_in_time() {
    let service =
        Service::start_with(|config| config.time_limit = Duration::from_millis(300)).await;
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    let head = format!(
        "POST /v1/submissions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
        Content-Type: application/json\r\nIdempotency-Key: {KEY}\r\nContent-Length: 10\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
}

#[tokio::test]
async fn a_body_of_more_than_eight_mebibytes() {
    let service = Service::start().await;
    let headers = [JSON, ("idempotency-key", KEY)];
    let mut body = complaint("No heating").into_bytes();
    body.resize(8 * 1024 * 1024 + 1, b' ');
    post(&service, &headers, body.clone()).await.problem(413);
    body.pop();
    assert_eq!(post(&service, &headers, body).await.status, 201);
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json() {
    let service = Service::start().await;
    let body = complaint("No heating").into_bytes();
    let key = ("idempotency-key", KEY);
    post(&service, &[key], body.clone()).await.problem(415);
    for other in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
        let headers = [key, ("content-type", other)];
        post(&service, &headers, body.clone()).await.problem(415);
    }
    let with_charset = [key, ("content-type", "Application/JSON; charset=utf-8")];
    assert_eq!(post(&service, &with_charset, body).await.status, 201);
}

#[tokio::test]
async fn a_body_that_is_not_json() {
    let service = Service::start().await;
    let not_utf_8 = complaint("No heating")
        .replace("heating", "h\u{7f}eating")
        .into_bytes()
        .into_iter()
        .map(|byte| if byte == 0x7f { 0xff } else { byte })
        .collect();
    for body in [Vec::new(), b"{".to_vec(), b"hello".to_vec(), not_utf_8] {
        let response = post(&service, &[JSON, ("idempotency-key", KEY)], body).await;
        assert_eq!(response.problem(422), [error("", "not_json")]);
    }
}

#[tokio::test]
async fn a_record_of_another_form_says_where() {
    let service = Service::start().await;
    assert_eq!(errors(&service, json!([])).await, [error("/kind", "missing")]);
    let mut other = record();
    other["kind"] = json!("compliment");
    assert_eq!(errors(&service, other).await, [error("/kind", "unknown_choice")]);

    let mut wrong = record();
    wrong["resident"]["name"] = json!(7);
    assert_eq!(errors(&service, wrong).await, [error("/resident/name", "wrong_type")]);

    let mut wrong = record();
    wrong["landlord"] = json!({});
    assert_eq!(errors(&service, wrong).await, [error("/landlord", "wrong_type")]);

    let mut wrong = record();
    wrong["topics"] = json!(["repairs", "castles"]);
    assert_eq!(errors(&service, wrong).await, [error("/topics/1", "unknown_choice")]);

    let mut missing = record();
    missing.as_object_mut().unwrap().remove("danger");
    assert_eq!(errors(&service, missing).await, [error("/danger", "missing")]);

    let mut missing = record();
    missing.as_object_mut().unwrap().remove("language");
    assert_eq!(errors(&service, missing).await, [error("/language", "missing")]);

    let twice = complaint("No heating").replacen('{', r#"{"account":"x","#, 1);
    let response = service.submit(Uuid::new_v4(), &twice).await;
    assert_eq!(response.problem(422), [error("", "wrong_type")]);
}

#[tokio::test]
async fn a_record_with_missing_answers_says_which() {
    let service = Service::start().await;
    let mut blank = record();
    blank["account"] = json!(" \u{200b}\n");
    blank["topics"] = json!([]);
    blank["contact"] = json!({"email": "amira"});
    let expected = [
        error("/topics", "missing"),
        error("/account", "missing"),
        error("/contact/email", "email_incomplete"),
    ];
    assert_eq!(errors(&service, blank).await, expected);

    let mut for_someone = record();
    for_someone["onBehalfOf"] = json!("someone_else");
    let expected = [
        error("/representative/name", "missing"),
        error("/representative/contact", "missing"),
        error("/representative/consent", "missing"),
    ];
    assert_eq!(errors(&service, for_someone).await, expected);
    assert_eq!(service.rows().await, 0);
}

/// Whether a name may be missing is for the landlord's file to say, and that file may have changed
/// since the page was opened: a complaint is not lost for it.
#[tokio::test]
async fn a_complaint_without_a_name_or_an_address_is_stored() {
    let service = Service::start().await;
    let mut nameless = record();
    nameless["resident"] = json!({});
    let response = service.submit(Uuid::new_v4(), &nameless.to_string()).await;
    assert_eq!(response.status, 201);
}
