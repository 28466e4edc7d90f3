//! The program as a process: it loses nothing when it is killed, finishes when it is asked to stop,
//! and says in one sentence why it can't start.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::net::TcpListener;
use std::process::Output;

use common::{Program, column_of, command, complaint, project, rows, send, submit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

#[tokio::test]
async fn a_complaint_is_there_after_kill_9_straight_after_its_receipt() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        let (key, body) = (Uuid::new_v4(), complaint("No heating"));
        let program = Program::start(folder.path(), &[]);
        let first = submit(program.address, key, &body).await;
        program.kill();
        assert_eq!(first.status, 201);
        let before = rows(folder.path()).await;

        let program = Program::start(folder.path(), &[]);
        let second = submit(program.address, key, &body).await;
        program.kill();
        assert_eq!(second.status, 200);
        assert_eq!(second.body, first.body);
        assert_eq!(rows(folder.path()).await, before);
        let reference = first.json()["reference"].as_str().unwrap().to_owned();
        let stored = column_of(folder.path(), "body", &reference).await;
        assert_eq!(stored.unwrap(), body);
    }
    assert_eq!(rows(folder.path()).await, 3);
}

#[tokio::test]
async fn a_request_in_flight_is_finished_after_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]);
    let body = complaint("No heating");
    let (start, end) = body.split_at(100);
    let mut stream = TcpStream::connect(program.address).await.unwrap();
    let head = format!(
        "POST /v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
        Idempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{start}",
        Uuid::new_v4(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // A second connection that does nothing must not keep the program from ending.
    let idle = TcpStream::connect(program.address).await.unwrap();
    send(program.address, "GET", "/healthz", &[], "").await;
    program.terminate();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    stream.write_all(end.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    program.log();
    drop(idle);
    // It has closed the database: everything is in the one file.
    assert!(!folder.path().join("housing-complaint.db-wal").exists());
    assert_eq!(rows(folder.path()).await, 1);
}

/// It fails with status 1, nothing on standard output, and one sentence on standard error.
fn one_sentence(output: Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let stderr = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = stderr.lines().filter(|it| !it.contains(" INFO ")).collect();
    assert_eq!(lines.len(), 1, "{stderr}");
    assert!(lines[0].ends_with('.'), "{stderr}");
    lines[0].to_owned()
}

#[test]
fn why_it_cannot_start_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |arguments: &[&str]| {
        let mut command = command(&["serve"]);
        command.args(arguments).current_dir(project());
        one_sentence(command.output().unwrap())
    };
    let data = folder.path().join("data").display().to_string();

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let sentence = serve(&["--data", &data, "--port", &port]);
    assert!(sentence.contains(&port), "{sentence}");

    let file = folder.path().join("file").display().to_string();
    fs::write(&file, "not a folder").unwrap();
    let sentence = serve(&["--port", "0", "--data", &file]);
    assert!(sentence.contains("--data"), "{sentence}");
    let sentence = serve(&["--port", "0", "--data", &format!("{file}/below")]);
    assert!(sentence.contains("--data"), "{sentence}");
    let sentence = serve(&["--port", "0", "--database", &format!("sqlite://{file}")]);
    assert!(sentence.contains("database"), "{sentence}");

    let sentence = serve(&["--database", "mysql://amira:hunter2@db/complaints"]);
    assert!(sentence.contains("postgres://") && !sentence.contains("hunter2"), "{sentence}");
    let server = "postgres://amira:hunter2@127.0.0.1:1/complaints";
    let sentence = serve(&["--database", server]);
    assert!(sentence.contains("HC_SECRET") && !sentence.contains("hunter2"), "{sentence}");
    let secret = format!("{data}/secret");
    let sentence = serve(&["--port", "0", "--database", server, "--secret-file", &secret]);
    assert!(sentence.contains("127.0.0.1:1/complaints"), "{sentence}");
    assert!(!sentence.contains("hunter2"), "{sentence}");

    let sentence = serve(&["--data", &data, "--allow-origin", "*"]);
    assert!(sentence.contains("--allow-origin"), "{sentence}");

    for place in ["ftp://example.org/evidence", "s3://", "s3:///prefix"] {
        let sentence = serve(&["--data", &data, "--evidence", place]);
        assert!(sentence.contains("--evidence"), "{sentence}");
    }
    let sentence = serve(&["--data", &data, "--evidence", &file]);
    assert!(sentence.contains(&file), "{sentence}");
    for scanner in ["http://127.0.0.1:3310", "clamd://127.0.0.1", "127.0.0.1:3310"] {
        let sentence = serve(&["--data", &data, "--scanner", scanner]);
        assert!(sentence.contains("--scanner"), "{sentence}");
    }
}

#[tokio::test]
async fn every_option_is_an_environment_variable_too() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("housing-complaint.db");
    let database = format!("sqlite://{}", database.display());
    let elsewhere = folder.path().join("unused");
    let environment = [
        ("HC_DATABASE", database.as_str()),
        ("HC_ALLOW_ORIGIN", "https://a.example,https://b.example"),
        ("HC_MAX_FILE_SIZE", "7kB"),
        ("HC_MAX_FILES", "8"),
        ("HC_MAX_TOTAL_SIZE", "9GB"),
        ("HC_MAX_UNCLAIMED_SIZE", "10"),
    ];
    let program = Program::start(&elsewhere, &environment);
    let origin = [("origin", "https://b.example")];
    let health = send(program.address, "GET", "/v1/submissions", &origin, "").await;
    assert_eq!(health.header("access-control-allow-origin"), "https://b.example");
    let told = send(program.address, "GET", "/v1/capabilities", &[], "").await.json();
    assert_eq!(told["uploads"]["maxFileSize"], 7000);
    assert_eq!(told["uploads"]["maxFiles"], 8);
    assert_eq!(told["uploads"]["maxTotalSize"], 9_000_000_000u64);
    submit(program.address, Uuid::new_v4(), &complaint("No heating")).await;
    program.kill();
    assert_eq!(rows(folder.path()).await, 1);
    assert!(!elsewhere.exists());
}

#[test]
fn nobody_else_on_the_machine_can_open_the_folder_that_it_makes() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    Program::start(&data, &[]).kill();
    let mode = fs::metadata(&data).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn deadlines_are_written_as_json() {
    let halton = project().join("landlords/halton.json");
    let deadlines = |arguments: &[&str]| {
        let mut command = command(&["deadlines", "--landlord"]);
        command.arg(&halton).args(arguments).output().unwrap()
    };
    let output = deadlines(&["--received", "2026-11-21"]);
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "{\"acknowledge_by\":\"2026-11-27\",\"stage_1_response_by\":\"2026-12-11\",\
        \"stage_1_extended_by\":\"2026-12-29\"}\n"
    );
    let both = ["--received", "2026-11-21", "--stage-2-received", "2026-12-21"];
    let output = deadlines(&both);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "{\"acknowledge_by\":\"2026-11-27\",\"stage_1_response_by\":\"2026-12-11\",\
        \"stage_1_extended_by\":\"2026-12-29\",\"stage_2_acknowledge_by\":\"2026-12-30\",\
        \"stage_2_response_by\":\"2027-01-28\",\"stage_2_extended_by\":\"2027-02-25\"}\n"
    );
    let sentence = one_sentence(deadlines(&["--received", "2028-12-20"]));
    assert!(sentence.contains("2028-12-31"), "{sentence}");
}
