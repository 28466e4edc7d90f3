//! The command `export`, on the database of a real service: every case once, no words where none belong,
//! and the two measures.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Service, command, complaint, complaint_with, send};
use domain::question::FieldName;
use serde_json::{Value, json};
use server::keys::{self, Scope};
use uuid::Uuid;

/// What the command writes about the cases of this service.
fn export(service: &Service, arguments: &[&str]) -> String {
    let mut command = command(&["export"]);
    command.args(arguments).arg("--data").arg(service.folder.path());
    common::use_database(&mut command, service.folder.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn sent(service: &Service, body: &str) -> String {
    let receipt = service.submit(Uuid::new_v4(), body).await.json();
    receipt["reference"].as_str().unwrap_or_else(|| panic!("{receipt}")).to_owned()
}

/// A complaint of which a member of staff was told on this day.
fn told_on(day: &str) -> String {
    complaint_with(
        &[
            (FieldName::OnBehalfOf, "staff"),
            (FieldName::StaffName, "Sam Staff"),
            (FieldName::FirstSaid, day),
        ],
        "halton",
    )
}

async fn acts(service: &Service, reference: &str, act: Value) {
    let now = "2026-11-21T09:30:00.000Z".to_owned();
    let made =
        keys::add(&service.state.store, "CRM", None, &[Scope::CasesWrite], now).await.unwrap();
    let bearer = format!("Bearer {}", made.key);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let path = format!("/v1/cases/{reference}");
    let answer = send(service.address, "PATCH", &path, &headers, act.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_is_a_line_once_with_all_that_belongs_to_it() {
    let service = Service::start().await;
    let mut all = Vec::new();
    // More than are read at once.
    for number in 0..520 {
        all.push(sent(&service, &complaint(&format!("Complaint {number}"))).await);
    }
    sent(&service, &complaint_with(&[], "example")).await;
    let lines = export(&service, &["--landlord", "halton"]);
    let cases: Vec<Value> = lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let mut seen: Vec<&str> = cases.iter().map(|it| it["reference"].as_str().unwrap()).collect();
    seen.sort_unstable();
    all.sort();
    assert_eq!(seen, all);
    assert!(cases.iter().all(|it| it["submission"]["account"].is_string()));
    assert!(cases.iter().all(|it| it["history"][0]["what"] == "received"));
    assert_eq!(export(&service, &[]).lines().count(), 521);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_has_dates_and_no_words_and_no_formula() {
    let service = Service::start().await;
    let reference = sent(&service, &complaint("zanzibar")).await;
    acts(&service, &reference, json!({"act": "acknowledge", "definition": "zanzibar"})).await;
    acts(&service, &reference, json!({"act": "respond", "text": "zanzibar"})).await;
    sent(&service, &complaint_with(&[], "=HYPERLINK(\"https://evil.example\")")).await;
    let table = export(&service, &["--format", "csv"]);
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert!(lines[0].starts_with("reference,landlord,kind,stage,status,received_on"));
    assert_eq!(lines.len(), 4);
    let line = lines.iter().find(|it| it.starts_with(&reference)).unwrap();
    let columns: Vec<&str> = lines[0].split(',').collect();
    let cells: Vec<&str> = line.split(',').collect();
    let cell = |name: &str| cells[columns.iter().position(|it| *it == name).unwrap()];
    assert_eq!(cell("status"), "responded");
    assert_eq!(cell("stage_1_acknowledged_in_time"), "yes");
    assert_eq!(cell("stage_1_responded_in_time"), "yes");
    assert_eq!(cell("stage_1_responded_on"), cell("stage_1_acknowledged_on"));
    assert_eq!(cell("stage_2_received_on"), "");
    assert!(!table.contains("zanzibar") && !table.contains("Amira"));
    assert!(table.contains("\"'=HYPERLINK(\"\"https://evil.example\"\")\""), "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn days_limit_what_is_written() {
    let service = Service::start().await;
    sent(&service, &told_on("2026-02-02")).await;
    sent(&service, &told_on("2026-03-02")).await;
    let count = |arguments: &[&str]| export(&service, arguments).lines().count();
    assert_eq!(count(&["--from", "2026-02-02", "--to", "2026-03-01"]), 1);
    assert_eq!(count(&["--from", "2026-03-02"]), 1);
    assert_eq!(count(&["--to", "2026-02-01"]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_measures_count_complaints_by_stage_and_what_was_answered_in_time() {
    let service = Service::start().await;
    let january = ["--measures", "--homes", "4000", "--from", "2026-01-01", "--to", "2026-01-31"];
    // Received on 5 January: acknowledged by the 12th, answered by the 26th at the latest.
    let in_time = sent(&service, &told_on("2026-01-05")).await;
    let acknowledged = json!({"act": "acknowledge", "definition": "a", "on": "2026-01-12"});
    acts(&service, &in_time, acknowledged.clone()).await;
    acts(&service, &in_time, json!({"act": "respond", "text": "a", "on": "2026-01-26"})).await;
    let late = sent(&service, &told_on("2026-01-05")).await;
    acts(&service, &late, acknowledged).await;
    acts(&service, &late, json!({"act": "respond", "text": "a", "on": "2026-01-27"})).await;
    let _never = sent(&service, &told_on("2026-01-06")).await;
    let declined = sent(&service, &told_on("2026-01-07")).await;
    acts(&service, &declined, json!({"act": "decline", "reasons": "A claim is at court."})).await;
    // Neither a request nor what came in February is one of January's complaints.
    sent(&service, &complaint_with(&[(FieldName::Intent, "report")], "halton")).await;
    sent(&service, &told_on("2026-02-02")).await;

    let measures: Value = serde_json::from_str(&export(&service, &january)).unwrap();
    let stage = &measures["stage1"];
    assert_eq!((&stage["received"], &stage["CH01"]), (&json!(4), &json!(1.0)));
    assert_eq!(stage["answeredInTime"], 1);
    assert_eq!((&stage["answeredLate"], &stage["overdue"]), (&json!(1), &json!(1)));
    assert_eq!(stage["declined"], 1);
    assert_eq!(stage["CH02"], 33.33);
    assert_eq!(
        (&measures["stage2"]["received"], &measures["stage2"]["CH02"]),
        (&json!(0), &Value::Null)
    );

    let table = export(&service, &[&january[..], &["--format", "csv"]].concat());
    assert!(table.contains("\r\n1,1,33.33,4,1,1,1,0,0,1,0\r\n2,0,,0,"), "{table}");
}

#[test]
fn the_measures_need_the_number_of_homes() {
    for wrong in [&["export", "--measures"][..], &["export", "--measures", "--homes", "0"]] {
        assert!(!command(wrong).output().unwrap().status.success(), "{wrong:?}");
    }
}
