//! Nothing refuses a complaint: not a landlord without a file, nor one with a bad file.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::time::{Duration, SystemTime};

use common::{Response, Service, complaint_with};
use uuid::Uuid;

/// 2026-11-23T12:00:00Z, a Monday.
fn monday() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_435_200)
}

async fn submit(service: &Service, landlord: &str) -> Response {
    let response = service.submit(Uuid::new_v4(), &complaint_with(&[], landlord)).await;
    assert_eq!(response.status, 201, "{landlord}");
    response
}

#[tokio::test]
async fn a_complaint_to_an_unknown_landlord_is_stored_with_the_times_of_the_code() {
    let service = Service::start_with(|config| config.clock = monday).await;
    for landlord in ["nobody", "", "../../etc/passwd", "Halton Housing", "a\u{0}b", "🏚"] {
        let receipt = submit(&service, landlord).await.json();
        assert_eq!(receipt["acknowledgeBy"], "2026-11-30");
        let reference = receipt["reference"].as_str().unwrap();
        // PostgreSQL knows no character of number zero. What was received keeps it.
        let shown = landlord.replace('\0', "\u{fffd}");
        assert_eq!(service.column("landlord", reference).await.unwrap(), shown);
    }
}

#[tokio::test]
async fn a_changed_file_counts_from_the_next_complaint_on() {
    let service = Service::start_with(|config| config.clock = monday).await;
    let file = service.folder.path().join("landlords/quick.json");
    let quick = r#"{"version": 1, "configVersion": "1", "id": "quick", "name": "Quick Homes",
        "times": {"acknowledge": 2}}"#;
    fs::write(&file, quick).unwrap();
    let receipt = submit(&service, "quick").await.json();
    assert_eq!(receipt["acknowledgeBy"], "2026-11-25");
    assert_eq!(service.get("/landlords/quick.json").await.body, quick);

    let quicker = quick.replace(": 2}", ": 1}");
    fs::write(&file, &quicker).unwrap();
    let receipt = submit(&service, "quick").await.json();
    assert_eq!(receipt["acknowledgeBy"], "2026-11-24");
    assert_eq!(service.get("/landlords/quick.json").await.body, quicker);

    fs::write(&file, "{ not JSON").unwrap();
    let receipt = submit(&service, "quick").await.json();
    assert_eq!(receipt["acknowledgeBy"], "2026-11-30");
}
