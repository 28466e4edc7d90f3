//! The dates on a receipt are the service's own, by its clock in London and the landlord's times.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::time::{Duration, SystemTime};

use common::{Service, complaint, complaint_with};
use domain::question::FieldName;
use serde_json::{Value, json};
use uuid::Uuid;

/// 2026-11-22T23:59:59.500Z, a Sunday.
fn sunday_night() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_391_999_500)
}

/// 2026-07-01T23:30:00Z, which is 2 July in London.
fn summer_night() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_782_948_600)
}

/// 2028-12-20T12:00:00Z: the dates of this one fall after the last known bank holidays.
fn end_of_calendar() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_860_926_400)
}

async fn receipt(clock: fn() -> SystemTime) -> (Service, Value) {
    let service = Service::start_with(|config| config.clock = clock).await;
    let response = service.submit(Uuid::new_v4(), &complaint("No heating")).await;
    assert_eq!(response.status, 201);
    let receipt = response.json();
    let reference = receipt["reference"].as_str().unwrap();
    assert_eq!(response.header("location"), format!("/v1/cases/{reference}"));
    assert_eq!(response.header("cache-control"), "no-store");
    (service, receipt)
}

#[tokio::test]
async fn a_complaint_sent_a_second_before_midnight_is_received_on_that_day() {
    let (service, receipt) = receipt(sunday_night).await;
    assert_eq!(receipt["receivedOn"], "2026-11-22");
    assert_eq!(receipt["acknowledgeBy"], "2026-11-27");
    assert_eq!(receipt["respondBy"], "2026-12-11");
    assert_eq!(receipt["extendedBy"], "2026-12-29");
    assert_eq!(receipt["stage"], 1);
    let reference = receipt["reference"].as_str().unwrap();
    let stored = async |column| service.column(column, reference).await.unwrap();
    assert_eq!(stored("received_at").await, "2026-11-22T23:59:59.500Z");
    assert_eq!(stored("received_on").await, "2026-11-22");
    assert_eq!(stored("acknowledge_by").await, "2026-11-27");
    assert_eq!(stored("respond_by").await, "2026-12-11");
    assert_eq!(stored("extended_by").await, "2026-12-29");
    assert_eq!(stored("kind").await, "complaint");
    assert_eq!(stored("landlord").await, "halton");
    assert_eq!(stored("language").await, "en");
}

#[tokio::test]
async fn in_summer_the_day_is_the_day_in_london() {
    let (_, receipt) = receipt(summer_night).await;
    assert_eq!(receipt["receivedOn"], "2026-07-02");
    assert_eq!(receipt["acknowledgeBy"], "2026-07-09");
}

#[tokio::test]
async fn where_bank_holidays_are_not_known_the_complaint_is_received_without_dates() {
    let (service, receipt) = receipt(end_of_calendar).await;
    assert_eq!(receipt["receivedOn"], "2028-12-20");
    for absent in ["acknowledgeBy", "respondBy", "extendedBy"] {
        assert!(receipt.get(absent).is_none(), "{absent}");
    }
    assert_eq!(service.rows().await, 1);
}

#[tokio::test]
async fn the_flags_are_worked_out_again() {
    let service = Service::start().await;
    let answers = [
        (FieldName::Danger, "yes"),
        (FieldName::Topics, "damp_mould"),
        (FieldName::Account, "The gate squeaks."),
    ];
    let mut record: Value = serde_json::from_str(&complaint_with(&answers, "halton")).unwrap();
    record["triage"]["flags"] = json!([]);
    let response = service.submit(Uuid::new_v4(), &record.to_string()).await;
    let receipt = response.json();
    let flags = service.column("flags", receipt["reference"].as_str().unwrap());
    assert_eq!(flags.await.unwrap(), r#"["danger_now","damp_mould"]"#);
}

/// What a browser says that it heard counts for nothing: the words themselves do.
#[tokio::test]
async fn the_words_are_read_again() {
    let service = Service::start().await;
    let gas = "There is a strong smell of gas in the hall.";
    let unhappy = "The gate is broken and I am fed up with how you treat us.";
    let lie = json!({
        "route": "service_request",
        "dissatisfied": true,
        "hazards": ["fire", "self_harm"],
        "because": ["nothing of the kind"]
    });
    for (intent, account, language, noticed, flags) in [
        ("complain", gas, "en", None, json!(["heard_gas"])),
        ("complain", gas, "en-GB", Some(&lie), json!(["heard_gas"])),
        ("complain", gas, "pl", None, json!([])),
        ("complain", "The gate squeaks.", "en", Some(&lie), json!([])),
        ("complain", unhappy, "en", None, json!([])),
        ("report", unhappy, "en", None, json!(["sounds_unhappy"])),
        ("feedback", unhappy, "en", None, json!(["sounds_unhappy"])),
        ("stage2", gas, "en", None, json!(["heard_gas"])),
        ("add", gas, "en", None, json!(["heard_gas"])),
    ] {
        let answers = [(FieldName::Intent, intent), (FieldName::Account, account)];
        let mut record: Value = serde_json::from_str(&complaint_with(&answers, "halton")).unwrap();
        record["language"] = json!(language);
        if let Some(noticed) = noticed {
            record["triage"]["noticed"] = noticed.clone();
        }
        let response = service.submit(Uuid::new_v4(), &record.to_string()).await;
        assert_eq!(response.status, 201, "{intent}");
        let receipt = response.json();
        let stored = service.column("flags", receipt["reference"].as_str().unwrap()).await.unwrap();
        let stored: Value = serde_json::from_str(&stored).unwrap();
        assert_eq!(stored, flags, "{intent}: {account} ({language})");
    }
}

/// Each kind of record has its own dates: a request and a comment promise none, an addition those of
/// the complaint that it may become (Code 6.8), and stage 2 its own (Code 6.11, 6.14).
#[tokio::test]
async fn each_kind_of_record_gets_its_own_dates() {
    let service = Service::start_with(|config| config.clock = sunday_night).await;
    for (intent, kind, stage, acknowledge, respond) in [
        ("complain", "complaint", 1, Some("2026-11-27"), Some("2026-12-11")),
        ("report", "service_request", 1, None, None),
        ("stage2", "stage2", 2, Some("2026-11-27"), Some("2026-12-29")),
        ("add", "addition", 1, Some("2026-11-27"), Some("2026-12-11")),
        ("feedback", "feedback", 1, None, None),
    ] {
        let body = complaint_with(&[(FieldName::Intent, intent)], "halton");
        let response = service.submit(Uuid::new_v4(), &body).await;
        assert_eq!(response.status, 201, "{intent}");
        let receipt = response.json();
        assert_eq!(receipt["stage"], stage, "{intent}");
        assert_eq!(receipt.get("acknowledgeBy").and_then(Value::as_str), acknowledge, "{intent}");
        assert_eq!(receipt.get("respondBy").and_then(Value::as_str), respond, "{intent}");
        let reference = receipt["reference"].as_str().unwrap();
        assert_eq!(service.column("kind", reference).await.unwrap(), kind);
    }
}

/// Code 3.2, 6.2: a resident who told a member of staff was heard on that day.
#[tokio::test]
async fn what_a_member_of_staff_was_told_is_received_on_the_day_it_was_said() {
    let service = Service::start_with(|config| config.clock = sunday_night).await;
    for (said, received) in
        [("2026-11-12", "2026-11-12"), ("2026-11-22", "2026-11-22"), ("2027-01-01", "2026-11-22")]
    {
        let answers = [
            (FieldName::OnBehalfOf, "staff"),
            (FieldName::StaffName, "Sam at the desk"),
            (FieldName::FirstSaid, said),
        ];
        let response = service.submit(Uuid::new_v4(), &complaint_with(&answers, "halton")).await;
        assert_eq!(response.json()["receivedOn"], received, "{said}");
    }
}
