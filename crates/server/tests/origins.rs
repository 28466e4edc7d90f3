//! Which other sites' pages may send complaints here.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Response, Service, complaint, send};

const ALLOWED: &str = "https://www.example.org";
const KEY: &str = "7d2f6a1e-58a3-4f7e-9a36-1f2f0a3f4b5c";

async fn service() -> Service {
    Service::start_with(|config| config.allow_origins = vec![ALLOWED.parse().unwrap()]).await
}

async fn preflight(service: &Service, origin: &str) -> Response {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,idempotency-key"),
    ];
    send(service.address, "OPTIONS", "/v1/submissions", &headers, "").await
}

async fn submit(service: &Service, origin: &str) -> Response {
    let headers =
        [("origin", origin), ("content-type", "application/json"), ("idempotency-key", KEY)];
    let body = complaint("No heating");
    send(service.address, "POST", "/v1/submissions", &headers, body).await
}

#[tokio::test]
async fn a_site_on_the_list_may_send_and_read_the_receipt() {
    let service = service().await;
    let asked = preflight(&service, ALLOWED).await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.header("access-control-allow-origin"), ALLOWED);
    assert_eq!(asked.header("access-control-allow-methods"), "GET,POST,PUT,DELETE");
    let headers = asked.header("access-control-allow-headers");
    assert_eq!(headers, "content-type,authorization,idempotency-key");

    let sent = submit(&service, ALLOWED).await;
    assert_eq!(sent.status, 201);
    assert_eq!(sent.header("access-control-allow-origin"), ALLOWED);
    assert_eq!(sent.header("access-control-expose-headers"), "location,retry-after");
}

#[tokio::test]
async fn a_refusal_can_be_read_by_a_site_on_the_list_too() {
    let service = service().await;
    let headers = [("origin", ALLOWED), ("content-type", "application/json")];
    let refused = send(service.address, "POST", "/v1/submissions", &headers, "{}").await;
    refused.problem(400);
    assert_eq!(refused.header("access-control-allow-origin"), ALLOWED);
}

#[tokio::test]
async fn any_other_site_gets_no_leave() {
    let service = service().await;
    for other in [
        "https://example.org",
        "http://www.example.org",
        "https://www.example.org:8443",
        "https://www.example.org.evil.example",
        "null",
    ] {
        for response in [preflight(&service, other).await, submit(&service, other).await] {
            assert_eq!(response.header("access-control-allow-origin"), "", "{other}");
        }
    }
}

#[tokio::test]
async fn without_a_list_no_other_site_gets_leave() {
    let service = Service::start().await;
    let asked = preflight(&service, ALLOWED).await;
    assert_eq!(asked.header("access-control-allow-origin"), "");
}
