//! How many submissions a second the service stores, beside how many plain inserts the same disk
//! takes: `cargo run --release --package server --example throughput`.
//!
//! The service runs as a process of its own (this program again, as `serve`), so that its memory is
//! its own. Only the loopback address is used. It fails if one answered submission is not stored.

#![allow(clippy::print_stdout, reason = "a table is what it is for")]

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use domain::choices::{Choice, HomeConnection, OutcomeSought, Topic, YesNo};
use domain::draft::Draft;
use domain::landlord::Landlord;
use domain::question::FieldName;
use domain::record::{self, Answer, Envelope, Shown};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use server::options::Options;
use server::store;
use sqlx::{ConnectOptions, Connection, Row};
use tokio::net::TcpStream;
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const CONNECTIONS: usize = 32;
const PLAIN_FOR: Duration = Duration::from_secs(3);
const SUBMIT_FOR: Duration = Duration::from_secs(5);
/// The most that each connection sends, however fast the machine is.
const AT_MOST: usize = 5_000;

#[tokio::main]
async fn main() -> Result<()> {
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return Ok(server::run(Options::parse()).await?);
    }
    let folder = tempfile::tempdir()?;
    let body = body()?;
    let plain = plain_inserts(&folder.path().join("plain.db"), &body).await?;
    let submitted = submissions(folder.path(), &body).await?;

    let rate = submitted.created as f64 / submitted.seconds;
    let ratio = rate / plain;
    let memory = submitted.memory_kib as f64 / 1024.0;
    let (p50, p99) = (millis(&submitted.latencies, 50), millis(&submitted.latencies, 99));
    println!("plain inserts, one a transaction      {plain:>10.0} /s");
    println!("submissions over {CONNECTIONS} connections       {rate:>10.0} /s");
    println!("ratio                                 {ratio:>10.2}      at least 0.33");
    println!("latency, median                       {p50:>10.1} ms");
    println!("latency, 99th of 100                  {p99:>10.1} ms   below 100");
    println!("memory of the service                 {memory:>10.1} MiB  below 100");
    println!("size of a record                      {:>10} bytes", body.len());
    println!("answered 201                          {:>10}", submitted.created);
    println!("stored                                {:>10}", submitted.stored);
    let line = serde_json::json!({
        "plainPerSecond": plain.round(),
        "submissionsPerSecond": rate.round(),
        "ratio": (ratio * 100.0).round() / 100.0,
        "p50Millis": p50,
        "p99Millis": p99,
        "memoryMib": memory,
        "created": submitted.created,
        "stored": submitted.stored,
    });
    println!("{line}");
    if submitted.stored != submitted.created as i64 {
        return Err("a submission was answered and is not stored, or the other way round".into());
    }
    Ok(())
}

/// Plain inserts: the same settings, the same columns, one row a transaction.
async fn plain_inserts(file: &Path, body: &str) -> Result<f64> {
    // The service makes the table, so that it is the same.
    let (opened, writer) = store::Store::open(file).await?;
    opened.pool().close().await;
    drop(opened);
    writer.await?;
    let mut connection = store::connect_options(file).connect().await?;
    let started = Instant::now();
    let mut count = 0;
    while started.elapsed() < PLAIN_FOR {
        let random = Uuid::new_v4().simple().to_string();
        let hash: &[u8] = random.as_bytes();
        sqlx::query(
            "insert into submissions (
                reference, kind, stage, landlord, language, received_at, received_on,
                acknowledge_by, respond_by, extended_by, flags,
                idempotency_key_hash, body_hash, access_code_hash, body
            ) values (?, 'complaint', 1, 'halton', 'en', '2026-11-21T09:30:00.000Z', '2026-11-21',
                '2026-11-27', '2026-12-11', '2026-12-29', '[]', ?, ?, ?, ?)",
        )
        .bind(&random[..11])
        .bind(hash)
        .bind(hash)
        .bind(hash)
        .bind(body)
        .execute(&mut connection)
        .await?;
        count += 1;
    }
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    connection.close().await?;
    Ok(rate)
}

struct Submitted {
    created: usize,
    stored: i64,
    seconds: f64,
    latencies: Vec<Duration>,
    memory_kib: u64,
}

async fn submissions(folder: &Path, body: &str) -> Result<Submitted> {
    let mut service = Service::start(folder)?;
    let body = Bytes::from(body.to_owned());
    let started = Instant::now();
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        senders.spawn(send(service.address.clone(), body.clone(), started + SUBMIT_FOR));
    }
    let mut latencies = Vec::new();
    while let Some(sent) = senders.join_next().await {
        latencies.extend(sent??);
    }
    let seconds = started.elapsed().as_secs_f64();
    let memory_kib = service.memory_kib();
    service.child.kill()?;
    service.child.wait()?;

    let file = folder.join("housing-complaint.db");
    let mut connection = store::connect_options(&file).connect().await?;
    let row = sqlx::query("select count(*) from submissions").fetch_one(&mut connection).await?;
    latencies.sort();
    Ok(Submitted {
        created: latencies.len(),
        stored: row.try_get(0)?,
        seconds,
        latencies,
        memory_kib,
    })
}

/// Sends one submission after the other over one connection; how long each took.
async fn send(address: String, body: Bytes, until: Instant) -> Result<Vec<Duration>> {
    let stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut latencies = Vec::new();
    while Instant::now() < until && latencies.len() < AT_MOST {
        let request = Request::post("/v1/submissions")
            .header("host", &address)
            .header("content-type", "application/json")
            .header("idempotency-key", Uuid::new_v4().to_string())
            .body(Full::new(body.clone()))?;
        let started = Instant::now();
        let response = sender.send_request(request).await?;
        let status = response.status();
        let answer = response.into_body().collect().await?.to_bytes();
        latencies.push(started.elapsed());
        if status != StatusCode::CREATED {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
        }
    }
    Ok(latencies)
}

/// The service in a process of its own. It ends with this program, however this ends.
struct Service {
    child: Child,
    address: String,
}

impl Service {
    fn start(folder: &Path) -> Result<Self> {
        let landlords = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../landlords");
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", "--port", "0", "--data"])
            .arg(folder)
            .arg("--landlords")
            .arg(landlords)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line
            .trim()
            .strip_prefix("Ready at http://")
            .and_then(|rest| rest.strip_suffix('/'))
            .ok_or("the service did not start")?
            .to_owned();
        Ok(Self { child, address })
    }

    /// Resident memory at its highest, where the system tells it (Linux); else 0.
    fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        let number = line.and_then(|it| it.trim().strip_suffix(" kB"));
        number.and_then(|it| it.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn millis(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    let latency = sorted.get(at).copied().unwrap_or_default();
    (latency.as_secs_f64() * 10_000.0).round() / 10.0
}

/// A complaint of ordinary length.
fn body() -> Result<String> {
    let mut draft = Draft::default();
    let account = "The boiler was reported on 3 October and nobody has come. ".repeat(20);
    for (name, value) in [
        (FieldName::Danger, YesNo::No.key()),
        (FieldName::OnBehalfOf, "me"),
        (FieldName::Home, HomeConnection::Tenant.key()),
        (FieldName::Topics, Topic::Repairs.key()),
        (FieldName::Intent, "told"),
        (FieldName::Account, account.as_str()),
        (FieldName::Outcome, OutcomeSought::DoTheWork.key()),
        (FieldName::Name, "Amira Example"),
        (FieldName::Address, "1 Example Street\nWidnes"),
    ] {
        draft.enter(name, vec![value.to_owned()]);
    }
    let envelope = Envelope {
        landlord: "halton".into(),
        config_version: "2026-11-21".into(),
        widget_version: "0.1.0".into(),
        language: "en".into(),
        submitted_at: "2026-11-21T09:29:58.000Z".into(),
        source: None,
    };
    let answers =
        vec![Answer { id: "account".into(), label: "What happened?".into(), value: account }];
    let shown = Shown { envelope, answers };
    let record = record::from_draft(&draft, &Landlord::default(), shown)
        .map_err(|problems| format!("the draft is not complete: {problems:?}"))?;
    Ok(serde_json::to_string(&record)?)
}
