//! What a resident wrote is kept exactly (Code 5.12), and nobody can change it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Service, complaint, query};
use serde_json::Value;
use uuid::Uuid;

async fn comes_back(account: &str) {
    let service = Service::start().await;
    let body = complaint(account);
    let response = service.submit(Uuid::new_v4(), &body).await;
    assert_eq!(response.status, 201);
    let reference = response.json()["reference"].as_str().unwrap().to_owned();
    let stored = service.column("body", &reference).await.unwrap();
    assert!(stored == body, "the body is another");
    let record: Value = serde_json::from_str(&stored).unwrap();
    assert!(record["account"] == account, "the account is another");
}

#[tokio::test]
async fn emoji_and_other_scripts_are_kept() {
    comes_back("Damp 🏚️👩‍👩‍👧 — żółć, ਪੰਜਾਬੀ, 中文 e\u{301}").await;
}

#[tokio::test]
async fn text_from_right_to_left_is_kept_with_its_marks() {
    comes_back("לא עובד \u{202e}לא תדפיס\u{202c} لا تدفئة \u{200f}").await;
}

#[tokio::test]
async fn control_characters_and_line_ends_are_kept() {
    comes_back("a\u{0}b\u{7}c\td\r\ne\rf\u{1b}[31mg\u{85}h\u{2028}i\u{feff} ").await;
}

#[tokio::test]
async fn markup_and_sql_are_kept_as_they_are_typed() {
    comes_back("<script>alert(1)</script> &amp; '; drop table submissions; -- \\u0041 %00").await;
}

#[tokio::test]
async fn a_hundred_thousand_characters_are_kept() {
    comes_back(&"Mould – 水 ".repeat(12_500)).await;
}

#[tokio::test]
async fn the_body_is_kept_to_the_byte_even_where_its_json_is_unusual() {
    let service = Service::start().await;
    let body = complaint("No heating").replacen('{', "\r\n {\t\"extra\" : 1.50e0 ,", 1) + "\n\n";
    let response = service.submit(Uuid::new_v4(), &body).await;
    let reference = response.json()["reference"].as_str().unwrap().to_owned();
    assert_eq!(service.column("body", &reference).await.unwrap(), body);
}

#[tokio::test]
async fn a_stored_submission_can_be_neither_changed_nor_deleted() {
    let service = Service::start().await;
    let body = complaint("No heating");
    let response = service.submit(Uuid::new_v4(), &body).await;
    let reference = response.json()["reference"].as_str().unwrap().to_owned();
    for sql in [
        "update submissions set body = '{}'",
        "update submissions set received_on = '2030-01-01'",
        "delete from submissions",
    ] {
        let changed = query(service.folder.path(), sql.to_owned()).await;
        assert!(changed.is_err(), "{sql}");
    }
    assert_eq!(service.column("body", &reference).await.unwrap(), body);
}

#[tokio::test]
async fn neither_the_key_nor_the_access_code_is_stored() {
    // It looks into the file.
    if common::is_postgres() {
        return;
    }
    let service = Service::start().await;
    let key = Uuid::new_v4();
    let response = service.submit(key, &complaint("No heating")).await;
    let code = response.json()["accessCode"].as_str().unwrap().to_owned();
    assert_eq!(code.len(), 19);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(service.folder.path()).unwrap().flatten() {
        if entry.path().is_file() {
            files.extend(std::fs::read(entry.path()).unwrap());
        }
    }
    let holds = |secret: &[u8]| files.windows(secret.len()).any(|it| it == secret);
    assert!(holds(b"No heating"), "a person can find the words in the file");
    assert!(!holds(code.as_bytes()) && !holds(code.replace(' ', "").as_bytes()));
    assert!(!holds(key.to_string().as_bytes()) && !holds(key.as_bytes()));
}
