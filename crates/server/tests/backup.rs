//! A backup that is made while the service runs can be started as a service of its own, and has every case
//! and every file.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Program, command, complaint, is_postgres, project, send, submit};
use serde_json::Value;
use uuid::Uuid;

fn backup(data: &Path, to: &Path) -> Output {
    let mut command = command(&["backup"]);
    common::use_database(&mut command, data);
    command.arg(to).arg("--data").arg(data);
    command.current_dir(project()).output().unwrap()
}

#[tokio::test]
async fn a_service_that_is_started_on_a_backup_has_every_case_and_every_file() {
    if is_postgres() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy"));
    let program = Program::start(&data, &[]);
    let mut receipts = Vec::new();
    for round in 0..2 {
        for case in 0..5 {
            let body = complaint(&format!("There is no heating, {round}.{case}."));
            let receipt = submit(program.address, Uuid::new_v4(), &body).await.json();
            attach(&program, &receipt).await;
            receipts.push(receipt);
        }
        // The second time only what is new is copied.
        let output = backup(&data, &copy);
        let said = String::from_utf8(output.stdout).unwrap();
        let all = receipts.len();
        assert_eq!(said, format!("{all} records; {all} files, of which 5 are new.\n"));
    }
    // What comes later is not in it.
    submit(program.address, Uuid::new_v4(), &complaint("Later.")).await;
    program.kill();
    fs::remove_dir_all(&data).unwrap();
    assert!(!copy.join("secret").exists());

    let restored = Program::start(&copy, &[]);
    assert_eq!(common::rows(&copy).await, 10);
    for receipt in &receipts {
        let reference = receipt["reference"].as_str().unwrap();
        let bearer = format!("Bearer {}", receipt["accessCode"].as_str().unwrap());
        let path = format!("/v1/cases/{reference}");
        let headers = [("authorization", bearer.as_str())];
        let case = send(restored.address, "GET", &path, &headers, "").await;
        assert_eq!(case.status, 200);
        let evidence = &case.json()["evidence"][0];
        assert_eq!((&evidence["state"], &evidence["size"]), (&"received".into(), &20.into()));
    }
    let files = fs::read_dir(copy.join("evidence")).unwrap();
    let whole = files.filter(|it| {
        fs::read(it.as_ref().unwrap().path()).unwrap().starts_with(b"%PDF-1.7 K")
            || fs::metadata(it.as_ref().unwrap().path()).unwrap().len() == 20
    });
    assert_eq!(whole.count(), 10);
    restored.kill();
}

async fn attach(program: &Program, receipt: &Value) {
    let reference = receipt["reference"].as_str().unwrap();
    let bytes = format!("%PDF-1.7 {reference}");
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("upload-length", &bytes.len().to_string()),
        ("upload-metadata", &format!("reference {}", STANDARD.encode(reference))),
        ("authorization", &format!("Bearer {}", receipt["accessCode"].as_str().unwrap())),
        ("content-type", "application/offset+octet-stream"),
    ];
    let created = send(program.address, "POST", "/v1/uploads", &headers, bytes).await;
    assert_eq!(created.status, 201, "{:?}", created.body);
}

#[test]
fn what_cannot_be_backed_up_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let said = |mut command: std::process::Command| {
        let output = command.arg(folder.path().join("copy")).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let mut of_server = command(&["backup", "--database", "postgres://me:secret@db/complaints"]);
    of_server.arg("--data").arg(folder.path());
    let sentence = said(of_server);
    assert!(sentence.contains("pg_dump") && !sentence.contains("secret"), "{sentence}");
    let mut of_nothing = command(&["backup"]);
    of_nothing.arg("--data").arg(folder.path().join("nothing"));
    let sentence = said(of_nothing);
    assert!(sentence.contains("Can't make a backup"), "{sentence}");
}
