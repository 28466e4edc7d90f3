//! The log says nothing about a person, however much of it is asked for.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

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

async fn log_of_everything(level: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[("HC_LOG", level)]);
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
    for (method, path, name, value) in [
        ("GET", "/zanzibar?name=zanzibar", "x-request-id", MARK),
        ("GET", "/landlords/zanzibar.json?zanzibar", "referer", "http://x/?zanzibar"),
        ("GET", "/v1/cases/zanzibar", "authorization", "Bearer zanzibar"),
        ("POST", "/v1/submissions?zanzibar", "idempotency-key", MARK),
        ("PUT", "/v1/submissions?zanzibar", "content-type", MARK),
        ("GET", "/?zanzibar", "cookie", MARK),
    ] {
        send(address, method, path, &[(name, value)], MARK).await;
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
