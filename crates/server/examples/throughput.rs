//! How many submissions a second the service stores, beside how many plain inserts the same database
//! takes with the same durability; and how long looking up a case takes among many:
//! `cargo run --release --package server --example throughput [CASES]`.
//!
//! It measures SQLite and, where `HC_BENCH_DATABASE` names one, PostgreSQL. The service runs as a process
//! of its own (this program again, as `serve`), so that its memory is its own. Only the loopback address
//! is used. It fails if one answered submission is not stored.

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
use server::store::{self, Place};
use sqlx::{AnyConnection, Connection, Row};
use tokio::net::TcpStream;
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const CONNECTIONS: usize = 32;
const PLAIN_FOR: Duration = Duration::from_secs(3);
const SUBMIT_FOR: Duration = Duration::from_secs(5);
/// The most that each connection sends, however fast the machine is.
const AT_MOST: usize = 5_000;

/// How many connections look cases up without a pause, and how often each: one for each of the two cores on
/// which this is measured. With more the processor is what they wait for.
const READERS: usize = 2;
const LOOKUPS: usize = 2_000;
/// How many cases of these are really sent: only their access codes are known.
const KNOWN: usize = 500;
/// The most that looking up a case may take, for 99 of 100.
const LOOKUP_LIMIT: f64 = 5.0;

#[tokio::main]
async fn main() -> Result<()> {
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return Ok(server::run(Options::parse()).await?);
    }
    sqlx::any::install_default_drivers();
    let cases: Option<i64> = std::env::args().nth(1).map(|it| it.parse()).transpose()?;
    let folder = tempfile::tempdir()?;
    let mut places = vec![("sqlite", Place::File(folder.path().join("housing-complaint.db")))];
    if let Ok(url) = std::env::var("HC_BENCH_DATABASE") {
        places.push(("postgres", Place::Server(url)));
    }
    let mut report = serde_json::Map::new();
    for (name, place) in places {
        println!("{name}");
        let measured = measure(folder.path(), &place, cases).await?;
        report.insert(name.to_owned(), measured);
    }
    let report = serde_json::Value::Object(report);
    println!("{report}");
    if let Ok(file) = std::env::var("HC_BENCH_JSON") {
        std::fs::write(file, report.to_string())?;
    }
    Ok(())
}

async fn measure(folder: &Path, place: &Place, cases: Option<i64>) -> Result<serde_json::Value> {
    let body = body()?;
    let plain = plain_inserts(folder, place, &body).await?;
    let submitted = submissions(folder, place, &body).await?;
    let rate = submitted.created as f64 / submitted.seconds;
    let ratio = rate / plain;
    let memory = submitted.memory_kib as f64 / 1024.0;
    let (p50, p99) = (millis(&submitted.latencies, 50), millis(&submitted.latencies, 99));
    println!("  plain inserts, one a transaction    {plain:>10.0} /s");
    println!("  submissions over {CONNECTIONS} connections     {rate:>10.0} /s");
    println!("  ratio                               {ratio:>10.2}");
    println!("  latency, median                     {p50:>10.1} ms");
    println!("  latency, 99th of 100                {p99:>10.1} ms   below 100");
    println!("  memory of the service               {memory:>10.1} MiB  below 100");
    println!("  size of a record                    {:>10} bytes", body.len());
    println!("  answered 201                        {:>10}", submitted.created);
    println!("  stored                              {:>10}", submitted.stored);
    let mut report = serde_json::json!({
        "plainPerSecond": plain.round(),
        "submissionsPerSecond": rate.round(),
        "ratio": (ratio * 100.0).round() / 100.0,
        "p50Millis": p50,
        "p99Millis": p99,
        "memoryMib": memory,
        "created": submitted.created,
        "stored": submitted.stored,
    });
    if submitted.stored != submitted.created as i64 {
        return Err("a submission was answered and is not stored, or the other way round".into());
    }
    if let Some(cases) = cases {
        report["lookups"] = lookups(folder, place, &body, cases).await?;
    }
    Ok(report)
}

/// Plain inserts: the same settings, the same columns, one row a transaction.
async fn plain_inserts(folder: &Path, place: &Place, body: &str) -> Result<f64> {
    let plain = match place {
        // A file of its own, so that what is counted afterwards is the service's work alone.
        Place::File(_) => Place::File(folder.join("plain.db")),
        Place::Server(_) => place.clone(),
    };
    // The service makes the table, so that it is the same.
    let (opened, writer) = store::Store::open(&plain).await?;
    opened.pool().close().await;
    drop(opened);
    writer.await?;
    let mut connection = AnyConnection::connect_with(&plain.options()?).await?;
    if matches!(plain, Place::File(_)) {
        store::set_up(&mut connection).await?;
    }
    sqlx::query("create table plain as select * from submissions").execute(&mut connection).await?;
    for index in [
        "create unique index plain_1 on plain (reference)",
        "create unique index plain_2 on plain (idempotency_key_hash)",
    ] {
        sqlx::query(index).execute(&mut connection).await?;
    }
    let started = Instant::now();
    let mut count = 0;
    while started.elapsed() < PLAIN_FOR {
        let random = Uuid::new_v4().simple().to_string();
        let hash: &[u8] = random.as_bytes();
        sqlx::query(
            "insert into plain (
                reference, kind, stage, landlord, language, received_at, received_on,
                acknowledge_by, respond_by, extended_by, flags,
                idempotency_key_hash, body_hash, access_code_hash, body
            ) values ($1, 'complaint', 1, 'halton', 'en', '2026-11-21T09:30:00.000Z', '2026-11-21',
                '2026-11-27', '2026-12-11', '2026-12-29', '[]', $2, $2, $2, $3)",
        )
        .bind(&random[..11])
        .bind(hash)
        .bind(body)
        .execute(&mut connection)
        .await?;
        count += 1;
    }
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    sqlx::query("drop table plain").execute(&mut connection).await?;
    connection.close().await?;
    Ok(rate)
}

/// How long it takes to look up a case, among so many.
async fn lookups(
    folder: &Path,
    place: &Place,
    body: &str,
    cases: i64,
) -> Result<serde_json::Value> {
    let service = Service::start(folder, place)?;
    let mut known = Vec::new();
    let (mut sender, _) = connect(&service.address).await?;
    for _ in 0..KNOWN {
        let answer = submit(&mut sender, &service.address, Bytes::from(body.to_owned())).await?;
        let receipt: serde_json::Value = serde_json::from_slice(&answer)?;
        let text = |name: &str| receipt[name].as_str().unwrap_or_default().to_owned();
        known.push((text("reference"), text("accessCode")));
    }
    let first = known.first().map(|it| it.0.clone()).unwrap_or_default();
    let filled = fill(place, &first, cases).await?;
    let mut readers = tokio::task::JoinSet::new();
    for reader in 0..READERS {
        let (address, known) = (service.address.clone(), known.clone());
        readers.spawn(async move { read(&address, &known, reader).await });
    }
    let mut latencies = Vec::new();
    while let Some(read) = readers.join_next().await {
        latencies.extend(read??);
    }
    latencies.sort();
    let (p50, p99) = (millis(&latencies, 50), millis(&latencies, 99));
    let submitted = submissions(folder, place, body).await?;
    let rate = submitted.created as f64 / submitted.seconds;
    println!("  cases that are stored               {filled:>10}");
    println!("  looking one up, median              {p50:>10.1} ms");
    println!("  looking one up, 99th of 100         {p99:>10.1} ms   below {LOOKUP_LIMIT}");
    println!("  submissions beside them             {rate:>10.0} /s");
    if p99 >= LOOKUP_LIMIT {
        return Err(format!("looking up a case takes {p99} ms").into());
    }
    Ok(serde_json::json!({
        "cases": filled,
        "p50Millis": p50,
        "p99Millis": p99,
        "submissionsPerSecond": rate.round(),
        "submissionP99Millis": millis(&submitted.latencies, 99),
    }))
}

/// Makes the database hold so many cases: copies of one that was sent, but for what is unique.
async fn fill(place: &Place, first: &str, cases: i64) -> Result<i64> {
    const AT_ONCE: i64 = 50_000;
    let bytes = match place {
        Place::File(_) => "cast(n.reference as blob)",
        Place::Server(_) => "convert_to(n.reference, 'UTF8')",
    };
    let mut connection = AnyConnection::connect_with(&place.options()?).await?;
    let mut from = 0;
    while from < cases {
        let to = (from + AT_ONCE).min(cases);
        // Their numbers are mixed, so that neighbours are not stored beside each other.
        let numbers = format!(
            "with recursive i (i) as (select {from} union all select i + 1 from i where i + 1 < {to}),
            n (reference) as (
                select 'T' || cast(1000000000 + (cast(i as bigint) * 514229) % 1000000007 as text) from i
            )"
        );
        for insert in [
            format!(
                "insert into submissions (
                    reference, kind, stage, landlord, language, received_at, received_on,
                    acknowledge_by, respond_by, extended_by, flags,
                    idempotency_key_hash, body_hash, access_code_hash, body
                ) {numbers} select n.reference, kind, stage, landlord, language, received_at, received_on,
                    acknowledge_by, respond_by, extended_by, flags, {bytes}, body_hash,
                    access_code_hash, body
                from n cross join submissions where submissions.reference = $1"
            ),
            format!(
                "insert into cases (
                    reference, state, landlord, kind, stage, status, due_on, received_at, updated_at
                ) {numbers} select n.reference, replace(state, $1, n.reference), landlord, kind, stage,
                    status, due_on, received_at, updated_at
                from n cross join cases where cases.reference = $1"
            ),
            format!(
                "insert into events (reference, at, on_day, by, what)
                {numbers} select n.reference, at, on_day, by, what
                from n cross join events where events.reference = $1"
            ),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(insert)).bind(first).execute(&mut connection).await?;
        }
        from = to;
    }
    if matches!(place, Place::Server(_)) {
        // As it is some time after so many came in: it would go on with that in the background.
        for work in ["vacuum analyze", "checkpoint"] {
            sqlx::query(work).execute(&mut connection).await?;
        }
    }
    let row = sqlx::query("select count(*) from cases").fetch_one(&mut connection).await?;
    let count = row.try_get(0)?;
    connection.close().await?;
    Ok(count)
}

/// Looks up cases over one connection; how long each took.
async fn read(address: &str, known: &[(String, String)], reader: usize) -> Result<Vec<Duration>> {
    let (mut sender, _) = connect(address).await?;
    let mut latencies = Vec::new();
    for at in 0..LOOKUPS {
        let (reference, code) = &known[(at * 7 + reader * 131) % known.len()];
        let request = Request::get(format!("/v1/cases/{reference}"))
            .header("host", address)
            .header("authorization", format!("Bearer {code}"))
            .body(Full::new(Bytes::new()))?;
        sender.ready().await?;
        let started = Instant::now();
        let response = sender.send_request(request).await?;
        let status = response.status();
        response.into_body().collect().await?;
        latencies.push(started.elapsed());
        if status != StatusCode::OK {
            return Err(format!("a case that is there was answered {status}").into());
        }
    }
    Ok(latencies)
}

struct Submitted {
    created: usize,
    stored: i64,
    seconds: f64,
    latencies: Vec<Duration>,
    memory_kib: u64,
}

async fn submissions(folder: &Path, place: &Place, body: &str) -> Result<Submitted> {
    let mut service = Service::start(folder, place)?;
    let before = stored(place).await?;
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
    latencies.sort();
    Ok(Submitted {
        created: latencies.len(),
        stored: stored(place).await? - before,
        seconds,
        latencies,
        memory_kib,
    })
}

async fn stored(place: &Place) -> Result<i64> {
    let mut connection = AnyConnection::connect_with(&place.options()?).await?;
    let row = sqlx::query("select count(*) from submissions").fetch_one(&mut connection).await?;
    let count = row.try_get(0)?;
    connection.close().await?;
    Ok(count)
}

type Sender = http1::SendRequest<Full<Bytes>>;

async fn connect(address: &str) -> Result<(Sender, tokio::task::JoinHandle<()>)> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let task = tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok((sender, task))
}

async fn submit(sender: &mut Sender, address: &str, body: Bytes) -> Result<Bytes> {
    let request = Request::post("/v1/submissions")
        .header("host", address)
        .header("content-type", "application/json")
        .header("idempotency-key", Uuid::new_v4().to_string())
        .body(Full::new(body))?;
    sender.ready().await?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let answer = response.into_body().collect().await?.to_bytes();
    if status != StatusCode::CREATED {
        return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
    }
    Ok(answer)
}

/// Sends one submission after the other over one connection; how long each took.
async fn send(address: String, body: Bytes, until: Instant) -> Result<Vec<Duration>> {
    let (mut sender, _) = connect(&address).await?;
    let mut latencies = Vec::new();
    while Instant::now() < until && latencies.len() < AT_MOST {
        let started = Instant::now();
        submit(&mut sender, &address, body.clone()).await?;
        latencies.push(started.elapsed());
    }
    Ok(latencies)
}

/// The service in a process of its own. It ends with this program, however this ends.
struct Service {
    child: Child,
    address: String,
}

impl Service {
    fn start(folder: &Path, place: &Place) -> Result<Self> {
        let landlords = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../landlords");
        let mut command = Command::new(std::env::current_exe()?);
        if let Place::Server(url) = place {
            command.env("HC_DATABASE", url).env("HC_SECRET", "a secret of this measurement");
        }
        let mut child = command
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
