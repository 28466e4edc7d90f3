//! The log says nothing about a person, however much of it is asked for.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Program, complaint_with, send, submit};
use domain::question::FieldName;
use serde_json::{Value, json};
use uuid::Uuid;

/// It is in every text of every record here, in paths, queries and headers.
const MARK: &str = "zanzibar";

/// A complaint with the mark in every text that a resident may type.
fn marked() -> Value {
    let free = [
        FieldName::RepresentativeName,
        FieldName::RepresentativeRelationship,
        FieldName::RepresentativeContact,
        FieldName::AdjustmentsOwnWords,
        FieldName::Disability,
        FieldName::ReportReference,
        FieldName::Account,
        FieldName::When,
        FieldName::Effect,
        FieldName::OutcomeOwnWords,
        FieldName::Name,
        FieldName::Address,
        FieldName::Postcode,
        FieldName::Phone,
        FieldName::SafeTimes,
    ];
    let mut answers: Vec<(FieldName, &str)> = free.iter().map(|name| (*name, MARK)).collect();
    answers.extend([
        (FieldName::OnBehalfOf, "someone_else"),
        (FieldName::Consent, "agreed"),
        (FieldName::Email, "zanzibar@example.org"),
    ]);
    let mut record: Value = serde_json::from_str(&complaint_with(&answers, MARK)).unwrap();
    for name in ["language", "configVersion", "widgetVersion", "submittedAt", "source"] {
        record[name] = json!(MARK);
    }
    record
}

/// Sends files with the mark in their names and in their bytes: whole, damaged, refused, claimed,
/// taken back. Returns what must not be in a log.
async fn upload(address: SocketAddr, reference: &str, code: &str) -> Vec<String> {
    let encoded = STANDARD.encode(format!("{MARK}.jpg"));
    let bearer = format!("Bearer {code}");
    let reference = STANDARD.encode(reference);
    let mut secrets = vec![encoded.clone(), reference.clone()];
    let damaged = STANDARD.encode("0".repeat(64));
    for (beginning, metadata) in [
        ("%PDF-1.7", format!("filename {encoded}")),
        ("%PDF-1.7", format!("filename {encoded},reference {reference}")),
        ("%PDF-1.7", format!("filename {encoded},sha256 {damaged}")),
        ("MZ", format!("filename {encoded},zanzibar {encoded}")),
    ] {
        let bytes = [beginning, MARK].concat();
        let headers = [
            ("tus-resumable", "1.0.0"),
            ("upload-length", &bytes.len().to_string()),
            ("upload-metadata", &metadata),
            ("authorization", &bearer),
        ];
        let created = send(address, "POST", "/v1/uploads?zanzibar", &headers, "").await;
        assert_eq!(created.status, 201);
        let at = created.header("location").to_owned();
        let id = at.rsplit('/').next().unwrap().to_owned();
        let headers = [
            ("tus-resumable", "1.0.0"),
            ("content-type", "application/offset+octet-stream"),
            ("upload-offset", "0"),
        ];
        send(address, "PATCH", &at, &headers, bytes).await;
        for method in ["HEAD", "GET", "DELETE"] {
            send(address, method, &at, &headers[..1], "").await;
        }
        let body = json!({ "uploads": [id] }).to_string();
        let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
        let claim = format!("/v1/cases/{}/evidence", "K22-K22-K22");
        send(address, "POST", &claim, &headers, body).await;
        secrets.push(id);
    }
    secrets
}

/// Does everything that a resident can do with a case, with the mark in every word, as it must be and as it
/// must not. No refusal may repeat what was sent.
async fn act(address: SocketAddr, reference: &str, code: &str) {
    let words = json!({ "text": MARK });
    let somebody = json!({ "name": MARK, "relationship": MARK, "contact": MARK });
    let adjustments = json!({ "requested": [], "ownWords": MARK, "interpreterLanguage": MARK });
    let wrong = json!({ MARK: MARK });
    for bearer in [format!("Bearer {code}"), format!("Bearer {MARK}"), MARK.to_owned()] {
        for (method, what, body) in [
            ("GET", "", None),
            ("PATCH", "", Some(&json!({ "act": "message", "text": MARK }))),
            ("PATCH", "", Some(&wrong)),
            ("POST", "/messages", Some(&words)),
            ("POST", "/messages", Some(&wrong)),
            ("POST", "/representatives", Some(&somebody)),
            ("POST", "/representatives", Some(&wrong)),
            ("DELETE", "/representatives/zanzibar", None),
            ("DELETE", "/representatives/1", None),
            ("PUT", "/adjustments", Some(&adjustments)),
            ("PUT", "/adjustments", Some(&json!({ "requested": [MARK] }))),
            ("POST", "/code", Some(&json!({}))),
            ("POST", "/code", Some(&wrong)),
            ("POST", "/evidence", Some(&json!({ "uploads": [MARK] }))),
            ("GET", "/evidence/zanzibar", None),
            ("POST", "/withdrawal", Some(&wrong)),
            ("POST", "/withdrawal", Some(&json!({}))),
            ("POST", "/withdrawal", Some(&json!({}))),
            ("POST", "/reopening", Some(&json!({}))),
            ("POST", "/complaint", Some(&json!({}))),
            ("POST", "/stage2", Some(&json!({ "reasons": MARK }))),
            ("POST", "/stage2", Some(&json!({ "reasons": MARK }))),
            ("POST", "/zanzibar", Some(&wrong)),
        ] {
            // Too many wrong codes only make it slow.
            let is_right = bearer.ends_with(code) && code != MARK;
            if !is_right && !["", "/messages", "/code"].contains(&what) {
                continue;
            }
            let path = format!("/v1/cases/{reference}{what}?zanzibar=zanzibar");
            let body = body.map(Value::to_string).unwrap_or_default();
            let headers = [
                ("authorization", bearer.as_str()),
                ("content-type", "application/json"),
                ("x-forwarded-for", MARK),
                ("user-agent", MARK),
                ("referer", "http://zanzibar/"),
            ];
            let answer = send(address, method, &path, &headers, body).await;
            if answer.status.is_success() && method != "OPTIONS" {
                assert_eq!(answer.header("cache-control"), "no-store", "{method} {what}");
            } else {
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                assert!(!text.contains(MARK), "{method} {what}: {text}");
            }
        }
    }
}

async fn log_of_everything(level: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[("HC_LOG", level), ("HC_METRICS", "true")]);
    let address = program.address;
    let key = Uuid::new_v4();
    let mut references = Vec::new();
    let mut secrets = vec![MARK.to_owned(), key.to_string()];

    let good = marked().to_string();
    for _ in 0..2 {
        let receipt = submit(address, key, &good).await.json();
        secrets.push(receipt["accessCode"].as_str().unwrap().to_owned());
        references.push(receipt["reference"].as_str().unwrap().to_owned());
    }
    let mut halton = marked();
    halton["landlord"] = json!("halton");
    let created = submit(address, Uuid::new_v4(), &halton.to_string()).await;
    assert_eq!(created.status, 201);
    assert_eq!(submit(address, key, &halton.to_string()).await.status, 422);

    let mut wrong = Vec::new();
    for pointer in ["/account", "/topics", "/resident", "/landlord", "/kind", "/danger"] {
        let mut record = marked();
        *record.pointer_mut(pointer).unwrap() = json!({ MARK: MARK });
        wrong.push(record.to_string());
        *record.pointer_mut(pointer).unwrap() = json!(MARK);
        wrong.push(record.to_string());
        *record.pointer_mut(pointer).unwrap() = json!("");
        wrong.push(record.to_string());
    }
    wrong.push(good.replace("\"account\"", "account"));
    wrong.push(format!("{MARK}{good}"));
    for body in &wrong {
        let answer = submit(address, Uuid::new_v4(), body).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!text.contains(MARK), "an answer repeats the record: {text}");
    }
    secrets.extend(upload(address, &references[0], &secrets[2]).await);
    act(address, &references[0], &secrets[2]).await;
    act(address, MARK, MARK).await;
    for (method, path, name, value) in [
        ("GET", "/zanzibar?name=zanzibar", "x-request-id", MARK),
        ("GET", "/landlords/zanzibar.json?zanzibar", "referer", "http://x/?zanzibar"),
        ("GET", "/v1/cases/zanzibar", "authorization", "Bearer zanzibar"),
        ("POST", "/v1/submissions?zanzibar", "idempotency-key", MARK),
        ("PUT", "/v1/submissions?zanzibar", "content-type", MARK),
        ("GET", "/?zanzibar", "cookie", MARK),
        ("GET", "/v1/uploads/zanzibar?zanzibar", "upload-metadata", MARK),
        ("POST", "/v1/uploads?zanzibar", "x-http-method-override", MARK),
        ("PATCH", "/v1/uploads/zanzibar", "upload-checksum", MARK),
        ("POST", "/v1/cases/zanzibar/evidence", "authorization", "Bearer zanzibar"),
        (
            "GET",
            "/v1/cases?landlord=zanzibar&status=zanzibar",
            "authorization",
            "Bearer hck_zanzibar",
        ),
        ("GET", "/officers/zanzibar?zanzibar", "cookie", "__Host-officer=zanzibar"),
        ("POST", "/officers/zanzibar", "origin", "http://zanzibar"),
        ("POST", "/lint?zanzibar", "content-type", "application/json"),
        ("ZANZIBAR", "/zanzibar", "zanzibar", MARK),
        ("GET", "/metrics?zanzibar", "x-forwarded-for", MARK),
    ] {
        let answer = send(address, method, path, &[(name, value)], MARK).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!text.contains(MARK), "{method} {path}: {text}");
    }
    let metrics = send(address, "GET", "/metrics", &[], "").await;
    assert_eq!(metrics.status, 200);
    let metrics = String::from_utf8_lossy(&metrics.body).to_lowercase();
    for secret in secrets.iter().chain(&references) {
        assert!(!metrics.contains(&secret.to_lowercase()), "{secret} is in the metrics");
    }
    program.terminate();
    let log = program.log();
    for secret in &secrets {
        assert!(!log.contains(secret.as_str()), "{secret} is in the log");
    }
    (log, references)
}

#[tokio::test]
async fn the_usual_log_says_what_was_stored_and_nothing_about_anyone() {
    let (log, references) = log_of_everything("info").await;
    for reference in references {
        assert!(log.contains(&reference));
    }
    assert!(log.contains("route=\"/v1/submissions\" status=201"), "{log}");
}

#[tokio::test]
async fn nor_does_the_longest_log() {
    log_of_everything("trace").await;
}
