//! `kill -9` at random moments under load: what was answered is stored, nothing is stored twice, and
//! everybody who is to be told is told. A few times here, 200 times with `HC_SOAK=1`.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "the counts are what it is for")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Program, command, complaint, project, query, send_once};
use serde_json::Value;
use sqlx::Row;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use uuid::Uuid;

const SENDERS: usize = 8;

/// What the senders know: each key, and the reference that was answered for it, if it was.
type Sent = Arc<Mutex<BTreeMap<Uuid, Option<String>>>>;
/// The references of which the landlord's system was told, and how often.
type Told = Arc<Mutex<BTreeMap<String, usize>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_is_stored_once_and_told_however_often_the_service_is_killed() {
    let kills: u64 = if std::env::var_os("HC_SOAK").is_some() { 200 } else { 5 };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let told = Told::default();
    let receiver = receive(told.clone()).await;
    let environment =
        [("HC_ALLOW_PRIVATE_WEBHOOKS", "true"), ("HC_LONGEST_WAIT", "20"), ("HC_LOG", "error")];
    add_webhook(data, &format!("http://{receiver}/"));

    let sent = Sent::default();
    for _ in 0..kills {
        let program = Program::start(data, &environment);
        let mut senders = JoinSet::new();
        for _ in 0..SENDERS {
            senders.spawn(submit_until_killed(program.address, sent.clone()));
        }
        tokio::time::sleep(Duration::from_millis(20 + u64::from(random() % 400))).await;
        program.kill();
        while senders.join_next().await.is_some() {}
    }

    let program = Program::start(data, &environment);
    let answered: Vec<(Uuid, String)> = sent
        .lock()
        .unwrap()
        .iter()
        .filter_map(|(key, reference)| Some((*key, reference.clone()?)))
        .collect();
    let all = sent.lock().unwrap().len();
    let stored: BTreeSet<String> = column(data, "select reference from submissions").await;
    let lost = answered.iter().filter(|(_, reference)| !stored.contains(reference)).count();

    // Whoever was not answered sends again, with the same key: then everything is stored once.
    let unanswered: Vec<Uuid> =
        sent.lock().unwrap().iter().filter(|it| it.1.is_none()).map(|it| *it.0).collect();
    let mut references: BTreeSet<String> = answered.iter().map(|it| it.1.clone()).collect();
    for key in &unanswered {
        let receipt = common::submit(program.address, *key, &body(*key)).await;
        assert!(receipt.status.is_success());
        references.insert(receipt.json()["reference"].as_str().unwrap().to_owned());
    }
    for (key, reference) in answered.iter().take(50) {
        let receipt = common::submit(program.address, *key, &body(*key)).await.json();
        assert_eq!(receipt["reference"], Value::String(reference.clone()));
    }
    let stored: BTreeSet<String> = column(data, "select reference from submissions").await;
    let cases: BTreeSet<String> = column(data, "select reference from cases").await;
    let twice = column(
        data,
        "select reference from events where what = 'received' group by reference having count(*) > 1",
    );
    let twice = twice.await.len();

    let began = Instant::now();
    let limit = Duration::from_secs(60 + 3 * kills);
    while began.elapsed() < limit && told.lock().unwrap().len() < stored.len() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let untold = stored.iter().filter(|it| !told.lock().unwrap().contains_key(*it)).count();
    let again = told.lock().unwrap().values().filter(|it| **it > 1).count();
    program.kill();
    println!(
        "{kills} kills: {all} records sent, {} answered 201, {lost} of those lost; {} stored, {twice} \
         with two beginnings; {untold} not told to the landlord, {again} told twice",
        answered.len(),
        stored.len(),
    );
    assert!(!answered.is_empty());
    assert_eq!((lost, twice, untold), (0, 0, 0));
    assert_eq!(stored, references);
    assert_eq!(stored, cases);
    assert_eq!(stored.len(), all);
}

fn body(key: Uuid) -> String {
    complaint(&format!("There is no heating. {key}"))
}

async fn submit_until_killed(address: SocketAddr, sent: Sent) {
    loop {
        let key = Uuid::new_v4();
        sent.lock().unwrap().insert(key, None);
        let headers = [("content-type", "application/json"), ("idempotency-key", &key.to_string())];
        let answer = send_once(address, "POST", "/v1/submissions", &headers, body(key)).await;
        let Some(answer) = answer else {
            return;
        };
        if answer.status == 201 {
            let reference = answer.json()["reference"].as_str().unwrap().to_owned();
            sent.lock().unwrap().insert(key, Some(reference));
        }
    }
}

fn add_webhook(data: &std::path::Path, url: &str) {
    let mut add = command(&["webhooks", "add", "--landlord", "halton", "--url", url]);
    add.arg("--data").arg(data).env("HC_ALLOW_PRIVATE_WEBHOOKS", "true");
    common::use_database(&mut add, data);
    let output = add.current_dir(project()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The landlord's system: it notes what it is told, and is away now and then.
async fn receive(told: Told) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            tokio::spawn(answer(stream, told.clone()));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, told: Told) -> io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = whole(&bytes) {
                break end;
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        };
        let message: Vec<u8> = bytes.drain(..end).collect();
        let at = message.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
        // In the long run there are so many that waiting for it would take most of the time.
        let away = if std::env::var_os("HC_SOAK").is_some() { 200 } else { 20 };
        let status = if random().is_multiple_of(away) {
            "503 Service Unavailable"
        } else {
            "204 No Content"
        };
        if status.starts_with("204") {
            let event: Value = serde_json::from_slice(&message[at..]).unwrap();
            if let Some(reference) = event["data"]["reference"].as_str() {
                *told.lock().unwrap().entry(reference.to_owned()).or_default() += 1;
            }
        }
        let text = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(text.as_bytes()).await?;
    }
}

/// Where the first request ends, if all of it is here.
fn whole(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length: usize =
        text.lines().find_map(|it| it.strip_prefix("content-length:")?.trim().parse().ok())?;
    (bytes.len() >= head + length).then_some(head + length)
}

async fn column(data: &std::path::Path, sql: &str) -> BTreeSet<String> {
    let rows = query(data, sql.to_owned()).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn random() -> u32 {
    Uuid::new_v4().as_u128() as u32
}
