//! `purge` removes what is over, all of it, and nothing else.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{Program, command, complaint, complaint_with, project, query, send, submit};
use domain::question::FieldName;
use serde_json::Value;
use sqlx::Row;
use uuid::Uuid;

/// In every word of the cases that are removed.
const MARK: &str = "zanzibar";

struct Sent {
    reference: String,
    bearer: String,
}

async fn sent(address: SocketAddr, body: &str) -> Sent {
    let receipt = submit(address, Uuid::new_v4(), body).await.json();
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    Sent { reference: text("reference"), bearer: format!("Bearer {}", text("accessCode")) }
}

async fn do_it(address: SocketAddr, case: &Sent, what: &str, body: Value) {
    let path = format!("/v1/cases/{}/{what}", case.reference);
    let headers = [("content-type", "application/json"), ("authorization", case.bearer.as_str())];
    let done = send(address, "POST", &path, &headers, body.to_string()).await;
    assert!(done.status.is_success(), "{:?}", done.body);
}

async fn attach(address: SocketAddr, case: &Sent) {
    use base64::Engine;
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let bytes = format!("%PDF-1.7 {MARK}");
    let name = base64(&format!("{MARK}.pdf"));
    let metadata = format!("filename {name},reference {}", base64(&case.reference));
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("upload-length", &bytes.len().to_string()),
        ("upload-metadata", &metadata),
        ("authorization", &case.bearer),
        ("content-type", "application/offset+octet-stream"),
    ];
    let created = send(address, "POST", "/v1/uploads", &headers, bytes).await;
    assert_eq!(created.status, 201, "{:?}", created.body);
}

fn purge(data: &Path, arguments: &[&str]) -> Output {
    let mut command = command(&["purge", "--landlord", "halton", "--by", "the records officer"]);
    common::use_database(&mut command, data);
    command.arg("--data").arg(data).args(arguments);
    command.current_dir(project()).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

async fn count(data: &Path, table: &str, reference: &str) -> i64 {
    let sql = format!("select count(*) from {table} where reference = '{reference}'");
    query(data, sql).await.unwrap()[0].get(0)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { files(&path) } else { vec![path] }
        })
        .collect()
}

fn has_mark(folder: &Path) -> bool {
    files(folder).iter().any(|file| {
        let bytes = fs::read(file).unwrap();
        bytes.windows(MARK.len()).any(|it| it == MARK.as_bytes())
    })
}

const NEXT_YEAR: &str = "2199-01-01";

#[tokio::test]
async fn what_is_over_is_removed_with_everything_that_belongs_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let program = Program::start(data, &[]);
    let address = program.address;

    let over = sent(address, &complaint(MARK)).await;
    attach(address, &over).await;
    do_it(address, &over, "messages", serde_json::json!({ "text": MARK })).await;
    do_it(address, &over, "withdrawal", serde_json::json!({})).await;
    let open = sent(address, &complaint("There is no heating.")).await;
    let thanks = [(FieldName::Intent, "feedback"), (FieldName::Account, "Thank you.")];
    let thanks = sent(address, &complaint_with(&thanks, "halton")).await;
    let elsewhere = sent(address, &complaint_with(&[], "example")).await;
    do_it(address, &elsewhere, "withdrawal", serde_json::json!({})).await;

    // First only what it would do.
    let dry = said(&purge(data, &["--closed-before", NEXT_YEAR]));
    assert!(dry.contains(&over.reference) && dry.contains("Nothing was removed"), "{dry}");
    assert!(!dry.contains(&open.reference) && !dry.contains(&elsewhere.reference), "{dry}");
    assert!(!dry.contains(MARK));
    assert_eq!(count(data, "cases", &over.reference).await, 1);
    let nothing = said(&purge(data, &["--older-than", "72-months", "--yes"]));
    assert!(nothing.contains("0 removed"), "{nothing}");

    // While the service runs.
    let done = said(&purge(data, &["--closed-before", NEXT_YEAR, "--yes"]));
    assert!(done.contains("2 removed"), "{done}");
    for table in ["submissions", "cases", "events", "uploads", "access_codes"] {
        for gone in [&over, &thanks] {
            assert_eq!(count(data, table, &gone.reference).await, 0, "{table}");
        }
    }
    for kept in [&open, &elsewhere] {
        assert_eq!(count(data, "submissions", &kept.reference).await, 1);
    }
    let path = format!("/v1/cases/{}", over.reference);
    let headers = [("authorization", over.bearer.as_str())];
    send(address, "GET", &path, &headers, "").await.problem(404);
    program.terminate();
    program.log();
    assert!(!has_mark(data), "words of a case that was removed are still there");

    let sql = format!(
        "select kind, landlord, events, files, bytes, purged_by, to_remove from tombstones \
        where reference = '{}'",
        over.reference
    );
    let row = &query(data, sql).await.unwrap()[0];
    let text = |at: usize| row.get::<Option<String>, _>(at);
    let number = |at: usize| row.get::<i64, _>(at);
    assert_eq!(text(0).as_deref(), Some("complaint"));
    assert_eq!(text(1).as_deref(), Some("halton"));
    assert_eq!((number(2), number(3), number(4)), (4, 1, 17));
    assert_eq!((text(5).as_deref(), text(6)), (Some("the records officer"), None));
}

#[tokio::test]
async fn nothing_else_can_remove_a_case_or_forget_that_one_was_removed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let program = Program::start(data, &[]);
    let open = sent(program.address, &complaint("There is no heating.")).await;
    let over = sent(program.address, &complaint("The heating is back.")).await;
    do_it(program.address, &over, "withdrawal", serde_json::json!({})).await;
    assert!(said(&purge(data, &["--closed-before", NEXT_YEAR, "--yes"])).contains("1 removed"));
    for (what, reference) in [
        ("delete from events", &open.reference),
        ("delete from submissions", &open.reference),
        ("update events set text = ''", &open.reference),
        ("delete from tombstones", &over.reference),
        ("update tombstones set purged_by = ''", &over.reference),
    ] {
        let changed = query(data, format!("{what} where reference = '{reference}'")).await;
        assert!(changed.is_err(), "{what}");
    }
    // Its reference is not given again: the row is not taken.
    let again = format!(
        "insert into submissions (reference, kind, stage, landlord, language, received_at, \
        received_on, flags, idempotency_key_hash, body_hash, access_code_hash, body) \
        select '{}', kind, stage, landlord, language, received_at, received_on, flags, body_hash, \
        body_hash, access_code_hash, body from submissions where reference = '{}'",
        over.reference, open.reference
    );
    query(data, again).await.unwrap();
    assert_eq!(count(data, "submissions", &over.reference).await, 0);
    program.kill();
}

#[test]
fn how_old_a_case_must_be_is_said_in_one_way() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [
        &[][..],
        &["--older-than", "72"],
        &["--older-than", "0-months"],
        &["--closed-before", "yesterday"],
        &["--closed-before", "2020-01-01", "--older-than", "72-months"],
    ] {
        let output = purge(folder.path(), wrong);
        assert!(!output.status.success(), "{wrong:?}");
    }
}
